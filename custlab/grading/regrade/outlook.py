"""Who would change, and by how much: the gradebook beside a preview by the mended master."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from custlab.grading.stock.marks import Marks
from custlab.grading.stock.results import Results
from custlab.i18n import _

TINY = 1e-9


@dataclass(frozen=True)
class Change:
    """One mark that is not what it was.

    Attributes
    ----------
    student, notebook, cell : str
        Whose, and which.
    before, after : float or None
        Points; None while a person has still to mark it.
    by_hand : bool
        Whether a mark by hand stands: then the automatic one changes, and the points stay.
    why : str
        What the test said, or why a person should look at it.
    """

    student: str
    notebook: str
    cell: str
    before: float | None
    after: float | None
    by_hand: bool = False
    why: str = ""


@dataclass
class Outlook:
    """What a regrading changes.

    Attributes
    ----------
    changes : list of Change
        Mark by mark.
    totals : DataFrame
        One row per learner: ``before`` and ``after``, the final points, and the late penalties
        that are taken off in them, ``penalty_before`` and ``penalty_after``.
    ungraded : list of str
        Learners for whom the preview found nothing.
    """

    changes: list[Change] = field(default_factory=list)
    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    ungraded: list[str] = field(default_factory=list)

    @property
    def changed(self) -> pd.DataFrame:
        """The learners whose total changes, the largest loss first."""
        moved = (self.totals["after"] - self.totals["before"]).abs() > TINY
        found = self.totals[moved]
        return found.assign(change=found["after"] - found["before"]).sort_values("change")


def look_ahead(
    marks: Marks, results: list[Results], students: list[str], penalty: Callable
) -> Outlook:
    """Compare the gradebook with what the mended master gives.

    Marks by hand stay, extra credit stays; what a test gave before is replaced.

    Parameters
    ----------
    marks : Marks
        The gradebook as it is.
    results : list of Results
        The preview.
    students : list of str
        Whose submissions were previewed.
    penalty : callable
        Called as ``penalty(results, points)``; says what lateness costs a notebook that earned
        these points.

    Returns
    -------
    Outlook
        The differences.
    """
    done = Outlook()
    rows = {(row["notebook"], row["cell"]): number for number, row in marks.questions.iterrows()}
    totals = {}
    for found in results:
        earned = {
            name: sum(
                _compare(done, marks, found.student, name, cell, rows.get((name, cell.grade_id)))
                for cell in part.cells
            )
            for name, part in found.notebooks.items()
        }
        # As nbgrader reckons: each notebook loses its own, and the rest is added up.
        lost = sum(penalty(found, points) or 0.0 for points in earned.values())
        totals[found.student] = (*_as_it_was(marks, found.student), lost, sum(earned.values()))
    names = ["before", "penalty_before", "penalty_after", "after"]
    table = pd.DataFrame.from_dict(totals, orient="index", columns=names, dtype=float)
    table["after"] = (table["after"] - table["penalty_after"]).clip(lower=0.0)
    done.totals = table[["before", "after", "penalty_before", "penalty_after"]].sort_index()
    done.ungraded = sorted(set(students) - set(totals))
    return done


def _as_it_was(marks: Marks, student: str) -> tuple[float, float]:
    """Give the final points and the late penalty that the gradebook has."""
    if student not in marks.handed_in:
        return 0.0, 0.0
    row = marks.learners.loc[student].fillna({"score": 0.0, "late_penalty": 0.0})
    return float(row["score"]), float(row["late_penalty"])


def _compare(done: Outlook, marks: Marks, student: str, notebook: str, cell, number) -> float:
    """Note what changes in one cell; give the points that it will earn."""
    known = number is not None and student in marks.scores.index
    score = marks.scores.at[student, number] if known else float("nan")
    auto = marks.auto.at[student, number] if known else float("nan")
    hand = marks.by_hand.at[student, number] if known else float("nan")
    why = cell.reason or " ".join(cell.message.split())
    if not pd.isna(hand):
        if cell.role == "test" and not _same(auto, cell.points):
            done.changes.append(Change(student, notebook, cell.grade_id, score, score, True, why))
        return float(score)
    extra = 0.0 if pd.isna(auto) else float(score - auto)
    after = None if cell.points is None else cell.points + extra
    if not _same(score, after):
        old = None if pd.isna(score) else float(score)
        done.changes.append(Change(student, notebook, cell.grade_id, old, after, False, why))
    return after or 0.0


def _same(old: float, new: float | None) -> bool:
    if pd.isna(old) or new is None:
        return pd.isna(old) and new is None
    return abs(old - new) < TINY


def structure_changes(marks: Marks, cells: dict[str, list[tuple[str, float]]]) -> list[str]:
    """Say which marked cells came or went: nbgrader cannot take that once work is handed in.

    Parameters
    ----------
    marks : Marks
        The gradebook as it is.
    cells : dict of str to list of tuple
        By notebook: name and points of each marked cell of the mended masters.

    Returns
    -------
    list of str
        Sentences; empty if the same cells are marked as before.
    """
    old = {(row["notebook"], row["cell"]) for _n, row in marks.questions.iterrows()}
    new = {(name, cell) for name, listed in cells.items() for cell, _points in listed}
    found = [_("{notebook}/{cell} is new").format(notebook=n, cell=c) for n, c in new - old]
    found += [_("{notebook}/{cell} is gone").format(notebook=n, cell=c) for n, c in old - new]
    return sorted(found)
