"""The real nbgrader: a bare notebook keeps its answers, a blank one earns nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from custlab.exercises import answers as formats
from custlab.exercises.answers import MIME, Answer
from custlab.exercises.collect import restore_answers
from tests.hygiene import ROOT

NAME = "99-try"
SETUP = f'from custlab.exercises import Sheet\nsheet = Sheet("{NAME}")'
QUESTION = 'sheet.choose_one("who", "Who decides?", {"a": "Father", "b": "Mother"})'
TEST = f"""### BEGIN HIDDEN TESTS
from custlab.exercises import mark
mark("{NAME}", "who", points=2, kind="choose_one", key="b", because={{"a": "Paying."}})
### END HIDDEN TESTS"""


def _cell(name, source, **told):
    cell = new_code_cell(source, id=name)
    plain = {"grade": False, "solution": False, "locked": True, "task": False}
    cell.metadata.nbgrader = plain | {"grade_id": name, "schema_version": 3} | told
    return cell


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Give a course with one master, released by nbgrader, configured as this one is."""
    folder = tmp_path_factory.mktemp("nbgrader")
    (folder / "course").mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    master = folder / "solutions" / NAME / f"{NAME}.ipynb"
    master.parent.mkdir(parents=True)
    cells = [
        _cell("set-up", SETUP),
        _cell("who", QUESTION),
        _cell("test-who", TEST, grade=True, points=2),
        _cell("last", "sheet.receipt()"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), master)
    _nbgrader(folder, "generate_assignment")
    return folder


def _nbgrader(folder, step):
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", step, NAME],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
    )
    assert done.returncode == 0, done.stderr


def _environment():
    """Let nbgrader find its own commands (alembic) although no environment is activated."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PATH": path}


def _hand_in(folder, learner, receipt, change=None):
    """Hand in a notebook alone, with these answers in its receipt, changed by its learner."""
    home = folder / "course" / "submitted" / learner / NAME
    home.mkdir(parents=True)
    book = nbformat.read(folder / "exercises" / NAME / f"{NAME}.ipynb", as_version=4)
    if receipt:
        book.cells[-1].outputs = _outputs(receipt)
    if change:
        change(book)
    nbformat.write(book, home / f"{NAME}.ipynb")


def _outputs(receipt):
    data = {MIME: formats.to_payload(NAME, receipt), "text/plain": "1 of 1"}
    return [nbformat.v4.new_output("display_data", data)]


def test_answers_travel_in_the_notebook_alone(course):
    _hand_in(course, "bare", {"who": Answer("choose_one", "b", formats.now())})
    _hand_in(course, "blank", {})
    _hand_in(course, "tagged", {}, _tag_everything)
    _hand_in(course, "acting", {}, _act)
    _nbgrader(course, "autograde")
    assert _marks(course) == {"bare": 2, "blank": 0, "tagged": 0, "acting": 0}
    path = course / "course" / "autograded" / "acting" / NAME / f"{NAME}.ipynb"
    shown = [cell for cell in nbformat.read(path, 4).cells if cell.id in ("acts", "prose")]
    assert "<b>seen</b>" in str(shown)
    outputs = [output.get("data", {}) for cell in shown for output in cell.get("outputs", [])]
    for acts in ("<script", "onerror", "](https", "<svg"):
        assert acts not in str([*outputs, shown[0].source])


def _tag_everything(book):
    """Tag every cell so that it is not run, and may fail: 2 of 2 points once."""
    for cell in book.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]


def _act(book):
    """Add prose and outputs that would act in formgrader."""
    lines = [
        "from IPython.display import HTML, SVG, display",
        "display(HTML('<b>seen</b><script>x()</script><img src=1 onerror=x()>'))",
        "display(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>'))",
    ]
    book.cells.insert(1, new_code_cell("\n".join(lines), id="acts"))
    prose = "<script>x()</script> [go](https://e.example)"
    book.cells.insert(1, new_markdown_cell(prose, id="prose"))


def _marks(folder):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'course' / 'gradebook.db'}", "custlab") as book:
        return {
            handed_in.student.id: handed_in.score for handed_in in book.assignment_submissions(NAME)
        }


OLD, NEW = Answer("choose_one", "old"), Answer("choose_one", "new", formats.now())
FILES = {
    "no file": (None, NEW, "new"),
    "file newer": (formats.to_text(NAME, {"who": NEW}), OLD, "new"),
    "file older": (formats.to_text(NAME, {"who": OLD}), NEW, "new"),
    "same age": (formats.to_text(NAME, {"who": NEW}), Answer("", "other", NEW.at), "new"),
    "file damaged": ("{", NEW, "new"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_newest_of_file_and_receipt_is_restored(name, tmp_path):
    file, receipt, expected = FILES[name]
    path = tmp_path / f"{NAME}.answers.json"
    if file is not None:
        path.write_text(file, encoding="utf-8")
    book = {"cells": [{"outputs": _outputs({"who": receipt})}]}
    restore_answers(book, NAME, tmp_path)
    assert formats.from_bytes(path.read_bytes())["who"].value == expected
    assert (name == "file damaged") == path.with_name(f"{path.name}.damaged").is_file()


def test_a_receipt_of_another_sheet_is_passed_over(tmp_path):
    book = {"cells": [{"outputs": _outputs({"who": NEW})}]}
    assert not restore_answers(book, "98-other", tmp_path)
    assert list(tmp_path.iterdir()) == []
