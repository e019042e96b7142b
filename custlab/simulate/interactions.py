# ruff: noqa: E501 - tables of data are read by row
"""Who did what, when, where: the traces from which roles can be read, with noise.

Every purchase is a journey: need, search, evaluate, decide, purchase, use, service. Each person
of the unit leaves events that fit the roles they play, a share of events fits another role
(everybody reads a review now and then), and some people leave next to no trace.
"""

import numpy as np
import pandas as pd

from .people import CHILD
from .streams import pick

# action: stage, channels that fit, weight by role (decider user influencer buyer gatekeeper
# initiator), kinds: H = households, O = organisations.
ACTIONS = (
    ("states need", "need", ("store", "phone", "website", "visit"), (0.3, 0.5, 0.1, 0.05, 0.0, 5.0), "HO"),
    ("asks for information", "need", ("website", "phone", "email"), (0.25, 0.2, 0.2, 0.25, 0.5, 1.0), "HO"),
    ("reads reviews", "search", ("website", "app", "social"), (0.4, 0.4, 2.6, 0.3, 0.1, 0.3), "HO"),
    ("views product page", "search", ("website", "app"), (0.35, 0.3, 0.35, 0.35, 0.2, 0.4), "HO"),
    ("shares link", "search", ("social", "app", "email"), (0.05, 0.15, 2.0, 0.1, 0.3, 0.3), "HO"),
    ("compares models", "evaluate", ("store", "website", "app"), (1.8, 0.2, 0.9, 0.2, 0.1, 0.2), "HO"),
    ("tries demo", "evaluate", ("store", "website", "visit"), (0.2, 1.5, 0.35, 0.05, 0.0, 0.2), "HO"),
    ("recommends", "evaluate", ("social", "store", "visit", "email"), (0.1, 0.2, 3.0, 0.05, 0.1, 0.2), "HO"),
    ("requests quote", "evaluate", ("phone", "email", "website", "store"), (0.2, 0.05, 0.05, 2.6, 0.4, 0.05), "HO"),
    ("negotiates price", "decide", ("store", "phone", "visit", "email"), (1.6, 0.0, 0.05, 0.55, 0.1, 0.0), "HO"),
    ("chooses model", "decide", ("store", "app", "website", "visit"), (3.4, 0.2, 0.15, 0.15, 0.0, 0.1), "HO"),
    ("approves budget", "decide", ("email", "visit", "phone"), (2.8, 0.0, 0.05, 0.1, 0.05, 0.0), "O"),
    ("agrees to price", "decide", ("app", "store", "phone"), (2.0, 0.05, 0.05, 0.25, 0.0, 0.0), "H"),
    ("signs contract", "decide", ("visit", "email"), (2.0, 0.0, 0.0, 0.4, 0.0, 0.0), "O"),
    ("places order", "purchase", ("website", "app", "phone"), (0.2, 0.05, 0.0, 2.8, 0.0, 0.0), "HO"),
    ("pays", "purchase", ("app", "website", "store"), (0.25, 0.05, 0.0, 2.6, 0.0, 0.0), "HO"),
    ("tracks delivery", "purchase", ("app", "phone", "website"), (0.05, 0.3, 0.05, 1.8, 0.2, 0.1), "HO"),
    ("installs", "use", ("service", "app"), (0.05, 1.8, 0.1, 0.1, 0.0, 0.1), "HO"),
    ("uses feature", "use", ("app", "website"), (0.2, 4.2, 0.2, 0.1, 0.05, 0.3), "HO"),
    ("rates product", "use", ("app", "website", "social"), (0.05, 1.4, 0.25, 0.05, 0.0, 0.1), "HO"),
    ("asks for help", "service", ("phone", "service", "app"), (0.05, 1.5, 0.05, 0.2, 0.1, 0.1), "HO"),
    ("reports fault", "service", ("phone", "service"), (0.05, 1.4, 0.05, 0.25, 0.1, 0.1), "HO"),
    ("complains", "service", ("phone", "service", "social"), (0.15, 0.8, 0.2, 0.3, 0.1, 0.0), "HO"),
    ("forwards information", "search", ("email", "phone"), (0.05, 0.05, 0.15, 0.15, 3.6, 0.1), "HO"),
    ("screens supplier", "evaluate", ("email", "phone", "visit"), (0.1, 0.0, 0.1, 0.3, 3.0, 0.0), "O"),
)  # fmt: skip
NAMES = np.array([a[0] for a in ACTIONS], dtype=object)
STAGES = np.array([a[1] for a in ACTIONS], dtype=object)
BY_ROLE = np.array([a[3] for a in ACTIONS]).T  # role x action

# When a stage happens: as shares of the buying cycle before the order, or days after it.
BEFORE = {"need": (-1.0, -0.75), "search": (-0.85, -0.35), "evaluate": (-0.55, -0.1),
          "decide": (-0.18, 0.0)}  # fmt: skip
