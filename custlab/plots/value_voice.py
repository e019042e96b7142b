"""Pictures of lesson 10, third part: what customers say, beside what they do."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.plots.drawing import fix_margins, shaded_table
from custlab.plots.value_lenses import percent
from custlab.style import PALETTE, Picture, new_figure

BLUE, RED = PALETTE[0], PALETTE[3]


def net_promoter(scores: dict[str, pd.Series], *, before: float | None = None) -> Picture:
    """Draw net promoter scores with their intervals.

    Parameters
    ----------
    scores : dict
        Name of a group and its :func:`custlab.value.net_promoter_score`.
    before : float, optional
        An earlier score to compare with, in points of 100.

    Returns
    -------
    Picture
        A mark with its interval for each group.

    Examples
    --------
    >>> from custlab.value import net_promoter_score
    >>> net_promoter({"all": net_promoter_score([10] * 50 + [8] * 30 + [3] * 20)}).alt
    'Net promoter score with 95 % interval. all: 30 (15 to 45), n = 100.'
    """
    height = 1.4 + 0.5 * len(scores)
    fig, ax = new_figure(7, height)
    fix_margins(fig, labels=scores, right=0.97, bottom=0.65 / height, top=1 - 0.35 / height)
    told = []
    for place, (name, score) in enumerate(scores.items()):
        nps, low, high = 100 * score["nps"], 100 * score["low"], 100 * score["high"]
        ax.plot([low, high], [place, place], color=BLUE, lw=3, solid_capstyle="butt")
        ax.plot(nps, place, "D", color="black", ms=7)
        told.append(
            _("{name}: {nps:.0f} ({low:.0f} to {high:.0f}), n = {n:,.0f}.").format(
                name=name, nps=nps, low=low, high=high, n=score["n"]
            )
        )
    ax.axvline(0, color="black", lw=0.8)
    if before is not None:
        ax.axvline(before, color=RED, ls="--", label=_("before: {score:.0f}").format(score=before))
        ax.legend(loc="upper left")
        told.append(_("Before: {score:.0f}.").format(score=before))
    labels = [f"{name}\nn = {score['n']:,.0f}" for name, score in scores.items()]
    ax.set_yticks(range(len(scores)), labels, fontsize=9)
    ax.set_ylim(len(scores) - 0.4, -0.6)
    ax.set(
        xlim=(-100, 100),
        xlabel=_("promoters minus detractors, points of 100 (line: 95 % interval)"),
        title=_("Net promoter score"),
    )
    told = " ".join(told)
    return Picture(fig, _("Net promoter score with 95 % interval. {told}").format(told=told))


def loyalty(crossed: pd.Series, *, says: tuple[str, str], does: tuple[str, str]) -> Picture:
    """Draw attitude against behaviour as four fields.

    Parameters
    ----------
    crossed : Series
        The result of :func:`custlab.value.loyalty_matrix`.
    says, does : pair of str
        High and low attitude, high and low behaviour, in words.

    Returns
    -------
    Picture
        Four fields with their share of customers.

    Examples
    --------
    >>> from custlab.value import loyalty_matrix
    >>> crossed = loyalty_matrix(pd.Series([10, 2]), pd.Series([5, 7]), attitude_from=9,
    ...                          behaviour_from=3)
    >>> loyalty(crossed, says=("9 or 10", "less"), does=("3 orders or more", "fewer")).alt
    'Attitude against behaviour: true loyalty 50 %, latent loyalty 0 %, spurious ... 50 %, ...'
    """
    share = crossed.value_counts(normalize=True).reindex(crossed.cat.categories)
    # Rows: attitude high, low; columns: behaviour low, high.
    fields = share.to_numpy().reshape(2, 2)[:, ::-1]
    names = np.array(crossed.cat.categories).reshape(2, 2)[:, ::-1]
    fig, ax = new_figure(6, 3.8)
    top = max(0.5, fields.max())
    texts = np.vectorize("{}\n{}".format, otypes=[object])(names, np.vectorize(percent)(fields))
    shaded_table(ax, fields, texts, says, does[::-1], low=0, high=top,
                 fontsize=11)  # fmt: skip
    ax.set(
        xlabel=_("what they do"),
        ylabel=_("what they say"),
        title=_("Loyal in words, in deeds, in both? ({n:,} customers)").format(n=len(crossed)),
    )
    told = ", ".join(f"{name} {percent(value)}" for name, value in share.items())
    return Picture(fig, _("Attitude against behaviour: {told}.").format(told=told))


def drivers(table: pd.DataFrame) -> Picture:
    """Draw what drives satisfaction, with intervals.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`custlab.value.satisfaction_drivers`.

    Returns
    -------
    Picture
        A mark with its interval for each driver, most important on top.

    Examples
    --------
    >>> table = pd.DataFrame({"importance": [0.2], "low": [0.1], "high": [0.3], "n": [90]},
    ...                      index=["sat_service"])
    >>> drivers(table).alt
    'Share of the variance of satisfaction explained. service 20 % (10 to 30).'
    """
    fig, ax = new_figure(7, 1.5 + 0.5 * len(table))
    names = [name.removeprefix("sat_") for name in table.index]
    told = []
    for place, (name, row) in enumerate(zip(names, table.itertuples(), strict=True)):
        ax.plot([100 * row.low, 100 * row.high], [place, place], color=BLUE, lw=3)
        ax.plot(100 * row.importance, place, "o", color="black", ms=7)
        told.append(
            _("{name} {share:.0f} % ({low:.0f} to {high:.0f})").format(
                name=name, share=100 * row.importance, low=100 * row.low, high=100 * row.high
            )
        )
    ax.set_yticks(range(len(table)), names)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(left=0)
    ax.set(
        xlabel=_("share of the variance of overall satisfaction (%, line: 95 % interval)"),
        title=_("What goes with satisfaction ({n:,} customers)").format(n=int(table["n"].iloc[0])),
    )
    told = ", ".join(told)
    alt = _("Share of the variance of satisfaction explained. {told}.").format(told=told)
    return Picture(fig, alt)


def retention_after_survey(table: pd.DataFrame, days: int) -> Picture:
    """Draw the share of customers who bought again, by how satisfied they had said they were.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`custlab.value.retention_by_satisfaction`.
    days : int
        How long they were watched.

    Returns
    -------
    Picture
        A mark with its interval for each answer.

    Examples
    --------
    >>> table = pd.DataFrame({"share": [0.4], "low": [0.3], "high": [0.5], "n": [90]}, index=[5])
    >>> retention_after_survey(table, 180).alt
    'Bought again within 180 days of the survey. Answer 5: 40 % (30 to 50), n = 90.'
    """
    fig, ax = new_figure(7, 3.8)
    ax.vlines(table.index, 100 * table["low"], 100 * table["high"], color=BLUE, lw=3)
    ax.plot(table.index, 100 * table["share"], "o", color="black", ms=7)
    labels = [f"{answer}\nn = {n:,.0f}" for answer, n in table["n"].items()]
    ax.set_xticks(table.index, labels)
    ax.set_ylim(0, 100)
    ax.set(
        xlabel=_("satisfaction at the survey (1 to 5)"),
        ylabel=_("bought again (%, line: 95 % interval)"),
        title=_("Do the satisfied stay? {days} days after the survey").format(days=days),
    )
    told = " ".join(
        _("Answer {answer}: {share:.0f} % ({low:.0f} to {high:.0f}), n = {n:,.0f}.").format(
            answer=answer, share=100 * row["share"], low=100 * row["low"],
            high=100 * row["high"], n=row["n"],
        )
        for answer, row in table.iterrows()
    )  # fmt: skip
    return Picture(
        fig, _("Bought again within {days} days of the survey. {told}").format(days=days, told=told)
    )
