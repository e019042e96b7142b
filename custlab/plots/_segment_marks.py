"""What pictures of segments share: points by segment, shaded cells, names that fit."""

from __future__ import annotations

import textwrap

import numpy as np

from custlab.i18n import _
from custlab.style import MARKERS, PALETTE

LEAST_TOLD = 0.2  # smaller effects and loadings are shaded, but not printed


def points(ax, places, labels, names) -> None:
    """Draw customers as points, with a colour and a mark for each segment."""
    labels = np.asarray(labels)
    for place, segment in enumerate(np.unique(labels)):
        own = places[labels == segment]
        name = str((names or {}).get(segment, segment))
        ax.plot(own[:, 0], own[:, 1], MARKERS[place % 8], ls="none", ms=4, alpha=0.55, mew=0,
                color=PALETTE[place % 8], label=f"{name} (n = {len(own):,})")  # fmt: skip


def heat(ax, values, bold: float, decimals: int, limit: float = 1.0) -> None:
    """Draw a table of numbers between -limit and limit as shaded cells."""
    ax.imshow(values, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if np.isnan(value) or abs(value) < LEAST_TOLD:
            continue
        ax.text(
            column, row, f"{value:+.{decimals}f}", ha="center", va="center", fontsize=9,
            fontweight="bold" if abs(value) >= bold else "normal",
            color="white" if abs(value) > 0.7 * limit else "black", in_layout=False,
        )  # fmt: skip
    ax.grid(visible=False)


def words(name) -> str:
    """Turn a column's name into words."""
    known = {
        "monetary": _("money spent"),
        "frequency": _("number of orders"),
        "recency": _("time since the last order"),
    }
    return known.get(str(name), str(name).replace("_", " "))


def broken(name: str, width: int = 16) -> str:
    """Break a long name into lines."""
    return textwrap.fill(name, width, break_long_words=False)
