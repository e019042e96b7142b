"""A mended master: seen first, then done; what a person gave stays."""

from __future__ import annotations

import warnings
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from custlab.cli.app import app
from custlab.errors import CustLabError
from custlab.grading.regrade import apply_regrade, preview_regrade
from custlab.grading.run import Run, Settings
from custlab.grading.stock.course import Course
from custlab.grading.stock.gradebook import LatePenalties
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

HOW = Settings(sandbox="none", workers=2)
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A graded class: alice right, bob by hand, carol wrong in the question that is mended."""
    root = tmp_path_factory.mktemp("course")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        make_course(root)
        submit(root, "alice", solved(root), answers_text())
        submit(root, "bob", solved(root), answers_text())
        submit(root, "carol", solved(root), answers_text({"who-decides": ("choose_one", "a")}))
        submit(root, "dave", released(root))
        course = Course(root)
        Run(course, ASSIGNMENT, HOW).start()
        with course.gradebook() as book:
            for student in ("alice", "bob", "carol"):
                essay = book.find_grade("explain", ASSIGNMENT, ASSIGNMENT, student)
                essay.manual_score, essay.needs_manual_grade = 3, False
            by_hand = book.find_grade("test-who-decides", ASSIGNMENT, ASSIGNMENT, "bob")
            by_hand.manual_score = 1.5
            extra = book.find_grade("test-who-decides", ASSIGNMENT, ASSIGNMENT, "alice")
            extra.extra_credit = 0.5
            stale = book.find_grade("explain", ASSIGNMENT, ASSIGNMENT, "carol")
            stale.auto_score = 4  # as stock nbgrader leaves one when a cell's kind changes
            book.db.commit()
    return root


@pytest.fixture
def mended(graded, tmp_path):
    """The master's key was wrong: 'a' is right after all."""
    root = copy_course(graded, tmp_path / "c")
    path = root / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    text = path.read_text(encoding="utf-8")
    assert 'key=\\"b\\"' in text
    path.write_text(text.replace('key=\\"b\\"', 'key=\\"a\\"'), encoding="utf-8")
    return root


