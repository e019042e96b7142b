"""Explorers of lesson 03: titles against roles, the rule's weights, evidence asked for, contacts.

Everything slow is done once when an explorer is made; a moved control only adds up and draws.
"""

from __future__ import annotations

import html
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import pandas as pd

from custlab import roles as subject
from custlab.explorers.frame import explorer
from custlab.i18n import _
from custlab.plots import roles as plots
from custlab.roles.contacts import AIMS
from custlab.roles.rules import CORE_ROLES, LEVEL, UNKNOWN
from custlab.roles.words import role_word

MOST_ASKED = 12


def titles_explorer(case, customers: list[str] | None = None) -> widgets.VBox:
    """Guess roles from titles, then see what the people did, then the roles.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    customers : list of str, optional
        Which customers to offer; `custlab.roles.instructive_units` by default.

    Returns
    -------
    ipywidgets.VBox
        The explorer.
    """
    units = _units(case, customers)
    reasons = {customer: _reasons(unit, customer) for customer, unit in units.items()}
    steps = {
        "titles": _("1 titles"),
        "actions": _("2 what they did"),
        "roles": _("3 roles"),
    }

    def draw(customer, step):
        unit = units[customer]
        if step == "titles":
            return plots.titles_only(unit, customer), _("Guess: who decides here? Then go on.")
        if step == "actions":
            shown = plots.profile_bars(unit, customer, reveal=False)
            return shown, _("Look for the widest D: who shows authority? Does your guess stand?")
        return plots.buying_unit(unit, customer), reasons[customer]

    return explorer(
        draw,
        _("titles against roles"),
        _(
            "Pick a customer and guess the roles from the titles. Then look at the actions, "
            "then at the roles."
        ),
        customer=widgets.Dropdown(options=_labels(case, units), description=_("Customer")),
        step=widgets.ToggleButtons(
            options=[(label, name) for name, label in steps.items()], description=_("Show")
        ),
    )


def weights_explorer(case, truth: pd.DataFrame) -> widgets.VBox:
    """Slide the weight of authority against that of usage; watch who becomes decider.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    truth : DataFrame
        ``person_id`` and ``main_role``, from the simulator.

    Returns
    -------
    ipywidgets.VBox
        The explorer.
    """
    judged = _judged(case, truth)
    core = judged[list(CORE_ROLES)].to_numpy(dtype=float)
    true = judged["true"].to_numpy(dtype=object)
    names = np.array(CORE_ROLES, dtype=object)

    def draw(authority, usage):
        # With the default weights each core role has its own evidence: scaling a score is
        # the same as scaling that role's weight.
        weighed = core * [authority, usage, 1, 1]
        first, second = np.partition(weighed, (-1, -2), axis=1)[:, [-1, -2]].T
        said = np.where(first - second > LEVEL, names[weighed.argmax(axis=1)], UNKNOWN)
        right, sure = said == true, int((said != UNKNOWN).sum())
        counts = pd.DataFrame(
            {
                "true": [int((true == role).sum()) for role in CORE_ROLES],
                "named": [int((said == role).sum()) for role in CORE_ROLES],
                "right": [int((right & (said == role)).sum()) for role in CORE_ROLES],
            },
            index=list(CORE_ROLES),
        )
        text = _(
            "The rule names <strong>{named} deciders</strong>; truly there are {true} among the "
            "people judged. Of all roles named, <strong>{share:.0%}</strong> are right."
        ).format(**counts.loc["decider"].to_dict(), share=right.sum() / max(sure, 1))
        return plots.role_counts(counts), text

    return explorer(
        draw,
        _("what counts how much"),
        _(
            "Authority speaks for the decider, usage for the user. Give one of them more or "
            "less weight. How far can you go before the share of right roles suffers?"
        ),
        authority=_weight(_("Weight of authority")),
        usage=_weight(_("Weight of usage")),
    )


def minimum_explorer(case, truth: pd.DataFrame) -> widgets.VBox:
    """Ask for more or fewer telling actions, and for a clearer lead, before a role is named.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    truth : DataFrame
        ``person_id`` and ``main_role``, from the simulator.

    Returns
    -------
    ipywidgets.VBox
        The explorer.
    """
    judged = _judged(case, truth, min_telling=1)
    right = (judged["main_role"] == judged["true"]).to_numpy()
    telling, ahead = judged["telling"].to_numpy(), judged["lead"].to_numpy()
    everybody = judged.attrs["people"]

    def draw(least, lead):
        rows = {}
        for asked in range(1, MOST_ASKED + 1):
            named = (telling >= asked) & (ahead >= lead)
            rows[asked] = {
                "accuracy": right[named].mean() if named.any() else np.nan,
                "coverage": named.sum() / everybody,
            }
        named = (telling >= least) & (ahead >= lead)
        text = _(
            "<strong>{named} of {people}</strong> people get a role, <strong>{wrong}</strong> of "
            "them a wrong one; {rest} get “not enough evidence”."
        ).format(
            named=int(named.sum()),
            people=everybody,
            wrong=int((named & ~right).sum()),
            rest=everybody - int(named.sum()),
        )
        return plots.coverage_curve(pd.DataFrame(rows).T, least), text

    return explorer(
        draw,
        _("how much evidence is enough"),
        _(
            "Ask for more actions, or for a clearer lead over the next role. Which of the two buys "
            "more accuracy for the people that it costs?"
        ),
        least=widgets.IntSlider(
            value=3, min=1, max=MOST_ASKED, description=_("Telling actions asked for")
        ),
        lead=widgets.FloatSlider(
            value=0.0, min=0.0, max=0.6, step=0.05, description=_("Lead asked for (score)")
        ),
    )


