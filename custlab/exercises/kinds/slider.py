"""Give a number by setting a slider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from custlab.exercises.kinds.base import kind
from custlab.exercises.kinds.number import Number
from custlab.exercises.values import UnfitAnswer, as_number
from custlab.i18n import _


@kind
@dataclass
class Slider(Number):
    """A number between two ends."""

    kind = "slider"
    keeps_typed = False
    low: float = 0
    high: float = 100
    step: float = 1

    @staticmethod
    def ask(
        sheet: Any,
        id: str,
        prompt: str,
        low: float,
        high: float,
        *,
        step: float = 1,
        unit: str = "",
        key: Any = None,
        tolerance: float = 0,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for a number between two ends; ``key`` as for `number`."""
        spec = {"low": low, "high": high, "step": step, "unit": unit, "tolerance": tolerance}
        sheet._ask("slider", id, prompt, key, because, hints, **spec)

    def inputs(self, w: Any, report: Any) -> Any:
        """Give a slider, and a button for those who agree with where it stands."""
        whole = all(float(number).is_integer() for number in (self.low, self.high, self.step))
        make, number = (w.IntSlider, int) if whole else (w.FloatSlider, float)
        slider = make(
            min=number(self.low),
            max=number(self.high),
            step=number(self.step),
            value=number(self.example()),
            description=_("Your value"),
            style={"description_width": "initial"},
            layout=w.Layout(width="30rem", max_width="100%"),
            continuous_update=False,
        )
        keep = w.Button(description=_("Use this value"))
        keep.on_click(report)
        made = w.single(slider, report, blank=number(self.example()))
        made.box = w.HBox([slider, w.note(self.unit), keep], layout=w.IN_LINE)
        return made

    def example(self) -> float:
        """Give a number in the middle."""
        return self.low + self.step * round((self.high - self.low) / self.step / 2)

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
