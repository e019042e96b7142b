"""What the lessons ask: their questions, read from the notebooks without running them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from custlab.exercises.kinds import KINDS
from custlab.exercises.kinds.base import Question
from custlab.exercises.notebook import cells_of, read_notebook, source_of
from custlab.files import course_root

IN_PLACE = "in-place"  # tag of a cell whose question speaks of what stands above it


@dataclass(frozen=True)
class Practised:
    """A question of a lesson, with its key.

    Attributes
    ----------
    lesson : str
        The lesson, for example ``03-role-types``.
    question : Question
        What is asked.
    key, because : object
        What is right, and why other answers are wrong.
    hints : sequence of str
        Its hints.
    checking : dict
        What the check needs besides.
    """

    lesson: str
    question: Question
    key: Any = field(repr=False)
    because: Any = field(repr=False, default=None)
    hints: Sequence[str] = field(repr=False, default=())
    checking: dict[str, Any] = field(repr=False, default_factory=dict)

    @property
    def name(self) -> str:
        """Its name among all lessons."""
        return f"{self.lesson}.{self.question.id}"


class _Recorder:
    """Stands for a sheet: notes what a call would ask."""

    def __init__(self, lesson: str):
        self.lesson = lesson
        self.asked: list[Practised] = []

    def _ask(
        self, kind: str, id: str, prompt: str, key: Any, because: Any, hints: Any, **spec: Any
    ) -> None:
        question, checking = KINDS[kind].make(id, prompt, spec)
        if key is not None and not question.by_hand and kind != "code":
            told = checking | question.for_check()
            self.asked.append(Practised(self.lesson, question, key, because, tuple(hints), told))


def lessons_in(folder: Path | None = None) -> list[str]:
    """Give the lessons of a folder in their order.

    Parameters
    ----------
    folder : Path, optional
        Where the lessons lie; the course's ``notebooks`` by default.
    """
    folder = folder or course_root() / "notebooks"
    return sorted(path.stem for path in folder.glob("[0-9][0-9]-*.ipynb"))


def calls_of(lesson: str, folder: Path, all_of_them: bool = True) -> list[ast.Call]:
    """Give the calls by which a lesson asks its questions, in their order.

    Parameters
    ----------
    lesson : str
        The lesson.
    folder : Path
        Where it lies.
    all_of_them : bool
        Whether to include those that only make sense in their place, told by a tag of the cell.
    """
    calls = []
    for cell in cells_of(read_notebook(folder / f"{lesson}.ipynb")):
        in_place = IN_PLACE in str(cell.get("metadata"))
        if cell.get("cell_type") != "code" or (in_place and not all_of_them):
            continue
        try:
            tree = ast.parse(source_of(cell))
        except SyntaxError:
            continue
        calls += [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _asks(node)]
    return calls


def _asks(call: ast.Call) -> bool:
    called = call.func
    return (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id == "sheet"
        and called.attr in {*KINDS, "predict"}
    )


def practised_in(lesson: str, folder: Path) -> list[Practised]:
    """Give the questions of a lesson that can be asked outside it: those without its variables.

    Parameters
    ----------
    lesson : str
        The lesson.
    folder : Path
        Where it lies.
    """
    recorder = _Recorder(lesson)
    for call in calls_of(lesson, folder, all_of_them=False):
        if call.func.attr == "predict":
            continue
        try:
            values = [ast.literal_eval(value) for value in call.args]
            named = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
            KINDS[call.func.attr].ask(recorder, *values, **named)
        except (ValueError, TypeError):  # it stands on something that the lesson has computed
            continue
    return recorder.asked
