"""The master of an assignment: what every submission is restored from and marked by."""

from __future__ import annotations

import ast
import contextlib
import copy
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from custlab.errors import CustLabError
from custlab.grading.stock.course import Course
from custlab.i18n import _


@dataclass(frozen=True)
class MasterCell:
    """One cell of a master.

    Attributes
    ----------
    id : str
        The notebook cell's id.
    grade_id : str
        nbgrader's name of the cell; empty for cells nbgrader does not know.
    kind : str
        ``code``, ``markdown`` or ``raw``.
    role : str
        ``test`` (marked automatically), ``manual`` (marked by hand), ``solution`` (the learner's,
        without marks of its own), ``locked`` or ``plain``.
    source : str
        With hidden tests, without the solution: what nbgrader keeps in the gradebook.
    released : str
        What learners were given.
    points : float
        The most that the cell can earn.
    metadata : dict
        The cell's whole metadata.
    """

    id: str
    grade_id: str
    kind: str
    role: str
    source: str
    released: str
    points: float = 0.0
    metadata: dict = field(default_factory=dict)

    @property
    def learners(self) -> bool:
        """Whether the source is the learner's to write."""
        return self.role == "solution" or (self.role == "manual" and not self.locked)

    @property
    def locked(self) -> bool:
        """Whether the source is always the master's."""
        known = self.metadata.get("nbgrader", {})
        return not known.get("solution") and bool(known.get("locked") or known.get("grade"))


