"""The buying unit of one customer, and whom to talk to first."""

from __future__ import annotations

from difflib import get_close_matches

import numpy as np
import pandas as pd

from custlab.checks import check_case
from custlab.errors import InputError
from custlab.i18n import _
from custlab.roles.evidence import (
    KINDS,
    evidence_of,
    places_of,
    role_profile,
)
from custlab.roles.rules import (
    ROLES,
    UNKNOWN,
    assign_roles,
    role_scores,
    words,
)

TABLES = {
    "people": ("person_id", "customer_id", "title"),
    "interactions": ("person_id", "stage", "action"),
}
SURE = {"strong": 3, "moderate": 2, "weak": 1}
# All combinations of roles as texts; the bits of a combination's number say which roles are in it.
COMBINATIONS = [
    ", ".join(role for place, role in enumerate(ROLES) if number >> place & 1)
    for number in range(1 << len(ROLES))
]


def buying_unit(case, customer_id: str, *, weights: pd.DataFrame | None = None) -> pd.DataFrame:
    """Show the people of one customer with their evidence and roles.

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
    DataFrame
        One row per person, most telling actions first: ``person_id``, ``title``, ``main_role``,
        ``also`` (further roles), ``strength``, ``telling``, and the share of each kind of
        evidence, 0 to 1.

    Raises
    ------
    InputError
        If the case has no such customer.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> people = pd.DataFrame({"person_id": ["p1", "p2"], "customer_id": "c1",
    ...                        "title": ["mother", "son"]})
    >>> actions = pd.DataFrame({"person_id": ["p1"] * 5 + ["p2"], "stage": "decide",
    ...     "action": ["chooses model"] * 3 + ["pays"] * 2 + ["uses feature"]})
    >>> case = SimpleNamespace(people=people, interactions=actions)
    >>> buying_unit(case, "c1")[["title", "main_role", "also", "strength"]]
        title            main_role   also             strength
    0  mother              decider  buyer             moderate
    1     son  not enough evidence         not enough evidence
    """
    people, actions = unit_tables(case, customer_id)
    profile = role_profile(actions, people)
    roles = assign_roles(role_scores(profile, weights))
    table = roles.merge(profile[["person_id", *KINDS]], on="person_id")
    table["also"] = further_roles(table)
    columns = ["person_id", "title", "main_role", "also", "strength", "telling", *KINDS]
    return table.sort_values("telling", ascending=False, kind="stable", ignore_index=True)[columns]


def further_roles(roles: pd.DataFrame) -> list[str]:
    """Name the roles that each person plays beside the main one.

    Parameters
    ----------
    roles : DataFrame
        From `assign_roles`.

    Returns
    -------
    list of str
        One text per person, such as "buyer, initiator"; empty if there is none.

    Examples
    --------
    >>> row = {"decider": True, "user": False, "influencer": False, "buyer": True,
    ...        "gatekeeper": False, "initiator": False, "main_role": "decider"}
    >>> further_roles(pd.DataFrame([row]))
    ['buyer']
    """
    return list(in_words(played_roles(roles), roles["main_role"]))


def played_roles(roles: pd.DataFrame) -> np.ndarray:
    """Say who plays which role.

    Parameters
    ----------
    roles : DataFrame
        From `assign_roles`.

    Returns
    -------
    array of bool
        One row per person and one column per role: True where it is known to be played.
    """
    return np.array([roles[role].to_numpy(dtype=bool, na_value=False) for role in ROLES]).T


def in_words(played: np.ndarray, main_role: pd.Series) -> pd.api.extensions.ExtensionArray:
    """Name the roles that are played beside the main one.

    Parameters
    ----------
    played : array of bool
        From `played_roles`.
    main_role : Series
        The main role of each person.

    Returns
    -------
    ExtensionArray
        One text per person.
    """
    bits = 1 << np.arange(len(ROLES))
    main = places_of(main_role, {role: place for place, role in enumerate(ROLES)})
    is_main = main[:, None] == np.arange(len(ROLES))
    return words(COMBINATIONS, (played & ~is_main) @ bits)


