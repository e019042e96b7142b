"""From actions to evidence: what each person did, and what that says about a role.

A title is what somebody is called; a role is what somebody does in a purchase. So a person's
profile is made of actions alone: how they spread over the stages of a purchase, and how many of
them are evidence of authority, usage, payment, advice, access or initiative.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

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
    require(interactions, ("person_id", "stage", "action"), "interactions")
    listed = _listed_evidence(evidence)
    known = interactions[interactions["person_id"].notna()]
    words = np.array([*KINDS, NO_EVIDENCE], dtype=object)[_kinds_of(known, listed)]
    return known.assign(evidence=pd.Series(words, index=known.index, dtype="str"))


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
    require(people, ("person_id", "customer_id", "title"), "people")
    require(interactions, ("person_id", "stage", "action"), "interactions")
    listed = _listed_evidence(evidence)
    profile = people[["person_id", "customer_id", "title"]].reset_index(drop=True)
    _check_people(profile)
    who = rows_of(interactions["person_id"], profile["person_id"])
    stages = count_labels(interactions["stage"], STAGES, who, len(profile))
    kinds = _count(_kinds_of(interactions, listed), KINDS, who, len(profile))
    unit = pd.factorize(profile["customer_id"])[0]
    of_unit = kinds.groupby(unit).transform("sum")
    profile["unit_size"] = np.bincount(unit)[unit] if len(unit) else 0
    profile["actions"] = np.bincount(who[who >= 0], minlength=len(profile))
    profile["telling"] = kinds.sum(axis=1)
    shares = (
        _share(stages, profile["actions"]).add_prefix("stage_"),
        _share(kinds, profile["telling"]),
        (kinds / of_unit.where(of_unit > 0, 1)).add_prefix("unit_"),
    )
    return pd.concat([profile, *shares], axis=1)


def require(table: pd.DataFrame, columns: tuple[str, ...], name: str) -> None:
    """Refuse a table that lacks columns, and say which ones.

    Parameters
    ----------
    table : DataFrame
        What was given.
    columns : tuple of str
        What is needed.
    name : str
        What the person calls the table.

    Raises
    ------
    InputError
        If it is no table or a column is missing.

    Examples
    --------
    >>> require(pd.DataFrame({"title": ["son"]}), ("title",), "people")
    """
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            _("{name}: a table (DataFrame) is needed, but this is a {kind}.").format(
                name=name, kind=type(table).__name__
            )
        )
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise InputError(
            _(
                "{name}: missing columns: {missing}. The table has: {found}. "
                "Rename your columns, for example with .rename(columns={{'old': 'new'}})."
            ).format(name=name, missing=", ".join(missing), found=", ".join(map(str, table)))
        )


def _listed_evidence(evidence: pd.DataFrame | None) -> dict[str, str]:
    if evidence is None:
        return ACTION_EVIDENCE
    require(evidence, ("action", "evidence"), "evidence")
    unknown = sorted(set(evidence["evidence"].astype(str)) - {*KINDS, NO_EVIDENCE})
    if unknown:
        raise InputError(
            _("evidence: unknown kinds: {unknown}. Use one of: {kinds}.").format(
                unknown=", ".join(unknown), kinds=", ".join([*KINDS, NO_EVIDENCE])
            )
        )
    return dict(zip(evidence["action"], evidence["evidence"], strict=True))


def _check_people(people: pd.DataFrame) -> None:
    ids = people["person_id"]
    nameless = (ids.isna() | people["customer_id"].isna()).to_numpy()
    if nameless.any():
        raise InputError(
            _(
                "people, row {row}: the person or the customer has no id. Fill it in, or leave "
                "the row out."
            ).format(row=int(nameless.argmax()))
        )
    twice = ids[ids.duplicated()]
    if len(twice):
        raise InputError(
            _(
                "people: {person} is listed more than once ({n} repeated rows in all). Keep one "
                "row per person, for example with .drop_duplicates('person_id')."
            ).format(person=twice.iloc[0], n=len(twice))
        )


def _kinds_of(interactions: pd.DataFrame, listed: dict[str, str]) -> np.ndarray:
    """Give of each action the place of its evidence among the six kinds, 6 for none."""
    places = {kind: place for place, kind in enumerate((*KINDS, NO_EVIDENCE))}
    by_action = _looked_up(interactions["action"], {a: places[kind] for a, kind in listed.items()})
    of_stage = {stage: places[kind] for stage, kind in STAGE_EVIDENCE.items()}
    by_stage = _looked_up(interactions["stage"], of_stage)
    found = np.where(by_action >= 0, by_action, by_stage)
    return np.where(found >= 0, found, len(KINDS))


def _looked_up(labels: pd.Series, places: dict[str, int]) -> np.ndarray:
    """Find the place of each label, looking up each different one once; -1 if it has none."""
    codes, different = pd.factorize(labels)
    return np.array([*(places.get(label, -1) for label in different), -1])[codes]


def rows_of(done_by: pd.Series, ids: pd.Series) -> np.ndarray:
    """Find the row of each action's person in the people table; -1 where nobody is named."""
    codes, different = pd.factorize(done_by)
    places = pd.Index(ids.astype("object")).get_indexer(pd.Index(different).astype("object"))
    rows = np.append(places, -1)[codes]
    strangers = done_by[(rows < 0) & (codes >= 0)]
    if len(strangers):
        raise InputError(
            _(
                "interactions: {n} people are not in the people table, the first is {person}. "
                "Add them there, or leave their actions out."
            ).format(n=strangers.nunique(), person=strangers.iloc[0])
        )
    return rows


def count_labels(labels: pd.Series, names: tuple, who: np.ndarray, people: int) -> pd.DataFrame:
    """Count actions by person and label; other labels and rows of nobody are passed over."""
    places = {name: place for place, name in enumerate(names)}
    return _count(_looked_up(labels, places), names, who, people)


def _count(column: np.ndarray, names: tuple, who: np.ndarray, people: int) -> pd.DataFrame:
    counted = (column >= 0) & (column < len(names)) & (who >= 0)
    cells = who[counted] * len(names) + column[counted]
    counts = np.bincount(cells, minlength=people * len(names))
    return pd.DataFrame(counts.reshape(people, len(names)), columns=list(names))


def _share(counts: pd.DataFrame, total: pd.Series) -> pd.DataFrame:
    return counts.div(total.where(total > 0, 1), axis=0)
