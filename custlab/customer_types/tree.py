"""A decision tree that learns the type of a customer, and says its rules in plain words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from custlab.checks import check_whole
from custlab.errors import InputError
from custlab.features import check_features
from custlab.i18n import _


def entropy(types) -> float:
    """Measure how mixed types are, in bits.

    Parameters
    ----------
    types : array or Series
        The type of each customer.

    Returns
    -------
    float
        0 if all are of one type, 1 for two types of equal size.

    Raises
    ------
    InputError
        If nobody is there, or a type is missing.

    References
    ----------
    Quinlan, J. R. (1986). Induction of decision trees. Machine Learning 1, 81-106.

    Examples
    --------
    >>> entropy(["stays", "stays", "leaves", "leaves"])
    1.0
    """
    types = pd.Series(types)
    if types.empty or types.isna().any():
        raise InputError(
            _("Of {n} customers {missing} have no type: look only at those whose type is known.")
            .format(n=len(types), missing=int(types.isna().sum()))
        )  # fmt: skip
    shares = types.value_counts(normalize=True).to_numpy()
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def information_gain(types, fact) -> float:
    """Say how many bits of uncertainty about the type a fact takes away.

    Parameters
    ----------
    types : array or Series
        The type of each customer.
    fact : array or Series
        The value of one fact for the same customers, in the same order. That it is unknown is a
        value too, as for :class:`TypeTree`.

    Returns
    -------
    float
        Entropy of the types, minus its mean within the values of the fact.

    Raises
    ------
    InputError
        If a type is missing, or there are more of the one than of the other.

    References
    ----------
    Quinlan, J. R. (1986). Induction of decision trees. Machine Learning 1, 81-106.

    Examples
    --------
    >>> information_gain(["stays", "stays", "leaves", "leaves"], ["app", "app", "store", "store"])
    1.0
    """
    if len(types) != len(fact):
        raise InputError(
            _("There are {n} types and {m} values of the fact: each customer needs one of each.")
            .format(n=len(types), m=len(fact))
        )  # fmt: skip
    mixed = entropy(types)
    values = pd.factorize(np.asarray(fact), use_na_sentinel=False)[0]
    within = pd.Series(np.asarray(types)).groupby(values).agg([entropy, "size"])
    left = float(np.average(within["entropy"], weights=within["size"]))
    return max(mixed - left, 0.0)


class Column(NamedTuple):
    """A column of the tree: a fact, or whether a fact has a certain value."""

    fact: str
    value: str | None
    whole: bool  # nothing but whole numbers
    gaps: bool  # unknown for some customers


class TypeTree(ClassifierMixin, BaseEstimator):
    """Learn the type of a customer from facts, by a tree small enough to read.

    Facts may be numbers, text, categories and flags; missing ones are allowed.

    Parameters
    ----------
    max_leaves : int
        The most groups at the end of the branches.
    min_customers : int
        The fewest customers in such a group.

    Attributes
    ----------
    tree_ : DecisionTreeClassifier
        The fitted tree (criterion: entropy).
    columns_ : list of tuple
        For each column of the tree: ``fact``; for a category its ``value``; whether it is
        ``whole`` numbers only; whether it has ``gaps``.

    Examples
    --------
    >>> facts = pd.DataFrame({"orders": [1, 1, 4, 5], "channel": ["app", "store", "app", "app"]})
    >>> tree = TypeTree(min_customers=1).fit(facts, ["low", "low", "high", "high"])
    >>> tree.predict(facts).tolist()
    ['low', 'low', 'high', 'high']
    """

    def __init__(self, max_leaves=6, min_customers=20):
        self.max_leaves = max_leaves
        self.min_customers = min_customers

    def fit(self, X, y):
        """Grow the tree.

        Parameters
        ----------
        X : DataFrame or array of shape (customers, facts)
            Facts.
        y : array of length customers
            Types.

        Returns
        -------
        TypeTree
            Itself.

        Raises
        ------
        InputError
            If a fact is empty, infinite or the same for everybody, customers are repeated, or a
            type is missing.
        """
        check_features(X, categories=True, missing=True)
        check_whole("max_leaves", self.max_leaves, 2)
        check_whole("min_customers", self.min_customers, 1)
        if isinstance(y, pd.Series | list) or (isinstance(y, np.ndarray) and y.ndim == 1):
            entropy(y)  # refuses customers without a type
        self._categories = _categories(X)
        values, y = self._checked(X, y)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        known = np.where(np.isnan(values), 0, values)
        whole = (known == np.floor(known)).all(axis=0)
        gaps = np.isnan(values).any(axis=0)
        self.columns_ = [
            Column(fact, value, bool(w), bool(g))
            for (fact, value), w, g in zip(self._columns(X), whole, gaps, strict=True)
        ]
        self.tree_ = DecisionTreeClassifier(
            criterion="entropy",
            max_leaf_nodes=self.max_leaves,
            min_samples_leaf=self.min_customers,
            random_state=0,
        ).fit(values, y)
        return self

    def predict(self, X):
        """Give each customer the most likely type.

        Parameters
        ----------
        X : DataFrame or array of shape (customers, facts)
            The facts of ``fit``.

        Returns
        -------
        ndarray
            Types.
        """
        likely = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likely]

    def predict_proba(self, X):
        """Give the probability of each type.

        Parameters
        ----------
        X : DataFrame or array of shape (customers, facts)
            The facts of ``fit``.

        Returns
        -------
        ndarray of shape (customers, types)
            Probabilities, columns as in ``classes_``.
        """
        check_is_fitted(self)
        return self.tree_.predict_proba(self._checked(X)[0])

    def _checked(self, X, y=None):
        """Check the facts as scikit-learn does, and give them as numbers."""
        reset = y is not None
        if self._categories:
            checked = validate_data(self, X, *(() if y is None else (y,)), reset=reset,
                                    skip_check_array=True)  # fmt: skip
            return self._as_numbers(X), np.asarray(y) if reset else checked
        options = {"dtype": float, "reset": reset, "ensure_all_finite": "allow-nan"}
        if reset:
            return validate_data(self, X, y, **options)
        return validate_data(self, X, **options), None

    def _columns(self, X) -> list[tuple]:
        """List the columns of the tree: facts, and values of categories."""
        names = getattr(self, "feature_names_in_", [f"x{i}" for i in range(self.n_features_in_)])
        return [(name, value) for name in names for value in self._categories.get(name, [None])]

    def _as_numbers(self, X: pd.DataFrame):
        """Give numbers as they are, and one 0/1 column for each value of a category."""
        columns = []
        for name in X.columns:
            levels = self._categories.get(name)
            if levels is None:
                columns.append(X[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan))
            else:
                found = _text(X[name])[:, None]
                columns.append((found == np.array(levels, dtype=object)).astype(float))
        return np.column_stack(columns)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _categories(X) -> dict[str, list]:
    """List the values of every fact that is no number."""
    if not isinstance(X, pd.DataFrame):
        return {}
    nominal = [
        name
        for name, dtype in X.dtypes.items()
        if not pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype)
    ]
    return {name: sorted(set(_text(X[name]))) for name in nominal}


def _text(column: pd.Series) -> np.ndarray:
    """Give each value as text; what is missing is unknown."""
    if isinstance(column.dtype, pd.CategoricalDtype):  # only the categories are turned into text
        names = [*map(str, column.cat.categories), _("unknown")]
        return np.array(names, dtype=object)[column.cat.codes]  # code -1, missing, is the last
    text = column.astype(object).where(column.notna(), _("unknown")).astype(str)
    return text.to_numpy(dtype=object)
