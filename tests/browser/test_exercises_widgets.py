"""Every kind of question in a real JupyterLab: by mouse, by keyboard, after reload and restart."""

import json
import os
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from custlab.exercises.answers import MIME
from custlab.exercises.notebook import receipts_in
from tests.browser.contrast import poor_contrast

pytestmark = pytest.mark.browser

CELLS = {
    "set-up": "from custlab.exercises import Sheet, fields\nsheet = Sheet('{name}')",
    "who": "sheet.choose_one('who', 'Choose one', ['Father', 'Mother', 'Son'])",
    "evidence": "sheet.choose_several('evidence', 'Choose several', ['Asks', 'Pays', 'Picks'])",
    "roles": "sheet.match('roles', 'Match rows', ['Mother', 'Son'], ['User', 'Decider'])",
    "steps": "sheet.order('steps', 'Order steps', ['Pays', 'Needs', 'Searches'])",
    "share": "sheet.number('share', 'Give a number', unit='%')",
    "people": "sheet.slider('people', 'Use a slider', 1, 9)",
    "map": "sheet.place('map', 'Place items', ['Smart', 'Basic'], "
    "across=('Price', 'low', 'high'), up=('Benefit', 'low', 'high'))",
    "persona": "sheet.form('persona', 'Fill a form', {{'name': fields.text('Name'), "
    "'role': fields.choice('Role', {{'user': 'User', 'buyer': 'Buyer'}}), "
    "'needs': fields.ticks('Needs', {{'p': 'Price', 's': 'Service'}})}})",
    "explain": "sheet.free_text('explain', 'Write text', min_words=2)",
    "lesson": "sheet.choose_one('lesson', 'A lesson asks', ['Paying', 'Choosing'], key='Choosing',"
    " because={{'Paying': 'Paying is **not** deciding.'}}, hints=['Look at who chose.'])",
    "last": "sheet.receipt()",
}
ANSWERS = {
    "who": "Mother",
    "evidence": ["Asks", "Picks"],
    "roles": {"Mother": "Decider", "Son": "User"},
    "steps": ["Needs", "Searches", "Pays"],
    "share": "31,2 %",
    "people": 6,
    "map": {"Smart": [5, 4], "Basic": [1, 2]},
    "persona": {"name": "Li Wei", "role": "user", "needs": ["s"]},
    "explain": "Two words",
}


@pytest.fixture
def notebook(lab, open_notebook):
    """Give a function that opens a fresh notebook with all kinds of questions, and runs it."""

    def opened(name):
        cells = [new_code_cell(text.format(name=name), id=key) for key, text in CELLS.items()]
        kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
        book = new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(book, lab.folder / f"{name}.ipynb")
        opened = open_notebook(f"{name}.ipynb")
        opened.run_all()
        opened.page.locator(".cl-card").nth(9).wait_for()
        return opened

    return opened


def card(notebook, prompt):
    """Find a card by its prompt."""
    return notebook.page.locator(".cl-card", has=notebook.page.get_by_text(prompt, exact=True))


def saved(notebook):
    """Read the answers file."""
    path = notebook.lab.folder / notebook.name.replace(".ipynb", ".answers.json")
    if not path.exists():
        return {}
    entries = json.loads(path.read_text(encoding="utf-8"))["answers"]
    return {name: entry["value"] for name, entry in entries.items()}


def wait_for(get, expected, seconds=60):
    """Wait until something has the expected value; show what it had instead."""
    deadline = time.monotonic() + seconds
    while get() != expected and time.monotonic() < deadline:
        time.sleep(0.1)
    assert get() == expected


