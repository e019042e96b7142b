"""Who belongs to a segment? A tree that tells it in a few rules."""

from __future__ import annotations

import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

from custlab.customer_types import TypeTree, rules_in_words
from custlab.errors import InputError
from custlab.i18n import _
from custlab.segmentation.labels import check_labels


def segment_rules(table: pd.DataFrame, labels: pd.Series, n_rules: int | None = None, words=None):
    """Tell in a few if-then rules who belongs to which segment.

    Parameters
    ----------
    table : DataFrame of shape (customers, features)
        Features in their own units, numbers and categories.
    labels : Series
        Segment (number or name) of each customer, with the same index.
    n_rules : int, optional
        The most rules; as many as there are segments, and at least three, by default.
    words : dict, optional
        Plain words for features.

    Returns
    -------
    DataFrame
        ``rule``, ``type`` (the segment), ``share`` of the rule's customers that are in it,
        ``customers``. ``attrs["accuracy"]``: share of customers whom rules learned from others
        put into the right segment (five-fold cross-validation); ``attrs["baseline"]``: share of
        the largest segment.

    Raises
    ------
    InputError
        If there is one segment only, or the labels are those of other customers.

    Examples
    --------
    >>> table = pd.DataFrame({"orders": [1, 2, 1, 2, 1, 8, 9, 9, 8, 9]})
    >>> rules = segment_rules(table, pd.Series(["rare"] * 5 + ["often"] * 5))
    >>> print(*rules["rule"], sep=" ")
    If orders is at most 5, then rare. If orders is above 5, then often.
    """
    check_labels(labels, table)
    if labels.nunique() < 2:
        raise InputError(_("There is only one segment, so there is nothing to tell apart."))
    named = labels.astype(str)
    leaves = max(3, labels.nunique()) if n_rules is None else n_rules
    tree = TypeTree(max_leaves=max(2, leaves), min_customers=max(2, len(table) // 200))
    rules = rules_in_words(tree.fit(table, named), words)
    rules.attrs["accuracy"] = _cross_validated(tree, table, named)
    rules.attrs["baseline"] = float(named.value_counts(normalize=True).max())
    return rules


def _cross_validated(tree: TypeTree, table: pd.DataFrame, named: pd.Series) -> float:
    """Give the share that rules learned from other customers put right."""
    folds = min(5, int(named.value_counts().min()))
    if folds < 2:
        return float("nan")
    right = 0
    for learn, judge in StratifiedKFold(folds, shuffle=True, random_state=0).split(table, named):
        known = table.iloc[learn]
        known = known.loc[:, known.nunique() > 1]  # a rare flag may be missing among them
        said = named.iloc[learn].mode().iloc[0]
        if known.shape[1]:
            tree = clone(tree).fit(known, named.iloc[learn])
            said = tree.predict(table.iloc[judge][known.columns])
        right += (named.iloc[judge] == said).sum()
    return float(right / len(named))
