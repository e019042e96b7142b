"""Filling marks into the sheet that an instructor exported from Moodle or Canvas."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from custlab.errors import CustLabError
from custlab.grading.collect.roster import Roster, squeezed
from custlab.grading.export.csv_text import Sheet, number
from custlab.grading.export.marks import Marks
from custlab.i18n import _

# Headers are in the language of the site: English, German, French, Spanish, Chinese.
GRADE = ("grade", "bewertung", "note", "calificación", "成绩", "分数")
MAXIMUM = ("maximum grade", "bestwertung", "note maximale", "calificación máxima", "最高分", "满分")
MAIL = ("email address", "e-mail-adresse", "adresse de courriel", "dirección de correo", "电子邮件")
ID = (
    "id number",
    "id-nummer",
    "numéro d'identification",
    "número de id",
    "学号",
    "编号",
    "username",
)
NAME = ("full name", "vollständiger name", "nom complet", "nombre completo", "全名", "姓名")
FIRST = ("first name", "vorname", "prénom", "nombre", "名")
LAST = ("last name", "surname", "nachname", "nom", "apellido(s)", "姓")
CANVAS_EXACT = ("SIS Login ID", "SIS User ID", "Integration ID")
ADDED_BEFORE = re.compile(r"^(assignment|aufgabe|devoir|tarea|作业)\s*[:：]\s*", re.IGNORECASE)
ADDED_AFTER = re.compile(r"\s*\((\d+|real|punkte|实数|puntos|brut)\)\s*$", re.IGNORECASE)
POSSIBLE = "points possible"


@dataclass
class Filled:
    """A sheet with marks filled in, and what should be known about it.

    Attributes
    ----------
    sheet : Sheet
        The sheet.
    column : str
        The header of the column that was filled.
    changes : list of tuple
        Learner, what stood there, what stands there now.
    unmatched : list of str
        People in the sheet who are not in the gradebook, or not for certain.
    missing : list of str
        Learners with marks who are not in the sheet.
    waiting, absent : list of str
        Learners whose marks are not complete; learners who have handed in nothing.
    """

    sheet: Sheet
    column: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


@dataclass
class Layout:
    """Where things stand in a sheet."""

    grade: int
    maximum: float | None
    people: list[int]


def fill(
    sheet: Sheet,
    marks: Marks,
    roster: Roster,
    to: str,
    column: str = "",
    titles: tuple[str, ...] = (),
    scale: bool = False,
    provisional: bool = False,
) -> Filled:
    """Fill final points into the sheet of an LMS; nothing else in it is changed.

    Parameters
    ----------
    sheet : Sheet
        As it was exported. It is changed in place.
    marks : Marks
        The marks of the assignment.
    roster : Roster
        The learners.
    to : {"moodle", "canvas"}
        Whose sheet it is.
    column : str, optional
        The header of the column to fill; found by the assignment's name otherwise.
    titles : tuple of str, optional
        What the assignment may be called in the LMS.
    scale : bool
        Whether to convert points if the sheet has another maximum.
    provisional : bool
        Whether to fill in also marks that are not complete.

    Returns
    -------
    Filled
        The sheet and the lists.

    Raises
    ------
    CustLabError
        If no column fits, or the maximum is another one and ``scale`` is not set.
    """
    find = {"moodle": _moodle, "canvas": _canvas}[to]
    layout = find(sheet, column, (marks.assignment, *titles))
    factor = _factor(layout, marks, scale)
    decimal = "," if sheet.delimiter != "," and _has_decimal_commas(sheet) else "."
    done = Filled(sheet, sheet.rows[0][layout.grade])
    seen: dict[str, int] = {}
    for row in layout.people:
        found = _person(sheet, row, roster, to)
        shown = _shown(sheet, row, to)
        if len(found) != 1 or found[0].id in seen:
            done.unmatched.append(shown)
            continue
        seen[found[0].id] = row
        _fill_row(done, layout, row, marks, found[0].id, factor, decimal, provisional)
    for student in marks.handed_in:
        if student not in seen:
            done.missing.append(student)
    return done


def _fill_row(done, layout, row, marks, student, factor, decimal, provisional) -> None:
    """Fill in one learner's points, unless there are none to fill in."""
    learner = marks.learners.loc[student]
    if not learner["handed_in"]:
        done.absent.append(student)
        return
    if marks.scores.loc[student].isna().any():
        done.waiting.append(student)
        if not provisional:
            return
    cells = done.sheet.rows[row]
    cells += [""] * (layout.grade + 1 - len(cells))
    new = number(round(float(learner["score"]) * factor, 4), decimal)
    if cells[layout.grade] != new:
        done.changes.append((student, cells[layout.grade], new))
        cells[layout.grade] = new


