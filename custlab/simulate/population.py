"""Who the customers are: the public customer table and what the simulator knows beside it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .market import MARKET, TOWNS
from .streams import pick


@dataclass(frozen=True)
class Population:
    """The customers of a simulation, one row each in every part, ids as row numbers."""

    customers: pd.DataFrame  # the columns that learners see
    latent: pd.DataFrame  # what no file holds: segment, rates, dropout, tastes
    kind: np.ndarray
    home: np.ndarray  # True for households

    def __len__(self):
        return len(self.kind)


def draw_by_segment(rng, firm, segment, attribute):
    """Draw a category for each customer from its segment's dict of weights."""
    options = list(dict.fromkeys(key for s in firm.segments for key in getattr(s, attribute)))
    table = firm.weights(attribute, options)
    table[table.sum(axis=1) == 0, 0] = 1.0
    return np.array(options, dtype=object)[pick(rng, table[segment])]


def make_population(setting, n):
    """Draw the customers and what drives them.

    Returns
    -------
    Population
    """
    firm, rng = setting.firm, setting.streams("population")
    segment = pick(rng, np.tile(firm.by_segment("share"), (n, 1)))
    kind = draw_by_segment(rng, firm, segment, "kinds")
    home = kind == "household"
    customers = pd.DataFrame({"kind": kind})
    customers["customer_since"] = np.sort(_draw_since(rng, setting, n))
    _add_place(rng, firm, customers, blurred(rng, firm, segment, kind))
    channel = draw_by_segment(rng, firm, blurred(rng, firm, segment, kind), "acquisition")
    customers["acquisition_channel"] = channel
    cost = customers["acquisition_channel"].map(MARKET["acquisition_cost"]).to_numpy(dtype=float)
    cost = cost * firm.acquisition_cost_level * np.exp(rng.normal(0, 0.45, n))
    customers["acquisition_cost"] = np.round(cost, 2)
    income = _add_person(rng, firm, customers, blurred(rng, firm, segment, kind), home)
    _add_organisation(rng, firm, customers, blurred(rng, firm, segment, kind), home)
    consent = 0.80 - 0.10 * home - 0.05 * (customers["city_tier"] == 1)
    customers["marketing_consent"] = rng.random(n) < consent
    latent = _make_latent(setting, customers, segment, np.where(home, income, 2))
    return Population(customers, latent, kind, home)


def blurred(rng, firm, segment, kinds):
    """Let some customers follow another segment of their kind on one basis.

    Nobody is typical in every respect: a student may live in a small town, a family may buy as
    bargain hunters do. Drawn anew for each basis.
    """
    other = np.empty(len(segment), dtype=int)
    for kind in np.unique(kinds):
        rows = kinds == kind
        weights = [s.share * s.kinds.get(kind, 0.0) for s in firm.segments]
        other[rows] = pick(rng, np.tile(weights, (rows.sum(), 1)))
    return np.where(rng.random(len(segment)) < firm.blur, other, segment)


def _draw_since(rng, setting, n):
    """Draw day of first contact: the yearly intake grows; festivals bring more."""
    days = np.arange(setting.calendar.last + 1)
    intake = np.exp(np.log1p(setting.firm.growth) * days / 365)
    intake = intake * np.where(setting.calendar.festival[days], 1.8, 1.0)
    ladder = np.cumsum(intake) / intake.sum()
    return np.searchsorted(ladder, rng.random(n))


def _add_place(rng, firm, customers, segment):
    """Draw a city for each customer from its segment's tier shares and regional lean."""
    tier, size = TOWNS["tier"].to_numpy(), TOWNS["weight"].to_numpy()
    within_tier = size / np.bincount(tier, weights=size)[tier]
    tier_share = firm.by_segment("tiers")[:, tier - 1]
    lean = firm.weights("regions", TOWNS["region"], absent=1.0)
    towns = TOWNS.iloc[pick(rng, (tier_share * within_tier * lean)[segment])]
    for column in ("region", "province", "city"):
        customers[column] = towns[column].to_numpy(dtype=object)
    customers["city_tier"] = towns["tier"].to_numpy()


