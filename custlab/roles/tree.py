"""Learned rivals of the rule: a decision tree, and the titles alone.

Both learn from customers whose roles are known (in life: those you interviewed) and are judged
on customers that they have never seen. The split is by customer: two members of one household
must not stand on both sides, or the judge has seen half of the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from custlab.checks import check_columns
from custlab.errors import InputError
from custlab.i18n import _
from custlab.roles.evidence import KINDS, STAGES
from custlab.roles.judge import accuracy
from custlab.roles.rules import MIN_TELLING, UNKNOWN, assign_roles, role_scores

if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeClassifier

FEATURES = (
    *KINDS,
    *(f"unit_{kind}" for kind in KINDS),
    *(f"stage_{stage}" for stage in STAGES),
    "telling",
    "unit_size",
)


def split_customers(
    profile: pd.DataFrame, share: float = 0.3, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split people into a part to learn from and a part to judge on, customer by customer.

    Parameters
    ----------
    profile : DataFrame
        From `role_profile`.
    share : float, optional
        Share of customers kept for judging, between 0 and 1.
    seed : int, optional
        Seed of the draw.

    Returns
    -------
    tuple of DataFrame
        The part to learn from, and the part to judge on; no customer is in both.

    Raises
    ------
    InputError
        If the share leaves one part empty.

    Examples
    --------
    >>> profile = pd.DataFrame({"customer_id": ["a", "a", "b", "b"], "person_id": list("1234")})
    >>> learn, judge = split_customers(profile, share=0.5)
    >>> set(learn["customer_id"]) & set(judge["customer_id"])
    set()
    """
    check_columns(profile, ("customer_id",), "profile")
    customers = np.sort(profile["customer_id"].astype("object").unique())
    n = round(len(customers) * share)
    if not 0 < n < len(customers):
        raise InputError(
            _(
                "share: {share} of {n} customers leaves nobody on one side. Choose a share "
                "between 0 and 1, such as 0.3."
            ).format(share=share, n=len(customers))
        )
    kept = np.random.default_rng(seed).permutation(customers)[:n]
    judged = profile["customer_id"].isin(kept)
    return profile[~judged], profile[judged]


def learn_tree(
    profile: pd.DataFrame,
    truth: pd.DataFrame,
    *,
    max_depth: int = 4,
    min_telling: int = MIN_TELLING,
) -> DecisionTreeClassifier:
    """Learn a decision tree for the main role from people whose role is known.

    Parameters
    ----------
    profile : DataFrame
        From `role_profile`: the part to learn from.
    truth : DataFrame
        ``person_id`` and ``main_role``.
    max_depth : int, optional
        Questions asked at most before an answer.
    min_telling : int, optional
        People with fewer telling actions teach the tree only noise and are left out.

    Returns
    -------
    DecisionTreeClassifier
        Fitted; its inputs are `FEATURES`.

    Raises
    ------
    InputError
        If nobody with a known role and enough actions is left.

    References
    ----------
    Breiman, L., Friedman, J., Olshen, R. & Stone, C. (1984). Classification and Regression
    Trees.

    Examples
    --------
    >>> from custlab import make_case
    >>> from custlab.roles import role_profile
    >>> from custlab.simulate import truth
    >>> case = make_case("software", n_customers=200, seed=1)
    >>> true = truth("software", n_customers=200, seed=1).roles
    >>> profile = role_profile(case.interactions, case.people)
    >>> learn_tree(profile, true, max_depth=2).get_depth()
    2
    """
    from sklearn.tree import DecisionTreeClassifier

    known = _with_truth(profile, truth)
    known = known[(known["telling"] >= min_telling) & (known["unit_size"] > 1)]
    if known.empty:
        raise InputError(
            _(
                "Nobody has both a known role and {n} telling actions: nothing to learn from. "
                "Ask for fewer actions, or bring more data."
            ).format(n=min_telling)
        )
    tree = DecisionTreeClassifier(max_depth=max_depth, min_samples_leaf=20, random_state=0)
    return tree.fit(known[list(FEATURES)], known["main_role"].astype("object"))