def shown(notebook):
    """Read what the cards show, as a learner would see it."""
    page = notebook.page
    forms = card(notebook, "Fill a form")
    places = card(notebook, "Place items").locator("select")
    steps = card(notebook, "Order steps").locator(".cl-step strong")
    return {
        "who": card(notebook, "Choose one").get_by_label("Mother").is_checked(),
        "evidence": [
            card(notebook, "Choose several").get_by_label(name).is_checked()
            for name in ("Asks", "Pays", "Picks")
        ],
        "roles": [
            box.input_value() for box in card(notebook, "Match rows").locator("select").all()
        ],
        "steps": [step.locator("..").text_content().strip() for step in steps.all()],
        "share": card(notebook, "Give a number").get_by_label("Your number").input_value(),
        "people": card(notebook, "Use a slider").locator(".widget-readout").text_content(),
        "map": [box.input_value() for box in places.all()],
        "name": forms.get_by_label("Name").input_value(),
        "explain": card(notebook, "Write text").locator("textarea").input_value(),
        "done": page.get_by_text("Complete and saved.").count(),
    }


SHOWN = {
    "who": True,
    "evidence": [True, False, True],
    "roles": ["Decider", "User"],
    "steps": ["1. Needs", "2. Searches", "3. Pays"],
    "share": "31,2 %",
    "people": "6",
    "map": ["5 · high", "4", "1 · low", "2"],
    "name": "Li Wei",
    "explain": "Two words",
    "done": 9,
}


def test_answers_by_mouse_stand_after_reload_and_restart(notebook):
    book = notebook("10-mouse")
    page = book.page
    card(book, "Choose one").get_by_label("Mother").check()
    card(book, "Choose several").get_by_label("Asks").check()
    card(book, "Choose several").get_by_label("Picks").check()
    card(book, "Match rows").get_by_label("Mother").select_option("Decider")
    card(book, "Match rows").get_by_label("Son").select_option("User")
    # Twice at once: the second press must mean the same step, though its row may have moved.
    down = card(book, "Order steps").get_by_title("Move “Pays” down")
    down.evaluate("button => { button.click(); button.click(); }")
    card(book, "Give a number").get_by_label("Your number").fill("31,2 %")
    slider = card(book, "Use a slider").locator(".noUi-base")
    box = slider.bounding_box()  # its size; where it is may still change, so the click looks again
    place = {"x": box["width"] * 5 / 8, "y": box["height"] / 2}
    slider.click(position=place, force=True)
    for number, place in enumerate(["5 · high", "4", "1 · low", "2"]):
        card(book, "Place items").locator("select").nth(number).select_option(place)
    form = card(book, "Fill a form")
    form.get_by_label("Name").fill("Li Wei")
    form.get_by_label("Role").select_option("User")
    form.get_by_label("Service").check()
    card(book, "Write text").locator("textarea").fill("Two words")
    wait_for(lambda: saved(book), ANSWERS)
    _say_only_in_lessons(book)
    book.save()

    book.open()
    page.locator(".cl-card").nth(9).wait_for()
    wait_for(lambda: shown(book), SHOWN)
    card(book, "Choose one").get_by_label("Son").check()
    wait_for(lambda: saved(book)["who"], "Son")
    assert _in_receipt(book)["who"] == "Son", "the page was loaded again, and yet it travels"
    card(book, "Choose one").get_by_label("Mother").check()
    wait_for(lambda: saved(book)["who"], "Mother")

    book.restart()
    book.run_all()
    wait_for(lambda: shown(book), SHOWN)
    assert _in_receipt(book) == ANSWERS | {"lesson": "Choosing"}


def _say_only_in_lessons(book):
    """Graded questions do not tell right from wrong; lessons explain, and hint in steps."""
    assert book.page.get_by_role("button", name="Check", exact=True).count() == 1
    lesson = card(book, "A lesson asks")
    lesson.get_by_label("Paying").check()
    lesson.get_by_role("button", name="Check", exact=True).click()
    lesson.get_by_text("Not right yet.").wait_for()
    assert lesson.get_by_text("Paying is not deciding.").is_visible()
    lesson.get_by_role("button", name="Hint (1 left)").click()
    lesson.get_by_text("Look at who chose.").wait_for()
    lesson.get_by_label("Choosing").check()
    lesson.get_by_role("button", name="Check", exact=True).click()
    lesson.get_by_text("Correct.").wait_for()


