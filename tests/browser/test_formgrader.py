"""formgrader, in a real browser, on a gradebook that ``custlab grade`` has written."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings

import pytest

from tests.browser.conftest import TOKEN, Lab, _free_port, _settings
from tests.red_team.attack import cell
from tests.red_team.course import ASSIGNMENT, answers_text, make_course, solved, submit

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade a right, a wrong and an odd submission; give the course's folder."""
    from custlab.grading.run import Run, Settings
    from custlab.grading.stock.course import Course

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root = make_course(tmp_path_factory.mktemp("formgrader"))
        submit(root, "alice", solved(root), answers_text())
        wrong = solved(root)
        cell(wrong, "totals").source = "totals = orders"
        submit(root, "bob", wrong, answers_text({"who-decides": ("choose_one", "a")}))
        odd = solved(root)
        cell(odd, "totals").source = "import os\nos.kill(os.getpid(), 9)"
        submit(root, "chen", odd, answers_text())
        assert Run(Course(root), ASSIGNMENT, Settings()).start().failed == {}
    return root


@pytest.fixture(scope="module")
def formgrader(graded, tmp_path_factory):
    """Start the server in the course's folder, as an instructor does; give the address."""
    home = tmp_path_factory.mktemp("jupyter")
    server = Lab(graded, _free_port())
    command = [sys.executable, "-m", "jupyterlab", "--no-browser"]
    command += [f"--ServerApp.port={server.url.rsplit(':')[-1]}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={graded}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    with (home / "log.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, env=os.environ | _settings(home), stdout=log, stderr=log, cwd=graded
        )
        try:
            server.wait(process)
            yield f"{server.url}/formgrader"
        finally:
            process.terminate()
            process.wait(timeout=30)


def test_an_instructor_finds_the_submissions_and_marks_by_hand(
    graded, formgrader, chromium, tmp_path
):
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    try:
        page.goto(f"{formgrader}/manage_assignments?token={TOKEN}")
        row = page.locator("tr", has_text=ASSIGNMENT)
        row.wait_for(timeout=60_000)
        assert row.locator("td.num-submissions").inner_text().strip() == "3"
        page.screenshot(path=tmp_path / "assignments.png")

        page.goto(f"{formgrader}/manage_submissions/{ASSIGNMENT}")
        page.locator("tr", has_text="alice").wait_for(timeout=60_000)
        for student, points in (("alice", "9"), ("bob", "4"), ("chen", "6")):
            shown = page.locator("tr", has_text=student).locator("td.score").inner_text()
            assert shown.strip().startswith(f"{points} /"), (student, shown)
        page.screenshot(path=tmp_path / "submissions.png")

        page.goto(f"{formgrader}/gradebook/{ASSIGNMENT}/{ASSIGNMENT}")
        page.locator("td.name a").first.wait_for(timeout=60_000)
        page.goto(f"{formgrader}/submissions/{submission_of(graded, 'alice')}/")
        page.locator("input.score").first.wait_for(timeout=60_000)
        assert "The mother decides" in page.locator("body").inner_text()
        by_hand = page.locator("input.score#explain")
        page.screenshot(path=tmp_path / "by-hand.png", full_page=True)
        by_hand.fill("2")
        by_hand.press("Tab")
        page.wait_for_timeout(2000)
    finally:
        context.close()
    assert manual_score(graded, "alice") == 2


def submission_of(root, student: str) -> str:
    """Give the id by which formgrader knows a learner's notebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'course' / 'gradebook.db'}", "custlab") as book:
        return book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, student).id


def manual_score(root, student: str) -> float | None:
    """Read what a person has given for the written answer."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'course' / 'gradebook.db'}", "custlab") as book:
        return book.find_grade("explain", ASSIGNMENT, ASSIGNMENT, student).manual_score
