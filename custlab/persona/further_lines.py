"""The lines of a card that are no traits: who decides, what they bring, what one of them said."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from custlab.i18n import _
from custlab.persona.assigning import held_by
from custlab.persona.card_parts import Evidence, Quote, Trait, Value
from custlab.persona.comparison import compare
from custlab.persona.evidence import MIN_MEMBERS, evidence_of
from custlab.persona.evidence_rule import LEVEL, strengths
from custlab.persona.persona import Persona
from custlab.persona.phrases import title_words

# Titles in a household that say a gender, with the word that counts both.
NEUTRAL = {
    "father": "parent", "mother": "parent", "husband": "partner", "wife": "partner",
    "son": "child", "daughter": "child", "grandfather": "grandparent",
    "grandmother": "grandparent", "grandson": "grandchild", "granddaughter": "grandchild",
}  # fmt: skip
# Somebody who lives, and decides, alone.
ALONE = "self"
HALF = 0.5
_DECIDERS: WeakKeyDictionary = WeakKeyDictionary()
_MARGINS: WeakKeyDictionary = WeakKeyDictionary()


def role_line(case, members: pd.Index, others: pd.Index) -> Trait | None:
    """Say who decides most often in the segment's buying units.

    A title that speaks of gender, such as "father", is written on strong evidence only, and if it
    decides clearly more often than its counterpart; otherwise both are counted together ("a
    parent").

    Parameters
    ----------
    case : Case
        The firm.
    members, others : Index of customer_id
        The segment, and whom it is compared with.

    Returns
    -------
    Trait or None
        None if too few units show who decides (see :mod:`custlab.roles`).
    """
    deciders = _deciders(case)
    own = deciders[deciders.index.isin(members)]
    other = deciders[deciders.index.isin(others)]
    if min(own.index.nunique(), other.index.nunique()) < MIN_MEMBERS:
        return None
    neutral = _counted(own.replace(NEUTRAL), other.replace(NEUTRAL), deciders.nunique())
    by_title = _counted(own, other, deciders.nunique())
    counterparts = NEUTRAL.get(by_title.level) == neutral.level
    strong = by_title.strength == "strong"
    said = by_title if counterparts and strong and _leads(own, by_title.level) else neutral
    text = _no_title(said) if said.strength == "weak" else _title_line(said)
    return Trait("role-decider", "role", "", text, said, share=said.value)


def _counted(own: pd.Series, other: pd.Series, tries: int) -> Evidence:
    """Compare how often the most frequent decider of the segment decides here and elsewhere."""
    title = str(own.value_counts().index[0])
    inside = (own == title).groupby(level=0).max().astype(float)
    outside = (other == title).groupby(level=0).max().astype(float)
    row = (
        compare(inside.to_frame(), outside.to_frame(), pd.Series(["share"])).iloc[0].astype(object)
    )
    # One title was chosen among all that occur: the guard counts them.
    q = min(1.0, row["p"] * tries)
    strength = strengths([row["effect"]], [q], [q])[0]
    # The line is on the card whether or not it sets the segment apart: then it is weak.
    row["strength"] = "weak" if strength == "none" else strength
    row["table"], row["column"], row["level"] = "interactions", "action", title
    row["statistic"], row["unit"], row["holds_rest"] = "share", "", row["rest"]
    row["words"] = (
        _("of the buying units decide for themselves")
        if title == ALONE
        else _("of the buying units have {title} as decider").format(title=title_words(title))
    )
    return evidence_of(row)


def _leads(deciders: pd.Series, title: str) -> bool:
    """Say whether a title decides more often than its counterpart, by more than chance (5 %)."""
    both = deciders[deciders.replace(NEUTRAL) == NEUTRAL[title]]
    return bool(binomtest(int((both == title).sum()), len(both)).pvalue < LEVEL)


def _title_line(found: Evidence) -> str:
    """Name the decider, with the share and what it is elsewhere."""
    alone = found.level == ALONE
    if found.effect < 0:
        fewer = _("No one stands out: fewer than elsewhere decide for themselves ({share}, rest "
                  "{rest})")  # fmt: skip
        text = fewer if alone else _("No one stands out: most often {title} ({share}, rest {rest})")
    elif found.value > HALF:
        mostly = _("Mostly {title} decides ({share}, rest {rest})")
        text = _("Mostly decide for themselves ({share}, rest {rest})") if alone else mostly
    else:
        often = _("Most often {title} decides ({share}, rest {rest})")
        text = _("Most often decide for themselves ({share}, rest {rest})") if alone else often
    return text.format(title=title_words(found.level), **_percents(found))


def _no_title(found: Evidence) -> str:
    """Say that nobody decides clearly more often here than elsewhere."""
    if found.level in (*NEUTRAL, *NEUTRAL.values(), ALONE):
        return _("No clear difference from the rest")
    return _("No clear difference from the rest; most often {title} ({share})").format(
        title=title_words(found.level), **_percents(found)
    )


def _percents(found: Evidence) -> dict[str, str]:
    shares = {"share": found.value, "rest": found.rest}
    return {name: f"{100 * share:.0f} %" for name, share in shares.items()}


def _deciders(case) -> pd.Series:
    """Give the titles of the deciders of each buying unit where the traces show one."""
    if case not in _DECIDERS:
        _DECIDERS[case] = pd.Series(dtype=object)
        if {"people", "interactions"} <= set(case.tables):
            from custlab.roles import assign_roles, role_profile, role_scores

            roles = assign_roles(role_scores(role_profile(case.interactions, case.people)))
            found = roles[roles["main_role"] == "decider"]
            titles = found["title"].astype(object).to_numpy()
            _DECIDERS[case] = pd.Series(titles, found["customer_id"].astype(object)).dropna()
    return _DECIDERS[case]


def value_line(case, members: pd.Index, others: pd.Index) -> Value | None:
    """Give the margin of the last twelve months that the segment's customers bring.

    Parameters
    ----------
    case : Case
        The firm.
    members, others : Index of customer_id
        The segment, and whom it is compared with; shares are of both together.

    Returns
    -------
    Value or None
        None if the case does not say what its products cost.
    """
    margins = margin_of(case)
    if margins is None:
        return None
    own, other = margins.reindex(members).fillna(0), margins.reindex(others).fillna(0)
    row = compare(own.to_frame(), other.to_frame(), pd.Series(["mean"])).iloc[0].astype(object)
    strength = strengths([row["effect"]], [row["p"]], [row["p"]])[0]
    row["strength"] = "weak" if strength == "none" else strength
    row["table"], row["column"], row["level"] = "orders", "amount", "margin of 12 months"
    row["statistic"], row["unit"] = "mean", case.currency
    row["words"] = _("margin of the last 12 months")
    row["holds_rest"] = float((other > row["rest"]).mean())
    total = own.sum() + other.sum()
    share = float(own.sum() / total) if total > 0 else 0.0
    return Value(evidence_of(row), share, case.currency)


def margin_of(case, until=None, months: int = 12) -> pd.Series | None:
    """Add up each customer's margin of some months (contribution without cost of acquisition).

    Parameters
    ----------
    case : Case
        The firm.
    until : Timestamp, optional
        Last day; the last day of the data by default.
    months : int
        How many months up to that day.

    Returns
    -------
    Series or None
        Margin by ``customer_id`` of customers with an order or a service contact in that time.
    """
    until = case.as_of if until is None else pd.Timestamp(until)
    kept = _MARGINS.setdefault(case, {})
    if (until, months) not in kept:
        kept[until, months] = _margin(case, until, until - pd.DateOffset(months=months))
    return kept[until, months]


def _margin(case, until, since) -> pd.Series | None:
    from custlab.value.profit import CostToServe, contribution

    if not {"orders", "products"} <= set(case.tables) or "unit_cost" not in case.products:
        return None
    costs = CostToServe(0, 0, 0)
    if "costs" in case.tables:
        costs = CostToServe.from_table(case.tables["costs"])
    orders = case.orders[case.orders["order_date"].between(since, until, inclusive="right")]
    interactions = None
    if "interactions" in case.tables:
        when = case.interactions["timestamp"]
        day = pd.Timedelta(days=1)
        interactions = case.interactions[(when >= since + day) & (when < until + day)]
    if orders.empty:
        return None
    margin = contribution(orders, case.products, costs, interactions=interactions)["contribution"]
    return margin.set_axis(margin.index.astype(object)).astype(float)


def quote_line(case, persona: Persona, members: pd.Index) -> Quote | None:
    """Choose the comment of the member for whom most of the persona's traits hold.

    Parameters
    ----------
    case : Case
        The firm.
    persona : Persona
        Traits with their evidence.
    members : Index of customer_id
        The segment.

    Returns
    -------
    Quote or None
        None if no member left a comment.
    """
    if "survey" not in case.tables or "comment" not in case.survey:
        return None
    survey = case.survey.reset_index(drop=True)
    said = survey[survey["customer_id"].isin(members) & survey["comment"].notna()]
    said = said[said["comment"].astype(str).str.strip() != ""]
    if said.empty:
        return None
    fit = held_by(case, persona).mean(axis=1).reindex(said["customer_id"].astype(object))
    row = said.index[int(np.argmax(np.nan_to_num(fit.to_numpy(), nan=-1.0)))]
    return Quote(text=str(said.loc[row, "comment"]).strip(), row=int(row))
