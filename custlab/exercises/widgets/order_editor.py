"""Ordering by buttons: works with a mouse, a keyboard and a screen reader alike."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as w

from custlab.exercises.kinds.order import Order
from custlab.exercises.widgets.editors import Editor
from custlab.i18n import _


class OrderEditor(Editor):
    """Steps one below the other, each with buttons that move it; the focus moves along.

    A button belongs to its step, not to its place: whoever presses twice before the kernel has
    answered moves the same step twice.
    """

    question: Order

    def _build(self) -> w.Widget:
        self._order = list(self.question.steps)
        self._labels = {step: w.HTML(layout=w.Layout(flex="1 1 auto")) for step in self._order}
        self._up = {step: self._button(step, -1) for step in self._order}
        self._down = {step: self._button(step, +1) for step in self._order}
        self._rows = {step: self._row(step) for step in self._order}
        self._steps = w.VBox()
        keep = w.Button(description=_("Use this order"), tooltip=_("Save the order as it stands"))
        keep.on_click(self._report)
        self._draw()
        return w.VBox([self._steps, keep])

    def _row(self, step: str) -> w.HBox:
        row = w.HBox([self._labels[step], self._up[step], self._down[step]])
        row.add_class("cl-step")
        return row

    def _button(self, step: str, by: int) -> w.Button:
        name = self.question.steps[step]
        words = _("Move “{step}” up") if by < 0 else _("Move “{step}” down")
        button = w.Button(
            description=_("▲ Up") if by < 0 else _("▼ Down"),
            tooltip=words.format(step=name),
            layout=w.Layout(width="5.2rem"),
        )
        button.on_click(lambda _button: self._move(step, by))
        return button

    def _move(self, step: str, by: int) -> None:
        place = self._order.index(step) + by
        if not 0 <= place < len(self._order):
            return
        self._order.remove(step)
        self._order.insert(place, step)
        self._draw()
        same, other = (self._up, self._down) if by < 0 else (self._down, self._up)
        (other if same[step].disabled else same)[step].focus()
        self._report()

    def _draw(self) -> None:
        last = len(self._order) - 1
        for place, step in enumerate(self._order):
            name = escape(self.question.steps[step])
            self._labels[step].value = f"<strong>{place + 1}.</strong> {name}"
            self._up[step].disabled = place == 0
            self._down[step].disabled = place == last
        self._steps.children = [self._rows[step] for step in self._order]

    def _show(self, value: Any) -> None:
        self._order = list(value or self.question.steps)
        self._draw()

    def _read(self) -> Any:
        return list(self._order)
