"""Links of a feedback page, followed in a real browser: the lesson opens at the heading."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from custlab.cli.lab import server_command, write_settings
from custlab.grading.feedback.reread import Places
from tests.browser.conftest import TOKEN, Lab, _free_port, _settings
from tests.hygiene import ROOT

pytestmark = pytest.mark.browser
# Headings with other signs than letters, far down in their lessons.
QUESTIONS = {
    "03-role-types": "answer-director",
    "04-customer-types": "test-silence",
    "02-data-and-privacy": "test-clean-orders",
}
WHERE = """heading => {
    const shown = [...document.querySelectorAll(".jp-NotebookPanel")].find(p => p.offsetHeight);
    const all = shown ? [...shown.querySelectorAll("h2")] : [];
    const found = all.find(h => h.textContent.replace("¶", "").trim() === heading);
    const frame = shown?.getBoundingClientRect();
    return found ? (found.getBoundingClientRect().top - frame.top) / frame.height : null;
}"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Open the lessons as `custlab lab` does."""
    home = tmp_path_factory.mktemp("jupyter")
    folder = tmp_path_factory.mktemp("course")
    (folder / "notebooks").mkdir()
    for lesson in QUESTIONS:
        shutil.copy(ROOT / "notebooks" / f"{lesson}.ipynb", folder / "notebooks")
    write_settings(home / "config")
    port = _free_port()
    command, server = server_command(folder, port, TOKEN, browser=False), Lab(folder, port)
    with (home / "log.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, env=os.environ | _settings(home), stdout=log, stderr=log, cwd=folder
        )
        try:
            server.wait(process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for_heading(page, heading: str) -> None:
    """Wait until a heading stands in the upper half of the lesson, and stays there."""
    for _attempt in range(120):
        page.wait_for_timeout(500)
        place = page.evaluate(WHERE, heading)
        if place is not None and 0 <= place < 0.5:
            page.wait_for_timeout(1500)
            assert 0 <= page.evaluate(WHERE, heading) < 0.5, "and there it stays"
            return
    pytest.fail(f"{heading} is not in sight: {place}, {page.url}")


def test_a_link_opens_the_lesson_at_its_heading(course, chromium, tmp_path):
    places = Places(ROOT, f"{course.url}/lab/tree/notebooks")
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        page.goto(f"{course.url}/api/status?token={TOKEN}")
        for notebook, cell in QUESTIONS.items():
            place = places.find(notebook, cell)
            feedback = tmp_path / f"{notebook}.html"
            feedback.write_text(f'<a href="{place.link}">{place.words}</a>', encoding="utf-8")
            page.goto(feedback.as_uri())
            page.click("a")
            page.wait_for_selector(".jp-Notebook .jp-Cell", state="attached", timeout=60_000)
            wait_for_heading(page, place.heading)
        # With the course open in another tab JupyterLab goes on to an address of its own.
        second = context.new_page()
        second.goto(feedback.as_uri())
        second.click("a")
        second.wait_for_selector(".jp-Notebook .jp-Cell", state="attached", timeout=60_000)
        wait_for_heading(second, place.heading)
        second.screenshot(path=tmp_path / "second.png")
        if os.environ.get("CUSTLAB_SHOTS"):
            shutil.copy(tmp_path / "second.png", os.environ["CUSTLAB_SHOTS"])
    finally:
        context.close()
