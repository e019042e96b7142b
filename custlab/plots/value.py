"""Pictures of lesson 10, first part: RFM, lifetime value models, survival of contracts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.plots.drawing import fix_margins, shaded_table
from custlab.style import MUTED, PALETTE, Picture, new_figure
from custlab.value.rfm import rfm_segments, segment_grid

BLUE, ORANGE, GREEN, RED = PALETTE[0], PALETTE[1], PALETTE[2], PALETTE[3]


def rfm_grid(scores: pd.DataFrame, grid: pd.DataFrame | None = None) -> Picture:
    """Draw how many customers stand in each cell of recency by frequency.

    Parameters
    ----------
    scores : DataFrame
        ``r_score`` and ``f_score`` of each customer (:func:`custlab.value.rfm_scores`).
    grid : DataFrame, optional
        Names of the cells; the course's grid by default.

    Returns
    -------
    Picture
        A square of cells, darker where there are more customers.

    Examples
    --------
    >>> scores = pd.DataFrame({"r_score": [5, 5, 1], "f_score": [5, 5, 1]})
    >>> rfm_grid(scores).alt
    'Customers by recency and frequency score: champions 2, hibernating 1.'
    """
    grid = segment_grid() if grid is None else grid
    rfm_segments(scores, grid)  # refuses scores that do not fit the grid
    counts = pd.crosstab(scores["r_score"], scores["f_score"])
    counts = counts.reindex(index=grid.index, columns=grid.columns, fill_value=0)
    fig, ax = new_figure(7, 5)
    shades = np.sqrt(counts.to_numpy())
    texts = grid.map(lambda name: name.replace(" ", "\n", 1)) + counts.map("\n{:,}".format)
    shaded_table(ax, shades, texts, grid.index, grid.columns,
                 low=0, high=None, fontsize=8.5)  # fmt: skip
    ax.set(
        xlabel=_("frequency score (5 = orders most often)"),
        ylabel=_("recency score (5 = ordered last)"),
        title=_("Customers by recency and frequency (CustLab RF grid)"),
    )
    total = counts.stack().groupby(grid.stack().reindex(counts.stack().index)).sum()
    told = ", ".join(f"{name} {n:,}" for name, n in total[total > 0].items())
    return Picture(fig, _("Customers by recency and frequency score: {told}.").format(told=told))


def weekly_purchases(table: pd.DataFrame) -> Picture:
    """Draw repeat purchases week by week and in total, as they were and as expected.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`custlab.value.purchases_by_week`.

    Returns
    -------
    Picture
        Two diagrams, with the end of calibration marked.

    Examples
    --------
    >>> table = pd.DataFrame({"actual": [2, 3], "expected": [2.5, 2.5], "actual_total": [2, 5],
    ...     "expected_total": [2.5, 5.0], "held_out": [False, True]},
    ...     index=pd.date_range("2024-01-07", periods=2, freq="7D"))
    >>> weekly_purchases(table).alt
    'Repeat purchases, actual and expected. In the held-out weeks 3 happened, 2 were expected.'
    """
    fig, (left, right) = new_figure(9, 3.6, ncols=2)
    for ax, ending, title in (
        (left, "", _("Repeat purchases per week")),
        (right, "_total", _("Repeat purchases in total")),
    ):
        ax.plot(table.index, table["actual" + ending], color=BLUE, label=_("actual"))
        ax.plot(
            table.index, table["expected" + ending], color=RED, ls="--", lw=2, label=_("expected")
        )
        later = table.index[table["held_out"]]
        if len(later):
            ax.axvline(later[0], color=MUTED, lw=1)
            ax.axvspan(later[0], later[-1], color=MUTED, alpha=0.08, label=_("held out"))
        ax.set(title=title, ylabel=_("purchases"), xlabel=_("week ending"))
        ax.tick_params(axis="x", rotation=30)
    left.legend(fontsize=8)
    held_out = table[table["held_out"]]
    alt = _(
        "Repeat purchases, actual and expected. In the held-out weeks {actual:.0f} happened, "
        "{expected:.0f} were expected."
    ).format(actual=held_out["actual"].sum(), expected=held_out["expected"].sum())
    return Picture(fig, alt)


def frequency_check(table: pd.DataFrame) -> Picture:
    """Draw how many customers bought again 0, 1, 2, … times, and how many should have.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`custlab.value.customers_by_frequency`.

    Returns
    -------
    Picture
        Pairs of bars.

    Examples
    --------
    >>> table = pd.DataFrame({"actual": [5, 2], "expected": [4.6, 2.4]}, index=["0", "1+"])
    >>> frequency_check(table).alt
    'Customers by repeat purchases. 0: 5 actual, 5 expected. 1+: 2 actual, 2 expected.'
    """
    fig, ax = new_figure(7, 3.6)
    place = np.arange(len(table))
    ax.bar(place - 0.2, table["actual"], 0.4, color=BLUE, label=_("actual"))
    ax.bar(place + 0.2, table["expected"], 0.4, color=ORANGE, hatch="//", label=_("expected"))
    ax.set_xticks(place, table.index)
    ax.set(
        xlabel=_("repeat purchases"),
        ylabel=_("customers"),
        title=_("Does the model know how customers differ?"),
    )
    ax.legend()
    told = " ".join(
        _("{n}: {actual:.0f} actual, {expected:.0f} expected.").format(
            n=n, actual=row["actual"], expected=row["expected"]
        )
        for n, row in table.iterrows()
    )
    return Picture(fig, _("Customers by repeat purchases. {told}").format(told=told))


def holdout_check(table: pd.DataFrame) -> Picture:
    """Draw purchases in the hold-out period by purchases before it, actual and expected.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`custlab.value.holdout_by_frequency`.

    Returns
    -------
    Picture
        Two lines over the groups, with the number of customers of each.

    Examples
    --------
    >>> table = pd.DataFrame({"customers": [9], "actual": [0.3], "expected": [0.2]}, index=["0"])
    >>> holdout_check(table).alt
    'Mean purchases in the hold-out period. 0 before: 0.30 actual, 0.20 expected.'
    """
    fig, ax = new_figure(7, 3.8)
    place = np.arange(len(table))
    ax.plot(place, table["actual"], "o-", color=BLUE, label=_("actual"))
    ax.plot(place, table["expected"], "s--", color=RED, label=_("expected"))
    labels = [f"{n}\nn = {row['customers']:,.0f}" for n, row in table.iterrows()]
    ax.set_xticks(place, labels, fontsize=8)
    ax.set_ylim(bottom=0)
    ax.set(
        xlabel=_("repeat purchases before (and number of customers)"),
        ylabel=_("mean purchases held out"),
        title=_("What customers did next, and what was expected of them"),
    )
    ax.legend()
    told = " ".join(
        _("{n} before: {actual:.2f} actual, {expected:.2f} expected.").format(
            n=n, actual=row["actual"], expected=row["expected"]
        )
        for n, row in table.iterrows()
    )
    return Picture(fig, _("Mean purchases in the hold-out period. {told}").format(told=told))


def alive_over_time(model, purchase_times, until: float, *, now: float | None = None) -> Picture:
    """Draw P(alive) of one customer from purchase to purchase, and as silence grows.

    Parameters
    ----------
    model : BGNBD
        Fitted.
    purchase_times : sequence of float
        Repeat purchases, in the model's unit of time since the first purchase.
    until : float
        Right end of the picture.
    now : float, optional
        A day to mark and read off.

    Returns
    -------
    Picture
        A curve that falls in silence and jumps back with each purchase.

    Examples
    --------
    >>> from custlab.value import BGNBD
    >>> model = BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> alive_over_time(model, [4, 9], until=52, now=40).alt
    'P(alive) of a customer with 2 repeat purchases; 31 weeks after the last it is 0.23.'
    """
    bought = np.sort(np.asarray(purchase_times, dtype=float))
    times = np.unique(np.concatenate([np.linspace(0, until, 300), bought, bought + 1e-6]))
    times = times[times <= until]
    x = np.searchsorted(bought, times, side="right")
    last = np.where(x > 0, bought[np.maximum(x - 1, 0)] if len(bought) else 0.0, 0.0)
    alive = model.probability_alive(pd.DataFrame({"x": x, "t_x": last, "T": times}))
    fig, ax = new_figure(7.5, 3.8)
    fix_margins(fig, left=0.09, right=0.98, bottom=0.14, top=0.91)
    ax.plot(times, alive, color=BLUE, lw=2)
    ax.plot([0, *bought], np.full(len(bought) + 1, 1.05), "v", color="black", ms=6)
    ax.set(
        ylim=(0, 1.1),
        xlim=(-0.01 * until, until),
        xlabel=_("weeks since the first purchase (triangles: purchases)"),
        ylabel=_("P(alive)"),
    )
    now = until if now is None else now
    seen = bought[bought <= now]
    t_x = seen[-1] if len(seen) else 0.0
    value = model.probability_alive(pd.DataFrame({"x": [len(seen)], "t_x": [t_x], "T": [now]}))
    ax.axvline(now, color=MUTED, lw=1)
    ax.plot([now], value, "o", color=RED, ms=8)
    ax.set_title(
        _("P(alive) after {silence:.0f} weeks of silence: {value:.2f}").format(
            silence=now - t_x, value=value.iloc[0]
        )
    )
    alt = _(
        "P(alive) of a customer with {n} repeat purchases; {silence:.0f} weeks after the last it "
        "is {value:.2f}."
    ).format(n=len(seen), silence=now - t_x, value=value.iloc[0])
    return Picture(fig, alt)


def survival(curve: pd.DataFrame, *, model=None, rate: float | None = None, unit: str) -> Picture:
    """Draw the share of customers still there, counted, modelled and by one constant rate.

    Parameters
    ----------
    curve : DataFrame
        The result of :func:`custlab.value.survival_curve`.
    model : ShiftedBetaGeometric, optional
        Fitted.
    rate : float, optional
        A constant retention rate.
    unit : str
        Name of the period, in the plural ("quarters").

    Returns
    -------
    Picture
        Left the share still there, as steps with their interval; right the share of those due who
        renewed, period by period.

    Examples
    --------
    >>> from custlab.value import survival_curve
    >>> curve = survival_curve([1, 2, 2, 3], [True, True, False, False])
    >>> survival(curve, unit="years").alt
    'Share of customers still there: 50 % after 3 years.'
    """
    fig, (left, right) = new_figure(9.5, 4, ncols=2)
    t = curve.index.to_numpy()
    left.step(t, curve["survival"], where="post", color="black", label=_("counted (Kaplan-Meier)"))
    left.fill_between(t, curve["low"], curve["high"], step="post", color=MUTED, alpha=0.2)
    right.scatter(
        t[1:], curve["retention"].iloc[1:],
        s=4 + 60 * curve["at_risk"].iloc[1:] / curve["at_risk"].max(),
        color="black", label=_("counted (size: customers due)"),
    )  # fmt: skip
    if rate is not None:
        label = _("constant retention {rate:.0f} %").format(rate=100 * rate)
        left.plot(t, rate**t, ":", color=RED, lw=2, label=label)
        right.plot(t[1:], np.full(len(t) - 1, rate), ":", color=RED, lw=2)
    if model is not None:
        left.plot(t, model.survival(t), "--", color=BLUE, lw=2, label=_("shifted beta-geometric"))
        right.plot(t[1:], model.retention(t[1:]), "--", color=BLUE, lw=2)
    ages = _("{unit} since the start").format(unit=unit)
    left.set(ylim=(0, 1.02), xlabel=ages, ylabel=_("share still there"))
    left.set_title(_("Who is still a subscriber?"))
    right.set(xlabel=ages, ylabel=_("share of those due who renewed"))
    right.set_title(_("Retention by age"))
    left.legend(fontsize=8)
    right.legend(fontsize=8, loc="lower right")
    alt = _("Share of customers still there: {share:.0f} % after {n} {unit}.").format(
        share=100 * curve["survival"].iloc[-1], n=t[-1], unit=unit
    )
    if rate is not None:
        alt += " " + _("A constant rate would leave {share:.0f} %.").format(
            share=100 * rate ** t[-1]
        )
    return Picture(fig, alt)


def value_by_month(by_month, horizon: int, currency: str = "CNY") -> Picture:
    """Draw what all customers are expected to bring, month by month, as worth today.

    Parameters
    ----------
    by_month : sequence of float
        Present value of each month (currency), from month 1.
    horizon : int
        Months that count.
    currency : str
        Unit of the amounts.

    Returns
    -------
    Picture
        A bar for each month; those within the horizon are dark.

    Examples
    --------
    >>> value_by_month([100.0, 90.0, 80.0], horizon=2).alt
    'Expected contribution by month: 190 CNY within 2 months, 80 CNY in the 1 after.'
    """
    by_month = np.asarray(by_month, dtype=float)
    months = np.arange(1, len(by_month) + 1)
    counts = months <= horizon
    fig, ax = new_figure(7.5, 3.4)
    fix_margins(fig, left=0.13, right=0.98, bottom=0.15, top=0.9)
    edges = np.arange(len(by_month) + 1) + 0.5
    ax.stairs(
        by_month[counts], edges[: counts.sum() + 1], fill=True, color=BLUE, label=_("counted")
    )
    if not counts.all():
        ax.stairs(by_month[~counts], edges[counts.sum() :], edgecolor=MUTED, hatch="//",
                  label=_("beyond the horizon"))  # fmt: skip
    ax.set_ylim(bottom=0)
    ax.set(
        xlabel=_("month from now"),
        ylabel=_("present value ({currency})").format(currency=currency),
        title=_("Expected contribution of today's customers"),
    )
    ax.legend(loc="upper right")  # "best" would search at every move of a slider
    alt = _(
        "Expected contribution by month: {inside:,.0f} {currency} within {horizon} months, "
        "{beyond:,.0f} {currency} in the {rest} after."
    ).format(
        inside=by_month[counts].sum(), beyond=by_month[~counts].sum(), horizon=horizon,
        rest=int((~counts).sum()), currency=currency,
    )  # fmt: skip
    return Picture(fig, alt)
