"""Reading notebooks as they come: from older and newer editors, damaged or hostile."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from custlab.i18n import _

KINDS = ("code", "markdown", "raw")
MAX_CELLS = 2000
MAX_NAME = 200
MAX_SOURCE = 1_000_000
MAX_SOURCES = 10_000_000  # characters of all cells together
# What a notebook is made of takes far more memory than its text: `[],[],[],` twenty times as much.
MAX_PARTS = 5_000_000
MAX_HOLDERS = 2_000_000


class Unreadable(ValueError):
    """A file that is no notebook."""


@dataclass
class Cell:
    """One cell as it was handed in, reduced to what can be trusted to have the right type."""

    kind: str
    source: str
    id: str = ""
    grade_id: str = ""
    skipped: bool = False


def read_cells(content: bytes) -> list[Cell]:
    """Read the cells of a notebook file, whatever version wrote it.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    list of Cell
        In order.

    Raises
    ------
    Unreadable
        With a sentence for the report.
    """
    notebook = parse(content)
    if not isinstance(notebook, dict):
        raise Unreadable(_("the file is not a notebook"))
    if isinstance(notebook.get("worksheets"), list):
        notebook = _from_version_3(notebook)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(_("the file is not a notebook"))
    if len(cells) > MAX_CELLS:
        raise Unreadable(_("the notebook has more than {n} cells").format(n=MAX_CELLS))
    found = [_read(cell) for cell in cells if isinstance(cell, dict)]
    if sum(len(cell.source) for cell in found) > MAX_SOURCES:
        text = _("the notebook's cells have more than {n} million characters")
        raise Unreadable(text.format(n=MAX_SOURCES // 1_000_000))
    return found


def parse(content: bytes):
    """Read JSON that a learner handed in, unless it would fill the memory.

    Raises
    ------
    Unreadable
        With a sentence for the report.

    Examples
    --------
    >>> parse(b'{"cells": []}')
    {'cells': []}
    """
    holders = content.count(b"[") + content.count(b"{")
    if holders > MAX_HOLDERS or holders + content.count(b",") > MAX_PARTS:
        raise Unreadable(_("the notebook file has too many parts"))
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable(_("the notebook file is damaged ({error})").format(error=error)) from None


def _from_version_3(notebook: dict) -> dict:
    """Bring an old notebook's cells into today's form, without what nobody reads of them."""
    import nbformat

    cells = []
    for sheet in notebook["worksheets"]:
        if not isinstance(sheet, dict) or not isinstance(sheet.get("cells"), list):
            raise Unreadable(_("the notebook's old format cannot be read"))
        cells += [cell for cell in sheet["cells"] if isinstance(cell, dict)]
    cells = [_without_outputs(cell) for cell in cells[: MAX_CELLS + 1]]
    whole = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    try:
        return nbformat.reads(json.dumps(whole), as_version=4)
    except Exception as error:
        raise Unreadable(_("the notebook's old format cannot be read")) from error


def _without_outputs(cell: dict) -> dict:
    kept = ("cell_type", "language", "level", "input", "source", "collapsed")
    found = {name: cell[name] for name in kept if name in cell} | {"metadata": {}}
    if isinstance(cell.get("metadata"), dict):
        known = {"nbgrader", "tags"} & set(cell["metadata"])
        found["metadata"] = {name: cell["metadata"][name] for name in known}
    return found | ({"outputs": []} if cell.get("cell_type") == "code" else {})


def _read(cell: dict) -> Cell:
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    known = metadata.get("nbgrader")
    tags = metadata.get("tags")
    kind = cell.get("cell_type")
    identity = cell.get("id")
    if not (isinstance(identity, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", identity)):
        identity = ""
    grade_id = known.get("grade_id") if isinstance(known, dict) else ""
    return Cell(
        kind=kind if kind in KINDS else "markdown",
        source=_text(cell.get("source", cell.get("input", ""))),
        id=identity,
        grade_id=_text(grade_id)[:MAX_NAME],
        skipped=isinstance(tags, list) and "skip-execution" in tags,
    )


def _text(source) -> str:
    """Join a source, one text or a list of lines; lone surrogates become question marks."""
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    return source[:MAX_SOURCE].encode("utf-8", "replace").decode()
