"""The deals of a CRM: won before orders of organisations, lost and open ones beside."""

import numpy as np
import pandas as pd

from .streams import pick_from


def make_deals(setting, population, orders, cycle):
    """Draw the deals.

    Parameters
    ----------
    orders : DataFrame
        order, customer, day, amount; elective and first orders.
    cycle : array of shape (customers,)
        Days from need to first order.

    Returns
    -------
    DataFrame
        customer, opened, closed (-1 while open), stage, amount, loss_reason, owner, order.
    """
    rng = setting.streams("deals")
    won = _won(rng, population, orders[~population.home[orders["customer"]]], cycle)
    others = _lost_or_open(rng, setting, population, cycle)
    deals = pd.concat([won, others[rng.random(len(others)) < 0.75]], ignore_index=True)
    deals = deals[deals["opened"] <= setting.calendar.last]
    owners = np.array(setting.firm.deal_owners, dtype=object)
    owner = owners[rng.integers(0, len(owners), len(population))]
    deals["owner"] = owner[deals["customer"]]
    return deals.sort_values(["opened", "customer"], kind="stable", ignore_index=True)


def _won(rng, population, orders, cycle):
    """Put a deal before the first order of an organisation, and before half of the later ones."""
    first = ~orders.duplicated("customer")
    won = orders[first | (rng.random(len(orders)) < 0.5)]
    length = cycle[won["customer"]] * np.where(won.duplicated("customer"), 0.5, 1.0)
    length = np.maximum(2, np.round(length * np.exp(rng.normal(0, 0.35, len(won)))))
    since = population.customers["customer_since"].to_numpy()[won["customer"]]
    opened = np.maximum(won["day"] - length.astype(int), since)
    return won.rename(columns={"day": "closed"}).assign(opened=opened, stage="won")


def _lost_or_open(rng, setting, population, cycle):
    """Draw deals that led to no order: one or two per organisation."""
    rows = np.flatnonzero(~population.home)
    rows = np.concatenate([rows, rows[rng.random(len(rows)) < 0.45]])
    n, last = len(rows), setting.calendar.last
    since = population.customers["customer_since"].to_numpy()[rows]
    opened = since + np.floor(rng.random(n) * (last - since)).astype(int)
    length = np.round(cycle[rows] * 1.5 * np.exp(rng.normal(0, 0.5, n))).astype(int)
    closed = opened + np.maximum(length, 3)
    is_open = closed > last
    bulk = population.latent["bulk"].to_numpy()[rows]
    amount = np.round(np.exp(rng.normal(9.2, 0.8, n) + 0.7 * bulk), -2)
    reason = pick_from(rng, setting.firm.loss_reasons, n)
    return pd.DataFrame(
        {
            "order": -1,
            "customer": rows,
            "opened": opened,
            "closed": np.where(is_open, -1, closed),
            "stage": np.where(is_open, "open", "lost"),
            "amount": amount,
            "loss_reason": np.where(is_open, None, reason),
        }
    )
