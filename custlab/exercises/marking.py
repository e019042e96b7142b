"""Marking a sheet's questions: one call in a hidden test cell, nothing of the learner's needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.kinds import check
from custlab.exercises.result import Outcome, Result
from custlab.exercises.store import read_answers
from custlab.i18n import _

STEP = 0.25


def mark(
    sheet: str,
    id: str,
    points: float,
    kind: str,
    key: Any,
    because: Any = None,
    *,
    folder: Path | None = None,
    **options: Any,
) -> float:
    """Mark one question of a sheet, print what was found, and give the points.

    Stands last in a hidden test cell, so that its value is the cell's partial credit. It reads
    the saved answers and needs nothing else: any clean process can run the cell.

    Parameters
    ----------
    sheet, id : str
        The sheet's and the question's name.
    points : float
        The points of a right answer; the same number as in the cell's metadata.
    kind : str
        The kind of question.
    key, because, **options : object
        As for `check`.
    folder : Path, optional
        The notebook's folder, if the process started elsewhere.

    Returns
    -------
    float
        From 0 to ``points``; partial credit is rounded to the nearest quarter of a point, and
        never up to full.

    Examples
    --------
    >>> mark("99-none", "who", points=2, kind="choose_one", key="b")
    Not attempted: 0 of 2 points. There is no answer here.
    0.0
    """
    found = look_up(sheet, id, kind, key, because, folder=folder, **options)
    earned = earned_points(found, points)
    print(sentence(found, earned, points))
    return earned


def look_up(
    sheet: str,
    id: str,
    kind: str,
    key: Any,
    because: Any = None,
    *,
    folder: Path | None = None,
    **options: Any,
) -> Result:
    """Read a saved answer and check it; see `mark`."""
    answer = read_answers(sheet, folder).get(id)
    if answer is None:
        return results.not_attempted()
    if answer.kind not in ("", kind):
        return results.error(_("The saved answer belongs to another kind of question."))
    return check(kind, answer.value, key, because, **options)


def earned_points(found: Result, points: float) -> float:
    """Turn a share into points: full only for full, else to the nearest quarter below full.

    Examples
    --------
    >>> earned_points(results.graded(0.2, ""), 3), earned_points(results.graded(0.99, ""), 3)
    (0.5, 2.75)
    """
    if found.outcome is Outcome.CORRECT:
        return float(points)
    rounded = round(found.share * points / STEP) * STEP
    return float(min(rounded, max(points - STEP, 0.0)))


def sentence(found: Result, earned: float, points: float) -> str:
    """Say in one line what was found and what it earns."""
    line = _("{outcome}: {earned:g} of {points:g} points. {message}").format(
        outcome=found.outcome.final_words,
        earned=earned,
        points=points,
        message=" ".join(found.message.split()),
    )
    return line.strip()
