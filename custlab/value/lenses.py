"""Lenses in competition: whom each would have chosen, and what those customers brought later."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import by_customer, pandas_table
from custlab.errors import InputError
from custlab.i18n import _


def compare_lenses(
    lenses: pd.DataFrame,
    later: pd.Series,
    *,
    top: float = 0.2,
    level: float = 0.95,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Let lenses choose customers, and see what the chosen brought in a later period.

    A few large customers decide such a comparison. How much of it is their chance, resampling
    the customers shows: both the lens's share and its lead over the first lens get an interval.

    Parameters
    ----------
    lenses : DataFrame
        One row per customer, one column of values per lens; the first is the one to beat.
    later : Series
        What each customer brought afterwards (currency), same index.
    top : float
        Share of customers that each lens chooses, 0 to 1.
    level : float
        Coverage of the intervals.
    n_bootstrap : int
        Resamples.
    seed : int
        For the same resamples every time.

    Returns
    -------
    DataFrame
        Index the lenses; ``share`` of all later value brought by the chosen, ``low``, ``high``;
        ``lead`` over the first lens (difference of shares), ``lead_low``, ``lead_high``.

    Raises
    ------
    InputError
        If a value is missing, customers differ, or the later value is not above zero.

    References
    ----------
    Efron, B., & Tibshirani, R. J. (1993). An Introduction to the Bootstrap. (Percentile interval.)

    Examples
    --------
    >>> lenses = pd.DataFrame({"past": [9.0, 5, 4, 1, 1], "future": [2.0, 8, 4, 1, 1]})
    >>> later = pd.Series([10.0, 60, 10, 10, 10])
    >>> compare_lenses(lenses, later, top=0.2)[["share", "lead"]]
            share  lead
    past      0.1   0.0
    future    0.6   0.5
    """
    _check(lenses, later, top)
    later = later.reindex(lenses.index).to_numpy(dtype=float)
    n = len(later)
    rng = np.random.default_rng(seed)
    # How often each customer is drawn; the first row is the data as they are.
    drawn = np.vstack([np.ones(n), rng.multinomial(n, np.full(n, 1 / n), n_bootstrap)])
    shares = np.column_stack([_share(lenses[name], later, drawn, top) for name in lenses])
    leads = shares - shares[:, :1]
    edges = [(1 - level) / 2, (1 + level) / 2]
    (low, high), (lead_low, lead_high) = (
        np.nanquantile(table[1:], edges, axis=0) for table in (shares, leads)
    )
    columns = {"share": shares[0], "low": low, "high": high}
    columns |= {"lead": leads[0], "lead_low": lead_low, "lead_high": lead_high}
    return pd.DataFrame(columns, index=lenses.columns)


def _check(lenses: pd.DataFrame, later: pd.Series, top: float) -> None:
    if not 0 < top <= 1:
        raise InputError(_("top must be a share between 0 and 1 (20 % is 0.2)."))
    for name in pandas_table(lenses, [], "lenses"):
        by_customer(lenses[name], name)
    later = by_customer(later, "later")
    if set(lenses.index) != set(later.index):
        raise InputError(_("Lenses and later value must be about the same customers, each once."))
    if later.sum() <= 0:
        raise InputError(
            _("All customers together brought {total:,.0f}: of that there are no shares.").format(
                total=later.sum()
            )
        )


def _share(values: pd.Series, later: np.ndarray, drawn: np.ndarray, top: float) -> np.ndarray:
    """Give the share of later value of the best customers, in each resample.

    Of customers whom a lens cannot tell apart, each is chosen to the same part: the mean of all
    orders in which they could stand.
    """
    best_first = np.argsort(-values.to_numpy(dtype=float), kind="stable")
    ranked = values.to_numpy(dtype=float)[best_first]
    level = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))  # where each value begins
    times = np.add.reduceat(drawn[:, best_first], level, axis=1)
    brought = np.add.reduceat(drawn[:, best_first] * later[best_first], level, axis=1)
    places = np.floor(times.sum(axis=1, keepdims=True) * top)
    before = np.cumsum(times, axis=1) - times
    chosen = np.clip(places - before, 0, times) / np.maximum(times, 1)
    total, got = brought.sum(axis=1), (chosen * brought).sum(axis=1)
    return np.where(total > 0, got / np.where(total > 0, total, 1), np.nan)