def contacts_explorer(case, customers: list[str] | None = None) -> widgets.VBox:
    """Rank the people of a customer for different aims.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    customers : list of str, optional
        Which customers to offer; `custlab.roles.instructive_units` by default.

    Returns
    -------
    ipywidgets.VBox
        The explorer.
    """
    units = _units(case, customers)
    labels = {"sell": _("sell something new"), "close": _("close a deal"), "serve": _("serve")}
    aims = [(labels[aim], aim) for aim in AIMS]
    ranks = _ranks(case, units)

    def draw(customer, aim):
        ranked = ranks[customer, aim]
        first = ranked.iloc[0]
        if first["points"] == 0:
            text = _("Nobody here has left enough evidence: the first call is to find out.")
        else:
            text = _(
                "Start with: <strong>{title}</strong> ({role}). Met so far mostly here: {channel}."
            ).format(
                title=html.escape(str(first["title"])),
                role=role_word(first["main_role"]),
                channel=first["channel"],
            )
        return plots.key_contacts(ranked, aim), text

    return explorer(
        draw,
        _("whom to talk to first"),
        _("Keep the customer and change the aim: does the key contact change too?"),
        customer=widgets.Dropdown(options=_labels(case, units), description=_("Customer")),
        aim=widgets.ToggleButtons(options=aims, description=_("You want to")),
    )


def _weight(label: str) -> widgets.FloatSlider:
    return widgets.FloatSlider(value=1.0, min=0.0, max=3.0, step=0.1, description=label)


def _judged(case, truth: pd.DataFrame, min_telling: int = 3) -> pd.DataFrame:
    """Give scores beside the true main role, for those with enough actions in units of 2+."""
    scores = subject.role_scores(subject.role_profile(case.interactions, case.people))
    scores = scores[scores["unit_size"] > 1].reset_index(drop=True)
    found = subject.assign_roles(scores, min_telling=min_telling)
    table = scores.assign(main_role=found["main_role"], lead=found["lead"]).merge(
        truth[["person_id", "main_role"]].rename(columns={"main_role": "true"}), on="person_id"
    )
    people = len(table)
    table = table[table["main_role"] != UNKNOWN].reset_index(drop=True)
    table.attrs["people"] = people
    return table


def _units(case, customers: list[str] | None) -> dict[str, SimpleNamespace]:
    """Cut the tables of each customer offered out of the case, once."""
    units = {}
    day = getattr(case, "as_of", None)
    for customer in customers or subject.instructive_units(case):
        people, actions = subject.unit_tables(case, customer)
        units[customer] = SimpleNamespace(people=people, interactions=actions)
        if day is not None:
            units[customer].as_of = day
    return units


def _ranks(case, units: dict) -> dict[tuple[str, str], pd.DataFrame]:
    """Rank the people of the customers offered for each aim, all customers at once."""
    offered = SimpleNamespace(
        people=pd.concat(unit.people for unit in units.values()),
        interactions=pd.concat(unit.interactions for unit in units.values()),
    )
    if hasattr(case, "as_of"):
        offered.as_of = case.as_of
    return {
        (customer, aim): ranked
        for aim in AIMS
        for customer, ranked in subject.key_contacts(offered, aim=aim).groupby("customer_id")
    }


def _labels(case, units: dict) -> list[tuple[str, str]]:
    kinds = case.customers.set_index("customer_id")["kind"]
    return [
        (
            _("{customer}: {kind}, {n} people").format(
                customer=customer, kind=kinds[customer], n=len(unit.people)
            ),
            customer,
        )
        for customer, unit in units.items()
    ]


def _reasons(unit, customer: str) -> str:
    """Explain the role of each person of a unit, folded up."""
    explained = subject.explain_unit(unit, customer).values()
    reasons = "".join(explanation._repr_html_() for explanation in explained)
    title = _("Why? The evidence, person by person")
    return f"<details><summary>{title}</summary>{reasons}</details>"