AFTER = {"purchase": (0, 4), "use": (3, 150), "service": (6, 260)}
CONTACTS_PER_ORDER = 0.45  # service contacts per recorded journey and unit of proneness
MOST_CONTACTS = 25.0
CHANNEL_WORDS = ("store", "website", "app", "phone", "email", "social", "visit", "service")
# What the firm's own channels make of the trade's: where an order came in, as an interaction.
ORDER_CHANNEL = {"dealer": "store", "live stream": "app", "mini-program": "app"}


def make_journeys(spec, streams, calendar, customers, orders, cycle):
    """List purchase journeys: most orders have one on record, and some lead to no order.

    Parameters
    ----------
    orders : DataFrame
        order, customer, day (elective and first orders).

    Returns
    -------
    DataFrame
        customer, day, cycle (days), order (-1 where nothing was bought).
    """
    rng = streams("journeys")
    first = ~orders.duplicated("customer")
    seen = first | (rng.random(len(orders)) < spec.journeys_per_order)
    bought = orders.loc[seen, ["customer", "day", "order"]]
    length = cycle[bought["customer"]] * np.where(bought.duplicated("customer"), 0.6, 1.0)
    bought = bought.assign(cycle=length, first=~bought.duplicated("customer"))

    since = customers["customer_since"].to_numpy()
    no_order = ~np.isin(np.arange(len(customers)), orders["customer"])
    rows = np.flatnonzero(no_order | (rng.random(len(customers)) < 0.2))
    later = np.floor(rng.random(len(rows)) ** 1.5 * (calendar.last - since[rows])).astype(int)
    idle = pd.DataFrame(
        {"customer": rows, "day": since[rows] + later, "order": -1,
         "cycle": cycle[rows] * 0.8, "first": no_order[rows]}
    )  # fmt: skip
    return pd.concat([bought, idle], ignore_index=True)


def choose_buyers(streams, people, strength, orders):
    """Choose who places each order: mostly the unit's main buyer, sometimes somebody else.

    Returns
    -------
    array of int
        Row number in `people` for each order.
    """
    rng = streams("who orders")
    unit = people["customer"].to_numpy()
    buyer = strength[:, 3] + 1e-6
    grown = (people["true_age"] >= 14).to_numpy()
    order = np.lexsort((-buyer, unit))
    start = np.searchsorted(unit[order], np.arange(unit.max() + 2))
    size = np.diff(start)
    customer = orders["customer"].to_numpy()
    stranger = start[customer] + np.floor(rng.random(len(orders)) * size[customer]).astype(int)
    chosen = order[np.where(rng.random(len(orders)) < 0.88, start[customer], stranger)]
    return np.where(grown[chosen], chosen, order[start[customer]])


def make_interactions(
    spec, streams, calendar, customers, latent, people, strength, journeys, renewals, cut
):
    """Draw the events of all journeys.

    Parameters
    ----------
    strength : array of shape (people, 6)
        How a person's events divide over the roles.
    renewals : DataFrame
        customer, day, order of renewals: no journey, but more time in which to need service.
    cut : int
        Last day of the observation window.

    Returns
    -------
    DataFrame
        customer, person (row numbers), minute (since the window's start), channel, stage,
        action, order (-1 = none).
    """
    rng = streams("interactions")
    unit = people["customer"].to_numpy()
    activity = np.where(rng.random(len(people)) < 0.06, 0.05, rng.gamma(8.0, 1 / 8, len(people)))
    activity = activity * np.where(people["true_age"] < 8, 0.3, 1.0)
    journeys = journeys.reset_index(drop=True).rename_axis("journey").reset_index()
    pairs = journeys.merge(
        pd.DataFrame({"customer": unit, "person": np.arange(len(people))}), on="customer"
    )
    pairs = pairs.sort_values(["journey", "person"], kind="stable", ignore_index=True)
    mean = spec.events * np.where(pairs["first"], 1.0, spec.later_events)
    events = rng.poisson(mean * activity[pairs["person"]])
    events = pairs.loc[pairs.index.repeat(events)].reset_index(drop=True)
    role = pick(rng, strength[events["person"]])
    stray = rng.random(len(events)) < spec.noise
    child = (people["true_age"] < CHILD).to_numpy()[events["person"]]
    other = np.where(child, rng.integers(1, 3, len(events)), rng.integers(0, 4, len(events)))
    role = np.where(stray, other, role)
    home = (customers["kind"] == "household").to_numpy()[events["customer"]]
    events["action_row"] = _choose_actions(rng, role, home, events["order"].to_numpy() >= 0)
    events = pd.concat(
        [events, _service_events(spec, rng, latent, people, strength, journeys, renewals)],
        ignore_index=True,
    )
    home = (customers["kind"] == "household").to_numpy()[events["customer"]]
    events["day"] = _when(rng, events)
    events["channel"] = _where(rng, spec, events["action_row"].to_numpy(), home)
    events["stage"] = STAGES[events["action_row"]]
    events["action"] = NAMES[events["action_row"]]
    since = customers["customer_since"].to_numpy()[events["customer"]]
    events["day"] = np.maximum(events["day"], since)
    events = events[events["day"] <= cut]
    return _stamp(rng, events, (customers["kind"] == "household").to_numpy())


