"""What an assignment asks, in words: read from its masters, for feedback and reports.

Only this module of ``grading`` knows how questions are written down in a master
(``sheet.choose_one(...)`` in one cell, ``mark(...)`` in a hidden test). It takes sentences from
them and never passes their source on.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

import nbformat

from custlab.exercises import expect
from custlab.exercises import fields as form_fields
from custlab.exercises.kinds import KINDS
from custlab.exercises.kinds.base import Question
from custlab.grading.read.master import Master, MasterCell, load_masters

# Prompts begin with "**Question 3 (2 points).**", perhaps below a heading of the exercise's part.
BOLD = r"\s*(?:#+ [^\n]*\n\s*)?\*\*(.+?)\*\*\s*"
SHORTEST = 12  # characters of a sentence that can be found again in a message


@dataclass
class Asked:
    """One question of an assignment.

    Attributes
    ----------
    notebook, cell : str
        nbgrader's names of the notebook and of the cell that earns the points.
    points : float
        The most it can earn.
    by_hand : bool
        Whether a person marks it.
    number : int
        Its place among the notebook's questions, from 1.
    prompt : str
        What is asked, in Markdown; empty if that cannot be read.
    question : Question or None
        The widget question, which can say answers in words.
    expected : list of str
        What a right answer is, in words, line by line; empty where the key cannot be said.
    model : str
        For questions answered with code: code that earns all points.
    rubric : str
        For questions marked by hand: what a good answer has, in Markdown.
    marking : dict
        How a widget question is marked: ``key``, ``because`` and options, as `check` takes them;
        empty where they cannot be read.
    explanations : tuple of str
        Sentences that the test may say to a learner, each about one misconception.
    solutions : tuple of str
        nbgrader's names of the cells in which the learner answers.
    """

    notebook: str
    cell: str
    points: float
    by_hand: bool
    number: int
    prompt: str = ""
    question: Question | None = None
    expected: list[str] = field(default_factory=list)
    model: str = ""
    rubric: str = ""
    marking: dict[str, Any] = field(default_factory=dict)
    explanations: tuple[str, ...] = ()
    solutions: tuple[str, ...] = field(default_factory=tuple)

    @property
    def title(self) -> str:
        """A few words that name the question."""
        bold = re.match(BOLD, self.prompt)
        if bold:
            return re.sub(r"\s*\([^)]*\)\s*", " ", bold[1]).strip(" .:")
        return self.cell.removeprefix("test-").replace("-", " ").capitalize()

    @property
    def text(self) -> str:
        """What is asked, without the bold heading."""
        return re.sub(BOLD, "", self.prompt, count=1).strip()

    def shown(self, message: str) -> list[str]:
        """Give the explanations that a message to a learner holds."""
        plain = " ".join(message.split())
        return [text for text in self.explanations if text in plain]


def read_questions(course, assignment: str) -> list[Asked]:
    """Read the questions of an assignment from its masters.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.

    Returns
    -------
    list of Asked
        In the order of the notebooks.

    Raises
    ------
    CustLabError
        If there is no such assignment.
    """
    found = []
    for master in load_masters(course, assignment, as_released=False):
        path = course.folder("source", ".", assignment) / f"{master.name}.ipynb"
        written = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
        calls = _calls(master)
        graded = [cell for cell in master.cells if cell.role in ("test", "manual")]
        for number, cell in enumerate(graded, start=1):
            asked = Asked(master.name, cell.grade_id, cell.points, cell.role == "manual", number)
            _describe(asked, cell, master, calls, written)
            found.append(asked)
    return found


def _describe(asked: Asked, cell: MasterCell, master: Master, calls: dict, written: dict) -> None:
    """Fill in what can be read about a question."""
    asked.prompt, asked.solutions = _task(cell, master)
    if asked.by_hand:
        asked.rubric = _rubric(written.get(cell.id, ""))
        return
    tree = _parsed(cell.source)
    asked.explanations = _sentences(tree)
    marking = next((call for call in _named_calls(tree) if call.func.id == "mark"), None)
    if marking is None or len(marking.args) < 2:
        asked.model = _model(asked, master, written)
        return
    told = {word.arg: word.value for word in marking.keywords if word.arg}
    name = _value(marking.args[1])
    if name not in calls:
        return
    asked.question, asked.solutions = calls[name], ()
    asked.prompt = asked.question.prompt
    names = _plain_names(tree)
    known = {word: _value(node, names) for word, node in told.items()}
    if known.get("key") is not None:
        with contextlib.suppress(KeyError, TypeError, ValueError, IndexError, AttributeError):
            asked.expected = asked.question.right_lines(known["key"])
        asked.marking = {w: v for w, v in known.items() if w not in ("points", "kind")}


def _task(cell: MasterCell, master: Master) -> tuple[str, tuple[str, ...]]:
    """Find the text above a marked cell, and the learner's cells between the two."""
    place = master.cells.index(cell)
    solutions = [cell.grade_id] if cell.role == "manual" else []
    for before in reversed(master.cells[:place]):
        if before.role == "solution":
            solutions.append(before.grade_id)
        elif before.kind == "markdown":
            return before.source, tuple(reversed(solutions))
    return "", tuple(reversed(solutions))


