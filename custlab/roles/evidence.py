"""From actions to evidence: what each person did, and what that says about a role.

A title is what somebody is called; a role is what somebody does in a purchase. So a person's
profile is made of actions alone: how they spread over the stages of a purchase, and how many of
them are evidence of authority, usage, payment, advice, access or initiative.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import check_columns
from custlab.errors import InputError
from custlab.i18n import _

STAGES = ("need", "search", "evaluate", "decide", "purchase", "use", "service")
KINDS = ("authority", "usage", "payment", "advice", "access", "initiative")
NO_EVIDENCE = "none"

# What each action is evidence of. Everybody looks at a product page or asks for a brochure, and
# deciders negotiate as much as buyers do, so these three say nothing about a role.
ACTION_EVIDENCE = {
    "states need": "initiative",
    "asks for information": NO_EVIDENCE,
    "views product page": NO_EVIDENCE,
    "reads reviews": "advice",
    "shares link": "advice",
    "compares models": "advice",
    "recommends": "advice",
    "tries demo": "usage",
    "installs": "usage",
    "uses feature": "usage",
    "rates product": "usage",
    "asks for help": "usage",
    "reports fault": "usage",
    "complains": "usage",
    "chooses model": "authority",
    "approves budget": "authority",
    "agrees to price": "authority",
    "signs contract": "authority",
    "requests quote": "payment",
    "negotiates price": NO_EVIDENCE,
    "places order": "payment",
    "pays": "payment",
    "tracks delivery": "payment",
    "forwards information": "access",
    "screens supplier": "access",
}
# For an action that is not listed above (own data), its stage has to do.
STAGE_EVIDENCE = {
    "need": "initiative",
    "search": "advice",
    "evaluate": "advice",
    "decide": "authority",
    "purchase": "payment",
    "use": "usage",
    "service": "usage",
}
STAGE_PLACES = {stage: place for place, stage in enumerate(STAGES)}


def evidence_table() -> pd.DataFrame:
    """List what each action is evidence of; edit the copy and pass it to `role_profile`.

    Returns
    -------
    DataFrame
        One row per action: ``action`` and ``evidence`` (authority, usage, payment, advice,
        access, initiative, or none).

    Examples
    --------
    >>> table = evidence_table()
    >>> table.loc[table["action"] == "signs contract", "evidence"].item()
    'authority'
    """
    return pd.DataFrame(
        {"action": list(ACTION_EVIDENCE), "evidence": list(ACTION_EVIDENCE.values())}
    )


def evidence_of(interactions: pd.DataFrame, evidence: pd.DataFrame | None = None) -> pd.DataFrame:
    """Say of each action what it is evidence of.

    Parameters
    ----------
    interactions : DataFrame
        One row per action: ``person_id``, ``stage``, ``action``.
    evidence : DataFrame, optional
        Columns ``action`` and ``evidence``; `evidence_table` by default. An action that is not
        listed is judged by its stage.

    Returns
    -------
    DataFrame
        The rows that name a person, with a column ``evidence``.

    Raises
    ------
    InputError
        If a column is missing, or the evidence table has an unknown kind.

    Examples
    --------
    >>> actions = pd.DataFrame({"person_id": ["p1", "p1"], "stage": ["decide", "use"],
    ...                         "action": ["signs contract", "waters the plants"]})
    >>> evidence_of(actions)["evidence"].tolist()
    ['authority', 'usage']
    """
    check_columns(interactions, ("person_id", "stage", "action"), "interactions")
    listed = _listed_evidence(evidence)
    known = interactions[interactions["person_id"].notna()]
    stage = places_of(known["stage"], STAGE_PLACES)
    words = pd.array([*KINDS, NO_EVIDENCE], dtype="str")
    return known.assign(evidence=words.take(_kinds_of(known["action"], stage, listed)))


def role_profile(
    interactions: pd.DataFrame, people: pd.DataFrame, evidence: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Give each person's profile: what they did, as shares of their actions.

    Parameters
    ----------
    interactions : DataFrame
        One row per action: ``person_id``, ``stage``, ``action``.
    people : DataFrame
        One row per person: ``person_id``, ``customer_id``, ``title``.
    evidence : DataFrame, optional
        What each action is evidence of; `evidence_table` by default.

    Returns
    -------
    DataFrame
        One row per person, in the order of `people`:

        - ``person_id``, ``customer_id``, ``title``, ``unit_size`` (people of that customer);
        - ``actions`` (how many) and ``telling`` (how many are evidence of a role);
        - ``stage_need`` ... ``stage_service``: share of the person's actions, 0 to 1;
        - ``authority`` ... ``initiative``: share of the person's telling actions, 0 to 1;
        - ``unit_authority`` ... ``unit_initiative``: this person's part of all such actions of
          the buying unit, 0 to 1.

        A person without an action has shares of 0.

    Raises
    ------
    InputError
        If a column is missing, a person is listed twice, or an action names somebody who is
        not in `people`.

    Examples
    --------
    >>> people = pd.DataFrame({"person_id": ["p1", "p2"], "customer_id": ["c1", "c1"],
    ...                        "title": ["mother", "son"]})
    >>> actions = pd.DataFrame({"person_id": ["p1", "p1", "p2"],
    ...                         "stage": ["decide", "purchase", "use"],
    ...                         "action": ["chooses model", "pays", "uses feature"]})
    >>> role_profile(actions, people)[["title", "telling", "authority", "payment", "usage"]]
        title  telling  authority  payment  usage
    0  mother        2        0.5      0.5    0.0
    1     son        1        0.0      0.0    1.0
    """
    return profile_and_rows(interactions, people, evidence)[0]


