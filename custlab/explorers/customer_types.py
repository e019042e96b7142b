"""Explorers of lesson 04: thresholds, rules, trees grown too deep, the price of errors."""

from __future__ import annotations

from functools import lru_cache

import ipywidgets as widgets
import pandas as pd

from custlab import customer_types as subject
from custlab.customer_types.rhythm import WRITTEN_OFF
from custlab.explorers.frame import explorer, slider
from custlab.i18n import _
from custlab.plots import customer_types as plots

LEAVES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96)


def rhythm_explorer(case) -> widgets.VBox:
    """Let the learner set the two thresholds of purchase behaviour against the rhythm.

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    ipywidgets.VBox
        Two sliders, the return curve, and what the thresholds mean.
    """
    curve = subject.return_curve(case.orders, case.as_of)
    found = subject.repurchase_rhythm(case.orders, case.as_of).loc["all"]
    recency = subject.customer_types(case)["recency"].dropna().astype(float)
    longest = max(-(-int(found["churned_days"]) // 5) * 5, 180)  # up to the rhythm's own limit

    def draw(active, churned):
        wanted, churned = churned, max(active, churned)
        later = subject.still_coming(curve, churned)
        sentence = _(
            "Up to day {active}: <b>{n_active:.0%} active</b>; up to day {churned}: "
            "{n_risk:.0%} at risk; later: <b>{n_churned:.0%} churned</b> (of all customers with an "
            "order). Of those silent for {churned} days, <b>{later:.0%} still come back</b> on "
            "their own."
        ).format(
            active=active,
            churned=churned,
            n_active=(recency <= active).mean(),
            n_risk=((recency > active) & (recency <= churned)).mean(),
            n_churned=(recency > churned).mean(),
            later=later,
        )
        notes = [sentence]
        if later >= WRITTEN_OFF:
            notes.append(_("You would be writing them off too early."))
        else:
            notes.append(_("Few are written off too early; but you notice a loss only then."))
        if wanted < active:
            notes.append(_("Nobody churns before day {n}, the end of active.").format(n=active))
        return plots.rhythm(curve, active, churned), " ".join(notes)

    return explorer(
        draw,
        _("Your thresholds, and the rhythm of the product"),
        _("Start from a fixed 90 days. Whom do you call churned who would have come back?"),
        active=slider(_("Active up to day"), 60, 5, longest, 5),
        churned=slider(_("Churned after day"), 90, 5, longest, 5),
    )


def rules_explorer(case) -> widgets.VBox:
    """Let the learner edit the rules of behaviour and value, and see the grid change.

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    ipywidgets.VBox
        The rules as fields, the grid, and the rules as a table.
    """
    start = subject.customer_types(case)
    found = subject.repurchase_rhythm(case.orders, case.as_of).loc["all"]

    def draw(active, churned, method, high, medium, what):
        behaviour = subject.behaviour_rules(active_days=active, churned_days=churned)
        value = subject.value_rules(start["monetary"], method, high / 100, medium / 100)
        types = start.assign(
            behaviour=subject.apply_rules(start, behaviour),
            value=subject.apply_rules(start, value),
        )
        grid = subject.type_grid(types, what=what)
        unit = _("customers") if what == "customers" else case.currency
        rules = pd.concat([behaviour, value], ignore_index=True)
        table = rules.fillna("").to_html(index=False, float_format="{:,.0f}".format)
        title = _("Behaviour and value of all customers")
        moved = int((types["behaviour"] != start["behaviour"]).sum())
        kinds = _(
            "Here one pair of limits holds for all kinds of customers. With the rhythm of each "
            "kind, as in customer_types(case), {n:,} of {total:,} customers have another type of "
            "behaviour."
        ).format(n=moved, total=len(types))
        said = _("The rules, tried from top to bottom:")
        return plots.grid(grid, title, unit), f"{kinds} {said}{table}"

    def number(text, value, high):
        return widgets.BoundedIntText(description=text, value=int(value), min=1, max=high)

    return explorer(
        draw,
        _("Rules that you can edit"),
        _("Change a number and press Enter: the rules are a table, and the types follow it."),
        active=number(_("Active: up to (days)"), found["active_days"], 5000),
        churned=number(_("At risk: up to (days)"), found["churned_days"], 5000),
        method=widgets.Dropdown(
            description=_("Value rule"),
            options=[(_("share of the money (Pareto)"), "pareto"),
                     (_("share of the customers (quantile)"), "quantile")],
        ),
        high=number(_("High: down to (%)"), 80, 99),
        medium=number(_("Medium: down to (%)"), 95, 100),
        what=widgets.ToggleButtons(
            description=_("Cells show"),
            options=[(_("customers"), "customers"), (_("money"), "monetary")],
        ),
    )  # fmt: skip


@lru_cache(maxsize=4)
def _held_out(case):
    """Give facts and types of customers to learn from and of later ones, once for each case."""
    value = subject.first_value(case)
    facts = subject.early_facts(case).loc[value.index]
    learn, test = subject.split_in_time(facts["decided_on"])
    rules = subject.value_rules(value[learn], "quantile")
    types = subject.apply_rules(value.to_frame(), rules)
    facts = facts.drop(columns=["decided_on", "amount"])
    return facts.loc[learn], types[learn], facts.loc[test], types[test]


def depth_explorer(case) -> widgets.VBox:
    """Let the learner grow a tree too deep, and watch the hold-out.

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    ipywidgets.VBox
        A slider for the leaves, and two curves that part.
    """
    facts, types, later, later_types = _held_out(case)
    rows = {}
    for leaves in LEAVES:
        tree = subject.TypeTree(leaves, min_customers=2).fit(facts, types)
        rows[leaves] = {
            "learned": (tree.predict(facts) == types).mean(),
            "held_out": (tree.predict(later) == later_types).mean(),
            "baseline": (later_types == types.mode().iloc[0]).mean(),
        }
    scores = pd.DataFrame.from_dict(rows, orient="index")

    def draw(leaves):
        learned, held_out, base = (100 * scores.loc[leaves]).round().astype(int)
        if learned > held_out:
            text = _(
                "With {leaves} leaves the tree is right for <b>{learned} %</b> of the customers it "
                "learned from and for <b>{held_out} %</b> of later ones: {gap} points of what it "
                "knows are memory, not knowledge. Always saying the most frequent type: {base} %."
            )
        else:
            text = _(
                "With {leaves} leaves the tree is right for <b>{learned} %</b> of the customers it "
                "learned from and for <b>{held_out} %</b> of later ones: it has learned nothing by "
                "heart. Always saying the most frequent type: {base} %."
            )
        sentence = text.format(
            leaves=leaves, learned=learned, held_out=held_out, gap=learned - held_out, base=base
        )
        return plots.leaves_curve(scores, leaves), sentence

    return explorer(
        draw,
        _("A tree grown too deep"),
        _("Add leaves. When does the tree stop learning and begin to learn by heart?"),
        leaves=widgets.SelectionSlider(
            description=_("Leaves of the tree"), options=LEAVES, value=6, continuous_update=False
        ),
    )


def cost_explorer(case) -> widgets.VBox:
    """Let the learner set the price of errors, and see the decisions change.

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    ipywidgets.VBox
        Two sliders, the confusion table, and the cost per customer.
    """
    facts, types, later, later_types = _held_out(case)
    tree = subject.TypeTree().fit(facts, types)
    likely = tree.predict_proba(later)

    def draw(missed, wasted):
        costs = subject.error_costs(missed, wasted)
        chosen = subject.cheapest_type(likely, tree.classes_, costs)
        found = subject.evaluate(later_types, chosen, types, costs)
        usual = subject.evaluate(later_types, tree.predict(later), types, costs)
        sentence = _(
            "Cost of the errors per new customer: choosing the <b>cheapest</b> type "
            "<b>{cost:,.0f}</b>, the most likely type {usual:,.0f}, one type for all "
            "{base:,.0f} {currency}. Right: {right:.0%} against {usual_right:.0%} for the most "
            "likely type."
        ).format(
            cost=found.cost,
            usual=usual.cost,
            base=found.baseline_cost,
            right=found.accuracy,
            usual_right=usual.accuracy,
            currency=case.currency,
        )
        return plots.confusion(found), f"{sentence} {_what_costs_least(found, usual)}"

    return explorer(
        draw,
        _("What an error costs"),
        _("Make a missed high-value customer dear, then cheap. Who is called high?"),
        missed=slider(_("Missed high value"), 300, 0, 500, 10),
        wasted=slider(_("Wasted effort"), 40, 0, 500, 10),
    )


def _what_costs_least(found, usual) -> str:
    """Draw the conclusion from two evaluations: of the cheapest and of the most likely types."""
    cost, usual_cost, base = (round(n) for n in (found.cost, usual.cost, found.baseline_cost))
    if base < cost:
        return _(
            "One type for all would have cost less still: with these prices the tree's "
            "probabilities are not sure enough."
        )
    if cost < usual_cost and round(found.accuracy, 2) < round(usual.accuracy, 2):
        return _("What is right most often is not what costs least.")
    if cost < usual_cost:
        return _("Here what costs least is right as often too.")
    return _("With these prices nothing is gained over the most likely type.")


def approach_explorer(case) -> widgets.VBox:
    """Let the learner compare approaches and contact rhythms by type of customer.

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    ipywidgets.VBox
        Which campaign, which types, and the effects with their intervals.
    """
    campaigns = case.campaign.drop_duplicates("campaign_id")[["campaign_id", "audience", "sent_on"]]
    types = {row.campaign_id: subject.customer_types(case, row.sent_on)
             for row in campaigns.itertuples()}  # fmt: skip
    new = dict(zip(campaigns["campaign_id"], campaigns["audience"] == "new", strict=True))

    def draw(campaign, by):
        response = subject.response_by_type(case.campaign, types[campaign][by], campaign)
        what = _("Conversion of new customers") if new[campaign] else _("Repurchase")
        clear = subject.clear_winners(response)
        items = "".join(f"<li><b>{name}</b>: {row.advice}</li>" for name, row in
                        zip(clear.index, clear.itertuples(), strict=True))  # fmt: skip
        title = _("{what}: effect of campaign {campaign}").format(what=what, campaign=campaign)
        return plots.response(response, title), f"<ul>{items}</ul>"

    options = [
        (_("{campaign}: new customers, opening approach").format(campaign=name) if is_new
         else _("{campaign}: existing customers").format(campaign=name), name)
        for name, is_new in new.items()
    ]  # fmt: skip
    return explorer(
        draw,
        _("Which approach for which type?"),
        _("Right of 0 did better than no contact; where the line crosses 0, nobody knows."),
        campaign=widgets.Dropdown(description=_("Campaign"), options=options),
        by=widgets.ToggleButtons(
            description=_("Types by"),
            options=[(_("need"), "need"), (_("behaviour"), "behaviour"), (_("value"), "value")],
        ),
    )
