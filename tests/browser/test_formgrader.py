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
        submit(root, "dora", acting(solved(root)), answers_text())
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
        assert row.locator("td.num-submissions").inner_text().strip() == "4"
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


MISCHIEF = "window.acted = 1; new Image().src = 'http://e.example/x'; alert(1)"
PROSE = f'''Because. <script>{MISCHIEF}</script> <img src=x onerror="{MISCHIEF}">
<iframe src="http://e.example"></iframe> [go](http://e.example/) ![p](http://e.example/p.png)
[j](javascript:alert(1)) http://e.example/ [r][1] $\\\\href{{javascript:alert(1)}}{{x}}$

[1]: http://e.example/'''
OUTPUTS = f'''
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
html = """{PROSE}<style>body {{background: url(http://e.example/s)}}</style>
<p style="background:url(http://e.example/b)" onclick="alert(1)">p</p><a href="//e.example">a</a>"""
display(HTML(html), metadata={{"text/html": {{"isolated": True}}}})
display(Markdown(html), Latex(html), Javascript("{MISCHIEF}"), HTML(html))
display({{"image/png": "1", "text/plain": ""}}, raw=True,
        metadata={{"image/png": {{"width": "1 onerror=alert(1)"}}}})
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'))
print(html)
raise ValueError(html)
'''


SHOWN = {"report": "h1", "lab": ".jp-MarkdownOutput h1", "submitted": ".jp-MarkdownOutput h1"}


def acting(book):
    """Let a learner's prose, code and outputs try to act wherever a marker opens them."""
    from nbformat.v4 import new_code_cell, new_markdown_cell

    cell(book, "explain").source = PROSE
    book.cells.append(new_markdown_cell(PROSE, id="prose"))
    book.cells.append(new_code_cell(OUTPUTS, id="outputs"))
    return book


def test_nothing_of_a_learner_acts_where_a_marker_opens_it(graded, formgrader, chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    acted = []
    context.on("dialog", lambda dialog: (acted.append(dialog.message), dialog.dismiss()))
    context.on("request", lambda asked: "e.example" in asked.url and acted.append(asked.url))
    server = formgrader.removesuffix("/formgrader")
    name = f"{ASSIGNMENT}.ipynb"
    feedback, report = pages_of(graded)
    places = {
        "formgrader": f"{formgrader}/submissions/{submission_of(graded, 'dora')}/?token={TOKEN}",
        "lab": f"{server}/lab/tree/course/autograded/dora/{ASSIGNMENT}/{name}?token={TOKEN}",
        "submitted": f"{server}/lab/tree/course/submitted/dora/{ASSIGNMENT}/{name}",
        "feedback": feedback.as_uri(),
        "report": report.as_uri(),
    }
    try:
        for place, address in places.items():
            page = context.new_page()
            page.goto(address)
            page.locator(SHOWN.get(place, "text=Because.")).first.wait_for(state="attached")
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
            page.wait_for_timeout(1500)
            assert (place, page.evaluate("window.acted"), acted) == (place, None, [])
            if place not in ("lab", "submitted"):  # JupyterLab opens links in a window of its own
                links = page.locator("a[href*='e.example'], a[href^='javascript']").count()
                assert (place, links) == (place, 0)
    finally:
        context.close()


def pages_of(root):
    """Make the feedback page of the learner who acts, and the report; give their paths."""
    from custlab.grading.feedback import write_feedback
    from custlab.grading.report import write_report
    from custlab.grading.stock.course import Course

    write_feedback(Course(root), ASSIGNMENT)
    written = write_report(Course(root), ASSIGNMENT)
    folder = Course(root).folder("feedback", "dora", ASSIGNMENT)
    return folder / f"{ASSIGNMENT}.html", written


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
