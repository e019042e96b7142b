"""What kinds of questions build their inputs from: ipywidgets, and a few made of them.

A kind is given this module by its card, so that marking never loads widgets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from ipywidgets import (  # noqa: F401, the kinds use them from here
    HTML,
    Button,
    Checkbox,
    Dropdown,
    FloatSlider,
    HBox,
    IntSlider,
    Layout,
    RadioButtons,
    Text,
    Textarea,
    VBox,
    Widget,
)

from custlab.i18n import _

WIDE = Layout(width="auto", max_width="52rem")
LABEL = {"description_width": "16rem"}
IN_LINE = Layout(flex_flow="wrap", align_items="center", grid_gap="4px")


@dataclass
class Inputs:
    """The inputs of one question.

    Attributes
    ----------
    box : Widget
        What is displayed.
    show : callable
        ``show(value)`` shows a value; None shows that there is none.
    read : callable
        Gives the value as it stands.
    """

    box: Widget
    show: Callable[[Any], None]
    read: Callable[[], Any]


def single(
    widget: Widget, report: Callable, blank: Any = None, read: Callable | None = None
) -> Inputs:
    """Make inputs of one widget; ``blank`` is its value while there is no answer."""

    def show(value: Any) -> None:
        text = isinstance(widget, Text | Textarea)
        widget.value = blank if value is None else str(value) if text else value

    widget.observe(report, names="value")
    return Inputs(widget, show, read or (lambda: widget.value))


def rows(parts: dict[str, Inputs]) -> Inputs:
    """Put inputs one below the other; together their value is {name: value}, without blanks."""

    def show(value: Any) -> None:
        for name, part in parts.items():
            part.show((value or {}).get(name))

    def read() -> dict[str, Any]:
        values = {name: part.read() for name, part in parts.items()}
        return {name: value for name, value in values.items() if value not in ("", [], None)}

    box = VBox([part.box for part in parts.values()])
    box.add_class("cl-rows")
    return Inputs(box, show, read)


def tick_boxes(options: dict[str, str], report: Callable, guide: str = "") -> Inputs:
    """Make a box to tick for each option; the value is the list of those ticked."""
    boxes = {
        name: Checkbox(description=label, indent=False, layout=WIDE)
        for name, label in options.items()
    }
    for box in boxes.values():
        box.observe(report, names="value")

    def show(value: Any) -> None:
        for name, box in boxes.items():
            box.value = name in (value or [])

    above = [note(guide)] if guide else []
    box = VBox([*above, *boxes.values()])
    return Inputs(box, show, lambda: [name for name in boxes if boxes[name].value])


def dropdown(label: str, options: dict[str, str]) -> Dropdown:
    """Make a dropdown that begins with nothing chosen."""
    choices = [(_("choose …"), ""), *((text, name) for name, text in options.items())]
    return Dropdown(options=choices, value="", description=label, style=LABEL, layout=WIDE)


def note(text: str) -> HTML:
    """Make a small remark beside an input."""
    return HTML(remark(text))


def remark(text: str) -> str:
    """Give the HTML of a small remark."""
    return f'<span class="cl-note">{escape(text)}</span>'
