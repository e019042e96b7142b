"""Place items on a grid, for example brands by price and quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.kinds.base import Question, filled_rows
from custlab.exercises.result import Part, Result
from custlab.exercises.values import UnfitAnswer, as_mapping, as_point, is_blank
from custlab.i18n import _


@dataclass
class Place(Question):
    """Items to be placed on a square grid of `size` columns and rows.

    A place is [column from the left, row from the bottom], each 1 to `size`. `across` and `up`
    are (name of the axis, word for its low end, word for its high end).
    """

    kind = "place"
    items: dict[str, str] = field(default_factory=dict)
    across: tuple[str, str, str] = ("", "", "")
    up: tuple[str, str, str] = ("", "", "")
    size: int = 5

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

    def example(self) -> dict[str, list[int]]:
        """Give the first item a place."""
        return {next(iter(self.items)): [1, self.size]}


def check_place(
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
        and either of them optional; or one cell [column, row], with the tolerance around it.
    because : mapping, optional
        {item: what it means when it is placed elsewhere}.
    tolerance : float, optional
        How many cells an item may be off in each direction, for keys that are single cells.
    """
    given, because = as_mapping(answer), because or {}
    return results.from_parts(
        [
            _check_item(item, given.get(item), zone, because.get(item, ""), tolerance)
            for item, zone in key.items()
        ]
    )


def _check_item(item: str, point: Any, zone: Any, reason: str, tolerance: float) -> Part:
    if is_blank(point):
        return Part(item, 0.0, blank=True)
    try:
        column, row = as_point(point)
    except UnfitAnswer:
        return Part(item, 0.0, _("The place of “{item}” cannot be read.").format(item=item))
    if not isinstance(zone, Mapping):
        x, y = zone
        zone = {
            "across": (x - tolerance, x + tolerance),
            "up": (y - tolerance, y + tolerance),
        }
    (left, right), (bottom, top) = (zone.get(axis, (0, 1e9)) for axis in ("across", "up"))
    if left <= column <= right and bottom <= row <= top:
        return Part(item, 1.0)
    return Part(item, 0.0, reason, item if reason else None)
