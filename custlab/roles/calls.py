"""What roles are worth: how many calls reach somebody who decides."""

from __future__ import annotations

import pandas as pd

from custlab.checks import check_case, check_columns, check_flags
from custlab.roles.evidence import role_profile
from custlab.roles.judge import check_once
from custlab.roles.rules import assign_roles, role_scores
from custlab.roles.tree import split_customers
from custlab.roles.unit import TABLES


def first_calls(
    case, truth: pd.DataFrame, *, weights: pd.DataFrame | None = None, seed: int = 0
) -> pd.DataFrame:
    """Choose whom to call at each customer, in several ways.

    Only customers with two or more people are called, and only those kept for judging: what
    each title is worth is learned on the others.

    Parameters
    ----------
    case : Case
        Anything with the tables ``people``, ``interactions`` and ``orders``.
    truth : DataFrame
        ``person_id`` and ``main_role``; used on the learning part only.
    weights : DataFrame, optional
        The rule's weights.
    seed : int, optional
        Seed of the split.

    Returns
    -------
    DataFrame
        Index: customer. Columns: person ids, missing where a way finds nobody: ``payer`` (who
        placed most orders), ``title`` (whose title decides most often elsewhere), ``evidence``
        (named decider by the rule), ``evidence, else title``.

    Examples
    --------
    >>> from custlab import make_case
    >>> from custlab.simulate import truth
    >>> case = make_case("software", n_customers=200, seed=1)
    >>> calls = first_calls(case, truth("software", n_customers=200, seed=1).roles)
    >>> calls.columns.tolist()
    ['payer', 'title', 'evidence', 'evidence, else title']
    """
    check_case(case, **TABLES, orders=("customer_id", "person_id"))
    profile = role_profile(case.interactions, case.people)
    learn, judge = split_customers(profile[profile["unit_size"] > 1], seed=seed)
    named = assign_roles(role_scores(judge, weights))
    named = named[named["main_role"] == "decider"].sort_values("score")
    ways = pd.DataFrame(index=pd.Index(judge["customer_id"].astype("object").unique()))
    ways["payer"] = _payers(case.orders)
    ways["title"] = _best_titles(judge, learn, truth)
    ways["evidence"] = named.groupby(named["customer_id"].astype("object"))["person_id"].last()
    ways["evidence, else title"] = ways["evidence"].fillna(ways["title"])
    return ways.rename_axis("customer_id")


def calls_that_reach(
    calls: pd.DataFrame, truth: pd.DataFrame, role: str = "decider"
) -> pd.DataFrame:
    """Count the calls that reach somebody who plays a role.

    Parameters
    ----------
    calls : DataFrame
        One row per customer, one column per way of choosing; values are person ids.
    truth : DataFrame
        ``person_id``, ``customer_id`` and one flag per role.
    role : str, optional
        The role that the call is for.

    Returns
    -------
    DataFrame
        One row per way: ``customers``, ``called``, ``reached``, and ``share`` = reached / called
        (0 to 1). The last row, "anybody", is what calling a person at random reaches on
        average.

    Examples
    --------
    >>> truth = pd.DataFrame({"person_id": ["a", "b"], "customer_id": "c",
    ...                       "decider": [True, False]})
    >>> calls_that_reach(pd.DataFrame({"payer": ["b"]}, index=["c"]), truth)["share"].to_dict()
    {'payer': 0.0, 'anybody': 0.5}
    """
    check_columns(truth, ("person_id", "customer_id", role), "truth")
    check_once(truth, "truth")
    flags = check_flags(truth[role], role)
    plays = pd.Series(flags, index=truth["person_id"].astype("object"))
    rows = {}
    for way in calls:
        chosen = calls[way].dropna().astype("object")
        hits = int(plays.reindex(chosen).sum())
        rows[way] = (len(calls), len(chosen), hits, hits / len(chosen) if len(chosen) else 0.0)
    by_customer = pd.Series(flags).groupby(truth["customer_id"].astype("object").to_numpy()).mean()
    anybody = by_customer.reindex(calls.index).mean()
    rows["anybody"] = (len(calls), len(calls), round(anybody * len(calls)), anybody)
    columns = ["customers", "called", "reached", "share"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("way")


def _payers(orders: pd.DataFrame) -> pd.Series:
    """Find who placed most orders at each customer."""
    counts = orders[["customer_id", "person_id"]].astype("object").dropna().value_counts(sort=True)
    return counts.reset_index().drop_duplicates("customer_id").set_index("customer_id")["person_id"]


def _best_titles(judge: pd.DataFrame, learn: pd.DataFrame, truth: pd.DataFrame) -> pd.Series:
    """Find the person whose title decides most often among the customers to learn from."""
    known = learn.merge(truth[["person_id", "main_role"]], on="person_id")
    decides = (known["main_role"] == "decider").groupby(known["title"].astype("object")).mean()
    rated = judge.assign(decides=judge["title"].astype("object").map(decides).fillna(0))
    rated = rated.sort_values(["decides", "person_id"], ascending=[False, True])
    first = rated.drop_duplicates("customer_id")
    return first.set_index(first["customer_id"].astype("object"))["person_id"]
