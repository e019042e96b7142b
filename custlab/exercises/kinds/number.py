"""Give a number by typing it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.kinds.base import Question, kind
from custlab.exercises.result import Result
from custlab.exercises.values import UnfitAnswer, as_number, is_blank, share_for_hundred
from custlab.i18n import _

Wrong = float | tuple[float, float]


def typed_number(w: Any, text: Any, unit: str, report: Any, blank: Any) -> Any:
    """Make a line to type a number in; beside it stands how the number was read.

    Parameters
    ----------
    w : module
        `custlab.exercises.widgets.inputs`.
    text : Text
        The line.
    unit : str
        The number's unit.
    report : callable
        To be called whenever a person has changed something.
    blank : object
        What a blank line is as an answer.
    """
    echo = w.HTML()

    def say(_change: Any = None) -> None:
        echo.value = w.remark(_read_as(text.value, unit))

    text.observe(say, names="value")
    say()
    line = w.single(text, report, blank="", read=lambda: text.value.strip() or blank)
    line.box = w.HBox([text, echo], layout=w.IN_LINE)
    return line


def _read_as(text: str, unit: str) -> str:
    if is_blank(text):
        return unit
    try:
        number = as_number(text, unit)
    except UnfitAnswer:
        return _("cannot be read as a number yet")
    return _("read as {number} {unit}").format(number=f"{number:.10g}", unit=unit).strip()


@kind
@dataclass
class Number(Question):
    """A number to type, with its unit; kept as it was typed."""

    kind = "number"
    checking = ("tolerance", "relative")
    keeps_typed = True
    unit: str = ""

    @staticmethod
    def ask(
        sheet: Any,
        id: str,
        prompt: str,
        *,
        unit: str = "",
        key: Any = None,
        tolerance: float = 0,
        relative: float = 0,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for a number; ``key``: number or (low, high), ``tolerance`` in the unit."""
        spec = {"unit": unit, "tolerance": tolerance, "relative": relative}
        sheet._ask("number", id, prompt, key, because, hints, **spec)

    def inputs(self, w: Any, report: Any) -> Any:
        """Give a line to type in; beside it, how the number was read."""
        text = w.Text(
            description=_("Your number"),
            style={"description_width": "initial"},
            layout=w.Layout(width="18rem"),
        )
        return typed_number(w, text, self.unit, report, blank=None)

    def example(self) -> float:
        """Give some number."""
        return 12.5

    def fit(self, value: Any) -> str | float:
        """Accept anything that reads as a number."""
        as_number(value, self.unit)
        return value.strip() if isinstance(value, str) else value

    def _say(self, value: Any) -> str:
        text = str(value)
        return text if not self.unit or self.unit in text else f"{text} {self.unit}"

    @staticmethod
    def check(
        answer: Any,
        key: float | tuple[float, float],
        because: Mapping[Wrong, str] | None = None,
        *,
        tolerance: float = 0.0,
        relative: float = 0.0,
        unit: str = "",
    ) -> Result:
        """Check a number against the right one, and against known wrong ones.

        Parameters
        ----------
        answer : float or str
            The number; see `as_number` for the ways of writing that are understood.
        key : float or (float, float)
            The right number, or a range (both ends included), in the question's unit.
        because : mapping, optional
            {wrong number or (low, high): explanation}.
        tolerance : float, optional
            How far the answer may be from the key, in its unit.
        relative : float, optional
            How far it may be as a share of the key: 0.01 is one per cent. The wider one holds.
        unit : str, optional
            The question's unit; with ``%`` a share (0.125 for 12.5 %) is told to be one.
        """
        number = as_number(answer, unit)

        def hits(target: Wrong) -> bool:
            if isinstance(target, tuple | list):
                return target[0] <= number <= target[1]
            return math.isclose(number, target, rel_tol=max(relative, 1e-9), abs_tol=tolerance)

        if hits(key):
            return results.correct()
        for wrong, reason in (because or {}).items():
            if hits(wrong):
                return results.incorrect(reason, str(wrong))
        if not isinstance(key, tuple | list):
            told = share_for_hundred(number, key, unit, tolerance)
            if told:
                return results.incorrect(told, "share")
        return results.incorrect(_("{number:g} is not right.").format(number=number))

    def for_check(self) -> dict[str, Any]:
        """Give the unit."""
        return {"unit": self.unit}

    @staticmethod
    def right(key: Any) -> float:
        """Give the number, or the lower end of a range."""
        return key[0] if isinstance(key, tuple | list) else key

    def right_lines(self, key: Any) -> list[str]:
        """Say the number or the range with its unit."""
        unit = f" {self.unit}" if self.unit else ""
        if isinstance(key, tuple | list):
            return [_("from {low:g} to {high:g}{unit}").format(low=key[0], high=key[1], unit=unit)]
        return [f"{key:g}{unit}"]
