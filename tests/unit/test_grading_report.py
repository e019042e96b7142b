"""The report: right statistics, the class's real mistakes, nobody's name."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from custlab.cli.app import app
from custlab.errors import CustLabError
from custlab.exercises.kinds import check
from custlab.exercises.marking import earned_points, sentence
from custlab.grading.read.questions import read_questions
from custlab.grading.report.statistics import (
    FEWEST,
    corrected_item_total,
    cronbach_alpha,
    fisher_interval,
    item_statistics,
)
from custlab.grading.report.wrong import failing_lines, find_wrong
from custlab.grading.stock.course import Course
from custlab.grading.stock.results import CellResult, NotebookResult, Results, write_results
from tests.hygiene import ROOT
from tests.red_team.course import ASSIGNMENT, answers_text, make_course, released, submit

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
CLASS = 24


def cell_results(number: int, answer: str | None) -> list[CellResult]:
    """What grading finds for a learner: the widget question by its own check, the rest given."""
    found = check("choose_one", answer, "b", {"a": "Paying is the role of the buyer."})
    points = earned_points(found, 2)
    totals = "totals: Correct (2 of 2). That is right.\nbest: Not right yet (0 of 1). 3 is wrong."
    return [
        CellResult("test-who-decides", "test", 2, points, "passed", False, "",
                   sentence(found, points, 2)),
        CellResult("test-totals", "test", 3, 2.0, "passed", message=totals),
        CellResult("test-days-since", "test", 2, 2.0 * (number % 2), "passed", number == 3,
                   "the test gave no number of points" if number == 3 else ""),
        CellResult("test-groups", "test", 2, number * 2 / CLASS, "passed"),
        CellResult("explain", "manual", 4, None, "manual"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class of 24 as `custlab grade` leaves it, and one who has handed in nothing."""
    from custlab.grading.stock.gradebook import GradebookWriter

    root = tmp_path_factory.mktemp("course")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        make_course(root)
        course = Course(root)
        notebook = released(root)
        with GradebookWriter(course) as writer:
            for number in range(CLASS):
                student = f"learner-{number:02}"
                answer = [None, "a", "b", "b", "c"][number % 5]
                given = {} if answer is None else {"who-decides": ("choose_one", answer)}
                submit(root, student, notebook, answers_text(given))
                part = NotebookResult(cells=cell_results(number, answer))
                if number < 2:
                    text = "ran longer than 30 seconds and was interrupted"
                    part.events = [{"cell": "groups", "what": "timeout", "text": text}]
                    part.repairs = [{"cell": "data", "what": "was missing and was put back"}]
                results = Results(ASSIGNMENT, student, "", notebooks={ASSIGNMENT: part})
                results.set_aside = [{"file": f"{student}.py", "reason": "too large"}]
                writer.write(results)
                write_results(course.results(ASSIGNMENT), results)
        with course.gradebook() as book:
            book.add_student("absent-one")
    return course


def test_the_report_shows_what_went_wrong_and_names_nobody(course):
    words = ["report", ASSIGNMENT, "--course", str(course.root)]
    outcome = CliRunner().invoke(app, words, catch_exceptions=False)
    path = course.results(ASSIGNMENT) / "report.html"
    assert str(path) in outcome.output.replace("\n", "")
    text = path.read_text(encoding="utf-8")
    plain = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert "learner-" not in text
    assert "absent-one" not in text
    assert "The father 5 Paying is the role of the buyer." in plain
    assert "The son 4" in plain
    assert f"best: 3 is wrong. {CLASS}" in plain
    assert "totals:" not in plain, "what was right is not among the mistakes"
    assert "19 answered, 5 left it blank" in plain
    assert "groups ran longer than 30 seconds and was interrupted 2" in plain
    assert "was missing and was put back 2" in plain
    assert "the test gave no number of points 1" in plain
    assert "Marks by hand still to be given 24" in plain
    assert "Discrimination is not shown" not in plain
    assert not re.findall(r'(?:src|href)="(?!data:|#|http://localhost:8888/lab)', text)
    alts = re.findall(r'<img alt="([^"]*)"', text)
    assert len(alts) == 3
    assert all(len(alt) > 60 for alt in alts)
    for secret in ("mark(", "HIDDEN", "secret_of"):
        assert secret not in text
    to = path.with_name("named.html")
    CliRunner().invoke(app, [*words, "--names", "--to", str(to)], catch_exceptions=False)
    named = to.read_text(encoding="utf-8")
    assert "learner-03" in named
    assert "absent-one" in named


