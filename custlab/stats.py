"""Intervals and a test of shares, which several rooms need."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln
from scipy.stats import norm


def wilson_interval(hits, n, level: float = 0.95) -> tuple:
    """Give the interval of a share, which stays within 0 and 1 for few customers too.

    Parameters
    ----------
    hits, n : int, array or Series
        For how many something holds, of how many.
    level : float
        Confidence level, 0 to 1.

    Returns
    -------
    tuple of float, array or Series
        Lower and upper limits, 0 to 1.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    *Journal of the American Statistical Association*, 22, 209-212.

    Examples
    --------
    >>> [round(float(limit), 3) for limit in wilson_interval(8, 10)]
    [0.49, 0.943]
    """
    z = norm.ppf(0.5 + level / 2)
    share = hits / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # At 0 and 1 the interval ends there exactly: rounding must not push it past the share.
    low, high = np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
    return np.minimum(low, share), np.maximum(high, share)


def newcombe_interval(hits, n, control_hits, control_n, level: float = 0.95) -> tuple:
    """Give the interval of a difference of two shares from their two Wilson intervals.

    Parameters
    ----------
    hits, n : array or Series
        Of how many (``n``) something holds for how many (``hits``).
    control_hits, control_n : array or Series
        The same of those compared with.
    level : float
        Confidence level, 0 to 1.

    Returns
    -------
    tuple of array or Series
        Lower and upper limits of the first share minus the second.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions.
    *Statistics in Medicine*, 17, 873-890, method 10.

    Examples
    --------
    >>> [round(float(limit), 4) for limit in newcombe_interval(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    low1, high1 = wilson_interval(hits, n, level)
    low0, high0 = wilson_interval(control_hits, control_n, level)
    share, control = hits / n, control_hits / control_n
    down = np.sqrt((share - low1) ** 2 + (high0 - control) ** 2)
    up = np.sqrt((high1 - share) ** 2 + (control - low0) ** 2)
    return share - control - down, share - control + up


def fisher_p(hits, n, hits_rest, n_rest):
    """Test whether two shares differ, exactly, for many pairs of groups at once.

    Parameters
    ----------
    hits, n : array of float
        Counts with the property and sizes of the first groups.
    hits_rest, n_rest : array of float
        The same of the second groups.

    Returns
    -------
    array of float
        Two-sided p: the chance of tables no more likely than the one seen, given its margins.

    References
    ----------
    Fisher, R. A. (1935). The logic of inductive inference. Journal of the Royal Statistical
    Society 98(1), 39-82.

    Examples
    --------
    >>> fisher_p([8], [10], [1], [6]).round(4)
    array([0.035])
    """
    hits, n, hits_rest, n_rest = (
        np.asarray(count, dtype=np.int64)[:, None] for count in (hits, n, hits_rest, n_rest)
    )
    both, everybody = hits + hits_rest, n + n_rest
    log_factorial = gammaln(np.arange(everybody.max(initial=0) + 1) + 1.0)

    def chance(drawn):
        """Give the hypergeometric chance of so many hits in the first group."""
        possible = (drawn <= n) & (drawn <= both) & (both - drawn <= n_rest)
        drawn = np.where(possible, drawn, hits)
        cells = (drawn, n - drawn, both - drawn, n_rest - both + drawn)
        margins = (n, n_rest, both, everybody - both)
        logs = sum(log_factorial[count] for count in margins) - log_factorial[everybody]
        return np.where(possible, np.exp(logs - sum(log_factorial[cell] for cell in cells)), 0.0)

    seen = chance(hits)
    each = chance(np.arange(int(np.minimum(n, both).max(initial=0)) + 1))
    return np.where(each <= seen * (1 + 1e-7), each, 0.0).sum(axis=1).clip(max=1.0)