def _add_person(rng, firm, customers, segment, home):
    """Add what is known about the main person of a household; return everybody's income band."""
    n = len(customers)
    mean, spread = firm.by_segment("age")[segment].T
    age = np.clip(np.round(rng.normal(mean, spread)), 18, 84)
    stage = draw_by_segment(rng, firm, segment, "life_stages")
    stage = np.where((stage == "retired") & (age < 56), "empty nest", stage)
    stage = np.where((stage == "young family") & (age > 50), "family with teenagers", stage)
    income = pick(rng, firm.by_segment("income")[segment])
    study = rng.normal(0.9 + 0.45 * (income - 1) - 0.02 * (age - 35), 0.75)
    study = np.clip(np.round(study), 0, 3).astype(int)
    least, more = np.array([MARKET["household_size"].get(s, (0, 0)) for s in stage], dtype=float).T
    size = least + rng.poisson(more)
    occupation = draw_by_segment(rng, firm, segment, "occupations")
    occupation = np.where((occupation == "retired") & (age < 52), "mid-career", occupation)
    occupation = np.where((occupation == "student") & (age > 30), "newcomer", occupation)
    occupation = np.where((occupation == "newcomer") & (age > 36), "mid-career", occupation)
    occupation = np.where((occupation == "mid-career") & (age < 26), "newcomer", occupation)
    gender = np.where(rng.random(n) < 0.54, "female", "male")
    # Missing not at random: the well-off and the poor give their income less often.
    silent = rng.random(n) < np.array([0.16, 0.07, 0.06, 0.13, 0.28])[income]
    unknown = rng.random(n) <= 0.05 + 0.10 * (age > 55)

    bands = np.array(firm.allowed("customers", "income_band"), dtype=object)
    studies = np.array(firm.allowed("customers", "education"), dtype=object)
    customers["age"] = pd.array(np.where(home, age, np.nan), dtype="Int64")
    customers["gender"] = np.where(home, gender, None)
    customers["income_band"] = np.where(home & ~silent, bands[income], None)
    customers["education"] = np.where(home & ~unknown, studies[study], None)
    customers["household_size"] = pd.array(np.where(home, size, np.nan), dtype="Int64")
    customers["life_stage"] = np.where(home, stage, None)
    customers["occupation"] = np.where(home, occupation, None)
    return income


def _add_organisation(rng, firm, customers, segment, home):
    """Add what is known about an organisation."""
    median, spread = firm.by_segment("employees")[segment].T
    people = np.round(median * np.exp(spread * rng.normal(size=len(customers))))
    public = (customers["kind"] == "government").to_numpy()
    people = np.maximum(np.where(public, 8, 2), people)
    options = firm.named_by_segments("industries")
    only_public = np.isin(options, MARKET["public_industries"])
    may_be_public = only_public | np.isin(options, MARKET["mixed_industries"])
    fits = np.where(public[:, None], may_be_public, ~only_public)
    chance = firm.weights("industries", options)[segment] * fits + 1e-9 * fits
    industry = np.array(options, dtype=object)[pick(rng, chance)]
    customers["industry"] = np.where(home, None, industry)
    customers["employees"] = pd.array(np.where(home, np.nan, people), dtype="Int64")


def _make_latent(setting, customers, segment, income):
    """Draw what drives behaviour and never reaches a file."""
    firm, rng = setting.firm, setting.streams("latent")
    n = len(customers)
    kinds = customers["kind"].to_numpy()
    home = kinds == "household"

    def of_segment(attribute):
        return firm.by_segment(attribute)[segment]

    def basis():
        return blurred(rng, firm, segment, kinds)

    size = np.log(customers["employees"].astype("Float64").fillna(60).to_numpy(float) / 60)
    pleased = rng.normal(0, 1, n)
    rate = of_segment("orders_per_year") * rng.gamma(firm.rate_shape, 1 / firm.rate_shape, n)
    rate = rate * np.exp(0.12 * (income - 2) * home + 0.15 * size * ~home)
    weight = 6.0  # beta(a, b) with a + b = 6 before satisfaction moves it
    leaves = rng.gamma(weight * of_segment("dropout") * np.exp(-0.55 * pleased))
    stays = rng.gamma(weight * (1 - of_segment("dropout")))
    taste = firm.by_segment("taste")[basis()] + rng.normal(0, firm.spend_sd, n)
    bulk = np.where(home, 0, 0.35 * size + rng.normal(0, firm.bulk_sd, n))
    minded = basis()
    difficult = rng.random(n) < firm.difficult
    items = firm.attitude_items
    attitude = np.hstack([firm.by_segment("needs"), firm.by_segment("lifestyle")])[minded]
    attitude = attitude + rng.normal(0, firm.spread, (n, len(items)))
    latent = {
        "segment": segment,
        "basket": basis(),
        "habit": basis(),
        "pleased": pleased,
        "rate": rate,
        "dropout": np.clip(leaves / (leaves + stays), 0.002, 0.9),
        "taste": taste + 0.15 * (income - 2),
        "bulk": of_segment("bulk") + bulk,
    }
    least, most = firm.difficult_discount
    discount = of_segment("discount") * rng.gamma(1.6, 1 / 1.6, n)
    discount = discount + difficult * rng.uniform(least, most, n)
    latent["discount"] = np.clip(discount, 0, most + 0.17)
    returns = of_segment("returns") * rng.gamma(0.8, 1 / 0.8, n)
    latent["returns"] = returns * np.where(difficult, 3.5, 0.85)
    service = of_segment("service") * rng.gamma(0.7, 1 / 0.7, n)
    service = service * np.where(difficult, firm.difficult_calls, 0.85)
    latent["service"] = service * np.exp(0.3 * size * ~home)
    return pd.concat([pd.DataFrame(latent), pd.DataFrame(attitude, columns=items)], axis=1)
