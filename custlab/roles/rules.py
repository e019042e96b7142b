"""A rule that anybody can read: evidence times weight gives a score for each role."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from custlab.checks import check_columns, check_finite
from custlab.errors import InputError
from custlab.i18n import _
from custlab.roles.evidence import KINDS

CORE_ROLES = ("decider", "user", "influencer", "buyer")
EXTENDED_ROLES = ("gatekeeper", "initiator")
ROLES = CORE_ROLES + EXTENDED_ROLES
UNKNOWN = "not enough evidence"
ALONE = "alone in the unit"

OWN_ROLE_OF_KIND = {
    "authority": "decider",
    "usage": "user",
    "advice": "influencer",
    "payment": "buyer",
    "access": "gatekeeper",
    "initiative": "initiator",
}
# What a person does counts three times as much as their part in what the whole unit does; and
# that part counts from the second action on: one single action proves nothing.
OWN_PART = 0.75
REPEATED = 2
MIN_TELLING = 3
LEVEL = 1e-9  # two scores that differ by less are level
THRESHOLD = 0.30
# How sure: at least so many telling actions, and so far ahead of the next core role.
STRENGTHS = (("strong", 6, 0.25), ("moderate", 4, 0.10), ("weak", 0, 0.0))


def default_weights() -> pd.DataFrame:
    """Give the weights of the rule: which evidence counts how much for which role.

    Each kind of evidence speaks for one role. Equal weights are hard to beat when nobody knows
    the best ones (Dawes 1979). Edit the copy and pass it to `role_scores`.

    Returns
    -------
    DataFrame
        Rows: the six roles. Columns: the six kinds of evidence. 1 is full evidence, 0 none; a
        negative weight speaks against the role.

    References
    ----------
    Dawes, R. M. (1979). The robust beauty of improper linear models in decision making.
    American Psychologist, 34(7), 571-582.

    Examples
    --------
    >>> weights = default_weights()
    >>> weights.loc["decider"].to_dict()["authority"]
    1.0
    """
    full = [[float(OWN_ROLE_OF_KIND[kind] == role) for kind in KINDS] for role in ROLES]
    return pd.DataFrame(full, index=pd.Index(ROLES, name="role"), columns=list(KINDS))


def role_scores(profile: pd.DataFrame, weights: pd.DataFrame | None = None) -> pd.DataFrame:
    """Score each person for each role: evidence times weight, added up.

    The evidence of a kind is three quarters the person's own share (what they spend their
    telling actions on) and one quarter their part in all such actions of the buying unit, if
    they did it at least twice.

    Parameters
    ----------
    profile : DataFrame
        From `role_profile`.
    weights : DataFrame, optional
        Roles by kinds of evidence; `default_weights` by default.

    Returns
    -------
    DataFrame
        ``person_id``, ``customer_id``, ``title``, ``unit_size``, ``telling``, and one score per
        role: 0 to 1 with the default weights.

    Raises
    ------
    InputError
        If the profile lacks a column, or the weights are not a table of roles by evidence.

    Examples
    --------
    >>> from custlab.roles import role_profile
    >>> people = pd.DataFrame({"person_id": ["p1", "p2"], "customer_id": "c1",
    ...                        "title": ["mother", "son"]})
    >>> actions = pd.DataFrame({"person_id": ["p1", "p1", "p2"], "stage": "decide",
    ...                         "action": ["chooses model", "pays", "uses feature"]})
    >>> role_scores(role_profile(actions, people))[["title", "decider", "user", "buyer"]]
        title  decider  user  buyer
    0  mother    0.375  0.00  0.375
    1     son    0.000  0.75  0.000
    """
    weights = default_weights() if weights is None else check_weights(weights)
    unit = [f"unit_{kind}" for kind in KINDS]
    names = ["person_id", "customer_id", "title", "unit_size", "telling"]
    check_columns(profile, (*names, *KINDS, *unit), "profile")
    own_shares = numbers_of(profile, KINDS)
    times = own_shares * profile["telling"].to_numpy()[:, None]
    part = np.where(times > REPEATED - 0.5, numbers_of(profile, unit), 0.0)
    evidence = OWN_PART * own_shares + (1 - OWN_PART) * part
    scores = evidence @ weights.to_numpy().T
    columns = {name: profile[name].reset_index(drop=True) for name in names}
    return pd.DataFrame(columns | dict(zip(ROLES, scores.T, strict=True)))


def numbers_of(table: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Give columns as one array of numbers.

    Parameters
    ----------
    table : DataFrame
        Any table.
    columns : sequence of str
        Columns that hold numbers.

    Returns
    -------
    array of float
        One row per row of the table, one column per name.

    Raises
    ------
    InputError
        If a number is missing or infinite.

    Examples
    --------
    >>> numbers_of(pd.DataFrame({"user": [0.5], "buyer": [0]}), ["buyer", "user"]).tolist()
    [[0.0, 0.5]]
    """
    # Kept column by column: in another order sums may differ in the last digit, and ties with them.
    return np.array([check_finite(table[column], column) for column in columns]).T


