"""Ordering by buttons: works with a mouse, a keyboard and a screen reader alike."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as w

from custlab.exercises.kinds.order import Order
from custlab.exercises.widgets.editors import Editor
from custlab.i18n import _


class OrderEditor(Editor):
    """Steps one below the other, each with buttons that move it; the focus moves along."""

    question: Order

    def _build(self) -> w.Widget:
        count = len(self.question.steps)
        self._order = list(self.question.steps)
        self._labels = [w.HTML(layout=w.Layout(flex="1 1 auto")) for _slot in range(count)]
        self._up = [self._button(slot, -1) for slot in range(count)]
        self._down = [self._button(slot, +1) for slot in range(count)]
        rows = [
            w.HBox([label, up, down])
            for label, up, down in zip(self._labels, self._up, self._down, strict=True)
        ]
        for row in rows:
            row.add_class("cl-step")
        keep = w.Button(description=_("Use this order"), tooltip=_("Save the order as it stands"))
        keep.on_click(self._report)
        self._draw()
        return w.VBox([*rows, keep])

    def _button(self, slot: int, by: int) -> w.Button:
        button = w.Button(
            description=_("▲ Up") if by < 0 else _("▼ Down"), layout=w.Layout(width="5.2rem")
        )
        button.disabled = not 0 <= slot + by < len(self._order)
        button.on_click(lambda _button: self._move(slot, by))
        return button

    def _move(self, slot: int, by: int) -> None:
        target = slot + by
        self._order[slot], self._order[target] = self._order[target], self._order[slot]
        self._draw()
        same = self._up if by < 0 else self._down
        other = self._down if by < 0 else self._up
        (other if same[target].disabled else same)[target].focus()
        self._report()

    def _draw(self) -> None:
        for slot, step in enumerate(self._order):
            name = self.question.steps[step]
            self._labels[slot].value = f"<strong>{slot + 1}.</strong> {escape(name)}"
            self._up[slot].tooltip = _("Move “{step}” up").format(step=name)
            self._down[slot].tooltip = _("Move “{step}” down").format(step=name)

    def _show(self, value: Any) -> None:
        self._order = list(value or self.question.steps)
        self._draw()

    def _read(self) -> Any:
        return list(self._order)
