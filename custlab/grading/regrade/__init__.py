"""Marking again after a master was mended: first seen, then done.

``outlook`` compares; this module runs the preview and, when asked, the real thing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from custlab.errors import CustLabError
from custlab.grading.regrade.outlook import Change, Outlook, look_ahead, structure_changes
from custlab.i18n import _

__all__ = ["Change", "Outlook", "apply_regrade", "copy_gradebook", "preview_regrade"]


def preview_regrade(
    course, assignment: str, settings, students=None, told: Callable | None = None
) -> Outlook:
    """Find out who would change; nothing is written.

    Parameters
    ----------
    course : Course
        The course, with the mended master.
    assignment : str
        The assignment.
    settings : Settings
        How to grade.
    students : list of str, optional
        Only these learners.
    told : callable, optional
        Called as ``told(learner, number of learners)`` after each.

    Returns
    -------
    Outlook
        The differences to the gradebook.

    Raises
    ------
    CustLabError
        If marked cells were added or taken away since work was handed in.
    """
    from custlab.grading.read.master import load_masters
    from custlab.grading.run import Run

    marks = _marks(course, assignment)
    _check_structure(marks, load_masters(course, assignment, as_released=False))
    run = Run(course, assignment, settings, students, as_released=False)
    results = []
    for found in run.preview():
        results.append(found)
        if told:
            told(found.student, len(run.students))
    return look_ahead(marks, results, run.students, _penalty(course, assignment))


def apply_regrade(
    course, assignment: str, settings, students=None, told: Callable | None = None
) -> tuple[Outlook, dict[str, str], Path]:
    """Take the mended master into the gradebook and mark everybody by it.

    Parameters
    ----------
    course, assignment, settings, students
        As for `preview_regrade`.
    told : callable, optional
        Called as ``told(learner, number of learners)`` after each.

    Returns
    -------
    tuple of Outlook, dict of str to str, and Path
        What has changed, who could not be marked and why, and the copy of the gradebook as it
        was.
    """
    from dataclasses import replace

    from custlab.grading.read.master import load_masters
    from custlab.grading.run import Run

    marks = _marks(course, assignment)
    _check_structure(marks, load_masters(course, assignment, as_released=False))
    penalty = _penalty(course, assignment)
    copy = copy_gradebook(course)
    _release_again(course, assignment)
    run = Run(course, assignment, replace(settings, force=True), students)
    summary = run.start(lambda name, _found: told(name, len(run.students)) if told else None)
    outlook = look_ahead(marks, summary.graded, run.students, penalty)
    return outlook, summary.failed, copy


def _marks(course, assignment: str):
    from custlab.grading.stock.marks import cell_order, read_marks

    with course.gradebook() as book:
        return read_marks(book, assignment, cell_order(course, assignment))


def _check_structure(marks, masters) -> None:
    graded = {
        master.name: [(c.grade_id, c.points) for c in master.cells if c.role in ("test", "manual")]
        for master in masters
    }
    if found := structure_changes(marks, graded):
        raise CustLabError(
            _(
                "Marked cells were added or taken away since work was handed in: {cells}. "
                "nbgrader cannot take that into its gradebook. Keep the cells with their names; "
                "set the points of a spoilt question to 0."
            ).format(cells="; ".join(found))
        )


def _penalty(course, assignment: str) -> Callable:
    """Make the function that says what lateness costs; it keeps nothing open."""
    from custlab.grading.stock.gradebook import LatePenalties, handed_in_at

    with course.gradebook() as book:
        general = book.find_assignment(assignment).duedate
        known = {
            entry.student_id: (entry.duedate, entry.timestamp)
            for entry in book.assignment_submissions(assignment)
        }
    penalties = LatePenalties(course)

    def penalty(results, points: float) -> float | None:
        due, handed_in = known.get(results.student, (general, None))
        handed_in = handed_in_at(results) or handed_in
        late = (handed_in - due).total_seconds() if handed_in and due else 0.0
        return penalties.of(results.student, points, late)

    return penalty


def copy_gradebook(course) -> Path:
    """Copy the gradebook, whole even if somebody is writing to it.

    Parameters
    ----------
    course : Course
        The course.

    Returns
    -------
    Path
        The copy, a SQLite file that nbgrader can open: beside a gradebook that is one itself,
        otherwise beside the folder of submissions.
    """
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
    if not course.db_url.startswith("sqlite:///"):
        copy = course.folder("submitted", ".", ".").parent / f"gradebook.db.before-{stamp}"
        _copy_rows(course, copy)
        return copy
    path = Path(course.db_url.removeprefix("sqlite:///"))
    copy = path.with_name(f"{path.name}.before-{stamp}")
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    return copy


def _copy_rows(course, target: Path) -> None:
    """Copy a gradebook on a database server, table by table, as it was at one moment."""
    from nbgrader.api import Base
    from sqlalchemy import Column, MetaData, String, Table, create_engine

    version = Table("alembic_version", MetaData(), Column("version_num", String(32)))
    target.parent.mkdir(parents=True, exist_ok=True)
    new = create_engine(f"sqlite:///{target.as_posix()}")
    with course.gradebook() as book:
        old = book.engine.execution_options(isolation_level="REPEATABLE READ")
        with old.connect() as source, new.begin() as copy:
            for table in (version, *Base.metadata.sorted_tables):
                table.create(copy)
                if rows := [dict(row) for row in source.execute(table.select()).mappings()]:
                    copy.execute(table.insert(), rows)
    new.dispose()


def _release_again(course, assignment: str) -> None:
    """Let nbgrader take the mended master into the gradebook and make the learners' version."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException

    directories = course.directories
    directories.assignment_id = assignment
    maker = GenerateAssignment(coursedir=directories, parent=course.app)
    maker.force = True
    maker.log.disabled = True  # it warns that it replaces the release, which is what is wanted
    try:
        maker.start()
    except NbGraderException as error:
        raise CustLabError(
            _(
                "nbgrader could not take the master of {name} into the gradebook ({error}); "
                "`nbgrader generate_assignment {name} --force` says why. No mark was changed."
            ).format(name=assignment, error=str(error).splitlines()[0] if str(error) else "-")
        ) from None
    finally:
        maker.log.disabled = False
