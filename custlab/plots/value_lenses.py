"""Pictures of lesson 10, second part: profitability, tiers, and what each lens earns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.plots.drawing import fix_margins
from custlab.style import HATCHES, MUTED, PALETTE, Picture, new_figure

BLUE, ORANGE, GREEN, RED = PALETTE[0], PALETTE[1], PALETTE[2], PALETTE[3]


def percent(share: float) -> str:
    """Write a share as whole per cent.

    Parameters
    ----------
    share : float
        0 to 1 for a part of a whole.

    Returns
    -------
    str
        For example "25 %".

    Examples
    --------
    >>> percent(0.25)
    '25 %'
    """
    return f"{100 * share:.0f} %"


def driver_name(driver: str) -> str:
    """Say a cost driver in words.

    Parameters
    ----------
    driver : str
        A column of :func:`custlab.value.contribution`.

    Returns
    -------
    str
        Words for a learner.

    Examples
    --------
    >>> driver_name("return_handling")
    'handling of returns'
    """
    names = {
        "list_sales": _("sales at list price"),
        "discounts": _("discounts"),
        "returns": _("goods sent back"),
        "cost_of_goods": _("cost of goods"),
        "order_handling": _("handling of orders"),
        "return_handling": _("handling of returns"),
        "service": _("service contacts"),
        "acquisition": _("acquisition"),
        "contribution": _("contribution"),
    }
    return names.get(driver, driver)


def sales_to_contribution(row: pd.Series, *, title: str, currency: str = "CNY") -> Picture:
    """Draw one customer's way from sales at list price down to contribution.

    Parameters
    ----------
    row : Series
        One row of :func:`custlab.value.contribution`.
    title : str
        Whose way it is.
    currency : str
        Unit of the amounts.

    Returns
    -------
    Picture
        A waterfall: a bar hangs from the end of the bar before it.

    Examples
    --------
    >>> row = pd.Series({"list_sales": 100.0, "discounts": 30.0, "returns": 0.0,
    ...     "cost_of_goods": 60.0, "order_handling": 5.0, "return_handling": 0.0, "service": 9.0,
    ...     "acquisition": 2.0, "net_sales": 70.0, "contribution": -6.0})
    >>> sales_to_contribution(row, title="One customer").alt
    'From sales of 100 CNY at list price to a contribution of -6 CNY.'
    """
    steps = [name for name in row.index if name not in ("list_sales", "net_sales", "contribution")]
    left = row["list_sales"] - np.cumsum([0.0, *row[steps]])
    fig, ax = new_figure(8, 4)
    names = ["list_sales", *steps, "contribution"]
    place = np.arange(len(names))[::-1]
    ax.barh(place[0], row["list_sales"], color=BLUE)
    ax.barh(place[1:-1], -row[steps], left=left[:-1], color=ORANGE, hatch="//", edgecolor="white")
    total = row["contribution"]
    ax.barh(place[-1], total, color=GREEN if total >= 0 else RED, hatch="" if total >= 0 else "xx")
    amounts = [row["list_sales"], *(-row[steps]), total]
    ends = [row["list_sales"], *left[:-1], max(total, 0)]
    for y, amount, end in zip(place, amounts, ends, strict=True):
        text = f"{amount:,.0f}" if round(amount) else "0"
        ax.annotate(text, (end, y), xytext=(4, 0), textcoords="offset points", va="center",
                    fontsize=8)  # fmt: skip
    ax.axvline(0, color="black", lw=1)
    ax.set_yticks(place, [driver_name(name) for name in names])
    ax.set(xlabel=currency, title=title)
    ax.margins(x=0.12)
    alt = _(
        "From sales of {sales:,.0f} {currency} at list price to a contribution of {rest:,.0f} "
        "{currency}."
    ).format(sales=row["list_sales"], rest=total, currency=currency)
    return Picture(fig, alt)


def whale(curve: pd.DataFrame, *, title: str = "", currency: str = "CNY") -> Picture:
    """Draw the whale curve of customer profitability.

    Parameters
    ----------
    curve : DataFrame
        The result of :func:`custlab.value.whale_curve`.
    title : str, optional
        What the picture says.
    currency : str
        Unit, used if the total is a loss and shares have no meaning.

    Returns
    -------
    Picture
        Cumulative profit over customers, best first, with the peak marked.

    Examples
    --------
    >>> from custlab.value import whale_curve
    >>> whale(whale_curve(pd.Series([80.0, 40.0, -20.0]))).alt
    'Whale curve: the best 67 % of customers bring 120 % of the profit; 1 of 3 cost money.'
    """
    shares = curve["share_of_profit"].notna().all()
    y = curve["share_of_profit" if shares else "cumulative"]
    x = 100 * curve["share_of_customers"].to_numpy()
    y = y.to_numpy() * (100 if shares else 1)
    fig, ax = new_figure(7.5, 4.2)
    fix_margins(fig, left=0.11, right=0.97, bottom=0.13, top=0.91)
    top = int(np.argmax(y))
    ax.plot([0, *x], [0, *y], color=BLUE, lw=2)
    ax.fill_between(x[top:], y[top:], y[-1], color=RED, alpha=0.18, hatch="//", edgecolor=RED)
    ax.plot(x[top], y[top], "o", color="black")
    ax.axhline(y[-1], color=MUTED, lw=1)
    ax.axhline(0, color="black", lw=0.8)
    unit = " %" if shares else f" {currency}"
    ax.annotate(
        _("best {x:.0f} %: {y:,.0f}{unit}").format(x=x[top], y=y[top], unit=unit),
        (x[top], y[top]), xytext=(-8, 6), textcoords="offset points", ha="right",
    )  # fmt: skip
    ax.margins(y=0.15)
    _magnify_tail(ax, x, y, top)
    ax.set(
        xlabel=_("customers, most profitable first (%)"),
        ylabel=_("share of total profit (%)")
        if shares
        else _("profit so far ({c})").format(c=currency),
        title=title or _("Who earns the profit, and who eats it"),
    )
    losing = int((curve["profit"] < 0).sum())
    alt = _(
        "Whale curve: the best {x:.0f} % of customers bring {y:,.0f}{unit} of the profit; "
        "{losing:,} of {n:,} cost money."
    ).format(x=x[top], y=y[top], unit=unit, losing=losing, n=len(curve))
    return Picture(fig, alt)


def _magnify_tail(ax, x, y, top: int) -> None:
    """Show the way down again, larger: after a flat peak it is hard to see."""
    tail = slice(max(int(0.6 * len(x)), 0), None)
    if len(x) < 10 or y[top] > 1.15 * y[-1] or y[-1] <= 0:
        return
    small = ax.inset_axes([0.42, 0.14, 0.5, 0.42])
    small.plot(x[tail], y[tail], color=BLUE, lw=2)
    small.fill_between(x[top:], y[top:], y[-1], color=RED, alpha=0.18, hatch="//", edgecolor=RED)
    small.axhline(y[-1], color=MUTED, lw=1)
    small.set_title(_("the last 40 % of customers, magnified"), fontsize=8, loc="left")
    small.set(xticks=[], yticks=[])  # without labels, for an explorer must answer at once


def lenses(table: pd.DataFrame, *, chance: float, best: float, title: str = "") -> Picture:
    """Draw what the customers chosen by each lens brought afterwards.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`custlab.value.compare_lenses`.
    chance : float
        Share (0 to 1) of all later value that a choice by lot would bring.
    best : float
        Share (0 to 1) that somebody who knew the future would choose.
    title : str, optional
        What the picture says.

    Returns
    -------
    Picture
        A bar with its interval for each lens; chance and the best possible as lines.

    Examples
    --------
    >>> table = pd.DataFrame({"share": [0.5], "low": [0.4], "high": [0.6]}, index=["past spend"])
    >>> lenses(table, chance=0.2, best=0.8).alt
    'Share of later value brought by the chosen customers. past spend 50 % (40 to 60). By chance...'
    """
    shown = table.sort_values("share")
    fig, ax = new_figure(7.5, 1.7 + 0.5 * len(shown))
    place = np.arange(len(shown))
    ax.barh(place, 100 * shown["share"], color=BLUE, height=0.6)
    ax.hlines(place, 100 * shown["low"], 100 * shown["high"], color="black", lw=2)
    for y, row in zip(place, shown.itertuples(), strict=True):
        # At the foot of the bar, where neither an interval nor a line crosses the number.
        ax.annotate(percent(row.share), (0, y), xytext=(6, 0), textcoords="offset points",
                    va="center", color="white", fontweight="bold")  # fmt: skip
    ax.axvline(100 * chance, color=RED, ls="--", label=_("by chance"))
    ax.axvline(100 * best, color="black", ls=":", label=_("if the future were known"))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.24), ncols=2)
    ax.set_yticks(place, shown.index)
    ax.set_xlim(0, 100)
    ax.set(
        xlabel=_("share of later contribution (%, black line: 95 % interval)"),
        title=title or _("What the chosen customers brought afterwards"),
    )
    told = ", ".join(
        _("{name} {share} ({low:.0f} to {high:.0f})").format(
            name=name, share=percent(row["share"]), low=100 * row["low"], high=100 * row["high"]
        )
        for name, row in table.iterrows()
    )
    alt = _(
        "Share of later value brought by the chosen customers. {told}. By chance {chance}, if the "
        "future were known {best}."
    ).format(told=told, chance=percent(chance), best=percent(best))
    return Picture(fig, alt)


def tiers(table: pd.DataFrame, *, title: str = "") -> Picture:
    """Draw each tier's share of the customers and of the value.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`custlab.value.tier_table`.
    title : str, optional
        What the picture says.

    Returns
    -------
    Picture
        Two stacked bars.

    Examples
    --------
    >>> table = pd.DataFrame({"share_of_customers": [0.2, 0.8], "share_of_value": [0.7, 0.3]},
    ...                      index=["high", "low"])
    >>> tiers(table).alt
    'high: 20 % of customers, 70 % of value. low: 80 % of customers, 30 % of value.'
    """
    fig, ax = new_figure(7.5, 2.6)
    left = np.zeros(2)
    for place, (name, row) in enumerate(table.iterrows()):
        shares = 100 * row[["share_of_customers", "share_of_value"]].to_numpy(dtype=float)
        ax.barh([1, 0], shares, left=left, color=PALETTE[place], hatch=HATCHES[place],
                edgecolor="white", label=str(name), height=0.6)  # fmt: skip
        for y, share, start in zip([1, 0], shares, left, strict=True):
            if share > 6:
                ax.text(start + share / 2, y, f"{share:.0f} %", ha="center", va="center",
                        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5})  # fmt: skip
        left = left + shares
    ax.set_yticks([1, 0], [_("customers"), _("value")])
    ax.set(xlim=(0, max(100, left.max())), xlabel="%", title=title or _("Value tiers"))
    ax.legend(ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.28))
    told = " ".join(
        _("{name}: {customers} of customers, {value} of value.").format(
            name=name,
            customers=percent(row["share_of_customers"]),
            value=percent(row["share_of_value"]),
        )
        for name, row in table.iterrows()
    )
    return Picture(fig, told)
