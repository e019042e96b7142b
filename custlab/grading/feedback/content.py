"""What stands on a learner's feedback page."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, replace
from functools import lru_cache

import mistune
from markupsafe import Markup

from custlab.grading.feedback.reread import LESSONS, Place
from custlab.grading.read.intake import answers_of
from custlab.grading.read.questions import Asked
from custlab.grading.read.tamper import findings
from custlab.grading.stock.results import CellResult, Results, results_of, says_blank
from custlab.i18n import _
from custlab.templates import render, style_sheet

SIGNS = {"right": "✔", "partly": "◐", "wrong": "✘", "blank": "○", "open": "…"}


@dataclass(frozen=True)
class Learner:
    """Whose page it is."""

    student: str
    notebook: str


@dataclass
class Item:
    """One question on the page; texts that are markup are marked as such."""

    cell: str
    title: str
    state: str
    points_of: str
    asked: str = ""
    message: tuple[str, ...] = ()
    answer: tuple[str, ...] = ()
    code: str = ""
    model: str = ""
    prose: str = ""
    expected: tuple[str, ...] = ()
    rubric: str = ""
    comment: str = ""
    place: Place | None = None

    @property
    def sign(self) -> str:
        """A sign that goes with the words: never colour alone."""
        return SIGNS[self.state]

    @property
    def outcome(self) -> str:
        """The result in words."""
        return {
            "right": _("All points"),
            "partly": _("Part of the points"),
            "wrong": _("No points"),
            "blank": _("Left blank"),
            "open": _("Not marked yet"),
        }[self.state]


def page(data, learner: Learner, notebook) -> str:
    """Make a learner's page.

    Parameters
    ----------
    data : ClassData
        Marks, questions and comments of the class.
    learner : Learner
        Whose page, for which notebook.
    notebook : NotebookNode
        The autograded notebook.

    Returns
    -------
    str
        HTML, complete and without anything to load.
    """
    row = data.marks.learners.loc[learner.student]
    results = results_of(data.course, data.marks.assignment, learner.student)
    items = _items(data, learner, notebook, results)
    whole = bool(len(set(data.marks.questions["notebook"])) == 1)
    scores = data.marks.scores.loc[learner.student][
        data.marks.questions["notebook"] == learner.notebook
    ]
    raw = float(scores.fillna(0.0).sum())
    penalty = float(row["late_penalty"]) if whole and row["late_penalty"] > 0 else 0.0
    name = f"{row['first_name']} {row['last_name']}".strip()
    return render(
        "grading/feedback/page.html",
        language=os.environ.get("CUSTLAB_LANG", "en").replace("_", "-") or "en",
        style=Markup(style_sheet("grading/feedback/style.css")),
        title=data.titles.get(learner.notebook, learner.notebook),
        learner=f"{name} ({learner.student})" if name else learner.student,
        points=points,
        raw=raw,
        score=max(raw - penalty, 0.0),
        penalty=penalty,
        max_score=float(
            data.marks.questions.query("notebook == @learner.notebook")["max_score"].sum()
        ),
        waiting=bool(scores.isna().any()),
        items=items,
        remarks=_remarks(results, learner.notebook),
        links_home=data.places.lessons == LESSONS,
    )


def comment(data, learner: Learner, notebook) -> str:
    """Make the short form of a page, for the field of comments of an LMS.

    Parameters
    ----------
    data, learner, notebook
        As for `page`.

    Returns
    -------
    str
        A piece of HTML: where points are missing and why, and what graders wrote.
    """
    results = results_of(data.course, data.marks.assignment, learner.student)
    items = _items(data, learner, notebook, results)
    return " ".join(render("grading/feedback/comment.html", items=items).split())


def _items(data, learner: Learner, notebook, results: Results | None) -> list[Item]:
    return [
        _item(data, learner, asked, notebook, results, number)
        for number, asked in _asked(data, learner.notebook)
    ]


def points(value: float) -> str:
    """Write points without needless zeros.

    Examples
    --------
    >>> points(2.0), points(1.25)
    ('2', '1.25')
    """
    return "–" if value is None or math.isnan(value) else f"{value:.2f}".rstrip("0").rstrip(".")


def _asked(data, notebook: str):
    """Give the questions of a notebook with their rows in the tables of marks."""
    known = {(asked.notebook, asked.cell): asked for asked in data.questions}
    for number, row in data.marks.questions.iterrows():
        if row["notebook"] == notebook:
            bare = Asked(notebook, row["cell"], row["max_score"], row["by_hand"], number + 1)
            yield number, known.get((notebook, row["cell"]), bare)


def _item(data, learner: Learner, asked: Asked, notebook, results, number: int) -> Item:
    """Put together what is said about one question."""
    earned = data.marks.scores.at[learner.student, number]
    most = data.marks.questions.at[number, "max_score"]
    found = _found(data, learner, asked, results, number)
    message = found.message if found else _printed(notebook, asked.cell)
    if found and not found.message and found.status == "failed":
        message = ""
    item = Item(
        asked.cell,
        asked.title,
        _state(earned, most, found, message),
        _("{earned} of {most}").format(earned=points(earned), most=points(most)),
        markdown(asked.text),
        tuple(line for line in message.splitlines() if line.strip()),
    )
    if asked.question is not None:
        answers = data.answers.setdefault(
            (learner.student, learner.notebook),
            answers_of(data.course, data.marks.assignment, learner.student, learner.notebook),
        )
        item.answer = tuple(asked.question.lines(answers.get(asked.question.id)))
    else:
        text = written(notebook, asked.solutions)
        item.prose = markdown(text) if asked.by_hand else ""
        item.code = "" if asked.by_hand else text
    item.comment = markdown(data.comments.get((learner.student, asked.notebook, asked.cell), ""))
    if data.answers_shown:
        item.expected = tuple(asked.expected)
        item.model = asked.model
        item.rubric = markdown(asked.rubric) if item.state != "right" else ""
    item.place = data.places.find(asked.notebook, asked.cell)
    return item


def _found(data, learner: Learner, asked: Asked, results, number: int) -> CellResult | None:
    """Give what `custlab grade` noted about a cell, if the gradebook still has that mark."""
    part = results.notebooks.get(learner.notebook) if results else None
    cells = {cell.grade_id: cell for cell in part.cells} if part else {}
    found = cells.get(asked.cell)
    auto = data.marks.auto.at[learner.student, number]
    if found is None or (found.points is not None and auto != found.points):
        return None
    return found


def _state(earned: float, most: float, found: CellResult | None, message: str) -> str:
    if math.isnan(earned):
        return "open"
    if earned >= most:
        return "right"
    if earned > 0:
        return "partly"
    blank = (found is not None and found.status == "blank") or says_blank(message)
    return "blank" if blank else "wrong"


def _printed(notebook, cell: str) -> str:
    """Take what a test printed from the notebook; never a traceback, which shows its source."""
    for node in notebook.cells:
        if node.metadata.get("nbgrader", {}).get("grade_id") == cell and node.cell_type == "code":
            streams = [out for out in node.outputs if out.get("name") == "stdout"]
            return "".join(out.text for out in streams).strip()
    return ""


def written(notebook, cells: tuple[str, ...]) -> str:
    """Take what the learner wrote into the cells that are theirs.

    Parameters
    ----------
    notebook : NotebookNode
        The autograded notebook.
    cells : tuple of str
        nbgrader's names of these cells.

    Returns
    -------
    str
        The text.
    """
    sources = {
        node.metadata.get("nbgrader", {}).get("grade_id"): node.source for node in notebook.cells
    }
    return "\n\n".join(sources[name] for name in cells if sources.get(name, "").strip())


def _remarks(results: Results | None, notebook: str) -> list[str]:
    """Say in neutral words what was restored or stopped; reviews are between instructors."""
    if results is None or notebook not in results.notebooks:
        return []
    part = results.notebooks[notebook]
    seen = replace(part, cells=[replace(cell, review=False) for cell in part.cells])
    return findings(replace(results, notebooks={notebook: seen}))


@lru_cache
def _writer():
    return mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])


def markdown(text: str) -> str:
    r"""Turn Markdown into HTML; HTML inside it is shown as text, headings become paragraphs.

    Examples
    --------
    >>> markdown("**Well** seen <script>")
    Markup('<p><strong>Well</strong> seen &lt;script&gt;</p>\n')
    """
    if not text.strip():
        return ""
    made = _writer()(text)
    made = re.sub(r"<(/?)h[1-6]>", r"<\1p>", made)
    return Markup(re.sub(r"<img[^>]*>", "", made))
