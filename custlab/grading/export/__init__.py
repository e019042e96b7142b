"""Exporting marks: as a table of its own, or into a sheet that Moodle or Canvas gave.

``marks`` reads the gradebook, ``table`` lays it out, ``csv_text`` reads and writes CSV, ``lms``
fills sheets.
"""

from __future__ import annotations

from pathlib import Path

from custlab.errors import CustLabError
from custlab.i18n import _


def read_class(course, assignments: list[str] | None = None) -> list:
    """Read the marks of assignments.

    Parameters
    ----------
    course : Course
        The course.
    assignments : list of str, optional
        Which ones; all that somebody has handed in by default.

    Returns
    -------
    list of Marks
        One per assignment.

    Raises
    ------
    CustLabError
        If there are none.
    """
    from custlab.grading.stock.marks import cell_order, read_marks

    with course.gradebook() as book:
        names = assignments or sorted(a.name for a in book.assignments if a.num_submissions)
        if not names:
            raise CustLabError(_("There are no marks to export: nothing has been graded yet."))
        return [read_marks(book, name, cell_order(course, name)) for name in names]


def export_table(course, assignments: list[str] | None = None, excel: bool = False):
    """Make the plain table.

    Parameters
    ----------
    course : Course
        The course.
    assignments : list of str, optional
        Which ones; all with submissions by default.
    excel : bool
        Whether to write it so that Excel opens it as it is.

    Returns
    -------
    tuple of Sheet and list of Marks
        The table, and what it is made of.
    """
    from custlab.grading.export.table import as_sheet, marks_table

    every = read_class(course, assignments)
    tables = [marks_table(marks, _blank(course, marks)) for marks in every]
    return as_sheet(tables, excel), every


def fill_sheet(
    course,
    assignment: str,
    path: Path,
    to: str,
    column: str = "",
    scale: bool = False,
    provisional: bool = False,
    comments: bool = False,
):
    """Fill an assignment's marks into the sheet of an LMS; the file itself stays as it is.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.
    path : Path
        The sheet that the LMS exported.
    to : {"moodle", "canvas"}
        Which LMS.
    column : str, optional
        The header of the column to fill.
    scale, provisional : bool
        Whether to convert points to the sheet's maximum; whether to fill in incomplete marks.
    comments : bool
        Whether to fill in feedback too, into Moodle's column of comments.

    Returns
    -------
    Filled
        The sheet with the marks, and who could not be matched.
    """
    from custlab.grading.collect.roster import read_roster
    from custlab.grading.export.csv_text import read_sheet
    from custlab.grading.export.lms import fill, fill_comments
    from custlab.grading.feedback import read_short_comments
    from custlab.grading.stock.marks import titles

    (marks,) = read_class(course, [assignment])
    try:
        sheet = read_sheet(Path(path).read_bytes(), Path(path).name)
    except OSError as error:
        raise CustLabError(
            _("{path} cannot be read ({reason}).").format(path=path, reason=error.strerror)
        ) from None
    known = titles(course, assignment)
    names = (*known, *known.values())
    done = fill(sheet, marks, read_roster(course), to, column, names, scale, provisional)
    if comments:
        fill_comments(done, read_short_comments(course, assignment, list(done.rows)))
    return done


def _blank(course, marks) -> dict[str, set[int]]:
    """Find out from the grading results which questions learners left blank."""
    from custlab.grading.stock.results import results_of, says_blank

    rows = {(row["notebook"], row["cell"]): number for number, row in marks.questions.iterrows()}
    found: dict[str, set[int]] = {}
    for student in marks.handed_in:
        results = results_of(course, marks.assignment, student)
        for name, part in results.notebooks.items() if results else ():
            for cell in part.cells:
                left = cell.status == "blank" or says_blank(cell.message)
                if left and (name, cell.grade_id) in rows:
                    found.setdefault(student, set()).add(rows[name, cell.grade_id])
    return found
