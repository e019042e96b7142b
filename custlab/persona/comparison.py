"""Differences between a segment and the rest, for many facts at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binom, false_discovery_control, mannwhitneyu, norm, t

from custlab.stats import fisher_p, newcombe_interval

COLUMNS = ("value", "rest", "n", "n_rest", "effect", "low", "high", "p")


def compare(inside: pd.DataFrame, outside: pd.DataFrame, kinds: pd.Series) -> pd.DataFrame:
    """Compare two groups of customers, fact by fact.

    Parameters
    ----------
    inside, outside : DataFrame of float
        Customers by facts, NaN where unknown.
    kinds : Series
        "share", "mean" or "median" of each fact, in the order of the columns.

    Returns
    -------
    DataFrame
        One row a fact: ``value``, ``rest``, ``n``, ``n_rest``, ``effect``, the 95 % interval
        ``low`` and ``high`` of the difference, and the two-sided ``p``.

    References
    ----------
    Cohen (1988), h of two shares; Fisher (1935), exact test of two shares; Newcombe (1998),
    interval of a difference of shares; Hedges (1981), g; Welch (1947); Mann & Whitney (1947) with
    Cliff's delta, given as the d of two normal distributions with the same delta; Bonett & Price
    (2002), interval of a difference of medians.

    Examples
    --------
    >>> inside, outside = pd.DataFrame({"a": [1.0, 1, 1, 0]}), pd.DataFrame({"a": [0.0, 0, 1, 0]})
    >>> compare(inside, outside, pd.Series(["share"]))[["value", "rest", "effect"]].round(2)
       value  rest  effect
    0   0.75  0.25    1.05
    """
    found = np.full((inside.shape[1], len(COLUMNS)), np.nan)
    kinds = kinds.to_numpy()
    for kind, ways in (("share", _shares), ("mean", _means), ("median", _medians)):
        chosen = np.flatnonzero(kinds == kind)
        if len(chosen):
            table = ways(
                inside.iloc[:, chosen].to_numpy(dtype=float),
                outside.iloc[:, chosen].to_numpy(dtype=float),
            )
            found[chosen] = table[list(COLUMNS)].to_numpy()
    return pd.DataFrame(found, columns=list(COLUMNS))


def adjusted(p: np.ndarray) -> np.ndarray:
    """Adjust p-values so that a share of false discoveries is held (Benjamini-Hochberg 1995)."""
    return false_discovery_control(p) if len(p) else p


def _shares(inside: np.ndarray, outside: np.ndarray) -> pd.DataFrame:
    n, n_rest = _known(inside), _known(outside)
    hits, hits_rest = np.nansum(inside, axis=0), np.nansum(outside, axis=0)
    value, rest = hits / n, hits_rest / n_rest
    effect = 2 * np.arcsin(np.sqrt(value)) - 2 * np.arcsin(np.sqrt(rest))
    low, high = newcombe_interval(hits, n, hits_rest, n_rest)
    p = fisher_p(hits, n, hits_rest, n_rest)
    return _table(value, rest, n, n_rest, effect, low, high, p)


def _means(inside: np.ndarray, outside: np.ndarray) -> pd.DataFrame:
    n, n_rest = _known(inside), _known(outside)
    value, rest = np.nanmean(inside, axis=0), np.nanmean(outside, axis=0)
    own, other = np.nanvar(inside, axis=0, ddof=1), np.nanvar(outside, axis=0, ddof=1)
    difference = value - rest
    error = np.sqrt(own / n + other / n_rest)
    freedom = error**4 / ((own / n) ** 2 / (n - 1) + (other / n_rest) ** 2 / (n_rest - 1))
    half = t.ppf(0.975, freedom) * error
    p = 2 * t.sf(np.abs(difference) / error, freedom)
    pooled = np.sqrt(((n - 1) * own + (n_rest - 1) * other) / (n + n_rest - 2))
    small_sample = 1 - 3 / (4 * (n + n_rest - 2) - 1)
    effect = small_sample * difference / pooled
    return _table(value, rest, n, n_rest, effect, difference - half, difference + half, p)


def _medians(inside: np.ndarray, outside: np.ndarray) -> pd.DataFrame:
    rows = [
        _median(one[~np.isnan(one)], other[~np.isnan(other)])
        for one, other in zip(inside.T, outside.T, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _median(one: np.ndarray, other: np.ndarray) -> tuple:
    test = mannwhitneyu(one, other, method="asymptotic")
    superior = test.statistic / (len(one) * len(other))
    # Two normal distributions d standard deviations apart: P(one > other) = Phi(d / sqrt 2).
    edge = 0.5 / (len(one) * len(other))
    effect = np.sqrt(2) * norm.ppf(np.clip(superior, edge, 1 - edge))
    difference = np.median(one) - np.median(other)
    error = np.sqrt(_median_variance(one) + _median_variance(other))
    half = norm.ppf(0.975) * error
    # The card shows medians: they must differ too, not only the ranks.
    p = 1.0 if difference * effect <= 0 else test.pvalue
    if error > 0:
        p = max(p, 2 * norm.sf(abs(difference) / error))
    return (
        np.median(one), np.median(other), len(one), len(other), effect,
        difference - half, difference + half, p,
    )  # fmt: skip


def _median_variance(values: np.ndarray) -> float:
    """Estimate the variance of a median from two order statistics (Bonett & Price 2002)."""
    n = len(values)
    place = max(1, round((n + 1) / 2 - np.sqrt(n)))
    ordered = np.sort(values)
    # Chance that the median lies outside the two, by the binomial.
    outside = 2 * binom.cdf(place - 1, n, 0.5)
    z = norm.isf(outside / 2)
    return float(((ordered[n - place] - ordered[place - 1]) / (2 * z)) ** 2)


def _known(values: np.ndarray) -> np.ndarray:
    return (~np.isnan(values)).sum(axis=0)


def _table(value, rest, n, n_rest, effect, low, high, p) -> pd.DataFrame:
    columns = (value, rest, n, n_rest, effect, low, high, p)
    return pd.DataFrame(dict(zip(COLUMNS, map(np.asarray, columns), strict=True)))
