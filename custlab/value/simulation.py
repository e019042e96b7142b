"""Customers simulated in continuous time, with known parameters: to test a model before trust."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import check_finite, check_number, check_whole


def simulate_histories(
    n: int, *, r: float, alpha: float, a: float, b: float, T, seed: int | None = None
) -> pd.DataFrame:
    """Simulate purchase histories as the BG/NBD model tells them.

    Parameters
    ----------
    n : int
        Number of customers.
    r, alpha, a, b : float
        Parameters of :class:`custlab.value.BGNBD`.
    T : float or array of n
        Time observed since the first purchase.
    seed : int, optional
        For the same customers every time.

    Returns
    -------
    DataFrame
        ``x``, ``t_x``, ``T`` as the firm sees them, and ``alive`` as only the simulation knows.

    Examples
    --------
    >>> simulate_histories(3, r=0.243, alpha=4.414, a=0.793, b=2.426, T=39, seed=1).shape
    (3, 4)
    """
    check_whole("n", n, 0)
    for name, value in {"r": r, "alpha": alpha, "a": a, "b": b}.items():
        check_number(name, value, np.nextafter(0, 1))
    rng = np.random.default_rng(seed)
    T = np.broadcast_to(np.asarray(T, dtype=float), n)
    rate, leaving = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    x, t_x, alive = np.zeros(n, dtype=np.int64), np.zeros(n), np.ones(n, dtype=bool)
    buying, now = np.arange(n), np.zeros(n)  # those who may buy once more, and when they last did
    while len(buying):
        now = now + rng.exponential(size=len(buying)) / np.maximum(rate[buying], 1e-300)
        in_time = now <= T[buying]
        buying, now = buying[in_time], now[in_time]
        x[buying] += 1
        t_x[buying] = now
        stays = rng.random(len(buying)) >= leaving[buying]
        alive[buying[~stays]] = False
        buying, now = buying[stays], now[stays]
    return pd.DataFrame({"x": x, "t_x": t_x, "T": T, "alive": alive})


def simulate_spend(x, *, p: float, q: float, gamma: float, seed: int | None = None) -> np.ndarray:
    """Simulate the mean spend of customers as the Gamma-Gamma model tells it.

    Parameters
    ----------
    x : array of int
        Repeat purchases of each customer.
    p, q, gamma : float
        Parameters of :class:`custlab.value.GammaGamma`.
    seed : int, optional
        For the same amounts every time.

    Returns
    -------
    ndarray
        Mean amount per repeat purchase (currency), not rounded; missing where ``x`` is 0.

    Examples
    --------
    >>> spend = simulate_spend([0, 2], p=6.25, q=3.74, gamma=15.44, seed=1)
    >>> bool(np.isnan(spend[0])), bool(spend[1] > 0)
    (True, True)
    """
    for name, value in {"p": p, "q": q, "gamma": gamma}.items():
        check_number(name, value, np.nextafter(0, 1))
    rng = np.random.default_rng(seed)
    x = check_finite(x, "x")
    nu = rng.gamma(q, 1 / gamma, len(x))
    purchases = np.maximum(x, 1)
    return np.where(x > 0, rng.gamma(p * purchases) / (purchases * nu), np.nan)


def round_to_days(histories: pd.DataFrame, days_per_unit: float = 7.0) -> pd.DataFrame:
    """See simulated customers as a firm does that stores dates without the time of day.

    A purchase at any hour is dated with its whole day, counted from the first purchase's date.

    Parameters
    ----------
    histories : DataFrame
        ``x``, ``t_x``, ``T`` in continuous time.
    days_per_unit : float
        Days in one unit of time.

    Returns
    -------
    DataFrame
        The histories with ``t_x`` and ``T`` on whole days; a customer who bought again keeps
        ``t_x`` of at least one day.

    Examples
    --------
    >>> round_to_days(pd.DataFrame({"x": [1], "t_x": [1.0], "T": [2.1]}))["T"].tolist()
    [2.142857142857143]
    """
    t_x = np.where(
        histories["x"] > 0, np.maximum(np.ceil(histories["t_x"] * days_per_unit), 1), 0.0
    )
    T = np.maximum(np.ceil(histories["T"] * days_per_unit), t_x)
    return histories.assign(t_x=t_x / days_per_unit, T=T / days_per_unit)
