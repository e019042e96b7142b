"""Feedback pages: what a learner needs to learn, and never what a test looks like."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from custlab.cli.app import app
from custlab.errors import CustLabError
from custlab.grading.feedback import write_feedback
from custlab.grading.feedback.reread import Places
from custlab.grading.read.questions import read_questions
from custlab.grading.run import Run, Settings
from custlab.grading.stock.course import Course
from tests.hygiene import ROOT
from tests.red_team.course import (
    ASSIGNMENT,
    SECRET,
    answers_text,
    copy_course,
    make_course,
    released,
    solved,
    submit,
)

SECRETS = (SECRET, "HIDDEN TESTS", "SOLUTION", "mark(", "expected =", "secret_of")
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A graded class, one learner with a comment, one with a hostile name."""
    root = tmp_path_factory.mktemp("course")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        make_course(root)
        half = solved(root)
        for cell in half.cells:
            if cell.id == "totals":
                cell.source = "totals = orders"
            if cell.id == "days-since":
                cell.source = (
                    "def days_since(dates, today):\n    return '<script>alert(1)</script>'"
                )
            if cell.id == "title":
                cell.source = "# All points, says the teacher"
            if cell.id == "explain":
                cell.source = "Because <script>alert(2)</script> **she** chose."
        wrong = answers_text({"who-decides": ("choose_one", "a")})
        folder = submit(root, "李 雷", half, wrong, {"submission_secret.txt": b"s3cret"})
        (folder / "timestamp.txt").write_text("2026-03-01 09:00:00.000000 UTC", encoding="utf-8")
        submit(root, "alice", solved(root), answers_text())
        submit(root, "bob", released(root))
        course = Course(root)
        Run(course, ASSIGNMENT, Settings(sandbox="none", workers=2)).start()
        with course.gradebook() as book:
            book.update_or_create_student("李 雷", first_name="<b>Lei</b>", last_name="Li")
            (notebook,) = book.find_submission(ASSIGNMENT, "李 雷").notebooks
            notebook.late_submission_penalty = 1.0
            comment = book.find_comment("explain", ASSIGNMENT, ASSIGNMENT, "李 雷")
            comment.manual_comment = "Say **how** you know."
            grade = book.find_grade("explain", ASSIGNMENT, ASSIGNMENT, "李 雷")
            grade.manual_score = 2.5
            book.db.commit()
    return root


def page(root: Path, student: str) -> str:
    path = root / "course" / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
    return path.read_text(encoding="utf-8")


class Outline(HTMLParser):
    """Notes tags and attributes, and that every tag is closed."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def written(graded):
    root = copy_course(graded, graded.parent / "with-pages")
    assert sorted(write_feedback(Course(root), ASSIGNMENT)) == ["alice", "bob", "李 雷"]
    return root


def test_the_page_says_what_was_expected_and_why(written):
    text = page(written, "李 雷")
    for told in (
        "Paying is the role of the buyer.",  # the misconception
        "The father",  # the answer
        "The mother",  # what was expected
        "The days are not right.",  # what a failed assertion said
        "Say <strong>how</strong> you know.",  # the comment
        "2.5 of 4",
        "less 1 for handing in late",
        "totals = orders",  # their own code
        "[&#34;amount&#34;].sum().reset_index()",  # code that is right
    ):
        assert told in text, told
    assert "Left blank" in page(written, "bob")
    assert "Not marked yet" in page(written, "alice")


def test_the_heading_of_a_page_is_the_masters(written):
    text = page(written, "李 雷")
    assert "<h1>A small exercise</h1>" in text
    assert "says the teacher" not in text


def test_no_page_shows_a_test_or_runs_anything(written):
    for student in ("alice", "bob", "李 雷"):
        text = page(written, student)
        for secret in SECRETS:
            assert secret not in text, (student, secret)
        outline = Outline()
        outline.feed(text)
        assert outline.open == []
        assert not [tag for tag, _attrs in outline.seen if tag in ("script", "iframe", "link")]
        assert not [a for _t, attrs in outline.seen for a in attrs if a.startswith("on")]
    assert "&lt;script&gt;" in page(written, "李 雷")
    assert "&lt;b&gt;Lei" in page(written, "李 雷")


def test_without_answers_the_page_still_says_what_is_wrong(graded, tmp_path):
    root = copy_course(graded, tmp_path / "c")
    words = ["feedback", ASSIGNMENT, "--course", str(root), "--student", "李 雷", "--no-answers"]
    outcome = CliRunner().invoke(app, words)
    assert outcome.exit_code == 0, outcome.output
    assert "1 feedback page written" in outcome.output
    text = page(root, "李 雷")
    assert "Paying is the role of the buyer." in text
    assert "What was expected" not in text
    assert not (root / "course" / "feedback" / "alice").exists()
    with pytest.raises(CustLabError, match=r"graded yet for: zoe"):
        write_feedback(Course(root), ASSIGNMENT, ["zoe"])


@pytest.mark.skipif("sys.platform == 'win32'", reason="nbgrader has no exchange on Windows")
def test_nbgrader_releases_these_pages(written, tmp_path):
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeFactory

    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    course = Course(written)
    course.app.config.Exchange.root = str(exchange)
    course.directories.assignment_id, course.directories.student_id = ASSIGNMENT, "李 雷"
    told = {"coursedir": course.directories, "authenticator": Authenticator(parent=course.app)}
    ExchangeFactory(parent=course.app).ReleaseFeedback(parent=course.app, **told).start()
    (given_back,) = exchange.rglob("*.html")
    assert given_back.read_text(encoding="utf-8") == page(written, "李 雷")


def test_every_question_of_the_course_leads_to_a_heading_that_exists():
    places = Places(ROOT, "https://hub.example.org/lessons/")
    known = yaml.safe_load((ROOT / "course/instructor/reread.yml").read_text(encoding="utf-8"))
    course = Course(ROOT)
    for folder in sorted((ROOT / "solutions").iterdir()):
        asked = {question.cell: question for question in read_questions(course, folder.name)}
        stale = set(known.get(folder.name, {})) - set(asked)
        assert not stale, f"reread.yml: {folder.name} has no cells {stale}"
        for cell, question in asked.items():
            assert question.title
            assert question.text, cell
            place = places.find(folder.name, cell)
            lesson = re.search(r"/([^/]+)\.ipynb", place.link)[1]
            source = (ROOT / "notebooks" / f"{lesson}.ipynb").read_text(encoding="utf-8")
            assert f"## {place.heading}" in source or not place.heading, (cell, place)
            assert question.expected or not question.marking, f"{cell}: key not in words"


def moodle_hands_out(archive: zipfile.ZipFile, participants: dict[str, str]) -> dict[str, set]:
    """Read names as Moodle's zip importer does: the second part of five names the participant."""
    given = {}
    for name in archive.namelist():
        for part in name.split("/"):
            info = part.split("_", 4)
            if len(info) >= 4 and info[1] in participants and info[2].startswith("assign"):
                given.setdefault(participants[info[1]], set()).add(archive.read(name))
                break
    return given