def _factor(layout: Layout, marks: Marks, scale: bool) -> float:
    most = float(marks.learners["max_score"].iloc[0]) if len(marks.learners) else 0.0
    if layout.maximum is None or abs(layout.maximum - most) < 1e-9:
        return 1.0
    if not scale:
        raise CustLabError(
            _(
                "{assignment} has {most:g} points, and the sheet allows {maximum:g}. Pass --scale "
                "to convert, or change the maximum in the LMS and export its sheet again."
            ).format(assignment=marks.assignment, most=most, maximum=layout.maximum)
        )
    return layout.maximum / most if most else 0.0


def _moodle(sheet: Sheet, column: str, names: tuple[str, ...]) -> Layout:
    """Find the columns of a grading worksheet, or of a gradebook export."""
    header = [cell.strip().casefold() for cell in sheet.rows[0]]
    grade = _column(sheet, column, names) if column else _first(header, GRADE)
    if grade is None:
        grade = _column(sheet, column, names)
    told = [_float(_told(sheet, row, MAXIMUM)) for row in range(1, len(sheet.rows))]
    maximum = next((value for value in told if value is not None), None)
    return Layout(grade, maximum, list(range(1, len(sheet.rows))))


def _canvas(sheet: Sheet, column: str, names: tuple[str, ...]) -> Layout:
    """Find the assignment's column and the row with the points possible."""
    header = [cell.strip() for cell in sheet.rows[0]]
    if "Student" not in header or "ID" not in header:
        raise CustLabError(
            _("The sheet has no columns Student and ID: it is not one of Canvas's gradebook.")
        )
    grade, name = _column(sheet, column, names), header.index("Student")
    people, maximum = [], None
    for number_, row in enumerate(sheet.rows[1:], start=1):
        first = row[name].strip() if name < len(row) else ""
        if first.casefold() == POSSIBLE:
            maximum = _float(row[grade]) if grade < len(row) else None
        elif first and first != "Student, Test" and _cell(sheet, number_, "ID"):
            people.append(number_)
    return Layout(grade, maximum, people)


def _column(sheet: Sheet, column: str, names: tuple[str, ...]) -> int:
    """Find the column to fill by its header, or say which there are."""
    header = sheet.rows[0]
    wanted = {squeezed(name) for name in ((column,) if column else names) if name}
    fitting = [
        place
        for place, cell in enumerate(header)
        if {squeezed(cell), squeezed(_bare(cell))} & wanted and "read only" not in cell.casefold()
    ]
    if len(fitting) == 1:
        return fitting[0]
    listed = "; ".join(cell for cell in header if cell.strip())
    raise CustLabError(
        _("Which column should be filled? Name it with --column. The sheet has: {columns}.").format(
            columns=listed
        )
    )


def _bare(header: str) -> str:
    """Take off what an LMS adds to an assignment's name."""
    text = re.sub(r"\s*\((\d+|real|punkte|实数|puntos|brut)\)\s*$", "", header, flags=re.IGNORECASE)
    return re.sub(
        r"^(assignment|aufgabe|devoir|tarea|作业)\s*[:：]\s*", "", text, flags=re.IGNORECASE
    )


def _first(header: list[str], known: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in known if name in header), None)


def _cell(sheet: Sheet, row: int, name: str) -> str:
    header = [cell.strip() for cell in sheet.rows[0]]
    cells = sheet.rows[row]
    place = header.index(name) if name in header else -1
    return cells[place].strip() if 0 <= place < len(cells) else ""


def _told(sheet: Sheet, row: int, known: tuple[str, ...]) -> str:
    header = [cell.strip().casefold() for cell in sheet.rows[0]]
    place = _first(header, known)
    cells = sheet.rows[row]
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _person(sheet: Sheet, row: int, roster: Roster, to: str) -> list:
    """Find who stands in a row."""
    if to == "canvas":
        exact = [_cell(sheet, row, name) for name in CANVAS_EXACT]
        return roster.find(*exact, _cell(sheet, row, "Student"), number=_cell(sheet, row, "ID"))
    both = f"{_told(sheet, row, FIRST)} {_told(sheet, row, LAST)}".strip()
    return roster.find(
        _told(sheet, row, ID), _told(sheet, row, MAIL), _told(sheet, row, NAME) or both
    )


def _shown(sheet: Sheet, row: int, to: str) -> str:
    if to == "canvas":
        return _cell(sheet, row, "Student")
    both = f"{_told(sheet, row, FIRST)} {_told(sheet, row, LAST)}".strip()
    return _told(sheet, row, NAME) or both or sheet.rows[row][0]


def _float(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _has_decimal_commas(sheet: Sheet) -> bool:
    return any(re.fullmatch(r"\d+,\d+", cell.strip()) for row in sheet.rows[1:] for cell in row)
