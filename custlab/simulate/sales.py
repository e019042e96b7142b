"""The sales of a firm to the end of the simulated future: orders, contracts, campaigns."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import campaigns, orders, purchases, subscriptions
from .interactions import choose_buyers


@dataclass(frozen=True)
class Sales:
    """What was sold, and what campaigns did to it (days and keys as numbers)."""

    cycle: np.ndarray  # days from need to first order, by customer
    first: np.ndarray  # day of the first order, by customer
    stopped: np.ndarray  # day of the last order, by customer; NEVER while they go on
    lines: pd.DataFrame  # order lines with margin; renewal marks invoices that were not chosen
    campaign: pd.DataFrame
    subscriptions: pd.DataFrame | None  # where the firm has plans

    def until(self, day):
        """Return the order lines up to a day."""
        return self.lines[self.lines["day"] <= day]

    def elective(self):
        """Return the first line of each order that was not a renewal."""
        return self.lines[~self.lines["renewal"]].drop_duplicates("order")


def make_sales(setting, population, units):
    """Simulate purchases and campaigns.

    Returns
    -------
    Sales
    """
    cycle = purchases.draw_cycles(setting, population)
    first = purchases.first_orders(setting, population, cycle)
    sheets = []
    for campaign in (c for c in setting.firm.campaigns if c.audience == "new"):
        first, sheet = campaigns.run_new(setting, population, first, campaign)
        sheets.append(sheet)
    if setting.firm.plans:
        contracts = subscriptions.make_subscriptions(setting, population, first)
        chosen, stopped = _orders_beside(setting, population, first, contracts)
    else:
        contracts = None
        dropout = population.latent["dropout"].to_numpy()
        chosen, stopped = purchases.repeat_orders(setting, population, first, dropout)
    for campaign in (c for c in setting.firm.campaigns if c.audience == "existing"):
        chosen, sheet = campaigns.run_existing(
            setting, population, chosen, first, stopped, campaign
        )
        sheets.append(sheet)
    lines = orders.make_lines(setting, population, chosen).assign(renewal=False)
    if contracts is not None:
        lines = pd.concat([lines, _paid(setting, population, first, contracts)], ignore_index=True)
    lines = _number(setting, units, lines)
    sheet = pd.concat(sheets).sort_values(["sent_on", "customer"], ignore_index=True, kind="stable")
    counted = lines[~lines["renewal"] & (lines["day"] <= setting.calendar.last)]
    totals = counted.groupby(["customer", "day"], as_index=False)["amount"].sum()
    sheet = campaigns.add_responses(sheet, totals)
    return Sales(cycle, first, stopped, lines, sheet, contracts)


def _orders_beside(setting, population, first, contracts):
    """Draw what subscribers order beside their plan, until their subscription ends."""
    end = np.full(len(population), purchases.NEVER)
    end[contracts["customer"]] = contracts["end"]
    loyal = np.zeros(len(population))
    chosen, _ = purchases.repeat_orders(setting, population, first, loyal)
    chosen = chosen[chosen["day"] < end[chosen["customer"]]]
    is_first = chosen["day"].to_numpy() == first[chosen["customer"]]
    with_extras = setting.streams("extras at the start").random(len(chosen)) < 0.45
    return chosen[~is_first | with_extras].reset_index(drop=True), end


def _paid(setting, population, first, contracts):
    """Return the order lines of all invoices; all but the first are renewals."""
    invoices = subscriptions.make_invoices(setting.calendar, contracts)
    lines = subscriptions.invoice_lines(setting, population, invoices)
    return lines.assign(renewal=lines["day"].to_numpy() != first[lines["customer"]])


def _number(setting, units, lines):
    """Number the orders by date: lines of one customer on one day are one order."""
    lines = lines.sort_values(["day", "customer", "renewal"], kind="stable", ignore_index=True)
    new = (lines[["day", "customer"]] != lines[["day", "customer"]].shift()).any(axis=1)
    lines["order"] = new.cumsum() - 1
    for column in ("channel", "payment"):
        lines[column] = lines.groupby("order")[column].transform("first")
    buyer = choose_buyers(setting, units, lines.drop_duplicates("order"))
    lines["person"] = buyer[lines["order"]]
    lines["margin"] = orders.line_margin(setting.firm, lines)
    return lines
