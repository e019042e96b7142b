"""A form: one labelled input for each field."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as w

from custlab.exercises.kinds.form import Field, Form
from custlab.exercises.widgets.editors import IN_LINE, LABEL, WIDE, Editor, dropdown


class FormEditor(Editor):
    """Fields one below the other."""

    question: Form

    def _build(self) -> w.Widget:
        self._fields = {
            name: _input(field, self._watch) for name, field in self.question.fields.items()
        }
        box = w.VBox([field.box for field in self._fields.values()])
        box.add_class("cl-rows")
        return box

    def _show(self, value: Any) -> None:
        for name, field in self._fields.items():
            field.show((value or {}).get(name))

    def _read(self) -> Any:
        values = {name: field.read() for name, field in self._fields.items()}
        return {name: value for name, value in values.items() if value not in ("", [], None)}


class _Line:
    """A field that is a single widget."""

    def __init__(self, widget: w.Widget, watch: Callable[[w.Widget], w.Widget], unit: str) -> None:
        self._widget = watch(widget)
        note = w.HTML(f'<span class="cl-note">{escape(unit)}</span>')
        self.box = w.HBox([widget, note], layout=IN_LINE) if unit else widget

    def show(self, value: Any) -> None:
        self._widget.value = "" if value is None else str(value)

    def read(self) -> Any:
        value = self._widget.value
        return value.strip() if isinstance(self._widget, w.Text) else value


class _Ticks:
    """A field of several tick boxes."""

    def __init__(self, field: Field, watch: Callable[[w.Widget], w.Widget]) -> None:
        self._boxes = {
            name: watch(w.Checkbox(description=label, indent=False, layout=WIDE))
            for name, label in field.options.items()
        }
        title = w.HTML(escape(field.label), layout=w.Layout(width=LABEL["description_width"]))
        self.box = w.HBox([title, w.VBox(list(self._boxes.values()))])

    def show(self, value: Any) -> None:
        for name, box in self._boxes.items():
            box.value = name in (value or [])

    def read(self) -> Any:
        return [name for name, box in self._boxes.items() if box.value]


def _input(field: Field, watch: Callable[[w.Widget], w.Widget]) -> _Line | _Ticks:
    if field.type == "ticks":
        return _Ticks(field, watch)
    if field.type == "choice":
        return _Line(dropdown(field.label, field.options), watch, field.unit)
    if field.type == "long_text":
        area = w.Textarea(description=field.label, rows=3, style=LABEL, layout=WIDE)
        return _Line(area, watch, field.unit)
    return _Line(w.Text(description=field.label, style=LABEL, layout=WIDE), watch, field.unit)
