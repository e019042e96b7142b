"""Four ways to find segments behind one small interface, and how well they find what is there."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from custlab.checks import check_choice
from custlab.errors import InputError
from custlab.features import check_features, check_k
from custlab.i18n import _
from custlab.segmentation.kprototypes import KPrototypes
from custlab.segmentation.labels import check_labels

METHODS = ("kmeans", "hierarchical", "mixture", "mixed")
# Ward's method keeps all pairs of customers: 15,000 customers take about 1 GB.
MOST_ROWS_FOR_PAIRS = 15_000
# Up to so many customers: starts of K-means on all of them, and on each of many resamples.
STARTS = ((2_000, 100, 10), (20_000, 20, 5), (np.inf, 3, 1))


def starts_for(rows: int, *, again: bool = False) -> int:
    """Say from how many random starts K-means is run.

    Parameters
    ----------
    rows : int
        How many customers.
    again : bool
        Whether they are one of many resamples or references, which shall not take for ever.

    Returns
    -------
    int
        Many for few customers, where starts are cheap and luck is large.

    Examples
    --------
    >>> starts_for(1_000), starts_for(1_000, again=True)
    (100, 10)
    """
    return next(few if again else many for most, many, few in STARTS if rows <= most)


class Segmenter(ClusterMixin, BaseEstimator):
    """Find segments of customers, by the method of your choice.

    Segments are numbered by size: segment 0 is the largest, whatever the method and its random
    start.

    Parameters
    ----------
    n_clusters : int
        How many segments.
    method : {"kmeans", "hierarchical", "mixture", "mixed"}
        K-means; Ward's hierarchical clustering; a Gaussian mixture with diagonal covariances;
        K-prototypes for tables that hold categories too.
    n_init : int, optional
        Random starts (all methods but the hierarchical one, which has no chance in it). By default
        10, and for K-means 100 up to 2,000 customers, 20 up to 20,000, then 3. See
        ``starts_agree_``.
    random_state : int, RandomState or None
        Source of the random starts.

    Attributes
    ----------
    labels_ : ndarray of int
        The segment of each customer, 0 = the largest.
    model_ : estimator
        The fitted scikit-learn model (or ``KPrototypes``).
    starts_agree_ : float
        For K-means from two starts on: adjusted Rand index between the best segments of the first
        half of the starts and those of the second. Below 1 other starts find other segments, and
        a better solution may have been missed: raise ``n_init``. With many yes/no answers it
        stays below 1 however many starts there are: then none of many nearly equal divisions is
        the right one.

    Examples
    --------
    >>> table = pd.DataFrame({"orders": [0.1, 0.2, 0.1, 2, 2.1], "age": [1, 1.1, 0.9, -1, -1.2]})
    >>> Segmenter(2, method="hierarchical").fit_predict(table)
    array([0, 0, 0, 1, 1])
    """

    def __init__(self, n_clusters=3, method="kmeans", n_init=None, random_state=None):
        self.n_clusters = n_clusters
        self.method = method
        self.n_init = n_init
        self.random_state = random_state

    def fit(self, X, y=None):
        """Find the segments.

        Parameters
        ----------
        X : DataFrame or array of shape (customers, features)
            Features on comparable scales: see ``MixedScaler``.
        y : None
            Ignored.

        Returns
        -------
        Segmenter
            Itself.

        Raises
        ------
        InputError
            For an unknown method, a table that cannot be segmented, and more segments than
            different customers.
        """
        check_choice("method", self.method, METHODS)
        check_features(X, categories=self.method == "mixed")
        values = self._values(X, reset=True)
        check_k(values, self.n_clusters)
        with warnings.catch_warnings():
            # Fewer different customers than segments: told above, in a sentence.
            warnings.simplefilter("ignore", ConvergenceWarning)
            found = self._fit_model(values)
        sizes = np.bincount(found, minlength=self.n_clusters)
        self._order = np.argsort(-sizes, kind="stable").argsort()
        self.labels_ = self._order[found]
        if self.method == "hierarchical":
            self._centers = pd.DataFrame(values).groupby(found).mean().to_numpy()
        return self

    def predict(self, X):
        """Give customers, also new ones, their segment.

        Parameters
        ----------
        X : DataFrame or array of shape (customers, features)
            The columns of ``fit``, on the same scales.

        Returns
        -------
        ndarray of int
            Segments. The hierarchical method has no rule for new customers: they get the
            segment of the nearest centre.
        """
        check_is_fitted(self)
        values = self._values(X, reset=False)
        if self.method == "hierarchical":
            distances = np.square(values[:, None, :] - self._centers[None]).sum(axis=2)
            return self._order[distances.argmin(axis=1)]
        return self._order[self.model_.predict(values)]

    def _values(self, X, reset: bool):
        if self.method == "mixed" and isinstance(X, pd.DataFrame):
            return validate_data(self, X, reset=reset, skip_check_array=True)
        return validate_data(self, X, dtype=float, reset=reset, ensure_min_samples=1 + reset)

    def _fit_model(self, values):
        """Fit the model and give its segments."""
        starts = starts_for(len(values)) if self.n_init is None else self.n_init
        if self.method != "kmeans" or starts == 1:
            self.model_ = self._model(len(values))
            return self.model_.fit_predict(values)
        random = check_random_state(self.random_state)
        first, second = (
            KMeans(self.n_clusters, n_init=part, random_state=random.randint(2**31 - 1)).fit(values)
            for part in (starts - starts // 2, starts // 2)
        )
        self.starts_agree_ = float(adjusted_rand_score(first.labels_, second.labels_))
        self.model_ = min(first, second, key=lambda model: model.inertia_)
        return self.model_.labels_

    def _model(self, rows: int):
        start = {"n_init": self.n_init or 10, "random_state": self.random_state}
        if self.method == "kmeans":
            return KMeans(self.n_clusters, **start)
        if self.method == "mixture":
            return GaussianMixture(self.n_clusters, covariance_type="diag", **start)
        if self.method == "mixed":
            return KPrototypes(self.n_clusters, **start)
        if rows > MOST_ROWS_FOR_PAIRS:
            raise InputError(
                _("The hierarchical method compares every pair of customers, too many for {rows} "
                  "rows. Fit it on a sample of up to {limit} customers (table.sample({limit})) and "
                  "use predict for the rest, or choose method='kmeans'.").format(
                    rows=rows, limit=MOST_ROWS_FOR_PAIRS)
            )  # fmt: skip
        return AgglomerativeClustering(self.n_clusters, linkage="ward")


def recovery(labels, truth) -> float:
    """Say how well segments agree with another division of the same customers.

    Parameters
    ----------
    labels, truth : array or Series of length customers
        Two divisions. If both are Series they are matched by their index. Names and numbers of
        the segments do not matter.

    Returns
    -------
    float
        Adjusted Rand index: 1 for the same division, about 0 for chance.

    Raises
    ------
    InputError
        If the two do not hold the same customers, or somebody has no segment.

    References
    ----------
    Hubert, L., & Arabie, P. (1985). Comparing partitions. Journal of Classification 2, 193-218.

    Examples
    --------
    >>> recovery([0, 0, 1, 1], ["b", "b", "a", "a"])
    1.0
    """
    if isinstance(labels, pd.Series) and isinstance(truth, pd.Series):
        if not labels.index.sort_values().equals(truth.index.sort_values()):
            raise InputError(
                _("The two divisions hold different customers ({left} and {right} rows). Compare "
                  "only the customers that both have: truth.loc[labels.index].").format(
                    left=len(labels), right=len(truth))
            )  # fmt: skip
        truth = truth.loc[labels.index]
    if len(labels) != len(truth):
        raise InputError(
            _(
                "The two divisions have {left} and {right} customers: they cannot be compared."
            ).format(left=len(labels), right=len(truth))
        )
    check_labels(pd.Series(labels))
    check_labels(pd.Series(truth))
    return float(adjusted_rand_score(np.asarray(truth), np.asarray(labels)))


def compare_methods(scaled, k: int, truth=None, mixed=None, random_state=0) -> pd.DataFrame:
    """Run all four methods with the same number of segments.

    Parameters
    ----------
    scaled : DataFrame of shape (customers, features)
        Numbers on comparable scales.
    k : int
        How many segments.
    truth : Series, optional
        A known division, by customer, to compare with.
    mixed : DataFrame, optional
        The same customers with their categories kept (``MixedScaler(categories="keep")``), for
        the mixed-data method; without it the method uses ``scaled`` and equals K-means.
    random_state : int
        Source of the random starts.

    Returns
    -------
    DataFrame
        One row a method: ``smallest`` and ``largest`` (shares of the customers), ``ari_kmeans``
        (agreement with K-means) and, with a truth, ``ari_truth``.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [0, 0.1, 5, 5.2, 0.2, 5.1], "b": [1, 1.2, 7, 7.1, 1.1, 7.2]})
    >>> compare_methods(table, 2)["ari_kmeans"].tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    rows, first = [], None
    for method in METHODS:
        table = mixed if method == "mixed" and mixed is not None else scaled
        labels = pd.Series(
            Segmenter(k, method=method, random_state=random_state).fit_predict(table), table.index
        )
        first = labels if first is None else first
        shares = labels.value_counts(normalize=True)
        row = {"smallest": shares.min(), "largest": shares.max()}
        row["ari_kmeans"] = recovery(labels, first)
        if truth is not None:
            row["ari_truth"] = recovery(labels, truth)
        rows.append(row)
    return pd.DataFrame(rows, index=pd.Index(METHODS, name="method"))
