"""The instructor's guide is true: its own commands are run, in order, on a small class."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml

from custlab.exercises import answers as formats
from custlab.exercises.answers import Answer
from custlab.grading.read.questions import read_questions
from custlab.grading.stock.course import Course
from tests.demo.learners import ESSAY, is_code
from tests.hygiene import ROOT

GUIDE = ROOT / "course" / "instructor" / "README.md"
NAME = "03-role-types"
STEP = re.compile(
    r"^```(?P<kind>bash|csv)[ ]?(?P<what>[^\n]*)\n(?P<text>.*?)^```$"
    r"|<!-- by hand: (?P<hand>.+?) -->",
    re.DOTALL | re.MULTILINE,
)
pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


class Newcomer:
    """Follows the guide from an empty course, word by word."""

    def __init__(self, folder: Path, also: tuple[str, ...] = ()):
        self.root, self.also = folder / "course", also
        (self.root / "course" / "instructor").mkdir(parents=True)
        shutil.copy(ROOT / "nbgrader_config.py", self.root)
        shutil.copy(ROOT / "course" / "syllabus.yml", self.root / "course")
        shutil.copy(ROOT / "course" / "instructor" / "reread.yml", self.root / "course/instructor")
        shutil.copytree(ROOT / "solutions" / NAME, self.root / "solutions" / NAME)
        shutil.copytree(ROOT / "datasets", self.root / "datasets")
        if "exchange" in also:
            exchange = folder / "exchange"
            exchange.mkdir(mode=0o777)
            with (self.root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
                config.write(f"\nc.Exchange.root = {str(exchange)!r}\n")
                config.write("c.ExchangeCollect.check_owner = False\n")
        bank = (ROOT / "tests" / "bank" / f"{NAME}.yml").read_text(encoding="utf-8")
        self.bank = yaml.safe_load(bank)
        self.said: dict[str, str] = {}

    def follow(self) -> None:
        """Do all steps of the guide."""
        for step in STEP.finditer(GUIDE.read_text(encoding="utf-8")):
            if step["hand"]:
                {"free texts": self.mark_texts, "mend the master": self.mend}[step["hand"]]()
            elif step["kind"] == "csv":
                (self.root / step["what"]).write_text(step["text"], encoding="utf-8")
            elif step["what"] in ("", *self.also):
                for line in step["text"].splitlines():
                    self.run(line)

    def run(self, line: str) -> None:
        """Run one command as it stands in the guide."""
        if " collect " in line and not self.said.keys() & {line, line + " --dry-run"}:
            self.make_sheets()
            self.submit() if "exchange" in self.also else self.make_submissions()
        program, *words = shlex.split(line)
        if program == "custlab" and words[0] in ("grade", "regrade") and not shutil.which("bwrap"):
            words += ["--sandbox", "none"]
        if program in ("mkdir", "chmod"):
            subprocess.run([program, *words], cwd=self.root, check=True)
            return
        code, self.said[line] = {"nbgrader": self.nbgrader, "custlab": self.custlab}[program](words)
        assert code == 0, f"{line}\n{self.said[line][-3000:]}"
        assert "Traceback" not in self.said[line], f"{line}\n{self.said[line][-3000:]}"

    def nbgrader(self, words: list[str], folder: Path | None = None) -> tuple[int, str]:
        """Run nbgrader as its own program."""
        programs = str(Path(sys.executable).parent)
        path = os.pathsep.join([programs, os.environ["PATH"]])
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *words],
            cwd=folder or self.root,
            env=os.environ | {"PATH": path, "CUSTLAB_HOME": str(self.root)},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        return done.returncode, done.stdout + done.stderr

    def custlab(self, words: list[str]) -> tuple[int, str]:
        """Run the kit's command in this process: starting Python ten times takes a minute."""
        from custlab.cli import main

        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.root)
            patch.setenv("CUSTLAB_HOME", str(self.root))
            patch.setattr(sys, "argv", ["custlab", *words])
            with redirect_stdout(said), redirect_stderr(said):
                try:
                    main()
                except SystemExit as end:
                    return int(end.code or 0), said.getvalue()
        return 0, said.getvalue()

    # -- what other people do -------------------------------------------------------------------
    def make_submissions(self) -> None:
        """The class hands in through Moodle: right, right without answers file, and wrong."""
        with zipfile.ZipFile(self.root / "submissions.zip", "w") as archive:
            for who, _id, files in self.work():
                for name, text in files.items():
                    archive.writestr(f"{who}_{len(who)}_assignsubmission_file_/{name}", text)

    def submit(self) -> None:
        """The class hands in through nbgrader's exchange."""
        for _who, student, files in self.work():
            folder = self.root.parent / student / NAME
            folder.mkdir(parents=True)
            shutil.copy(self.root / "nbgrader_config.py", folder.parent)
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf-8")
            words = ["submit", NAME, f"--CourseDirectory.student_id={student}"]
            code, said = self.nbgrader(words, folder.parent)
            assert code == 0, said

    def work(self):
        """Who hands in what: name, id, files."""
        asked = read_questions(Course(self.root), NAME)
        for who, student, choice, bare in (
            ("Na Li", "li-na", "right", False),
            ("Mei Han", "han-mei", "right", True),
            ("Ann Smith", "smith", "wrong", True),
        ):
            book, answers = self.answered(asked, choice, bare)
            files = {f"{NAME}.ipynb": nbformat.writes(book)}
            if not bare:
                files[f"{NAME}.answers.json"] = formats.to_text(NAME, answers)
            yield who, student, files

    def make_sheets(self) -> None:
        """What Moodle and Canvas give an instructor."""
        head = "Identifier,Full name,Email address,Status,Grade,Maximum Grade\n"
        rows = ["Participant 1,Na Li,li.na@example.org,Submitted,,30.00\n"]
        rows += ["Participant 2,Mei Han,,Submitted,,30.00\n"]
        rows += ["Participant 3,Ann Smith,,Submitted,,30.00\n"]
        (self.root / "moodle.csv").write_text(head + "".join(rows), encoding="utf-8-sig")
        head = f"Student,ID,SIS Login ID,Section,{NAME} (7)\n    Points Possible,,,,30\n"
        rows = ['"Li, Na",4711,x1,A,\n', '"Han, Mei",4712,x2,A,\n', '"Smith, Ann",4713,x3,A,\n']
        (self.root / "canvas.csv").write_text(head + "".join(rows), encoding="utf-8")

    def answered(self, asked, choice: str, bare: bool):
        """Fill in a released notebook: code into cells, other answers into the receipt."""
        path = self.root / "exercises" / NAME / f"{NAME}.ipynb"
        book = nbformat.read(path, as_version=4)
        cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in book.cells}
        answers = {}
        for question in asked:
            entry = self.bank.get(question.cell)
            if entry is None:
                cells[question.cell].source = ESSAY
            elif is_code(entry):
                cells[entry.get("cell") or question.solutions[-1]].source = entry[choice][0]["code"]
            else:
                value = question.question.fit(entry[choice][0]["answer"])
                at = "2030-03-01T09:00:00.000000Z"
                answers[question.question.id] = Answer(question.question.kind, value, at)
        if bare:
            data = {"text/plain": "", formats.MIME: formats.to_payload(NAME, answers)}
            book.cells[-1].outputs = [nbformat.v4.new_output("display_data", data)]
        return book, answers

    def mark_texts(self) -> None:
        """What an instructor does in formgrader."""
        with Course(self.root).gradebook() as book:
            for submission in book.assignment_submissions(NAME):
                for notebook in submission.notebooks:
                    for grade in notebook.grades:
                        if grade.auto_score is None:
                            grade.manual_score, grade.needs_manual_grade = 3.0, False
            book.db.commit()

    def mend(self) -> None:
        """Question 8 is spoilt: every answer shall be right."""
        path = self.root / "solutions" / NAME / f"{NAME}.ipynb"
        book = json.loads(path.read_text(encoding="utf-8"))
        for cell in book["cells"]:
            if cell["id"] == "test-which-rule":
                source = "".join(cell["source"])
                every = '["a-both", "b-both", "a-visits", "b-visits", "mean"]'
                assert 'key="a-visits"' in source
                cell["source"] = source.replace('key="a-visits"', f"key={every}")
        path.write_text(json.dumps(book), encoding="utf-8")

    def expected(self) -> dict[str, float]:
        """What the class should have before the master is mended."""
        most = {asked.cell: asked.points for asked in read_questions(Course(self.root), NAME)}
        wrong = sum(entry["wrong"][0].get("points", 0) for entry in self.bank.values())
        right = sum(points for cell, points in most.items() if cell in self.bank)
        return {"li-na": right + 3, "han-mei": right + 3, "smith": wrong + 3}


