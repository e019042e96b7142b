"""From the simulator's numbers to the tables of a case: keys, dates, dtypes."""

import numpy as np
import pandas as pd

from custlab.cases.schema import conform

from .schema import resources

COST_WORDS = {
    "service_contact": ("one interaction in the stage service", "Time and travel of the service"),
    "return_handling": ("one returned order line", "Transport, check, resale at a lower price"),
    "order_handling": ("one order", "Picking, delivery, invoice, payment fee"),
}


def keys(spec, letter, numbers, digits=6):
    """Make keys such as A-C00001 from row numbers (0 becomes 1)."""
    return np.array([f"{spec.prefix}-{letter}{i + 1:0{digits}d}" for i in numbers], dtype=object)


def make_tables(world):
    """Return the tables of a finished simulation, by name, with the dtypes of the schema."""
    spec, calendar = world.spec, world.calendar
    names = _Names(world)
    raw = {
        "customers": names.customer(world.customers.rename_axis("customer").reset_index()).assign(
            customer_since=lambda t: calendar.date(t["customer_since"])
        ),
        "people": names.person(
            names.customer(world.people.assign(person=range(len(world.people))))
        ),
        "interactions": _interactions(world, names),
        "orders": _orders(world, names),
        "products": _products(spec),
        "survey": names.person(names.customer(world.survey)).assign(
            survey_date=calendar.date(world.survey["day"])
        ),
        "campaign": names.customer(world.campaign).assign(
            sent_on=lambda t: calendar.date(t["sent_on"]),
            closed_on=lambda t: calendar.date(t["closed_on"]),
        ),
        "costs": _costs(spec),
    }
    if world.contractual:
        raw["deals"] = _deals(world, names)
        raw["subscriptions"] = _subscriptions(world, names)
    return {r["name"]: conform(raw[r["name"]], r["schema"]) for r in resources(spec)}


class _Names:
    """Turns row numbers into keys."""

    def __init__(self, world):
        self.customers = keys(world.spec, "C", range(len(world.customers)), 5)
        self.people = keys(world.spec, "P", range(len(world.people)))

    def customer(self, frame):
        return frame.assign(customer_id=self.customers[frame["customer"]])

    def person(self, frame):
        return frame.assign(person_id=self.people[frame["person"]])


def _orders(world, names):
    lines = world.lines[world.lines["day"] <= world.calendar.last]
    product = np.array([f"{world.spec.prefix}-SKU{i + 1:02d}" for i in
                        range(len(world.spec.products))], dtype=object)  # fmt: skip
    return names.person(names.customer(lines)).assign(
        order_id=keys(world.spec, "O", lines["order"]),
        order_date=world.calendar.date(lines["day"]),
        product_id=product[lines["product"]],
    )


def _interactions(world, names):
    events = world.events
    order_id = keys(world.spec, "O", events["order"])
    return names.person(names.customer(events)).assign(
        interaction_id=keys(world.spec, "I", range(len(events))),
        timestamp=world.calendar.start + pd.to_timedelta(events["minute"].to_numpy(), unit="m"),
        order_id=np.where(events["order"] >= 0, order_id, None),
    )


def _products(spec):
    rows = [
        (f"{spec.prefix}-SKU{i + 1:02d}", p.name, p.category, p.line, p.list_price, p.unit_cost,
         pd.Timestamp(p.launched)) for i, p in enumerate(spec.products)
    ]  # fmt: skip
    columns = ["product_id", "name", "category", "line", "list_price", "unit_cost", "launched"]
    return pd.DataFrame(rows, columns=columns)


def _costs(spec):
    rows = [(item, cost, *COST_WORDS[item]) for item, cost in spec.costs.items()]
    return pd.DataFrame(rows, columns=["item", "cost", "unit", "description"])


def _deals(world, names):
    """Name the main contact: whoever decides, or whoever buys."""
    deals = world.deals
    unit = world.people["customer"].to_numpy()
    rng = world.streams("deal contacts")
    weight = world.strength[:, 0] + 0.8 * world.strength[:, 3] + 0.5 * rng.random(len(unit))
    order = np.lexsort((-weight, unit))
    contact = order[np.searchsorted(unit[order], deals["customer"])]
    closed = pd.Series(world.calendar.date(deals["closed"].to_numpy()), index=deals.index)
    return names.person(names.customer(deals.assign(person=contact))).assign(
        deal_id=keys(world.spec, "D", range(len(deals))),
        opened_on=world.calendar.date(deals["opened"]),
        closed_on=closed.where(deals["closed"] >= 0),
    )


def _subscriptions(world, names):
    calendar = world.calendar
    known = world.subscriptions[world.subscriptions["start"] <= calendar.last]
    known = known.sort_values(["start", "customer"], ignore_index=True)
    ended = (known["end"] <= calendar.last).to_numpy()
    last_day = calendar.date(np.where(ended, known["end"] - 1, 0))
    return names.customer(known).assign(
        subscription_id=keys(world.spec, "B", range(len(known))),
        monthly_price=(known["seats"] * known["seat_price"]).astype(float),
        started_on=calendar.date(known["start"]),
        ended_on=pd.Series(last_day, index=known.index).where(ended),
        end_reason=known["end_reason"].where(ended),
    )
