"""Pictures of lesson 02, on quality and privacy: dates, defects, wrong types, crowds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _
from custlab.plots.drawing import fix_margins, in_style, shaded_table
from custlab.style import HATCHES, PALETTE, Picture, new_figure

SIZES = pd.IntervalIndex.from_breaks([0, 1, 4, 9, 49, np.inf], closed="right")


@in_style
def group_sizes(sizes: pd.Series, k: int) -> Picture:
    """Draw how many people stand in small and in large groups.

    Parameters
    ----------
    sizes : Series
        For each person, how many people (this one included) look the same.
    k : int
        The smallest group wanted; smaller ones are drawn in a warning colour.

    Returns
    -------
    Picture
        One bar a class of group size, as shares of all people.

    Raises
    ------
    InputError
        If there is nobody to draw.

    Examples
    --------
    >>> group_sizes(pd.Series([1, 2, 2]), k=2).alt
    'Bars: 33 % of people are the only one of their group, 67 % share it with 1-3 others.'
    """
    if len(sizes) == 0:
        raise InputError(_("Nobody is left to draw: ask for a smaller k, or coarsen less."))
    labels = _size_labels()
    share = pd.cut(sizes, SIZES).value_counts(sort=False, normalize=True).to_numpy() * 100
    small = [interval.left + 1 < k for interval in SIZES]
    fig, ax = new_figure(7, 3.1)
    fix_margins(fig, left=0.1, right=0.98, bottom=0.17, top=0.9)
    bars = ax.bar(
        [short for short, _long in labels], share,
        color=[PALETTE[3] if below else PALETTE[0] for below in small], width=0.7,
    )  # fmt: skip
    for bar, below in zip(bars, small, strict=True):
        bar.set_hatch(HATCHES[1] if below else "")
        bar.set_edgecolor("white")
    ax.bar_label(bars, fmt="%.0f %%")
    ax.set_ylim(0, max(100.0, share.max()) * 1.08)
    ax.grid(axis="x", visible=False)
    ax.set_xlabel(_("people who look the same"))
    ax.set_ylabel(_("share of people (%)"))
    ax.set_title(_("How big is the crowd that each person hides in?"))
    told = ", ".join(
        text.format(value=value)
        for (_short, text), value in zip(labels, share, strict=True)
        if value > 0
    )
    return Picture(fig, _("Bars: {told}.").format(told=told))


def _size_labels() -> list[tuple[str, str]]:
    """Give each class of group size a short and a long label."""
    return [
        (_("1 (alone)"), _("{value:.0f} % of people are the only one of their group")),
        ("2–4", _("{value:.0f} % share it with 1-3 others")),
        ("5–9", _("{value:.0f} % share it with 4-8 others")),
        ("10–49", _("{value:.0f} % share it with 9-48 others")),
        (_("50 or more"), _("{value:.0f} % share it with at least 49 others")),
    ]


@in_style
def type_moves(clean: pd.Series, dirty: pd.Series, order: list[str] | None = None) -> Picture:
    """Draw which type customers get from clean and from dirty data.

    Parameters
    ----------
    clean, dirty : Series
        The type of each customer, indexed by customer id.
    order : list of str, optional
        The order of the types; else alphabetical.

    Returns
    -------
    Picture
        A table of counts: rows the clean type, columns the dirty one, moves outlined in colour.

    Examples
    --------
    >>> a = pd.Series({"c1": "active", "c2": "churned"})
    >>> b = pd.Series({"c1": "active", "c2": "active"})
    >>> type_moves(a, b).alt
    '1 of 2 customers change type: 1 from churned to active.'
    """
    names = order or sorted(set(clean.astype(str)) | set(dirty.astype(str)))
    joined = pd.concat([clean.astype(str), dirty.astype(str)], axis=1, join="inner")
    joined.columns = ["clean", "dirty"]
    counts = pd.crosstab(joined["clean"], joined["dirty"]).reindex(
        index=names, columns=names, fill_value=0
    )
    moved = counts.to_numpy(copy=True)
    np.fill_diagonal(moved, 0)
    fig, ax = new_figure(1.3 * len(names) + 2.2, 0.7 * len(names) + 1.8)
    shaded_table(
        ax, moved, counts.map("{:,}".format), names, names,
        low=0, high=max(2.0 * moved.max(), 1), cmap="Oranges",
        weight=np.where(moved > 0, "bold", "normal"),
    )  # fmt: skip
    ax.set_xlabel(_("type according to the dirty export"))
    ax.set_ylabel(_("type from the clean tables"))
    ax.set_title(_("Customers in the wrong box"))
    moves = counts.where(~np.eye(len(names), dtype=bool)).stack()
    moves = moves[moves > 0].astype(int).sort_values(ascending=False)
    told = ", ".join(
        _("{n} from {old} to {new}").format(n=n, old=old, new=new)
        for (old, new), n in moves.items()
    )
    alt = _("{n} of {total} customers change type: {told}.").format(
        n=int(moved.sum()), total=len(joined), told=told or _("none")
    )
    return Picture(fig, alt)


@in_style
def date_readings(fates: pd.DataFrame) -> Picture:
    """Draw what became of the dates, for each way of writing them.

    Parameters
    ----------
    fates : DataFrame
        One row a way of writing; columns ``right``, ``another day``, ``lost`` (counts).

    Returns
    -------
    Picture
        Stacked bars, in per cent of the dates written in that way.

    Examples
    --------
    >>> fates = pd.DataFrame({"right": [9], "another day": [1], "lost": [0]}, index=["31.05.2024"])
    >>> date_readings(fates).alt
    'Bars by way of writing: 31.05.2024 (10 dates): 90 % right, 10 % another day, 0 % lost.'
    """
    total = fates.sum(axis=1)
    share = 100 * fates.div(total, axis=0)
    words = {"right": _("right"), "another day": _("another day"), "lost": _("lost")}
    names = [f"{form}  (n = {n:,})" for form, n in total.items()]
    rows = range(len(names))
    fig, ax = new_figure(8, 0.42 * len(fates) + 1.5)
    fix_margins(fig, left=0.3, right=0.81, bottom=0.15, top=0.92)
    left = np.zeros(len(fates))
    for (column, word), color, hatch in zip(
        words.items(), (PALETTE[5], PALETTE[3], "#D1D5DB"), ("", "//", ".."), strict=True
    ):
        ax.barh(
            rows, share[column], left=left, color=color, hatch=hatch,
            edgecolor="white", height=0.7, label=word,
        )  # fmt: skip
        left += share[column].to_numpy()
    ax.set_yticks(rows, names)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlim(0, 100)
    ax.set_xlabel(_("share of the dates written in this way (%)"))
    ax.set_ylabel(_("31 May 2024, written as"))
    ax.set_title(_("What became of the dates"))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    told = "; ".join(
        _("{form} ({n:,} dates): {right:.0f} % right, {other:.0f} % another day, {lost:.0f} % lost")
        .format(form=form, n=total[form], right=row["right"], other=row["another day"],
                lost=row["lost"])
        for form, row in share.iterrows()
    )  # fmt: skip
    return Picture(fig, _("Bars by way of writing: {told}.").format(told=told))


@in_style
def mended_defects(score: pd.DataFrame) -> Picture:
    """Draw how many defects of each kind are mended.

    Parameters
    ----------
    score : DataFrame
        As given by `custlab.quality.score_cleaning`: one row a kind; ``planted``, ``mended``.

    Returns
    -------
    Picture
        One bar a kind: mended and still there.

    Examples
    --------
    >>> score = pd.DataFrame({"planted": [20], "mended": [15]}, index=["impossible age"])
    >>> mended_defects(score).alt
    '15 of 20 planted defects are mended. By kind: impossible age 15 of 20.'
    """
    score = score.drop(index=["clean cells", "clean rows"], errors="ignore")
    score = score.sort_values("planted", ascending=False)
    left = score["planted"] - score["mended"]
    fig, ax = new_figure(7.5, 0.3 * len(score) + 1.4)
    ax.barh(score.index, score["mended"], color=PALETTE[0], height=0.7, label=_("mended"))
    ax.barh(
        score.index, left, left=score["mended"], color=PALETTE[1], hatch="//",
        edgecolor="white", height=0.7, label=_("still there"),
    )  # fmt: skip
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(_("planted defects"))
    ax.set_title(_("What the cleaning has mended"))
    ax.legend(loc="lower right")
    told = ", ".join(
        f"{kind} {row.mended:.0f} of {row.planted:.0f}" for kind, row in score.iterrows()
    )
    alt = _("{mended} of {planted} planted defects are mended. By kind: {told}.").format(
        mended=int(score["mended"].sum()), planted=int(score["planted"].sum()), told=told
    )
    return Picture(fig, alt)
