"""Reading marks out of the gradebook as tables, once, for exports, reports and feedback."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from custlab.errors import CustLabError
from custlab.exercises.notebook import cells_of, read_notebook, source_of
from custlab.i18n import _

FIELDS = ["first_name", "last_name", "email", "lms_user_id"]


@dataclass
class Marks:
    """The marks of one assignment.

    Attributes
    ----------
    assignment : str
        Its name.
    questions : DataFrame
        One row per cell that earns points, in the notebooks' order: ``notebook``, ``cell``,
        ``max_score``, ``by_hand`` (marked by a person).
    learners : DataFrame
        One row per learner of the course, by id: names, ``email``, ``lms_user_id``,
        ``handed_in`` (bool), ``timestamp``, ``raw``, ``late_penalty``, ``score``, ``max_score``.
        Who has handed in nothing has no score, not a score of 0.
    scores : DataFrame
        Points by learner and question (its row in ``questions``); missing where there is no mark
        yet.
    auto, by_hand, review : DataFrame
        In the same form: what the tests gave, what a person gave, and whether a person should
        look at it.
    """

    assignment: str
    questions: pd.DataFrame
    learners: pd.DataFrame
    scores: pd.DataFrame
    auto: pd.DataFrame
    by_hand: pd.DataFrame
    review: pd.DataFrame

    @property
    def handed_in(self) -> list[str]:
        """The learners who have handed in."""
        return list(self.learners.index[self.learners["handed_in"]])

    @property
    def waiting(self) -> pd.DataFrame:
        """Which questions of submissions have no mark yet (bool, by learner and question)."""
        return self.scores.loc[self.handed_in].isna()


def read_marks(book, assignment: str, order: list[str] | None = None) -> Marks:
    """Read all marks of an assignment.

    Parameters
    ----------
    book : nbgrader.api.Gradebook
        An open gradebook.
    assignment : str
        The assignment's name.
    order : list of str, optional
        Names of cells in the order in which they should stand.

    Returns
    -------
    Marks
        The marks as they are now.

    Raises
    ------
    CustLabError
        If the gradebook has no such assignment.
    """
    from nbgrader.api import MissingEntry

    try:
        entry = book.find_assignment(assignment)
    except MissingEntry:
        known = ", ".join(sorted(other.name for other in book.assignments)) or _("none")
        raise CustLabError(
            _("The gradebook has no assignment {name}; it has: {known}.").format(
                name=assignment, known=known
            )
        ) from None
    questions = _questions(entry, order or [])
    learners = _learners(book, entry)
    grades = _grades(book, assignment)
    tables = {}
    for column in ("score", "auto", "by_hand", "review"):
        table = grades.pivot(index="student", columns=["notebook", "cell"], values=column)
        keys = pd.MultiIndex.from_frame(questions[["notebook", "cell"]])
        table = table.reindex(index=learners.index, columns=keys)
        table.columns = questions.index
        tables[column] = table.astype(float)
    review = tables["review"].fillna(0).astype(bool)
    return Marks(
        assignment,
        questions,
        learners,
        tables["score"],
        tables["auto"],
        tables["by_hand"],
        review,
    )


def withdrawn(course, assignment: str) -> list[str]:
    """List learners who have marks although their work is no longer among the submissions.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.

    Returns
    -------
    list of str
        Whose work was taken away, or whose folder was renamed, since it was marked.
    """
    from nbgrader.api import Assignment, SubmittedAssignment

    with course.gradebook() as book:
        query = book.db.query(SubmittedAssignment.student_id).join(Assignment)
        marked = {row[0] for row in query.filter(Assignment.name == assignment)}
    return sorted(marked - set(course.students(assignment)))


def _questions(entry, order: list[str]) -> pd.DataFrame:
    rank = {name: number for number, name in enumerate(order)}
    rows = [
        {
            "notebook": notebook.name,
            "cell": cell.name,
            "max_score": float(cell.max_score),
            "by_hand": by_hand or cell.cell_type == "markdown",
        }
        for notebook in sorted(entry.notebooks, key=lambda notebook: notebook.name)
        for cells, by_hand in ((notebook.grade_cells, False), (notebook.task_cells, True))
        for cell in cells
    ]
    table = pd.DataFrame(rows, columns=["notebook", "cell", "max_score", "by_hand"])
    table["rank"] = [rank.get(name, len(rank)) for name in table["cell"]]
    table = table.sort_values(["notebook", "rank", "cell"], ignore_index=True)
    return table.drop(columns="rank")


def _learners(book, entry) -> pd.DataFrame:
    from nbgrader.api import Student, SubmittedAssignment

    students = book.db.query(Student.id, *(getattr(Student, name) for name in FIELDS))
    table = pd.DataFrame(students.all(), columns=["student", *FIELDS]).set_index("student")
    table[FIELDS] = table[FIELDS].fillna("")
    fields = [
        SubmittedAssignment.student_id,
        SubmittedAssignment.timestamp,
        SubmittedAssignment.score,
        SubmittedAssignment.late_submission_penalty,
    ]
    query = book.db.query(*fields).filter(SubmittedAssignment.assignment_id == entry.id)
    names = ["student", "timestamp", "raw", "late_penalty"]
    sent = pd.DataFrame(query.all(), columns=names).set_index("student")
    table = table.join(sent).sort_index()
    table["handed_in"] = table.index.isin(sent.index)
    table["raw"] = table["raw"].astype(float)
    table["late_penalty"] = table["late_penalty"].astype(float)
    # As nbgrader's own exporter reckons.
    table["score"] = (table["raw"] - table["late_penalty"].fillna(0.0)).clip(lower=0.0)
    table["max_score"] = float(entry.max_score)
    return table


def _grades(book, assignment: str) -> pd.DataFrame:
    """Read every grade of an assignment, one row each."""
    from nbgrader.api import (
        Assignment,
        BaseCell,
        Grade,
        Notebook,
        SubmittedAssignment,
        SubmittedNotebook,
    )

    query = (
        book.db.query(
            SubmittedAssignment.student_id,
            Notebook.name,
            BaseCell.name,
            Grade.auto_score,
            Grade.manual_score,
            Grade.extra_credit,
            Grade.needs_manual_grade,
        )
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == assignment)
    )
    names = ["student", "notebook", "cell", "auto", "by_hand", "extra", "review"]
    table = pd.DataFrame(query.all(), columns=names)
    for name in ("auto", "by_hand", "extra"):
        table[name] = table[name].astype(float)
    table["score"] = np.where(table["by_hand"].notna(), table["by_hand"], table["auto"])
    table["score"] += table["extra"].fillna(0.0)
    return table


def cell_order(course, assignment: str) -> list[str]:
    """Give the names of an assignment's cells in the order of its masters, if they are there.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.

    Returns
    -------
    list of str
        nbgrader's names; empty without masters.
    """
    cells = (cell for listed in _masters(course, assignment).values() for cell in listed)
    found = [cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "") for cell in cells]
    return [name for name in found if name]


def titles(course, assignment: str) -> dict[str, str]:
    """Give the titles of an assignment's notebooks, as the masters have them.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.

    Returns
    -------
    dict of str to str
        By notebook: its first heading of the first level. A notebook without one is left out.
    """
    found = {}
    for name, cells in _masters(course, assignment).items():
        texts = [source_of(cell) for cell in cells if cell.get("cell_type") == "markdown"]
        headings = (re.match(r"# (.+)", text) for text in texts)
        if first := next(filter(None, headings), None):
            found[name] = first[1].strip()
    return found


def _masters(course, assignment: str) -> dict[str, list[dict]]:
    """Read the cells of an assignment's masters, as far as they can be read."""
    paths = sorted(course.folder("source", ".", assignment).glob("*.ipynb"))
    return {path.stem: cells_of(read_notebook(path)) for path in paths}
