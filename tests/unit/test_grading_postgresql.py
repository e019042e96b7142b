"""A gradebook on PostgreSQL: the same class, the same marks, and a password that nobody sees."""

from __future__ import annotations

import ast
import os
import warnings
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from typer.testing import CliRunner

from custlab.cli.app import app
from custlab.errors import CustLabError
from custlab.grading.regrade import apply_regrade, copy_gradebook, preview_regrade
from custlab.grading.run import Run, Settings
from custlab.grading.stock.course import Course
from custlab.grading.stock.marks import read_marks
from tests.postgresql import missing, server
from tests.red_team.course import (
    ASSIGNMENT,
    answers_text,
    copy_course,
    make_course,
    released,
    solved,
    submit,
)

pytestmark = [pytest.mark.sandbox, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]
HOW = Settings(workers=2)
SQLITE = "sqlite:///course/gradebook.db"
# What a curious learner would try: settings, environments, command lines, the server itself.
CURIOUS = """
import os, pathlib, socket
seen = dict(os.environ)
for path in ({config!r}, "/proc/self/environ", "/proc/1/environ", "/proc/1/cmdline"):
    try:
        seen[path] = pathlib.Path(path).read_bytes()
    except OSError as error:
        seen[path] = type(error).__name__
try:
    socket.create_connection(("127.0.0.1", {port}), timeout=2)
    seen["server"] = "reached"
except OSError as error:
    seen["server"] = type(error).__name__
print(seen)
"""


@pytest.fixture(scope="module")
def url():
    """The address of an empty gradebook on a server of the tests' own."""
    if reason := missing():
        if os.environ.get("CUSTLAB_REQUIRE_ALL") == "1":
            pytest.fail(f"{reason}, and CUSTLAB_REQUIRE_ALL=1 makes this test compulsory")
        pytest.skip(reason)
    with server() as address:
        yield address


def secret(url: str) -> str:
    return unquote(urlsplit(url).password)


@pytest.fixture(scope="module")
def both(url, tmp_path_factory):
    """The same class twice, graded: with a gradebook in a file, and with one on the server."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        here = make_course(tmp_path_factory.mktemp("file"))
        submit(here, "alice", solved(here), answers_text())
        half = solved(here)
        next(cell for cell in half.cells if cell.id == "totals").source = "totals = orders"
        submit(here, "李 雷", half, answers_text({"who-decides": ("choose_one", "a")}))
        submit(here, "bob", released(here))
        there = copy_course(here, tmp_path_factory.mktemp("server") / "c")
        (there / "course" / "gradebook.db").unlink()
        config = there / "nbgrader_config.py"
        config.write_text(config.read_text(encoding="utf-8").replace(SQLITE, url), encoding="utf-8")
        told = nbgrader(there).generate_assignment(ASSIGNMENT, force=True, create=True)
        assert told["success"], told
        for root in (here, there):
            curious = released(root)
            place = {"config": str(root / "nbgrader_config.py"), "port": urlsplit(url).port or 1}
            next(c for c in curious.cells if c.id == "best").source = CURIOUS.format(**place)
            submit(root, "curious", curious)
            assert Run(Course(root), ASSIGNMENT, HOW).start().failed == {}
    return here, there


def nbgrader(root: Path):
    """Give nbgrader's own interface, on which formgrader stands."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    course = Course(root)
    return NbGraderAPI(course.directories, config=Config(course.app.config))


def everything(course: Course) -> dict:
    """Give every table of marks, and what formgrader shows, without ids."""
    with course.gradebook() as book:
        marks = read_marks(book, ASSIGNMENT)
    tables = {name: getattr(marks, name) for name in ("learners", "scores", "auto", "review")}
    found = {name: table.astype(object).fillna("-").to_dict() for name, table in tables.items()}
    api = nbgrader(course.root)
    lists = (api.get_assignments(), api.get_students(), api.get_submissions(ASSIGNMENT),
             api.get_notebook_submissions(ASSIGNMENT, ASSIGNMENT))  # fmt: skip
    changing = ("id", "index")  # formgrader orders submissions by their random ids
    for number, rows in enumerate(lists):
        plain = [{k: v for k, v in row.items() if k not in changing or not number} for row in rows]
        plain = [{k: v for k, v in row.items() if k != "id" or number == 1} for row in plain]
        found[f"formgrader {number}"] = sorted(plain, key=repr_of_learner)
    return found


def repr_of_learner(row: dict) -> str:
    return str(row.get("student") or row.get("id") or row.get("name"))


