"""Campaigns with a randomised control group, and what they truly change.

`responded` means: ordered within the response window. The treatment adds orders (effect > 0) or
keeps some customers from ordering (effect < 0), so the answer can be recomputed from the orders.
"""

import numpy as np
import pandas as pd

from .purchases import chance_to_order
from .streams import pick

WINBACK = 0.25  # a treatment works this much on customers who have stopped buying


def _draw_treatment(rng, campaign, n):
    """Split customers at random into control and approaches."""
    control = rng.random(n) < campaign.control
    approach = np.array(campaign.approaches, dtype=object)[
        pick(rng, np.ones((n, len(campaign.approaches))))
    ]
    return control, approach


def _effects(spec, campaign, segment, approach):
    """Look up the planted effect of an approach on each customer's segment."""
    table = [getattr(s, campaign.effect) for s in spec.segments]
    if campaign.approaches == ("membership",):
        return np.array(table)[segment]
    return np.array([table[s][a] for s, a in zip(segment, approach, strict=True)])


def run_new(spec, streams, calendar, customers, latent, first, campaign):
    """Contact registered customers without an order; those won over order within the window.

    Returns
    -------
    first : array
        Days of first order, with the conversions won.
    sheet : DataFrame
        One row per customer in the campaign.
    """
    rng = streams(campaign.campaign_id)
    start = calendar.day(campaign.sent_on)
    waiting = (customers["customer_since"].to_numpy() < start - 7) & (first >= start)
    may_write = customers["marketing_consent"].to_numpy()
    reached = rng.random(len(customers)) < campaign.reach
    rows = np.flatnonzero(waiting & may_write & reached)
    control, approach = _draw_treatment(rng, campaign, len(rows))
    effect = _effects(spec, campaign, latent["segment"].to_numpy()[rows], approach)
    on_its_own = first[rows] <= start + campaign.days
    won = ~control & ~on_its_own & (rng.random(len(rows)) < effect)
    first = first.copy()
    first[rows[won]] = start + rng.integers(2, campaign.days, len(rows))[won]
    base = np.full(len(rows), on_its_own.mean() if len(rows) else 0.0)
    return first, _sheet(campaign, rows, control, approach, start, base, effect)


def run_existing(spec, streams, calendar, customers, latent, orders, first, stopped, campaign):
    """Contact customers who have ordered before; add or take away orders in the window.

    Returns
    -------
    orders : DataFrame
        The orders, changed by the campaign.
    sheet : DataFrame
        One row per customer in the campaign.
    """
    rng = streams(campaign.campaign_id)
    n = len(customers)
    start = calendar.day(campaign.sent_on)
    reached = rng.random(n) < campaign.reach
    rows = np.flatnonzero((first < start) & customers["marketing_consent"].to_numpy() & reached)
    control, approach = _draw_treatment(rng, campaign, len(rows))
    effect = _effects(spec, campaign, latent["segment"].to_numpy()[rows], approach)
    effect = effect * np.where(stopped[rows] < start, WINBACK, 1.0)
    base = chance_to_order(calendar, customers, latent, rows, stopped, start, campaign.days)

    inside = orders["day"].between(start, start + campaign.days)
    buys = np.zeros(n, dtype=bool)
    buys[orders.loc[inside, "customer"].unique()] = True
    lucky = rng.random(len(rows))
    when = start + rng.integers(1, campaign.days, len(rows))
    won = ~control & ~buys[rows] & (effect > 0) & (lucky < effect)
    lost = np.zeros(n, dtype=bool)
    lost[rows] = ~control & buys[rows] & (effect < 0) & (lucky < -effect)
    first_ever = orders["day"].to_numpy() == first[orders["customer"].to_numpy()]
    kept = orders[~(inside & lost[orders["customer"].to_numpy()] & ~first_ever)]
    added = pd.DataFrame({"customer": rows[won], "day": when[won]})
    orders = pd.concat([kept, added]).drop_duplicates()
    orders = orders.sort_values(["customer", "day"], ignore_index=True)
    return orders, _sheet(campaign, rows, control, approach, start, base, effect)


def _sheet(campaign, rows, control, approach, start, base, effect):
    """Put a campaign's rows together; the last two columns are truth and never reach a file."""
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
            "true_base": base,
            "true_uplift": np.where(effect >= 0, effect * (1 - base), effect * base),
        }
    )


def add_responses(sheet, order_totals):
    """Fill in who ordered within the window, and for how much.

    Parameters
    ----------
    sheet : DataFrame
        Rows of all campaigns.
    order_totals : DataFrame
        customer, day, amount of every elective order up to the end of the observation window.
    """
    sheet = sheet.reset_index(drop=True)
    pairs = sheet[["customer", "sent_on", "closed_on"]].reset_index()
    pairs = pairs.merge(order_totals, on="customer")
    pairs = pairs[pairs["day"].between(pairs["sent_on"], pairs["closed_on"])]
    amount = pairs.groupby("index")["amount"].sum()
    sheet["responded"] = sheet.index.isin(amount.index)
    sheet["response_amount"] = amount.reindex(sheet.index, fill_value=0.0).round(2)
    return sheet
