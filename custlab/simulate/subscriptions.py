"""Software only: subscriptions that churn unevenly, their invoices, and the deals behind orders.

At each renewal a customer leaves with a probability of their own (Fader & Hardie 2007): the
likely leavers go first, so the retention of a cohort rises with its age.
"""

import numpy as np
import pandas as pd

from .purchases import NEVER
from .streams import pick

PLANS = {  # plan -> row in the price list, days paid in advance
    "Solo": (0, 91), "Team": (1, 91), "Business": (2, 365), "Enterprise": (3, 365),
}  # fmt: skip
END_REASONS = {
    "no budget": 3, "hardly used": 4, "changed to a competitor": 3, "missing feature": 2,
    "business closed": 1, "no reason given": 3,
}  # fmt: skip
OWNERS = (
    "Chen Rui", "Deng Yifan", "Fang Min", "Gao Lei", "Hu Jing", "Jiang Bo", "Liang Yu", "Luo Wen",
    "Shen Hao", "Tang Xin", "Xu Lan", "Yuan Kai",
)  # fmt: skip
LOSS_REASONS = {
    "price": 4, "chose a competitor": 3, "project postponed": 3, "no decision": 4,
    "missing feature": 2, "security requirements": 1,
}  # fmt: skip


def make_subscriptions(spec, streams, calendar, customers, latent, first):
    """Draw one subscription per customer who orders, with the days of all its invoices.

    Returns
    -------
    subscriptions : DataFrame
        customer, plan, seats, seat_price, start, end (`NEVER` while it runs at the end of the
        simulated future), end_reason.
    invoices : DataFrame
        customer, day, product, quantity (seats x months).
    """
    rng = streams("subscriptions")
    rows = np.flatnonzero(first < NEVER)
    plan = _choose_plans(rng, customers, latent, rows)
    seats = _seats(rng, customers, rows, plan)
    product = np.array([PLANS[p][0] for p in plan])
    period = np.array([PLANS[p][1] for p in plan])
    habit = latent["discount"].to_numpy()[rows]
    list_price = np.array([spec.products[p].list_price for p in product])
    price = np.round(list_price * (1 - np.minimum(habit, 0.66)), 0)

    leave = latent["dropout"].to_numpy()[rows] * np.where(period < 365, 0.45, 1.0)
    lives = np.minimum(rng.geometric(np.clip(leave, 1e-3, 1)), 400)  # periods paid
    end = first[rows] + lives * period
    subscriptions = pd.DataFrame(
        {
            "customer": rows,
            "plan": plan,
            "product": product,
            "seats": seats,
            "seat_price": price,
            "start": first[rows],
            "end": np.where(end > calendar.end, NEVER, end),
            "period": period,
            "end_reason": _reasons(rng, END_REASONS, len(rows)),
        }
    )
    return subscriptions, _invoices(calendar, subscriptions)


def _choose_plans(rng, customers, latent, rows):
    home = (customers["kind"] == "household").to_numpy()[rows]
    employees = customers["employees"].astype("Float64").fillna(1).to_numpy(dtype=float)[rows]
    size = np.log(employees) + 0.5 * latent["taste"].to_numpy()[rows]
    noise = rng.normal(0, 0.7, len(rows))
    step = np.select([size + noise < 3.4, size + noise < 5.1], [1, 2], 3)
    step = np.where(home, (rng.random(len(rows)) < 0.12).astype(int), step)
    return np.array(list(PLANS), dtype=object)[step]


def _seats(rng, customers, rows, plan):
    employees = customers["employees"].astype("Float64").fillna(1).to_numpy(dtype=float)[rows]
    share = rng.beta(3.0, 3.0, len(rows))
    seats = np.maximum(np.round(employees**0.7 * share * 1.6), 2)
    home = (customers["kind"] == "household").to_numpy()[rows]
    return np.where(home, np.where(plan == "Team", 2, 1), np.minimum(seats, 400)).astype(int)