def test_marks_are_those_of_a_gradebook_in_a_file(both):
    here, there = both
    assert everything(Course(there)) == everything(Course(here))
    with Course(there).gradebook() as book:
        assert book.engine.dialect.name == "postgresql"
        assert {s.student.id: s.score for s in book.assignment_submissions(ASSIGNMENT)} == {
            "alice": 9.0, "bob": 0.0, "curious": 0.0, "李 雷": 4.0,
        }  # fmt: skip
    again = Run(Course(there), ASSIGNMENT, HOW).start()
    assert (again.graded, len(again.unchanged)) == ([], 4), "all was done"


def test_no_command_and_no_learner_sees_the_password(both, url, tmp_path):
    _here, there = both
    words = {"grade": ["--force", "--student", "alice"], "report": [], "feedback": [],
             "export": ["--output", str(tmp_path / "marks.csv")]}  # fmt: skip
    for command, more in words.items():
        ran = CliRunner().invoke(app, [command, ASSIGNMENT, "--course", str(there), *more])
        assert ran.exit_code == 0, ran.output
        assert secret(url) not in ran.output
    password = secret(url).encode()
    kept = [path for path in there.rglob("*") if path.is_file() and path.suffix != ".py"]
    assert [path for path in [*kept, *tmp_path.iterdir()] if password in path.read_bytes()] == []
    run = there / "course" / "autograded" / "curious" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    cells = nbformat.read(run, as_version=4).cells
    seen = ast.literal_eval(next(c for c in cells if c.id == "best").outputs[0].text)
    assert seen["server"] in ("ConnectionRefusedError", "OSError")
    assert seen[str(there / "nbgrader_config.py")] == "FileNotFoundError"
    assert not [name for name in seen if name.startswith("PG")]


def test_a_regrading_is_first_shown_then_done_with_a_copy_kept(both, tmp_path):
    from nbgrader.api import Gradebook

    _here, there = both
    course = Course(there)
    path = there / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    text = path.read_text(encoding="utf-8")
    with course.gradebook() as book:
        grade = book.find_grade("test-who-decides", ASSIGNMENT, ASSIGNMENT, "bob")
        grade.manual_score = 1.5
        book.db.commit()
    before = everything(course)
    path.write_text(text.replace('key=\\"b\\"', 'key=\\"a\\"'), encoding="utf-8")
    try:
        seen = preview_regrade(course, ASSIGNMENT, HOW)
        assert seen.changed["change"].to_dict() == {"alice": -2.0, "李 雷": 2.0}
        assert everything(course) == before, "nothing was written"
        done, failed, copy = apply_regrade(course, ASSIGNMENT, HOW)
    finally:
        path.write_text(text, encoding="utf-8")
    assert (failed, done.changed.equals(seen.changed)) == ({}, True)
    with course.gradebook() as book, Gradebook(f"sqlite:///{copy}", "custlab") as old:
        points = {
            name: {s.student.id: s.score for s in each.assignment_submissions(ASSIGNMENT)}
            for name, each in (("now", book), ("before", old))
        }
    assert points["before"] == {"alice": 9.0, "bob": 1.5, "curious": 0.0, "李 雷": 4.0}
    assert points["now"] == {"alice": 7.0, "bob": 1.5, "curious": 0.0, "李 雷": 6.0}
    assert copy_gradebook(course) != copy


def test_the_password_may_stay_out_of_the_settings(url, tmp_path, monkeypatch):
    told = urlsplit(url)
    escaped = secret(url).replace("\\", "\\\\").replace(":", "\\:")
    passwords = tmp_path / "pgpass"
    line = f"{told.hostname}:{told.port}:*:{told.username}:{escaped}\n"
    passwords.write_text(line, encoding="utf-8")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    address = url.replace(f":{told.password}@", "@")
    text = f"c = get_config()\nc.CourseDirectory.db_url = {address!r}\n"
    (tmp_path / "nbgrader_config.py").write_text(text, encoding="utf-8")
    with Course(tmp_path).gradebook() as book:
        assert book.engine.url.password is None
        assert book.course_id


def test_a_server_that_is_away_is_named_without_its_password(url, tmp_path):
    away = url.replace(f":{urlsplit(url).port}/", ":1/")
    wrong = url.replace(urlsplit(url).password, "not-the-word")
    driver = away.replace("+psycopg", "+pg8000")
    reasons = {away: "refused", wrong: "authentication failed", driver: r"custlab\[postgresql\]"}
    for address, reason in reasons.items():
        text = f"c = get_config()\nc.CourseDirectory.db_url = {address!r}\n"
        (tmp_path / "nbgrader_config.py").write_text(text, encoding="utf-8")
        with pytest.raises(CustLabError, match=reason) as told:
            Course(tmp_path).gradebook()
        assert secret(address) not in str(told.value)
        assert "marker:***@127.0.0.1" in str(told.value)
