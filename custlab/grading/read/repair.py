"""Putting a submission's cells back onto the master's: restored, repaired, in order.

Whatever the learner's notebook says about itself, nbgrader's metadata, tags and the source of
locked cells come from the master. From the learner come only the sources of the cells that are
theirs to write, and cells they added.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from custlab.grading.read.master import Master, MasterCell
from custlab.grading.read.notebooks import Cell
from custlab.i18n import _

MAX_PIECES = 50  # of one answer that are looked at one by one; more are joined


@dataclass
class WorkCell:
    """A cell of the notebook that will be run.

    Attributes
    ----------
    kind, source : str
        As they will be run.
    master : MasterCell or None
        What it is restored from; None for a cell that the learner added.
    id : str
        Its id.
    skipped : bool
        A cell of the learner's own that they told Jupyter not to run.
    """

    kind: str
    source: str
    master: MasterCell | None = None
    id: str = ""
    skipped: bool = False


@dataclass
class Repaired:
    """A submission's cells in the order in which they will be run, and what was done to them."""

    cells: list[WorkCell]
    remarks: list[tuple[str, str]] = field(default_factory=list)


def repair(cells: list[Cell], master: Master) -> Repaired:
    """Restore a submission from its master.

    Parameters
    ----------
    cells : list of Cell
        As handed in.
    master : Master
        As it must be.

    Returns
    -------
    Repaired
        Every cell that the master marks is there exactly once.
    """
    owners = _match(cells, master)
    places: dict[str, list[int]] = {}
    for position, owner in enumerate(owners):
        if owner is not None:
            places.setdefault(owner.id, []).append(position)
    done = Repaired([])
    placed: dict[str, WorkCell] = {}
    answers: dict[int, WorkCell] = {}  # the learner's own cells, by position
    for position, (cell, owner) in enumerate(zip(cells, owners, strict=True)):
        if owner is None:
            done.cells.append(WorkCell(cell.kind, cell.source, None, cell.id, cell.skipped))
            continue
        first = places[owner.id][0] == position
        if owner.role == "plain":
            work = WorkCell(cell.kind, cell.source, owner if first else None, cell.id)
            done.cells.append(work)
            placed.setdefault(owner.id, work)
        elif owner.learners:
            if first:
                pieces = [cells[i] for i in places[owner.id]]
                settled = _settle(done, placed, owner, pieces)
                answers |= {places[owner.id][i]: work for i, work in settled.items()}
            if position in answers:
                done.cells.append(answers[position])
        else:
            _place_locked(done, placed, owner, cell)
    _put_back_missing(done, placed, master)
    _put_in_order(done, master)
    _number(done, master)
    return done


def _match(cells: list[Cell], master: Master) -> list[MasterCell | None]:
    """Find for each cell the master's cell that it is: by id, grade id, source, then position."""
    by_id = {cell.id: cell for cell in master.cells}
    by_grade = {cell.grade_id: cell for cell in master.cells if cell.grade_id}
    owners = [by_id.get(cell.id) or by_grade.get(cell.grade_id) for cell in cells]
    found = {owner.id for owner in owners if owner}
    unclaimed: dict[tuple[str, str], list[MasterCell]] = {}
    for cell in master.cells:
        if cell.id not in found:
            unclaimed.setdefault((cell.kind, cell.released.strip()), []).append(cell)
    for position, cell in enumerate(cells):
        same = unclaimed.get((cell.kind, cell.source.strip()))
        if owners[position] is None and cell.source.strip() and same:
            owners[position] = same.pop(0)
            found.add(owners[position].id)
    _match_by_position(cells, owners, master, found)
    return owners


def _match_by_position(cells, owners, master: Master, found: set[str]) -> None:
    """Take the one cell between a lost solution's two neighbours for that solution."""
    order = [cell.id for cell in master.cells]
    for index, lost in enumerate(master.cells):
        if lost.id in found or not lost.learners:
            continue
        before = next((key for key in reversed(order[:index]) if key in found), None)
        after = next((key for key in order[index + 1 :] if key in found), None)
        keys = [owner.id if owner else None for owner in owners]
        start = keys.index(before) + 1 if before else 0
        end = keys.index(after) if after else len(cells)
        free = [i for i in range(start, end) if owners[i] is None and cells[i].kind == lost.kind]
        if len(free) == 1:
            owners[free[0]] = lost
            found.add(lost.id)


