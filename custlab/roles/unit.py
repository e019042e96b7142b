"""The buying unit of one customer, and whom to talk to first."""

from __future__ import annotations

from difflib import get_close_matches

import numpy as np
import pandas as pd

from custlab.checks import check_case, check_choice, check_columns
from custlab.errors import InputError
from custlab.i18n import _
from custlab.roles.evidence import (
    KINDS,
    count_by,
    evidence_of,
    places_of,
    profile_and_rows,
    role_profile,
)
from custlab.roles.rules import (
    MIN_TELLING,
    ROLES,
    UNKNOWN,
    assign_roles,
    numbers_of,
    role_scores,
    words,
)

# How much each role matters for an aim. For a sale the last word counts most; whoever keeps the
# door or has the ear of the decider comes next. Service starts with those who use the product.
AIMS = {
    "sell": {
        "decider": 1.0, "influencer": 0.6, "gatekeeper": 0.5,
        "initiator": 0.4, "buyer": 0.4, "user": 0.2,
    },
    "close": {
        "decider": 1.0, "buyer": 0.3, "influencer": 0.2,
        "gatekeeper": 0.2, "initiator": 0.0, "user": 0.0,
    },
    "serve": {
        "user": 1.0, "buyer": 0.4, "decider": 0.3,
        "influencer": 0.2, "initiator": 0.2, "gatekeeper": 0.1,
    },
}  # fmt: skip
TABLES = {
    "people": ("person_id", "customer_id", "title"),
    "interactions": ("person_id", "stage", "action"),
}
SURE = {"strong": 3, "moderate": 2, "weak": 1}
RECENT_DAYS = 365
SILENT = 0.5  # somebody not heard of for a year counts half: they may have left
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
    return list(_further(_played(roles), roles["main_role"]))


def _played(roles: pd.DataFrame) -> np.ndarray:
    """Give one row per person and one column per role: True where it is known to be played."""
    return np.array([roles[role].to_numpy(dtype=bool, na_value=False) for role in ROLES]).T


def _further(played: np.ndarray, main_role: pd.Series) -> pd.api.extensions.ExtensionArray:
    bits = 1 << np.arange(len(ROLES))
    main = places_of(main_role, {role: place for place, role in enumerate(ROLES)})
    is_main = main[:, None] == np.arange(len(ROLES))
    return words(COMBINATIONS, (played & ~is_main) @ bits)


def key_contacts(
    case,
    customer_id: str | None = None,
    *,
    aim: str = "sell",
    weights: pd.DataFrame | None = None,
    min_telling: int = MIN_TELLING,
) -> pd.DataFrame:
    """Rank the people of each customer: whom to talk to first, and where.

    A person's points are the scores of the roles that they play, times what the role matters
    for the aim; halved for somebody who has not been heard of for a year. People without
    enough evidence come last and get no points: find out about them first.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people`` and ``interactions``.
    customer_id : str, optional
        One customer; all customers by default.
    aim : {"sell", "close", "serve"}
        What the talk is for.
    weights : DataFrame, optional
        The rule's weights.
    min_telling : int, optional
        Telling actions needed before a role is named.

    Returns
    -------
    DataFrame
        Sorted by customer and rank: ``customer_id``, ``rank``, ``person_id``, ``title``,
        ``main_role``, ``also``, ``points`` (0 to about 1), ``strength``, ``last_seen`` (date),
        ``channel`` (the one they used most).

    Raises
    ------
    InputError
        If the aim or the customer is unknown.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> people = pd.DataFrame({"person_id": ["p1", "p2"], "customer_id": "c1",
    ...                        "title": ["clerk", "general manager"]})
    >>> actions = pd.DataFrame({"person_id": ["p1"] * 3 + ["p2"] * 3, "channel": "phone",
    ...     "timestamp": pd.Timestamp("2024-05-02"), "stage": ["use"] * 3 + ["decide"] * 3,
    ...     "action": ["uses feature"] * 3 + ["signs contract"] * 3})
    >>> case = SimpleNamespace(people=people, interactions=actions)
    >>> key_contacts(case, aim="sell")[["rank", "title", "main_role", "points"]]
       rank            title main_role  points
    0     1  general manager   decider     1.0
    1     2            clerk      user     0.2
    """
    check_choice("aim", aim, AIMS)
    check_case(case, **TABLES)
    people, actions = (
        (case.people, case.interactions) if customer_id is None else unit_tables(case, customer_id)
    )
    check_columns(actions, ("timestamp", "channel"), "interactions")
    profile, who = profile_and_rows(actions, people)
    scores = role_scores(profile, weights)
    found = assign_roles(scores, min_telling=min_telling)
    flags = _played(found)
    matters = np.array([AIMS[aim][role] for role in ROLES])
    played = numbers_of(scores, ROLES) * flags
    played[(found["unit_size"] == 1).to_numpy(), :4] = 0.25  # alone: a quarter of each core role
    last_seen = _last_days(actions["timestamp"], who, len(found))
    day = pd.Timestamp(getattr(case, "as_of", actions["timestamp"].max()))
    recent = day - last_seen < pd.Timedelta(days=RECENT_DAYS + 1)
    points = (played @ matters * np.where(recent, 1.0, SILENT)).round(3)
    order, rank = _ranking(found, points)
    columns = {
        "customer_id": found["customer_id"],
        "rank": rank,
        "person_id": found["person_id"],
        "title": found["title"],
        "main_role": found["main_role"],
        "also": _further(flags, found["main_role"]),
        "points": points,
        "strength": found["strength"],
        "last_seen": last_seen,
        "channel": _favourite_channel(actions["channel"], who, len(found)),
    }
    ranked = pd.DataFrame({name: column.take(order) for name, column in columns.items()})
    return ranked.reset_index(drop=True)


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


def _last_days(times: pd.Series, who: np.ndarray, people: int) -> pd.Series:
    """Find the day of each person's latest action; missing for somebody without one."""
    times = pd.DatetimeIndex(times)
    latest = np.full(people, pd.NaT.value)  # as a number, a missing time lies before all others
    np.maximum.at(latest, who[who >= 0], times.asi8[who >= 0])
    return pd.Series(latest).astype(times.dtype).dt.normalize()


def _favourite_channel(channels: pd.Series, who: np.ndarray, people: int) -> np.ndarray:
    """Find the channel that each person used most: of level ones, the first by name."""
    codes, different = pd.factorize(channels)
    names = sorted(different)
    if not names:
        return np.full(people, None)
    places = np.array([*(names.index(name) for name in different), -1])
    times = count_by(places[codes], len(names), who, people)
    return np.where(times.any(axis=0), np.array(names, dtype=object)[times.argmax(axis=0)], np.nan)


def _ranking(found: pd.DataFrame, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Order the people customer by customer, most points first, and give everybody's rank.

    With level points, more telling actions come first, then the smaller id.
    """
    customer = pd.factorize(found["customer_id"], sort=True)[0]
    person = pd.factorize(found["person_id"], sort=True)[0]
    order = np.lexsort((person, -found["telling"].to_numpy(), -points, customer))
    customers = customer[order]
    rank = np.empty(len(order), dtype=int)
    rank[order] = np.arange(1, len(order) + 1) - np.searchsorted(customers, customers)
    return order, rank


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
