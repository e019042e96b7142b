"""The notebook that carries a sheet: where it lies, and the answers in its receipts."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from custlab.exercises import answers as formats
from custlab.exercises.answers import Answers, UnreadableAnswersError

MAX_BYTES = 50_000_000
MAX_NOTEBOOKS = 200  # of other names, looked through for the one that carries the sheet
# The folder of the notebook: where its kernel starts. A later os.chdir does not move the answers.
NOTEBOOK_FOLDER = Path.cwd()


def notebook_folder(sheet: str) -> Path:
    """Give the folder of a sheet's notebook, in which its answers are kept.

    Parameters
    ----------
    sheet : str
        The sheet's name.

    Returns
    -------
    Path
        Where the notebook lies if its editor says so (JupyterLab, VS Code), else where the kernel
        started. Visitors of a page that Voila serves get a folder each.
    """
    if shown_to_visitors():
        return visitors_folder()
    own = _own(sheet)
    return own.parent if own else NOTEBOOK_FOLDER


def shown_to_visitors() -> bool:
    """Say whether the notebook is a page that Voila serves: a kernel a visitor, one folder."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")


@lru_cache(maxsize=1)
def visitors_folder() -> Path:
    """Make the folder of one visitor: the kernel serves nobody else."""
    return Path(tempfile.mkdtemp(prefix="custlab-visitor-"))


def notebooks_of(sheet: str, folder: Path) -> list[Path]:
    """Find the notebooks that carry a sheet, by what they hold if their name does not tell.

    Parameters
    ----------
    sheet : str
        The sheet's name, which a notebook on its own may have lost (``my homework 1.ipynb``).
    folder : Path
        Where to look.

    Returns
    -------
    list of Path
        This kernel's own notebook if it is known; with it those named after the sheet, such as
        ``… (1).ipynb``, unless its own name is another. Without any of these, all of the folder
        that carry the sheet.
    """
    own = _own(sheet)
    own = own if own and own.parent == folder else None
    named = sorted(folder.glob(f"{sheet}*.ipynb"))
    if own and own not in named:
        return [own]
    if named:
        return named
    others = sorted(folder.glob("*.ipynb"))[:MAX_NOTEBOOKS]
    return [path for path in others if _carries(read_notebook(path), sheet)]


def receipts_beside(sheet: str, folder: Path) -> Answers:
    """Read the receipts of the notebooks that carry a sheet: of each answer the newest.

    Two notebooks of other names may be two people's: then neither is read.
    """
    notebooks = notebooks_of(sheet, folder)
    if len(notebooks) > 1 and not notebooks[0].name.startswith(sheet):
        return {}
    return formats.merge({}, *(receipts_of_file(path, sheet) for path in notebooks))


def receipts_of_file(path: Path, sheet: str) -> Answers:
    """Read the receipts in a notebook's file; none if it cannot be read. See `receipts_in`."""
    return receipts_in(read_notebook(path), sheet)


def receipts_in(notebook: Any, sheet: str) -> Answers:
    """Read the receipts among the outputs of a notebook (as JSON): the newest of each answer.

    Receipts of other sheets and unreadable ones are passed over.
    """
    found: list[Answers] = []
    for payload in _payloads(notebook):
        if isinstance(payload, dict) and payload.get("sheet") == sheet:
            try:
                found.append(formats.from_payload(payload))
            except UnreadableAnswersError:
                continue
    return formats.merge({}, *found)


def _own(sheet: str) -> Path | None:
    """Give this kernel's notebook as JupyterLab or VS Code name it, if it carries the sheet.

    A grader may itself be run from a notebook, whose name its kernels then inherit.
    """
    told = os.environ.get("JPY_SESSION_NAME") or getattr(
        sys.modules.get("__main__"), "__vsc_ipynb_file__", None
    )
    if not isinstance(told, str) or os.environ.get("NBGRADER_EXECUTION"):
        return None
    path = Path(told).absolute()
    return path if path.suffix == ".ipynb" and _carries(read_notebook(path), sheet) else None


def _carries(notebook: Any, sheet: str) -> bool:
    """Say whether a notebook sets this sheet up, or has a receipt of it."""
    made = re.compile(rf"Sheet\(\s*[\"']{re.escape(sheet)}[\"']")
    return any(made.search(source_of(cell)) for cell in cells_of(notebook)) or any(
        isinstance(payload, dict) and payload.get("sheet") == sheet
        for payload in _payloads(notebook)
    )


def read_notebook(path: Path) -> Any:
    """Read a notebook as JSON; None if it cannot be read."""
    try:
        told = path.stat()
        state = (told.st_mtime_ns, told.st_size)
        return _parsed(path, state) if told.st_size <= MAX_BYTES else None
    except (OSError, ValueError, RecursionError):
        return None


@lru_cache(maxsize=1)  # setting a sheet up asks for the same one several times
def _parsed(path: Path, _state: tuple[int, int]) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _payloads(notebook: Any) -> Iterator[Any]:
    for cell in cells_of(notebook):
        for output in _items(cell, "outputs"):
            data = output.get("data") if isinstance(output, dict) else None
            if isinstance(data, dict) and formats.MIME in data:
                yield data[formats.MIME]


def _items(value: Any, name: str) -> list[Any]:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, list) else []


def cells_of(notebook: Any) -> list[dict[str, Any]]:
    """Give the cells of a notebook read as JSON, whatever it holds."""
    return [cell for cell in _items(notebook, "cells") if isinstance(cell, dict)]


def source_of(cell: dict[str, Any]) -> str:
    """Give a cell's source as one text."""
    source = cell.get("source")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
