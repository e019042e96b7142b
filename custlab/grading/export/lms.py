"""Filling marks into the sheet that an instructor exported from Moodle or Canvas."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from custlab.errors import CustLabError
from custlab.grading.collect.roster import Match, Person, Roster
from custlab.grading.export import headers
from custlab.grading.export.csv_text import Sheet, number
from custlab.grading.export.layout import (
    Layout,
    as_number,
    canvas_layout,
    moodle_layout,
    shown_name,
)
from custlab.grading.stock.marks import Marks
from custlab.i18n import _

CANVAS_EXACT = ("sis login id", "sis user id", "integration id")
ADDRESS = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


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
    find = {"moodle": moodle_layout, "canvas": canvas_layout}[to]
    layout = find(sheet, column, (marks.assignment, *titles))
    factor = _factor(layout, marks, scale)
    done = Filled(sheet, sheet.rows[0][layout.grade])
    people = {row: _person(sheet, row, layout, to) for row in layout.people}
    matched = _matched(people, roster)
    seen = {match.learners[0].id for match in matched.values() if not match.why}
    proposed = {}
    for row, match in matched.items():
        if match.why:
            done.doubts.append((shown_name(sheet, row, to), match.why))
            proposed |= dict.fromkeys(roster.proposals(people[row], seen))
        else:
            _fill_row(done, layout, row, marks, match.learners[0].id, factor, provisional)
    done.proposals = list(proposed)
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
    if as_number(cells[layout.grade]) != points:
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
    place = done.sheet.place(headers.COMMENTS)
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


def _person(sheet: Sheet, row: int, layout: Layout, to: str) -> Person:
    """Say who stands in a row."""
    name = shown_name(sheet, row, to)
    if to == "canvas":
        exact = (sheet.told(row, (column,)) for column in CANVAS_EXACT)
        return Person((name,), tuple(filter(None, exact)), number=sheet.told(row, ("id",)))
    ids = (sheet.told(row, (header,)) for header in headers.ID)
    mails = (sheet.told(row, (header,)) for header in headers.MAIL)
    found = next(filter(None, mails), "")
    if not found:
        # Whatever the column is called in the language of the site: an address is known by its
        # sign. Right of the grade stands what learners write.
        left = (sheet.at(row, place) for place in range(layout.grade))
        found = next((cell for cell in left if ADDRESS.fullmatch(cell)), "")
    return Person((name,), tuple(filter(None, ids)), (found,) if found else ())
