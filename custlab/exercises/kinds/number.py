"""Give a number: typed, or set with a slider."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.kinds.base import Question
from custlab.exercises.result import Result
from custlab.exercises.values import UnfitAnswer, as_number
from custlab.i18n import _

Wrong = float | tuple[float, float]


@dataclass
class Number(Question):
    """A number to type, with its unit; kept as it was typed."""

    kind = "number"
    unit: str = ""

    def fit(self, value: Any) -> str | float:
        """Accept anything that reads as a number."""
        as_number(value, self.unit)
        return value.strip() if isinstance(value, str) else value

    def _say(self, value: Any) -> str:
        text = str(value)
        return text if not self.unit or self.unit in text else f"{text} {self.unit}"

    def example(self) -> float:
        """Give some number."""
        return 12.5


@dataclass
class Slider(Question):
    """A number between two ends."""

    kind = "slider"
    low: float = 0
    high: float = 100
    step: float = 1
    unit: str = ""

    def fit(self, value: Any) -> float:
        """Accept a number between the ends."""
        number = as_number(value, self.unit)
        if not self.low <= number <= self.high:
            raise UnfitAnswer(
                _("The number should lie between {low:g} and {high:g}.").format(
                    low=self.low, high=self.high
                )
            )
        return number

    def _say(self, value: Any) -> str:
        return f"{value:g} {self.unit}".strip()

    def example(self) -> float:
        """Give a number in the middle."""
        return self.low + self.step * round((self.high - self.low) / self.step / 2)


def check_number(
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
    if unit == "%" and not isinstance(key, tuple | list) and hits_share(number, key, tolerance):
        return results.incorrect(
            _("This is a share; the question asks for per cent: multiply by 100."), "share"
        )
    return results.incorrect(_("{number:g} is not right.").format(number=number))


def hits_share(number: float, key: float, tolerance: float) -> bool:
    """Tell whether someone gave 0.125 where 12.5 per cent was asked for."""
    return math.isclose(number * 100, key, rel_tol=0.01, abs_tol=tolerance)
