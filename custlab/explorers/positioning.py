"""Explorers of lesson 01: the road to an order, the split of a market, the size of a trial."""

from __future__ import annotations

import html
from functools import cache

import ipywidgets as widgets
import pandas as pd

from custlab import positioning
from custlab.explorers.frame import Drawn, explorer, slider
from custlab.i18n import _
from custlab.plots import positioning as plots

SIZES = (60, 120, 250, 500, 1000, 2000, 4000)


def _bases(*left_out):
    """Name the simple ways to split a market, as a dropdown shows them."""
    words = {
        "who": _("age of people, size of organisations"),
        "source": _("how they found the firm"),
        "income": _("income of households"),
        "city": _("size of their city"),
        "chance": _("pure chance: three heaps"),
    }
    return [(text, basis) for basis, text in words.items() if basis not in left_out]


def road_explorer(case):
    """Explore when customers leave traces before an order, and whom a short offer still reaches.

    Parameters
    ----------
    case : Case
        A case.

    Returns
    -------
    ipywidgets.VBox
        The explorer.

    Examples
    --------
    >>> from custlab import load_case
    >>> "of 100 roads" in road_explorer(load_case("appliances")).children[-1].value
    True
    """
    traces = positioning.days_before_order(case)
    everybody = _("everybody")
    roads, stages = {}, {}
    for kind in [everybody, *traces["kind"].cat.categories]:
        some = traces if kind == everybody else traces[traces["kind"] == kind]
        if len(some):
            roads[kind] = some.groupby("order_id", observed=True)["days"].max()
            stages[kind] = positioning.stages_of_road(some)

    def draw(kind, days):
        title = _("The road to an order: {kind}").format(kind=kind)
        reached = (roads[kind] <= days).mean() * 100
        text = _(
            "An offer of {days} days covers <strong>{reached:.0f} of 100 roads</strong> from the "
            "first recorded trace to the order ({kind}, {n:,} orders). Half of the roads take "
            "{middle:.0f} days or more."
        ).format(
            days=days,
            reached=reached,
            kind=html.escape(kind),
            n=len(roads[kind]),
            middle=roads[kind].median(),
        )
        return plots.road(stages[kind], days, title), text

    longest = int(traces["days"].quantile(0.995))
    return explorer(
        draw,
        _("the road to an order"),
        _("Choose customers, then make the offer longer until it reaches most of them."),
        kind=widgets.Dropdown(options=list(stages), description=_("Customers")),
        days=slider(_("The offer runs (days)"), min(14, longest), 1, longest),
    )


def split_explorer(trial, like):
    """Explore which way to split a market makes the groups answer differently.

    Parameters
    ----------
    trial : pandas.DataFrame
        As ``custlab.positioning.trial`` gives it.
    like : pandas.DataFrame
        Customers whose thirds and halves are used to cut.

    Returns
    -------
    ipywidgets.VBox
        The explorer.

    Examples
    --------
    >>> from custlab import load_case
    >>> case = load_case("appliances")
    >>> box = split_explorer(positioning.trial(case), case.customers)
    >>> "of 1,000 newcomers" in box.children[-1].value
    True
    """
    rates_of = {
        basis: positioning.response_rates(trial, positioning.group_by(trial, basis, like))
        for _words, basis in _bases()
    }
    drawn = {
        basis: Drawn(plots.responses(rates, _("Who responds to which message?")))
        for basis, rates in rates_of.items()
    }

    def draw(basis):
        rates = rates_of[basis]
        one, plan = positioning.best_for_all(rates), positioning.best_for_each(rates)
        for_all = round(positioning.responses_per_1000(rates, one))
        for_each = round(positioning.responses_per_1000(rates, plan))
        text = _(
            "One message for all ({one}): {for_all} of 1,000 newcomers respond. The best "
            "message for each group: {for_each}. On paper that is <strong>{more} more"
            "</strong>.<br>The plan: {plan}."
        ).format(
            one=plots.words_for(one),
            for_all=for_all,
            for_each=for_each,
            more=for_each - for_all,
            plan="; ".join(f"{html.escape(g)}: {plots.words_for(a)}" for g, a in plan.items()),
        )
        return drawn[basis], text

    return explorer(
        draw,
        _("split the market"),
        _("In which split do the groups differ most in what they respond to?"),
        basis=widgets.Dropdown(options=_bases(), description=_("Split newcomers by")),
    )


