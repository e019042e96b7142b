"""Put steps in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import combinations
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.kinds.base import Question, equally_right, kind, known, labelled
from custlab.exercises.result import Result
from custlab.exercises.values import UnfitAnswer, as_choices
from custlab.i18n import _


@kind
@dataclass
class Order(Question):
    """Steps, shown in the order given here, to be put in the right one."""

    kind = "order"
    steps: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.steps = labelled(self.steps)

    @staticmethod
    def ask(
        sheet: Any,
        id: str,
        prompt: str,
        steps: Any,
        *,
        key: Any = None,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for the order of ``steps``, which are shown as listed; ``key``: list of ids."""
        sheet._ask("order", id, prompt, key, because, hints, steps=steps)

    def inputs(self, w: Any, report: Any) -> Any:
        """Give a list with buttons: it works with a mouse, a keyboard and a screen reader."""
        steps = StepList(self.steps, w, report)
        return w.Inputs(steps.box, steps.show, lambda: list(steps.order))

    def names(self) -> dict[str, str]:
        """Give the steps."""
        return self.steps

    def example(self) -> list[str]:
        """Give the steps in the order shown."""
        return list(self.steps)

    def fit(self, value: Any) -> list[str]:
        """Accept all steps, each once."""
        given = [known(step, self.steps) for step in as_choices(value)]
        if len(given) < len(self.steps):
            missing = [step for step in self.steps if step not in given]
            raise UnfitAnswer(
                _("All steps belong in the list. Missing: {steps}.").format(
                    steps=", ".join(missing)
                )
            )
        return given

    def _say(self, value: Any) -> str:
        return " → ".join(self.steps.get(step, step) for step in value)

    def _lines(self, value: Any) -> list[str]:
        return [f"{n}. {self.steps.get(step, step)}" for n, step in enumerate(value, start=1)]

    @staticmethod
    def check(
        answer: Any,
        key: Sequence[str | Sequence[str]],
        because: Mapping[tuple[str, str], str] | None = None,
    ) -> Result:
        """Check an order by Kendall's tau over pairs, cut off at 0: chance earns nothing.

        Parameters
        ----------
        answer : list of str
            The steps, first to last.
        key : sequence
            The right order; steps in an inner list may stand in any order among themselves.
        because : mapping, optional
            {(step put first, step put later): explanation}: what it means that they are turned
            round.

        References
        ----------
        Kendall, M. G. (1938). A new measure of rank correlation. Biometrika, 30, 81-93.

        Examples
        --------
        >>> round(Order.check(["a", "c", "b"], key=["a", "b", "c"]).share, 2)
        0.33
        """
        given, because = as_choices(answer), because or {}
        groups = [equally_right(group) for group in key]
        rank = {step: number for number, group in enumerate(groups) for step in group}
        place = {step: number for number, step in enumerate(given) if step in rank}
        if len(place) < len(rank) or len(given) > len(rank):
            return results.error(_("The answer does not hold each step exactly once."))
        pairs = [(a, b) for a, b in combinations(rank, 2) if rank[a] < rank[b]]
        turned = [(b, a) for a, b in pairs if place[b] < place[a]]
        if not turned:
            return results.correct()
        sentences = [
            _("{right} of {total} pairs of steps are in the right order.").format(
                right=len(pairs) - len(turned), total=len(pairs)
            )
        ]
        sentences += dict.fromkeys(because[pair] for pair in turned if pair in because)
        shown = next((" before ".join(pair) for pair in turned if pair in because), None)
        return results.graded(1 - 2 * len(turned) / len(pairs), " ".join(sentences), shown)

    @staticmethod
    def right(key: Any) -> list[str]:
        """Give one right order."""
        return [step for group in key for step in equally_right(group)]


class StepList:
    """Steps one below the other, each with buttons that move it; the focus moves along.

    A button belongs to its step, not to its place: whoever presses twice before the kernel has
    answered moves the same step twice.
    """

    def __init__(
        self, steps: dict[str, str], w: Any, report: Any, code: bool = False, rest: str = ""
    ):
        self.steps, self.order, self._report, self._w = steps, list(steps), report, w
        self._rest = rest  # below this one steps are left out, and have no number
        self._look = '<code class="cl-line">{}</code>' if code else "{}"
        self._labels = {step: w.HTML(layout=w.Layout(flex="1 1 auto")) for step in steps}
        self._up = {step: self._button(step, -1) for step in steps}
        self._down = {step: self._button(step, +1) for step in steps}
        self._rows = {step: self._row(step) for step in steps}
        self._list = w.VBox()
        keep = w.Button(description=_("Use this order"), tooltip=_("Save the order as it stands"))
        keep.on_click(report)
        self.box = w.VBox([self._list, keep])
        self._draw()

    def show(self, order: list[str] | None) -> None:
        """Show the steps in an order; None shows them as the question lists them."""
        self.order = list(order or self.steps)
        self._draw()

    def _row(self, step: str) -> Any:
        row = self._w.HBox([self._labels[step], self._up[step], self._down[step]])
        row.add_class("cl-step")
        return row

    def _button(self, step: str, by: int) -> Any:
        words = _("Move “{step}” up") if by < 0 else _("Move “{step}” down")
        button = self._w.Button(
            description=_("▲ Up") if by < 0 else _("▼ Down"),
            tooltip=words.format(step=self.steps[step]),
            layout=self._w.Layout(width="6rem"),
        )
        button.on_click(lambda _button: self._move(step, by))
        return button

    def _move(self, step: str, by: int) -> None:
        place = self.order.index(step) + by
        if not 0 <= place < len(self.order):
            return
        self.order.remove(step)
        self.order.insert(place, step)
        self._draw()
        same, other = (self._up, self._down) if by < 0 else (self._down, self._up)
        (other if same[step].disabled else same)[step].focus()
        self._report()

    def _draw(self) -> None:
        used = self.order.index(self._rest) if self._rest else len(self.order)
        for place, step in enumerate(self.order):
            words = self._look.format(escape(self.steps[step]))
            number = f"<strong>{place + 1}.</strong> " if place < used else ""
            self._labels[step].value = number + words
            self._up[step].disabled = place == 0
            self._down[step].disabled = place == len(self.order) - 1
        self._list.children = [self._rows[step] for step in self.order]
