"""The report's pictures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns

from custlab.grading.report.statistics import FEWEST, GOOD, LOW
from custlab.i18n import _, ngettext
from custlab.style import HATCHES, MUTED, PALETTE, Picture, new_figure, style

PARTS = ("full", "part", "none", "blank")


def distribution(points: pd.Series, max_score: float) -> Picture:
    """Draw how the marks are distributed.

    Parameters
    ----------
    points : Series
        Final points of everybody who has handed in.
    max_score : float
        The most that could be had.

    Returns
    -------
    Picture
        A histogram with the median.
    """
    fig, ax = new_figure(7.5, 3.4)
    bins = np.linspace(0, max(max_score, points.max()), 11)
    middle = float(points.median())
    with style():
        sns.histplot(points, bins=bins, ax=ax, color=PALETTE[0], edgecolor="white")
        ax.axvline(middle, color=PALETTE[3], linestyle="--", linewidth=2)
        top = ax.get_ylim()[1]
        ax.annotate(
            _("median {value:g}").format(value=round(middle, 2)),
            (middle, top),
            xytext=(5, -2),
            textcoords="offset points",
            va="top",
            color=PALETTE[3],
            fontweight="bold",
        )
        ax.set(title=_("How the marks are distributed"), xlabel=_("Points"), ylabel=_("Learners"))
        ax.yaxis.get_major_locator().set_params(integer=True)
        ax.grid(axis="x", visible=False)
    counts, _edges = np.histogram(points, bins=bins)
    bars = "; ".join(
        _("{low:g} to {high:g}: {n}").format(low=low, high=high, n=count)
        for low, high, count in zip(bins[:-1].round(1), bins[1:].round(1), counts, strict=True)
    )
    text = ngettext(
        "Histogram of the points of {n} learner, median {median:g}. Learners by points: {bars}.",
        "Histogram of the points of {n} learners, median {median:g}. Learners by points: {bars}.",
        len(points),
    )
    return Picture(fig, text.format(n=len(points), median=round(middle, 2), bars=bars))


def difficulty(items: pd.DataFrame, titles: list[str]) -> Picture:
    """Draw for each question who earned everything, a part, nothing, or left it blank.

    Parameters
    ----------
    items : DataFrame
        From `item_statistics`.
    titles : list of str
        The questions' names, in the same order.

    Returns
    -------
    Picture
        Stacked bars, the hardest question on top.
    """
    words = [_("all points"), _("a part"), _("none"), _("left blank")]
    colours = [PALETTE[2], PALETTE[5], PALETTE[3], "#C7CDD4"]
    order = np.argsort(items["difficulty"].fillna(-1).to_numpy(), kind="stable")[::-1]
    shares = items[list(PARTS)].fillna(0.0).to_numpy()[order] * 100
    names = [titles[number] for number in order]
    fig, ax = new_figure(7.5, 1.2 + 0.34 * len(names))
    with style():
        left = np.zeros(len(names))
        for column, (word, colour) in enumerate(zip(words, colours, strict=True)):
            ax.barh(
                names, shares[:, column], left=left, color=colour, label=word, edgecolor="white",
                hatch=HATCHES[column],
            )  # fmt: skip
            left += shares[:, column]
        for row, mean in enumerate(items["difficulty"].to_numpy()[order]):
            ax.plot(mean * 100, row, "D", color="black", markersize=5, markeredgecolor="white")
        ax.plot([], [], "D", color="black", label=_("mean share of the points"))
        ax.set(xlim=(0, 100), xlabel=_("Learners, %"), title=_("How hard the questions were"))
        ax.title.set_position((0, 1.12))
        ax.grid(axis="y", visible=False)
        fig.legend(loc="outside lower center", ncols=5, fontsize=9)
    told = [
        _("{name}: mean {mean:.0f} % of the points, {full:.0f} % have all, {blank:.0f} % blank")
        .format(name=name, mean=mean * 100, full=row[0], blank=row[3])
        for name, mean, row in zip(
            names[::-1], items["difficulty"].to_numpy()[order][::-1], shares[::-1], strict=True
        )
    ]  # fmt: skip
    text = _("Bars for each question, the hardest on top. {told}.")
    return Picture(fig, text.format(told="; ".join(told)))


def discrimination(items: pd.DataFrame, titles: list[str]) -> Picture | None:
    """Draw difficulty against discrimination.

    Parameters
    ----------
    items : DataFrame
        From `item_statistics`.
    titles : list of str
        The questions' names, in the same order.

    Returns
    -------
    Picture or None
        None if there are too few learners to say anything.
    """
    table = items.assign(title=titles).dropna(subset=["discrimination"])
    if table.empty:
        return None
    fig, ax = new_figure(7.5, 4)
    with style():
        for level, words in ((LOW, _("low")), (GOOD, _("good"))):
            ax.axhline(level, color=MUTED, linestyle=":", linewidth=1)
            ax.annotate(
                words, (0, level), xytext=(2, 2), textcoords="offset points", fontsize=8,
                color=MUTED,
            )  # fmt: skip
        errors = (table["discrimination"] - table["low"], table["high"] - table["discrimination"])
        x = table["difficulty"] * 100
        ax.errorbar(x, table["discrimination"], yerr=errors, fmt="none", ecolor="#C7CDD4", zorder=1)
        sns.scatterplot(x=x, y=table["discrimination"], ax=ax, s=60, color=PALETTE[0], zorder=2)
        for place, (value, row) in enumerate(zip(x, table.itertuples(), strict=True)):
            ax.annotate(
                _short(row.title), (value, row.discrimination), xytext=(6, 4 - 12 * (place % 2)),
                textcoords="offset points", fontsize=8,
            )  # fmt: skip
        ax.set(
            xlim=(0, 105),
            title=_("Which questions tell learners apart"),
            xlabel=_("Mean share of the points, % (easy questions to the right)"),
            ylabel=_("Corrected item-total correlation"),
        )
    told = "; ".join(
        _("{name}: {r:.2f} ({low:.2f} to {high:.2f})").format(
            name=row.title, r=row.discrimination, low=row.low, high=row.high
        )
        for row in table.itertuples()
    )
    text = _("Points of difficulty against discrimination, with 95 % intervals. {told}.")
    return Picture(fig, text.format(told=told))


def too_few() -> str:
    """Say why discrimination is not shown."""
    return _(
        "Discrimination is not shown: with fewer than {n} learners a correlation says nothing "
        "(at {n}, one of 0.3 has a 95 % interval from -0.16 to 0.66)."
    ).format(n=FEWEST)


def _short(title: str) -> str:
    return title.replace(_("Question") + " ", "Q")
