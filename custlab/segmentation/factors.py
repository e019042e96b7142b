"""Reduce a battery of survey items to a few factor scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import FactorAnalysis
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from custlab.checks import check_whole
from custlab.features import check_features
from custlab.i18n import _

AGAINST = "\N{MINUS SIGN}"  # before an item that loads negatively


class FactorScores(TransformerMixin, BaseEstimator):
    """Turn survey items that say nearly the same into a few factors.

    Items are standardised, factors are estimated by maximum likelihood and rotated by varimax,
    so that each item loads on few of them. Scores have mean 0; a high score means agreement
    with the items that load positively.

    Parameters
    ----------
    n_factors : int, optional
        How many factors; by default as many as parallel analysis supports (Horn 1965).
    random_state : int, RandomState or None
        Source of the random data of parallel analysis.

    Attributes
    ----------
    n_factors_ : int
        How many factors are kept.
    loadings_ : DataFrame of shape (items, factors)
        Correlation of each item with each factor.

    References
    ----------
    Kaiser, H. F. (1958). The varimax criterion for analytic rotation in factor analysis.
    Psychometrika 23, 187-200.
    Horn, J. L. (1965). A rationale and test for the number of factors in factor analysis.
    Psychometrika 30, 179-185.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> price, design = rng.normal(size=(2, 300))
    >>> noise = rng.normal(scale=0.5, size=(300, 4))
    >>> items = pd.DataFrame(noise, columns=["cheap", "offers", "looks", "style"])
    >>> items[["cheap", "offers"]] += price[:, None]
    >>> items[["looks", "style"]] += design[:, None]
    >>> FactorScores(random_state=0).fit(items).n_factors_
    2
    """

    def __init__(self, n_factors=None, random_state=0):
        self.n_factors = n_factors
        self.random_state = random_state

    def fit(self, X, y=None):
        """Estimate the factors.

        Parameters
        ----------
        X : DataFrame or array of shape (people, items)
            Answers; a missing one counts as the item's mean.
        y : None
            Ignored.

        Returns
        -------
        FactorScores
            Itself.

        Raises
        ------
        InputError
            If an item is text, empty or the same for everybody, or if more factors are asked for
            than there are items.
        """
        check_features(X, missing=True)
        values = validate_data(
            self, X, dtype=float, ensure_all_finite="allow-nan", ensure_min_samples=2
        )
        if self.n_factors is not None:
            check_whole("n_factors", self.n_factors, 1, values.shape[1])
        self.mean_ = np.nan_to_num(np.nanmean(values, axis=0))
        filled = np.where(np.isnan(values), self.mean_, values)
        spread = filled.std(axis=0)
        self.scale_ = np.where(spread > 0, spread, 1.0)
        scaled = (filled - self.mean_) / self.scale_
        random = check_random_state(self.random_state)
        self.n_factors_ = self.n_factors or parallel_analysis(scaled, random_state=random)
        self._analysis = FactorAnalysis(self.n_factors_, rotation="varimax", svd_method="lapack")
        self._analysis.fit(scaled)
        # The sign of a factor is arbitrary: make each agree with its strongest item.
        loadings = self._analysis.components_.T
        strongest = np.abs(loadings).argmax(axis=0)
        self._signs = np.where(loadings[strongest, range(self.n_factors_)] < 0, -1.0, 1.0)
        items = getattr(self, "feature_names_in_", [f"x{i}" for i in range(values.shape[1])])
        loadings = pd.DataFrame(loadings * self._signs, index=items)
        self.loadings_ = loadings.rename(
            columns={place: _factor_name(loadings[place], place + 1) for place in loadings}
        )
        return self

    def transform(self, X):
        """Give each person's scores.

        Parameters
        ----------
        X : DataFrame or array of shape (people, items)
            Answers to the items of ``fit``.

        Returns
        -------
        ndarray of shape (people, factors), or DataFrame
            Factor scores.
        """
        check_is_fitted(self)
        values = validate_data(
            self, X, dtype=float, reset=False, ensure_all_finite="allow-nan"
        )  # fmt: skip
        filled = np.where(np.isnan(values), self.mean_, values)
        return self._analysis.transform((filled - self.mean_) / self.scale_) * self._signs

    def get_feature_names_out(self, input_features=None):
        """Name each factor after the two items that load most strongly on it.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of str
            Names such as ``"factor 1: design, trends"``; before an item that a high score speaks
            against stands a minus: ``"factor 2: price, −work"``.
        """
        check_is_fitted(self)
        return self.loadings_.columns.to_numpy(dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _factor_name(loadings: pd.Series, number: int) -> str:
    """Name a factor after its two strongest items, without the battery's prefix."""
    strongest = loadings.loc[loadings.abs().sort_values(ascending=False).index[:2]]
    words = [AGAINST * (loading < 0) + str(item).split("_", 1)[-1]
             for item, loading in strongest.items()]  # fmt: skip
    return _("factor {number}: {items}").format(
        number=number, items=", ".join(dict.fromkeys(words))
    )


def parallel_analysis(scaled, n_random: int = 50, random_state=0) -> int:
    """Count the factors that are stronger than those of random answers.

    Parameters
    ----------
    scaled : array of shape (people, items)
        Answers.
    n_random : int
        How many random data sets of the same size.
    random_state : int or RandomState
        Source of the random data.

    Returns
    -------
    int
        How many eigenvalues of the correlation matrix exceed the 95th percentile of the random
        ones; at least 1.

    References
    ----------
    Horn, J. L. (1965). A rationale and test for the number of factors in factor analysis.
    Psychometrika 30, 179-185.

    Examples
    --------
    >>> parallel_analysis(np.random.default_rng(1).normal(size=(200, 5)))
    1
    """
    scaled = check_array(scaled, dtype=float)
    random = check_random_state(random_state)
    found = _eigenvalues(scaled)
    chance = [_eigenvalues(random.normal(size=scaled.shape)) for __ in range(n_random)]
    stronger = found > np.percentile(chance, 95, axis=0)
    # Only the leading run counts: a later eigenvalue above its limit follows a failed one.
    return max(1, int(stronger.argmin()) if not stronger.all() else len(stronger))


def _eigenvalues(values):
    """Give the eigenvalues of the correlation matrix, the largest first."""
    spread = values.std(axis=0)
    centered = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return np.linalg.eigvalsh(centered.T @ centered / len(values))[::-1]
