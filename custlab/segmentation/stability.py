"""Are the segments real? Find them again in resampled customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.cluster import contingency_matrix
from sklearn.utils import check_random_state

from custlab.checks import check_whole
from custlab.features import check_features
from custlab.i18n import _
from custlab.segmentation.methods import Segmenter, starts_for

# Hennig (2007): from which mean Jaccard similarity a segment is called what.
BANDS = ((0.85, "highly stable"), (0.75, "stable"), (0.6, "doubtful membership"),
         (0.5, "not to be trusted"))  # fmt: skip


def stability_band(jaccard: float) -> str:
    """Put a mean bootstrap Jaccard similarity into words.

    Parameters
    ----------
    jaccard : float
        Mean similarity of a segment and its nearest segment in resampled data, 0 to 1.

    Returns
    -------
    str
        ``highly stable`` (from .85), ``stable`` (from .75), ``doubtful membership`` (from .6: a
        pattern, but who belongs is unclear), ``not to be trusted``, ``dissolved`` (up to .5).

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and
    Data Analysis 52, 258-271.

    Examples
    --------
    >>> [stability_band(value) for value in (0.9, 0.75, 0.62, 0.5)]
    ['highly stable', 'stable', 'doubtful membership', 'dissolved']
    """
    for least, name in BANDS:
        if jaccard >= least and jaccard > 0.5:
            return _(name)
    return _("dissolved")


@dataclass(frozen=True)
class Stability:
    """How well segments are found again.

    Attributes
    ----------
    segments : DataFrame
        One row a segment: ``customers``, ``jaccard`` (mean over the resamples), ``lowest``,
        ``band``.
    ari : float
        Mean adjusted Rand index between the segments and those of a resample.
    n_boot : int
        How many resamples.
    """

    segments: pd.DataFrame
    ari: float
    n_boot: int

    def _repr_html_(self):
        shown = self.segments.style.format({"jaccard": "{:.2f}", "lowest": "{:.2f}"})
        return shown.to_html() + _("Mean adjusted Rand index {ari:.2f} over {n} resamples.").format(
            ari=self.ari, n=self.n_boot
        )


def bootstrap_stability(X, segmenter, n_boot: int = 30, random_state=0) -> Stability:
    """Cluster resampled customers again and again, and look how well each segment returns.

    Each resample draws as many customers as there are, with replacement. A segment is compared,
    among the customers drawn, with the most similar segment of the resample.

    Parameters
    ----------
    X : DataFrame or array of shape (customers, features)
        The features that the segments were found in.
    segmenter : estimator
        Any clusterer with ``labels_``; it is fitted anew, not changed. K-means without a number of
        starts takes fewer of them (10 up to 2,000 customers) on each resample.
    n_boot : int
        How many resamples.
    random_state : int or RandomState
        Source of the resamples.

    Returns
    -------
    Stability
        Jaccard similarity of each segment, and the mean adjusted Rand index.

    Raises
    ------
    InputError
        If the table cannot be segmented.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and
    Data Analysis 52, 258-271.

    Examples
    --------
    >>> from custlab.segmentation import Segmenter
    >>> table = pd.DataFrame({"orders": [0, 0.1, 0.2, 0.1, 5, 5.1, 5.2, 5.1, 5.3, 5.2]})
    >>> bootstrap_stability(table, Segmenter(2, random_state=0)).segments["band"].tolist()
    ['highly stable', 'highly stable']
    """
    check_features(X, categories=True)
    return resampled(X, segmenter, clone(segmenter).fit(X).labels_, n_boot, random_state)


def resampled(X, segmenter, labels, n_boot: int, random_state) -> Stability:
    """Find segments that are known already again in resampled customers.

    Parameters
    ----------
    X, segmenter, n_boot, random_state
        As for :func:`bootstrap_stability`.
    labels : ndarray of int
        The segments of all customers.

    Returns
    -------
    Stability
        As from :func:`bootstrap_stability`.
    """
    check_whole("n_boot", n_boot, 1)
    random = check_random_state(random_state)
    if isinstance(segmenter, Segmenter) and segmenter.n_init is None:
        starts = starts_for(len(labels), again=True) if segmenter.method == "kmeans" else None
        segmenter = clone(segmenter).set_params(n_init=starts)
    rows, alike, k = np.arange(len(labels)), rows_alike(X), labels.max() + 1
    matches, agreements = [], []
    for __ in range(n_boot):
        drawn = random.choice(rows, size=len(rows))
        seen, places = np.unique(drawn, return_index=True)
        again = _segments_again(segmenter, _rows(X, drawn), alike[drawn], k)[places]
        matches.append(best_jaccard(labels[seen], again, k))
        agreements.append(adjusted_rand_score(labels[seen], again))
    return summarise(labels, np.array(matches), float(np.mean(agreements)))


def best_jaccard(labels, again, k: int):
    """Give each segment's Jaccard similarity with its most similar new segment.

    Parameters
    ----------
    labels, again : ndarray of int
        Two divisions of the same customers.
    k : int
        How many segments ``labels`` has in the whole data.

    Returns
    -------
    ndarray of shape (k,)
        Size of the intersection over size of the union; NaN for a segment nobody was drawn from.

    Examples
    --------
    >>> best_jaccard(np.array([0, 0, 1, 1]), np.array([1, 1, 1, 0]), 2).round(2)
    array([0.67, 0.5 ])
    """
    present, __ = np.unique(labels, return_inverse=True)
    common = contingency_matrix(labels, again)
    union = common.sum(axis=1, keepdims=True) + common.sum(axis=0, keepdims=True) - common
    found = np.full(k, np.nan)
    found[present] = (common / union).max(axis=1)
    return found


def summarise(labels, matches, ari: float) -> Stability:
    """Put the similarities of all resamples into one table.

    Parameters
    ----------
    labels : ndarray of int
        The segments of all customers.
    matches : ndarray of shape (resamples, segments)
        Jaccard similarities.
    ari : float
        Mean adjusted Rand index.

    Returns
    -------
    Stability
        The summary.
    """
    jaccard = np.nanmean(matches, axis=0)
    segments = pd.DataFrame(
        {
            "customers": np.bincount(labels),
            "jaccard": jaccard,
            "lowest": np.nanmin(matches, axis=0),
            "band": [stability_band(value) for value in jaccard],
        },
        index=pd.Index(range(len(jaccard)), name="segment"),
    )
    return Stability(segments, ari, len(matches))


def _segments_again(segmenter, resample, alike, k: int):
    """Cluster a resample; what no longer varies there says nothing, and needs no refusal."""
    different, numbers = np.unique(alike, return_inverse=True)
    if len(different) <= k:
        return numbers
    if isinstance(resample, pd.DataFrame):
        resample = resample.loc[:, resample.nunique() > 1]
    return clone(segmenter).fit(resample).labels_


def rows_alike(X):
    """Number the rows of a table so that equal rows have equal numbers, from 0.

    Parameters
    ----------
    X : DataFrame or array of shape (customers, features)
        Any values.

    Returns
    -------
    ndarray of int

    Examples
    --------
    >>> rows_alike([[1, 2], [0, 0], [1, 2]])
    array([1, 0, 1])
    """
    table = pd.DataFrame(X)
    table = table.set_axis(range(table.shape[1]), axis=1)
    groups = table.groupby(list(table.columns), dropna=False, observed=True)
    return groups.ngroup().to_numpy()


def _rows(X, drawn):
    """Take rows by position; repeated customers get new names, so that they may repeat."""
    if isinstance(X, pd.DataFrame):
        return X.iloc[drawn].reset_index(drop=True)
    return np.asarray(X)[drawn]