def contact_explorer(rates, plan, cost, margin):
    """Explore in which groups a contact pays, once the control group is taken off.

    Parameters
    ----------
    rates : pandas.DataFrame
        As ``custlab.positioning.response_rates`` gives it.
    plan : pandas.Series
        An approach for each group.
    cost, margin : float
        What a contact costs, and what a response earns before that, in CNY: where the sliders
        start.

    Returns
    -------
    ipywidgets.VBox
        The explorer.

    Examples
    --------
    >>> small = pd.DataFrame({"approach": ["price", "none"], "responded": [True, False]})
    >>> rates = positioning.response_rates(small, pd.Series(["all", "all"]))
    >>> box = contact_explorer(rates, pd.Series({"all": "price"}), cost=10.0, margin=100.0)
    >>> "1 of 1 groups" in box.children[-1].value
    True
    """
    rate = rates.pivot(index="group", columns="approach", values="rate")
    extra = pd.Series(
        {
            group: rate.at[group, a] - rate.at[group, positioning.CONTROL]
            for group, a in plan.items()
        }
    )

    def draw(cost, margin):
        table = pd.DataFrame({"result": extra * margin - cost, "approach": plan})
        pays = table.index[table["result"] >= 0]
        text = _(
            "At {cost:.0f} CNY a contact, writing pays in <strong>{n} of {total} groups</strong>. "
            "Counted are only extra responses: those of the people written to, less those of the "
            "control group, who came without being written to."
        ).format(cost=cost, n=len(pays), total=len(table))
        return plots.worth(table, _("What a contact brings, by group")), text

    return explorer(
        draw,
        _("who is worth a contact?"),
        _("Make the contact dearer, or the sale poorer, and see which group drops out first."),
        cost=_money(_("Cost of a contact (CNY)"), cost, max(cost, extra.max() * margin) * 1.5),
        margin=_money(_("Margin of a response (CNY)"), round(margin), margin * 2),
    )


def _money(text, value, most):
    """Make a slider of amounts, with a round upper end."""
    top = max(10, int(-(-most // 10) * 10))
    return widgets.FloatSlider(
        description=text, value=value, min=0, max=top, step=1, readout_format=".0f",
        continuous_update=False,
    )  # fmt: skip


def trial_size_explorer(trial, later, like):
    """Explore how large a trial must be before a plan made from it can be trusted.

    Parameters
    ----------
    trial, later : pandas.DataFrame
        Two trials on different people, as ``custlab.positioning.trial`` gives them.
    like : pandas.DataFrame
        Customers whose thirds and halves are used to cut.

    Returns
    -------
    ipywidgets.VBox
        The explorer.

    Examples
    --------
    >>> from custlab import load_case
    >>> case = load_case("software")
    >>> same = positioning.trial(case)
    >>> box = trial_size_explorer(same, same, case.customers)
    >>> "of 100 trials" in box.children[-1].value
    True
    """
    contacted = int((trial["approach"] != positioning.CONTROL).sum())

    @cache
    def rates(basis):
        return [
            positioning.response_rates(season, positioning.group_by(season, basis, like))
            for season in (trial, later)
        ]

    def draw(size, basis):
        now, next_season = rates(basis)
        cells = (now["approach"] != positioning.CONTROL).sum()
        plans = positioning.gains_of_small_trials(now, next_season, size)
        text = _(
            "With {size} newcomers contacted, {each:.0f} in each group and message on average, the "
            "plans <strong>promise {promised:.0f} more</strong> of 1,000 and <strong>keep "
            "{kept:.0f}</strong>, on average. <strong>{good:.0f} of 100 trials</strong> lead to a "
            "plan that gains next season. The others mistook luck for a pattern, or gained nothing."
        ).format(
            size=size,
            each=size / cells,
            good=(plans["kept"] > 0).mean() * 100,
            **plans.mean(),
        )
        return plots.trial_gains(plans, _("What plans from trials of this size keep")), text

    return explorer(
        draw,
        _("how large must the trial be?"),
        _(
            "Each trial is drawn by lot from the {n:,} newcomers who got a message this season "
            "(each may be drawn more than once). Its plan is tried on the next season."
        ).format(n=contacted),
        size=widgets.SelectionSlider(
            options=[size for size in SIZES if size <= contacted] or [contacted],
            index=0,
            description=_("Newcomers contacted"),
            continuous_update=False,
        ),
        basis=widgets.Dropdown(options=_bases(), description=_("Split newcomers by")),
    )
