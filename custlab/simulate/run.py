"""One run of the simulator: from a seed to the tables that learners see, and the truth beside."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd

from . import campaigns, interactions, orders, purchases, subscriptions, survey
from .calendar import Calendar
from .people import make_people, make_roles
from .planted import Truth, make_truth
from .population import make_population
from .specs import get_spec
from .streams import Streams


@dataclass(frozen=True)
class Simulation:
    """Tables as the firm sees them, and the truth that only the generator knows."""

    name: str
    tables: dict = field(repr=False)
    truth: Truth = field(repr=False)


@lru_cache(maxsize=6)
def simulate(name, n_customers=None, seed=None):
    """Simulate one case.

    Parameters
    ----------
    name : str
        Name of the case, such as "appliances".
    n_customers : int, optional
        Number of customers; the shipped number by default.
    seed : int, optional
        Seed; the shipped one by default.

    Returns
    -------
    Simulation
    """
    spec = get_spec(name)
    n = n_customers or spec.n_customers
    world = _World(spec, Streams(spec.seed if seed is None else seed), n)
    world.buy()
    world.leave_traces()
    return Simulation(name, world.tables(), make_truth(world))


class _World:
    """The state of one simulation, built up step by step (days and keys as numbers)."""

    def __init__(self, spec, streams, n):
        self.spec = spec
        self.streams = streams
        self.calendar = Calendar(spec.starts_on, spec.promo)
        self.customers, self.latent = make_population(spec, streams, self.calendar, n)
        self.people = make_people(streams, self.customers)
        self.roles, self.strength = make_roles(streams, self.people)
        self.cycle = purchases.draw_cycles(spec, streams, self.customers)

    @property
    def contractual(self):
        """Whether customers hold subscriptions."""
        return self.spec.name == "software"

    def buy(self):
        """Simulate purchases and campaigns to the end of the simulated future."""
        spec, streams, calendar = self.spec, self.streams, self.calendar
        base = (spec, streams, calendar, self.customers, self.latent)
        first = purchases.first_orders(*base, self.cycle)
        sheets = []
        for campaign in (c for c in spec.campaigns if c.audience == "new"):
            first, sheet = campaigns.run_new(*base, first, campaign)
            sheets.append(sheet)
        self.first = first
        found, stopped = self._order_stream(base, first)
        for campaign in (c for c in spec.campaigns if c.audience == "existing"):
            found, sheet = campaigns.run_existing(*base, found, first, stopped, campaign)
            sheets.append(sheet)
        self.stopped = stopped
        self.elective = found
        self.lines = self._number(self._all_lines(base, found))
        in_window = self.lines[~self.lines["renewal"] & (self.lines["day"] <= calendar.last)]
        totals = in_window.groupby(["customer", "day"], as_index=False)["amount"].sum()
        sheet = pd.concat(sheets, ignore_index=True).sort_values(
            ["sent_on", "customer"], kind="stable"
        )
        self.campaign = campaigns.add_responses(sheet, totals)

    def _order_stream(self, base, first):
        """Draw elective orders; with subscriptions these end when the subscription ends."""
        if not self.contractual:
            return purchases.repeat_orders(*base, first)
        self.subscriptions, self.invoices = subscriptions.make_subscriptions(*base, first)
        end = np.full(len(first), purchases.NEVER)
        end[self.subscriptions["customer"]] = self.subscriptions["end"]
        spec, streams, calendar, customers, latent = base
        loyal = latent.assign(dropout=0.0)
        found, _ = purchases.repeat_orders(spec, streams, calendar, customers, loyal, first)
        found = found[found["day"] < end[found["customer"]]]
        is_first = found["day"].to_numpy() == first[found["customer"]]
        with_extras = streams("extras at the start").random(len(found)) < 0.45
        return found[~is_first | with_extras].reset_index(drop=True), end

    def _all_lines(self, base, found):
        lines = orders.make_lines(*base, found).assign(renewal=False)
        if not self.contractual:
            return lines
        paid = subscriptions.invoice_lines(self.spec, self.streams, self.customers, self.invoices)
        paid["renewal"] = paid["day"].to_numpy() != self.first[paid["customer"]]
        return pd.concat([lines, paid], ignore_index=True)

    def _number(self, lines):
        """Number the orders by date: lines of one customer on one day are one order."""
        lines = lines.sort_values(["day", "customer", "renewal"], kind="stable", ignore_index=True)
        new = (lines[["day", "customer"]] != lines[["day", "customer"]].shift()).any(axis=1)
        lines["order"] = new.cumsum() - 1
        lines["channel"] = lines.groupby("order")["channel"].transform("first")
        lines["payment"] = lines.groupby("order")["payment"].transform("first")
        heads = lines.drop_duplicates("order")
        buyer = interactions.choose_buyers(self.streams, self.people, self.strength, heads)
        lines["person"] = buyer[lines["order"]]
        lines["margin"] = orders.line_margin(self.spec, lines)
        return lines

    def leave_traces(self):
        """Simulate interactions, deals and the survey, up to the end of the window."""
        spec, streams, calendar = self.spec, self.streams, self.calendar
        base = (spec, streams, calendar, self.customers)
        heads = self.lines[~self.lines["renewal"]].drop_duplicates("order")
        heads = heads[["order", "customer", "person", "day", "channel"]]
        journeys = interactions.make_journeys(*base, heads, self.cycle)
        # A year paid in advance is a year in which service may be needed.
        renewals = self.lines.loc[self.lines["renewal"], ["order", "customer", "day"]]
        renewals = renewals[renewals["customer"].isin(self._yearly_payers())]
        events = interactions.make_interactions(
            *base, self.latent, self.people, self.strength, journeys, renewals, calendar.last
        )
        explicit = interactions.order_events(*base, heads, calendar.last)
        events = pd.concat([events, explicit], ignore_index=True)
        events = events.drop_duplicates(["customer", "person", "minute", "action"])
        last_order = int(self.lines.loc[self.lines["day"] <= calendar.last, "order"].max())
        events["order"] = np.where(events["order"] <= last_order, events["order"], -1)
        self.events = events.sort_values(["minute", "customer", "person"], kind="stable")
        past = self.lines[self.lines["day"] <= calendar.last]
        unhappy = survey.unhappy_events(self.customers, past, self.events, calendar.last - 365)
        self.survey = survey.make_survey(*base, self.latent, self.people, self.first, unhappy)
        if self.contractual:
            won = past[~past["renewal"]].groupby("order", as_index=False).agg(
                customer=("customer", "first"), day=("day", "first"), amount=("amount", "sum")
            )  # fmt: skip
            self.deals = subscriptions.make_deals(
                *base, self.latent, won[["order", "customer", "day", "amount"]], self.cycle
            )

    def _yearly_payers(self):
        """Return the customers whose plan is paid by the year."""
        if not self.contractual:
            return []
        return self.subscriptions.loc[self.subscriptions["period"] == 365, "customer"]

    def tables(self):
        """Put the tables into the form in which learners get them."""
        from .tables import make_tables

        return make_tables(self)
