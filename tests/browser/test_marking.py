"""The marker's desk in a real browser, by keyboard alone."""

from __future__ import annotations

import threading
import warnings

import pytest

from custlab.grading.marking import Desk, serve
from custlab.grading.marking.rubric import Criterion
from custlab.grading.run import Run, Settings
from custlab.grading.stock.course import Course
from tests.red_team.course import ASSIGNMENT, answers_text, make_course, solved, submit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root = make_course(tmp_path_factory.mktemp("desk"))
        for student in ("alice", "bob", "chen"):
            notebook = solved(root)
            next(c for c in notebook.cells if c.id == "explain").source = f"I say {student[::-1]}."
            submit(root, student, notebook, answers_text())
        Run(Course(root), ASSIGNMENT, Settings(sandbox="none", workers=2)).start()
    made = Desk(Course(root), ASSIGNMENT)
    (sheet,) = made.sheets
    sheet.criteria = [Criterion(text, sheet.asked.points / 2) for text in ("Decides.", "Says why.")]
    return made


def test_three_answers_are_marked_by_keyboard_alone(desk, chromium, tmp_path):
    (sheet,) = desk.sheets
    with serve(desk) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
        said = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(server.address)
        keys = page.keyboard
        for key in ("1", "1", "2", "2", "2", "c"):  # nothing, half; nothing, half, all
            keys.press(key)
        keys.type("Say why. 0 jk")
        keys.press("Control+Enter")
        page.locator("#open:text-is('2')").wait_for()
        keys.press("f")
        keys.press("r")
        keys.press("ArrowDown")
        keys.press("Enter")
        keys.press("Control+Enter")
        page.locator("#open:text-is('1')").wait_for()
        keys.press("0")
        keys.press("p")
        keys.type("99")
        keys.press("Escape")
        keys.press("Enter")
        page.locator("#said:has-text('NOT saved')").wait_for()
        keys.press("0")
        keys.press("Enter")
        page.locator("#open:text-is('0')").wait_for()
        page.screenshot(path=tmp_path / "desk.png")
        half = page.locator("section").first
        assert half.locator("input:checked").count() == 2
        server.shutdown()
    most = sheet.asked.points
    given = [(one.points, one.given, one.comment) for one in sheet.answers.values()]
    assert given[0] == (most * 0.75, [most / 4, most / 2], "Say why. 0 jk")
    assert given[1][:2] == (most, [most / 2, most / 2])
    assert given[2] == (0, [0, 0], "")
    assert [text for text in said if "400" not in text] == [], "no error, nothing refused by policy"
    again = Desk(desk.course, ASSIGNMENT).sheets[0]
    assert [one.points for one in again.answers.values()] == [most * 0.75, most, 0]
