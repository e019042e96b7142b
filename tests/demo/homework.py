"""How a simulated learner fills in a released notebook: widgets through a kernel, code as text."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tests.demo.learners import ESSAY, Given, Learner, is_code


def fill_in(path: Path, learner: Learner, given: dict[str, Given], bank: dict) -> None:
    """Answer a released notebook in place and save it, as JupyterLab would.

    Parameters
    ----------
    path : Path
        The fetched notebook.
    learner : Learner
        Who answers.
    given : dict of Given
        What is given to each question, by the id of its test cell.
    bank : dict
        The answer bank of the assignment.
    """
    book = nbformat.read(path, as_version=4)
    widgets = {
        bank[test]["question"]: g.answer["answer"]
        for test, g in given.items()
        if g.answer is not None and not is_code(bank[test])
    }
    codes = {
        test: g.answer["code"]
        for test, g in given.items()
        if g.answer is not None and is_code(bank[test])
    }
    if widgets:
        _answer_widgets(book, widgets, path.parent)
    _write_code(book, codes, bank)
    if learner.essay:
        _write_essay(book)
    nbformat.write(book, path)


def _nbgrader(cell) -> dict:
    return cell.metadata.get("nbgrader", {})


def _answer_widgets(book, widgets: dict, folder: Path) -> None:
    """Run the sheet's own cells and the learner's answers; keep the receipt in the notebook."""
    asked = [c for c in book.cells if c.cell_type == "code" and not _nbgrader(c).get("grade")]
    asked = [c for c in asked if not _nbgrader(c).get("solution")]
    run = copy.deepcopy(book)
    run.cells = [copy.deepcopy(c) for c in asked if "sheet.receipt()" not in c.source]
    lines = "\n".join(f"sheet.answer({name!r}, {value!r})" for name, value in widgets.items())
    run.cells.append(nbformat.v4.new_code_cell(lines))
    receipts = [c for c in asked if "sheet.receipt()" in c.source]
    run.cells += [copy.deepcopy(c) for c in receipts]
    NotebookClient(
        run,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--Application.log_level=40"],  # errors only
    ).execute()
    for cell, done in zip(receipts, run.cells[-len(receipts) :], strict=True):
        cell.outputs = done.outputs


def _write_code(book, codes: dict[str, str], bank: dict) -> None:
    """Put each code answer into the solution cell that stands before its test."""
    solution, by_id = None, {}
    for cell in book.cells:
        told = _nbgrader(cell)
        if cell.cell_type == "code" and told.get("solution"):
            solution = cell
            by_id[told["grade_id"]] = cell
        elif told.get("grade_id") in codes:
            test = told["grade_id"]
            target = by_id.get(bank[test].get("cell"), solution)
            target.source = codes[test]


def _write_essay(book) -> None:
    for cell in book.cells:
        told = _nbgrader(cell)
        if cell.cell_type == "markdown" and told.get("grade") and told.get("solution"):
            cell.source = ESSAY