def check(newcomer: Newcomer) -> None:
    """The end of the guide is reached with the right marks."""
    root, expected = newcomer.root, newcomer.expected()
    table = pd.read_csv(root / "marks.csv").set_index("student_id")
    assert table["score"].to_dict() == expected
    for sheet, name, header in (
        ("moodle-marks.csv", "Full name", "Grade"),
        ("canvas-marks.csv", "Student", f"{NAME} (7)"),
    ):
        filled = pd.read_csv(root / sheet).dropna(subset=[header]).set_index(name)[header]
        people = [label for label in filled.index if label.strip() != "Points Possible"]
        assert sorted(float(filled[label]) for label in people) == sorted(expected.values())
    pages = sorted(p.parent.parent.name for p in (root / "course/feedback").glob("*/*/*.html"))
    assert pages == ["han-mei", "li-na", "smith"]
    changes = pd.read_csv(root / "changes.csv")
    assert changes[["student_id", "cell", "before", "after"]].to_numpy().tolist() == [
        ["smith", "test-which-rule", 0.0, 2.0]
    ]
    with Course(root).gradebook() as book:
        scores = {s.student.id: s.score for s in book.assignment_submissions(NAME)}
    assert scores == expected | {"smith": expected["smith"] + 2}
    assert (root / "course" / "results" / NAME / "report.html").is_file()


