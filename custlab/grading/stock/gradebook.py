"""The one writer of marks: into the ordinary nbgrader gradebook and the autograded folder.

Everything written here can be written again with the same outcome, so that a run that was
stopped at any moment is simply continued.
"""

from __future__ import annotations

import math
import os
import secrets
import shutil
import sys
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from custlab.errors import CustLabError
from custlab.files import write_atomic
from custlab.grading.read.intake import time_of
from custlab.grading.stock.course import Course
from custlab.grading.stock.extensions import read_extensions
from custlab.grading.stock.results import CellResult, Results
from custlab.i18n import _


class GradebookWriter:
    """Writes results of one assignment; use it in a ``with`` statement.

    Parameters
    ----------
    course : Course
        The course.
    """

    def __init__(self, course: Course):
        self.course = course
        self._gradebook = None
        self._penalties = LatePenalties(course)

    def __enter__(self):
        self._penalties.check()
        self._gradebook = self.course.gradebook()
        # What was written once is not read again after each commit: a run writes it only once.
        self._gradebook.db().expire_on_commit = False
        return self

    def __exit__(self, *_error):
        self._gradebook.close()

    def students(self, assignment: str) -> set[str]:
        """Give the learners whose submission of an assignment the gradebook knows."""
        from nbgrader.api import Assignment, SubmittedAssignment

        query = self._gradebook.db.query(SubmittedAssignment.student_id).join(Assignment)
        found = {row[0] for row in query.filter(Assignment.name == assignment)}
        self._gradebook.db.commit()  # a database server counts an open question as work going on
        return found

    def write(self, results: Results) -> None:
        """Write the marks of one submission: all of them or none.

        Marks given by hand stay; a cell that has one, or that a person should look at, is
        flagged as needing a manual grade, as nbgrader itself does.
        """
        try:
            self._write(results)
        except BaseException:
            self._gradebook.db.rollback()  # what is half written is nobody's
            raise

    def _write(self, results: Results) -> None:
        from nbgrader.api import BaseCell, Comment, Grade

        book, session = self._gradebook, self._gradebook.db
        book.update_or_create_student(results.student)
        time = handed_in_at(results)
        when = {"timestamp": time} if time else {}
        submission = book.update_or_create_submission(results.assignment, results.student, **when)
        more = read_extensions(self.course, results.assignment).get(results.student)
        submission.extension = submission.extension if more is None else (more or None)
        for notebook in submission.notebooks:
            part = results.notebooks.get(notebook.name)
            if part is None:
                continue
            found = {cell.grade_id: cell for cell in part.cells}
            grades = session.query(Grade, BaseCell.name).join(
                BaseCell, Grade.cell_id == BaseCell.id
            )
            for grade, name in grades.filter(Grade.notebook_id == notebook.id):
                _set_grade(grade, found.get(name), part.submitted)
            comments = session.query(Comment, BaseCell.name).join(
                BaseCell, Comment.cell_id == BaseCell.id
            )
            for comment, name in comments.filter(Comment.notebook_id == notebook.id):
                blank = name in found and found[name].status == "blank"
                comment.auto_comment = "No response." if blank else None
        session.flush()
        self._set_late_penalties(submission, results.student)

    def mark_by_hand(
        self, assignment: str, student: str, notebook: str, cell: str, points: float, comment: str
    ) -> None:
        """Write the mark that a person gives one cell, as formgrader does.

        Parameters
        ----------
        assignment, student, notebook, cell : str
            Which answer.
        points : float
            The points.
        comment : str
            What the learner reads; empty for nothing.
        """
        book = self._gradebook
        grade = book.find_grade(cell, notebook, assignment, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.find_comment(cell, notebook, assignment, student).manual_comment = comment or None
        book.db.flush()
        self._set_late_penalties(book.find_submission(assignment, student), student)

    def extend(self, assignment: str, student: str, more: timedelta) -> None:
        """Give a learner more time, if something was handed in already.

        Parameters
        ----------
        assignment, student : str
            Who, for what.
        more : timedelta
            How much.
        """
        from nbgrader.api import MissingEntry

        try:
            submission = self._gradebook.find_submission(assignment, student)
        except MissingEntry:
            return
        submission.extension = more or None
        self._set_late_penalties(submission, student)

    def _set_late_penalties(self, submission, student: str) -> None:
        """Write down what lateness costs, together with the marks that it is taken off."""
        late = submission.total_seconds_late
        for notebook in submission.notebooks:
            self._gradebook.db.refresh(notebook, ["score"])
            penalty = self._penalties.of(student, notebook.score, late)
            if notebook.late_submission_penalty != penalty:
                notebook.late_submission_penalty = penalty
        self._gradebook.db.commit()


class LatePenalties:
    """What lateness costs: nbgrader's own plugin, as the course configures it, says so.

    Parameters
    ----------
    course : Course
        The course.
    """

    def __init__(self, course: Course):
        self.course = course

    @cached_property
    def _plugin(self):
        from nbgrader.preprocessors import AssignLatePenalties

        paths = list(sys.path)
        sys.path.insert(0, str(self.course.root))  # where nbgrader looks for it, started there
        try:
            step = AssignLatePenalties(parent=self.course.app)
            step.init_plugin()
        except Exception as error:  # the instructor's own code
            raise CustLabError(
                _(
                    "The plugin for late penalties, c.AssignLatePenalties.plugin_class in "
                    "nbgrader_config.py, cannot be loaded ({error}). Nothing was marked."
                ).format(error=f"{type(error).__name__}: {error}")
            ) from error
        finally:
            sys.path[:] = paths
        return step.plugin_inst

    def check(self) -> None:
        """Load the plugin before anything is marked.

        Raises
        ------
        CustLabError
            If it cannot be loaded.
        """
        _loaded = self._plugin

    def of(self, student: str, score: float, late: float) -> float | None:
        """Give the points that a notebook loses.

        Parameters
        ----------
        student : str
            The learner.
        score : float
            The notebook's points.
        late : float
            By how much it was late (s).

        Returns
        -------
        float or None
            Between 0 and the notebook's points; None if it was in time or costs nothing.
        """
        if late <= 0:
            return None
        try:
            penalty = self._plugin.late_submission_penalty(student, score, late)
            if penalty is None:
                return None
            if math.isnan(penalty):
                raise ValueError("nan")
            return float(min(max(penalty, 0), score))
        except Exception as error:  # the instructor's own code
            raise CustLabError(
                _("the plugin for late penalties fails ({error})").format(
                    error=f"{type(error).__name__}: {error}"
                )
            ) from error


def handed_in_at(results: Results) -> datetime | None:
    """Read when a submission was handed in (UTC); None if that is not said, or not a time.

    The file that says so comes with the submission, so anything may stand in it.
    """
    return time_of(results.timestamp)


def _set_grade(grade, found: CellResult | None, submitted: bool) -> None:
    if not submitted:
        grade.auto_score, grade.needs_manual_grade = 0, False
        return
    grade.auto_score = found.points if found is not None else 0
    waits = grade.manual_score is not None or grade.auto_score is None
    grade.needs_manual_grade = waits or found is None or found.review


def write_autograded(
    course: Course, results: Results, notebooks: dict[str, bytes], files: dict[str, bytes]
) -> None:
    """Write the executed notebooks where formgrader and the feedback look for them.

    The folder is made complete beside its place and then moved there.

    Parameters
    ----------
    course : Course
        The course.
    results : Results
        Whose they are.
    notebooks, files : dict of str to bytes
        By name, and by relative path.
    """
    target = course.folder("autograded", results.student, results.assignment)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    for stale in target.parent.glob(f".{target.name}.*.tmp"):
        shutil.rmtree(stale, ignore_errors=True)
    fresh.mkdir()
    contents = {f"{name}.ipynb": content for name, content in notebooks.items()} | files
    if handed_in_at(results):
        contents["timestamp.txt"] = results.timestamp.encode()
    for name, content in contents.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, content)
        path.chmod(0o444)
    if target.exists():
        shutil.rmtree(target)
    os.replace(fresh, target)


def forget_autograded(course: Course, student: str, assignment: str) -> None:
    """Remove what an earlier run left, so that nobody takes it for the new one."""
    shutil.rmtree(Path(course.folder("autograded", student, assignment)), ignore_errors=True)
