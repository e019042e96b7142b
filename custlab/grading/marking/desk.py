"""The marker's desk: which answers there are, what is given for them, and where that is kept."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import re
import secrets
from collections import Counter
from dataclasses import dataclass, field

import nbformat
from markupsafe import Markup

from custlab.errors import CustLabError
from custlab.files import write_atomic
from custlab.grading.feedback.content import markdown, points, written
from custlab.grading.marking.rubric import Criterion, read_rubric
from custlab.grading.read.questions import Asked, read_questions
from custlab.grading.stock.gradebook import GradebookWriter
from custlab.grading.stock.marks import read_marks
from custlab.grading.stock.results import results_of
from custlab.i18n import _
from custlab.templates import render, style_sheet

LONGEST = 10_000  # characters of a comment
LINK = re.compile(r"</?a\b[^>]*>")


@dataclass
class Sheet:
    """All answers to one question."""

    asked: Asked
    criteria: list[Criterion]
    note: str
    answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """How many answers wait for a mark."""
        return sum(answer.points is None for answer in self.answers.values())

    @property
    def comments(self) -> list[str]:
        """Comments written so far, the commonest first."""
        used = Counter(answer.comment for answer in self.answers.values() if answer.comment)
        return [text for text, _count in used.most_common()]


@dataclass
class Answer:
    """One learner's answer, and what was given for it: points by criterion, if a person said so."""

    student: str
    text: str
    points: float | None = None
    given: list[float] = field(default_factory=list)
    comment: str = ""


class Desk:
    """What waits to be marked by hand in an assignment, without names.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.

    Raises
    ------
    CustLabError
        If nothing in it is marked by hand, or nothing has been handed in and run yet.
    """

    def __init__(self, course, assignment: str):
        self.course, self.assignment = course, assignment
        self._file = course.results(assignment) / "marking.json"
        asked = [one for one in read_questions(course, assignment) if one.by_hand]
        with course.gradebook() as book:
            marks = read_marks(book, assignment)
            comments = {
                (sent.student.id, notebook.name, comment.name): comment.manual_comment or ""
                for sent in book.assignment_submissions(assignment)
                for notebook in sent.notebooks
                for comment in notebook.comments
            }
        known = {(row["notebook"], row["cell"]): n for n, row in marks.questions.iterrows()}
        notebooks = self._notebooks(marks.handed_in, {one.notebook for one in asked})
        self.sheets, kept = [], self._kept()
        for one in asked:
            number = known.get((one.notebook, one.cell))
            if number is None:
                continue
            sheet = Sheet(one, *read_rubric(one.rubric, one.points, one.cell))
            names = [name for name in marks.handed_in if (name, one.notebook) in notebooks]
            for name in sorted(names, key=lambda name: _shuffled(one.cell, name)):
                value = marks.by_hand.at[name, number]
                blank = self._blank(name, one)
                cells = (one.cell,) if one.cell in one.solutions else one.solutions
                sheet.answers[secrets.token_hex(8)] = Answer(
                    name,
                    "" if blank else written(notebooks[name, one.notebook], cells),
                    None if math.isnan(value) else float(value),
                    kept.get(one.notebook, {}).get(one.cell, {}).get(name, []),
                    comments.get((name, one.notebook, one.cell), ""),
                )
            self.sheets.append(sheet)
        if not any(sheet.answers for sheet in self.sheets):
            raise CustLabError(
                _(
                    "Nothing of {name} waits to be marked by hand: grade first, with `custlab "
                    "grade {name}`, or it has no question that a person marks."
                ).format(name=assignment)
            )

    def _notebooks(self, students: list[str], names: set[str]) -> dict:
        found = {}
        for student in students:
            folder = self.course.folder("autograded", student, self.assignment)
            for name in names:
                with contextlib.suppress(OSError, ValueError):
                    found[student, name] = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        return found

    def _blank(self, student: str, asked: Asked) -> bool:
        """Tell whether the cell stands as it was handed out."""
        results = results_of(self.course, self.assignment, student)
        part = results.notebooks.get(asked.notebook) if results else None
        cells = part.cells if part else ()
        return any(one.grade_id == asked.cell and one.status == "blank" for one in cells)

    def _kept(self) -> dict:
        """Read what was given by criterion, by notebook, cell and learner."""
        try:
            return json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def page(self, number: int, address: str, nonce: str) -> str:
        """Lay out all answers to one question.

        Parameters
        ----------
        number : int
            Which question, from 0.
        address : str
            Where pages are and marks go to.
        nonce : str
            What the page's own script and style are known by.

        Returns
        -------
        str
            HTML.
        """
        style = style_sheet("grading/feedback/style.css") + style_sheet("grading/marking/desk.css")
        return render(
            "grading/marking/desk.html",
            sheet=self.sheets[number],
            sheets=self.sheets,
            number=number,
            address=address,
            nonce=nonce,
            style=Markup(style),
            script=Markup(style_sheet("grading/marking/desk.js")),
            markdown=_without_links,
            points=points,
        )

    def save(self, number: int, told: dict) -> Answer:
        """Write one mark into the gradebook.

        Parameters
        ----------
        number : int
            Which question.
        told : dict
            ``answer``, ``points``, ``given`` (points by criterion, or empty) and ``comment``.

        Returns
        -------
        Answer
            As it stands now.

        Raises
        ------
        CustLabError
            If that cannot be a mark.
        """
        sheet = self.sheets[number]
        most = sheet.asked.points
        answer = sheet.answers.get(told.get("answer"))
        value, given, comment = told.get("points"), told.get("given"), told.get("comment")
        if (
            answer is None
            or not _number(value, most)
            or not isinstance(comment, str)
            or len(comment) > LONGEST
            or not isinstance(given, list)
            or len(given) not in (0, len(sheet.criteria))
            or not all(_number(one, most) for one in given)
        ):
            raise CustLabError(
                _("Points go from 0 to {most:g}, comments to {n} characters.").format(
                    most=most, n=LONGEST
                )
            )
        with GradebookWriter(self.course) as writer:
            place = (self.assignment, answer.student, sheet.asked.notebook, sheet.asked.cell)
            writer.mark_by_hand(*place, float(value), comment.strip())
        kept = self._kept()
        cells = kept.setdefault(sheet.asked.notebook, {}).setdefault(sheet.asked.cell, {})
        cells[answer.student] = given
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(self._file, json.dumps(kept, ensure_ascii=False, indent=1))
        answer.points, answer.given, answer.comment = float(value), given, comment.strip()
        return answer


def _number(value: object, most: float) -> bool:
    return type(value) in (int, float) and 0 <= value <= most


def _shuffled(cell: str, student: str) -> str:
    """Give an order that tells nothing of who wrote what, another one for each question."""
    return hashlib.sha256(f"{cell}\0{student}".encode(errors="replace")).hexdigest()


def _without_links(text: str) -> Markup:
    """Show Markdown whose links lead nowhere: a slip of the finger must not tell who marks."""
    shown = markdown(text)
    return Markup(LINK.sub("", shown)) if shown else Markup()
