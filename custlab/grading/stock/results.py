"""The results of grading one submission, as a file that other tools can rely on.

One JSON file per learner lies in ``results/<assignment>/<learner>.json`` beside the folder of
submissions. It is written last, whole or not at all: a submission with a results file whose
``fingerprint`` still fits is done, and everything about it is in the gradebook.

=============== ===============================================================================
``format``      ``custlab-results``
``version``     1; readers should refuse a larger number
``kit``         version of custlab that graded
``assignment``  name of the assignment
``student``     id of the learner
``fingerprint`` changes with anything that marks depend on: what was handed in, the masters, the
                limits, the version of the engine
``timestamp``   when it was handed in, as in ``timestamp.txt``; may be empty
``seconds``     how long grading it took
``notebooks``   by name: ``submitted`` (bool), ``unreadable`` (why, or empty), ``cells``,
                ``repairs``, ``events``
``set_aside``   files that were not used: ``file``, ``reason``
=============== ===============================================================================

``cells`` holds one object per cell that earns points, in the master's order:

============== ================================================================================
``grade_id``   nbgrader's name of the cell
``role``       ``test`` (marked automatically) or ``manual``
``points``     what it earned; null for a manual cell that waits for a person
``max_points`` the most it can earn
``status``     ``passed``, ``failed`` (the test said so), ``unproven`` (0 points because nothing
               proves that it passed), ``blank`` (manual, left as handed out), ``manual``
``review``     whether a person should look at it
``reason``     why, in neutral words; empty if there is nothing to say
``message``    what the test printed for the learner
``marks``      what the checks displayed as ``application/vnd.custlab.mark+json``, a list
``seconds``    how long the test took
============== ================================================================================

``repairs`` lists what was restored from the master (``cell``, ``what``), ``events`` what happened
while it ran (``cell``, ``what``: ``timeout``, ``hung``, ``died``, ``flood``, ``restart``,
``stopped``; ``text``). All of it is written in neutral words: it says what was found, not why.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from custlab.errors import CustLabError
from custlab.exercises.result import Outcome
from custlab.files import write_atomic
from custlab.i18n import _

FORMAT = "custlab-results"
MARK = "application/vnd.custlab.mark+json"
VERSION = 1
LONGEST_NAME = 200  # bytes; most file systems allow 255, and the ending and `~` come on top


@dataclass
class CellResult:
    """What one cell earned, and why; see the module's text for the fields."""

    grade_id: str
    role: str
    max_points: float
    points: float | None = 0.0
    status: str = "unproven"
    review: bool = False
    reason: str = ""
    message: str = ""
    marks: list[dict] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class NotebookResult:
    """What was found in one notebook."""

    submitted: bool = True
    unreadable: str = ""
    cells: list[CellResult] = field(default_factory=list)
    repairs: list[dict] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)

    @property
    def lost_marks(self) -> bool:
        """Whether a test gave less than it can give."""
        tests = [cell for cell in self.cells if cell.role == "test"]
        return any((cell.points or 0.0) < cell.max_points for cell in tests)


@dataclass
class Results:
    """What was found in one submission."""

    assignment: str
    student: str
    fingerprint: str
    timestamp: str = ""
    seconds: float = 0.0
    kit: str = ""
    notebooks: dict[str, NotebookResult] = field(default_factory=dict)
    set_aside: list[dict] = field(default_factory=list)

    @property
    def points(self) -> float:
        """The points earned so far."""
        return sum(cell.points or 0.0 for part in self.notebooks.values() for cell in part.cells)

    @property
    def reviews(self) -> list[CellResult]:
        """The cells that a person should look at because something could not be proven."""
        return [cell for part in self.notebooks.values() for cell in part.cells if cell.review]

    def to_text(self) -> str:
        """Give the text of the results file."""
        content = {"format": FORMAT, "version": VERSION} | asdict(self)
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        return readable(text)


def readable(text: str) -> str:
    r"""Put question marks for the halves of characters that no file can hold.

    Code can make such texts, and file names that are no UTF-8 are read as such.

    Examples
    --------
    >>> readable("客户 \ud800")
    '客户 ?'
    """
    return text.encode("utf-8", "replace").decode()


def results_path(folder: Path, student: str) -> Path:
    """Give the path of a learner's results file; a name too long for a file is cut.

    Examples
    --------
    >>> results_path(Path("results"), "alice").as_posix()
    'results/alice.json'
    >>> len(results_path(Path("results"), "客" * 85).name)
    55
    """
    name = os.fsencode(student)
    if len(name) > LONGEST_NAME:
        student = f"{student[:40]}~{hashlib.sha256(name).hexdigest()[:9]}"
    return Path(folder) / f"{student}.json"


def write_results(folder: Path, results: Results) -> Path:
    """Write a learner's results file, whole or not at all."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    return write_atomic(results_path(folder, results.student), results.to_text())


def read_results(path: Path) -> Results:
    """Read a results file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Results
        Its content.

    Raises
    ------
    CustLabError
        If it is damaged or written by a newer version.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT or content.pop("version") > VERSION:
            raise ValueError("format")
        notebooks = {
            name: NotebookResult(
                **(part | {"cells": [CellResult(**cell) for cell in part["cells"]]})
            )
            for name, part in content.pop("notebooks").items()
        }
        return Results(notebooks=notebooks, **content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CustLabError(
            _("{path} is not a results file that this version can read ({error}).").format(
                path=path, error=error
            )
        ) from error


def read_all_results(folder: Path) -> list[Results]:
    """Read the results of every learner of an assignment, sorted by learner.

    Parameters
    ----------
    folder : Path
        ``results/<assignment>``.

    Returns
    -------
    list of Results
        Files that start with a dot are passed over.
    """
    return [read_results(path) for path in results_files(folder)]


def results_files(folder: Path) -> list[Path]:
    """List the results files of an assignment; files that start with a dot are passed over."""
    paths = sorted(Path(folder).glob("*.json"))
    return [path for path in paths if not path.name.startswith(".")]


def results_of(course, assignment: str, student: str) -> Results | None:
    """Read what `custlab grade` noted about a learner; None if stock nbgrader graded."""
    try:
        return read_results(results_path(course.results(assignment), student))
    except CustLabError:
        return None


def says_blank(message: str) -> bool:
    """Tell whether a test's message says that nothing was answered.

    Examples
    --------
    >>> says_blank("Not attempted: 0 of 2 points. There is no answer here.")
    True
    """
    words = Outcome.NOT_ATTEMPTED.words
    lines = [line for line in message.splitlines() if line.strip()]
    return bool(lines) and all(re.search(rf"(^|: ){re.escape(words)}\b", line) for line in lines)
