"""Collecting from nbgrader's exchange with nbgrader's own collector; earlier work is kept."""

from __future__ import annotations

import shutil
import sys

from custlab.errors import CustLabError
from custlab.grading.collect.place import NEW, REPLACED, SAME, Outcome, earlier_folder
from custlab.i18n import _


def collect_from_exchange(course, assignment: str, dry_run: bool = False) -> list[Outcome]:
    """Collect what learners submitted with ``nbgrader submit``.

    nbgrader deletes a submission when it collects a newer one; it is copied away before.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.
    dry_run : bool
        Whether to say only what would happen.

    Returns
    -------
    list of Outcome
        By learner.

    Raises
    ------
    CustLabError
        If there is no exchange here.
    """
    if sys.platform == "win32":
        raise CustLabError(
            _("nbgrader's exchange does not run on Windows: name a folder or a zip file, --from.")
        )
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeError, ExchangeFactory

    app = course.app
    directories = course.directories
    directories.assignment_id = assignment
    factory = ExchangeFactory(parent=app)
    told = {"coursedir": directories, "authenticator": Authenticator(parent=app), "parent": app}
    collector = factory.Collect(**told)
    collector.update = True
    collector.log.disabled = True  # what it has to say is said here
    try:
        collector.init_src()
        outcomes = [_outcome(course, assignment, record) for record in collector.src_records]
        if not dry_run:
            for outcome in outcomes:
                if outcome.what == REPLACED:
                    _keep(course, assignment, outcome)
            collector.init_dest()
            collector.copy_files()
    except ExchangeError as error:
        raise CustLabError(
            _(
                "Nothing was collected from the exchange: {reason} Name a folder or a zip file "
                "with --from, or set the exchange up."
            ).format(reason=str(error).rstrip(".") + ".")
        ) from None
    finally:
        collector.log.disabled = False
    return sorted(outcomes, key=lambda outcome: outcome.student)


def _outcome(course, assignment: str, record: dict) -> Outcome:
    """Say what nbgrader's collector will do with a submission."""
    student = record["username"]
    target = course.folder("submitted", student, assignment)
    if not target.is_dir():
        return Outcome(student, NEW)
    there = course.directories.get_existing_timestamp(str(target))
    if there is not None and record["timestamp"] <= there:
        return Outcome(student, SAME)
    kept = earlier_folder(course, student, assignment)
    return Outcome(student, REPLACED, str(kept.relative_to(course.root)))


def _keep(course, assignment: str, outcome: Outcome) -> None:
    target = course.folder("submitted", outcome.student, assignment)
    shutil.copytree(target, course.root / outcome.detail)