def predict_roles(
    tree: DecisionTreeClassifier, profile: pd.DataFrame, *, min_telling: int = MIN_TELLING
) -> pd.DataFrame:
    """Name the main role of each person by a learned tree.

    Parameters
    ----------
    tree : DecisionTreeClassifier
        From `learn_tree`.
    profile : DataFrame
        From `role_profile`.
    min_telling : int, optional
        With fewer telling actions there is no guess.

    Returns
    -------
    DataFrame
        ``person_id``, ``customer_id``, ``title``, ``unit_size``, ``telling``, ``main_role``.

    Examples
    --------
    >>> from custlab import make_case
    >>> from custlab.roles import role_profile
    >>> from custlab.simulate import truth
    >>> case = make_case("software", n_customers=200, seed=1)
    >>> true = truth("software", n_customers=200, seed=1).roles
    >>> profile = role_profile(case.interactions, case.people)
    >>> found = predict_roles(learn_tree(profile, true), profile)
    >>> (found.loc[found["telling"] < 3, "main_role"] == "not enough evidence").all()
    np.True_
    """
    check_columns(profile, ("person_id", "customer_id", "title", *FEATURES), "profile")
    found = profile[["person_id", "customer_id", "title", "unit_size", "telling"]]
    said = tree.predict(profile[list(FEATURES)])
    enough = (profile["telling"] >= max(min_telling, 1)).to_numpy()
    return found.assign(main_role=np.where(enough, said, UNKNOWN))


def learn_titles(profile: pd.DataFrame, truth: pd.DataFrame) -> pd.Series:
    """Find the commonest main role of each title: the best that titles alone can do.

    Parameters
    ----------
    profile : DataFrame
        ``person_id``, ``title``, ``unit_size``.
    truth : DataFrame
        ``person_id`` and ``main_role``.

    Returns
    -------
    Series
        Main role by title.

    Examples
    --------
    >>> people = pd.DataFrame({"person_id": list("abc"), "title": ["son", "son", "owner"],
    ...                        "unit_size": 3})
    >>> truth = pd.DataFrame({"person_id": list("abc"), "main_role": ["user", "user", "decider"]})
    >>> learn_titles(people, truth)["son"]
    'user'
    """
    known = _with_truth(profile, truth)
    known = known[known["unit_size"] > 1]
    counts = pd.crosstab(known["title"].astype("object"), known["main_role"].astype("object"))
    return counts.idxmax(axis=1).rename("main_role")


def compare_methods(
    profile: pd.DataFrame,
    truth: pd.DataFrame,
    *,
    weights: pd.DataFrame | None = None,
    min_telling: int = MIN_TELLING,
    max_depth: int = 4,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare titles, rule and tree on the same customers, unseen by those that learn.

    Parameters
    ----------
    profile : DataFrame
        From `role_profile`.
    truth : DataFrame
        ``person_id`` and ``main_role``.
    weights : DataFrame, optional
        The rule's weights.
    min_telling, max_depth, seed : int, optional
        As for `assign_roles`, `learn_tree` and `split_customers`.

    Returns
    -------
    DataFrame
        One row per method: what `accuracy` gives, on the part kept for judging. Titles are
        judged on the same people as the tree.

    Examples
    --------
    >>> from custlab import make_case
    >>> from custlab.roles import role_profile
    >>> from custlab.simulate import truth
    >>> case = make_case("software", n_customers=200, seed=1)
    >>> true = truth("software", n_customers=200, seed=1).roles
    >>> profile = role_profile(case.interactions, case.people)
    >>> compare_methods(profile, true).index.tolist()
    ['title alone', 'rule', 'decision tree']
    """
    learn, judge = split_customers(profile, seed=seed)
    rule = assign_roles(role_scores(judge, weights), min_telling=min_telling)
    tree = learn_tree(learn, truth, max_depth=max_depth, min_telling=min_telling)
    by_tree = predict_roles(tree, judge, min_telling=min_telling)
    titles = learn_titles(learn, truth)
    guess = by_tree["title"].astype("object").map(titles).fillna(titles.mode()[0])
    by_title = by_tree.assign(main_role=guess.where(by_tree["main_role"] != UNKNOWN, UNKNOWN))
    methods = {"title alone": by_title, "rule": rule, "decision tree": by_tree}
    table = pd.DataFrame({name: accuracy(truth, found) for name, found in methods.items()}).T
    return table.astype({"people": int, "judged": int}).rename_axis("method")


def _with_truth(profile: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    check_columns(profile, ("person_id", "unit_size"), "profile")
    check_columns(truth, ("person_id", "main_role"), "truth")
    return profile.merge(truth[["person_id", "main_role"]], on="person_id")
