"""Pictures of lesson 02: who is seen, who answers, what dirt does, who hides in a crowd."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _
from custlab.style import HATCHES, MARKERS, MUTED, PALETTE, Picture, new_figure, style

SIZES = pd.IntervalIndex.from_breaks([0, 1, 4, 9, 49, np.inf], closed="right")


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
    with style():
        for number, kind in enumerate(share.columns):
            ax.plot(
                share[kind], rows, MARKERS[number], color=PALETTE[number], markersize=8, label=kind
            )
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
    with style():
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
    rows = np.arange(len(expected))
    with style():
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
        right.text(summary["mean"], 0.58, _("answers"), color=PALETTE[3], ha="center")
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
    with style():
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
    with style():
        ax.imshow(moved, cmap="Oranges", vmin=0, vmax=max(2.0 * moved.max(), 1), aspect="auto")
        for row, column in np.ndindex(moved.shape):
            weight = "bold" if moved[row, column] else "normal"
            ax.text(
                column, row, f"{counts.iat[row, column]:,}",
                ha="center", va="center", weight=weight,
            )  # fmt: skip
        ax.set_xticks(range(len(names)), names)
        ax.set_yticks(range(len(names)), names)
        ax.grid(visible=False)
        ax.set_xlabel(_("type according to the dirty export"))
        ax.set_ylabel(_("type in truth"))
        ax.set_title(_("Off the diagonal: customers treated as what they are not"))
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
    fig, ax = new_figure(8, 0.42 * len(fates) + 1.5)
    with style():
        left = np.zeros(len(fates))
        for (column, word), color, hatch in zip(
            words.items(), (PALETTE[5], PALETTE[3], "#D1D5DB"), ("", "//", ".."), strict=True
        ):
            ax.barh(
                names, share[column], left=left, color=color, hatch=hatch,
                edgecolor="white", height=0.7, label=word,
            )  # fmt: skip
            left += share[column].to_numpy()
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
    with style():
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
