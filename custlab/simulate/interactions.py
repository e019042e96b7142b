"""Who did what, when, where: the traces from which roles can be read, with noise.

Every purchase is a journey: need, search, evaluate, decide, purchase, use, service. Each person
of the unit leaves events that fit the roles they play, a share of events fits another role
(everybody reads a review now and then), and some people leave next to no trace.
"""

import numpy as np
import pandas as pd

from .market import ACTIONS, MARKET
from .people import BUYER, CHILD, INFLUENCER, USER, ranked
from .streams import pick

NAMES = ACTIONS["action"].to_numpy(dtype=object)
STAGES = ACTIONS["stage"].to_numpy(dtype=object)
BY_ROLE = np.array(ACTIONS["by_role"].tolist()).T  # role x action
SERVICE_CALLS = {"asks for help": 0.5, "reports fault": 0.32, "complains": 0.18}
CONTACTS_PER_ORDER = 0.45  # service contacts per recorded journey and unit of proneness
MOST_CONTACTS = 25.0


def choose_buyers(setting, units, orders):
    """Choose who places each order: mostly the unit's main buyer, sometimes somebody else.

    Returns
    -------
    array of int
        Row number in `people` for each order.
    """
    rng = setting.streams("who orders")
    customer, unit = orders["customer"].to_numpy(), units.unit
    by_buying = ranked(units.strength[:, BUYER], unit)
    start = np.searchsorted(unit, customer)
    size = np.searchsorted(unit, customer, side="right") - start
    main = by_buying[start]
    stranger = by_buying[start + np.floor(rng.random(len(customer)) * size).astype(int)]
    chosen = np.where(rng.random(len(customer)) < 0.88, main, stranger)
    return np.where(units.younger_than(14)[chosen], main, chosen)


def make_interactions(setting, population, units, sales):
    """Draw all events of the observation window.

    Returns
    -------
    DataFrame
        customer, person (row numbers), minute (since the window's start), channel, stage,
        action, order (-1 = none), sorted by time.
    """
    journeys = _make_journeys(setting, population, sales)
    parts = [
        _journey_events(setting, population, units, journeys, _paid_in_advance(sales)),
        _order_events(setting, population, sales),
    ]
    events = pd.concat(parts, ignore_index=True)
    events = events.drop_duplicates(["customer", "person", "minute", "action"])
    last_order = sales.until(setting.calendar.last)["order"].max()
    events["order"] = events["order"].where(events["order"] <= last_order, -1)
    return events.sort_values(["minute", "customer", "person"], kind="stable")


def _make_journeys(setting, population, sales):
    """List purchase journeys: most orders have one on record, and some lead to no order.

    Returns
    -------
    DataFrame
        journey, customer, day, cycle (days), order (-1 where nothing was bought), first.
    """
    rng = setting.streams("journeys")
    cycle, orders = sales.cycle, sales.elective()[["customer", "day", "order"]]
    first = ~orders.duplicated("customer")
    seen = first | (rng.random(len(orders)) < setting.firm.journeys_per_order)
    bought = orders[seen]
    first = ~bought.duplicated("customer")
    length = cycle[bought["customer"]] * np.where(first, 1.0, 0.6)
    bought = bought.assign(cycle=length, first=first)

    n = len(population)
    no_order = ~np.isin(np.arange(n), orders["customer"])
    rows = np.flatnonzero(no_order | (rng.random(n) < 0.2))
    since = population.customers["customer_since"].to_numpy()[rows]
    later = np.floor(rng.random(len(rows)) ** 1.5 * (setting.calendar.last - since)).astype(int)
    idle = pd.DataFrame({"customer": rows, "day": since + later, "order": -1})
    idle = idle.assign(cycle=cycle[rows] * 0.8, first=no_order[rows])
    return pd.concat([bought, idle], ignore_index=True).rename_axis("journey").reset_index()


def _paid_in_advance(sales):
    """Return the renewals of plans paid by the year: a year in which service may be needed."""
    renewals = sales.lines.loc[sales.lines["renewal"], ["order", "customer", "day"]]
    if sales.subscriptions is None:
        return renewals
    yearly = sales.subscriptions.loc[sales.subscriptions["period"] == 365, "customer"]
    return renewals[renewals["customer"].isin(yearly)]


def _journey_events(setting, population, units, journeys, renewals):
    """Draw the events of all journeys, and the service contacts after them and after renewals."""
    firm, rng = setting.firm, setting.streams("interactions")
    n = len(units.people)
    activity = np.where(rng.random(n) < 0.06, 0.05, rng.gamma(8.0, 1 / 8, n))
    activity = activity * np.where(units.younger_than(8), 0.3, 1.0)
    people = pd.DataFrame({"customer": units.unit, "person": np.arange(n)})
    pairs = journeys.merge(people, on="customer")
    pairs = pairs.sort_values(["journey", "person"], kind="stable", ignore_index=True)
    mean = firm.events * np.where(pairs["first"], 1.0, firm.later_events)
    count = rng.poisson(mean * activity[pairs["person"]])
    events = pairs.loc[pairs.index.repeat(count)].reset_index(drop=True)
    role = _choose_roles(rng, firm, units, events["person"])
    home = population.home[events["customer"]]
    events["deed"] = _choose_actions(rng, role, home, (events["order"] >= 0).to_numpy())
    calls = _service_events(rng, setting, population, units, journeys, renewals)
    events = pd.concat([events, calls], ignore_index=True)
    events["day"] = _when(rng, events)
    events["channel"] = _where(rng, firm, population, events)
    events["stage"] = STAGES[events["deed"]]
    events["action"] = NAMES[events["deed"]]
    since = population.customers["customer_since"].to_numpy()[events["customer"]]
    events["day"] = np.maximum(events["day"], since)
    return _stamp(rng, population, events[events["day"] <= setting.calendar.last])


