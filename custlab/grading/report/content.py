"""What stands in the report: everything is counted here, nothing is drawn or laid out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from custlab.errors import CustLabError
from custlab.grading.feedback.reread import LESSONS, Place, Places
from custlab.grading.read.intake import answers_of
from custlab.grading.read.questions import Asked, read_questions
from custlab.grading.report.statistics import (
    LOW,
    cronbach_alpha,
    item_statistics,
    totals,
)
from custlab.grading.report.wrong import Found, find_wrong
from custlab.grading.stock.marks import Marks, cell_order, read_marks
from custlab.grading.stock.results import Results, read_all_results
from custlab.i18n import _, ngettext

SECONDS = 5.0


@dataclass
class Question:
    """One question of the report."""

    asked: Asked
    found: Found
    row: pd.Series
    place: Place | None


@dataclass
class Report:
    """Everything that the report says."""

    assignment: str
    marks: Marks
    points: pd.Series
    items: pd.DataFrame
    alpha: float
    questions: list[Question]
    happened: list[tuple[str, str, int]]
    repairs: list[tuple[str, int]]
    reviews: list[tuple[str, str, str]]
    waiting: list[tuple[str, int]]
    set_aside: list[tuple[str, int]]
    absent: list[str]
    talking_points: list[str] = field(default_factory=list)


def make_report(course, assignment: str, lessons: str = LESSONS) -> Report:
    """Count everything that a report says.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.
    lessons : str
        The address below which lessons open.

    Returns
    -------
    Report
        Numbers and sentences.

    Raises
    ------
    CustLabError
        If `custlab grade` has not graded it yet.
    """
    asked = read_questions(course, assignment)
    with course.gradebook() as book:
        marks = read_marks(book, assignment, cell_order(course, assignment))
    graded = set(marks.handed_in)
    results = [r for r in read_all_results(course.results(assignment)) if r.student in graded]
    if not results:
        raise CustLabError(
            _("There is nothing to report: grade first, with `custlab grade {name}`.").format(
                name=assignment
            )
        )
    found = _all_found(course, assignment, marks, asked, results)
    blank = pd.DataFrame(
        {
            number: [name in part.blank for name in marks.handed_in]
            for number, part in found.items()
        },
        index=marks.handed_in,
    )
    items = item_statistics(marks, blank)
    places = Places(course.root, lessons)
    by_name = {(item.notebook, item.cell): item for item in asked}
    questions = [
        Question(_asked(by_name, row, number), found[number], items.loc[number],
                 places.find(row["notebook"], row["cell"]))
        for number, row in marks.questions.iterrows()
    ]  # fmt: skip
    report = Report(
        assignment,
        marks,
        totals(marks),
        items,
        cronbach_alpha(marks.scores.loc[marks.handed_in]),
        questions,
        _happened(results),
        _counted(item["what"] for r in results for p in r.notebooks.values() for item in p.repairs),
        [(r.student, cell.grade_id, cell.reason) for r in results for cell in r.reviews],
        [
            (question.asked.title, int(marks.waiting[number].sum()))
            for number, question in enumerate(questions)
            if marks.waiting[number].any()
        ],
        _counted(item["reason"] for r in results for item in r.set_aside),
        list(marks.learners.index[~marks.learners["handed_in"]]),
    )
    report.talking_points = list(_talking_points(report))
    return report


def _asked(by_name: dict, row: pd.Series, number: int) -> Asked:
    bare = Asked(row["notebook"], row["cell"], row["max_score"], row["by_hand"], number + 1)
    return by_name.get((row["notebook"], row["cell"]), bare)


def _all_found(course, assignment, marks: Marks, asked: list[Asked], results: list[Results]):
    """Find the wrong answers of every question, by its row in the tables of marks."""
    by_name = {(item.notebook, item.cell): item for item in asked}
    answers = {
        (r.student, name): answers_of(course, assignment, r.student, name)
        for r in results
        for name in r.notebooks
    }
    found = {}
    for number, row in marks.questions.iterrows():
        notebook, item = row["notebook"], _asked(by_name, row, number)
        cells = {
            r.student: cell
            for r in results
            if notebook in r.notebooks and r.notebooks[notebook].submitted
            for cell in r.notebooks[notebook].cells
            if cell.grade_id == row["cell"]
        }
        given = {}
        if item.question is not None:
            given = {name: answers[name, notebook].get(item.question.id) for name in cells}
        found[number] = find_wrong(item, cells, given)
    return found


def _happened(results: list[Results]) -> list[tuple[str, str, int]]:
    """Count what happened while notebooks ran: cell, what, learners."""
    seen = Counter(
        {(event["cell"], event["text"], r.student): 1
         for r in results for part in r.notebooks.values() for event in part.events}
    )  # fmt: skip
    counts = Counter((cell, text) for cell, text, _student in seen)
    return [(cell, text, n) for (cell, text), n in counts.most_common()]


def _counted(texts) -> list[tuple[str, int]]:
    return Counter(texts).most_common()


def _talking_points(report: Report):
    """Say in sentences what is worth the class's time."""
    ranked = sorted(report.questions, key=lambda question: question.row["difficulty"])
    for question in [q for q in ranked if q.row["difficulty"] < 0.7][:3]:
        text = _("{title} was hard: on average {share:.0f} % of its points were earned.")
        line = text.format(title=question.asked.title, share=question.row["difficulty"] * 100)
        top = question.found.misconceptions[:1]
        if top and top[0].count > 1:
            said = ngettext(
                "{n} learner was told: “{text}”", "{n} learners were told: “{text}”", top[0].count
            )
            line += " " + said.format(n=top[0].count, text=top[0].answer)
        yield line
    for question in report.questions:
        if question.row["high"] < LOW:
            text = _(
                "{title} does not go with the other questions (discrimination {r:.2f}): look "
                "whether its wording or its key misleads those who know the subject."
            )
            yield text.format(title=question.asked.title, r=question.row["discrimination"])
    for question in report.questions:
        if question.row["blank"] >= 0.25:
            text = _("{title} was left blank by {share:.0f} %.")
            yield text.format(title=question.asked.title, share=question.row["blank"] * 100)