def assign_roles(
    scores: pd.DataFrame, *, min_telling: int = MIN_TELLING, threshold: float = THRESHOLD
) -> pd.DataFrame:
    """Assign each person a main role and further roles, or say that evidence is missing.

    The main role is the core role with the highest score. A person also plays every role whose
    score reaches the threshold. Somebody alone in the unit plays the four core roles, with the
    last word as the main one. There is no guess with fewer telling actions than asked for, with
    none that speaks for a core role, or when two core roles are level.

    Parameters
    ----------
    scores : DataFrame
        From `role_scores`.
    min_telling : int, optional
        Telling actions needed before a role is named.
    threshold : float, optional
        Score from which a person also plays a role.

    Returns
    -------
    DataFrame
        ``person_id``, ``customer_id``, ``title``, ``unit_size``, ``telling``; six flags, one per
        role (missing where there is not enough evidence); ``main_role`` (text; "not enough
        evidence"); ``score`` of the main role; ``lead`` over the next core role; ``strength``
        (strong, moderate, weak, alone in the unit, not enough evidence).

    Raises
    ------
    InputError
        If the scores lack a column, or a limit makes no sense.

    Examples
    --------
    >>> scores = pd.DataFrame({"person_id": ["p1", "p2"], "customer_id": "c1",
    ...     "title": ["mother", "son"], "unit_size": 2, "telling": [8, 1],
    ...     "decider": [0.6, 0.0], "user": [0.1, 1.0], "influencer": [0.0, 0.0],
    ...     "buyer": [0.3, 0.0], "gatekeeper": 0.0, "initiator": 0.0})
    >>> assign_roles(scores)[["title", "main_role", "buyer", "strength"]]
        title            main_role  buyer             strength
    0  mother              decider   True               strong
    1     son  not enough evidence   <NA>  not enough evidence
    """
    check_columns(
        scores, ("person_id", "customer_id", "title", "unit_size", "telling", *ROLES), "scores"
    )
    _check_limits(min_telling, threshold)
    alone = (scores["unit_size"] == 1).to_numpy()
    enough = (scores["telling"] >= min_telling).to_numpy() & (scores["telling"] > 0).to_numpy()
    best, top, lead = _best_and_lead(scores)
    core = enough & (top > 0) & (lead > LEVEL)
    is_main = np.eye(len(CORE_ROLES), len(ROLES), dtype=bool)[best] & core[:, None]
    played = (numbers_of(scores, ROLES) >= threshold) | is_main
    played[alone] = [role in CORE_ROLES for role in ROLES]
    unsaid = ~enough & ~alone
    main = np.select([alone, core], [CORE_ROLES.index("decider"), best], len(CORE_ROLES))
    sure = [*(name for name, *_rest in STRENGTHS), ALONE, UNKNOWN]
    places = [sure.index(ALONE), sure.index(UNKNOWN)]
    strength = np.select([alone, ~core], places, _strength(scores["telling"].to_numpy(), lead))
    names = ("person_id", "customer_id", "title", "unit_size", "telling")
    columns = {name: scores[name] for name in names}
    for role, plays in zip(ROLES, played.T, strict=True):
        columns[role] = pd.arrays.BooleanArray(plays.copy(), unsaid)
    columns["main_role"] = words([*CORE_ROLES, UNKNOWN], main)
    columns["score"] = np.select([alone, core], [1.0, top], np.nan)
    columns["lead"] = np.where(core & ~alone, lead, np.nan)
    columns["strength"] = words(sure, strength)
    return pd.DataFrame(columns, index=scores.index)


