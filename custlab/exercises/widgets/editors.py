"""The inputs of each kind of question: they show a value and report when a person changes it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from html import escape
from typing import Any

import ipywidgets as w

from custlab.exercises.kinds.base import Question
from custlab.exercises.kinds.choices import ChooseOne, ChooseSeveral
from custlab.exercises.kinds.free_text import FreeText
from custlab.exercises.kinds.match import Match
from custlab.exercises.kinds.number import Number, Slider
from custlab.exercises.values import UnfitAnswer, as_number, is_blank
from custlab.i18n import _

WIDE = w.Layout(width="auto", max_width="52rem")
LABEL = {"description_width": "16rem"}
IN_LINE = w.Layout(flex_flow="wrap", align_items="center", grid_gap="4px")


class Editor:
    """Inputs for one question.

    Parameters
    ----------
    question : Question
        What is asked.
    changed : callable
        Called with the new value whenever a person changes it.

    Attributes
    ----------
    box : ipywidgets.Widget
        What is displayed.
    """

    def __init__(self, question: Any, changed: Callable[[Any], None]) -> None:
        self.question = question
        self._changed = changed
        self._showing = False
        self.box = self._build()

    def show(self, value: Any) -> None:
        """Show a value, without reporting it as a change."""
        with self._quietly():
            self._show(value)

    def _build(self) -> w.Widget:
        raise NotImplementedError

    def _show(self, value: Any) -> None:
        raise NotImplementedError

    def _read(self) -> Any:
        raise NotImplementedError

    def _report(self, _change: Any = None) -> None:
        if not self._showing:
            self._changed(self._read())

    def _watch(self, widget: w.Widget) -> w.Widget:
        widget.observe(self._report, names="value")
        return widget

    @contextmanager
    def _quietly(self):
        self._showing = True
        try:
            yield
        finally:
            self._showing = False


def dropdown(label: str, options: dict[str, str]) -> w.Dropdown:
    """Make a dropdown that begins with nothing chosen."""
    choices = [(_("choose …"), ""), *((text, name) for name, text in options.items())]
    return w.Dropdown(options=choices, value="", description=label, style=LABEL, layout=WIDE)


class ChooseOneEditor(Editor):
    """Radio buttons."""

    question: ChooseOne

    def _build(self) -> w.Widget:
        options = [(label, name) for name, label in self.question.options.items()]
        self._radio = w.RadioButtons(
            options=options,
            value=None,
            description=_("Your choice"),
            style={"description_width": "initial"},
            layout=WIDE,
        )
        return self._watch(self._radio)

    def _show(self, value: Any) -> None:
        self._radio.value = value

    def _read(self) -> Any:
        return self._radio.value


class ChooseSeveralEditor(Editor):
    """Tick boxes."""

    question: ChooseSeveral

    def _build(self) -> w.Widget:
        self._boxes = {
            name: self._watch(w.Checkbox(description=label, indent=False, layout=WIDE))
            for name, label in self.question.options.items()
        }
        title = w.HTML(f'<span class="cl-note">{escape(_("Tick all that apply"))}</span>')
        return w.VBox([title, *self._boxes.values()])

    def _show(self, value: Any) -> None:
        for name, box in self._boxes.items():
            box.value = name in (value or [])

    def _read(self) -> Any:
        return [name for name, box in self._boxes.items() if box.value]


class MatchEditor(Editor):
    """A dropdown for each row."""

    question: Match

    def _build(self) -> w.Widget:
        self._rows = {
            row: self._watch(dropdown(label, self.question.options))
            for row, label in self.question.rows.items()
        }
        box = w.VBox(list(self._rows.values()))
        box.add_class("cl-rows")
        return box

    def _show(self, value: Any) -> None:
        for row, widget in self._rows.items():
            widget.value = (value or {}).get(row, "")

    def _read(self) -> Any:
        return {row: widget.value for row, widget in self._rows.items() if widget.value}


class NumberEditor(Editor):
    """A line to type a number in; beside it, how it was read."""

    question: Number

    def _build(self) -> w.Widget:
        self._text = w.Text(
            description=_("Your number"),
            style={"description_width": "initial"},
            layout=w.Layout(width="18rem"),
        )
        self._echo = w.HTML()
        self._text.observe(lambda change: self._say(change["new"]), names="value")
        self._say("")
        return w.HBox([self._watch(self._text), self._echo], layout=IN_LINE)

    def _say(self, text: str) -> None:
        unit = self.question.unit
        said = unit
        if not is_blank(text):
            try:
                number = as_number(text, unit)
                said = _("read as {number} {unit}").format(number=f"{number:.10g}", unit=unit)
            except UnfitAnswer:
                said = _("cannot be read as a number yet")
        self._echo.value = f'<span class="cl-note">{escape(said)}</span>'

    def _show(self, value: Any) -> None:
        self._text.value = "" if value is None else str(value)

    def _read(self) -> Any:
        return self._text.value.strip() or None


class SliderEditor(Editor):
    """A slider, and a button for those who agree with where it stands."""

    question: Slider

    def _build(self) -> w.Widget:
        q = self.question
        whole = all(float(number).is_integer() for number in (q.low, q.high, q.step))
        kind = w.IntSlider if whole else w.FloatSlider
        number = int if whole else float
        self._slider = kind(
            min=number(q.low),
            max=number(q.high),
            step=number(q.step),
            value=number(q.example()),
            description=_("Your value"),
            style={"description_width": "initial"},
            layout=w.Layout(width="30rem", max_width="100%"),
            continuous_update=False,
        )
        keep = w.Button(description=_("Use this value"))
        keep.on_click(self._report)
        unit = w.HTML(f'<span class="cl-note">{escape(q.unit)}</span>')
        return w.HBox([self._watch(self._slider), unit, keep], layout=IN_LINE)

    def _show(self, value: Any) -> None:
        self._slider.value = self.question.example() if value is None else value

    def _read(self) -> Any:
        return self._slider.value


class FreeTextEditor(Editor):
    """A text field with a count of words."""

    question: FreeText

    def _build(self) -> w.Widget:
        self._text = w.Textarea(
            placeholder=_("Write your answer here"), rows=6, layout=w.Layout(width="99%")
        )
        label = w.HTML(f'<span class="cl-note">{escape(self._guide())}</span>')
        return w.VBox([label, self._watch(self._text)])

    def _guide(self) -> str:
        low, high = self.question.min_words, self.question.max_words
        if low and high:
            return _("Your text: {low} to {high} words").format(low=low, high=high)
        if low:
            return _("Your text: at least {low} words").format(low=low)
        return _("Your text")

    def _show(self, value: Any) -> None:
        self._text.value = value or ""

    def _read(self) -> Any:
        return self._text.value or None


def editor_for(question: Question, changed: Callable[[Any], None]) -> Editor:
    """Make the inputs that suit a question."""
    from custlab.exercises.widgets.form_editor import FormEditor
    from custlab.exercises.widgets.order_editor import OrderEditor
    from custlab.exercises.widgets.place_editor import PlaceEditor

    editors = {
        "choose_one": ChooseOneEditor,
        "choose_several": ChooseSeveralEditor,
        "match": MatchEditor,
        "order": OrderEditor,
        "number": NumberEditor,
        "slider": SliderEditor,
        "place": PlaceEditor,
        "form": FormEditor,
        "free_text": FreeTextEditor,
    }
    return editors[question.kind](question, changed)