def _choose_roles(rng, firm, units, person):
    """Draw the role in which somebody acts; now and then it is not one of theirs."""
    role = pick(rng, units.strength[person])
    stray = rng.random(len(person)) < firm.noise
    child = units.younger_than(CHILD)[person]
    for_child = rng.integers(USER, INFLUENCER + 1, len(person))
    other = np.where(child, for_child, rng.integers(0, BUYER + 1, len(person)))
    return np.where(stray, other, role)


def _choose_actions(rng, role, home, bought):
    """Draw an action that fits the role; without an order nothing is paid, used or serviced."""
    of_homes, of_firms = (ACTIONS["kinds"].str.contains(x).to_numpy() for x in "HO")
    needs_order = np.isin(STAGES, ("purchase", "use", "service")) | (NAMES == "signs contract")
    weight = BY_ROLE[role] * np.where(home[:, None], of_homes, of_firms)
    weight = np.where(~bought[:, None] & needs_order, 0.0, weight)
    return pick(rng, weight + 1e-9 * (weight.sum(axis=1, keepdims=True) == 0))


def expected_calls(setting, population, customer):
    """Return how often customers call the service after one purchase, on average."""
    prone = np.minimum(population.latent["service"].to_numpy()[customer], MOST_CONTACTS)
    return CONTACTS_PER_ORDER * prone * setting.firm.journeys_per_order


def _service_events(rng, setting, population, units, journeys, renewals):
    """Add service contacts: a few customers call again and again."""
    bought = pd.concat([journeys[journeys["order"] >= 0], renewals.assign(cycle=1)])
    calls = rng.poisson(expected_calls(setting, population, bought["customer"]))
    events = bought.loc[bought.index.repeat(calls)].reset_index(drop=True)
    using = units.strength[:, USER] + 0.3 * units.strength[:, BUYER] + 1e-6
    caller = units.best(using + 0.15 * rng.random(len(using)))
    events["person"] = caller[events["customer"]]
    deeds = [list(NAMES).index(action) for action in SERVICE_CALLS]
    weights = np.tile(list(SERVICE_CALLS.values()), (len(events), 1))
    events["deed"] = np.array(deeds)[pick(rng, weights)]
    return events


def _when(rng, events):
    """Draw the day of each event from its stage."""
    stage = pd.Series(STAGES[events["deed"]])
    cycles = MARKET["before_order"]
    spans = cycles | MARKET["after_order"]
    low, high = (stage.map({k: span[i] for k, span in spans.items()}).to_numpy() for i in (0, 1))
    scale = np.where(stage.isin(list(cycles)), events["cycle"].to_numpy(dtype=float), 1.0)
    low, high = low * scale, high * scale
    return np.floor(events["day"] + low + (high - low) * rng.random(len(events))).astype(int)


def _where(rng, firm, population, events):
    """Draw a channel that fits the action; only organisations are visited or write letters."""
    channels = firm.allowed("interactions", "channel")
    open_here = np.isin(channels, firm.touchpoints).astype(float)
    fits = np.array([np.isin(channels, fitting) for fitting in ACTIONS["channels"]]) * open_here
    weight = fits[events["deed"]] + 0.001 * open_here
    at_home = np.where(np.isin(channels, ("visit", "email")), 0.05, 1)
    at_work = np.where(np.isin(channels, ("store", "app", "social")), 0.3, 1)
    home = population.home[events["customer"]]
    weight = weight * np.where(home[:, None], at_home, at_work)
    return np.array(channels, dtype=object)[pick(rng, weight)]


def _stamp(rng, population, events):
    """Draw the time of day (office hours for organisations) and sort."""
    evening = np.clip(rng.normal(19.5, 2.6, len(events)), 7, 23.9)
    office = np.clip(rng.normal(13.5, 2.6, len(events)), 8, 18.4)
    hour = np.where(population.home[events["customer"]], evening, office)
    events = events.assign(minute=events["day"] * 1440 + np.floor(hour * 60).astype(int))
    columns = ["customer", "person", "minute", "channel", "stage", "action", "order"]
    return events.sort_values(["minute", "customer", "person"], kind="stable")[columns]


def _order_events(setting, population, sales):
    """Add "places order" and "pays" events for the orders that were tracked."""
    rng = setting.streams("order events")
    orders = sales.elective()
    tracked = orders[orders["day"] <= setting.calendar.last]
    tracked = tracked[rng.random(len(tracked)) < setting.firm.tracked]
    channel = tracked["channel"].replace(MARKET["order_channel"])
    places = tracked.assign(stage="purchase", action="places order", channel=channel)
    pays = places.assign(action="pays")[rng.random(len(places)) < 0.45]
    return _stamp(rng, population, pd.concat([places, pays], ignore_index=True))
