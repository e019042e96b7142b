"""A class of honest learners for the course's own exercises, drawn from the answer banks.

Every learner answers each question rightly, wrongly (one of the bank's misconceptions) or not at
all; their code is that of the bank or of the model solution.
"""

from __future__ import annotations

import ast
import json
import random
import re
import shutil
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).parent.parent.parent


def exercises() -> list[str]:
    """List the assignments that have a master and an answer bank."""
    banks = (ROOT / "tests" / "bank").glob("*.yml")
    return sorted(p.stem for p in banks if (ROOT / "solutions" / p.stem).is_dir())


def make_course(folder: Path, assignments: list[str]) -> Path:
    """Copy the course's masters and release them with nbgrader itself."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    from custlab.grading.stock.course import Course

    folder.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    (folder / "datasets").symlink_to(ROOT / "datasets")
    (folder / "course" / "submitted").mkdir(parents=True)
    shutil.copy(ROOT / "course" / "syllabus.yml", folder / "course")
    for name in assignments:
        shutil.copytree(ROOT / "solutions" / name, folder / "solutions" / name)
    course = Course(folder)
    course.gradebook().close()
    api = NbGraderAPI(course.directories, config=Config(course.app.config))
    for name in assignments:
        outcome = api.generate_assignment(name, force=True, create=True)
        if not outcome["success"]:
            raise RuntimeError(outcome["log"])
    return folder


class HonestClass:
    """Learners of one assignment.

    Parameters
    ----------
    root : Path
        The course made by `make_course`.
    assignment : str
        The assignment, which is also the notebook's name.
    seed : int
        What each learner does follows from it.
    """

    def __init__(self, root: Path, assignment: str, seed: int = 1):
        self.root, self.name, self.seed = root, assignment, seed
        path = ROOT / "tests" / "bank" / f"{assignment}.yml"
        self.bank = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.master = nbformat.read(
            root / "solutions" / assignment / f"{assignment}.ipynb", as_version=4
        )
        self.released = nbformat.read(
            root / "exercises" / assignment / f"{assignment}.ipynb", as_version=4
        )

    def hand_in(self, number: int) -> None:
        """Put one learner's work into the course."""
        dice = random.Random(f"{self.seed}-{self.name}-{number}")
        notebook = nbformat.from_dict(json.loads(nbformat.writes(self.released)))
        notebook = nbformat.reads(nbformat.writes(notebook), as_version=4)
        answers, code = {}, {}
        solution = ""
        for cell in self.master.cells:
            told = cell.metadata.get("nbgrader", {})
            if cell.cell_type == "code" and told.get("solution"):
                solution = told["grade_id"]
                code[solution] = _without_markers(cell.source)
            entry = self.bank.get(told.get("grade_id")) if told.get("grade") else None
            if entry:
                self._choose(dice, cell, entry, solution, answers, code)
        for cell in notebook.cells:
            told = cell.metadata.get("nbgrader", {})
            if told.get("grade_id") in code and told.get("solution"):
                cell.source = code[told["grade_id"]]
        folder = self.root / "course" / "submitted" / f"learner-{number:04}" / self.name
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{self.name}.ipynb")
        content = {"format": "custlab-answers", "version": 2, "sheet": self.name}
        text = json.dumps(content | {"answers": answers})
        (folder / f"{self.name}.answers.json").write_text(text, encoding="utf-8")

    def _choose(self, dice, test, entry: dict, solution: str, answers: dict, code: dict) -> None:
        luck = dice.random()
        if luck < 0.1:
            return  # widgets stay blank; code stays as in the model solution
        chosen = dice.choice(entry["right"] if luck < 0.7 else entry["wrong"])
        if "question" in entry and "answer" in chosen:
            at = "2026-01-01T00:00:00.000000Z"
            saved = {"kind": _kind(test.source), "value": chosen["answer"], "at": at}
            answers[entry["question"]] = saved
        elif "code" in chosen:
            code[chosen.get("cell") or entry.get("cell") or solution] = chosen["code"]


def _without_markers(source: str) -> str:
    return re.sub(r"^[ \t]*### (BEGIN|END) SOLUTION[ \t]*\n?", "", source, flags=re.M)


def _kind(source: str) -> str:
    """Read the question's kind off the call of ``mark`` in a test cell."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "kind":
                    return ast.literal_eval(keyword.value)
    return ""


def marks(root: Path, assignment: str) -> dict[tuple[str, str], float | None]:
    """Read the automatic marks of an assignment: (learner, cell) to points."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'course' / 'gradebook.db'}", "custlab") as book:
        return {
            (submission.student.id, grade.name): grade.auto_score
            for submission in book.assignment_submissions(assignment)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
