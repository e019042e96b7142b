"""Explorers of lesson 10: horizon and discount, silence, cost drivers, a score and its interval."""

from __future__ import annotations

import html

import ipywidgets as widgets
import numpy as np
import pandas as pd

from custlab.explorers.frame import explorer
from custlab.i18n import _
from custlab.plots import value as plots
from custlab.plots import value_lenses, value_voice
from custlab.value.clv import discounted, in_order_of, monthly_purchases
from custlab.value.loyalty import net_promoter_score
from custlab.value.profit import COST_DRIVERS, allocate, whale_curve

LONGEST = 60  # months


def horizon_explorer(
    purchases,
    spend: pd.Series,
    histories: pd.DataFrame,
    margin: pd.Series,
    currency: str = "CNY",
):
    """Explore what lifetime value depends on: how far you look, and how patient you are.

    Parameters
    ----------
    purchases : BGNBD
        Fitted.
    spend : Series
        Expected spend per purchase of each customer (currency); customers as index.
    histories : DataFrame
        ``x``, ``t_x``, ``T`` in weeks; customers as index.
    margin : Series
        Each customer's share of spend left after variable costs; customers as index.
    currency : str
        Unit of the amounts.

    Returns
    -------
    ipywidgets.VBox
        The explorer.

    Examples
    --------
    >>> from custlab.value import BGNBD
    >>> model = BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> table = pd.DataFrame({"x": [2, 0, 9], "t_x": [30.4, 0, 20], "T": [38.9, 38.9, 38.9]})
    >>> box = horizon_explorer(model, pd.Series([50.0] * 3), table, pd.Series([0.3] * 3))
    >>> "of the best" in box.children[-1].value
    True
    """
    monthly = monthly_purchases(purchases, histories, months=LONGEST)
    spend = in_order_of(spend, histories.index, "spend")
    margin = in_order_of(margin, histories.index, "margin")
    money = spend * margin
    average = spend * float((spend * margin).sum() / spend.sum())
    n_best = max(len(histories) // 5, 1)
    base = _best(discounted(monthly.iloc[:, :12], 0.10) * money, n_best)

    def draw(horizon, discount, own_margin):
        rate = discount / 100
        per_purchase = money if own_margin else average
        weights = (1 + rate) ** (-np.arange(1, LONGEST + 1) / 12)
        by_month = (monthly.to_numpy() * weights * per_purchase.to_numpy()[:, None]).sum(axis=0)
        values = discounted(monthly.iloc[:, :horizon], rate) * per_purchase
        kept = (_best(values, n_best) & base).sum() / n_best
        picture = plots.value_by_month(by_month, horizon, currency)
        sentence = _(
            "The customers are worth <b>{total:,.0f} {currency}</b> in {horizon} months at "
            "{discount} % a year. <b>{kept:.0f} %</b> of the best fifth are the same as at 12 "
            "months, 10 % and own margins."
        ).format(
            total=values.sum(), currency=currency, horizon=horizon, discount=discount,
            kept=100 * kept,
        )  # fmt: skip
        return picture, sentence

    return explorer(
        draw,
        _("Horizon, discount and margin"),
        _("Look further ahead, be less patient, or give everybody the same margin. Which of the "
          "three changes the total, and which changes who is on top?"),
        horizon=widgets.IntSlider(12, 3, LONGEST, 3, description=_("Horizon (months)")),
        discount=widgets.IntSlider(10, 0, 40, 5, description=_("Discount (% a year)")),
        own_margin=widgets.Checkbox(True, description=_("Each customer's own margin")),
    )  # fmt: skip


def _best(values: pd.Series, n: int) -> pd.Series:
    return values.rank(ascending=False, method="first") <= n


def alive_explorer(model):
    """Explore how P(alive) of one customer falls as silence grows.

    Parameters
    ----------
    model : BGNBD
        Fitted, time in weeks.

    Returns
    -------
    ipywidgets.VBox
        The explorer.

    Examples
    --------
    >>> from custlab.value import BGNBD
    >>> box = alive_explorer(BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426))
    >>> "her usual gap" in box.children[-1].value
    True
    """

    def draw(repeats, gap, silence):
        bought = gap * np.arange(1, repeats + 1)
        last = float(bought[-1]) if repeats else 0.0
        picture = plots.alive_over_time(model, bought, until=last + 104, now=last + silence)
        customer = pd.DataFrame({"x": [repeats], "t_x": [last], "T": [last + silence]})
        year = model.expected_purchases(customer, 365.25 / 7).iloc[0]
        if not repeats:
            sentence = _(
                "Without a repeat purchase P(alive) stays at 1: the model lets a customer leave "
                "only after a repeat purchase. It still expects just <b>{year:.2f}</b> purchases "
                "in the next year."
            ).format(year=year)
        else:
            sentence = _(
                "The silence is <b>{times:.1f} times</b> her usual gap of {gap} weeks. In the next "
                "year <b>{year:.2f}</b> purchases are expected of her."
            ).format(times=silence / gap, gap=gap, year=year)
        return picture, sentence

    return explorer(
        draw,
        _("One customer falls silent"),
        _("Keep the silence at 26 weeks and compare a customer who bought every 4 weeks with one "
          "who bought every 20."),
        repeats=widgets.IntSlider(6, 0, 15, description=_("Repeat purchases so far")),
        gap=widgets.IntSlider(8, 1, 30, description=_("Weeks between purchases")),
        silence=widgets.IntSlider(26, 0, 104, 2, description=_("Weeks of silence since")),
    )  # fmt: skip


def whale_explorer(table: pd.DataFrame, currency: str = "CNY"):
    """Explore which cost driver bends the whale curve, and what shared-out overheads do to it.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`custlab.value.contribution`.
    currency : str
        Unit of the amounts.

    Returns
    -------
    ipywidgets.VBox
        The explorer.

    Examples
    --------
    >>> from custlab.value import COST_DRIVERS
    >>> table = pd.DataFrame(0.0, ["a", "b"], ["list_sales", *COST_DRIVERS])
    >>> table["list_sales"], table["order_handling"] = [100.0, 50.0], [1.0, 1.0]
    >>> table.loc["b", "service"] = 70.0
    >>> box = whale_explorer(table)
    >>> "1 of 2 customers cost money" in box.children[-1].value
    True
    """
    drivers = [name for name in COST_DRIVERS if name not in ("cost_of_goods", "returns")]
    base = table["list_sales"] - table["cost_of_goods"] - table["returns"]
    total = table["list_sales"].sum() - table[list(COST_DRIVERS)].sum().sum()

    def draw(dearer, overheads, **counted):
        used = [name for name in drivers if counted[name]]
        factors = {name: 1 + dearer / 100 if name == "service" else 1 for name in used}
        profit = base - sum((table[name] * factors[name] for name in used), start=0.0)
        if overheads:  # the handling of orders costs the same for each: a count of orders
            profit = profit - allocate(total * overheads / 100, table["order_handling"])
        losing = int((profit < 0).sum())
        names = [value_lenses.driver_name(name) for name in used]
        if overheads:
            names.append(_("overheads of {n} % of all contribution").format(n=overheads))
        sentence = _(
            "Counted besides goods: {names}. <b>{losing:,} of {n:,} customers cost money</b>; they "
            "lose {lost:,.0f} {currency}, and all together bring {total:,.0f}."
        ).format(
            names=html.escape(", ".join(names)) or _("nothing else"), losing=losing, n=len(profit),
            lost=abs(profit[profit < 0].sum()), total=profit.sum(), currency=currency,
        )  # fmt: skip
        return value_lenses.whale(whale_curve(profit), currency=currency), sentence

    boxes = {
        name: widgets.Checkbox(True, description=value_lenses.driver_name(name)) for name in drivers
    }
    return explorer(
        draw,
        _("The whale curve, driver by driver"),
        _("First take cost drivers away one at a time: with none of them every customer seems to "
          "earn money. Then put them back and share out the overheads."),
        **boxes,
        dearer=widgets.IntSlider(0, 0, 200, 25, description=_("Service dearer by (%)")),
        overheads=widgets.IntSlider(
            0, 0, 75, 25, description=_("Overheads shared (%)")
        ),
    )  # fmt: skip


def nps_explorer():
    """Explore how many answers a net promoter score needs before it says anything.

    Returns
    -------
    ipywidgets.VBox
        The explorer.

    Examples
    --------
    >>> "cannot be told apart" in nps_explorer().children[-1].value
    True
    """

    def draw(n, promoters, detractors, before):
        too_many = promoters + detractors > 100
        detractors = min(detractors, 100 - promoters)
        counts = np.round(n * np.array([promoters, detractors]) / 100).astype(int)
        counts[1] = min(counts[1], n - counts[0])
        answers = np.repeat([10, 3, 8], [counts[0], counts[1], n - counts.sum()])
        score = net_promoter_score(answers)
        picture = value_voice.net_promoter({_("this quarter"): score}, before=before)
        inside = score["low"] <= before / 100 <= score["high"]
        sentence = (
            _("Score {nps:.0f}, interval {low:.0f} to {high:.0f}. Last quarter's {before} lies "
              "inside: the two <b>cannot be told apart</b>.")
            if inside
            else _("Score {nps:.0f}, interval {low:.0f} to {high:.0f}. Last quarter's {before} "
                   "lies outside: the two <b>differ</b>.")
        ).format(
            nps=100 * score["nps"], low=100 * score["low"], high=100 * score["high"], before=before
        )  # fmt: skip
        if too_many:
            more = _("Promoters and detractors cannot be more than all: detractors are counted as "
                     "{share} %.").format(share=detractors)  # fmt: skip
            sentence = f"{sentence} {more}"
        return picture, sentence

    return explorer(
        draw,
        _("A score and its interval"),
        _("How many answers does it take before a rise from 25 to 30 is more than chance? (Last "
          "quarter's score is taken as known exactly, which is generous.)"),
        n=widgets.SelectionSlider(
            options=[20, 50, 100, 200, 500, 1000, 2000, 5000], value=100, description=_("Answers")
        ),
        promoters=widgets.IntSlider(50, 0, 100, 5, description=_("Promoters (%)")),
        detractors=widgets.IntSlider(20, 0, 100, 5, description=_("Detractors (%)")),
        before=widgets.IntSlider(25, -100, 100, 5, description=_("Score last quarter")),
    )  # fmt: skip
