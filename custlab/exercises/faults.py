"""What stopped a learner's lines, in plain words, with the line."""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Iterable

from custlab.i18n import _


def say_fault(fault: BaseException, source: str, file: str, known: Iterable[str] = ()) -> str:
    """Say what stopped some lines of code.

    Parameters
    ----------
    fault : BaseException
        What was raised.
    source : str
        The lines.
    file : str
        The name under which they were compiled.
    known : iterable of str
        The names that there are, to tell a misspelt one.

    Returns
    -------
    str
        The line and what to do about it.

    Examples
    --------
    >>> say_fault(NameError("?", name="oders"), "oders.head()", "", ["orders"])
    'There is no “oders”. Did you mean “orders”?'
    """
    return (_where(fault, source, file) + " " + _what(fault, known)).strip()


def _where(fault: BaseException, source: str, file: str) -> str:
    """Name the learner's line: of a syntax error, or the last of theirs that was running."""
    if isinstance(fault, SyntaxError):
        number = fault.lineno
    else:
        frames = traceback.extract_tb(fault.__traceback__)
        number = next((frame.lineno for frame in reversed(frames) if frame.filename == file), None)
    lines = source.splitlines()
    if not number or number > len(lines):
        return ""
    text = _("Line {n}, “{line}”, stopped.")
    return text.format(n=number, line=lines[number - 1].strip()[:80])


def _what(fault: BaseException, known: Iterable[str]) -> str:
    name = getattr(fault, "name", None)
    if isinstance(fault, IndentationError):
        return _("It stands too far to the right or to the left of the line before.")
    if isinstance(fault, SyntaxError):
        text = _(
            "Python cannot read it ({why}). Look for a bracket, quote, comma or colon that is "
            "missing or too many, also in the line before."
        )
        return text.format(why=fault.msg)
    if isinstance(fault, NotImplementedError):
        return _("Put your own lines in place of it.")
    if isinstance(fault, NameError) and name:
        return (
            _("There is no “{name}”.").format(name=name)
            + " "
            + (_meant(name, known) or _("Run the cells above first, or make it in a line before."))
        )
    if isinstance(fault, AttributeError) and name:
        owner = type(fault.obj).__name__
        text = _("A {owner} has no “{name}”.").format(owner=owner, name=name)
        return f"{text} {_meant(name, dir(fault.obj))}".strip()
    if isinstance(fault, KeyError):
        text = _("There is no column or key {name}: look at the table's columns for its spelling.")
        return text.format(name=fault)
    if isinstance(fault, SystemExit):
        return _("It asked Python to stop; take out exit() or quit().")
    if isinstance(fault, KeyboardInterrupt):
        return _("It was interrupted.")
    words = " ".join(str(fault).split())[:200]
    return f"{type(fault).__name__}: {words}." if words else f"{type(fault).__name__}."


def _meant(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, [word for word in known if word[:1] != "_"], n=1)
    return _("Did you mean “{name}”?").format(name=near[0]) if near else ""
