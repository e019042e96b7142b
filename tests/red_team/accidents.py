"""What honest people hand in: none of it may cost them a point."""

import json

import nbformat

from tests.red_team.attack import Attack, cell, without
from tests.red_team.attacks_forging import receipt
from tests.red_team.course import RECENCY, TOTALS, answers_text

WARNS = """
import sys, warnings, logging
warnings.warn("deprecated"); print("careful", file=sys.stderr); logging.warning("hm")
totals = orders.groupby("customer")["amount"].sum().reset_index()
"""


def split_cell(notebook):
    """Split a solution into two cells, as JupyterLab does: both carry the metadata."""
    part = cell(notebook, "totals")
    part.source = 'grouped = orders.groupby("customer")["amount"]'
    second = nbformat.v4.new_code_cell(
        "totals = grouped.sum().reset_index()", metadata=dict(part.metadata), id="second-half"
    )
    notebook.cells.insert(notebook.cells.index(part) + 1, second)


def split_in_the_middle(notebook):
    """Split a function in two: neither half is code by itself."""
    part = cell(notebook, "days-since")
    part.source = "def days_since(dates, today):"
    second = nbformat.v4.new_code_cell(
        "    return (today - dates).dt.days", metadata=dict(part.metadata), id="second-half"
    )
    notebook.cells.insert(notebook.cells.index(part) + 1, second)


def copy_cell(notebook):
    """Copy a solution and leave the copy as it was handed out."""
    part = cell(notebook, "totals")
    twin = nbformat.from_dict(json.loads(json.dumps(part)))
    twin.id = "a-copy"
    notebook.cells.insert(notebook.cells.index(part), twin)


def delete_cells(notebook):
    """Delete the imports and the data."""
    for name in ("imports", "data", "setup", "title"):
        notebook.cells.remove(cell(notebook, name))


def move_cells(notebook):
    """Move a test to the top."""
    part = cell(notebook, "test-days-since")
    notebook.cells.remove(part)
    notebook.cells.insert(0, part)


def retype(notebook):
    """Turn a solution into text by accident (the key m)."""
    part = cell(notebook, "totals")
    part.cell_type = "markdown"
    part.pop("outputs")
    part.pop("execution_count")


def lose_metadata(notebook):
    """Save with an editor that keeps neither metadata nor ids."""
    for number, part in enumerate(notebook.cells):
        part.metadata, part.id = {}, f"new-{number}"


def lose_ids(notebook):
    """Save in format 4.4, which has no cell ids."""
    for part in notebook.cells:
        del part["id"]
    notebook.nbformat_minor = 4
    return notebook


def newer_format(notebook) -> str:
    """Save with an editor of the future."""
    content = json.loads(nbformat.writes(notebook))
    content["nbformat_minor"] = 9
    for part in content["cells"]:
        part["hue"] = {"new": True}
    return json.dumps(content)


def version_3(notebook) -> str:
    """Save with an editor of the past."""
    return nbformat.v3.writes_json(nbformat.convert(notebook, 3))


def own_cells(notebook):
    """Add cells of one's own: an error, a tagged one that must not run, a question."""
    tagged = nbformat.v4.new_code_cell("totals = None", metadata={"tags": ["skip-execution"]})
    asks = nbformat.v4.new_code_cell("name = input('Your name? ')")
    fails = nbformat.v4.new_code_cell("1 / 0")
    bench = nbformat.v4.new_code_cell(
        "%matplotlib inline\n!echo hello\nimport os; os.chdir('/tmp')"
    )
    for part in (tagged, asks, fails, bench):
        notebook.cells.insert(notebook.cells.index(cell(notebook, "test-totals")), part)


def only_receipt(notebook):
    """Hand in the notebook alone: the answers are in its receipt."""
    receipt(notebook, json.loads(answers_text()))


ACCIDENTS = [
    Attack("honest-first", "full marks"),
    Attack("warns", "warnings and stderr cost nothing", cells={"totals": WARNS}),
    Attack("splits", "both halves run", edit=split_cell, said=("split",)),
    Attack("splits-middle", "the halves are joined", edit=split_in_the_middle, said=("joined",)),
    Attack("copies", "the written one counts", edit=copy_cell),
    Attack("deletes", "the cells are put back", edit=delete_cells, said=("was missing",)),
    Attack("moves", "the order is restored", edit=move_cells, said=("original order",)),
    Attack("retypes", "the type is restored", edit=retype, said=("another cell type",)),
    Attack("loses-metadata", "cells are found by what stands in them", edit=lose_metadata),
    Attack(
        "loses-ids", "cells are found by nbgrader's names", raw=lambda n: json.dumps(lose_ids(n))
    ),
    Attack("newer-format", "is read", raw=newer_format),
    Attack("version-3", "is read", raw=version_3),
    Attack("byte-order-mark", "is read", raw=lambda n: "\ufeff" + nbformat.writes(n)),
    Attack("own-cells", "cost nothing", edit=own_cells),
    Attack("receipt-only", "the receipt is enough", edit=only_receipt, answers=None),
    Attack("damaged-answers", "the receipt stands in", edit=only_receipt, answers="{broken"),
    Attack(
        "one-mistake",
        "a cell that fails loses its own marks only",
        without("test-totals"),
        {"totals": "totals = ordres.sum()"},
    ),
    Attack(
        "helper-module",
        "a module of one's own works",
        cells={"totals": "from my_tools import totals_of\ntotals = totals_of(orders)"},
        files={
            "my_tools.py": TOTALS.replace(
                "totals = ", "def totals_of(orders):\n    return "
            ).encode()
        },
    ),
    Attack(
        "awaits",
        "a cell that awaits, prints odd characters and starts a program works",
        cells={
            "totals": "import asyncio, os\nawait asyncio.sleep(0.01)\nprint('\\ud800')\n"
            f"os.system('echo hello')\n{TOTALS}"
        },
    ),
    Attack("solution-markers", "comments cost nothing", cells={"days-since": RECENCY}),
    Attack("honest-last", "full marks"),
]
