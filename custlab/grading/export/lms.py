"""Filling marks into the sheet that an instructor exported from Moodle or Canvas."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from custlab.errors import CustLabError
from custlab.grading.collect.roster import Match, Person, Roster, squeezed
from custlab.grading.export import headers
from custlab.grading.export.csv_text import Sheet, number
from custlab.grading.stock.marks import Marks
from custlab.i18n import _

CANVAS_EXACT = ("SIS Login ID", "SIS User ID", "Integration ID")
# Canvas's own totals, which it never reads back.
CANVAS_TOTALS = re.compile(r"\b(Current|Final|Override) (Score|Points|Grade|Status)\b")
ADDED_BEFORE = re.compile(r"^(assignment|aufgabe|devoir|tarea|tasca|compito|作业)\s*[:：]\s*", re.I)
ADDED_AFTER = re.compile(r"\s*\((\d+|real|reale|punkte|实数|puntos|brut|brute)\)\s*$", re.I)
POSSIBLE, TEST = "points possible", "Student, Test"
PARTICIPANT = re.compile(r"\D+\d+")  # the first column of Moodle's grading worksheets
ADDRESS = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
NOT_POINTS = ("EX", "N/A")  # Canvas: excused; not assigned to this learner


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
    doubts : list of tuple
        People in the sheet who are not in the gradebook, or not for certain, and why.
    proposals : list of str
        Commands that say who they are.
    missing : list of str
        Learners with marks who are not in the sheet.
    waiting, absent : list of str
        Learners whose marks are not complete; learners who have handed in nothing.
    kept : list of tuple
        Learner, and what must not be replaced (excused, locked, a comment of somebody's own).
    rows : dict of str to int
        Where each learner stands whose mark was filled in, or stood there already.
    """

    sheet: Sheet
    column: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    proposals: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def unmatched(self) -> list[str]:
        """People in the sheet who are not in the gradebook, or not for certain."""
        return [shown for shown, _why in self.doubts]


@dataclass
class Layout:
    """Where things stand in a sheet: columns, rows, what is locked, how numbers are written."""

    grade: int
    maximum: float | None
    people: list[int]
    locked: dict[int, str] = field(default_factory=dict)
    decimal: str = "."


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
    done = Filled(sheet, sheet.rows[0][layout.grade])
    people = {row: _person(sheet, row, layout, to) for row in layout.people}
    seen = set()
    for row, match in _matched(people, roster).items():
        if match.why:
            done.doubts.append((_shown(sheet, row, to), match.why))
            done.proposals += roster.proposals(people[row])
        else:
            seen.add(match.learners[0].id)
            _fill_row(done, layout, row, marks, match.learners[0].id, factor, provisional)
    done.proposals = list(dict.fromkeys(done.proposals))
    done.missing = [student for student in marks.handed_in if student not in seen]
    return done


def _matched(people: dict[int, Person], roster: Roster) -> dict[int, Match]:
    """Find out who stands in each row; of several rows for one learner, at most one is theirs."""
    found = {row: roster.match(person) for row, person in people.items()}
    rows = defaultdict(lambda: defaultdict(list))
    for row, match in found.items():
        if not match.why:
            rows[match.learners[0].id][match.certain].append(row)
    for student, of in rows.items():
        # A row in which an id, an address or a number agrees goes before one with a name alone.
        right = of[True] or of[False]
        wrong = [*(right if len(right) > 1 else ()), *(of[False] if of[True] else ())]
        text = _("several rows could be {id}'s").format(id=student)
        found |= {row: Match(found[row].learners, why=text) for row in wrong}
    return found


