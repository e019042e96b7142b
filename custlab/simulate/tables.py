"""From the simulator's numbers to the tables of a case: keys, dates, dtypes.

A new table of a case is one function here and one entry in ``cases/tables.toml.jinja``.
"""

import numpy as np
import pandas as pd

from custlab.cases.schema import conform

from .deals import make_deals
from .interactions import make_interactions
from .market import MARKET
from .people import BUYER, DECIDER
from .survey import make_survey


def make_tables(setting, population, units, sales):
    """Return the tables of a simulation, by name, with the dtypes of the schema."""
    customers = population.customers.rename_axis("customer").reset_index()
    people = units.people.rename_axis("person").reset_index()
    events = make_interactions(setting, population, units, sales)
    survey = make_survey(setting, population, units, sales, events)
    tables = {
        "customers": _dated(setting, customers, ["customer_since"]),
        "people": people,
        "interactions": _interactions(setting, events),
        "orders": _orders(setting, sales),
        "products": _products(setting),
        "survey": _dated(setting, survey.rename(columns={"day": "survey_date"}), ["survey_date"]),
        "campaign": _dated(setting, sales.campaign, ["sent_on", "closed_on"]),
        "costs": _costs(setting.firm),
    }
    if sales.subscriptions is not None:
        tables["deals"] = _deals(setting, population, units, sales)
        tables["subscriptions"] = _subscriptions(setting, sales.subscriptions)
    keys = {
        "customer": setting.customer_keys(range(len(customers))),
        "person": setting.keys("P", range(len(people))),
    }
    return {
        r["name"]: conform(_with_keys(tables[r["name"]], keys), r["schema"])
        for r in setting.firm.resources
    }


def _with_keys(frame, keys):
    """Turn row numbers of customers and people into keys."""
    known = [name for name in keys if name in frame]
    return frame.assign(**{f"{name}_id": keys[name][frame[name]] for name in known})


def _dated(setting, frame, columns):
    """Turn day numbers into dates."""
    return frame.assign(**{column: setting.calendar.date(frame[column]) for column in columns})


def _orders(setting, sales):
    lines = sales.until(setting.calendar.last)
    return lines.assign(
        order_id=setting.keys("O", lines["order"]),
        order_date=setting.calendar.date(lines["day"]),
        product_id=setting.keys("SKU", lines["product"], 2),
    )


def _interactions(setting, events):
    order_id = setting.keys("O", events["order"])
    minutes = pd.to_timedelta(events["minute"].to_numpy(), unit="m")
    return events.assign(
        interaction_id=setting.keys("I", range(len(events))),
        timestamp=setting.calendar.start + minutes,
        order_id=np.where(events["order"] >= 0, order_id, None),
    )


def _products(setting):
    products = setting.firm.products
    return products.assign(product_id=setting.keys("SKU", range(len(products)), 2))


def _costs(firm):
    costs = pd.DataFrame.from_dict(MARKET["cost_items"], orient="index")
    return costs.assign(cost=pd.Series(firm.costs)).rename_axis("item").reset_index()


def _deals(setting, population, units, sales):
    """Name the main contact of each deal: whoever decides, or whoever buys."""
    lines = sales.until(setting.calendar.last)
    orders = lines[~lines["renewal"]].groupby("order", as_index=False)
    orders = orders.agg({"customer": "first", "day": "first", "amount": "sum"})
    deals = make_deals(setting, population, orders, sales.cycle)
    deciding = units.strength[:, DECIDER] + 0.8 * units.strength[:, BUYER]
    chance = 0.5 * setting.streams("deal contacts").random(len(deciding))
    closed = pd.Series(setting.calendar.date(deals["closed"]), index=deals.index)
    return deals.assign(
        person=units.best(deciding + chance)[deals["customer"]],
        deal_id=setting.keys("D", range(len(deals))),
        opened_on=setting.calendar.date(deals["opened"]),
        closed_on=closed.where(deals["closed"] >= 0),
    )


def _subscriptions(setting, subscriptions):
    calendar = setting.calendar
    known = subscriptions[subscriptions["start"] <= calendar.last]
    known = known.sort_values(["start", "customer"], ignore_index=True)
    ended = known["end"] <= calendar.last
    last_day = pd.Series(calendar.date(known["end"].where(ended, 1) - 1), index=known.index)
    return known.assign(
        subscription_id=setting.keys("B", range(len(known))),
        monthly_price=known["seats"] * known["seat_price"],
        started_on=calendar.date(known["start"]),
        ended_on=last_day.where(ended),
        end_reason=known["end_reason"].where(ended),
    )
