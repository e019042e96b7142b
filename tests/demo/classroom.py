"""A class in a temporary folder, taken through nbgrader's own commands."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd
import yaml

from tests.demo.homework import fill_in
from tests.demo.learners import LEARNERS, Given, Learner
from tests.hygiene import ROOT
from tests.nbgrader_command import nbgrader

COURSE = "custlab"
# What a marker gives to every free text that was answered, as a share of its points.
ESSAY_SHARE = 0.75
TIME_LIMIT = 10
CONFIGURATION = """
import os
exec(open({original!r}, encoding="utf-8").read())
c.Exchange.root = {exchange!r}
c.Exchange.assignment_dir = os.getcwd()
c.ExchangeCollect.check_owner = False
c.Execute.timeout = {limit}
c.CourseDirectory.root = {course!r}
"""


@dataclass
class Classroom:
    """One assignment, one class, one temporary course.

    Parameters
    ----------
    folder : Path
        An empty folder.
    assignment : str
        The master's name, for example ``03-role-types``.
    learners : list of Learner
        The class.
    """

    folder: Path
    assignment: str
    learners: list[Learner]

    def __post_init__(self) -> None:
        text = (ROOT / "tests" / "bank" / f"{self.assignment}.yml").read_text(encoding="utf-8")
        self.bank: dict = yaml.safe_load(text)
        self.course = self.folder / "course-folder"
        self.exchange = self.folder / "exchange"
        master = ROOT / "solutions" / self.assignment / f"{self.assignment}.ipynb"
        self.cells = nbformat.read(master, as_version=4).cells
        self.points = {
            c.metadata.nbgrader["grade_id"]: float(c.metadata.nbgrader["points"])
            for c in self.cells
            if c.metadata.get("nbgrader", {}).get("grade")
        }
        self.order = [name for name in self.points if name in self.bank]

    def given(self, learner: Learner) -> dict[str, Given]:
        """Say what a learner gives to each question, by test cell."""
        total = len(self.order)
        return {
            test: learner.choose(number, total, self.bank[test])
            for number, test in enumerate(self.order)
        }

    def expected(self, learner: Learner) -> dict[str, float]:
        """Say what each question should earn."""
        marks = {
            test: self.points[test] if g.earns is None else g.earns
            for test, g in self.given(learner).items()
        }
        for essay in set(self.points) - set(self.bank):
            marks[essay] = ESSAY_SHARE * self.points[essay] if learner.essay else 0.0
        return marks

    # -- the steps, in their order ------------------------------------------------------------
    def prepare(self) -> None:
        """Copy the master into a course of its own."""
        (self.course / "course").mkdir(parents=True)
        self.exchange.mkdir()
        self.exchange.chmod(0o777)
        master = self.course / "solutions" / self.assignment
        shutil.copytree(ROOT / "solutions" / self.assignment, master)
        text = CONFIGURATION.format(
            original=str(ROOT / "nbgrader_config.py"),
            exchange=str(self.exchange),
            course=str(self.course),
            limit=TIME_LIMIT,
        )
        (self.course / "nbgrader_config.py").write_text(text, encoding="utf-8", newline="\n")

    def generate(self) -> None:
        """Make the learners' version."""
        self._nbgrader("generate_assignment", self.assignment)

    def release(self) -> None:
        """Put it where learners can fetch it."""
        self._nbgrader("release_assignment", self.assignment)

    def work(self, tick) -> None:
        """Let every learner fetch, answer and hand in, two at a time."""
        with ThreadPoolExecutor(max_workers=2) as pool:
            for _ in pool.map(self._one_learner, self.learners):
                tick()

    def collect(self) -> None:
        """Gather what was handed in."""
        self._nbgrader("collect", self.assignment)

    def autograde(self) -> None:
        """Run and mark every submission."""
        self._nbgrader("autograde", self.assignment)

    def mark_essays(self) -> None:
        """Mark the free texts by hand, as an instructor does in formgrader."""
        from nbgrader.api import Gradebook

        writers = {learner.name for learner in self.learners if learner.essay}
        with Gradebook(self._database(), COURSE) as book:
            for submission in book.assignment_submissions(self.assignment):
                for notebook in submission.notebooks:
                    for grade in notebook.grades:
                        if grade.name not in self.bank and submission.student.id in writers:
                            grade.manual_score = ESSAY_SHARE * grade.max_score
                            grade.needs_manual_grade = False
            book.db.commit()

    def give_feedback(self) -> None:
        """Write a feedback page for each learner and hand it back."""
        self._nbgrader("generate_feedback", self.assignment)
        self._nbgrader("release_feedback", self.assignment)

    def export(self) -> pd.DataFrame:
        """Export the gradebook as a table of one row a learner."""
        path = self.folder / "grades.csv"
        self._nbgrader("export", "--to", str(path))
        return pd.read_csv(path).set_index("student_id")

    # -- what came of it ----------------------------------------------------------------------
    def marks(self) -> pd.DataFrame:
        """Read every mark: one row a learner, one column a question."""
        from nbgrader.api import Gradebook

        with Gradebook(self._database(), COURSE) as book:
            rows = {
                submission.student.id: {
                    grade.name: grade.score
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                }
                for submission in book.assignment_submissions(self.assignment)
            }
        return pd.DataFrame.from_dict(rows, orient="index")

    def expected_marks(self) -> pd.DataFrame:
        """The marks that the class should have, in the same form."""
        rows = {learner.name: self.expected(learner) for learner in self.learners}
        return pd.DataFrame.from_dict(rows, orient="index")

    def feedback_pages(self) -> list[Path]:
        """List the feedback pages that learners were given back."""
        return sorted((self.course / "course" / "feedback").glob(f"*/{self.assignment}/*.html"))

    # -- small print --------------------------------------------------------------------------
    def _database(self) -> str:
        return f"sqlite:///{self.course / 'course' / 'gradebook.db'}"

    def _one_learner(self, learner: Learner) -> None:
        home = self.folder / "homes" / learner.name
        home.mkdir(parents=True)
        shutil.copy(self.course / "nbgrader_config.py", home)
        who = f"--CourseDirectory.student_id={learner.name}"
        self._nbgrader("fetch_assignment", self.assignment, who, cwd=home)
        path = home / self.assignment / f"{self.assignment}.ipynb"
        if learner.hands_in_blank_first:
            self._nbgrader("submit", self.assignment, who, cwd=home)
        fill_in(path, learner, self.given(learner), self.bank)
        if not learner.keeps_answers_file:
            for file in path.parent.glob("*.answers.json*"):
                file.unlink()
        self._nbgrader("submit", self.assignment, who, cwd=home)

    def _nbgrader(self, *words: str, cwd: Path | None = None) -> None:
        nbgrader(*words, cwd=cwd or self.course)


def whole_class(folder: Path, assignment: str) -> Classroom:
    """Make the classroom of all learners."""
    return Classroom(folder, assignment, LEARNERS)
