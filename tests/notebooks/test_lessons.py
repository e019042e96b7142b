"""Every lesson runs from a fresh kernel, top to bottom, without a warning, on each case."""

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
            default = has_case is None or has_case.group(1) == case
            marks = [] if default else [pytest.mark.slow]
            yield pytest.param(path, case, id=f"{path.stem}-{case}", marks=marks)


@pytest.mark.parametrize(("path", "case"), list(_params()))
def test_lesson_runs_without_a_warning(path, case, tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTLAB_HOME", str(ROOT))
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    book = nbformat.read(path, as_version=4)
    _on_case(book, case)
    _run(path, book, tmp_path)
    assert _warnings(book) == []