def _fill_row(done, layout, row, marks, student, factor, provisional) -> None:
    """Fill in one learner's points, unless there are none to fill in."""
    learner = marks.learners.loc[student]
    if not learner["handed_in"]:
        done.absent.append(student)
        return
    if marks.scores.loc[student].isna().any():
        done.waiting.append(student)
        if not provisional:
            return
    if row in layout.locked:
        done.kept.append((student, layout.locked[row]))
        return
    cells = done.sheet.rows[row]
    cells += [""] * (layout.grade + 1 - len(cells))
    done.rows[student] = row
    points = round(float(learner["score"]) * factor, 4)
    new = number(points, layout.decimal)
    if _float(cells[layout.grade]) != points:
        done.changes.append((student, cells[layout.grade], new))
        cells[layout.grade] = new


def fill_comments(done: Filled, comments: dict[str, str]) -> None:
    """Fill feedback into Moodle's column of comments; what a person wrote there stays.

    Parameters
    ----------
    done : Filled
        A grading worksheet with marks filled in. It is changed in place.
    comments : dict of str to str
        HTML by learner, one ``div`` with the class ``custlab-feedback``.

    Raises
    ------
    CustLabError
        If the sheet has no such column.
    """
    place = _first([cell.strip().casefold() for cell in done.sheet.rows[0]], headers.COMMENTS)
    if place is None:
        raise CustLabError(
            _(
                "The sheet has no column for comments. In Moodle, switch on the feedback type "
                "“Feedback comments” of the assignment and export its grading worksheet again."
            )
        )
    for student, row in done.rows.items():
        cells = done.sheet.rows[row]
        cells += [""] * (place + 1 - len(cells))
        there = cells[place].strip()
        if there and "custlab-feedback" not in there:
            done.kept.append((student, _("somebody has written a comment")))
        elif student in comments:
            cells[place] = comments[student]


def _factor(layout: Layout, marks: Marks, scale: bool) -> float:
    most = float(marks.learners["max_score"].iloc[0]) if len(marks.learners) else 0.0
    if layout.maximum is None or abs(layout.maximum - most) < 1e-9:
        return 1.0
    if layout.maximum <= 0:
        raise CustLabError(
            _(
                "{assignment} has {most:g} points, and the sheet allows {maximum:g}, which would "
                "be 0 for everybody. Set a maximum in the LMS and export its sheet again."
            ).format(assignment=marks.assignment, most=most, maximum=layout.maximum)
        )
    if most <= 0:
        raise CustLabError(
            _("{assignment} has no points, which cannot be converted.").format(
                assignment=marks.assignment
            )
        )
    if not scale:
        raise CustLabError(
            _(
                "{assignment} has {most:g} points, and the sheet allows {maximum:g}. Pass --scale "
                "to convert, or change the maximum in the LMS and export its sheet again."
            ).format(assignment=marks.assignment, most=most, maximum=layout.maximum)
        )
    return layout.maximum / most


def _moodle(sheet: Sheet, column: str, names: tuple[str, ...]) -> Layout:
    """Find the columns of a grading worksheet, or of a gradebook export."""
    header = [cell.strip().casefold() for cell in sheet.rows[0]]
    rows = range(1, len(sheet.rows))
    grade = _column(sheet, column, names) if column else _first(header, headers.GRADE)
    if grade is None:
        grade = _column(sheet, column, names)
    told = [_told(sheet, row, headers.MAXIMUM) for row in rows]
    if not any(told) and all(PARTICIPANT.fullmatch(_at(sheet, row, 0)) for row in rows):
        told = [_at(sheet, row, grade + 1) for row in rows]  # a worksheet in another language
    maximum = next((value for value in map(_float, told) if value is not None), None)
    if maximum is None and any(_told(sheet, row, headers.SCALE) for row in rows):
        raise CustLabError(
            _(
                "In Moodle this assignment is marked with a scale, which points cannot be filled "
                "into. Give it a maximum grade there, and export its sheet again."
            )
        )
    locked = {
        row: _("the grade cannot be changed in Moodle")
        for row in rows
        if _told(sheet, row, headers.CHANGEABLE).casefold() in headers.NO
    }
    decimal = _decimal([*told, *(_at(sheet, row, grade) for row in rows)])
    return Layout(grade, maximum, list(rows), locked, decimal)


