"""When customers order: first order, repeat orders, dropout, and what campaigns change.

Repeat orders follow the BG/NBD story of Fader, Hardie & Lee (2005): each customer orders at a
random rate of their own and may stop for good after any order; here the clock runs faster in
busy seasons.
"""

import numpy as np
import pandas as pd

NEVER = np.iinfo("int32").max


def draw_cycles(setting, population):
    """Draw how many days each customer takes from need to first order."""
    rng = setting.streams("cycles")
    median = population.customers["kind"].map(setting.firm.cycle_days).to_numpy(dtype=float)
    return np.maximum(1, np.round(median * np.exp(rng.normal(0, 0.5, len(median))))).astype(int)


def first_orders(setting, population, cycle):
    """Draw the day of the first order; `NEVER` for those who stay potential customers."""
    rng, calendar = setting.streams("first orders"), setting.calendar
    n = len(population)
    since = population.customers["customer_since"].to_numpy()
    ready = since + np.round(cycle * rng.uniform(0.6, 1.6, n))
    ready = np.minimum(ready, calendar.end).astype(int)
    day = np.full(n, NEVER)
    for kind in np.unique(population.kind):
        rows = population.kind == kind
        wait = rng.exponential(6.0, rows.sum())  # business days until the right moment
        day[rows] = calendar.day_at(kind, calendar.clock(kind, ready[rows]) + wait)
    chance = np.clip(setting.firm.conversion + 0.03 * population.latent["pleased"], 0, 0.97)
    return np.where((rng.random(n) < chance) & (day <= calendar.end), day, NEVER)


def repeat_orders(setting, population, first, dropout):
    """Draw all further orders until the customer drops out or the simulated future ends.

    Parameters
    ----------
    dropout : array of shape (customers,)
        Probability to stop for good after an order.

    Returns
    -------
    orders : DataFrame
        customer, day; the first order included, at most one order a day, sorted.
    stopped : array of int
        Day of the last order of those who dropped out, `NEVER` for those still there.
    """
    rng, calendar = setting.streams("repeat orders"), setting.calendar
    n = len(population)
    rate = population.latent["rate"].to_numpy() / 365
    customers, days = [], []
    stopped = np.full(n, NEVER)
    day = first.copy()
    rows = np.flatnonzero(first < NEVER)
    while len(rows):
        customers.append(rows)
        days.append(day[rows])
        gone = rng.random(n)[rows] < dropout[rows]
        gap = rng.exponential(1.0, n) / rate
        stopped[rows[gone]] = day[rows[gone]]
        rows = rows[~gone]
        for kind in np.unique(population.kind[rows]):
            some = rows[population.kind[rows] == kind]
            day[some] = calendar.day_at(kind, calendar.clock(kind, day[some]) + gap[some])
        rows = rows[day[rows] <= calendar.end]
    orders = {"customer": np.concatenate(customers), "day": np.concatenate(days)}
    orders = pd.DataFrame(orders).drop_duplicates()
    return orders.sort_values(["customer", "day"], ignore_index=True), stopped


def chance_to_order(setting, population, rows, stopped, start, days):
    """Return the probability that a customer orders in a window without any campaign.

    Someone who has dropped out never orders; the others order at their rate in business time.
    """
    chance = np.zeros(len(rows))
    kinds = population.kind[rows]
    rate = population.latent["rate"].to_numpy()[rows] / 365
    for kind in np.unique(kinds):
        begin, end = setting.calendar.clock(kind, [start, start + days + 1])
        chance[kinds == kind] = 1 - np.exp(-rate[kinds == kind] * (end - begin))
    return np.where(stopped[rows] >= start, chance, 0.0)
