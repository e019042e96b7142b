"""Place items on a grid, for example brands by price and quality."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any
from unicodedata import east_asian_width

from custlab.exercises import result as results
from custlab.exercises.kinds.base import Question, filled_rows, kind, labelled
from custlab.exercises.result import Part, Result
from custlab.exercises.values import UnfitAnswer, as_mapping, as_point, is_blank
from custlab.i18n import _

CELL = 64  # pixels
MARGIN_LEFT, MARGIN_BOTTOM = 60, 48
LETTER, BESIDE_WORDS = 7.5, 36  # a letter, and what stands to the left and right of the words


@kind
@dataclass
class Place(Question):
    """Items to be placed on a square grid of `size` columns and rows.

    A place is [column from the left, row from the bottom], each 1 to `size`. `across` and `up`
    are (name of the axis, word for its low end, word for its high end).
    """

    kind = "place"
    checking = ("tolerance",)
    items: dict[str, str] = field(default_factory=dict)
    across: tuple[str, str, str] = ("", "", "")
    up: tuple[str, str, str] = ("", "", "")
    size: int = 5

    def __post_init__(self) -> None:
        self.items = labelled(self.items)

    @staticmethod
    def ask(
        sheet: Any,
        id: str,
        prompt: str,
        items: Any,
        *,
        across: tuple[str, str, str],
        up: tuple[str, str, str],
        size: int = 5,
        key: Any = None,
        tolerance: float = 0,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask where items belong; ``across`` and ``up``: (axis, low end, high end).

        ``key``: {item: [column, row]} or {item: {"across": (low, high), "up": (low, high)}}.
        """
        spec = {"items": items, "across": across, "up": up, "size": size, "tolerance": tolerance}
        sheet._ask("place", id, prompt, key, because, hints, **spec)

    def inputs(self, w: Any, report: Any) -> Any:
        """Give two dropdowns for each item, and a picture that follows."""
        axes = {item: (self._axis(w, self.across), self._axis(w, self.up)) for item in self.items}
        picture = w.HTML()

        def read() -> dict[str, list[int]]:
            return {
                item: [across.value, up.value]
                for item, (across, up) in axes.items()
                if across.value and up.value
            }

        def draw(_change: Any = None) -> None:
            picture.value = self.picture(read())

        def show(value: Any) -> None:
            for item, (across, up) in axes.items():
                across.value, up.value = (value or {}).get(item) or (0, 0)

        rows = []
        for number, item in enumerate(self.items, start=1):
            name = f"<strong>{number}. {escape(self.items[item])}</strong>"
            label = w.HTML(name, layout=w.Layout(width="12rem"))
            rows.append(w.HBox([label, *axes[item]], layout=w.IN_LINE))
            for axis in axes[item]:
                axis.observe(draw, names="value")
                axis.observe(report, names="value")
        draw()
        return w.Inputs(w.VBox([*rows, picture]), show, read)

    def _axis(self, w: Any, axis: tuple[str, str, str]) -> Any:
        name, low, high = axis
        words = {1: low, self.size: high}
        options = [
            (f"{step} · {words[step]}" if words.get(step) else str(step), step)
            for step in range(1, self.size + 1)
        ]
        return w.Dropdown(
            options=[(_("choose …"), 0), *options],
            value=0,
            description=name,
            style={"description_width": "initial"},
            layout=w.Layout(width="15rem"),
        )

    def picture(self, places: dict[str, list[int]]) -> str:
        """Draw the grid with the items on it, as SVG in the colours of the theme."""
        from custlab.templates import render  # only where there is a page

        cells: dict[tuple[int, int], list[int]] = {}
        for number, item in enumerate(self.items, start=1):
            if item in places:
                cells.setdefault(tuple(places[item]), []).append(number)
        dots = [dot for cell, numbers in cells.items() for dot in self._dots(*cell, numbers)]
        return render(
            "exercises/kinds/place.html",
            words=self.words(places) or _("Nothing is placed yet."),
            question=self,
            side=self.size * CELL,
            cell=CELL,
            dots=dots,
            left=self._left(),
            below=MARGIN_BOTTOM,
        )

    def _left(self) -> int:
        """Give the left margin: it holds the words for the ends of the axis that goes up."""
        longest = max(
            sum(2 if east_asian_width(letter) in "WF" else 1 for letter in word)
            for word in self.up[1:]
        )
        return max(MARGIN_LEFT, round(BESIDE_WORDS + LETTER * longest))

    def _dots(self, column: int, row: int, numbers: list[int]) -> list[tuple[float, float, int]]:
        """Give the numbers of the items that share a cell places side by side."""
        y = 4 + (self.size - row + 0.5) * CELL
        gap = min(26, (CELL - 22) / max(len(numbers) - 1, 1))
        start = self._left() + (column - 0.5) * CELL - gap * (len(numbers) - 1) / 2
        return [(start + i * gap, y, number) for i, number in enumerate(numbers)]

    def names(self) -> dict[str, str]:
        """Give the items."""
        return self.items

    def example(self) -> dict[str, list[int]]:
        """Give the first item a place."""
        return {next(iter(self.items)): [1, self.size]}

    def fit(self, value: Any) -> dict[str, list[int]]:
        """Accept {item: [column, row]}, also for some items only; a None leaves one out."""
        given = filled_rows(value, self.items)
        return {item: self._cell(point) for item, point in given.items()}

    def _cell(self, point: Any) -> list[int]:
        column, row = as_point(point)
        whole = column == int(column) and row == int(row)
        if not whole or not (1 <= column <= self.size and 1 <= row <= self.size):
            raise UnfitAnswer(
                _("Column and row should be whole numbers from 1 to {size}.").format(size=self.size)
            )
        return [int(column), int(row)]

    def _whole(self, value: Any) -> bool:
        return len(value) == len(self.items)

    def _say(self, value: Any) -> str:
        text = _("{item}: {across} {column}, {up} {row}")
        pieces = [
            text.format(
                item=self.items[item], across=self.across[0], column=x, up=self.up[0], row=y
            )
            for item, (x, y) in value.items()
            if item in self.items
        ]
        return "; ".join(pieces)

    @staticmethod
    def check(
        answer: Any,
        key: Mapping[str, Mapping[str, Sequence[float]] | Sequence[float]],
        because: Mapping[str, str] | None = None,
        *,
        tolerance: float = 0,
    ) -> Result:
        """Check places one by one: each item in its zone earns the same.

        Parameters
        ----------
        answer : dict
            {item: [column, row]}.
        key : mapping
            {item: zone}. A zone is {"across": (low, high), "up": (low, high)}, both ends included
            and either of them optional; one number stands for both ends. Or it is one cell
            [column, row], with the tolerance around it.
        because : mapping, optional
            {item: what it means when it is placed elsewhere}.
        tolerance : float, optional
            How many cells an item may be off in each direction, for keys that are single cells.
        """
        given, because = as_mapping(answer), because or {}
        return results.from_parts(
            [
                _check_item(item, given.get(item), _zone(wanted, tolerance), because.get(item, ""))
                for item, wanted in key.items()
            ]
        )

    @staticmethod
    def right(key: Any) -> dict[str, list[int]]:
        """Put each item into the lower left corner of its zone."""
        zones = {item: _zone(wanted) for item, wanted in key.items()}
        return {
            item: [math.ceil(zone.get(axis, (1, 1))[0]) for axis in ("across", "up")]
            for item, zone in zones.items()
        }

    def right_lines(self, key: Any) -> list[str]:
        """Say each item's zone."""
        pieces = []
        for item, wanted in key.items():
            zone = _zone(wanted)
            told = [
                f"{axis[0]} {_span(*zone[name])}"
                for name, axis in (("across", self.across), ("up", self.up))
                if name in zone
            ]
            pieces.append(f"{self.items.get(item, item)}: {', '.join(told)}")
        return pieces


def _zone(wanted: Any, tolerance: float = 0) -> Mapping[str, Sequence[float]]:
    """Read a zone, or make one of a cell and the tolerance around it."""
    if isinstance(wanted, Mapping):
        return {
            axis: tuple(ends) if isinstance(ends, Sequence) else (ends, ends)
            for axis, ends in wanted.items()
        }
    ends = [(middle - tolerance, middle + tolerance) for middle in wanted]
    return dict(zip(("across", "up"), ends, strict=True))


def _span(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def _check_item(item: str, point: Any, zone: Mapping, reason: str) -> Part:
    if is_blank(point):
        return Part(item, 0.0, blank=True)
    try:
        column, row = as_point(point)
    except UnfitAnswer:
        return Part(item, 0.0, _("The place of “{item}” cannot be read.").format(item=item))
    (left, right), (bottom, top) = (zone.get(axis, (0, 1e9)) for axis in ("across", "up"))
    if left <= column <= right and bottom <= row <= top:
        return Part(item, 1.0)
    return Part(item, 0.0, reason, item if reason else None)
