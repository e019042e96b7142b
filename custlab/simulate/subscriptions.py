"""Subscriptions that churn unevenly, and their invoices, for a firm with plans.

At each renewal a customer leaves with a probability of their own (Fader & Hardie 2007): the
likely leavers go first, so the retention of a cohort rises with its age.
"""

import numpy as np
import pandas as pd

from .purchases import NEVER
from .streams import pick_from


def make_subscriptions(setting, population, first):
    """Draw one subscription per customer who orders.

    Returns
    -------
    DataFrame
        customer, plan, product (row in the price list), seats, seat_price, start, end (`NEVER`
        while it runs at the end of the simulated future), period (days paid in advance),
        end_reason.
    """
    firm, rng = setting.firm, setting.streams("subscriptions")
    rows = np.flatnonzero(first < NEVER)
    customers, latent = population.customers.iloc[rows], population.latent.iloc[rows]
    home, start = population.home[rows], first[rows]
    employees = customers["employees"].astype("Float64").fillna(1).to_numpy(dtype=float)
    plan = _choose_plans(rng, latent, employees, home)
    product = np.array([firm.products["name"].tolist().index(p.product) for p in firm.plans])[plan]
    period = np.array([p.period for p in firm.plans])[plan]
    list_price = firm.products["list_price"].to_numpy()[product]
    discount = np.minimum(latent["discount"].to_numpy(), 0.66)
    seats = _seats(rng, employees, home, plan)
    leave = latent["dropout"].to_numpy() * np.where(period < 365, 0.45, 1.0)
    periods = np.minimum(rng.geometric(np.clip(leave, 1e-3, 1)), 400)
    end = start + periods * period
    return pd.DataFrame(
        {
            "customer": rows,
            "plan": np.array([p.name for p in firm.plans], dtype=object)[plan],
            "product": product,
            "seats": seats,
            "seat_price": np.round(list_price * (1 - discount)),
            "start": start,
            "end": np.where(end > setting.calendar.end, NEVER, end),
            "period": period,
            "end_reason": pick_from(rng, firm.end_reasons, len(rows)),
        }
    )


def _choose_plans(rng, latent, employees, home):
    """Choose one of the four plans: the larger ones for larger organisations."""
    size = np.log(employees) + 0.5 * latent["taste"].to_numpy()
    noise = rng.normal(0, 0.7, len(home))
    step = np.select([size + noise < 3.4, size + noise < 5.1], [1, 2], 3)
    return np.where(home, (rng.random(len(home)) < 0.12).astype(int), step)


def _seats(rng, employees, home, plan):
    share = rng.beta(3.0, 3.0, len(home))
    seats = np.maximum(np.round(employees**0.7 * share * 1.6), 2)
    return np.where(home, np.where(plan == 1, 2, 1), np.minimum(seats, 400)).astype(int)


def make_invoices(calendar, subscriptions):
    """List the invoices: one per paid period.

    Returns
    -------
    DataFrame
        The columns of `subscriptions`, day, and quantity (seats x months).
    """
    last = np.minimum(subscriptions["end"], calendar.end + 1)
    count = np.ceil((last - subscriptions["start"]) / subscriptions["period"]).astype(int)
    invoices = subscriptions.loc[subscriptions.index.repeat(np.maximum(1, count))]
    number = invoices.groupby("customer").cumcount()
    invoices["day"] = invoices["start"] + number * invoices["period"]
    months = np.where(invoices["period"] < 365, 3, 12)
    invoices["quantity"] = invoices["seats"] * months
    return invoices[invoices["day"] <= calendar.end].reset_index(drop=True)


def invoice_lines(setting, population, invoices):
    """Turn invoices into order lines like those of `orders.make_lines`."""
    rng = setting.streams("invoice lines")
    lines = invoices[["customer", "day", "product", "quantity"]].copy()
    lines["unit_price"] = setting.firm.products["list_price"].to_numpy()[lines["product"]]
    gross = lines["quantity"] * lines["unit_price"]
    lines["discount"] = np.round(gross - lines["quantity"] * invoices["seat_price"], 1)
    lines["amount"] = np.round(gross - lines["discount"], 2)
    lines["channel"] = "website"
    lines["returned"] = rng.random(len(lines)) < 0.006
    home = population.home[lines["customer"]]
    lines["payment"] = np.where(home, "mobile wallet", "bank transfer")
    return lines
