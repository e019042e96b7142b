"""A class is graded: the marks of stock nbgrader, resumable, nothing of a person's lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import nbformat
import psutil
import pytest

from custlab.errors import CustLabError
from custlab.grading.isolate.limits import Limits
from custlab.grading.run import Run, Settings
from custlab.grading.stock.course import Course
from custlab.grading.stock.results import read_all_results, says_blank
from tests.red_team.course import (
    ASSIGNMENT,
    answers_text,
    copy_course,
    make_course,
    marks,
    released,
    solved,
    submit,
)

pytestmark = pytest.mark.sandbox
MARK = "CUSTLAB_TEST_RUN"  # in the environment of a run's processes: whose they are
LIMITS = Limits(cell_seconds=20)
WHOLE = {"test-who-decides": 2, "test-totals": 3, "test-days-since": 2, "test-groups": 2}
COMMAND = (
    "import sys, typer; from custlab.cli.grade import grade; "
    "app = typer.Typer(); app.command()(grade); app()"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Make a course with three submissions; tests work on copies of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root = make_course(tmp_path_factory.mktemp("course"))
    submit(root, "alice", solved(root), answers_text())
    submit(root, "bob", released(root))
    half = solved(root)
    next(cell for cell in half.cells if cell.id == "totals").source = "totals = orders"
    submit(root, "李 雷", half, answers_text({"who-decides": ("choose_one", "a")}))
    return root


@pytest.fixture(scope="module")
def undisturbed(course, tmp_path_factory):
    """Grade a copy of the course in one go."""
    root = copy_course(course, tmp_path_factory.mktemp("undisturbed") / "c")
    assert run(root).failed == {}
    return root


def run(root: Path, students=None, **settings):
    """Grade with warnings of SQLAlchemy, which nbgrader brings, left aside."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        settings = Settings(limits=LIMITS, workers=len(students or "12"), **settings)
        return Run(Course(root), ASSIGNMENT, settings, students).start()


def points(root: Path) -> dict:
    """Give each learner's automatic marks."""
    return {
        student: {name: score for name, (score, _by_hand) in cells.items()}
        for student, cells in marks(root).items()
    }


