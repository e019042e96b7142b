"""A report per learner of what was restored, repaired or set aside, in neutral words.

It says what was found, never why: an old editor, a slip and an attempt to cheat look the same
from here, and only a person can ask.
"""

from __future__ import annotations

from custlab.grading.stock.results import Results
from custlab.i18n import _


def findings(results: Results) -> list[str]:
    """List what was found in one submission, a sentence each.

    Parameters
    ----------
    results : Results
        The results of one submission.

    Returns
    -------
    list of str
        Empty if everything was as handed out.

    Examples
    --------
    >>> findings(Results("03-role-types", "alice", "", set_aside=[
    ...     {"file": "pandas.py", "reason": "has the name of a Python module"}]))
    ['The file pandas.py was not used: has the name of a Python module.']
    """
    sentences = [
        _("The file {file} was not used: {reason}.").format(**item) for item in results.set_aside
    ]
    for name, part in results.notebooks.items():
        if not part.submitted:
            sentences.append(_("The notebook {name} was not handed in.").format(name=name))
        if part.unreadable:
            text = _("The notebook {name} could not be read: {reason}.")
            sentences.append(text.format(name=name, reason=part.unreadable))
        for item in part.repairs:
            cell = _("The cell {cell} {what}.") if item["cell"] else "{what}"
            sentences.append(cell.format(**item))
        for item in part.events:
            cell = _("The cell {cell} {text}.") if item["cell"] else _("While it ran: {text}.")
            sentences.append(cell.format(**item))
        for found in part.cells:
            if found.review:
                text = _("The marks of {cell} should be looked at: {reason}.")
                sentences.append(text.format(cell=found.grade_id, reason=found.reason))
    return sentences


def tamper_report(all_results: list[Results]) -> str:
    """Write the report of a class, learners with findings only.

    Parameters
    ----------
    all_results : list of Results
        The results of an assignment.

    Returns
    -------
    str
        Markdown.
    """
    lines = [_("# What was restored, repaired or set aside"), ""]
    lines += [_("It says what was found, not why: ask before you conclude."), ""]
    for results in all_results:
        if sentences := findings(results):
            lines += [f"## {results.student}", "", *(f"- {text}" for text in sentences), ""]
    if len(lines) == 4:
        lines.append(_("Nothing."))
    return "\n".join(lines).rstrip() + "\n"
