"""Pictures of lesson 02, where data comes from: who is seen, and who answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.plots.drawing import fix_margins, in_style
from custlab.style import MARKERS, MUTED, PALETTE, Picture, new_figure


@in_style
def channel_reach(case) -> Picture:
    """Draw which share of each kind of customer a channel has ever seen.

    Parameters
    ----------
    case : Case
        The firm's tables.

    Returns
    -------
    Picture
        One row a channel, one mark a kind of customer.

    Examples
    --------
    >>> from custlab import load_case
    >>> channel_reach(load_case("appliances")).axes[0].get_xlabel()
    'share of customers seen at least once (%)'
    """
    share = 100 * seen_by_channel(case)
    fig, ax = new_figure(7.5, 0.5 * len(share) + 1.2)
    rows = np.arange(len(share))
    for number, kind in enumerate(share.columns):
        ax.plot(share[kind], rows, MARKERS[number], color=PALETTE[number], markersize=8, label=kind)
    ax.hlines(rows, share.min(axis=1), share.max(axis=1), color=MUTED, zorder=0)
    ax.set_yticks(rows, share.index)
    ax.invert_yaxis()
    ax.set_xlim(-2, 102)
    ax.set_xlabel(_("share of customers seen at least once (%)"))
    ax.set_title(_("No channel sees everybody"))
    ax.legend(title=_("kind of customer"), loc="center left", bbox_to_anchor=(1, 0.5))
    widest = share.max(axis=1).idxmax()
    alt = _(
        "Dots: share of customers seen at least once in each of {n} channels, by kind of customer. "
        "The channel that reaches furthest is {widest}, with {top:.0f} % of one kind; the one that "
        "reaches least is {narrowest}."
    ).format(
        n=len(share),
        widest=widest,
        top=share.to_numpy().max(),
        narrowest=share.max(axis=1).idxmin(),
    )
    return Picture(fig, alt)


def seen_by_channel(case) -> pd.DataFrame:
    """Give the share of customers that each channel has seen at least once, by kind.

    Parameters
    ----------
    case : Case
        The firm's tables; ``interactions`` and ``customers`` are used.

    Returns
    -------
    DataFrame
        One row a channel (widest first), one column a kind of customer, values 0 to 1.

    Examples
    --------
    >>> from custlab import load_case
    >>> bool(seen_by_channel(load_case("appliances")).le(1).all(axis=None))
    True
    """
    pairs = case.interactions[["customer_id", "channel"]].drop_duplicates()
    kinds = case.customers[["customer_id", "kind"]].astype("string")
    seen = pairs.astype("string").merge(kinds, on="customer_id")
    share = pd.crosstab(seen["channel"], seen["kind"]) / kinds["kind"].value_counts()
    share = share.fillna(0.0)
    return share.loc[share.mean(axis=1).sort_values(ascending=False).index]


@in_style
def rates_by_group(rates: pd.Series, what: str, title: str = "") -> Picture:
    """Draw a share for each group, with the number of people that it rests on.

    Parameters
    ----------
    rates : DataFrame
        One row a group; columns ``rate`` (0 to 1) and ``n`` (how many people).
    what : str
        What the share is of; the axis says it.
    title : str, optional
        What the picture shows.

    Returns
    -------
    Picture
        One bar a group.

    Examples
    --------
    >>> table = pd.DataFrame({"rate": [0.2, 0.4], "n": [50, 90]}, index=["no", "yes"])
    >>> rates_by_group(table, "share that answered").alt
    'Bars, share that answered: no 20 % of 50; yes 40 % of 90.'
    """
    fig, ax = new_figure(7, 0.55 * len(rates) + 1.3)
    share = 100 * rates["rate"].to_numpy(dtype=float)
    names = [str(group) for group in rates.index]
    ax.barh(names, share, color=PALETTE[0], height=0.6)
    for row, (value, n) in enumerate(zip(share, rates["n"], strict=True)):
        ax.text(value, row, _("  {value:.0f} % of {n:,}").format(value=value, n=n), va="center")
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set_xlim(0, max(share.max() * 1.35, 5))
    ax.set_xlabel(_("{what} (%)").format(what=what))
    ax.set_title(title or what)
    told = "; ".join(
        _("{group} {value:.0f} % of {n:,}").format(group=name, value=value, n=n)
        for name, value, n in zip(names, share, rates["n"], strict=True)
    )
    return Picture(fig, _("Bars, {what}: {told}.").format(what=what, told=told))


@in_style
def non_response(expected: pd.DataFrame, summary: pd.Series) -> Picture:
    """Draw who answers a survey beside everybody, and the mean that comes out.

    Parameters
    ----------
    expected : DataFrame
        One row a score; columns ``everyone`` and ``answers`` (shares, 0 to 1).
    summary : Series
        ``truth`` and ``mean`` (scores), ``low`` and ``high`` (95 % interval of the mean).

    Returns
    -------
    Picture
        Two panels: the scores of both groups; the two means.

    Examples
    --------
    >>> scores = pd.DataFrame({"everyone": [0.5, 0.5], "answers": [0.2, 0.8]}, index=[1, 5])
    >>> summary = pd.Series({"truth": 3.0, "mean": 4.2, "low": 4.0, "high": 4.4})
    >>> non_response(scores, summary).alt
    'Mean of everyone 3.00; mean of the answers 4.20, 95 % interval 4.00 to 4.40.'
    """
    fig, (left, right) = new_figure(8.5, 3.4, ncols=2, width_ratios=(3, 2))
    fix_margins(fig, left=0.08, right=0.98, bottom=0.16, top=0.9, wspace=0.12)
    rows = np.arange(len(expected))
    for offset, column, hatch, label in (
        (-0.2, "everyone", "", _("everyone")),
        (0.2, "answers", "//", _("those who answer")),
    ):
        color = MUTED if column == "everyone" else PALETTE[1]
        left.bar(
            rows + offset, 100 * expected[column], 0.38,
            color=color, hatch=hatch, edgecolor="white", label=label,
        )  # fmt: skip
    left.set_xticks(rows, [f"{score:g}" for score in expected.index])
    left.set_xlabel(_("satisfaction (1 to 5)"))
    left.set_ylabel(_("share (%)"))
    left.set_title(_("Who is heard"))
    left.legend(loc="upper left")
    right.axvline(summary["truth"], color=MUTED, linewidth=3)
    right.errorbar(
        summary["mean"], 0.5, fmt="s", color=PALETTE[3], markersize=8, capsize=6,
        xerr=[[summary["mean"] - summary["low"]], [summary["high"] - summary["mean"]]],
    )  # fmt: skip
    right.text(summary["truth"], 0.92, _(" everyone"), color="#374151")
    right.text(summary["high"], 0.5, _("  answers"), color=PALETTE[3], va="center")
    right.set_xlim(summary["truth"] - 1, summary["truth"] + 1)
    right.set_ylim(0, 1)
    right.set_yticks([])
    right.grid(axis="y", visible=False)
    right.set_xlabel(_("mean satisfaction, with 95 % interval"))
    right.set_title(_("What you would report"))
    alt = _(
        "Mean of everyone {truth:.2f}; mean of the answers {mean:.2f}, 95 % interval {low:.2f} to "
        "{high:.2f}."
    ).format(**summary.to_dict())
    return Picture(fig, alt)