def everything(root: Path) -> dict:
    """Give all that the gradebook and the results say, without ids and times of day."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'course' / 'gradebook.db'}", "custlab") as book:
        found = {}
        for submission in book.assignment_submissions(ASSIGNMENT):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    key = (submission.student.id, notebook.name, grade.name)
                    assert key not in found, "a mark was doubled"
                    fields = ("auto_score", "manual_score", "extra_credit", "needs_manual_grade")
                    found[key] = tuple(getattr(grade, name) for name in fields)
                for comment in notebook.comments:
                    key = (submission.student.id, notebook.name, comment.name, "comment")
                    found[key] = (comment.auto_comment, comment.manual_comment)
    for results in read_all_results(root / "course" / "results" / ASSIGNMENT):
        for cell in results.notebooks[ASSIGNMENT].cells:
            cell.seconds = 0
        found[results.student] = results.notebooks, results.set_aside
        folder = root / "course" / "autograded" / results.student / ASSIGNMENT
        found[results.student, "files"] = sorted(path.name for path in folder.iterdir())
    return found


def test_marks_are_right_and_a_person_is_asked_only_where_one_is_needed(undisturbed):
    assert points(undisturbed) == {
        "alice": WHOLE | {"explain": None},
        "bob": dict.fromkeys(WHOLE, 0) | {"explain": 0},
        "李 雷": WHOLE | {"test-who-decides": 0, "test-totals": 0, "explain": None},
    }
    waiting = {s: [n for n, m in cells.items() if m[1]] for s, cells in marks(undisturbed).items()}
    assert waiting == {"alice": ["explain"], "bob": [], "李 雷": ["explain"]}


FAILING = {
    "misspelt": ("totals = order.sum()", "NameError: name 'order' is not defined"),
    "syntax": ("totals = orders)", "SyntaxError: unmatched ')' (line 1)"),
    "stub-left": ("raise NotImplementedError()\n{right}", "the line raise NotImplementedError()"),
    "other-name": ("total = orders", "is the name spelt as asked for"),
    "asks-the-simulator": (
        "from custlab.simulate import truth\ntotals = truth('ecommerce').value",
        "No module named 'custlab.simulate.run'",
    ),
    "gone": ("import os; os._exit(1)", "ended its kernel"),
    "in-another-cell": (None, "NameError: name 'order' is not defined"),
}


def test_code_that_fails_is_an_attempt_and_the_learner_reads_what_stopped_it(course, tmp_path):
    root = copy_course(course, tmp_path / "c")
    for student, (source, _told) in FAILING.items():
        notebook = solved(root)
        place = next(n for n, cell in enumerate(notebook.cells) if cell.id == "totals")
        right = notebook.cells[place].source
        if source is None:
            notebook.cells[place] = next(c for c in released(root).cells if c.id == "totals")
            added = nbformat.v4.new_code_cell("totals = order.sum()", id="mine")
            notebook.cells.insert(place + 1, added)
        else:
            notebook.cells[place].source = source.format(right=right)
        submit(root, student, notebook, answers_text())
    assert run(root, [*FAILING, "bob"]).failed == {}
    said = {
        results.student: cell.message
        for results in read_all_results(root / "course" / "results" / ASSIGNMENT)
        for cell in results.notebooks[ASSIGNMENT].cells
        if cell.grade_id == "test-totals"
    }
    for student, (_source, told) in FAILING.items():
        assert told in said[student].splitlines()[0], student
    assert says_blank(said["bob"])
    assert [student for student in said if says_blank(said[student])] == ["bob"]


def test_stock_nbgrader_with_warm_kernels_gives_the_same_marks(course, undisturbed, tmp_path):
    root = copy_course(course, tmp_path / "c")
    line = '\nc.Execute.kernel_manager_class = "custlab.grading.talk.kernels.WarmKernelManager"\n'
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(line)
    folder = root / "course" / "submitted" / "alice" / ASSIGNMENT
    notebook = nbformat.read(folder / f"{ASSIGNMENT}.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("import os; print(os.getcwd(), os.getuid())"))
    nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")
    beside = Path(sys.executable).parent
    outcome = subprocess.run(
        [beside / "nbgrader", "autograde", ASSIGNMENT],
        cwd=root,
        env=os.environ | {"PATH": f"{beside}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    assert points(root) == points(undisturbed)
    path = root / "course" / "autograded" / "alice" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    assert "/submission 1000" in path.read_text(encoding="utf-8"), "it did not run in the sandbox"


def test_what_is_graded_is_not_graded_again_until_it_changes(undisturbed, tmp_path):
    root = copy_course(undisturbed, tmp_path / "c")
    assert run(root).graded == []
    answers = root / "course" / "submitted" / "bob" / ASSIGNMENT / f"{ASSIGNMENT}.answers.json"
    answers.write_text(answers_text(), encoding="utf-8")
    summary = run(root)
    assert [results.student for results in summary.graded] == ["bob"]
    assert points(root)["bob"]["test-who-decides"] == 2


def test_marks_given_by_hand_stay(undisturbed, tmp_path):
    from nbgrader.api import Gradebook

    root = copy_course(undisturbed, tmp_path / "c")
    with Gradebook(f"sqlite:///{root / 'course' / 'gradebook.db'}", "custlab") as book:
        grade = book.find_grade("test-totals", ASSIGNMENT, ASSIGNMENT, "alice")
        grade.manual_score, grade.extra_credit = 1.5, 0.5
        comment = book.find_comment("explain", ASSIGNMENT, ASSIGNMENT, "alice")
        comment.manual_comment = "Well seen."
        book.db.commit()
    run(root, ["alice"], force=True)
    with Gradebook(f"sqlite:///{root / 'course' / 'gradebook.db'}", "custlab") as book:
        grade = book.find_grade("test-totals", ASSIGNMENT, ASSIGNMENT, "alice")
        assert (grade.manual_score, grade.extra_credit, grade.auto_score) == (1.5, 0.5, 3)
        assert grade.needs_manual_grade
        comment = book.find_comment("explain", ASSIGNMENT, ASSIGNMENT, "alice")
        assert comment.manual_comment == "Well seen."


def test_feedback_can_be_made_and_a_missing_notebook_is_zero(undisturbed, tmp_path):
    root = copy_course(undisturbed, tmp_path / "c")
    folder = root / "course" / "submitted" / "carol" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-01-01 09:00:00 UTC", encoding="utf-8")
    run(root, ["carol"])
    assert points(root)["carol"] == dict.fromkeys([*WHOLE, "explain"], 0)
    beside = Path(sys.executable).parent
    outcome = subprocess.run(
        [beside / "nbgrader", "generate_feedback", ASSIGNMENT, "--student", "alice"],
        cwd=root,
        env=os.environ | {"PATH": f"{beside}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    page = root / "course" / "feedback" / "alice" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    assert "Correct: 2 of 2 points." in page.read_text(encoding="utf-8")


def test_a_master_that_changed_after_its_release_stops_with_a_sentence(course, tmp_path):
    root = copy_course(course, tmp_path / "c")
    path = root / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("30.0, 5.0, 12.0", "31.0, 5.0, 12.0"), encoding="utf-8")
    with pytest.raises(CustLabError, match=r"test-totals.*generate_assignment"):
        run(root)
    before = points(root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mended = Run(Course(root), ASSIGNMENT, Settings(), ["alice"], as_released=False)
        (preview,) = mended.preview()
    assert preview.points == 7, "the table is wrong by the mended master; `best` still is right"
    assert points(root) == before, "a preview writes nothing"
    path.write_text(text, encoding="utf-8")
    (path.parent / f"{ASSIGNMENT}.answers.json").write_text(answers_text(), encoding="utf-8")
    with pytest.raises(CustLabError, match=r"answers file.*Delete it"):
        run(root)


def test_without_a_sandbox_only_when_asked_for(course, undisturbed, tmp_path, monkeypatch):
    root = copy_course(course, tmp_path / "c")
    monkeypatch.setattr(
        "custlab.grading.run.bubblewrap_missing", lambda: "no bwrap: --sandbox none"
    )
    with pytest.raises(CustLabError, match="--sandbox none"):
        run(root)
    assert run(root, ["alice"], sandbox="none").failed == {}
    assert points(root)["alice"] == points(undisturbed)["alice"]


def test_two_at_the_same_time_are_one_too_many(course, tmp_path):
    from filelock import FileLock

    root = copy_course(course, tmp_path / "c")
    folder = root / "course" / "results" / ASSIGNMENT
    folder.mkdir(parents=True)
    with FileLock(folder / ".lock"), pytest.raises(CustLabError, match="being graded already"):
        run(root)


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_marks(course, undisturbed, tmp_path):
    from distributed import LocalCluster

    root = copy_course(course, tmp_path / "c")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        assert run(root, dask=cluster.scheduler_address).failed == {}
    assert points(root) == points(undisturbed)


def start(root: Path) -> subprocess.Popen:
    """Start ``custlab grade`` as a person would."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, ASSIGNMENT, "--course", str(root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {MARK: str(root)},
    )


