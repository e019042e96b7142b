"""More time for single learners, also before they have handed in anything.

nbgrader keeps an extension with a submission, so there is no place for it before. It stands in a
file beside the results, and goes into nbgrader's gradebook with the first mark.
"""

from __future__ import annotations

import json
import math
from datetime import timedelta
from pathlib import Path

from custlab.errors import CustLabError
from custlab.files import write_atomic
from custlab.i18n import _


def _file(course, assignment: str) -> Path:
    return course.results(assignment) / "extensions.json"


def read_extensions(course, assignment: str) -> dict[str, timedelta]:
    """Read who has how much more time.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.

    Returns
    -------
    dict of str to timedelta
        By learner; without those that were granted with nbgrader's own functions.

    Raises
    ------
    CustLabError
        If the file is damaged: lateness is not reckoned without it.
    """
    path = _file(course, assignment)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {student: timedelta(hours=float(hours)) for student, hours in told.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise CustLabError(
            _("{path} cannot be read ({error}). Mend or delete it.").format(path=path, error=error)
        ) from None


def grant_extension(course, assignment: str, student: str, hours: float) -> None:
    """Give a learner more time; what lateness costs follows at once.

    Parameters
    ----------
    course : Course
        The course.
    assignment, student : str
        Who, for what.
    hours : float
        How much more time; 0 takes it back.

    Raises
    ------
    CustLabError
        If there is no such learner, assignment or time, or the assignment has no due date.
    """
    from nbgrader.api import MissingEntry

    from custlab.grading.stock.gradebook import GradebookWriter

    if not (math.isfinite(hours) and 0 <= hours <= 24 * 365):
        raise CustLabError(_("An extension lasts from 0 hours to a year."))
    with course.gradebook() as book:
        try:
            book.find_student(student)
            due = book.find_assignment(assignment).duedate
        except MissingEntry as error:
            raise CustLabError(f"{error}.") from None
    if due is None:
        raise CustLabError(
            _(
                "{name} has no due date, so nobody is late: nbgrader db assignment add {name} "
                "--duedate TIME sets one."
            ).format(name=assignment)
        )
    known = {name: more.total_seconds() / 3600 for name, more in
             read_extensions(course, assignment).items()} | {student: hours}  # fmt: skip
    path = _file(course, assignment)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, json.dumps(known, ensure_ascii=False, indent=1))
    with GradebookWriter(course) as writer:
        writer.extend(assignment, student, timedelta(hours=hours))