def _invoices(calendar, subscriptions):
    """List the invoices: one per paid period, seats x months each."""
    s = subscriptions
    last = np.minimum(s["end"], calendar.end + 1)
    count = np.maximum(1, np.ceil((last - s["start"]) / s["period"]).astype(int))
    rows = s.index.repeat(count)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count).to_numpy()
    invoices = s.loc[rows].reset_index(drop=True)
    invoices["day"] = invoices["start"] + number * invoices["period"]
    months = np.where(invoices["period"] < 365, 3, 12)
    invoices["quantity"] = invoices["seats"] * months
    return invoices[invoices["day"] <= calendar.end]


def invoice_lines(spec, streams, customers, invoices):
    """Turn invoices into order lines like those of `orders.make_lines`."""
    rng = streams("invoice lines")
    lines = invoices[["customer", "day", "product", "quantity"]].copy()
    listed = np.array([p.list_price for p in spec.products])[lines["product"]]
    lines["unit_price"] = listed
    gross = lines["quantity"] * listed
    lines["discount"] = np.round(gross - lines["quantity"] * invoices["seat_price"], 1)
    lines["amount"] = np.round(gross - lines["discount"], 2)
    lines["channel"] = "website"
    lines["returned"] = rng.random(len(lines)) < 0.006
    home = (customers["kind"] == "household").to_numpy()[lines["customer"]]
    lines["payment"] = np.where(home, "mobile wallet", "bank transfer")
    return lines.reset_index(drop=True)


def make_deals(spec, streams, calendar, customers, latent, orders, cycle):
    """Draw the deals of the CRM: won before orders of organisations, lost and open ones beside.

    Parameters
    ----------
    orders : DataFrame
        order, customer, day, amount; elective and first orders of organisations.

    Returns
    -------
    DataFrame
        customer, opened, closed (-1 while open), stage, amount, loss_reason, owner, order.
    """
    rng = streams("deals")
    firm = (customers["kind"] != "household").to_numpy()
    won = orders[firm[orders["customer"].to_numpy()]].copy()
    first = ~won.duplicated("customer")
    won = won[first | (rng.random(len(won)) < 0.5)]
    length = cycle[won["customer"]] * np.where(won.duplicated("customer"), 0.5, 1.0)
    length = np.maximum(2, np.round(length * np.exp(rng.normal(0, 0.35, len(won)))))
    won = won.assign(opened=won["day"] - length.astype(int), closed=won["day"], stage="won")
    won["opened"] = np.maximum(
        won["opened"], customers["customer_since"].to_numpy()[won["customer"]]
    )

    rows = np.flatnonzero(firm)
    rows = np.concatenate([rows, rows[rng.random(len(rows)) < 0.45]])
    since = customers["customer_since"].to_numpy()[rows]
    opened = since + np.floor(rng.random(len(rows)) * (calendar.last - since)).astype(int)
    length = np.round(cycle[rows] * 1.5 * np.exp(rng.normal(0, 0.5, len(rows)))).astype(int)
    closed = opened + np.maximum(length, 3)
    is_open = closed > calendar.last
    typical = np.exp(rng.normal(9.2, 0.8, len(rows)) + 0.7 * latent["bulk"].to_numpy()[rows])
    other = pd.DataFrame(
        {
            "order": -1,
            "customer": rows,
            "opened": opened,
            "closed": np.where(is_open, -1, closed),
            "stage": np.where(is_open, "open", "lost"),
            "amount": np.round(typical, -2),
            "loss_reason": np.where(is_open, None, _reasons(rng, LOSS_REASONS, len(rows))),
        }
    )
    deals = pd.concat([won, other[rng.random(len(other)) < 0.75]], ignore_index=True)
    deals = deals[deals["opened"] <= calendar.last]
    owner = np.array(OWNERS, dtype=object)[rng.integers(0, len(OWNERS), len(customers))]
    deals["owner"] = owner[deals["customer"]]
    deals = deals.sort_values(["opened", "customer"], kind="stable", ignore_index=True)
    return deals.drop(columns="day")


def _reasons(rng, reasons, n):
    names = np.array(list(reasons), dtype=object)
    return names[pick(rng, np.tile(list(reasons.values()), (n, 1)))]