def _canvas(sheet: Sheet, column: str, names: tuple[str, ...]) -> Layout:
    """Find the assignment's column and the row with the points possible."""
    header = [cell.strip() for cell in sheet.rows[0]]
    if "ID" not in header or not {"Student", "LastName"} & set(header):
        raise CustLabError(
            _("The sheet has no columns Student and ID: it is not one of Canvas's gradebook.")
        )
    rows = range(1, len(sheet.rows))
    possible = next((row for row in rows if _at(sheet, row, 0).casefold() == POSSIBLE), None)
    grade = _column(sheet, column, names, possible)
    maximum = None if possible is None else _float(_at(sheet, possible, grade))
    people = [
        row
        for row in rows  # rows without an ID say which grades are posted by hand, or muted
        if row != possible and _cell(sheet, row, "ID") and _shown(sheet, row, "canvas") != TEST
    ]
    locked = {
        row: _at(sheet, row, grade)
        for row in people
        if _at(sheet, row, grade).upper() in NOT_POINTS
    }
    decimal = _decimal(_at(sheet, row, grade) for row in rows)
    return Layout(grade, maximum, people, locked, decimal)


def _column(sheet: Sheet, column: str, names: tuple[str, ...], possible: int | None = None) -> int:
    """Find the column to fill by its header, or say which there are.

    Canvas says in its row of points which columns are read-only, in the language of the site.
    """
    open_ones = {
        place: cell
        for place, cell in enumerate(sheet.rows[0])
        if "read only" not in cell.casefold()
        and (possible is None or not _at(sheet, possible, place).startswith("("))
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


def _first(header: list[str], known: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in known if name in header), None)


def _at(sheet: Sheet, row: int, place: int) -> str:
    cells = sheet.rows[row]
    return cells[place].strip() if place < len(cells) else ""


def _cell(sheet: Sheet, row: int, name: str) -> str:
    header = [cell.strip() for cell in sheet.rows[0]]
    return _at(sheet, row, header.index(name)) if name in header else ""


def _told(sheet: Sheet, row: int, known: tuple[str, ...]) -> str:
    header = [cell.strip().casefold() for cell in sheet.rows[0]]
    place = _first(header, known)
    told = "" if place is None else _at(sheet, row, place)
    return "" if told == "-" else told  # how Moodle writes nothing


def _person(sheet: Sheet, row: int, layout: Layout, to: str) -> Person:
    """Say who stands in a row."""
    name = _shown(sheet, row, to)
    if to == "canvas":
        exact = (_cell(sheet, row, column) for column in CANVAS_EXACT)
        return Person((name,), tuple(filter(None, exact)), number=_cell(sheet, row, "ID"))
    ids = (_told(sheet, row, (header,)) for header in headers.ID)
    mails = (_told(sheet, row, (header,)) for header in headers.MAIL)
    found = next(filter(None, mails), "")
    if not found:
        # Whatever the column is called in the language of the site: an address is known by its
        # sign. Right of the grade stands what learners write.
        left = (_at(sheet, row, place) for place in range(layout.grade))
        found = next((cell for cell in left if ADDRESS.fullmatch(cell)), "")
    return Person((name,), tuple(filter(None, ids)), (found,) if found else ())


def _shown(sheet: Sheet, row: int, to: str) -> str:
    """Give the name that stands in a row."""
    if to == "canvas":
        last, first = _cell(sheet, row, "LastName"), _cell(sheet, row, "FirstName")
        name = _cell(sheet, row, "Student") or ", ".join(part for part in (last, first) if part)
        return re.sub(r'^="(.*)"$', r"\1", name)  # so that no spreadsheet takes it for a formula
    both = f"{_told(sheet, row, headers.FIRST)} {_told(sheet, row, headers.LAST)}".strip()
    return _told(sheet, row, headers.NAME) or both or sheet.rows[row][0]


def _float(text: str) -> float | None:
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
