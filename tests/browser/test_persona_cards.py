"""Persona cards in a real browser: built by keyboard, read at any width, printed on one page."""

import json
import os
import re
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from custlab import load_case
from custlab.cases import CASE_NAMES
from custlab.persona import card, draft_set, load_persona, side_by_side, write_page
from tests.browser.contrast import poor_contrast

pytestmark = pytest.mark.browser

CASES = CASE_NAMES
BUILDER = """
from custlab import load_case, persona
from custlab.explorers.persona import persona_builder
case = load_case("software")
members = case.customers.loc[case.customers["kind"] == "household", "customer_id"]
builder = persona_builder(persona.draft(case, members, segment="household"), case, members,
                          "mine.json")
builder
"""


def wait_for(get, expected, seconds=30):
    """Wait until something has the expected value; show what it had instead."""
    deadline = time.monotonic() + seconds
    while get() != expected and time.monotonic() < deadline:
        time.sleep(0.1)
    assert get() == expected


@pytest.fixture
def notebook(lab, open_notebook):
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    book = new_notebook(
        cells=[new_code_cell(BUILDER, id="builder")], metadata={"kernelspec": kernel}
    )
    nbformat.write(book, lab.folder / "persona.ipynb")
    (lab.folder / "mine.json").unlink(missing_ok=True)
    opened = open_notebook("persona.ipynb")
    opened.run_all()
    opened.page.locator(".cp-builder .cp-card").wait_for(timeout=60_000)
    return opened


def test_a_persona_is_built_and_saved_by_keyboard_alone(notebook):
    page, press = notebook.page, notebook.page.keyboard.press
    builder = page.locator(".cp-builder")
    shown = builder.locator("article.cp-card")
    builder.get_by_label("Name", exact=True).focus()
    press("Control+a")
    page.keyboard.type("李伟 <b>the planner</b>")
    press("Tab")
    page.get_by_role("heading", name="李伟 <b>the planner</b>").wait_for()
    wait_for(lambda: _focused(page), "TEXTAREA")

    lines = shown.locator(".cp-trait").count()
    builder.get_by_label("Dimension").focus()
    press("H")  # How they think and live
    press("Tab")
    page.keyboard.type("Never in a hurry")
    press("Tab")
    press("Enter")
    shown.get_by_text("assumed: no data behind it").wait_for()
    assert shown.locator(".cp-trait").count() == lines + 1

    remove = builder.get_by_role("button", name="Remove").first
    remove.focus()
    removed = remove.get_attribute("title").split(": ", 1)[1]
    press("Enter")
    wait_for(lambda: shown.locator(".cp-trait").count(), lines)
    page.wait_for_timeout(500)
    wait_for(lambda: page.evaluate("() => document.activeElement.textContent"), "Remove")
    assert removed not in page.evaluate("() => document.activeElement.title")

    builder.get_by_label("File").focus()
    press("Tab")
    press("Enter")
    builder.get_by_text("Saved as mine.json.").wait_for()
    saved = load_persona(notebook.lab.folder / "mine.json")
    assert saved.name == "李伟 <b>the planner</b>"
    assert [t.text for t in saved.traits if t.strength == "assumed"] == ["Never in a hurry"]
    assert removed not in [trait.text for trait in saved.traits]
    assert len(saved.traits) == lines
    assert page.locator(".jp-Notebook .jp-Cell").count() == 1, "no shortcut fired"
    assert json.loads((notebook.lab.folder / "mine.json").read_text(encoding="utf-8"))


def test_role_and_value_are_assumed_and_brought_back_by_keyboard(notebook):
    page, press = notebook.page, notebook.page.keyboard.press
    builder = page.locator(".cp-builder")
    figures = builder.locator(".cp-facts")
    role = builder.get_by_label("Role", exact=True)
    drafted = role.input_value()
    role.focus()
    press("Control+a")
    page.keyboard.type("Whoever pays")
    press("Tab")
    figures.get_by_text("Whoever pays", exact=True).wait_for()
    figures.get_by_text("assumed: no data behind it").wait_for()
    figures.get_by_text("The data say: ").wait_for()
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.theme(theme)
        assert poor_contrast(page, ".cp-builder", but="button") == []
        page.wait_for_timeout(2500)  # the theme's veil is gone
        _keep(page, f"persona-role-{theme.split()[-1].lower()}.png")

    back = builder.get_by_role("button", name="As drafted")
    builder.get_by_label("Value", exact=True).focus()
    press("Shift+Tab")
    wait_for(lambda: page.evaluate("() => document.activeElement.textContent"), "As drafted")
    press("Enter")
    wait_for(role.input_value, drafted)
    wait_for(lambda: page.evaluate("() => document.activeElement.value"), drafted)
    assert back.count() == 0, "nothing to bring back: no button"
    assert figures.get_by_text("assumed").count() == 0

    builder.get_by_label("Value", exact=True).fill("Little, and no trouble")
    builder.get_by_label("File").click()
    figures.get_by_text("Little, and no trouble").wait_for()
    builder.get_by_role("button", name="Undo").click()
    wait_for(lambda: figures.get_by_text("Little, and no trouble").count(), 0)


def _focused(page):
    return page.evaluate("() => document.activeElement.tagName")


def test_the_builder_can_be_read_in_both_themes(notebook):
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        notebook.theme(theme)
        assert poor_contrast(notebook.page, ".cp-builder", but="button") == []
        _keep(notebook.page, f"persona-builder-{theme.split()[-1].lower()}.png")


def test_cards_fit_wide_and_narrow_places(chromium):
    case = load_case("ecommerce")
    personas = draft_set(case, case.customers.set_index("customer_id")["kind"].astype(str))
    page = chromium.new_page()
    for width in (400, 1200):
        page.set_viewport_size({"width": width, "height": 900})
        page.set_content(card(personas[0]).html())
        wide = page.evaluate(
            "() => [...document.querySelectorAll('.cp-card, .cp-card *')]"
            ".filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display"
            " !== 'inline').map(e => e.className)"
        )
        assert wide == []
        _keep(page, f"persona-card-{width}.png")
        page.set_content(side_by_side(personas).html())
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("name", CASES)
def test_each_card_is_printed_on_one_page_of_a4(name, chromium, tmp_path):
    case = load_case(name)
    personas = draft_set(case, case.customers.set_index("customer_id")["kind"].astype(str))
    path = write_page(personas, tmp_path / "cards.html")
    # The window's width must not matter for the paper.
    page = chromium.new_page(
        viewport={"width": 420 if name == "ecommerce" else 1200, "height": 800}
    )
    page.goto(path.as_uri())
    scales = page.evaluate(
        "() => [...document.querySelectorAll('.cp-sheet')]"
        ".map(s => Number(s.style.getPropertyValue('--cp-scale')))"
    )
    assert min(scales) >= 0.8, "in type that can be read"
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == len(personas)
    boxes = re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf)
    sizes = {tuple(round(float(side)) for side in box.split()[2:]) for box in boxes}
    assert all(abs(w - 595) <= 1 and abs(h - 842) <= 1 for w, h in sizes), "A4, in points"
    folder = os.environ.get("CUSTLAB_SCREENSHOTS")
    if folder:
        (Path(folder) / f"persona-{name}.pdf").write_bytes(pdf)


def _keep(page, name):
    """Keep a screenshot for people to look at, if a folder is named."""
    folder = os.environ.get("CUSTLAB_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / name, full_page=True)