def profile_and_rows(
    interactions: pd.DataFrame, people: pd.DataFrame, evidence: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Give the profiles, and of each action the row of its person among them.

    Parameters
    ----------
    interactions, people, evidence : DataFrame
        As in `role_profile`.

    Returns
    -------
    tuple of DataFrame and array
        The profiles; one row number per action, -1 where nobody is named.

    Examples
    --------
    >>> people = pd.DataFrame({"person_id": ["p1", "p2"], "customer_id": "c1", "title": "clerk"})
    >>> actions = pd.DataFrame({"person_id": ["p2", None], "stage": "use", "action": "installs"})
    >>> profile_and_rows(actions, people)[1].tolist()
    [1, -1]
    """
    check_columns(people, ("person_id", "customer_id", "title"), "people")
    check_columns(interactions, ("person_id", "stage", "action"), "interactions")
    listed = _listed_evidence(evidence)
    unit, units = pd.factorize(people["customer_id"])
    who = _rows_of(interactions["person_id"], people["person_id"], unit)
    stage = places_of(interactions["stage"], STAGE_PLACES)
    kind = _kinds_of(interactions["action"], stage, listed)
    stages = count_by(stage, len(STAGES), who, len(people))
    kinds = count_by(kind, len(KINDS), who, len(people))
    of_unit = count_by(kind, len(KINDS), np.append(unit, -1)[who], len(units))[:, unit]
    actions = np.bincount(who + 1, minlength=len(people) + 1)[1:]
    telling = kinds.sum(axis=0)
    people = people.reset_index(drop=True)
    columns = {name: people[name] for name in ("person_id", "customer_id", "title")}
    columns |= {"unit_size": np.bincount(unit)[unit], "actions": actions, "telling": telling}
    names = [*(f"stage_{name}" for name in STAGES), *KINDS, *(f"unit_{name}" for name in KINDS)]
    shares = [*_share(stages, actions), *_share(kinds, telling), *_share(kinds, of_unit)]
    return pd.DataFrame(columns | dict(zip(names, shares, strict=True))), who


def _listed_evidence(evidence: pd.DataFrame | None) -> dict[str, str]:
    if evidence is None:
        return ACTION_EVIDENCE
    check_columns(evidence, ("action", "evidence"), "evidence")
    unknown = sorted(set(evidence["evidence"].astype(str)) - {*KINDS, NO_EVIDENCE})
    if unknown:
        raise InputError(
            _("evidence: unknown kinds: {unknown}. Use one of: {kinds}.").format(
                unknown=", ".join(unknown), kinds=", ".join([*KINDS, NO_EVIDENCE])
            )
        )
    return dict(zip(evidence["action"], evidence["evidence"], strict=True))


def _rows_of(done_by: pd.Series, ids: pd.Series, unit: np.ndarray) -> np.ndarray:
    """Find the row of each action's person in the people table; -1 where nobody is named."""
    kind = ids.dtype if ids.dtype == done_by.dtype else "object"
    both = pd.Index(ids.astype(kind)).append(pd.Index(done_by.astype(kind)))
    codes = pd.factorize(both)[0]  # counts up from 0: who is listed once has their row as code
    _check_people(ids, codes[: len(ids)], unit)
    rows = codes[len(ids) :]
    if (rows >= len(ids)).any():
        strangers = done_by[rows >= len(ids)]
        raise InputError(
            _(
                "interactions: {n} people are not in the people table, the first is {person}. "
                "Add them there, or leave their actions out."
            ).format(n=strangers.nunique(), person=strangers.iloc[0])
        )
    return rows


def _check_people(ids: pd.Series, codes: np.ndarray, unit: np.ndarray) -> None:
    nameless = (codes < 0) | (unit < 0)
    if nameless.any():
        raise InputError(
            _(
                "people, row {row}: the person or the customer has no id. Fill it in, or leave "
                "the row out."
            ).format(row=int(nameless.argmax()))
        )
    if (codes != np.arange(len(codes))).any():
        twice = ids[ids.duplicated()]
        raise InputError(
            _(
                "people: {person} is listed more than once ({n} repeated rows in all). Keep one "
                "row per person, for example with .drop_duplicates('person_id')."
            ).format(person=twice.iloc[0], n=len(twice))
        )


def _kinds_of(actions: pd.Series, stage: np.ndarray, listed: dict[str, str]) -> np.ndarray:
    """Give of each action the place of its evidence among the six kinds, 6 for none."""
    places = {kind: place for place, kind in enumerate((*KINDS, NO_EVIDENCE))}
    by_action = places_of(actions, {action: places[kind] for action, kind in listed.items()})
    of_stage = [places[STAGE_EVIDENCE[name]] for name in STAGES]
    by_stage = np.array([*of_stage, places[NO_EVIDENCE]])[stage]
    return np.where(by_action >= 0, by_action, by_stage)


def places_of(labels: pd.Series, places: dict[str, int]) -> np.ndarray:
    """Find the place of each label, looking up each different one once; -1 if it has none.

    Parameters
    ----------
    labels : Series
        One label per row.
    places : dict
        Label -> place.

    Returns
    -------
    array of int
        One place per row.

    Examples
    --------
    >>> places_of(pd.Series(["use", "need", "?", None]), {"need": 0, "use": 5}).tolist()
    [5, 0, -1, -1]
    """
    codes, different = pd.factorize(labels)
    return np.array([*(places.get(label, -1) for label in different), -1])[codes]


def count_by(label: np.ndarray, labels: int, row: np.ndarray, rows: int) -> np.ndarray:
    """Count actions by label (down) and row (across).

    Parameters
    ----------
    label : array of int
        The place of each action's label; it is not counted with a place of `labels` or -1.
    labels : int
        How many labels there are.
    row : array of int
        The row of each action's person or unit; it is not counted with -1.
    rows : int
        How many rows there are.

    Returns
    -------
    array of int
        One line per label, one column per row.

    Examples
    --------
    >>> count_by(np.array([0, 1, 1, -1]), 2, np.array([0, 2, 2, 0]), 3).tolist()
    [[1, 0, 0], [0, 0, 2]]
    """
    shape = labels + 2, rows + 1  # -1 has a line and a column of its own, which are cut off
    cells = (label + 1) * shape[1] + row + 1
    return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)[1:-1, 1:]


def _share(counts: np.ndarray, total: np.ndarray) -> np.ndarray:
    return counts / np.where(total > 0, total, 1)
