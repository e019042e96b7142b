"""One submission only ever stops itself, and what is the machine's fault is never a mark."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import psutil
import pytest
import typer
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from custlab.cli.grade import grade
from custlab.errors import CustLabError
from custlab.grading.isolate.limits import Limits
from custlab.grading.prove.examination import Examiners
from custlab.grading.run import Run, Settings
from custlab.grading.stock.course import Course
from custlab.grading.stock.results import read_results, results_path
from tests.red_team.course import (
    ASSIGNMENT,
    TOTALS,
    answers_text,
    make_course,
    marks,
    solved,
    submit,
)

pytestmark = pytest.mark.sandbox
WHOLE = {"test-who-decides": 2, "test-totals": 3, "test-days-since": 2, "test-groups": 2}
TEST_CELLS = tuple(WHOLE)


def course(tmp_path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make_course(tmp_path / "course")


@pytest.fixture
def root(tmp_path):
    (tmp_path / "course").mkdir()
    return course(tmp_path)


def release(root: Path) -> None:
    """Give the assignment out again."""
    course = Course(root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        api = NbGraderAPI(course.directories, config=Config(course.app.config))
        assert api.generate_assignment(ASSIGNMENT, force=True, create=True)["success"]


def run(root: Path, **settings) -> Run:
    settings = {"limits": Limits(cell_seconds=20), "workers": 3} | settings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Run(Course(root), ASSIGNMENT, Settings(**settings))


def graded(root: Path, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return run(root, **settings).start()


def exit_code(root: Path) -> int:
    """Grade as a person does who types the command."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            grade(ASSIGNMENT, course=root)
        except typer.Exit as ended:
            return ended.exit_code
    return 0


def marks_of_tests(root: Path) -> dict[str, dict[str, float]]:
    return {
        student: {name: cells[name][0] for name in TEST_CELLS}
        for student, cells in marks(root).items()
    }


def with_cell(root: Path, name: str, source: str):
    notebook = solved(root)
    next(cell for cell in notebook.cells if cell.id == name).source = source
    return notebook


def test_a_large_file_of_the_assignments_leaves_room_for_everybody(root):
    (root / "solutions" / ASSIGNMENT / "data.bin").write_bytes(os.urandom(20_000_000))
    names = [f"learner-{number:02}" for number in range(16)]  # 320 MB altogether
    for name in names:
        submit(root, name, solved(root), answers_text())
    assert graded(root).failed == {}
    assert marks_of_tests(root) == dict.fromkeys(names, WHOLE)


def test_files_that_no_submission_has_room_for_stop_with_a_sentence(root):
    (root / "solutions" / ASSIGNMENT / "data.bin").write_bytes(b"x" * 3_000_000)
    submit(root, "alice", solved(root), answers_text())
    with pytest.raises(CustLabError, match=r"data\.bin alone 3 MB.*Make them smaller"):
        graded(root, limits=Limits(folder_mb=4))


def test_what_is_the_machines_fault_is_not_graded_yet_and_counted(root, monkeypatch, capsys):
    submit(root, "alice", solved(root), answers_text())
    submit(root, "bob", solved(root), answers_text())

    def no_room(*_arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Examiners, "fork", no_room)
        assert exit_code(root) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "2 submissions are not graded yet" in told
    assert "NOT graded: alice" in told
    assert "No space left" in told
    assert marks(root) == {}
    assert {one.student for one in graded(root).graded} == {"alice", "bob"}, "without --force"
    assert marks_of_tests(root) == {"alice": WHOLE, "bob": WHOLE}


def test_a_fault_that_passes_is_tried_again_in_the_same_run(root, monkeypatch):
    submit(root, "alice", solved(root), answers_text())
    fork, failures = Examiners.fork, iter([OSError(11, "busy"), OSError(11, "busy")])

    def fails_at_first(self, files):
        if (error := next(failures, None)) is not None:
            raise error
        return fork(self, files)

    monkeypatch.setattr(Examiners, "fork", fails_at_first)
    assert graded(root).failed == {}
    assert marks_of_tests(root) == {"alice": WHOLE}


def test_a_fork_server_that_is_ended_is_started_again(root):
    names = [f"learner-{number}" for number in range(6)]
    for name in names:
        submit(root, name, solved(root), answers_text())
    ended = []

    def told(_student, _results) -> None:
        for process in psutil.Process().children() if not ended else []:
            if "custlab.grading.isolate.forkserver" in process.cmdline():
                ended.append(process)
                process.kill()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        summary = run(root, workers=1).start(told)
    assert len(ended) == 1
    assert summary.failed == {}
    assert marks_of_tests(root) == dict.fromkeys(names, WHOLE)


def test_names_that_look_like_markup_are_shown_as_they_are(root, capsys):
    for name in ("[bold]", "[red]x[{0}%s"):
        submit(root, name, solved(root), answers_text())
    place = root / "course" / "autograded" / "[bold]"
    place.parent.mkdir(parents=True)
    place.write_text("in the way", encoding="utf-8")
    assert exit_code(root) == 1
    assert "NOT graded: [bold]" in capsys.readouterr().err


