"""A lesson as a page to hand out: questions stand there as questions, without their keys.

In a notebook a question is a card; its cell, folded away, holds the key. ``jupyter nbconvert``
prints that cell and leaves the card empty. ``custlab handout`` makes the page with `Handout`, and
``custlab lab`` exports with it; elsewhere the option is
``--HTMLExporter.preprocessors=custlab.exercises.handout.Handout``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor, Preprocessor
from traitlets import Bool

CARD = "application/vnd.jupyter.widget-view+json"


class Handout(Preprocessor):
    """Leave out cells' sources that are folded away, and show cards by what stands for them."""

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """Prepare one cell of the page."""
        if cell.cell_type == "code":
            if cell.metadata.get("jupyter", {}).get("source_hidden"):
                cell.metadata["transient"] = {"remove_source": True}
            for output in cell.outputs:
                if "text/markdown" in output.get("data", {}):
                    output.data.pop(CARD, None)
        return cell, resources


def lesson_page(path: Path) -> str:
    """Run a lesson and give it as a page.

    Parameters
    ----------
    path : Path
        The notebook; it is not changed.

    Returns
    -------
    str
        HTML.
    """
    notebook = nbformat.read(path, as_version=4)
    runner = ExecutePreprocessor(extra_arguments=["--Application.log_level=40"])
    runner.preprocess(notebook, {"metadata": {"path": str(path.parent)}})
    exporter = HTMLExporter()
    exporter.register_preprocessor(Handout)
    name = {"metadata": {"name": path.stem}}
    return exporter.from_notebook_node(notebook, name)[0]