def _choose_actions(rng, role, home, bought):
    """Draw an action that fits the role; without an order nothing is paid, used or serviced."""
    allowed_home = np.array(["H" in a[4] for a in ACTIONS])
    allowed_firm = np.array(["O" in a[4] for a in ACTIONS])
    needs_order = np.isin(STAGES, ("purchase", "use", "service")) | (NAMES == "signs contract")
    weight = BY_ROLE[role] * np.where(home[:, None], allowed_home, allowed_firm)
    weight = np.where(~bought[:, None] & needs_order, 0.0, weight)
    return pick(rng, weight + 1e-9 * (weight.sum(axis=1, keepdims=True) == 0))


def _service_events(spec, rng, latent, people, strength, journeys, renewals):
    """Add service contacts: a few customers call again and again."""
    bought = pd.concat([journeys[journeys["order"] >= 0], renewals.assign(cycle=1)])
    prone = latent["service"].to_numpy()[bought["customer"]]
    calls = rng.poisson(
        CONTACTS_PER_ORDER * np.minimum(prone, MOST_CONTACTS) * spec.journeys_per_order
    )
    events = bought.loc[bought.index.repeat(calls)].reset_index(drop=True)
    unit = people["customer"].to_numpy()
    user = strength[:, 1] + 0.3 * strength[:, 3] + 1e-6 + 0.15 * rng.random(len(people))
    order = np.lexsort((-user, unit))
    start = np.searchsorted(unit[order], np.arange(unit.max() + 1))
    events["person"] = order[start[events["customer"]]]
    rows = np.array([list(NAMES).index(x) for x in ("asks for help", "reports fault", "complains")])
    weights = np.tile([0.5, 0.32, 0.18], (len(events), 1))
    events["action_row"] = rows[pick(rng, weights)] if len(events) else 0
    return events


def _when(rng, events):
    """Draw the day of each event from its stage."""
    stage = STAGES[events["action_row"]]
    low = np.zeros(len(events))
    high = np.zeros(len(events))
    for name, (first, last) in BEFORE.items():
        rows = stage == name
        low[rows], high[rows] = first, last
    before = np.isin(stage, list(BEFORE))
    cycle = events["cycle"].to_numpy(dtype=float)
    low, high = np.where(before, low * cycle, low), np.where(before, high * cycle, high)
    for name, (first, last) in AFTER.items():
        rows = stage == name
        low[rows], high[rows] = first, last
    return np.floor(events["day"] + low + (high - low) * rng.random(len(events))).astype(int)


def _where(rng, spec, action, home):
    """Draw a channel that fits the action; only organisations are visited or write letters."""
    open_here = np.array([float(c in spec.touchpoints) for c in CHANNEL_WORDS])
    fits = np.array([[float(c in a[2]) for c in CHANNEL_WORDS] for a in ACTIONS]) * open_here
    weight = fits[action] + 0.001 * open_here
    office = np.isin(CHANNEL_WORDS, ("visit", "email"))
    shop = np.isin(CHANNEL_WORDS, ("store", "app", "social"))
    weight = weight * np.where(home[:, None], np.where(office, 0.05, 1), np.where(shop, 0.3, 1))
    return np.array(CHANNEL_WORDS, dtype=object)[pick(rng, weight)]


def _stamp(rng, events, home):
    """Draw the time of day (office hours for organisations) and sort."""
    at_home = home[events["customer"]]
    evening = np.clip(rng.normal(19.5, 2.6, len(events)), 7, 23.9)
    office = np.clip(rng.normal(13.5, 2.6, len(events)), 8, 18.4)
    hour = np.where(at_home, evening, office)
    events = events.assign(minute=events["day"] * 1440 + np.floor(hour * 60).astype(int))
    columns = ["customer", "person", "minute", "channel", "stage", "action", "order"]
    return events.sort_values(["minute", "customer", "person"], kind="stable")[columns]


def order_events(spec, streams, calendar, customers, orders, cut):
    """Add "places order" and "pays" events for the orders that were tracked.

    Parameters
    ----------
    orders : DataFrame
        order, customer, person, day, channel.
    """
    rng = streams("order events")
    tracked = orders[orders["day"] <= cut]
    tracked = tracked[rng.random(len(tracked)) < spec.tracked]
    home = (customers["kind"] == "household").to_numpy()
    channel = tracked["channel"].replace(ORDER_CHANNEL)
    places = tracked.assign(stage="purchase", action="places order", channel=channel)
    pays = places.assign(action="pays")[rng.random(len(places)) < 0.45]
    return _stamp(rng, pd.concat([places, pays], ignore_index=True), home)