def test_an_assignment_that_cannot_run_on_this_machine_gives_no_marks(root):
    """Its data is on the instructor's other machine, say: nobody's work has run by then."""
    submit(root, "alice", solved(root), answers_text())
    submit(root, "bob", solved(root), answers_text())
    path = root / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    text = path.read_text(encoding="utf-8")
    place = "from custlab.exercises import Sheet\\n"
    assert place in text
    path.write_text(text.replace(place, place + "open('/no/such/data.csv')\\n"), encoding="utf-8")
    release(root)
    summary = graded(root)
    assert set(summary.failed) == {"alice", "bob"}
    assert all("/no/such/data.csv" in reason for reason in summary.failed.values())
    assert marks(root) == {}
    path.write_text(text, encoding="utf-8")
    release(root)
    assert graded(root).failed == {}
    assert marks_of_tests(root) == {"alice": WHOLE, "bob": WHOLE}


def test_an_error_of_the_learners_own_is_not_the_machines(root):
    source = "def days_since(dates, today):\n    open('/no/such/file')"
    submit(root, "alice", with_cell(root, "days-since", source), answers_text())
    submit(root, "bob", with_cell(root, "totals", "open('/no/such/file')"), answers_text())
    assert graded(root).failed == {}
    assert marks_of_tests(root) == {
        "alice": WHOLE | {"test-days-since": 0},
        "bob": WHOLE | {"test-totals": 0},
    }


def test_what_somebody_hands_in_stops_nobody_else(root):
    odd = {
        "surrogate": {"notebook": with_cell(root, "totals", 'raise ValueError("\\ud800")')},
        "function": {
            "notebook": with_cell(
                root, "days-since", 'def days_since(a, b):\n    raise ValueError("\\ud800")'
            )
        },
        "long-name": {"files": {"x" * 250: b"1", "客" * 80 + ".csv": b"2"}},
        "deep": {"files": {"/".join(["d" * 200] * 8) + "/a": b"1"}},
        "answers-folder": {"files": {f"{ASSIGNMENT}.answers.json/a": b"1"}, "answers": None},
        "time-folder": {"files": {"timestamp.txt/a": b"1"}},
        "客" * 84: {},
        "control": {"files": {"a\nb\x1b[31m": b"1"}},
    }
    for student, parts in odd.items():
        submit(root, student, **({"notebook": solved(root), "answers": answers_text()} | parts))
    latin = root / "course" / "submitted" / os.fsdecode(b"ren\xe9") / ASSIGNMENT
    latin.mkdir(parents=True)
    (latin / f"{ASSIGNMENT}.ipynb").write_text("{}", encoding="utf-8")
    submit(root, "zoe", solved(root), answers_text())
    summary = graded(root)
    assert set(summary.failed) <= {os.fsdecode(b"ren\xe9")}
    got = marks_of_tests(root)
    assert got["zoe"] == got["long-name"] == got["客" * 84] == got["deep"] == WHOLE
    assert got["control"] == got["time-folder"] == WHOLE
    assert got["surrogate"] == WHOLE | {"test-totals": 0}
    assert got["function"] == WHOLE | {"test-days-since": 0}
    assert got["answers-folder"] == WHOLE | {"test-who-decides": 0}
    assert graded(root).graded == [], "all of it is done"
    found = read_results(results_path(root / "course" / "results" / ASSIGNMENT, "客" * 84))
    assert found.student == "客" * 84


def test_what_cannot_be_written_is_named_and_the_others_go_on(root, monkeypatch, capsys):
    for name in ("alice", "bob"):
        submit(root, name, solved(root), answers_text())
    place = root / "course" / "autograded" / "alice"
    place.parent.mkdir(parents=True)
    place.write_text("a file where a folder belongs", encoding="utf-8")
    assert exit_code(root) == 1
    assert "NOT graded: alice" in capsys.readouterr().err
    assert marks_of_tests(root) == {"bob": WHOLE}


def test_a_damaged_results_file_is_graded_again_and_stops_nobody(root):
    submit(root, "alice", solved(root), answers_text())
    folder = root / "course" / "results" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "gone.json").write_text("{", encoding="utf-8")
    assert graded(root).failed == {}
    assert (folder / "tamper-report.md").exists()


BUSY = """
import os
for number in range(60):
    if os.fork() == 0:
        while True:
            pass
while True:
    pass
"""
COMPUTES = f"""
import time
while time.process_time() < 3:
    pass
{TOTALS}
"""


def test_no_mark_is_lost_because_others_took_the_processor(root):
    for number in range(3):
        submit(root, f"busy-{number}", with_cell(root, "totals", BUSY), answers_text())
        submit(root, f"honest-{number}", with_cell(root, "totals", COMPUTES), answers_text())
    assert graded(root, limits=Limits(cell_seconds=6), workers=6).failed == {}
    got = marks_of_tests(root)
    for number in range(3):
        assert got[f"honest-{number}"] == WHOLE
        assert got[f"busy-{number}"] == WHOLE | {"test-totals": 0}