def test_names_never_take_the_place_of_the_page_for_the_class(course, tmp_path, monkeypatch):
    words = ["report", ASSIGNMENT, "--course", str(course.root)]
    CliRunner().invoke(app, words, catch_exceptions=False)
    path = course.results(ASSIGNMENT) / "report.html"
    before = path.read_bytes()
    CliRunner().invoke(app, [*words, "--names"], catch_exceptions=False)
    assert "learner-03" in path.with_name("report-names.html").read_text(encoding="utf-8")
    monkeypatch.chdir(path.parent)
    for same in (str(path), "report.html", f"../{ASSIGNMENT}/report.html"):
        with pytest.raises(CustLabError, match="page for the class"):
            CliRunner().invoke(app, [*words, "--names", "--to", same], catch_exceptions=False)
    assert path.read_bytes() == before


def test_nothing_graded_is_said(course):
    with pytest.raises(CustLabError, match="no assignment"):
        CliRunner().invoke(
            app, ["report", "99-none", "--course", str(course.root)], catch_exceptions=False
        )
    for path in course.results(ASSIGNMENT).glob("*.json"):
        path.rename(path.with_suffix(".kept"))
    try:
        with pytest.raises(CustLabError, match=f"custlab grade {ASSIGNMENT}"):
            CliRunner().invoke(
                app, ["report", ASSIGNMENT, "--course", str(course.root)], catch_exceptions=False
            )
    finally:
        for path in course.results(ASSIGNMENT).glob("*.kept"):
            path.rename(path.with_suffix(".json"))


def test_statistics_of_the_class_leave_waiting_marks_out(course):
    from custlab.grading.stock.marks import cell_order, read_marks

    with course.gradebook() as book:
        marks = read_marks(book, ASSIGNMENT, cell_order(course, ASSIGNMENT))
    items = item_statistics(marks).set_axis(marks.questions["cell"])
    assert items.loc["test-totals", "difficulty"] == pytest.approx(2 / 3)
    assert items.loc["explain", "n"] == 0
    assert np.isnan(items.loc["explain", "discrimination"])
    assert np.isnan(items.loc["test-totals", "discrimination"]), "everybody has the same"
    others = ["test-who-decides", "test-totals", "test-days-since"]
    scores = marks.scores.set_axis(marks.questions["cell"], axis=1).loc[marks.handed_in]
    brute = np.corrcoef(scores["test-groups"], scores[others].sum(axis=1))[0, 1]
    assert items.loc["test-groups", "discrimination"] == pytest.approx(brute)
    parts = items[["full", "part", "none", "blank"]].drop("explain").sum(axis=1)
    assert parts.to_numpy() == pytest.approx(1.0)


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(2, 6), st.integers(0, 2**31))
def test_statistics_agree_with_plain_formulas(questions, seed):
    dice = np.random.default_rng(seed)
    scores = pd.DataFrame(dice.integers(0, 4, (FEWEST + 5, questions)).astype(float))
    found = corrected_item_total(scores)
    for name in scores:
        rest = scores.drop(columns=name).sum(axis=1)
        expected = np.corrcoef(scores[name], rest)[0, 1]
        assert found[name] == pytest.approx(expected, abs=1e-12)
    low, high = fisher_interval(found, [len(scores)] * questions)
    assert ((low <= found) & (found <= high)).all()
    covariance = np.cov(scores.to_numpy().T)
    # Alpha from the covariance matrix, another of its textbook forms.
    inside = covariance.sum() - np.trace(covariance)
    alpha = questions / (questions - 1) * inside / covariance.sum()
    assert cronbach_alpha(scores) == pytest.approx(alpha)
    assert corrected_item_total(scores.head(FEWEST - 1)).isna().all()
    assert np.isnan(cronbach_alpha(scores.head(FEWEST - 1)))


def test_wrong_answers_are_taken_apart_with_what_they_show():
    """On a real exercise: every wrong answer of its bank is shown with its misconception."""
    import yaml

    bank = yaml.safe_load((ROOT / "tests/bank/03-role-types.yml").read_text(encoding="utf-8"))
    for asked in read_questions(Course(ROOT), "03-role-types"):
        if asked.question is None:
            continue
        for entry in bank[asked.cell]["wrong"]:
            value = asked.question.fit(entry["answer"])
            result = check(asked.question.kind, value, **asked.marking)
            points = earned_points(result, asked.points)
            cell = CellResult(asked.cell, "test", asked.points, points,
                              message=sentence(result, points, asked.points))  # fmt: skip
            found = find_wrong(asked, {"x": cell}, {"x": value})
            shown = " ".join(wrong.shows for wrong in found.wrong + found.misconceptions)
            told = " ".join(wrong.answer for wrong in found.misconceptions)
            if "are blank" not in entry["message"]:
                assert entry["message"] in f"{shown} {told}", (asked.cell, entry["name"])
            assert all(wrong.count == 1 for wrong in found.wrong)


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=200))
def test_any_message_can_be_read(message):
    assert all(isinstance(line, str) for line in failing_lines(message))
