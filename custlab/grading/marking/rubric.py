"""A rubric as data: the numbered list below "Rubric" in the master, a criterion an item."""

from __future__ import annotations

import re
from dataclasses import dataclass

from custlab.errors import CustLabError
from custlab.i18n import _

ITEM = re.compile(r"\s*\d+[.)]\s+(.*)")
POINTS = re.compile(r"^\(\s*(\d+(?:\.\d+)?)\s*points?\)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Criterion:
    """One line of a rubric: what an answer should have (Markdown), and what that earns."""

    text: str
    points: float

    @property
    def steps(self) -> tuple[float, ...]:
        """What can be given: nothing, half, all."""
        return (0.0, self.points / 2, self.points)


def read_rubric(text: str, most: float, where: str = "") -> tuple[list[Criterion], str]:
    r"""Read a rubric.

    Parameters
    ----------
    text : str
        Markdown with a numbered list. An item may begin with its points, ``1. (2 points) …``;
        without them, all items earn the same.
    most : float
        The most that the answer can earn.
    where : str
        The cell's name, for messages.

    Returns
    -------
    tuple of list of Criterion and str
        The criteria, empty if there is no list, and what else the rubric says.

    Raises
    ------
    CustLabError
        If the criteria do not add up to the points of the cell.

    Examples
    --------
    >>> criteria, note = read_rubric("1. Decides.\n2. Says why.\n\nHalf points are fine.", 3)
    >>> [(one.text, one.points) for one in criteria], note
    ([('Decides.', 1.5), ('Says why.', 1.5)], 'Half points are fine.')
    """
    items: list[list[str]] = []
    note, inside = [], False
    for line in text.splitlines():
        if match := ITEM.fullmatch(line):
            items.append([match[1]])
            inside = True
        elif inside and line.strip():
            items[-1].append(line.strip())
        else:
            inside = False
            note.append(line)
    texts = [" ".join(lines) for lines in items]
    told = [float(match[1]) if (match := POINTS.match(line)) else None for line in texts]
    if None in told:
        told = [most / len(texts)] * len(texts)
    elif abs(sum(told) - most) > 1e-9 and told:
        raise CustLabError(
            _(
                "The rubric of {cell} adds up to {sum:g} points, and the cell has {most:g}. Mend "
                "the rubric in the master."
            ).format(cell=where, sum=sum(told), most=most)
        )
    criteria = [Criterion(POINTS.sub("", t), p) for t, p in zip(texts, told, strict=True)]
    return criteria, "\n".join(note).strip()
