"""Where things stand in a sheet of Moodle or Canvas: columns, people, what is locked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from custlab.errors import CustLabError
from custlab.grading.collect.roster import squeezed
from custlab.grading.export import headers
from custlab.grading.export.csv_text import Sheet
from custlab.i18n import _

# Canvas's own totals, which it never reads back.
CANVAS_TOTALS = re.compile(r"\b(Current|Final|Override) (Score|Points|Grade|Status)\b")
ADDED_BEFORE = re.compile(r"^(assignment|aufgabe|devoir|tarea|tasca|compito|作业)\s*[:：]\s*", re.I)
ADDED_AFTER = re.compile(r"\s*\((\d+|real|reale|punkte|实数|puntos|brut|brute)\)\s*$", re.I)
POSSIBLE, TEST = "points possible", "Student, Test"
PARTICIPANT = re.compile(r"\D+\d+")  # the first column of Moodle's grading worksheets
NOT_POINTS = ("EX", "N/A")  # Canvas: excused; not assigned to this learner


@dataclass
class Layout:
    """Where things stand in a sheet: columns, rows, what is locked, how numbers are written."""

    grade: int
    maximum: float | None
    people: list[int]
    locked: dict[int, str] = field(default_factory=dict)
    decimal: str = "."


def moodle_layout(sheet: Sheet, column: str, names: tuple[str, ...]) -> Layout:
    """Find the columns of a grading worksheet, or of a gradebook export."""
    rows = range(1, len(sheet.rows))
    grade = _column(sheet, column, names) if column else sheet.place(headers.GRADE)
    if grade is None:
        grade = _column(sheet, column, names)
    maxima = [sheet.told(row, headers.MAXIMUM) for row in rows]
    if not any(maxima) and all(PARTICIPANT.fullmatch(sheet.at(row, 0)) for row in rows):
        maxima = [sheet.at(row, grade + 1) for row in rows]  # a worksheet in another language
    maximum = next((value for value in map(as_number, maxima) if value is not None), None)
    if maximum is None and any(sheet.told(row, headers.SCALE) for row in rows):
        raise CustLabError(
            _(
                "In Moodle this assignment is marked with a scale, which points cannot be filled "
                "into. Give it a maximum grade there, and export its sheet again."
            )
        )
    locked = {
        row: _("the grade cannot be changed in Moodle")
        for row in rows
        if sheet.told(row, headers.CHANGEABLE).casefold() in headers.NO
    }
    decimal = _decimal([*maxima, *(sheet.at(row, grade) for row in rows)])
    return Layout(grade, maximum, list(rows), locked, decimal)


def canvas_layout(sheet: Sheet, column: str, names: tuple[str, ...]) -> Layout:
    """Find the assignment's column and the row with the points possible."""
    header = [cell.strip() for cell in sheet.rows[0]]
    if "ID" not in header or not {"Student", "LastName"} & set(header):
        raise CustLabError(
            _("The sheet has no columns Student and ID: it is not one of Canvas's gradebook.")
        )
    rows = range(1, len(sheet.rows))
    possible = next((row for row in rows if sheet.at(row, 0).casefold() == POSSIBLE), None)
    grade = _column(sheet, column, names, possible)
    maximum = None if possible is None else as_number(sheet.at(possible, grade))
    people = [
        row
        for row in rows  # rows without an ID say which grades are posted by hand, or muted
        if row != possible and sheet.told(row, ("id",)) and shown_name(sheet, row, "canvas") != TEST
    ]
    locked = {
        row: sheet.at(row, grade) for row in people if sheet.at(row, grade).upper() in NOT_POINTS
    }
    decimal = _decimal(sheet.at(row, grade) for row in rows)
    return Layout(grade, maximum, people, locked, decimal)


def _column(sheet: Sheet, column: str, names: tuple[str, ...], possible: int | None = None) -> int:
    """Find the column to fill by its header, or say which there are.

    Canvas says in its row of points which columns are read-only, in the language of the site.
    """
    open_ones = {
        place: cell
        for place, cell in enumerate(sheet.rows[0])
        if "read only" not in cell.casefold()
        and (possible is None or not sheet.at(possible, place).startswith("("))
        and (possible is None or not CANVAS_TOTALS.search(cell))
    }
    wanted = {squeezed(name) for name in ((column,) if column else names) if name}
    fitting = [
        place
        for place, cell in open_ones.items()
        if {squeezed(cell), squeezed(_bare(cell))} & wanted
    ]
    if len(fitting) == 1:
        return fitting[0]
    listed = "; ".join(cell.strip() for cell in open_ones.values() if cell.strip())
    raise CustLabError(
        _("Which column should be filled? Name it with --column. The sheet has: {columns}.").format(
            columns=listed
        )
    )


def _bare(header: str) -> str:
    """Take off what an LMS adds to an assignment's name."""
    return ADDED_BEFORE.sub("", ADDED_AFTER.sub("", header.strip()))


def shown_name(sheet: Sheet, row: int, to: str) -> str:
    """Give the name that stands in a row."""
    if to == "canvas":
        last, first = sheet.told(row, ("lastname",)), sheet.told(row, ("firstname",))
        name = sheet.told(row, ("student",)) or ", ".join(part for part in (last, first) if part)
        return re.sub(r'^="(.*)"$', r"\1", name)  # so that no spreadsheet takes it for a formula
    both = f"{sheet.told(row, headers.FIRST)} {sheet.told(row, headers.LAST)}".strip()
    return sheet.told(row, headers.NAME) or both or sheet.rows[row][0]


def as_number(text: str) -> float | None:
    """Read a number with a decimal point or comma: the last of the signs is the decimal one."""
    whole, sign, rest = re.match(r"(.*?)([.,]?)([^.,]*)$", text.strip()).groups()
    try:
        value = float(re.sub(r"[.,\s]", "", whole) + sign.replace(",", ".") + rest)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _decimal(texts: Iterable[str]) -> str:
    """Tell how a sheet writes decimals, from the numbers that stand in it."""
    return "," if any(re.fullmatch(r"\d+,\d{1,5}", text.strip()) for text in texts) else "."
