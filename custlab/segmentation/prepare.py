"""Make features of different kinds comparable before distances are computed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import skew
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from custlab.checks import check_choice
from custlab.errors import InputError
from custlab.features import check_features
from custlab.i18n import _


class MixedScaler(TransformerMixin, BaseEstimator):
    """Give every feature the same say in a distance, whatever its kind.

    - numbers: a long right tail is shortened by ``log(1 + x)``, then mean 0 and variance 1;
    - ordered categories (low < middle < high): their ranks, then as numbers;
    - other categories and flags: one 0/1 column a value, scaled so that the columns of one
      feature have variance 1 together; rare values share one column;
    - missing values: the median of numbers; for categories a value of its own.

    Parameters
    ----------
    skewed : float
        Skewness from which a number without negative values is taken as long-tailed.
    rare : float
        Categories below this share of the customers are put together.
    categories : {"scale", "keep"}
        Turn categories into scaled columns, or keep them as they are (for ``KPrototypes``;
        the result is then a DataFrame).

    Attributes
    ----------
    logged_ : list
        The columns whose tail is shortened.

    Examples
    --------
    >>> table = pd.DataFrame({"orders": [1, 2, 3, 90], "channel": ["app", "store", "app", "store"]})
    >>> scaler = MixedScaler().set_output(transform="pandas")
    >>> scaler.fit_transform(table).round(2)
       orders  channel: app  channel: store
    0   -0.81          0.71           -0.71
    1   -0.54         -0.71            0.71
    2   -0.35          0.71           -0.71
    3    1.71         -0.71            0.71
    """

    def __init__(self, skewed=1.0, rare=0.02, categories="scale"):
        self.skewed = skewed
        self.rare = rare
        self.categories = categories

    def fit(self, X, y=None):
        """Learn which columns are of which kind, and their scales.

        Parameters
        ----------
        X : DataFrame or array of shape (customers, features)
            Numbers and, in a DataFrame, categories.
        y : None
            Ignored.

        Returns
        -------
        MixedScaler
            Itself.

        Raises
        ------
        InputError
            For an empty or one-row table, a column that is empty or constant, holds dates or
            nothing but rare values, repeated customers and infinite values: each named.
        """
        check_features(X, categories=True, missing=True)
        check_choice("categories", self.categories, ("scale", "keep"))
        self._choose_columns(X)
        numbers = self._numbers(X, reset=True)
        self.medians_ = _column_medians(numbers)
        filled = np.where(np.isnan(numbers), self.medians_, numbers)
        tails = (
            np.nan_to_num(skew(filled, axis=0)) if len(filled) > 2 else np.zeros(filled.shape[1])
        )
        self._log = (tails > self.skewed) & (filled >= 0).all(axis=0)
        self.logged_ = [
            name for name, log in zip(self._numeric_names(), self._log, strict=True) if log
        ]
        shortened = self._shorten(filled)
        self.mean_, spread = shortened.mean(axis=0), shortened.std(axis=0)
        self.scale_ = np.where(spread > 10 * np.finfo(float).eps * np.abs(self.mean_), spread, 1.0)
        self._fit_categories(X)
        return self

    def transform(self, X):
        """Scale the columns.

        Parameters
        ----------
        X : DataFrame or array of shape (customers, features)
            The columns of ``fit``.

        Returns
        -------
        ndarray of shape (customers, columns), or DataFrame
            Scaled columns; names from ``get_feature_names_out``.
        """
        check_is_fitted(self)
        numbers = self._numbers(X, reset=False)
        filled = np.where(np.isnan(numbers), self.medians_, numbers)
        scaled = (self._shorten(filled) - self.mean_) / self.scale_
        if self.categories == "keep" and isinstance(X, pd.DataFrame):
            kept = pd.DataFrame(scaled, columns=self._numeric_names(), index=X.index)
            return kept.join(_as_text(X[self._nominal])) if self._nominal else kept
        if not self._nominal:
            return scaled
        zero_one = self._encoder.transform(_as_text(X[self._nominal]))
        return np.hstack([scaled, (zero_one - self._shares) / self._block])

    def get_feature_names_out(self, input_features=None):
        """Name the columns of the result.

        Parameters
        ----------
        input_features : array of str, optional
            Names of the columns of an array.

        Returns
        -------
        ndarray of str
            Numbers keep their names; categories read ``channel: app``.
        """
        check_is_fitted(self)
        names = self._numeric_names(input_features)
        if self._nominal and self.categories == "keep":
            names = [*names, *self._nominal]
        elif self._nominal:
            names = [*names, *self._encoder.get_feature_names_out(self._nominal)]
        return np.array(names, dtype=object)

    def _choose_columns(self, X) -> None:
        self._ordered, self._nominal = {}, []
        if not isinstance(X, pd.DataFrame):
            return
        for name, dtype in X.dtypes.items():
            if isinstance(dtype, pd.CategoricalDtype) and dtype.ordered:
                self._ordered[name] = list(dtype.categories)
            elif not pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype):
                self._nominal.append(name)

    def _numbers(self, X, reset: bool):
        """Give numbers and ranks of ordered categories as floats, missing as NaN."""
        if not (self._ordered or self._nominal):
            return validate_data(
                self, X, dtype=float, reset=reset, ensure_all_finite="allow-nan",
                ensure_min_samples=1 + reset,
            )  # fmt: skip
        validate_data(self, X, reset=reset, skip_check_array=True)
        table = X.drop(columns=self._nominal)
        for name, levels in self._ordered.items():
            ranks = pd.Categorical(table[name], categories=levels, ordered=True).codes
            table = table.assign(**{name: np.where(ranks < 0, np.nan, ranks)})
        if table.shape[1] == 0:
            return np.empty((len(X), 0))
        return check_array(table.astype(float), dtype=float, ensure_all_finite="allow-nan")

    def _numeric_names(self, input_features=None) -> list:
        names = getattr(self, "feature_names_in_", input_features)
        if names is None:
            names = [f"x{place}" for place in range(self.n_features_in_)]
        return [name for name in names if name not in self._nominal]

    def _shorten(self, values):
        return np.where(self._log, np.log1p(np.clip(values, 0, None)), values)

    def _fit_categories(self, X) -> None:
        """Learn the 0/1 columns of the categories, and one scale for each feature."""
        if not self._nominal or self.categories == "keep":
            return
        self._encoder = OneHotEncoder(
            min_frequency=self.rare, handle_unknown="infrequent_if_exist", sparse_output=False,
            feature_name_combiner=self._name_of_value,
        )  # fmt: skip
        zero_one = self._encoder.fit_transform(_as_text(X[self._nominal]))
        self._shares = zero_one.mean(axis=0)
        columns = _columns_of_each(self._encoder)
        if 1 in columns:
            self._refuse_rare(X[self._nominal[columns.index(1)]])
        feature = np.repeat(range(len(self._nominal)), columns)
        spread = pd.Series(zero_one.var(axis=0)).groupby(feature).transform("sum").to_numpy()
        self._block = np.sqrt(np.where(spread > 0, spread, 1.0))

    def _name_of_value(self, feature, value) -> str:
        """Name a 0/1 column; rare values are "other", unless a value is called so itself."""
        if value == "infrequent_sklearn":
            values = self._encoder.categories_[self._nominal.index(feature)]
            value = "other rare ones" if "other" in values else "other"
        return f"{feature}: {value}"

    def _refuse_rare(self, column: pd.Series) -> None:
        raise InputError(
            _("Column {column!r} has {n} different values, each at less than {rare:.0%} of the "
              "customers: put together they would be the same for everybody. Group its values, or "
              "leave it out.").format(column=column.name, n=column.nunique(), rare=self.rare)
        )  # fmt: skip

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Turn categories and flags into text; a missing one becomes the value 'unknown'."""
    return table.astype(object).where(table.notna(), "unknown").astype(str)


def _columns_of_each(encoder: OneHotEncoder) -> list[int]:
    """Count the 0/1 columns of each feature; all its rare values share one."""
    rare = encoder.infrequent_categories_
    return [
        len(values) if few is None else len(values) - len(few) + 1
        for values, few in zip(encoder.categories_, rare, strict=True)
    ]


def _column_medians(numbers):
    """Give the median of what is known in each column, 0 where nothing is."""
    empty = np.isnan(numbers).all(axis=0)
    return np.nanmedian(np.where(empty, 0.0, numbers), axis=0)
