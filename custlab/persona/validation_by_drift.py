"""Has the world moved on? The customers of a year before against those of now."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2

# Siddiqi (2006): under .1 stable, to .25 to be watched, above shifted.
PSI_WATCH = 0.1
PSI_SHIFTED = 0.25
YEAR = pd.DateOffset(months=12)
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


def by_chance(groups: int, n_before: int, n_now: int) -> float:
    """Give the index that unchanged customers exceed in one sample of twenty.

    Parameters
    ----------
    groups : int
        Number of groups.
    n_before, n_now : int
        Customers of the two samples.

    Returns
    -------
    float

    References
    ----------
    Yurdakul, B. & Naranjo, J. (2020). Statistical properties of the population stability index.
    Journal of Risk Model Validation 14(4).

    Examples
    --------
    >>> round(by_chance(2, 50, 50), 3)
    0.154
    """
    return float(chi2.ppf(0.95, groups - 1) * (1 / n_before + 1 / n_now))


def mix_drift(before: pd.Series, now: pd.Series, labels: list[str]) -> pd.DataFrame:
    """Compare the personas' shares of customers, then and now.

    Parameters
    ----------
    before, now : Series
        Assigned personas.
    labels : list of str
        All personas.

    Returns
    -------
    DataFrame
        One row a persona: ``before``, ``now`` (shares), ``psi`` (its part); the sum in
        ``attrs["psi"]``, what chance exceeds in one case of twenty in ``attrs["by_chance"]``.
    """
    before, now = before.dropna(), now.dropna()
    shares = pd.DataFrame(
        {
            name: part.value_counts(normalize=True).reindex(labels, fill_value=0.0)
            for name, part in (("before", before), ("now", now))
        }
    ).rename_axis("persona")
    shares["psi"] = [
        stability_index([one], [other])
        for one, other in zip(shares["before"], shares["now"], strict=True)
    ]
    shares = shares.reset_index()
    shares.attrs["psi"] = float(shares["psi"].sum())
    shares.attrs["by_chance"] = by_chance(len(labels), len(before), len(now))
    return shares


def trait_drift(held_before: pd.DataFrame, held_now: pd.DataFrame, traits) -> pd.DataFrame:
    """Compare for how many members each trait held then, and holds now.

    Parameters
    ----------
    held_before, held_now : DataFrame of float
        Members by trait ids: 1, 0, or NaN where unknown.
    traits : tuple of Trait
        The persona's traits; only those whose source carries dates can move.

    Returns
    -------
    DataFrame
        One row a trait: ``trait``, ``text``, ``before``, ``now``, ``n_before``, ``n_now``,
        ``psi``, ``by_chance`` and ``shifted`` (above .25 and more than chance).
    """
    rows = []
    for trait in traits:
        if trait.evidence is None or trait.evidence.table not in MOVING:
            continue
        one, other = held_before[trait.id].dropna(), held_now[trait.id].dropna()
        if min(len(one), len(other)) < 20:
            continue
        p, q = float(one.mean()), float(other.mean())
        psi = stability_index([p, 1 - p], [q, 1 - q])
        chance = by_chance(2, len(one), len(other))
        shifted = psi > max(PSI_SHIFTED, chance)
        rows.append((trait.id, trait.text, p, q, len(one), len(other), psi, chance, shifted))
    return pd.DataFrame(
        rows,
        columns=["trait", "text", "before", "now", "n_before", "n_now", "psi", "by_chance",
                 "shifted"],
    )  # fmt: skip