def _in_receipt(book):
    """Save the notebook and read the answers that it carries."""
    content = book.save()
    sheet = book.name.removesuffix(".ipynb")
    assert any(MIME in json.dumps(cell) for cell in content["cells"] if cell["id"] == "last")
    return {name: answer.value for name, answer in receipts_in(content, sheet).items()}


def test_answers_by_keyboard_alone(notebook):
    book = notebook("11-keyboard")
    press = book.page.keyboard.press
    card(book, "Choose one").get_by_label("Father").focus()
    press("Space")
    press("ArrowDown")
    card(book, "Choose several").get_by_label("Asks").focus()
    press("Space")
    press("Tab")
    press("Tab")
    press("Space")
    card(book, "Match rows").get_by_label("Mother").focus()
    press("d")
    press("Tab")
    press("u")
    card(book, "Order steps").get_by_title("Move “Pays” down").focus()
    press("Enter")
    wait_for(lambda: saved(book).get("steps"), ["Needs", "Pays", "Searches"])
    _focus_is_on(book, "Move “Pays” down")
    press("Enter")
    _focus_is_on(book, "Move “Pays” up")
    card(book, "Give a number").get_by_label("Your number").focus()
    book.page.keyboard.type("31,2 %")
    card(book, "Use a slider").get_by_role("slider").focus()
    press("ArrowRight")
    card(book, "Place items").locator("select").first.focus()
    for key in ("5", "Tab", "4", "Tab", "1", "Tab", "2"):
        press(key)
    card(book, "Fill a form").get_by_label("Name").focus()
    book.page.keyboard.type("Li Wei")
    press("Tab")
    press("u")
    press("Tab")
    press("Tab")
    press("Space")
    card(book, "Write text").locator("textarea").focus()
    book.page.keyboard.type("Two words")
    wait_for(lambda: saved(book), ANSWERS)
    assert book.page.locator(".jp-Notebook .jp-Cell").count() == len(CELLS), "no shortcut fired"
    lesson = card(book, "A lesson asks")
    lesson.get_by_label("Paying").focus()
    press("Space")
    wait_for(lambda: saved(book).get("lesson"), "Paying")
    press("Tab")  # each radio button is a stop of its own
    press("Tab")
    wait_for(lambda: book.page.evaluate("() => document.activeElement.textContent"), "Check")
    press("Enter")
    lesson.get_by_text("Not right yet.").wait_for()


def _focus_is_on(book, title):
    wait_for(lambda: book.page.evaluate("() => document.activeElement.title"), title)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_cards_are_readable_in_both_themes(notebook, theme):
    book = notebook("12-themes")
    book.theme(theme)
    lesson = card(book, "A lesson asks")
    lesson.get_by_label("Paying").check()
    lesson.get_by_role("button", name="Check", exact=True).click()
    lesson.get_by_text("Not right yet.").wait_for()
    _keep_picture(book, theme)
    assert poor_contrast(book.page, ".cl-card") == []


def _keep_picture(book, theme):
    """Keep a screenshot of the cards for people to look at, if a folder is named."""
    folder = os.environ.get("CUSTLAB_SCREENSHOTS")
    if folder:
        book.page.set_viewport_size({"width": 1200, "height": 3600})
        book.page.screenshot(path=Path(folder) / f"exercises-{theme.split()[-1].lower()}.png")


def test_where_a_widget_is_gone_the_page_says_what_to_do(notebook):
    """Opened again after its kernel has ended, JupyterLab itself only says "model not found"."""
    book = notebook("gone")
    book.save()
    book.page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)"
    )
    book.open()
    gone = book.page.locator(".jp-OutputArea-output.jupyter-widgets", has_text="model not found")
    gone.first.wait_for()
    after = gone.first.evaluate("element => getComputedStyle(element, '::after').content")
    assert "Run this box" in after
    book.run_all()
    book.page.locator(".cl-card").nth(9).wait_for()
    shown = book.page.locator(".jp-OutputArea-output.jupyter-widgets:not(:has(*))").count()
    assert shown == 0
