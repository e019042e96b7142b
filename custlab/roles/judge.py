"""How right is a method? Accuracy, coverage and confusion against the truth."""

from __future__ import annotations

import pandas as pd

from custlab.checks import check_columns, check_flags
from custlab.errors import InputError
from custlab.i18n import _
from custlab.roles.rules import CORE_ROLES, ROLES, UNKNOWN


def accuracy(truth: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """Say how many people a method judges, and how often it is right about them.

    People who are alone in their buying unit are left out: they play every role, so there is
    nothing to find.

    Parameters
    ----------
    truth : DataFrame
        ``person_id`` and ``main_role``, from the simulator.
    found : DataFrame
        ``person_id``, ``unit_size`` and ``main_role``, from `assign_roles` or `predict_roles`.

    Returns
    -------
    Series
        ``people``; ``judged`` (how many got a role); ``coverage`` = judged / people;
        ``accuracy`` = right / judged; ``chance`` = what naming the commonest role would reach.

    Raises
    ------
    InputError
        If a column is missing, or nobody is in both tables.

    Examples
    --------
    >>> truth = pd.DataFrame({"person_id": ["a", "b", "c"],
    ...                       "main_role": ["user", "buyer", "decider"]})
    >>> found = truth.assign(unit_size=3, main_role=["user", "user", "not enough evidence"])
    >>> accuracy(truth, found)[["coverage", "accuracy"]].round(2).to_dict()
    {'coverage': 0.67, 'accuracy': 0.5}
    """
    both = _side_by_side(truth, found)
    judged = both[both["found"] != UNKNOWN]
    right = (judged["found"] == judged["true"]).mean() if len(judged) else float("nan")
    return pd.Series(
        {
            "people": len(both),
            "judged": len(judged),
            "coverage": len(judged) / len(both),
            "accuracy": right,
            "chance": both["true"].value_counts(normalize=True).max(),
        }
    )


def confusion(truth: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Count true against found main roles.

    Parameters
    ----------
    truth, found : DataFrame
        As for `accuracy`.

    Returns
    -------
    DataFrame
        Rows: true main role. Columns: found main role, then "not enough evidence". Values:
        people.

    Examples
    --------
    >>> truth = pd.DataFrame({"person_id": ["a", "b"], "main_role": ["user", "buyer"]})
    >>> found = truth.assign(unit_size=2, main_role="user")
    >>> confusion(truth, found).loc["buyer", "user"].item()
    1
    """
    both = _side_by_side(truth, found)
    table = pd.crosstab(both["true"], both["found"])
    table = table.reindex(index=CORE_ROLES, columns=[*CORE_ROLES, UNKNOWN], fill_value=0)
    return table.rename_axis(index="true role", columns="found role")


def role_report(truth: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Judge each of the six roles by itself, since a person may play two.

    Parameters
    ----------
    truth : DataFrame
        ``person_id`` and one flag per role.
    found : DataFrame
        From `assign_roles`.

    Returns
    -------
    DataFrame
        One row per role: ``people`` who truly play it (among those judged), ``precision``
        (share of those named who are right) and ``recall`` (share of the true ones who are
        named), 0 to 1.

    Examples
    --------
    >>> truth = pd.DataFrame({"person_id": ["a", "b"], "decider": [True, False],
    ...     "user": True, "influencer": False, "buyer": False, "gatekeeper": False,
    ...     "initiator": False})
    >>> role_report(truth, truth.assign(unit_size=2, user=[True, False])).loc["user", "recall"]
    np.float64(0.5)
    """
    check_columns(truth, ("person_id", *ROLES), "truth")
    check_columns(found, ("person_id", "unit_size", *ROLES), "found")
    check_once(truth, "truth")
    check_once(found, "found")
    named = found[(found["unit_size"] > 1) & found["decider"].notna()]
    both = named.merge(truth, on="person_id", suffixes=("", "_true"))
    rows = []
    for role in ROLES:
        said, true = check_flags(both[role], role), check_flags(both[f"{role}_true"], role)
        hits = (said & true).sum()
        rows.append((role, true.sum(), _ratio(hits, said.sum()), _ratio(hits, true.sum())))
    return pd.DataFrame(rows, columns=["role", "people", "precision", "recall"]).set_index("role")


def check_once(table: pd.DataFrame, name: str) -> None:
    """Refuse a table that lists a person twice: both rows would be counted.

    Parameters
    ----------
    table : DataFrame
        With ``person_id``.
    name : str
        What it is called.

    Raises
    ------
    InputError
        Naming the first who is listed twice.

    Examples
    --------
    >>> check_once(pd.DataFrame({"person_id": ["a", "a"]}), "truth")
    Traceback (most recent call last):
    custlab.errors.InputError: truth: a is listed more than once (1 repeated rows in all). Keep ...
    """
    twice = table["person_id"][table["person_id"].duplicated()]
    if len(twice):
        raise InputError(
            _(
                "{table}: {person} is listed more than once ({n} repeated rows in all). Keep one "
                "row per person, for example with .drop_duplicates('person_id')."
            ).format(table=name, person=twice.iloc[0], n=len(twice))
        )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _side_by_side(truth: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    check_columns(truth, ("person_id", "main_role"), "truth")
    check_columns(found, ("person_id", "unit_size", "main_role"), "found")
    check_once(truth, "truth")
    check_once(found, "found")
    if truth["main_role"].isna().any():
        raise InputError(
            _("truth: main_role is missing for {n} people. Leave them out: nobody can be right "
              "about them.").format(n=int(truth["main_role"].isna().sum()))
        )  # fmt: skip
    wanted = found.loc[found["unit_size"] > 1, ["person_id", "main_role"]]
    wanted = wanted.fillna({"main_role": UNKNOWN})
    both = truth[["person_id", "main_role"]].merge(
        wanted, on="person_id", suffixes=("_true", "_found")
    )
    if both.empty:
        raise InputError(
            _(
                "Truth and finding have no person in common. Take both from the same case, and "
                "with the same n_customers and seed."
            )
        )
    return both.rename(columns={"main_role_true": "true", "main_role_found": "found"})