def left_alive(root: Path) -> list[psutil.Process]:
    """List the processes of a run, however they were started, that have not ended."""
    found = psutil.process_iter(["environ", "status"])
    return [
        process
        for process in found
        if (process.info["environ"] or {}).get(MARK) == str(root)
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def kill_at(root: Path, moment) -> None:
    """Start grading, and end the process without warning when the moment has come."""
    process = start(root)
    try:
        deadline = time.monotonic() + 120
        while process.poll() is None and not moment() and time.monotonic() < deadline:
            time.sleep(0.005)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    deadline = time.monotonic() + 20
    while left_alive(root) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left_alive(root) == [], "the killed run has left processes behind"


def test_a_killed_run_goes_on_where_it_was(course, undisturbed, tmp_path):
    root = copy_course(course, tmp_path / "c")
    submitted = root / "course" / "submitted"
    place = root / "course" / "autograded"
    kill_at(root, place.exists)  # as the first one is being written
    run(root)
    assert everything(root) == everything(undisturbed)
    assert len(list(submitted.iterdir())) == 3


def test_ctrl_c_stops_with_a_sentence_and_ends_every_process(course, tmp_path):
    root = copy_course(course, tmp_path / "c")
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, ASSIGNMENT, "--course", str(root)],
        stderr=subprocess.PIPE,
        text=True,
    )
    place = root / "course" / "autograded"
    while process.poll() is None and not place.exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _out, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "the same command goes on" in told
    assert "Traceback" not in told


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_twenty_random_moments_it_ends_as_if_undisturbed(course, undisturbed, tmp_path):
    seed = random.randrange(10**6)
    print("seed", seed)
    dice = random.Random(seed)
    began = time.monotonic()
    full = copy_course(course, tmp_path / "timed")
    start(full).wait()
    usual = time.monotonic() - began
    root = copy_course(course, tmp_path / "c")
    for number in range(20):
        if number % 5 == 0:  # begin anew now and then, so that every phase is hit
            root = copy_course(course, tmp_path / f"c{number}")
        end = time.monotonic() + dice.uniform(0.1, 1.1) * usual
        kill_at(root, lambda end=end: time.monotonic() > end)
        if number % 5 == 4:
            run(root)
            assert everything(root) == everything(undisturbed), f"seed {seed}, kill {number}"
