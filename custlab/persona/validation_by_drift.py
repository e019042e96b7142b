"""Has the world moved on? The same customers, in the same months of two years.

Whoever came later had less time to do anything in the earlier window, which would look like a
change. So only those are compared who were customers before it began, over windows of one length
and season, each person with herself or himself.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

# Siddiqi (2006): under .1 stable, to .25 to be watched, above shifted.
PSI_WATCH = 0.1
PSI_SHIFTED = 0.25
YEAR = pd.DateOffset(months=12)
WINDOW = pd.DateOffset(months=6)  # what is compared: as many months now and a year before
LEAST = 20  # members known in both windows
SWAPS = 2000
# Facts that carry a date, so that a year before can be told from now.
MOVING = ("orders", "interactions", "products", "deals", "subscriptions")


def stability_index(expected, actual) -> float:
    """Give the population stability index of two sets of shares.

    Parameters
    ----------
    expected, actual : array of float
        Shares of the same groups, before and now; each sums to 1.

    Returns
    -------
    float
        Sum of (actual - expected) ln(actual / expected): below .1 stable, .1 to .25 to be
        watched, above shifted. A group that is empty on one side counts as one in ten thousand.

    References
    ----------
    Siddiqi, N. (2006). Credit risk scorecards. Wiley.

    Examples
    --------
    >>> round(stability_index([0.5, 0.5], [0.4, 0.6]), 4)
    0.0405
    """
    expected = np.clip(np.asarray(expected, dtype=float), 1e-4, None)
    actual = np.clip(np.asarray(actual, dtype=float), 1e-4, None)
    return float(((actual - expected) * np.log(actual / expected)).sum())


def windows(as_of: pd.Timestamp) -> tuple[tuple, tuple]:
    """Give the two spans that are compared, each as its last day and the day before its first.

    Parameters
    ----------
    as_of : Timestamp
        The last day of the data.

    Examples
    --------
    >>> then, now = windows(pd.Timestamp("2024-12-31"))
    >>> str(then[1].date()), str(then[0].date())
    ('2023-06-30', '2023-12-31')
    """
    return (as_of - YEAR, as_of - YEAR - WINDOW), (as_of, as_of - WINDOW)


def by_chance(before: pd.Series, now: pd.Series, labels: list) -> float:
    """Give the index that unchanged customers exceed in one case of twenty.

    For a customer who has not changed it does not matter which answer came first: the two are
    swapped at random, customer by customer, many times.

    Parameters
    ----------
    before, now : Series
        What each customer was then and is now, in the same order; none missing.
    labels : list
        All that they can be.

    Returns
    -------
    float

    References
    ----------
    Good, P. (2005). Permutation, parametric, and bootstrap tests of hypotheses (3rd ed.), paired
    comparisons. Springer.

    Examples
    --------
    >>> then = pd.Series([0, 1] * 50)
    >>> round(by_chance(then, then, [0, 1]), 3), round(by_chance(then, 1 - then, [0, 1]), 3)
    (0.0, 0.162)
    """
    if len(before) == 0:
        return float("nan")
    one = (np.asarray(before, dtype=object)[:, None] == np.asarray(labels, dtype=object)) * 1.0
    other = (np.asarray(now, dtype=object)[:, None] == np.asarray(labels, dtype=object)) * 1.0
    moved = (one != other).any(axis=1)
    middle, n = (one + other).mean(axis=0) / 2, len(one)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(SWAPS, int(moved.sum())))
    half = signs @ (other - one)[moved] / (2 * n)
    indices = [stability_index(middle - part, middle + part) for part in half]
    return float(np.quantile(indices, 0.95))


def mix_drift(before: pd.Series, now: pd.Series, labels: list[str]) -> pd.DataFrame:
    """Compare the personas' shares of customers, then and now.

    Parameters
    ----------
    before, now : Series
        Assigned personas, by ``customer_id``; only who is in both counts.
    labels : list of str
        All personas.

    Returns
    -------
    DataFrame
        One row a persona: ``before``, ``now`` (shares), ``psi`` (its part); the sum in
        ``attrs["psi"]``, what chance exceeds in one case of twenty in ``attrs["by_chance"]``, how
        many could be compared in ``attrs["customers"]``; without any all are missing.
    """
    before, now = before.dropna().align(now.dropna(), join="inner")
    shares = pd.DataFrame(
        {
            name: part.value_counts(normalize=True).reindex(
                labels, fill_value=0.0 if len(part) else np.nan
            )
            for name, part in (("before", before), ("now", now))
        }
    ).rename_axis("persona")
    shares["psi"] = [
        stability_index([one], [other])
        for one, other in zip(shares["before"], shares["now"], strict=True)
    ]
    shares = shares.reset_index()
    shares.attrs["psi"] = float(shares["psi"].sum(skipna=False))
    shares.attrs["customers"] = len(now)
    shares.attrs["by_chance"] = by_chance(before, now, labels)
    return shares


def trait_drift(held_before: pd.DataFrame, held_now: pd.DataFrame, traits) -> pd.DataFrame:
    """Compare for how many members each trait held then, and holds now.

    Parameters
    ----------
    held_before, held_now : DataFrame of float
        The same members by trait ids: 1, 0, or NaN where unknown.
    traits : tuple of Trait
        The persona's traits; only those whose source carries dates can move.

    Returns
    -------
    DataFrame
        One row a trait: ``trait``, ``text``, ``before``, ``now`` (shares), ``n`` (members known
        in both windows, at least 20), ``psi``, ``by_chance`` and ``shifted`` (above .25 and more
        than chance).
    """
    rows = []
    for trait in traits:
        if trait.evidence is None or trait.evidence.table not in MOVING:
            continue
        one, other = held_before[trait.id].dropna().align(held_now[trait.id].dropna(), join="inner")
        if len(one) < LEAST:
            continue
        p, q = float(one.mean()), float(other.mean())
        psi = stability_index([p, 1 - p], [q, 1 - q])
        chance = by_chance(one, other, [0.0, 1.0])
        shifted = psi > max(PSI_SHIFTED, chance)
        rows.append((trait.id, trait.text, p, q, len(one), psi, chance, shifted))
    columns = ["trait", "text", "before", "now", "n", "psi", "by_chance", "shifted"]
    return pd.DataFrame(rows, columns=columns)