def words(vocabulary: Sequence[str], places: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """Write words by their place in a short list.

    Parameters
    ----------
    vocabulary : sequence of str
        The words.
    places : array of int
        Which word, for each row.

    Returns
    -------
    ExtensionArray
        One word per row.

    Examples
    --------
    >>> list(words(["user", "buyer"], np.array([1, 1, 0])))
    ['buyer', 'buyer', 'user']
    """
    return pd.array(vocabulary, dtype="str").take(places)


def check_weights(weights: pd.DataFrame) -> pd.DataFrame:
    """Refuse weights that are not a full table of numbers: roles by kinds of evidence.

    Parameters
    ----------
    weights : DataFrame
        Rows: roles; columns: kinds of evidence; any order.

    Returns
    -------
    DataFrame
        The weights as numbers, rows and columns in the usual order.

    Raises
    ------
    InputError
        If a row or column is missing or unknown, or a weight is not a number.

    Examples
    --------
    >>> check_weights(default_weights().iloc[::-1]).index[0]
    'decider'
    """
    if not isinstance(weights, pd.DataFrame):
        raise InputError(
            _("weights: a table is needed. Start from default_weights() and change single cells.")
        )
    wrong = set(weights.index) ^ set(ROLES) | set(weights.columns) ^ set(KINDS)
    if wrong or weights.index.has_duplicates or weights.columns.has_duplicates:
        raise InputError(
            _(
                "weights: the rows must be the roles {roles}, the columns the evidence {kinds}. "
                "Missing, repeated or unknown: {wrong}."
            ).format(
                roles=", ".join(ROLES),
                kinds=", ".join(KINDS),
                wrong=", ".join(sorted(map(str, wrong))) or _("a repeated name"),
            )
        )
    table = weights.loc[list(ROLES), list(KINDS)].apply(pd.to_numeric, errors="coerce")
    table = table.astype(float)
    bad = ~np.isfinite(table.to_numpy())
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise InputError(
            _("weights: the weight of {kind} for {role} is no number. Write 0 for none.").format(
                kind=KINDS[column], role=ROLES[row]
            )
        )
    return table


def _check_limits(min_telling: int, threshold: float) -> None:
    if not (np.isscalar(min_telling) and min_telling >= 0 and min_telling == int(min_telling)):
        raise InputError(
            _("min_telling: a whole number from 0 up is needed; {given} is none.").format(
                given=min_telling
            )
        )
    if not (np.isscalar(threshold) and np.isfinite(threshold) and threshold > 0):
        raise InputError(
            _("threshold: a score above 0 is needed, usually 0.1 to 0.5; {given} is not.").format(
                given=threshold
            )
        )


def _best_and_lead(scores: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find each person's best core role, its score, and how far it is ahead of the next one."""
    core = numbers_of(scores, CORE_ROLES)
    ordered = np.sort(core, axis=1)
    return core.argmax(axis=1), ordered[:, -1], ordered[:, -1] - ordered[:, -2]


def _strength(telling: np.ndarray, lead: np.ndarray) -> np.ndarray:
    """Find the place among `STRENGTHS` of the first one that is reached."""
    conditions = [(telling >= n) & (lead >= margin) for _name, n, margin in STRENGTHS]
    return np.select(conditions, range(len(STRENGTHS)), len(STRENGTHS) - 1)
