"""Every lesson runs from a fresh kernel, top to bottom, without a warning, on each case."""

import csv
import re
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from custlab.cases import CASE_NAMES
from tests.hygiene import ROOT, all_complaints

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CASES = CASE_NAMES
CASE_LINE = re.compile(r'^CASE = "(\w+)"', flags=re.MULTILINE)


def test_notebooks_are_clean():
    assert all_complaints() == []


# Runs in the lesson's own kernel, below its last cell: every question is answered in four ways, and
# shown again as after a restart.
DRIVE = """
from custlab.exercises.answers import Answer
from custlab.exercises.result import Outcome

driven = 0
for name, card in sheet.cards.items():
    question, practice = card.question, card.practice
    right = question.right(practice.key) if practice else None
    for value in (right, question.example(), None):
        card.set(value)
        result = card.check()
        if result is not None and value is None:
            assert result.outcome is Outcome.NOT_ATTEMPTED, (name, result)
        elif result is not None and value is right:
            assert result.outcome is Outcome.CORRECT, (name, result)
        elif result is not None:
            assert result.outcome is not Outcome.ERROR, (name, result)
        card.show(Answer(question.kind, value, tries=1))
        driven += 1
    card.show(Answer(question.kind, {"nobody": ["asked", -1]}, tries=1))
assert driven >= 3 * len(sheet.questions) > 0
"""


def _on_case(book, case):
    """Change the one word that chooses the case; say whether the lesson has it."""
    for cell in book.cells:
        if cell.cell_type == "code" and CASE_LINE.search(cell.source):
            cell.source = CASE_LINE.sub(f'CASE = "{case}"', cell.source)
            return True
    return False


def _run(path, book, folder):
    shutil.copy(path, folder)
    client = NotebookClient(
        book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute()


def _warnings(book):
    outputs = [
        (cell.id, output)
        for cell in book.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    return [(where, o["text"]) for where, o in outputs if o.get("name") == "stderr"]


def _params():
    for path in LESSONS:
        has_case = CASE_LINE.search(
            "\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code")
        )
        cases = CASES if has_case else CASES[:1]
        for case in cases:
            yield pytest.param(path, case, id=f"{path.stem}-{case}")


@pytest.mark.parametrize(("path", "case"), list(_params()))
def test_lesson_runs_without_a_warning_and_takes_every_answer(path, case, tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTLAB_HOME", str(ROOT))
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    book = nbformat.read(path, as_version=4)
    _on_case(book, case)
    if any("sheet = Sheet(" in cell.source for cell in book.cells):
        book.cells.append(nbformat.v4.new_code_cell(DRIVE))
    _run(path, book, tmp_path)
    assert _warnings(book) == []


def test_each_page_for_monday_is_a_table_that_its_lesson_links_to():
    pages = sorted((ROOT / "course" / "learner" / "monday").glob("*.csv"))
    assert [page.name[:2] for page in pages] == ["01", "02", "03", "04"]
    for page in pages:
        rows = list(csv.reader(page.read_text(encoding="utf-8").splitlines()))
        assert len(rows) >= 3
        assert {len(row) for row in rows} == {len(rows[0])}
        assert all(rows[0]), page.name
        cells = [cell for row in rows for cell in row if cell.startswith("=")]
        named = {letter for cell in cells for letter in re.findall(r"([A-Z])\d", cell)}
        assert all(ord(letter) - 65 < len(rows[0]) for letter in named)
        (lesson,) = (ROOT / "notebooks").glob(f"{page.name[:2]}-*.ipynb")
        assert f"../course/learner/monday/{page.name}" in lesson.read_text(encoding="utf-8")