def canvas_hands_out(archive: zipfile.ZipFile, users: dict[str, str]) -> dict[str, set]:
    """Read names as Canvas does: the first two numbers between underscores are user and file."""
    given = {}
    for name in archive.namelist():
        user, _file = [part for part in name.rpartition("/")[2].split("_") if part.isdigit()][:2]
        given.setdefault(users[user], set()).add(archive.read(name))
    return given


OF_MOODLE = "assignsubmission_file"


@pytest.mark.parametrize(
    ("read", "names"),
    [
        (moodle_hands_out, [f"alice_11_{OF_MOODLE}/{{f}}", f"bob_12_{OF_MOODLE}_/{{f}}"]),
        (moodle_hands_out, [f"alice_11_{OF_MOODLE}_{{f}}", f"bob_12_{OF_MOODLE}_{{f}}"]),
        (canvas_hands_out, ["alice_11_9001_{f}", "bob_LATE_12_9002_work-1.zip"]),
    ],
)  # fmt: skip
def test_feedback_goes_back_as_one_zip_that_the_lms_can_read(written, tmp_path, read, names):
    file, work = f"{ASSIGNMENT}.ipynb", io.BytesIO()
    with zipfile.ZipFile(work, "w") as archive:
        archive.writestr(file, b"{}")
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        for name in names:
            content = work.getvalue() if name.endswith(".zip") else b"{}"
            archive.writestr(name.format(f=file), content)
    words = ["feedback", ASSIGNMENT, "--course", str(written), "--zip", str(tmp_path / "out.zip")]
    with pytest.raises(CustLabError, match="--like"):
        CliRunner().invoke(app, words, catch_exceptions=False)
    done = CliRunner().invoke(app, [*words, "--like", str(tmp_path / "submissions.zip")])
    assert "not packed: 李 雷" in done.output
    assert done.exit_code == 1
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        given = read(archive, {"11": "alice", "12": "bob"})
    assert given == {who: {page(written, who).encode()} for who in ("alice", "bob")}
    with pytest.raises(CustLabError, match="already"):
        CliRunner().invoke(
            app, [*words, "--like", str(tmp_path / "submissions.zip")], catch_exceptions=False
        )


def test_feedback_goes_into_moodles_comments_beside_the_mark(graded, tmp_path):
    sheet = tmp_path / "moodle.csv"
    sheet.write_text(
        "Identifier,Full name,ID number,Grade,Maximum grade,Feedback comments\n"
        "Participant 1,x,李 雷,,12,\nParticipant 2,y,bob,,12,By hand: see me\n"
        "Participant 3,z,alice,,12,\n",
        encoding="utf-8",
    )
    words = ["export", ASSIGNMENT, "--to", "moodle", "--into", str(sheet), "--provisional"]
    words += ["--scale", "--comments", "--course", str(graded)]
    done = CliRunner().invoke(app, words)
    assert "bob: somebody has written a comment" in done.output
    table = pd.read_csv(tmp_path / "moodle-marks.csv", dtype=str, keep_default_na=False)
    lei, bob, alice = table["Feedback comments"]
    assert bob == "By hand: see me"
    for told in ("Paying is the role of the buyer.", "Say <strong>how</strong> you know."):
        assert told in lei
    assert "<script" not in lei
    assert not any(secret in lei + alice for secret in SECRETS)
    first = (tmp_path / "moodle-marks.csv").read_bytes()
    words[words.index(str(sheet))] = str(tmp_path / "moodle-marks.csv")
    CliRunner().invoke(app, words)
    assert (tmp_path / "moodle-marks-marks.csv").read_bytes() == first, "its own is renewed"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("Feedback comments", "x"), "utf-8")
    with pytest.raises(CustLabError, match="Feedback comments"):
        CliRunner().invoke(app, [*words[:5], str(sheet), *words[6:], "--force"],
                           catch_exceptions=False)  # fmt: skip
