"""Who the customers are: the public customer table and what the simulator knows beside it."""

import numpy as np
import pandas as pd

from .places import REGIONS, draw_places
from .spec import EDUCATION, INCOME_BANDS, LIFESTYLES, NEEDS
from .streams import pick

ACQUISITION_COST = {  # CNY for one registered customer: median by channel
    "social media": 45, "search ads": 80, "marketplace": 60, "store": 35, "referral": 25,
    "dealer": 70, "television": 120, "sales visit": 420, "sales call": 90, "trade fair": 520,
    "tender": 900, "friend's invitation": 15, "app store": 30, "content": 40, "reseller": 200,
}  # fmt: skip
ONLY_PUBLIC = ("administration", "public housing", "community office")
PUBLIC = (*ONLY_PUBLIC, "school", "hospital", "clinic")  # schools and clinics may be private too
CASE_COST_LEVEL = {"appliances": 1.0, "ecommerce": 0.45, "software": 1.6}
HOUSEHOLD_SIZE = {
    "single": (1, 0.08), "couple": (2, 0.05), "young family": (3, 0.6),
    "family with teenagers": (3, 0.7), "empty nest": (2, 0.3), "retired": (2, 0.4),
}  # fmt: skip


def per_segment(spec, segment, attribute):
    """Spread an attribute of the segments over the customers."""
    values = np.array([getattr(s, attribute) for s in spec.segments])
    return values[segment]


def draw_by_segment(rng, spec, segment, attribute):
    """Draw a category for each customer from its segment's dict of weights."""
    options = list(dict.fromkeys(key for s in spec.segments for key in getattr(s, attribute)))
    table = np.array([[getattr(s, attribute).get(o, 0.0) for o in options] for s in spec.segments])
    table[table.sum(axis=1) == 0, 0] = 1.0
    return np.array(options, dtype=object)[pick(rng, table[segment])]


def make_population(spec, streams, calendar, n):
    """Draw the customers.

    Returns
    -------
    customers : DataFrame
        One row per customer; the columns that learners see (ids as numbers for now).
    latent : DataFrame
        What no file holds: segment, rates, dropout, tastes.
    """
    rng = streams("population")
    segment = pick(rng, np.tile([s.share for s in spec.segments], (n, 1)))
    customers = pd.DataFrame({"kind": draw_by_segment(rng, spec, segment, "kinds")})
    customers["customer_since"] = np.sort(_draw_since(rng, spec, calendar, n))
    home = (customers["kind"] == "household").to_numpy()
    kinds = customers["kind"].to_numpy()

    def basis():
        return blurred(rng, spec, segment, kinds)

    lean = np.array([[s.regions.get(r, 1.0) for r in REGIONS] for s in spec.segments])
    tiers = np.array([s.tiers for s in spec.segments])
    living = basis()
    for name, values in draw_places(rng, tiers[living], lean[living]).items():
        customers[name] = values
    customers["acquisition_channel"] = draw_by_segment(rng, spec, basis(), "acquisition")
    customers["acquisition_cost"] = _draw_cost(rng, spec, customers)
    _add_person(rng, spec, customers, basis(), home)
    _add_organisation(rng, spec, customers, basis(), home)
    consent = 0.80 - 0.10 * home - 0.05 * (customers["city_tier"] == 1)
    customers["marketing_consent"] = rng.random(n) < consent
    return customers, _make_latent(spec, streams, customers, segment)


def blurred(rng, spec, segment, kinds):
    """Let some customers follow another segment of their kind on one basis.

    Nobody is typical in every respect: a student may live in a small town, a family may buy as
    bargain hunters do. Drawn anew for each basis.
    """
    other = np.empty(len(segment), dtype=int)
    for kind in np.unique(kinds):
        rows = kinds == kind
        weights = [s.share * s.kinds.get(kind, 0.0) for s in spec.segments]
        other[rows] = pick(rng, np.tile(weights, (rows.sum(), 1)))
    return np.where(rng.random(len(segment)) < spec.blur, other, segment)


def _draw_since(rng, spec, calendar, n):
    """Draw day of first contact: the yearly intake grows; festivals bring more."""
    days = np.arange(calendar.last + 1)
    intake = np.exp(np.log1p(spec.growth) * days / 365)
    intake = intake * np.where(calendar.festival[: calendar.last + 1], 1.8, 1.0)
    ladder = np.cumsum(intake) / intake.sum()
    return np.searchsorted(ladder, rng.random(n))


def _draw_cost(rng, spec, customers):
    median = customers["acquisition_channel"].map(ACQUISITION_COST).to_numpy(dtype=float)
    median = median * CASE_COST_LEVEL[spec.name]
    return np.round(median * np.exp(rng.normal(0, 0.45, len(customers))), 2)


