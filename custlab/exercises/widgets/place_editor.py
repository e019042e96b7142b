"""Placing items on a grid: two dropdowns for each item, and a picture that follows."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets as w

from custlab.exercises.kinds.place import Place
from custlab.exercises.widgets.editors import IN_LINE, Editor
from custlab.i18n import _

CELL = 64
MARGIN_LEFT, MARGIN_BOTTOM = 60, 48


class PlaceEditor(Editor):
    """For each item: how far across, how far up."""

    question: Place

    def _build(self) -> w.Widget:
        q = self.question
        self._rows = {item: (self._axis(q.across), self._axis(q.up)) for item in q.items}
        self._picture = w.HTML()
        rows = [
            w.HBox(
                [
                    w.HTML(
                        f"<strong>{number}. {escape(q.items[item])}</strong>",
                        layout=w.Layout(width="12rem"),
                    ),
                    *axes,
                ],
                layout=IN_LINE,
            )
            for number, (item, axes) in enumerate(self._rows.items(), start=1)
        ]
        self._draw({})
        return w.VBox([*rows, self._picture])

    def _axis(self, axis: tuple[str, str, str]) -> w.Dropdown:
        name, low, high = axis
        size = self.question.size
        words = {1: low, size: high}
        options = [
            (f"{step} · {words[step]}" if words.get(step) else str(step), step)
            for step in range(1, size + 1)
        ]
        widget = w.Dropdown(
            options=[(_("choose …"), 0), *options],
            value=0,
            description=name,
            style={"description_width": "initial"},
            layout=w.Layout(width="15rem"),
        )
        return self._watch(widget)

    def _report(self, _change: Any = None) -> None:
        self._draw(self._read())
        super()._report()

    def _show(self, value: Any) -> None:
        for item, (across, up) in self._rows.items():
            across.value, up.value = (value or {}).get(item) or (0, 0)
        self._draw(self._read())

    def _read(self) -> Any:
        return {
            item: [across.value, up.value]
            for item, (across, up) in self._rows.items()
            if across.value and up.value
        }

    def _draw(self, places: dict[str, list[int]]) -> None:
        self._picture.value = grid_picture(self.question, places)


def grid_picture(question: Place, places: dict[str, list[int]]) -> str:
    """Draw the grid with the items on it, as SVG in the colours of the theme."""
    side = question.size * CELL
    lines = [
        f'<path d="M{MARGIN_LEFT + i * CELL} 4 v{side} M{MARGIN_LEFT} {4 + i * CELL} h{side}" '
        'stroke="var(--jp-border-color1)" fill="none"/>'
        for i in range(question.size + 1)
    ]
    shared: dict[tuple[int, int], list[int]] = {}
    for number, item in enumerate(question.items, start=1):
        if item in places:
            shared.setdefault(tuple(places[item]), []).append(number)
    dots = [_dot(question.size, cell, numbers) for cell, numbers in shared.items()]
    width, height = MARGIN_LEFT + side + 8, side + MARGIN_BOTTOM
    words = escape(question.words(places)) or escape(_("Nothing is placed yet."))
    return (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{words}" font-size="13" fill="var(--jp-content-font-color1)">'
        + "".join(lines)
        + _axis_words(question, side)
        + "".join(dots)
        + "</svg>"
    )


def _dot(size: int, cell: tuple[int, int], numbers: list[int]) -> str:
    """Draw the numbers of the items that share a cell, side by side."""
    column, row = cell
    y = 4 + (size - row + 0.5) * CELL
    gap = min(26, (CELL - 22) / max(len(numbers) - 1, 1))
    start = MARGIN_LEFT + (column - 0.5) * CELL - gap * (len(numbers) - 1) / 2
    return "".join(
        f'<circle cx="{start + i * gap:.0f}" cy="{y:.0f}" r="11" fill="var(--jp-brand-color1)" '
        'stroke="var(--jp-layout-color1)"/>'
        f'<text x="{start + i * gap:.0f}" y="{y + 4.5:.0f}" text-anchor="middle" '
        f'font-weight="700" fill="var(--jp-layout-color1)">{number}</text>'
        for i, number in enumerate(numbers)
    )


def _axis_words(question: Place, side: int) -> str:
    (across, left, right), (up, bottom, top) = (
        [escape(word) for word in axis] for axis in (question.across, question.up)
    )
    below = side + 22
    turned = f'transform="rotate(-90 20 {side / 2:.0f})"'
    return (
        f'<text x="{MARGIN_LEFT}" y="{below}">{left}</text>'
        f'<text x="{MARGIN_LEFT + side}" y="{below}" text-anchor="end">{right}</text>'
        f'<text x="{MARGIN_LEFT + side / 2:.0f}" y="{below + 18}" text-anchor="middle" '
        f'font-weight="600">{across} →</text>'
        f'<text x="20" y="{side / 2:.0f}" text-anchor="middle" font-weight="600" {turned}>'
        f"{up} →</text>"
        f'<text x="{MARGIN_LEFT - 8}" y="{side}" text-anchor="end">{bottom}</text>'
        f'<text x="{MARGIN_LEFT - 8}" y="16" text-anchor="end">{top}</text>'
    )
