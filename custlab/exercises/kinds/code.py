"""Write lines of code in a cell that checks itself: by what they make, not by how."""

from __future__ import annotations

import ast
import builtins
import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.attempt import is_written
from custlab.exercises.kinds.base import Question, kind
from custlab.exercises.result import Outcome, Part, Result
from custlab.exercises.values import UnfitAnswer
from custlab.i18n import _

FILE = "<your cell>"
GAP = "___"  # what stands for a gap in an example that a learner completes
LONGEST = 20_000


@kind
@dataclass
class Code(Question):
    """Lines of the learner's own, in the cell below that begins with ``%%answer``."""

    kind = "code"

    @staticmethod
    def ask(
        sheet: Any,
        id: str,
        prompt: str,
        *,
        key: Any = None,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for code, written in a cell that begins with ``%%answer <id>``; see `Code.check`."""
        _register_magic(sheet)
        sheet._ask("code", id, prompt, key, because, hints)

    def inputs(self, w: Any, report: Any) -> Any:
        """Say where to write: the cell itself is the input."""
        told = _("Write in the cell below and run it (Shift+Enter): it is checked at once.")
        source = [""]

        def show(value: str | None) -> None:
            source[0] = value or ""

        return w.Inputs(w.note(told), show, lambda: source[0])

    def example(self) -> str:
        """Give a line that can be run."""
        return "1 + 1"

    def fit(self, value: Any) -> str:
        """Accept any source that is not endless."""
        if not isinstance(value, str) or len(value) > LONGEST:
            raise UnfitAnswer(_("Code is a text of at most {n} characters.").format(n=LONGEST))
        return value

    def _whole(self, value: Any) -> bool:
        return is_written(value) and GAP not in value

    def _lines(self, value: Any) -> list[str]:
        return value.splitlines()

    def for_check(self) -> dict[str, Any]:
        """Give the notebook's variables, which the code may use."""
        return {"names": _notebook_names()}

    @staticmethod
    def check(
        answer: Any,
        key: Mapping[str, Any],
        because: Mapping[str, tuple[Any, str]] | None = None,
        names: Mapping[str, Any] | None = None,
    ) -> Result:
        """Run the code on a copy of the notebook's variables and look at what it makes.

        Only a learner's own kernel does that: a hidden test marks what the cell has made there,
        with `custlab.exercises.code.Marks`.

        Parameters
        ----------
        answer : str
            The code.
        key : mapping
            {name to be made: its value, or a test of it that gives a `Result` or a truth value}.
        because : mapping, optional
            {misconception: (wrong value, or a test of what was made, explanation)}.
        names : mapping, optional
            The variables that the code may use.

        Raises
        ------
        ValueError
            In a grader: code is never run there.

        Examples
        --------
        >>> Code.check("double = 2 * 3", key={"double": 6}, names={}).outcome.value
        'correct'
        """
        if names is None or os.environ.get("NBGRADER_EXECUTION"):
            raise ValueError("code is marked by what its cell made: use Marks")
        if not isinstance(answer, str):
            raise UnfitAnswer(_("Code is a text of at most {n} characters.").format(n=LONGEST))
        made = {name: value for name, value in names.items() if name not in key}
        fault = run(answer, made, show=False)
        return fault or compare(made, key, because)


def run(source: str, names: dict[str, Any], show: bool) -> Result | None:
    """Run a learner's lines.

    Parameters
    ----------
    source : str
        The lines.
    names : dict
        The variables, to which those that are made are added.
    show : bool
        Whether what the lines print and the value of the last one is shown, as cells do.

    Returns
    -------
    Result or None
        Why there is nothing to compare, in plain words; None if the lines have run.
    """
    from custlab.exercises.code import quietly

    if not is_written(source):
        return results.not_attempted()
    if GAP in source:
        text = _("There is still a gap: put your own words in place of {gap}.")
        return Result(Outcome.NOT_ATTEMPTED, 0.0, text.format(gap=GAP))
    try:
        tree = ast.parse(source, FILE)
        last = tree.body.pop() if show and isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.nullcontext() if show else quietly():
            exec(compile(tree, FILE, "exec"), names)  # the learner's lines, in their own kernel
        if last is not None:
            value = eval(compile(ast.Expression(last.value), FILE, "eval"), names)
            if value is not None:
                from IPython.display import display

                display(value)
    except (Exception, SystemExit, KeyboardInterrupt) as fault:
        from custlab.exercises.faults import say_fault

        return results.incorrect(say_fault(fault, source, FILE, [*names, *dir(builtins)]))
    return None


def compare(made: Mapping[str, Any], key: Mapping[str, Any], because: Any = None) -> Result:
    """Compare what was made with what was asked for, name by name.

    Parameters
    ----------
    made : mapping
        The variables after the lines have run.
    key, because : mapping
        As for `Code.check`.
    """
    parts = [_part(name, made.get(name), expected, because) for name, expected in key.items()]
    if len(parts) == 1:
        only = parts[0]
        return results.graded(only.share, only.message, only.misconception)
    return results.from_parts(parts)


def _part(name: str, got: Any, expected: Any, because: Any) -> Part:
    from custlab.exercises.code import explain_fault

    if got is None:
        text = _("“{name}” is not made by your lines: is the name spelt as asked for?")
        return Part(name, 0.0, text.format(name=name))
    try:
        found = _compared(got, expected, because)
    except Exception as fault:  # an answer too odd to be compared
        found = results.error(explain_fault(fault))
    if found.share == 1.0:
        return Part(name, 1.0)
    return Part(name, found.share, f"{name}: {found.message}", found.misconception)


def _compared(got: Any, expected: Any, because: Any) -> Result:
    """Compare by the rule that fits what is expected; see `custlab.exercises.same`."""
    from custlab.exercises import code

    if callable(expected):
        found = expected(got)
        return found if isinstance(found, Result) else results.graded(float(found), "")
    rules = {
        "DataFrame": code.compare_frame,
        "Series": code.compare_series,
        "str": code.compare_label,
        "list": code.compare_labels,
        "Index": code.compare_labels,
        "set": code.compare_labels,
    }
    rule = rules.get(type(expected).__name__, code.compare_number)
    return rule(got, expected, known=because)


def _notebook_names() -> dict[str, Any]:
    from IPython import get_ipython

    shell = get_ipython()
    return shell.user_ns if shell else {}


def _register_magic(sheet: Any) -> None:
    """Let cells that begin with ``%%answer`` answer the code questions of this sheet."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return

    def answer(line: str, cell: str) -> None:
        """Run the lines of the cell, save them and check them."""
        sheet.run_answer(line.strip(), cell, shell.user_ns)

    shell.register_magic_function(answer, "cell", "answer")
