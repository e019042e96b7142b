"""What became of the cell above a test: whether anything was written, and where it stopped.

A missing variable alone does not tell a blank cell from one that failed. `custlab grade` knows
what was released and what each cell did, and puts it among the names that a test sees; elsewhere
the kernel itself is asked about the cell that ran before the test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from custlab.i18n import _

NAME = "__attempt__"  # under which the grader tells it
STUB = "raise NotImplementedError()"
LONGEST = 300


class Attempt(NamedTuple):
    """What a learner wrote above a test.

    Attributes
    ----------
    written : bool
        Whether there is any code that was not handed out.
    error : str
        What stopped it, as ``"NameError: name 'cas' is not defined"``; empty if nothing did.
    """

    written: bool = False
    error: str = ""

    @property
    def why(self) -> str:
        """Say what stopped the code, and what to do."""
        if self.error.startswith("NotImplementedError"):
            text = _("Your code stops at the line {line}: your answer goes in its place.")
            return text.format(line=STUB)
        if self.error:
            return _("Your code stopped with {error}.").format(error=self.error.rstrip("."))
        return _("Your code has run, but has not made it: is the name spelt as asked for?")


def is_written(source: str, released: str = "") -> bool:
    r"""Tell whether a cell has a line of code that was not handed out.

    Examples
    --------
    >>> stub = "# Make `total`.\n# YOUR CODE HERE\nraise NotImplementedError()\ntotal"
    >>> is_written("# My answer\ntotal", stub), is_written(stub + "\ntotal = 3", stub)
    (False, True)
    """
    given = {STUB, *map(str.strip, released.splitlines())}
    lines = map(str.strip, source.splitlines())
    return any(line and not line.startswith("#") and line not in given for line in lines)


def describe(kind: str, text: str) -> str:
    """Say what an exception is, in one line that names no file of the machine.

    Examples
    --------
    >>> describe("SyntaxError", "invalid syntax (3210987654.py, line 3)")
    'SyntaxError: invalid syntax (line 3)'
    """
    text = re.sub(r"\([^()\s]*, (line \d+)\)", r"(\1)", " ".join(text.split()))
    return f"{kind}: {text}"[:LONGEST] if text else kind


def attempt_at(names: Mapping[str, Any]) -> Attempt:
    """Find out what became of the cell above the test that runs now.

    Parameters
    ----------
    names : mapping
        The names that the test sees.
    """
    told = names.get(NAME)
    if isinstance(told, Mapping):
        return Attempt(**told)
    try:
        last = names["get_ipython"]().last_execution_result
        # Without the cell as it was released, its stub is all that shows that nobody was here.
        written = STUB not in last.info.raw_cell
        fault = last.error_before_exec or last.error_in_exec
    except Exception:  # no notebook, or one whose kernel has been tampered with
        return Attempt()
    return Attempt(written, describe(type(fault).__name__, str(fault)) if fault else "")
