"""Whom to talk to first: the people of each customer, ranked for an aim."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import check_case, check_choice, check_columns
from custlab.roles.evidence import count_by, profile_and_rows
from custlab.roles.rules import MIN_TELLING, ROLES, assign_roles, numbers_of, role_scores
from custlab.roles.unit import TABLES, in_words, played_roles, unit_tables

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
RECENT_DAYS = 365
SILENT = 0.5  # somebody not heard of for a year counts half: they may have left


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
    flags = played_roles(found)
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
        "also": in_words(flags, found["main_role"]),
        "points": points,
        "strength": found["strength"],
        "last_seen": last_seen,
        "channel": _favourite_channel(actions["channel"], who, len(found)),
    }
    ranked = pd.DataFrame({name: column.take(order) for name, column in columns.items()})
    return ranked.reset_index(drop=True)


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
