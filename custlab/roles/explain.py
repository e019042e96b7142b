"""Why this role? The evidence for one person, in plain sentences."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

import pandas as pd

from custlab.checks import check_case
from custlab.errors import InputError
from custlab.i18n import _, ngettext
from custlab.roles.evidence import KINDS, evidence_of, role_profile
from custlab.roles.rules import (
    ALONE,
    CORE_ROLES,
    LEVEL,
    MIN_TELLING,
    OWN_ROLE_OF_KIND,
    UNKNOWN,
    assign_roles,
    role_scores,
)
from custlab.roles.unit import TABLES, further_roles, not_found, unit_tables
from custlab.roles.words import kind_word, listed, role_word, strength_word


@dataclass(frozen=True)
class Explanation:
    """Why a person was given a role: a headline, sentences, and the numbers behind them.

    Attributes
    ----------
    headline : str
        Who, and which role.
    sentences : tuple of str
        The evidence, how strong it is, and what is missing.
    evidence : DataFrame
        One row per kind of evidence: ``times``, ``own_share`` (of the person's telling
        actions), ``unit_share`` (of all such actions of the unit), ``speaks_for``.
    """

    headline: str
    sentences: tuple[str, ...]
    evidence: pd.DataFrame = field(repr=False)

    def __str__(self):
        return "\n".join([self.headline, *(f"- {line}" for line in self.sentences)])

    __repr__ = __str__

    def _repr_html_(self):
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in self.sentences)
        return f"<p><strong>{html.escape(self.headline)}</strong></p><ul>{lines}</ul>"


def explain(case, person_id: str, *, weights: pd.DataFrame | None = None) -> Explanation:
    """Explain a person's role: which evidence, how strong, in plain sentences.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    person_id : str
        Whom to explain.
    weights : DataFrame, optional
        The rule's weights.

    Returns
    -------
    Explanation
        Prints as sentences; ``.evidence`` is the table behind them.

    Raises
    ------
    InputError
        If the case has no such person.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> people = pd.DataFrame({"person_id": ["p1", "p2"], "customer_id": "c1",
    ...                        "title": ["mother", "son"]})
    >>> actions = pd.DataFrame({"person_id": ["p1"] * 5 + ["p2"], "stage": "decide",
    ...     "action": ["chooses model"] * 3 + ["pays"] * 2 + ["uses feature"]})
    >>> print(explain(SimpleNamespace(people=people, interactions=actions), "p1"))
    p1 (mother, one of 2 people of customer c1) is most likely the decider, and also plays buyer.
    - Authority: 3 of 5 telling actions (chooses model 3×), and 100 % of all such actions in ...
    - Payment and ordering: 2 of 5 telling actions (pays 2×), and 100 % of all such ...
    - Score for decider 0.70, next comes buyer with 0.55: the evidence is moderate.
    - The title “mother” was not used: it does not count as evidence.
    """
    check_case(case, **TABLES)
    row = case.people[case.people["person_id"] == person_id]
    if row.empty:
        raise InputError(not_found(person_id, case.people["person_id"], _("person")))
    return explain_unit(case, row["customer_id"].iloc[0], weights=weights)[person_id]


def explain_unit(
    case, customer_id: str, *, weights: pd.DataFrame | None = None
) -> dict[str, Explanation]:
    """Explain the role of every person of one customer.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    customer_id : str
        Which customer.
    weights : DataFrame, optional
        The rule's weights.

    Returns
    -------
    dict
        Person id -> `Explanation`.

    Raises
    ------
    InputError
        If the case has no such customer.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> people = pd.DataFrame({"person_id": ["p1"], "customer_id": "c1", "title": "self"})
    >>> actions = pd.DataFrame({"person_id": ["p1"], "stage": "use", "action": "installs"})
    >>> print(explain_unit(SimpleNamespace(people=people, interactions=actions), "c1")["p1"])
    p1 (self, the only person of customer c1) plays all four core roles: nobody else is there.
    - Usage: 1 of 1 telling action (installs 1×), and 100 % of all such actions in this buying unit.
    - Whoever buys alone needs, chooses, pays and uses; no evidence is weighed.
    """
    people, actions = unit_tables(case, customer_id)
    profile = role_profile(actions, people)
    scores = role_scores(profile, weights)
    found = assign_roles(scores)
    found["also"] = further_roles(found)
    events = evidence_of(actions)
    explained = {}
    for at, person_id in enumerate(profile["person_id"]):
        person, done = profile.iloc[at], events[events["person_id"] == person_id]
        table = _evidence_rows(person, done)
        sentences = [*_evidence_sentences(table, done, person)]
        sentences += _verdict(found.iloc[at], scores.iloc[at], person)
        explained[person_id] = Explanation(_headline(found.iloc[at]), tuple(sentences), table)
    return explained


def _evidence_rows(person: pd.Series, done: pd.DataFrame) -> pd.DataFrame:
    times = done["evidence"].value_counts().reindex(KINDS, fill_value=0)
    return pd.DataFrame(
        {
            "times": times,
            "own_share": [float(person[kind]) for kind in KINDS],
            "unit_share": [float(person[f"unit_{kind}"]) for kind in KINDS],
            "speaks_for": [OWN_ROLE_OF_KIND[kind] for kind in KINDS],
        }
    ).rename_axis("evidence")


def _headline(person: pd.Series) -> str:
    who = ngettext(
        "{person} ({title}, the only person of customer {customer})",
        "{person} ({title}, one of {n} people of customer {customer})",
        int(person["unit_size"]),
    ).format(
        person=person["person_id"],
        title=person["title"],
        n=person["unit_size"],
        customer=person["customer_id"],
    )
    if person["strength"] == ALONE:
        return _("{who} plays all four core roles: nobody else is there.").format(who=who)
    also = [role_word(role) for role in person["also"].split(", ") if role]
    if person["main_role"] == UNKNOWN and also:
        text = _("{who}: no main role yet; the evidence speaks for {others}.")
        return text.format(who=who, others=listed(also))
    if person["main_role"] == UNKNOWN:
        return _("{who}: not enough evidence to name a role.").format(who=who)
    main = role_word(person["main_role"])
    if not also:
        return _("{who} is most likely the {role}.").format(who=who, role=main)
    return _("{who} is most likely the {role}, and also plays {others}.").format(
        who=who, role=main, others=listed(also)
    )


def _evidence_sentences(table: pd.DataFrame, done: pd.DataFrame, person: pd.Series):
    """Say for each kind of evidence how often it was seen, in which actions."""
    shown = table[table["times"] > 0].sort_values("times", ascending=False, kind="stable")
    for kind, row in shown.iterrows():
        actions = done.loc[done["evidence"] == kind, "action"].astype("object").value_counts()
        named = ", ".join(f"{action} {n}×" for action, n in actions.items())
        text = ngettext(
            "{kind}: {n} of {total} telling action ({actions}), and {share} % of all such actions "
            "in this buying unit.",
            "{kind}: {n} of {total} telling actions ({actions}), and {share} % of all such actions "
            "in this buying unit.",
            int(person["telling"]),
        ).format(
            kind=kind_word(kind).capitalize(),
            n=row["times"],
            total=person["telling"],
            actions=named,
            share=round(100 * row["unit_share"]),
        )
        yield text


def _verdict(found: pd.Series, scores: pd.Series, person: pd.Series) -> list[str]:
    """Say how sure the finding is, and what was not used."""
    if found["strength"] == ALONE:
        return [_("Whoever buys alone needs, chooses, pays and uses; no evidence is weighed.")]
    if found["main_role"] == UNKNOWN:
        if found["telling"] >= MIN_TELLING:
            return [_undecided(scores)]
        known = ngettext(
            "Only {n} telling action is on record; the rule asks for {needed}.",
            "Only {n} telling actions are on record; the rule asks for {needed}.",
            int(found["telling"]),
        ).format(n=found["telling"], needed=MIN_TELLING)
        return [known, _("Do not guess from the title “{t}”: ask.").format(t=person["title"])]
    core = scores[list(CORE_ROLES)].astype(float).sort_values(ascending=False, kind="stable")
    second = core.index[core.index != found["main_role"]][0]
    return [
        _(
            "Score for {role} {score:.2f}, next comes {second} with {other:.2f}: the evidence is "
            "{strength}."
        ).format(
            role=role_word(found["main_role"]),
            score=found["score"],
            second=role_word(second),
            other=core[second],
            strength=strength_word(found["strength"]),
        ),
        _("The title “{title}” was not used: it does not count as evidence.").format(
            title=person["title"]
        ),
    ]


def _undecided(scores: pd.Series) -> str:
    """Say why somebody with enough actions still has no core role."""
    core = scores[list(CORE_ROLES)].astype(float)
    level = [role_word(role) for role in CORE_ROLES if core.max() - core[role] <= LEVEL]
    if core.max() <= 0:
        return _("None of these actions speaks for one of the four core roles: ask.")
    return _("The evidence for {roles} is level, score {score:.2f}: ask.").format(
        roles=listed(level), score=core.max()
    )
