"""A decision tree in words: its rules as sentences, its branches as questions."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from custlab.customer_types.tree import Column, TypeTree
from custlab.errors import InputError
from custlab.i18n import _


def rules_in_words(tree: TypeTree, words: dict | None = None) -> pd.DataFrame:
    r"""Print a tree as if-then sentences, one for each group of customers.

    Parameters
    ----------
    tree : TypeTree or DecisionTreeClassifier
        A fitted tree.
    words : dict, optional
        Plain words for facts, such as ``{"amount": "amount in the first 30 days"}``; otherwise
        a fact's own name without underscores.

    Returns
    -------
    DataFrame
        One row a group: ``rule`` (the sentence), ``type``, ``share`` (of the group's customers
        that are of this type), ``customers`` (learned from). The surest group first.

    Raises
    ------
    InputError
        If the tree has not been fitted.

    Examples
    --------
    >>> facts = pd.DataFrame({"orders": [1, 1, 4, 5], "channel": ["app", "store", "app", "app"]})
    >>> tree = TypeTree(min_customers=1).fit(facts, ["low", "low", "high", "high"])
    >>> print(*rules_in_words(tree)["rule"], sep="\n")
    If orders is at most 2, then low.
    If orders is above 2, then high.
    """
    tree = readable(tree)
    words, grown, rows = words or {}, tree.tree_.tree_, []
    for leaf, conditions in _paths(grown):
        shares = grown.value[leaf][0] / grown.value[leaf][0].sum()
        found = str(tree.classes_[shares.argmax()])
        said = _conditions_in_words(conditions, tree.columns_, words)
        sentence = (
            _("If {conditions}, then {type}.").format(conditions=said, type=found)
            if said
            else _("Always {type}.").format(type=found)
        )
        rows.append((sentence, found, shares.max(), int(grown.n_node_samples[leaf])))
    rules = pd.DataFrame(rows, columns=["rule", "type", "share", "customers"])
    return rules.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def readable(tree):
    """Give any fitted tree what is needed to say it in words.

    Parameters
    ----------
    tree : TypeTree or DecisionTreeClassifier
        A fitted tree.

    Returns
    -------
    object
        With ``tree_`` (scikit-learn's classifier), ``classes_`` and ``columns_``.

    Raises
    ------
    InputError
        If it has not been fitted.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> tree = DecisionTreeClassifier().fit(pd.DataFrame({"orders": [1, 4]}), ["low", "high"])
    >>> readable(tree).columns_[0].fact
    'orders'
    """
    if not hasattr(tree, "tree_"):
        raise InputError(_("The tree has not learned anything yet: call tree.fit(facts, types)."))
    if hasattr(tree, "columns_"):
        return tree
    names = getattr(tree, "feature_names_in_", [f"x{i}" for i in range(tree.n_features_in_)])
    columns = [Column(str(name), None, False, False) for name in names]
    return SimpleNamespace(tree_=tree, classes_=tree.classes_, columns_=columns)


def _paths(grown, node: int = 0, before: tuple = ()):
    """Walk to every leaf; give it with its conditions: (column, limit, above, takes unknown)."""
    if same_type_below(grown, node) is not None:
        yield node, before
        return
    column, limit = int(grown.feature[node]), float(grown.threshold[node])
    left, right = int(grown.children_left[node]), int(grown.children_right[node])
    unknown_left = bool(grown.missing_go_to_left[node])
    yield from _paths(grown, left, (*before, (column, limit, False, unknown_left)))
    yield from _paths(grown, right, (*before, (column, limit, True, not unknown_left)))


def same_type_below(grown, node: int):
    """Give the type in which all branches from a node end, if it is the same.

    Parameters
    ----------
    grown : sklearn.tree._tree.Tree
        The structure of a fitted tree.
    node : int
        Where to begin.

    Returns
    -------
    int or None
        Position of the type in ``classes_``.
    """
    left, right = int(grown.children_left[node]), int(grown.children_right[node])
    if left < 0:
        return int(grown.value[node][0].argmax())
    found = same_type_below(grown, left)
    return found if found == same_type_below(grown, right) else None


def _conditions_in_words(conditions, columns, words) -> str:
    """Join the conditions on one path; several limits of one number become one range."""
    limits: dict = {}
    for column, limit, above, unknown in conditions:
        low, high, unknown_before = limits.get(column, (-np.inf, np.inf, True))
        low, high = (max(low, limit), high) if above else (low, min(high, limit))
        limits[column] = (low, high, unknown and unknown_before)
    said = [
        one_condition(columns[column], *bounds, words=words) for column, bounds in limits.items()
    ]
    return _(" and ").join(said)


def one_condition(column: Column, low: float, high: float, unknown: bool, words: dict) -> str:
    """Say one condition in words.

    Parameters
    ----------
    column : tuple
        One of ``TypeTree.columns_``.
    low, high : float
        The limits: above ``low`` and at most ``high``; infinite if there is none.
    unknown : bool
        Whether customers of whom the fact is unknown belong here too.
    words : dict
        Plain words for facts.

    Returns
    -------
    str
        Such as ``orders is above 2``.
    """
    name = words.get(column.fact, str(column.fact).replace("_", " "))
    if column.value is not None:
        text = _("{name} is {value}") if low > -np.inf else _("{name} is not {value}")
        return text.format(name=name, value=column.value)
    if column.whole:
        low, high = np.floor(low), np.floor(high)
    if low == -np.inf:
        text = _("{name} is at most {high}")
    elif high == np.inf:
        text = _("{name} is above {low}")
    else:
        text = _("{name} is above {low} and at most {high}")
    said = text.format(name=name, low=_number(low), high=_number(high))
    return _("{condition} (or unknown)").format(condition=said) if unknown and column.gaps else said


def question(column: Column, limit: float, unknown: bool, words: dict) -> str:
    """Ask what a tree asks at a branch.

    Parameters
    ----------
    column : tuple
        One of ``TypeTree.columns_``.
    limit : float
        The limit; who is above it answers yes.
    unknown : bool
        Whether customers of whom the fact is unknown count as yes.
    words : dict
        Plain words for facts.

    Returns
    -------
    str
        Such as ``orders is above 2?``. Of a fact that some customers cannot have, such as the
        employees of a household, it says what is done with them.

    Examples
    --------
    >>> question(Column("employees", None, True, True), 37.5, False, {})
    'employees is known and above 37?'
    """
    if column.gaps and column.value is None and not unknown:
        name = words.get(column.fact, str(column.fact).replace("_", " "))
        low = np.floor(limit) if column.whole else limit
        return _("{name} is known and above {low}?").format(name=name, low=_number(low))
    return _("{condition}?").format(condition=one_condition(column, limit, np.inf, unknown, words))


def _number(value: float) -> str:
    """Write a limit as people do: thousands separated, no more digits than needed."""
    if not np.isfinite(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".")