def test_the_guide_leads_from_nothing_to_exported_marks(tmp_path):
    newcomer = Newcomer(tmp_path, ("lms",))
    newcomer.follow()
    check(newcomer)
    assert "3 submissions would be collected" in " ".join(newcomer.said.values())


@pytest.mark.slow
@pytest.mark.skipif("sys.platform == 'win32'", reason="nbgrader has no exchange on Windows")
def test_stock_nbgrader_and_its_exchange_lead_there_as_well(tmp_path):
    newcomer = Newcomer(tmp_path, ("stock", "exchange"))
    newcomer.follow()
    grades = pd.read_csv(newcomer.root / "grades.csv").set_index("student_id")
    assert grades["score"].to_dict() == newcomer.expected()
    assert len(list((tmp_path / "exchange").rglob("*.html"))) == 3


def test_every_file_and_command_that_the_guide_names_exists():
    text = GUIDE.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?://|#)([^)]+)\)", text):
        assert (GUIDE.parent / link).exists(), link
    from typer.main import get_command

    from custlab.cli.app import app

    known = get_command(app).commands
    for name, rest in re.findall(r"\bcustlab ([a-z]+)((?: --?[\w-]+)*)", text):
        assert name in known, f"custlab {name}"
        options = {word for option in known[name].params for word in option.opts}
        options |= {word for option in known[name].params for word in option.secondary_opts}
        assert set(re.findall(r"--[\w-]+", rest)) <= options | {"--help"}, (name, rest)
