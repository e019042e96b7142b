"""Runs the cells of a master in this process, to try many answers quickly."""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import types
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat

from custlab.exercises import answers as formats
from custlab.exercises import store
from custlab.exercises.answers import Answer
from custlab.exercises.attempt import NAME as ATTEMPT
from custlab.exercises.attempt import Attempt, describe, is_written
from custlab.exercises.sheet import Sheet
from custlab.exercises.values import UnfitAnswer

BLANK_CODE = "# YOUR CODE HERE\nraise NotImplementedError()"


@dataclass
class Marked:
    """What a test cell gave: points, the sentences printed, and warnings (which cost all)."""

    points: Any
    said: str
    warned: list[str] = field(default_factory=list)


def run(source: str, names: dict[str, Any]) -> Marked:
    """Run a cell as Jupyter would; its value is that of the last expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    out, err = io.StringIO(), io.StringIO()
    with (
        warnings.catch_warnings(record=True) as warned,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        warnings.simplefilter("default")
        exec(compile(tree, "<cell>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last else None
    complaints = [str(w.message) for w in warned] + ([err.getvalue()] if err.getvalue() else [])
    return Marked(value, out.getvalue(), complaints)


def kept(names: dict[str, Any]) -> dict[str, Any]:
    """Copy a notebook's variables, so that an answer cannot spoil them for the next one."""
    copied: dict[str, Any] = {}
    for name, value in names.items():
        if isinstance(value, types.FunctionType) and value.__globals__ is names:
            parts = value.__name__, value.__defaults__, value.__closure__
            copied[name] = types.FunctionType(value.__code__, copied, *parts)  # calls the answer's
            continue
        if isinstance(value, types.ModuleType | Sheet) or name.startswith("__"):
            copied[name] = value
            continue
        try:
            copied[name] = copy.deepcopy(value)
        except Exception:  # what cannot be copied is shared
            copied[name] = value
    return copied


class Master:
    """A graded notebook with its solutions.

    Parameters
    ----------
    path : Path
        The master.
    folder : Path
        An empty folder to work in.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self.name, self.folder = path.stem, folder
        self.cells = nbformat.read(path, as_version=4).cells

    @property
    def graded(self) -> dict[str, Any]:
        """The autograded cells by grade_id."""
        found = {}
        for cell in self.cells:
            told = cell.metadata.get("nbgrader", {})
            if cell.cell_type == "code" and told.get("grade") and not told.get("solution"):
                found[told["grade_id"]] = cell
        return found

    def points(self, test: str) -> float:
        """Give the points of an autograded cell."""
        return float(self.graded[test].metadata.nbgrader["points"])

    @cached_property
    def _run_through(self) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
        """Run all cells but the tests; keep the variables as they are before each solution."""
        names: dict[str, Any] = {"__name__": "__main__"}
        before = {}
        for cell in self.cells:
            told = cell.metadata.get("nbgrader", {})
            if cell.cell_type != "code" or told.get("grade"):
                continue
            if told.get("solution"):
                before[told["grade_id"]] = kept(names)
            run(cell.source, names)
        return before, names

    @cached_property
    def sheet(self) -> Sheet:
        """The sheet that the master's cells made."""
        _before, names = self._run_through
        return next(value for value in names.values() if isinstance(value, Sheet))

    def solution_of(self, test: str) -> str:
        """Give the grade_id of the last solution cell before a test cell."""
        found = ""
        for cell in self.cells:
            told = cell.metadata.get("nbgrader", {})
            if told.get("grade_id") == test:
                return found
            if cell.cell_type == "code" and told.get("solution"):
                found = told["grade_id"]
        raise KeyError(test)

    def mark_code(self, test: str, code: str, cell: str | None = None) -> Marked:
        """Mark a snippet that stands in place of the solution."""
        before, _names = self._run_through
        names = kept(before[cell or self.solution_of(test)])
        told = Attempt(is_written(code))
        try:
            run(code, names)
        except Exception as fault:
            told = told._replace(error=describe(type(fault).__name__, str(fault)))
        names[ATTEMPT] = told._asdict()
        return run(self.graded[test].source, names)

    def mark_answer(self, test: str, question: str, answer: Any) -> Marked:
        """Mark an answer to a widget question, saved as the sheet would save it."""
        asked = self.sheet.questions[question]
        with contextlib.suppress(UnfitAnswer):  # what does not fit is kept as it was typed
            answer = asked.fit(answer)
        saved = {question: Answer(asked.kind, answer, formats.now())}
        path = store.answers_path(self.name, self.folder)
        path.write_text(formats.to_text(self.name, saved), encoding="utf-8")
        try:
            return self._mark_alone(test)
        finally:
            path.unlink()

    def mark_blank(self, test: str, question: str | None) -> Marked:
        """Mark what a learner hands in who has not touched the question."""
        return self._mark_alone(test) if question else self.mark_code(test, BLANK_CODE)

    def _mark_alone(self, test: str) -> Marked:
        """Run a test cell with no variable of the notebook: it must stand alone."""
        return run(self.graded[test].source, {"__name__": "__main__"})