def _add_person(rng, spec, customers, segment, home):
    """Add what is known about the main person of a household."""
    n = len(customers)
    age = per_segment(spec, segment, "age")
    age = np.clip(np.round(rng.normal(age[:, 0], age[:, 1])), 18, 84)
    stage = draw_by_segment(rng, spec, segment, "life_stages")
    stage = np.where((stage == "retired") & (age < 56), "empty nest", stage)
    stage = np.where((stage == "young family") & (age > 50), "family with teenagers", stage)
    income = pick(rng, np.array([s.income for s in spec.segments])[segment])
    study = np.clip(
        np.round(rng.normal(0.9 + 0.45 * (income - 1) - 0.02 * (age - 35), 0.75)), 0, 3
    ).astype(int)
    base, extra = np.array([HOUSEHOLD_SIZE.get(s, (0, 0)) for s in stage], dtype=float).T
    size = base + rng.poisson(extra)
    occupation = draw_by_segment(rng, spec, segment, "occupations")
    occupation = np.where((occupation == "retired") & (age < 52), "mid-career", occupation)
    occupation = np.where((occupation == "student") & (age > 30), "newcomer", occupation)
    occupation = np.where((occupation == "newcomer") & (age > 36), "mid-career", occupation)
    occupation = np.where((occupation == "mid-career") & (age < 26), "newcomer", occupation)
    gender = np.where(rng.random(n) < 0.54, "female", "male")

    # Missing not at random: the well-off and the poor give their income less often.
    silent = rng.random(n) < np.array([0.16, 0.07, 0.06, 0.13, 0.28])[income]
    customers["age"] = pd.array(np.where(home, age, np.nan), dtype="Int64")
    customers["gender"] = np.where(home, gender, None)
    customers["income_band"] = np.where(
        home & ~silent, np.array(INCOME_BANDS, dtype=object)[income], None
    )
    known = home & (rng.random(n) > 0.05 + 0.10 * (age > 55))
    customers["education"] = np.where(known, np.array(EDUCATION, dtype=object)[study], None)
    customers["household_size"] = pd.array(np.where(home, size, np.nan), dtype="Int64")
    customers["life_stage"] = np.where(home, stage, None)
    customers["occupation"] = np.where(home, occupation, None)
    customers.attrs["income"] = income


def _add_organisation(rng, spec, customers, segment, home):
    """Add what is known about an organisation."""
    median, spread = per_segment(spec, segment, "employees").T
    people = np.round(median * np.exp(spread * rng.normal(size=len(customers))))
    public = (customers["kind"] == "government").to_numpy()
    people = np.maximum(np.where(public, 8, 2), people)
    options = sorted({name for s in spec.segments for name in s.industries})
    weight = np.array([[s.industries.get(o, 0.0) for o in options] for s in spec.segments])
    fits = np.where(public[:, None], np.isin(options, PUBLIC), ~np.isin(options, ONLY_PUBLIC))
    chance = weight[segment] * fits + 1e-9 * fits
    industry = np.array(options, dtype=object)[pick(rng, chance)]
    customers["industry"] = np.where(home, None, industry)
    customers["employees"] = pd.array(np.where(home, np.nan, people), dtype="Int64")


def _make_latent(spec, streams, customers, segment):
    """Draw what drives behaviour and never reaches a file."""
    rng = streams("latent")
    n = len(customers)
    home = (customers["kind"] == "household").to_numpy()
    income = np.where(home, customers.attrs.pop("income"), 2)
    size = np.log(customers["employees"].astype("Float64").fillna(60).to_numpy(float) / 60)
    pleased = rng.normal(0, 1, n)
    rate = per_segment(spec, segment, "orders_per_year")
    rate = rate * rng.gamma(spec.rate_shape, 1 / spec.rate_shape, n)
    rate = rate * np.exp(0.12 * (income - 2) * home + 0.15 * size * ~home)
    dropout = per_segment(spec, segment, "dropout")
    weight = 6.0  # beta(a, b) with a + b = 6 before satisfaction moves it
    a = rng.gamma(weight * dropout * np.exp(-0.55 * pleased))
    b = rng.gamma(weight * (1 - dropout))
    kinds = customers["kind"].to_numpy()
    taste = per_segment(spec, blurred(rng, spec, segment, kinds), "taste")
    taste = taste + rng.normal(0, spec.spend_sd, n)
    bulk = per_segment(spec, segment, "bulk") + np.where(
        home, 0, 0.35 * size + rng.normal(0, spec.bulk_sd, n)
    )
    minded = blurred(rng, spec, segment, kinds)
    needs = np.array([s.needs for s in spec.segments])[minded]
    lifestyle = np.array([s.lifestyle for s in spec.segments])[minded]
    difficult = rng.random(n) < spec.difficult
    own = rng.normal(0, spec.spread, (n, len(NEEDS) + len(LIFESTYLES)))
    latent = pd.DataFrame(
        {
            "segment": segment,
            "basket": blurred(rng, spec, segment, kinds),
            "habit": blurred(rng, spec, segment, kinds),
            "income": income,
            "pleased": pleased,
            "rate": rate,
            "dropout": np.clip(a / (a + b), 0.002, 0.9),
            "taste": taste + 0.15 * (income - 2),
            "bulk": bulk,
            "discount": np.clip(
                per_segment(spec, segment, "discount") * rng.gamma(1.6, 1 / 1.6, n)
                + difficult * rng.uniform(*spec.difficult_discount, n),
                0,
                spec.difficult_discount[1] + 0.17,
            ),
            "returns": per_segment(spec, segment, "returns")
            * rng.gamma(0.8, 1 / 0.8, n)
            * np.where(difficult, 3.5, 0.85),
            "service": per_segment(spec, segment, "service")
            * rng.gamma(0.7, 1 / 0.7, n)
            * np.where(difficult, spec.difficult_calls, 0.85)
            * np.exp(0.3 * size * ~home),
        }
    )
    items = [f"need_{x}" for x in NEEDS] + [f"lifestyle_{x}" for x in LIFESTYLES]
    attitude = pd.DataFrame(np.hstack([needs, lifestyle]) + own, columns=items)
    return pd.concat([latent, attitude], axis=1)