def _settle(done, placed, owner: MasterCell, pieces: list[Cell]) -> dict[int, WorkCell]:
    """Settle what is run for a cell that is the learner's to write, and in place of which piece.

    Several pieces of it are one answer.
    """
    name = owner.grade_id or owner.id
    written = {
        piece.source.strip(): number
        for number, piece in enumerate(pieces)
        if piece.source.strip() not in ("", owner.released.strip())
    }
    distinct = list(written.values())
    last = len(pieces) - 1
    if len(distinct) <= 1:
        source = pieces[distinct[0]].source if distinct else owner.released
        kind = pieces[distinct[0] if distinct else last].kind
        if len(pieces) > 1:
            done.remarks.append((name, _("was there more than once; one was used")))
        return {last: _keep(done, placed, owner, source, kind)}
    few = len(distinct) <= MAX_PIECES
    if few and owner.kind == "code" and all(_complete(pieces[i].source) for i in distinct):
        done.remarks.append((name, _("was split or copied; all parts were run, in order")))
        found = {i: WorkCell("code", pieces[i].source) for i in distinct[:-1]}
        final = pieces[distinct[-1]]
        return found | {distinct[-1]: _keep(done, placed, owner, final.source, final.kind)}
    done.remarks.append((name, _("was split; the parts were joined")))
    joint = "\n" if owner.kind == "code" else "\n\n"
    source = joint.join(pieces[i].source for i in distinct)
    return {last: _keep(done, placed, owner, source, owner.kind)}


def _keep(done, placed, owner: MasterCell, source: str, kind: str) -> WorkCell:
    if kind != owner.kind:
        told = _("had another cell type; the original type was restored")
        done.remarks.append((owner.grade_id or owner.id, told))
    placed[owner.id] = WorkCell(owner.kind, source, owner)
    return placed[owner.id]


def _place_locked(done, placed, owner: MasterCell, cell: Cell) -> None:
    """Place a cell that is the master's; a changed copy of it is a cell of the learner's own."""
    name = owner.grade_id or owner.id
    changed = cell.source.strip() not in (owner.released.strip(), owner.source.strip())
    if owner.id in placed:
        done.remarks.append((name, _("was there more than once; the original was used once")))
        if changed:
            done.cells.append(WorkCell(cell.kind, cell.source, None, "", cell.skipped))
        return
    if changed:
        done.remarks.append((name, _("was changed; the original was used")))
    if cell.kind != owner.kind:
        done.remarks.append((name, _("had another cell type; the original type was restored")))
    if cell.skipped:
        done.remarks.append((name, _("was marked not to be run; it was run")))
    placed[owner.id] = WorkCell(owner.kind, owner.source, owner)
    done.cells.append(placed[owner.id])


def _complete(source: str) -> bool:
    """Tell whether code stands on its own, or is a piece of a cell cut in the middle."""
    try:
        ast.parse(source)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        try:
            ast.parse(TransformerManager().transform_cell(source))
        except SyntaxError:
            return False
    except (ValueError, RecursionError, MemoryError):
        return False
    return True


def _put_back_missing(done: Repaired, placed: dict[str, WorkCell], master: Master) -> None:
    """Put cells that are gone behind the one that comes before them in the master."""
    previous = None
    for cell in master.cells:
        if cell.id not in placed and (cell.role != "plain" or cell.kind == "code"):
            source = cell.released if cell.learners else cell.source
            work = WorkCell(cell.kind, source, cell)
            where = next((i for i, c in enumerate(done.cells) if c is previous), -1) + 1
            done.cells.insert(where, work)
            placed[cell.id] = work
            told = _("was missing; it was put back as handed out")
            done.remarks.append((cell.grade_id or cell.id, told))
        previous = placed.get(cell.id, previous)


def _put_in_order(done: Repaired, master: Master) -> None:
    """Take the cells that were moved out, and put each behind the one it follows in the master."""
    rank = {cell.id: number for number, cell in enumerate(master.cells)}
    known = [cell for cell in done.cells if cell.master is not None]
    kept = _longest_in_order([rank[cell.master.id] for cell in known])
    moved = [cell for number, cell in enumerate(known) if number not in kept]
    moved = [cell for cell in moved if cell.master.role != "plain"]
    if not moved:
        return
    anchors = {id(cell) for number, cell in enumerate(known) if number in kept}
    cells = [cell for cell in done.cells if not any(cell is other for other in moved)]
    for cell in sorted(moved, key=lambda cell: rank[cell.master.id]):
        before = [
            position
            for position, other in enumerate(cells)
            if id(other) in anchors and rank[other.master.id] < rank[cell.master.id]
        ]
        cells.insert(max(before, default=-1) + 1, cell)
        anchors.add(id(cell))
    done.cells[:] = cells
    done.remarks.append(("", _("Cells were moved; the original order was restored.")))


def _longest_in_order(ranks: list[int]) -> set[int]:
    """Find the positions of the longest run of cells that stand in the master's order."""
    best: list[tuple[int, int]] = []  # for each position: length of the run, position before it
    for position, rank in enumerate(ranks):
        earlier = [(best[i][0], i) for i in range(position) if ranks[i] < rank]
        length, before = max(earlier, default=(0, -1))
        best.append((length + 1, before))
    position = max(range(len(best)), key=lambda i: best[i][0], default=-1)
    found = set()
    while position >= 0:
        found.add(position)
        position = best[position][1]
    return found


def _number(done: Repaired, master: Master) -> None:
    """Give every cell an id of its own: the master's where it is the master's."""
    taken = {cell.id for cell in master.cells}
    for number, cell in enumerate(done.cells, start=1):
        if cell.master is not None:
            cell.id = cell.master.id
            continue
        if not cell.id or cell.id in taken:
            cell.id = f"added-{number}"
        taken.add(cell.id)