def _model(asked: Asked, master: Master, written: dict) -> str:
    """Take the code that solves a question from the master."""
    cells = [written.get(cell.id, "") for cell in master.cells if cell.grade_id in asked.solutions]
    lines = "\n\n".join(cells).splitlines()
    return "\n".join(line for line in lines if "### " not in line or "SOLUTION" not in line)


def _rubric(written: str) -> str:
    """Take the rubric out of a model answer; the answer itself stays with the instructor."""
    match = re.search(r"\*\*Rubric\*\*(.*?)(?:### END SOLUTION|\Z)", written, re.DOTALL)
    return match[1].strip() if match else ""


class _Recorder:
    """Stands for the sheet: keeps the question instead of showing it."""

    def __init__(self) -> None:
        self.questions: dict[str, Question] = {}

    def __getattr__(self, kind: str) -> Callable:
        return partial(KINDS[kind].ask, self)

    def _ask(self, kind: str, id: str, prompt: str, *_args: Any, **spec: Any) -> None:
        known = {item.name for item in fields(KINDS[kind])}
        spec = {name: value for name, value in spec.items() if name in known}
        self.questions[id] = KINDS[kind](id, prompt, **spec)


def _calls(master: Master) -> dict[str, Question]:
    """Ask a stand-in for the sheet all questions that the master's own cells ask."""
    sheet = _Recorder()
    for cell in master.cells:
        if cell.role not in ("locked", "plain") or cell.kind != "code":
            continue
        for node in ast.walk(_parsed(cell.source)):
            asks = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if asks and node.func.attr in KINDS:
                _value(node, {"sheet": sheet})
    return sheet.questions


def _named_calls(tree: ast.AST) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]


def _parsed(source: str) -> ast.AST:
    try:
        return ast.parse(source)
    except SyntaxError:  # a cell with a magic command
        return ast.Module([], [])


def _value(node: ast.expr, names: dict | None = None) -> Any:
    """Work out a plain expression of a master; None if it needs anything computed."""
    known = {name: getattr(expect, name) for name in vars(expect) if not name.startswith("_")}
    known |= {"fields": form_fields} | (names or {})
    try:
        return eval(compile(ast.Expression(node), "<master>", "eval"), {"__builtins__": {}}, known)
    except Exception:  # made from data, which is not at hand here
        return None


def _plain_names(tree: ast.AST) -> dict[str, Any]:
    """Work out what a test gives a name, as far as that needs no data."""
    known: dict[str, Any] = {}
    for node in getattr(tree, "body", []):
        if not isinstance(node, ast.Assign):
            continue
        value, target = _value(node.value, known), node.targets[0]
        if isinstance(target, ast.Name) and value is not None:
            known[target.id] = value
        elif isinstance(target, ast.Tuple) and isinstance(value, tuple):
            names = [part.id for part in target.elts if isinstance(part, ast.Name)]
            known |= dict(zip(names, value, strict=False))
    return known


def _sentences(tree: ast.AST) -> tuple[str, ...]:
    """Find the texts in a test that are sentences for the learner."""
    texts = [
        " ".join(node.value.split())
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    whole = [
        text for text in texts if len(text) >= SHORTEST and text.endswith((".", "!", "?", "。"))
    ]
    return tuple(dict.fromkeys(whole))