def instructive_units(case, n: int = 10) -> list[str]:
    """Choose customers whose buying units are worth a look: several people, several roles.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    n : int, optional
        How many at most.

    Returns
    -------
    list of str
        Customer ids: units of three to six people, most different roles first, then the
        strongest evidence.

    Examples
    --------
    >>> from custlab import make_case
    >>> len(instructive_units(make_case("software", n_customers=200, seed=1), n=3))
    3
    """
    check_case(case, **TABLES)
    profile = role_profile(case.interactions, case.people)
    found = assign_roles(role_scores(profile))
    found = found[found["unit_size"].between(3, 6)]
    known = found["main_role"] != UNKNOWN
    units = pd.DataFrame(
        {
            "roles": found["main_role"].where(known).groupby(found["customer_id"]).nunique(),
            "sure": found["strength"].map(SURE).fillna(0).groupby(found["customer_id"]).mean(),
            "size": found.groupby("customer_id").size(),
        }
    ).reset_index()
    order = ["roles", "sure", "size", "customer_id"]
    units = units.sort_values(order, ascending=[False, False, False, True])
    return units["customer_id"].astype(str).head(n).tolist()


def unit_tables(case, customer_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the people of one customer and what they did.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    customer_id : str
        Which customer.

    Returns
    -------
    tuple of DataFrame
        People and interactions of this customer.

    Raises
    ------
    InputError
        If the case has no such customer; a similar id is suggested.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> people = pd.DataFrame({"person_id": ["p1"], "customer_id": "c1", "title": "owner"})
    >>> actions = pd.DataFrame({"person_id": ["p1", "p1"], "stage": "decide",
    ...                         "action": ["signs contract", "signs contract"]})
    >>> case = SimpleNamespace(people=people, interactions=actions)
    >>> [len(table) for table in unit_tables(case, "c1")]
    [1, 2]
    """
    check_case(case, **TABLES)
    people = case.people[case.people["customer_id"] == customer_id]
    if people.empty:
        raise InputError(not_found(customer_id, case.people["customer_id"], _("customer")))
    return people, case.interactions[case.interactions["person_id"].isin(people["person_id"])]


def not_found(wanted: object, ids: pd.Series, what: str) -> str:
    """Say that somebody is not in a case, and who was perhaps meant.

    Parameters
    ----------
    wanted : object
        The id asked for.
    ids : Series
        The ids that there are.
    what : str
        What bears them, in words.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> not_found("C-2", pd.Series(["C-1"]), "customer")
    'There is no customer “C-2” in this case. Did you mean C-1?'
    """
    known = ids.dropna().astype(str).unique().tolist()
    near = get_close_matches(str(wanted), known[:20000], n=1) or known[:1]
    return _("There is no {what} “{wanted}” in this case. Did you mean {near}?").format(
        what=what, wanted=wanted, near=near[0] if near else "-"
    )


def unit_actions(case, customer_id: str) -> pd.DataFrame:
    """Count what each person of a customer did, with what it is evidence of.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    customer_id : str
        Which customer.

    Returns
    -------
    DataFrame
        ``person_id``, ``title``, ``action``, ``evidence``, ``times``; most frequent first.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> people = pd.DataFrame({"person_id": ["p1"], "customer_id": "c1", "title": "owner"})
    >>> actions = pd.DataFrame({"person_id": ["p1", "p1"], "stage": "decide",
    ...                         "action": ["signs contract", "signs contract"]})
    >>> case = SimpleNamespace(people=people, interactions=actions)
    >>> unit_actions(case, "c1")
      person_id  title          action   evidence  times
    0        p1  owner  signs contract  authority      2
    """
    people, actions = unit_tables(case, customer_id)
    events = evidence_of(actions).merge(people[["person_id", "title"]], on="person_id")
    names = ["person_id", "title", "action", "evidence"]
    counted = events[names].astype("object").value_counts(sort=False).rename("times").reset_index()
    return counted.sort_values(["person_id", "times"], ascending=[True, False], ignore_index=True)