def files(root: Path) -> dict:
    course = root / "course"
    return {
        path.relative_to(root): path.read_bytes()
        for folder in (course, root / "exercises")
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_first_it_is_only_shown(mended, tmp_path):
    before = files(mended)
    words = ["regrade", ASSIGNMENT, "--sandbox", "none", "--course", str(mended)]
    table = tmp_path / "changes.csv"
    shown = CliRunner().invoke(app, [*words, "--csv", str(table)])
    assert shown.exit_code == 0, shown.output
    assert files(mended) == before, "nothing was written"
    assert "2 of 4 totals would change." in shown.output
    assert "bob, test-who-decides: the mark by hand stays" in shown.output
    changes = pd.read_csv(table).set_index("student_id")
    assert changes.loc["alice", ["before", "after"]].tolist() == [2.5, 0.5]
    assert changes.loc["carol", ["before", "after"]].tolist() == [0.0, 2.0]
    assert changes.loc["bob", ["before", "after", "marked_by_hand"]].tolist() == [1.5, 1.5, "yes"]
    assert "dave" not in changes.index


def test_then_it_is_done_and_marks_by_hand_stay(mended):
    course = Course(mended)
    seen = preview_regrade(course, ASSIGNMENT, HOW)
    assert seen.changed["change"].to_dict() == {"alice": -2.0, "carol": 2.0}
    old = marks(mended)
    done, failed, copy = apply_regrade(course, ASSIGNMENT, HOW)
    assert failed == {}
    assert done.changed.equals(seen.changed), "what was shown is what was done"
    new = marks(mended)
    for student in ("alice", "bob", "carol", "dave"):
        same = [cell for cell in new[student] if cell not in ("test-who-decides", "explain")]
        assert [new[student][c][0] for c in same] == [old[student][c][0] for c in same]
    assert [new[s]["test-who-decides"][0] for s in ("alice", "bob", "carol")] == [0, 0, 2]
    assert new["carol"]["explain"][0] is None, "a stale automatic mark is reset"
    with course.gradebook() as book:
        scores = {s.student.id: s.score for s in book.assignment_submissions(ASSIGNMENT)}
        assert scores == {"alice": 10.5, "bob": 11.5, "carol": 12.0, "dave": 0.0}
    assert copy is not None
    assert copy.stat().st_size
    assert Run(course, ASSIGNMENT, HOW).start().graded == [], "all is done"


PLUGIN = """
from nbgrader.plugins import BasePlugin

class Tenths(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * 0.1 * (total_seconds_late // 3600)
"""
DUE = datetime(2026, 3, 1, 18)


@pytest.fixture
def late(mended):
    """The mended course with a due date: alice 2 hours late, bob 3 with 1 allowed, carol 12."""
    (mended / "tenths.py").write_text(PLUGIN, encoding="utf-8")
    with (mended / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"""
import sys
sys.path.insert(0, {str(mended)!r})
import tenths
c.AssignLatePenalties.plugin_class = tenths.Tenths
""")
    for student, hours in {"alice": 2, "bob": 3, "carol": 12, "dave": -1}.items():
        folder = mended / "course" / "submitted" / student / ASSIGNMENT
        at = DUE + timedelta(hours=hours)
        (folder / "timestamp.txt").write_text(f"{at} UTC", encoding="utf-8")
    course = Course(mended)
    with course.gradebook() as book:
        book.find_assignment(ASSIGNMENT).duedate = DUE
        book.db.commit()
        book.grant_extension(ASSIGNMENT, "bob", hours=1)
    return course


def test_what_lateness_costs_is_foreseen_as_nbgrader_reckons(late, monkeypatch):
    import sys

    monkeypatch.setattr(sys, "path", list(sys.path))
    seen = preview_regrade(late, ASSIGNMENT, HOW)
    # Before, nobody had a due date: alice 9 + 0.5 + 3, bob 9 - 2 + 1.5 + 3, carol 7 + 3.
    assert seen.totals["before"].to_dict() == {"alice": 12.5, "bob": 11.5, "carol": 10, "dave": 0}
    assert seen.totals["penalty_before"].tolist() == [0, 0, 0, 0]
    # The mended key: alice 10.5, 2 tenths off; bob 11.5, 2 tenths off; carol 12, all of it.
    foreseen = {"alice": 2.1, "bob": 2.3, "carol": 12, "dave": 0}
    assert seen.totals["penalty_after"].to_dict() == pytest.approx(foreseen)
    final = {"alice": 8.4, "bob": 9.2, "carol": 0, "dave": 0}
    assert seen.totals["after"].to_dict() == pytest.approx(final)
    words = ["regrade", ASSIGNMENT, "--sandbox", "none", "--course", str(late.root)]
    shown = CliRunner().invoke(app, words, env={"COLUMNS": "120"})
    assert "late penalties taken off" in shown.output
    assert "0 → 2.1" in shown.output
    done, failed, _copy = apply_regrade(late, ASSIGNMENT, HOW)
    assert (failed, done.totals.equals(seen.totals)) == ({}, True), "as was shown"
    with late.gradebook() as book:
        given = {
            s.student.id: (s.score, s.late_submission_penalty)
            for s in book.assignment_submissions(ASSIGNMENT)
        }
    for student, points in final.items():
        raw, lost = given[student]
        assert raw - (lost or 0) == pytest.approx(points)
    again = preview_regrade(late, ASSIGNMENT, HOW)
    assert again.changed.empty
    assert again.totals["penalty_before"].to_dict() == pytest.approx(foreseen)


LATE = {
    "named": ("", "'{module}.Tenths'"),
    "imported": ("import {module}", "{module}.Tenths"),
}


def with_plugin(graded, folder, module: str, style: str, source: str = PLUGIN) -> Course:
    """A course with nbgrader's documented late plugin, a file in its folder; alice is late."""
    root = copy_course(graded, folder)
    (root / f"{module}.py").write_text(source, encoding="utf-8")
    before, chosen = (text.format(module=module) for text in LATE[style])
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\n{before}\nc.AssignLatePenalties.plugin_class = {chosen}\n")
    course = Course(root)
    for student, hours in {"alice": 2, "carol": -1}.items():
        at = DUE + timedelta(hours=hours)
        path = course.folder("submitted", student, ASSIGNMENT) / "timestamp.txt"
        path.write_text(f"{at} UTC", encoding="utf-8")
    with course.gradebook() as book:
        book.find_assignment(ASSIGNMENT).duedate = DUE
        book.db.commit()
    return course


@pytest.mark.parametrize("style", LATE)
def test_a_late_plugin_in_the_courses_folder_is_found_from_anywhere(
    graded, tmp_path, monkeypatch, style
):
    monkeypatch.chdir(tmp_path)
    course = with_plugin(graded, tmp_path / "c", f"late_{style}", style)
    assert Run(course, ASSIGNMENT, HOW).start().failed == {}
    with course.gradebook() as book:
        lost = {s.student.id: s.late_submission_penalty
                for s in book.assignment_submissions(ASSIGNMENT)}  # fmt: skip
        alice = book.find_submission(ASSIGNMENT, "alice").score
    assert lost["alice"] == pytest.approx(0.2 * alice)
    assert lost["carol"] == 0


def test_single_learners_get_more_time_before_or_after_they_hand_in(graded, tmp_path):
    course = with_plugin(graded, tmp_path / "c", "late_extended", "named")
    with course.gradebook() as book:
        book.remove_submission(ASSIGNMENT, "bob")
        book.add_student("nobody-yet")
    path = course.folder("submitted", "bob", ASSIGNMENT) / "timestamp.txt"
    path.write_text(f"{DUE + timedelta(hours=20)} UTC", encoding="utf-8")

    def extend(*words):
        end = ["--course", str(course.root)]
        return CliRunner().invoke(app, ["extend", ASSIGNMENT, *words, *end], catch_exceptions=False)

    def lost(student):
        with course.gradebook() as book:
            return book.find_submission(ASSIGNMENT, student).late_submission_penalty

    extend("bob", "nobody-yet", "--days", "1")
    Run(course, ASSIGNMENT, HOW).start()
    assert lost("alice") > 0
    assert lost("bob") == 0, "he was late, and had a day more before he handed in"
    assert extend("alice", "--hours", "2").output.splitlines() == [
        "alice: 2 hours more", "bob: 24 hours more", "nobody-yet: 24 hours more"]  # fmt: skip
    assert lost("alice") == 0, "at once"
    Run(course, ASSIGNMENT, Settings(sandbox="none", workers=2, force=True)).start()
    assert (lost("alice"), lost("bob")) == (0, 0), "marking again keeps it"
    assert "alice" not in extend("alice", "--hours", "0").output
    assert lost("alice") > 0
    for words in (
        ["stranger", "--hours", "1"],
        ["alice", "--hours", "-1"],
        ["bob", "--days", "nan"],
    ):
        with pytest.raises(CustLabError):
            extend(*words)


def test_a_late_plugin_that_fails_leaves_nobody_half_marked(graded, tmp_path):
    broken = "raise ImportError('no')"
    course = with_plugin(graded, tmp_path / "c", "late_broken", "named", broken)
    before = marks(course.root)
    with pytest.raises(CustLabError, match=r"plugin_class.*no"):
        Run(course, ASSIGNMENT, HOW).start()
    assert marks(course.root) == before
    source = PLUGIN.replace("score * 0.1", "float('nan') if student_id == 'bob' else 1 / 0 * 0.1")
    course = with_plugin(graded, tmp_path / "fails", "late_fails", "named", source)
    with course.gradebook() as book:
        book.remove_submission(ASSIGNMENT, "alice")
    summary = Run(course, ASSIGNMENT, HOW).start()
    assert list(summary.failed) == ["alice"]
    assert "late penalties" in summary.failed["alice"]
    kept = marks(course.root).get("alice", {})
    assert not any(value[0] for value in kept.values()), "nobody is in time by accident"
    with pytest.raises(CustLabError, match="nan"):
        LatePenalties(course).of("bob", 3, 7200)


def test_a_time_that_cannot_be_read_is_said_never_passed_over(graded, tmp_path):
    course = Course(copy_course(graded, tmp_path / "c"))
    times = {
        "alice": "2026-03-01 20:00:00 UTC".encode("utf-16"),
        "bob": "2026-03-01 20:00:00 UTC".encode("utf-8-sig"),
        "carol": "2026年3月1日 20:00".encode(),
        "dave": b"",
    }
    for student, content in times.items():
        (course.folder("submitted", student, ASSIGNMENT) / "timestamp.txt").write_bytes(content)
    with course.gradebook() as book:
        book.find_assignment(ASSIGNMENT).duedate = DUE
        book.db.commit()
    words = ["grade", ASSIGNMENT, "--sandbox", "none", "--course", str(course.root)]
    shown = CliRunner().invoke(app, words, env={"COLUMNS": "300"}).output
    with course.gradebook() as book:
        late = [book.find_submission(ASSIGNMENT, name).total_seconds_late for name in times]
    assert late == [7200, 7200, 0, 0]
    told = [f"to look at: {name}, timestamp.txt" in shown for name in times]
    assert told == [False, False, True, True]


def test_a_time_that_is_none_stops_nothing_and_costs_nothing(graded, tmp_path):
    course = Course(copy_course(graded, tmp_path / "c"))
    times = {"alice": "yesterday", "carol": "2026-03-01 18:00:00 " + "9" * 30}
    for student, text in times.items():
        folder = course.folder("submitted", student, ASSIGNMENT)
        (folder / "timestamp.txt").write_text(text, encoding="utf-8")
    summary = Run(course, ASSIGNMENT, HOW).start()
    assert summary.failed == {}
    assert {found.student for found in summary.graded} == {"alice", "carol"}


def test_a_cell_that_came_or_went_stops_before_anything_is_touched(mended):
    path = mended / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"test-groups"', '"test-clusters"'), encoding="utf-8")
    before = files(mended)
    for how in (preview_regrade, apply_regrade):
        with pytest.raises(CustLabError, match=r"test-clusters is new.*test-groups is gone"):
            how(Course(mended), ASSIGNMENT, HOW)
    assert files(mended) == before
