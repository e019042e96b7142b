"""Campaigns with a randomised control group, and what they truly change.

`responded` means: ordered within the response window. The treatment adds orders (effect > 0) or
keeps some customers from ordering (effect < 0), so the answer can be recomputed from the orders.
"""

import numpy as np
import pandas as pd

from .purchases import chance_to_order
from .streams import pick

WINBACK = 0.25  # a treatment works this much on customers who have stopped buying


def _invite(rng, setting, population, campaign, fitting):
    """Draw who of the fitting customers takes part, their approach, and its planted effect."""
    reached = rng.random(len(population)) < campaign.reach
    agreed = population.customers["marketing_consent"].to_numpy()
    rows = np.flatnonzero(fitting & agreed & reached)
    control = rng.random(len(rows)) < campaign.control
    number = pick(rng, np.ones((len(rows), len(campaign.approaches))))
    approach = np.array(campaign.approaches, dtype=object)[number]
    segment = population.latent["segment"].to_numpy()[rows]
    start = setting.calendar.day(campaign.sent_on)
    return pd.DataFrame(
        {
            "campaign_id": campaign.campaign_id,
            "customer": rows,
            "sent_on": start,
            "closed_on": start + campaign.days,
            "audience": campaign.audience,
            "treatment": np.where(control, "control", "treated"),
            "approach": np.where(control, "none", approach),
            "cost": np.where(control, 0.0, campaign.cost),
            "effect": setting.firm.effects(campaign)[segment, number],
        }
    )


def _with_truth(sheet, base):
    """Add what never reaches a file: the chance to respond on one's own, and the uplift."""
    effect = sheet.pop("effect").to_numpy()
    uplift = np.where(effect >= 0, effect * (1 - base), effect * base)
    return sheet.assign(true_base=base, true_uplift=uplift)


def run_new(setting, population, first, campaign):
    """Contact registered customers without an order; those won over order within the window.

    Returns
    -------
    first : array
        Days of first order, with the conversions won.
    sheet : DataFrame
        One row per customer in the campaign.
    """
    rng = setting.streams(campaign.campaign_id)
    start = setting.calendar.day(campaign.sent_on)
    waiting = (population.customers["customer_since"].to_numpy() < start - 7) & (first >= start)
    sheet = _invite(rng, setting, population, campaign, waiting)
    rows, n = sheet["customer"].to_numpy(), len(sheet)
    on_its_own = first[rows] <= start + campaign.days
    treated = (sheet["treatment"] == "treated").to_numpy()
    won = treated & ~on_its_own & (rng.random(n) < sheet["effect"].to_numpy())
    first = first.copy()
    first[rows[won]] = start + rng.integers(2, campaign.days, n)[won]
    return first, _with_truth(sheet, np.full(n, on_its_own.mean() if n else 0.0))


def run_existing(setting, population, orders, first, stopped, campaign):
    """Contact customers who have ordered before; add or take away orders in the window.

    Returns
    -------
    orders : DataFrame
        The orders, changed by the campaign.
    sheet : DataFrame
        One row per customer in the campaign.
    """
    rng = setting.streams(campaign.campaign_id)
    start = setting.calendar.day(campaign.sent_on)
    sheet = _invite(rng, setting, population, campaign, first < start)
    rows, n = sheet["customer"].to_numpy(), len(sheet)
    sheet["effect"] *= np.where(stopped[rows] < start, WINBACK, 1.0)
    effect = sheet["effect"].to_numpy()
    base = chance_to_order(setting, population, rows, stopped, start, campaign.days)

    treated = (sheet["treatment"] == "treated").to_numpy()
    inside = orders["day"].between(start, start + campaign.days)
    buys = np.isin(rows, orders.loc[inside, "customer"])
    lucky = rng.random(n) < np.abs(effect)
    when = start + rng.integers(1, campaign.days, n)
    won = treated & ~buys & (effect > 0) & lucky
    lost = rows[treated & buys & (effect < 0) & lucky]
    first_ever = orders["day"].to_numpy() == first[orders["customer"]]
    kept = orders[~(inside & orders["customer"].isin(lost) & ~first_ever)]
    added = pd.DataFrame({"customer": rows[won], "day": when[won]})
    orders = pd.concat([kept, added]).drop_duplicates()
    orders = orders.sort_values(["customer", "day"], ignore_index=True)
    return orders, _with_truth(sheet, base)


def add_responses(sheet, order_totals):
    """Fill in who ordered within the window, and for how much.

    Parameters
    ----------
    sheet : DataFrame
        Rows of all campaigns.
    order_totals : DataFrame
        customer, day, amount of every elective order up to the end of the observation window.
    """
    pairs = sheet[["customer", "sent_on", "closed_on"]].reset_index()
    pairs = pairs.merge(order_totals, on="customer")
    pairs = pairs[pairs["day"].between(pairs["sent_on"], pairs["closed_on"])]
    amount = pairs.groupby("index")["amount"].sum()
    return sheet.assign(
        responded=sheet.index.isin(amount.index),
        response_amount=amount.reindex(sheet.index, fill_value=0.0).round(2),
    )
