"""What a hostile or broken submission is made of, and what must happen to it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.red_team.course import answers_text, released, solved, submit

FULL = {"test-who-decides": 2, "test-totals": 3, "test-days-since": 2, "test-groups": 2}
NOTHING = dict.fromkeys(FULL, 0)


def without(*cells: str, **points: float) -> dict[str, float]:
    """Give full marks except for the cells named."""
    return FULL | dict.fromkeys(cells, 0) | points


@dataclass
class Attack:
    """One submission.

    Attributes
    ----------
    name : str
        Its name; also the learner's id.
    must : str
        What must happen, in words.
    marks : dict
        The points that each cell must get.
    cells : dict
        Cell id to the source that stands there; everything else is answered right.
    edit : callable, optional
        Changes the notebook as a whole.
    raw : callable, optional
        Gives the notebook's text instead.
    answers : str or None
        The answers file.
    files : dict
        More files.
    prepare : callable, optional
        Does something to the folder handed in.
    review : tuple of str
        Cells that must be flagged for a person.
    said : tuple of str
        What must stand in the report of findings.
    """

    name: str
    must: str
    marks: dict[str, float] = field(default_factory=lambda: dict(FULL))
    cells: dict[str, str] = field(default_factory=dict)
    edit: Callable | None = None
    raw: Callable | None = None
    answers: str | None = field(default_factory=answers_text)
    files: dict[str, bytes] = field(default_factory=dict)
    prepare: Callable | None = None
    review: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    def hand_in(self, root: Path) -> None:
        """Put the submission into the course's folder."""
        notebook = copy.deepcopy(solved(root))
        for cell in notebook.cells:
            if cell.id in self.cells:
                cell.source = self.cells[cell.id].replace("ROOT", str(root))
        if self.edit:
            notebook = self.edit(notebook) or notebook
        text = self.raw(notebook) if self.raw else notebook
        folder = submit(root, self.name, text, self.answers, self.files)
        if self.prepare:
            self.prepare(root, folder)


def cell(notebook, name: str):
    """Find a cell by its id."""
    return next(cell for cell in notebook.cells if cell.id == name)


def blank(notebook, root: Path):
    """Give the notebook as it was handed out."""
    return released(root)
