"""K-prototypes: K-means for tables that mix numbers and categories."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.preprocessing import OrdinalEncoder
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from custlab.features import check_features, check_k


class KPrototypes(ClusterMixin, BaseEstimator):
    """Find segments in a table of numbers and categories.

    A segment's prototype is the mean of each number and the most frequent value of each
    category. The distance to it is the squared Euclidean distance of the numbers plus ``gamma``
    for each category that differs. Numbers should be standardised first.

    Parameters
    ----------
    n_clusters : int
        How many segments.
    gamma : float, optional
        The weight of one differing category. By default the mean variance of the numbers over
        the mean chance that two customers differ in a category, so that both kinds of columns
        count alike (Szepannek 2018).
    n_init : int
        How many random starts; the best is kept.
    max_iter : int
        The most rounds of one start.
    random_state : int, RandomState or None
        Source of the random starts.

    Attributes
    ----------
    labels_ : ndarray of int
        The segment of each customer.
    cluster_centers_ : ndarray of shape (n_clusters, numeric columns)
        Means of the numbers.
    modes_ : DataFrame of shape (n_clusters, category columns)
        Most frequent categories.
    cost_ : float
        Sum of the distances to the prototypes.
    n_iter_ : int
        Rounds of the last start.

    References
    ----------
    Huang, Z. (1998). Extensions to the k-means algorithm for clustering large data sets with
    categorical values. Data Mining and Knowledge Discovery 2, 283-304.
    Szepannek, G. (2018). clustMixType: user-friendly clustering of mixed-type data in R.
    The R Journal 10(2), 200-208.

    Examples
    --------
    >>> table = pd.DataFrame({"orders": [0.1, 0.2, 2.1], "channel": ["app", "app", "store"]})
    >>> model = KPrototypes(n_clusters=2, random_state=0).fit(table)
    >>> bool(model.labels_[0] == model.labels_[1] != model.labels_[2])
    True
    """

    def __init__(self, n_clusters=3, gamma=None, n_init=5, max_iter=100, random_state=None):
        self.n_clusters = n_clusters
        self.gamma = gamma
        self.n_init = n_init
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X, y=None):
        """Find the prototypes.

        Parameters
        ----------
        X : DataFrame or array of shape (customers, features)
            Columns of text, categories or flags are compared as categories, others as numbers.
        y : None
            Ignored.

        Returns
        -------
        KPrototypes
            Itself.

        Raises
        ------
        InputError
            If the table cannot be used, or has fewer different rows than ``n_clusters``.
        """
        check_features(X, categories=True)
        self._learn_columns(X)
        numbers, codes = self._split(X, reset=True)
        check_k(X, self.n_clusters)
        self.gamma_ = _equal_weight(numbers, codes) if self.gamma is None else self.gamma
        random = check_random_state(self.random_state)
        runs = [self._one_start(numbers, codes, random) for _ in range(self.n_init)]
        self.cost_, self.labels_, self.cluster_centers_, modes = min(runs, key=lambda run: run[0])
        self._mode_codes = modes
        self.modes_ = self._readable_modes(modes)
        return self

    def predict(self, X):
        """Give each customer the segment of the nearest prototype.

        Parameters
        ----------
        X : DataFrame or array of shape (customers, features)
            The columns of ``fit``. A category never seen differs from every prototype.

        Returns
        -------
        ndarray of int
            Segments.
        """
        check_is_fitted(self)
        numbers, codes = self._split(X, reset=False)
        distances = _distances(numbers, codes, self.cluster_centers_, self._mode_codes, self.gamma_)
        return distances.argmin(axis=1)

    def _learn_columns(self, X) -> None:
        """Note which columns are categories, and their values."""
        self._categories = []
        if isinstance(X, pd.DataFrame):
            numeric = X.select_dtypes("number").columns
            self._categories = [name for name in X.columns if name not in numeric]
        if self._categories:
            self._encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
            self._encoder.fit(X[self._categories].astype(str))

    def _split(self, X, reset: bool):
        """Take a table apart into numbers and codes of categories."""
        if not self._categories:
            numbers = validate_data(self, X, dtype=float, reset=reset, ensure_min_samples=1 + reset)
            return numbers, np.empty((len(numbers), 0), dtype=int)
        validate_data(self, X, reset=reset, skip_check_array=True)
        numbers = X.drop(columns=self._categories)
        codes = self._encoder.transform(X[self._categories].astype(str)).astype(int)
        if numbers.shape[1] == 0:
            return np.empty((len(X), 0)), codes
        return check_array(numbers, dtype=float), codes

    def _one_start(self, numbers, codes, random):
        """Run from one random start until no customer changes."""
        first = _spread_start(numbers, codes, self.n_clusters, self.gamma_, random)
        centers, modes, labels = numbers[first], codes[first], None
        for rounds in range(1, self.max_iter + 1):
            distances = _distances(numbers, codes, centers, modes, self.gamma_)
            found = _nobody_empty(distances)
            if labels is not None and (found == labels).all():
                break
            labels, self.n_iter_ = found, rounds
            centers, modes = _prototypes(numbers, codes, labels, self.n_clusters)
        return distances[np.arange(len(labels)), labels].sum(), labels, centers, modes

    def _readable_modes(self, modes) -> pd.DataFrame:
        if not self._categories:
            return pd.DataFrame(index=range(self.n_clusters))
        return pd.DataFrame(self._encoder.inverse_transform(modes), columns=self._categories)


def _equal_weight(numbers, codes) -> float:
    """Weigh a differing category so that numbers and categories count alike."""
    if codes.shape[1] == 0 or numbers.shape[1] == 0:
        return 1.0
    differing = [1 - np.square(np.bincount(column) / len(column)).sum() for column in codes.T]
    return float(numbers.var(axis=0).mean() / np.mean(differing))


def _distances(numbers, codes, centers, modes, gamma):
    """Give each customer's distance to each prototype: (customers, segments)."""
    squares = np.square(numbers[:, None, :] - centers[None, :, :]).sum(axis=2)
    differing = (codes[:, None, :] != modes[None, :, :]).sum(axis=2)
    return squares + gamma * differing


def _spread_start(numbers, codes, k, gamma, random):
    """Choose customers far from each other as first prototypes (Arthur & Vassilvitskii 2007)."""
    chosen = [random.randint(len(numbers))]
    nearest = np.full(len(numbers), np.inf)
    for __ in range(k - 1):
        last = chosen[-1:]
        distance = _distances(numbers, codes, numbers[last], codes[last], gamma)[:, 0]
        nearest = np.minimum(nearest, distance)
        chosen.append(random.choice(len(numbers), p=nearest / nearest.sum()))
    return chosen


def _nobody_empty(distances):
    """Assign each customer to the nearest prototype; an empty one gets the farthest customer."""
    labels = distances.argmin(axis=1)
    far = list(np.argsort(distances.min(axis=1)))
    for segment in range(distances.shape[1]):
        while not (labels == segment).any():
            customer = far.pop()
            if (labels == labels[customer]).sum() > 1:
                labels[customer] = segment
    return labels


def _prototypes(numbers, codes, labels, k):
    """Give the mean of the numbers and the most frequent category of each segment."""
    members = np.eye(k)[labels]
    centers = (members.T @ numbers) / members.sum(axis=0)[:, None]
    modes = np.empty((k, codes.shape[1]), dtype=int)
    for place, column in enumerate(codes.T):
        levels = column.max() + 1
        counts = np.bincount(labels * levels + column, minlength=k * levels)
        modes[:, place] = counts.reshape(k, levels).argmax(axis=1)
    return centers, modes
