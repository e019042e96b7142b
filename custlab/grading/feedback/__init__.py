"""Feedback: for each learner a page that says what was expected, why, and where to reread.

``questions`` reads what was asked from the masters, ``content`` fills the page, ``pages`` hangs it
into nbgrader's own converter, so that ``nbgrader release_feedback`` finds what it expects.
"""

from __future__ import annotations

import glob

from custlab.errors import CustLabError
from custlab.grading.feedback.reread import LESSONS
from custlab.i18n import _


def write_feedback(
    course,
    assignment: str,
    students: list[str] | None = None,
    lessons: str = LESSONS,
    answers_shown: bool = True,
) -> list[str]:
    """Write the feedback pages of an assignment, where nbgrader has its own.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.
    students : list of str, optional
        Only these learners.
    lessons : str
        The address below which lessons open.
    answers_shown : bool
        Whether the pages say right answers and rubrics; without them only what is wrong and why.

    Returns
    -------
    list of str
        The learners who have a page.

    Raises
    ------
    CustLabError
        If nothing has been graded.
    """
    from nbgrader.converters.base import NbGraderException

    from custlab.grading.feedback.pages import FeedbackPages

    data = read_data(course, assignment, lessons, answers_shown)
    marks = data.marks
    graded = [name for name in marks.handed_in if _autograded(course, name, assignment)]
    unknown = sorted(set(students or ()) - set(graded))
    if unknown or not graded:
        raise CustLabError(
            _("Nothing of {assignment} has been graded yet for: {names}.").format(
                assignment=assignment, names=", ".join(unknown) or _("anybody")
            )
        )
    directories = course.directories
    directories.assignment_id = assignment
    for pattern in map(glob.escape, students) if students else ["*"]:
        directories.student_id = pattern
        converter = FeedbackPages(coursedir=directories, parent=course.app)
        converter.data = data
        converter.log.disabled = True  # what it has to say is said here
        try:
            converter.start()
        except NbGraderException:
            names = "; ".join(f"{name} ({why})" for name, why in data.failed.items())
            raise CustLabError(_("No feedback page for: {names}.").format(names=names)) from None
        finally:
            converter.log.disabled = False
    return list(students or graded)


def read_data(course, assignment: str, lessons: str = LESSONS, answers_shown: bool = True):
    """Read what pages are made from, once for a class.

    Parameters
    ----------
    course, assignment, lessons, answers_shown
        As for `write_feedback`.

    Returns
    -------
    ClassData
        Marks, questions and comments.
    """
    from custlab.grading.feedback.pages import ClassData
    from custlab.grading.feedback.reread import Places
    from custlab.grading.read.questions import read_questions
    from custlab.grading.stock.marks import cell_order, read_marks, titles

    questions = read_questions(course, assignment)
    with course.gradebook() as book:
        marks = read_marks(book, assignment, cell_order(course, assignment))
        comments = read_comments(book, assignment)
    places = Places(course.root, lessons)
    data = ClassData(course, marks, questions, places, comments, answers_shown)
    data.titles = titles(course, assignment)
    return data


def read_short_comments(course, assignment: str, students: list[str]) -> dict[str, str]:
    """Give the short form of learners' feedback, as HTML for an LMS's field of comments.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.
    students : list of str
        Whose.

    Returns
    -------
    dict of str to str
        By learner; who has no marked notebook is left out.
    """
    import nbformat

    from custlab.grading.feedback.content import Learner, comment

    data = read_data(course, assignment)
    found = {}
    for student in students:
        paths = sorted(course.folder("autograded", student, assignment).glob("*.ipynb"))
        parts = [
            comment(data, Learner(student, path.stem), nbformat.read(path, as_version=4))
            for path in paths
        ]
        found |= {student: "".join(parts)} if parts else {}
    return found


def _autograded(course, student: str, assignment: str) -> bool:
    return any(course.folder("autograded", student, assignment).glob("*.ipynb"))


def read_comments(book, assignment: str) -> dict[tuple[str, str, str], str]:
    """Read what graders wrote, by learner, notebook and cell."""
    return {
        (submission.student.id, notebook.name, comment.name): comment.comment
        for submission in book.assignment_submissions(assignment)
        for notebook in submission.notebooks
        for comment in notebook.comments
        if comment.comment
    }