@dataclass(frozen=True)
class Master:
    """One notebook of an assignment, as it must be.

    Attributes
    ----------
    assignment, name : str
        The assignment and the notebook (without ``.ipynb``).
    cells : tuple of MasterCell
        In order.
    imports : dict
        The names that the master's own cells import, as ``module`` or ``module:name``.
    constants : dict
        The names that its locked cells set to plain values (``CASE = "appliances"``).
    modules : tuple of str
        What the fork server prepares: everything the master imports, as ``module`` or
        ``module:name``, and the data that it names, as ``module:function(name)``.
    kernelspec : dict
        Its kernel.
    """

    assignment: str
    name: str
    cells: tuple[MasterCell, ...]
    imports: dict[str, str]
    constants: dict[str, object]
    modules: tuple[str, ...]
    kernelspec: dict

    @property
    def max_points(self) -> float:
        """The points of all cells."""
        return sum(cell.points for cell in self.cells)

    def fingerprint(self) -> str:
        """Give a text that changes when anything changes that marks depend on."""
        content = [sorted(self.imports.items()), sorted(self.constants.items(), key=str)]
        content += [
            (cell.grade_id, cell.kind, cell.role, cell.source, cell.points) for cell in self.cells
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def load_masters(course: Course, assignment: str, as_released: bool = True) -> list[Master]:
    """Read the masters of an assignment.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.
    as_released : bool
        Whether to stop if learners were given another version.

    Returns
    -------
    list of Master
        One per notebook.

    Raises
    ------
    CustLabError
        If there is no such assignment, or it is not in the gradebook as it stands in the folder.
    """
    masters = [_read(course, assignment, path) for path in course.masters(assignment)]
    if as_released:
        _compare_with_gradebook(course, masters)
    return masters


def master_files(course: Course, assignment: str) -> dict[str, bytes]:
    """Read the files that a master brings along; every learner gets these, unchanged.

    Raises
    ------
    CustLabError
        If an answers file lies among them: it would give every learner its marks.
    """
    folder = course.folder("source", ".", assignment)
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or path.suffix == ".ipynb" or name.split("/")[0].startswith("."):
            continue
        if "__pycache__" in path.parts or path.match("*.pyc"):
            continue
        if ".answers.json" in path.name:
            raise CustLabError(
                _(
                    "{path} is an answers file. In a master's folder it would be given to every "
                    "learner in place of their own. Delete it, then grade again."
                ).format(path=path)
            )
        found[name] = path.read_bytes()
    return found


def _read(course: Course, assignment: str, path: Path) -> Master:
    """Take a master through nbgrader's own steps of making an assignment, without running them."""
    import nbformat
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import SaveCells

    notebook = nbformat.read(path, as_version=4)
    if any("id" not in cell for cell in notebook.cells):
        raise CustLabError(
            _("{path} is in an old notebook format: open it in JupyterLab and save it.").format(
                path=path
            )
        )
    maker = GenerateAssignment(coursedir=course.directories, parent=course.app)
    resources = {"unique_key": path.stem, "nbgrader": {"notebook": path.stem, "student": "."}}
    stored, current = None, copy.deepcopy(notebook)
    for step in maker.preprocessors:
        if issubclass(step, SaveCells):
            stored = copy.deepcopy(current)
        else:
            current, resources = step(parent=maker).preprocess(current, resources)
    stored = stored or current
    cells = tuple(
        _cell(kept, given) for kept, given in zip(stored.cells, current.cells, strict=True)
    )
    own = [cell.source for cell in cells if cell.kind == "code" and not cell.learners]
    written = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return Master(
        assignment,
        path.stem,
        cells,
        _imports(own),
        _constants([cell.source for cell in cells if cell.role == "locked"]),
        tuple(sorted({*_imports(written).values(), *_data(course, written)})),
        dict(notebook.metadata.get("kernelspec", {})),
    )


def _cell(stored, given) -> MasterCell:
    from nbgrader import utils

    known = stored.metadata.get("nbgrader", {})
    grade, solution = utils.is_grade(stored), utils.is_solution(stored)
    if utils.is_task(stored) or (grade and (solution or stored.cell_type != "code")):
        role = "manual"
    elif grade:
        role = "test"
    elif solution:
        role = "solution"
    else:
        role = "locked" if utils.is_locked(stored) else "plain"
    graded = role in ("test", "manual")
    return MasterCell(
        id=stored.id,
        grade_id=known.get("grade_id", "") if role != "plain" else "",
        kind=stored.cell_type,
        role=role,
        source=stored.source,
        released=given.source,
        points=float(known.get("points", 0)) if graded else 0.0,
        metadata=json.loads(json.dumps(stored.metadata)),
    )


def _data(course: Course, sources: list[str]) -> list[str]:
    """Find the data whose names stand in a master's code; a comment may name others."""
    if not course.prepares:
        return []
    there = {path.parent.name for path in (course.root / "datasets").glob("*/datapackage.json")}
    texts = set()
    for source in sources:
        with contextlib.suppress(SyntaxError):
            nodes = ast.walk(ast.parse(source))
            texts |= {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    return [f"{course.prepares}({name})" for name in sorted(there & texts)]


def _constants(sources: list[str]) -> dict[str, object]:
    """Find the names that cells set, once and at their top, to a plain text or number."""
    found, twice = {}, set()
    for source in sources:
        try:
            body = ast.parse(source).body
        except SyntaxError:
            continue
        for node in body:
            for target in node.targets if isinstance(node, ast.Assign) else []:
                if isinstance(target, ast.Name):
                    twice |= {target.id} & set(found)
                    plain = isinstance(node.value, ast.Constant)
                    found[target.id] = node.value.value if plain else None
    return {
        name: value
        for name, value in found.items()
        if name not in twice and isinstance(value, (str, int, float, bool))
    }


def _imports(sources: list[str]) -> dict[str, str]:
    """Find what import statements at the top of cells bind, as name to ``module[:name]``."""
    found = {}
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:  # a cell with a magic command
            continue
        for node in tree.body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole, first = alias.name, alias.name.partition(".")[0]
                    found[alias.asname or first] = whole if alias.asname else first
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}:{alias.name}"
    found.pop("*", None)
    return found


def _compare_with_gradebook(course: Course, masters: list[Master]) -> None:
    """Stop if learners were given another version than the one in the masters' folder."""
    from nbgrader.api import MissingEntry

    assignment = masters[0].assignment
    again = _(
        "`custlab regrade {name}` shows whose marks would change; or run "
        "`nbgrader generate_assignment {name}`, then grade again."
    ).format(name=assignment)
    with course.gradebook() as gradebook:
        for master in masters:
            try:
                notebook = gradebook.find_notebook(master.name, assignment)
            except MissingEntry:
                raise CustLabError(
                    _("{notebook} is not in the gradebook yet. {again}").format(
                        notebook=f"{assignment}/{master.name}", again=again
                    )
                ) from None
            kept = {cell.name: (cell.source, cell.cell_type) for cell in notebook.source_cells}
            points = {cell.name: cell.max_score for cell in notebook.grade_cells}
            points |= {cell.name: cell.max_score for cell in notebook.task_cells}
            changed = [
                cell.grade_id
                for cell in master.cells
                if cell.grade_id
                and (
                    kept.pop(cell.grade_id, None) != (cell.source, cell.kind)
                    or points.get(cell.grade_id, 0.0) != cell.points
                )
            ]
            if changed or kept:
                raise CustLabError(
                    _(
                        "The master {notebook} has changed since it was released: {cells}. {again}"
                    ).format(
                        notebook=f"{assignment}/{master.name}",
                        cells=", ".join([*changed, *kept][:5]),
                        again=again,
                    )
                )
