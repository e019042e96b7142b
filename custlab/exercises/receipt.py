"""The receipt: what has been answered, for people and for the grader, inside the notebook."""

from __future__ import annotations

import textwrap
from datetime import datetime
from html import escape
from typing import Any

from custlab.exercises import answers as formats
from custlab.exercises.answers import Answers
from custlab.exercises.kinds.base import Question
from custlab.exercises.values import is_blank
from custlab.i18n import _, ngettext


def bundle(
    sheet: str,
    questions: dict[str, Question],
    answers: Answers,
    saved: bool,
    full: bool,
    total: int,
    elsewhere: int = 0,
    lesson: bool = False,
) -> dict[str, Any]:
    """Make the output: HTML and plain text for people, the answers for the grader.

    Parameters
    ----------
    sheet : str
        The sheet's name.
    questions : dict of str to Question
        The questions whose cells have run.
    answers : dict of str to Answer
        All answers known, also to questions whose cells have not run.
    saved : bool
        Whether the answers are in the answers file as well.
    full : bool
        Whether to list the answers one by one.
    total : int
        How many questions the sheet has.
    elsewhere : int, optional
        How many more the notebook has, which are answered in cells of their own.
    lesson : bool, optional
        Whether the sheet is a lesson's, which nobody hands in.
    """
    line = headline(questions, answers, saved, total)
    if elsewhere:
        line = f"{line} {_not_counted(elsewhere)}"
    html = f'<div style="border-left:4px solid #0072B2;padding:4px 12px">{escape(line)}'
    if full:
        html += _table(questions, answers) + f"<p>{escape(_keep() if lesson else _hand_in())}</p>"
    payload = formats.to_payload(sheet, answers)
    return {
        "text/plain": line,
        "text/html": html + "</div>",
        formats.MIME: payload
        | {"questions": max(total, len(questions)), "elsewhere": elsewhere}
        | {"full": full, "lesson": lesson},
    }


def counted(questions: dict[str, Question], answers: Answers) -> int:
    """Count the complete answers; of questions not seen yet, those that are not blank."""
    return sum(
        questions[name].is_complete(answer.value)
        if name in questions
        else not is_blank(answer.value)
        for name, answer in answers.items()
    )


def headline(questions: dict[str, Question], answers: Answers, saved: bool, total: int) -> str:
    """Say how many questions are answered and since when that is saved."""
    done = counted(questions, answers)
    total = max(total, len(questions.keys() | answers.keys()))
    if not answers:
        return _("0 of {total} answered.").format(total=total)
    newest = datetime.fromisoformat(max(answer.at for answer in answers.values()))
    when = newest.astimezone().strftime("%Y-%m-%d %H:%M")
    if saved:
        return _("{n} of {total} answered, saved at {time}.").format(n=done, total=total, time=when)
    return _("{n} of {total} answered at {time}, kept only in this notebook: save it.").format(
        n=done, total=total, time=when
    )


def _not_counted(elsewhere: int) -> str:
    return ngettext(
        "{n} more question is answered in a cell of its own and is not counted here.",
        "{n} more questions are answered in cells of their own and are not counted here.",
        elsewhere,
    ).format(n=elsewhere)


def _table(questions: dict[str, Question], answers: Answers) -> str:
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(_title(name, questions))}</th>'
        f'<td style="text-align:left">{escape(_state(name, questions, answers))}</td></tr>'
        for name in {**questions, **answers}
    )
    left = 'style="text-align:left"'
    head = (
        f"<tr><th {left}>{escape(_('Question'))}</th>"
        f"<th {left}>{escape(_('Your answer'))}</th></tr>"
    )
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _keep() -> str:
    return _("A lesson is not handed in. Save the notebook, and your answers stay in it.")


def _hand_in() -> str:
    return _(
        "To hand in: run this cell (again, if you have loaded the page anew since), save the "
        "notebook, hand it in."
    )


def _title(name: str, questions: dict[str, Question]) -> str:
    """Give the beginning of the prompt, or the question's id if its cell has not run."""
    if name not in questions:
        return name
    first = questions[name].prompt.strip().splitlines() or [name]
    return textwrap.shorten(first[0].replace("*", "").replace("`", ""), 70, placeholder=" …")


def _state(name: str, questions: dict[str, Question], answers: Answers) -> str:
    answer = answers.get(name)
    if answer is None or is_blank(answer.value):
        return _("○ not answered")
    if name not in questions:
        return textwrap.shorten(str(answer.value), 200, placeholder=" …")
    words = questions[name].words(answer.value)
    if questions[name].is_complete(answer.value):
        return f"✔ {words}"
    return _("◐ not complete: {answer}").format(answer=words)
