"""When customers order: first order, repeat orders, dropout, and what campaigns change.

Repeat orders follow the BG/NBD story of Fader, Hardie & Lee (2005): each customer orders at a
random rate of their own and may stop for good after any order; here the clock runs faster in
busy seasons.
"""

import numpy as np
import pandas as pd

NEVER = np.iinfo("int32").max


def draw_cycles(spec, streams, customers):
    """Draw how many days each customer takes from need to first order."""
    rng = streams("cycles")
    median = customers["kind"].map(spec.cycle_days).to_numpy(dtype=float)
    return np.maximum(1, np.round(median * np.exp(rng.normal(0, 0.5, len(customers))))).astype(int)


def first_orders(spec, streams, calendar, customers, latent, cycle):
    """Draw the day of the first order; `NEVER` for those who stay potential customers."""
    rng = streams("first orders")
    n = len(customers)
    ready = customers["customer_since"].to_numpy() + np.round(cycle * rng.uniform(0.6, 1.6, n))
    kinds = customers["kind"].to_numpy()
    day = np.full(n, NEVER)
    for kind in np.unique(kinds):
        rows = kinds == kind
        start = calendar.clock(kind, np.minimum(ready[rows], calendar.end).astype(int))
        wait = rng.exponential(6.0, rows.sum())  # business days until the right moment
        day[rows] = calendar.day_at(kind, start + wait)
    converts = rng.random(n) < np.clip(spec.conversion + 0.03 * latent["pleased"], 0, 0.97)
    return np.where(converts & (day <= calendar.end), day, NEVER)


def repeat_orders(spec, streams, calendar, customers, latent, first):
    """Draw all further orders until the customer drops out or the simulated future ends.

    Returns
    -------
    orders : DataFrame
        customer, day; the first order included, at most one order a day, sorted.
    stopped : array of int
        Day of the last order of those who dropped out, `NEVER` for those still there.
    """
    rng = streams("repeat orders")
    n = len(customers)
    kinds = customers["kind"].to_numpy()
    rate = latent["rate"].to_numpy() / 365
    dropout = latent["dropout"].to_numpy()
    found_customer, found_day = [], []
    stopped = np.full(n, NEVER)
    day = first.copy()
    active = first < NEVER
    while active.any():
        rows = np.flatnonzero(active)
        found_customer.append(rows)
        found_day.append(day[rows])
        gone = rng.random(n)[rows] < dropout[rows]
        gap = rng.exponential(1.0, n) / rate
        stopped[rows[gone]] = day[rows[gone]]
        active[rows[gone]] = False
        rows = rows[~gone]
        for kind in np.unique(kinds[rows]):
            some = rows[kinds[rows] == kind]
            day[some] = calendar.day_at(kind, calendar.clock(kind, day[some]) + gap[some])
        active[rows[day[rows] > calendar.end]] = False
    orders = pd.DataFrame(
        {"customer": np.concatenate(found_customer), "day": np.concatenate(found_day)}
    )
    orders = orders.drop_duplicates().sort_values(["customer", "day"], ignore_index=True)
    return orders, stopped


def chance_to_order(calendar, customers, latent, rows, stopped, start, days):
    """Return the probability that a customer orders in a window without any campaign.

    Someone who has dropped out never orders; the others order at their rate in business time.
    """
    chance = np.zeros(len(rows))
    kinds = customers["kind"].to_numpy()[rows]
    rate = latent["rate"].to_numpy()[rows] / 365
    for kind in np.unique(kinds):
        length = calendar.clock(kind, start + days + 1) - calendar.clock(kind, start)
        chance[kinds == kind] = 1 - np.exp(-rate[kinds == kind] * length)
    return np.where(stopped[rows] >= start, chance, 0.0)
