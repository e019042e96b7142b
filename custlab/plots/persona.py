"""Pictures of lesson 09: how far a persona fits the customers that it stands for."""

from __future__ import annotations

import numpy as np

from custlab.i18n import _
from custlab.style import HATCHES, MUTED, PALETTE, Picture, new_figure

EDGES = (0, 0.2, 0.4, 0.6, 0.8, 1.0)


def fit_groups(shares) -> np.ndarray:
    """Count customers by the share of a persona's lines that hold for them.

    Parameters
    ----------
    shares : array
        Shares from 0 to 1.

    Returns
    -------
    array of int of shape (6,)
        Customers below 20, 40, 60, 80 and 100 %, and those for whom every line holds.

    Examples
    --------
    >>> fit_groups([0.0, 0.19, 0.99, 1.0]).tolist()
    [2, 0, 0, 0, 1, 1]
    """
    return np.bincount(groups_of(shares), minlength=len(EDGES))


def groups_of(shares) -> np.ndarray:
    """Give the number of the group that each share falls into, from 0 to 5.

    Parameters
    ----------
    shares : array
        Shares from 0 to 1.

    Returns
    -------
    array of int

    Examples
    --------
    >>> groups_of([0.5, 1.0]).tolist()
    [2, 5]
    """
    # A share such as 3/5 must not fall below 0.6 by a rounding error.
    return np.searchsorted(EDGES, np.asarray(shares, dtype=float) + 1e-9, side="right") - 1


def members_fit(members, others, drawn: float | None = None) -> Picture:
    """Draw how many of a persona's lines hold for the segment's customers and for the others.

    Parameters
    ----------
    members, others : array
        For each customer the share of the persona's known lines that hold (0 to 1).
    drawn : float, optional
        The share of one customer, to be pointed at.

    Returns
    -------
    Picture
    """
    labels = [_("under {high} %").format(high=20)]
    labels += [
        _("{low} to {high} %").format(low=low, high=low + 20 if low < 80 else 99)
        for low in (20, 40, 60, 80)
    ]
    labels.append(_("all"))
    own, rest = (100 * fit_groups(group) / max(len(group), 1) for group in (members, others))
    fig, ax = new_figure(6.2, 3.3)
    places = np.arange(len(labels))
    ax.bar(places - 0.2, own, 0.4, color=PALETTE[0], label=_("in the segment"))
    ax.bar(places + 0.2, rest, 0.4, color="white", edgecolor=MUTED, hatch=HATCHES[1],
           label=_("all others"))  # fmt: skip
    top = max(own.max(), rest.max(), 1)
    if drawn is not None:
        group = int(groups_of([drawn])[0])
        ax.annotate(
            _("this customer"),
            (group - 0.2, own[group]),
            (group - 0.2, top * 1.14),
            ha="center",
            arrowprops={"arrowstyle": "->", "color": "#1f2937"},
        )
    ax.set_ylim(0, top * 1.28)
    ax.set_xticks(places, labels)
    ax.grid(visible=False, axis="x")
    ax.set_xlabel(_("lines of the persona that hold (of those known)"))
    ax.set_ylabel(_("customers (%)"))
    ax.set_title(_("How far customers fit the persona"))
    ax.legend(loc="upper left")
    told = ", ".join(
        _("{label}: {own:.0f} % of the segment, {rest:.0f} % of the others").format(
            label=label, own=one, rest=two
        )
        for label, one, two in zip(labels, own, rest, strict=True)
    )
    return Picture(fig, _("Customers by the share of lines that hold. {told}.").format(told=told))
