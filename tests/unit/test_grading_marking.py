"""Marking by hand: whose answer it is stays unknown, what is given is in nbgrader's gradebook."""

from __future__ import annotations

import http.client
import json
import threading
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlab.errors import CustLabError
from custlab.grading.marking import Desk, serve
from custlab.grading.marking.rubric import read_rubric
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

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
TEXTS = {
    "alice": "She chose. [Look](https://example.org/track) <script>alert(1)</script>",
    "bob": "He paid.",
    "chen": None,
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    root = make_course(tmp_path_factory.mktemp("course"))
    for student, text in TEXTS.items():
        notebook = solved(root)
        if text is None:
            notebook = released(root)
        else:
            next(cell for cell in notebook.cells if cell.id == "explain").source = text
        submit(root, student, notebook, answers_text())
    Run(Course(root), ASSIGNMENT, Settings(sandbox="none", workers=2)).start()
    return root


@pytest.fixture
def course(graded, tmp_path):
    return Course(copy_course(graded, tmp_path / "c"))


def of(desk: Desk, student: str) -> str:
    return next(key for key, one in desk.sheets[0].answers.items() if one.student == student)


def test_a_mark_is_in_the_gradebook_and_on_the_desk_again(course):
    desk = Desk(course, ASSIGNMENT)
    (sheet,) = desk.sheets
    shown = {one.student: one.text for one in sheet.answers.values()}
    assert set(shown) == set(TEXTS)
    assert all(shown[name][:6] == (TEXTS[name] or "")[:6] for name in TEXTS)
    assert sheet.open == 3
    steps = [max(criterion.steps) for criterion in sheet.criteria]
    told = {"answer": of(desk, "alice"), "points": 2.5, "given": steps, "comment": " Well seen. "}
    desk.save(0, told)
    with course.gradebook() as book:
        grade = book.find_grade(sheet.asked.cell, ASSIGNMENT, ASSIGNMENT, "alice")
        assert (grade.manual_score, grade.needs_manual_grade) == (2.5, False)
        assert grade.score == 2.5
        comment = book.find_comment(sheet.asked.cell, ASSIGNMENT, ASSIGNMENT, "alice")
        assert comment.manual_comment == "Well seen."
    again = Desk(course, ASSIGNMENT).sheets[0]
    alice = next(one for one in again.answers.values() if one.student == "alice")
    assert (alice.points, alice.given, alice.comment) == (2.5, steps, "Well seen.")
    assert (again.open, again.comments) == (2, ["Well seen."])
    Run(course, ASSIGNMENT, Settings(sandbox="none", workers=2, force=True)).start()
    assert Desk(course, ASSIGNMENT).sheets[0].open == 2, "marking again by machine keeps it"


def test_nothing_that_is_no_mark_is_written(course):
    desk = Desk(course, ASSIGNMENT)
    good = {"answer": of(desk, "bob"), "points": 1, "given": [], "comment": ""}
    most = desk.sheets[0].asked.points
    for wrong in (
        {"answer": "bob"}, {"answer": None}, {"points": most + 0.1}, {"points": -1},
        {"points": "1"}, {"points": None}, {"points": True}, {"points": float("nan")},
        {"comment": None}, {"comment": "x" * 20_000}, {"given": [1] * 9}, {"given": None},
    ):  # fmt: skip
        with pytest.raises(CustLabError, match="Points go from 0"):
            desk.save(0, good | wrong)
    assert Desk(course, ASSIGNMENT).sheets[0].open == 3


def test_the_page_names_nobody_and_nothing_on_it_runs_or_leads_away(course):
    desk = Desk(course, ASSIGNMENT)
    page = desk.page(0, "/secret", "nonce-1")
    for name in (*TEXTS, SECRET, "HIDDEN"):
        assert name not in page
    assert "<script>alert" not in page
    assert "<a " not in page
    assert page.count("<script") == 1
    assert "Nothing was written." in page
    orders = {tuple(one.student for one in Desk(course, ASSIGNMENT).sheets[0].answers.values())}
    assert len(orders) == 1, "the order stays, so that one can go on tomorrow"


def test_only_who_has_the_address_sees_answers(course):
    desk = Desk(course, ASSIGNMENT)
    with serve(desk) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        where = urlsplit(server.address)

        def ask(method, path, body=None, host=where.netloc):
            link = http.client.HTTPConnection("127.0.0.1", where.port, timeout=20)
            link.request(method, path, body, {"Host": host})
            reply = link.getresponse()
            return reply.status, reply.read(), dict(reply.getheaders())

        status, page, headers = ask("GET", where.path)
        assert (status, b"She chose." in page) == (200, True)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
        here, there = where.netloc, "evil.example"
        strangers = [("/", here), ("/x/0", here), (where.path, there)]
        strangers += [(f"{where.path}9", here), (f"{where.path}../0", here)]
        for path, host in strangers:
            assert ask("GET", path, host=host)[:2] == (404, b""), (path, host)
        mark = json.dumps({"answer": of(desk, "bob"), "points": 3, "given": [], "comment": ""})
        assert ask("POST", "/x/0", mark)[0] == 404
        for wrong in ("{", "[]", "1", '{"points": NaN}'):
            assert ask("POST", f"{where.path}0", wrong)[0] == 400, wrong
        assert json.loads(ask("POST", f"{where.path}0", mark)[1]) == {"points": 3, "open": 2}
        server.shutdown()


def test_every_masters_rubric_is_data():
    """Its criteria add up to the points of its cell."""
    seen = 0
    for folder in sorted((ROOT / "solutions").glob("*/")):
        for asked in read_questions(Course(ROOT), folder.name):
            if asked.by_hand:
                criteria, _note = read_rubric(asked.rubric, asked.points, asked.cell)
                assert len(criteria) >= 3, (folder.name, asked.cell)
                assert sum(one.points for one in criteria) == asked.points
                seen += 1
    assert seen >= 6


LINE = st.text("abc €(2 points)*.", min_size=1, max_size=20).map(lambda text: f"x{text}".strip())


@settings(deadline=None)
@given(st.lists(st.tuples(LINE, st.integers(1, 5), LINE), min_size=1, max_size=6), LINE)
def test_a_rubric_is_read_whatever_its_lines_are(items, note):
    text = "\n".join(f"{n}. ({p} points) {a}\n   {b}" for n, (a, p, b) in enumerate(items, 1))
    most = sum(points for _a, points, _b in items)
    criteria, rest = read_rubric(f"{text}\n\n{note}\n", most)
    assert [one.points for one in criteria] == [points for _a, points, _b in items]
    assert [one.text for one in criteria] == [f"{a} {b}" for a, _p, b in items]
    assert rest == note
    with pytest.raises(CustLabError, match="adds up to"):
        read_rubric(text, most + 1)
    assert read_rubric(note, 3) == ([], note)
