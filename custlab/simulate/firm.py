"""What a firm is made of, and the loader of its file in ``firms/``: data in, dataclasses out."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from custlab.cases import check_case_name
from custlab.cases.schema import describe_tables
from custlab.errors import InputError
from custlab.i18n import _

KINDS = ("household", "enterprise", "government")
FOLDER = Path(__file__).parent / "firms"


@dataclass(frozen=True)
class Segment:
    """One planted segment: who they are, what they want, how they buy, how they react.

    Shares and weights need not add up to one; effects are differences in probability.
    """

    name: str
    share: float
    kinds: dict  # kind -> weight
    age: list  # mean and standard deviation of the main person's age
    tiers: list  # weight of city tier 1..4
    income: list  # weight of the five income bands
    life_stages: dict
    needs: dict  # mean of the eight need items, 1..7
    lifestyle: dict  # mean of the eight lifestyle items, 1..7
    lines: dict  # product line or category -> weight
    channels: dict  # order channel -> weight
    acquisition: dict  # acquisition channel -> weight
    orders_per_year: float
    dropout: float  # mean probability to stop after an order (or at a renewal)
    approach_effect: dict  # approach of the campaign for new customers -> effect
    rhythm_effect: dict  # contact rhythm of the campaign for customers -> effect
    membership_effect: dict  # approach of the membership campaign -> effect
    taste: float = 0.0  # leans to dear (+) or cheap (-) products
    bulk: float = 0.0  # adds to the log of quantity
    discount: float = 0.05  # mean share of the list price given away
    returns: float = 1.0  # multiplies the category's return rate
    service: float = 1.0  # multiplies service contacts
    occupations: dict = field(default_factory=dict)
    industries: dict = field(default_factory=dict)
    employees: tuple = (60, 1.0)  # median and log standard deviation
    regions: dict = field(default_factory=dict)  # region -> weight, 1 if absent


@dataclass(frozen=True)
class Product:
    """One article of the price list."""

    name: str
    category: str
    line: str
    list_price: float
    unit_cost: float
    launched: date
    return_rate: float
    weight: float
    summer: float = 1.0  # multiplies demand from May to August
    kinds: tuple = KINDS


@dataclass(frozen=True)
class Campaign:
    """One campaign with a randomised control group."""

    campaign_id: str
    audience: str  # new | existing
    sent_on: date
    days: int  # length of the response window
    approaches: list
    control: float  # share held back
    reach: float  # share of those who could be contacted
    cost: float  # per treated customer, CNY
    effect: str  # the attribute of Segment that holds its effect


@dataclass(frozen=True)
class Brand:
    """One brand of the market, as customers see it."""

    name: str
    awareness: float  # share of the customers who know it
    position: dict  # attribute -> mean rating, 1..7


@dataclass(frozen=True)
class Plan:
    """One plan that customers may subscribe to."""

    name: str
    product: str  # its name on the price list
    period: int  # days paid in advance


PARTS = {
    "segments": Segment,
    "products": Product,
    "campaigns": Campaign,
    "brands": Brand,
    "plans": Plan,
}


@dataclass(frozen=True)
class Firm:
    """Everything the simulator needs to know about one firm."""

    name: str
    prefix: str
    title: str
    firm: str
    description: str
    purchases: str  # how its customers buy, for the datasheet
    starts_on: date
    n_customers: int
    seed: int
    dirty_customers: int  # customers in the dirty export
    segments: list
    products: pd.DataFrame = field(repr=False)  # a row a `Product`
    campaigns: list
    brands: list  # ours first
    comments: dict  # good | bad -> topic -> three phrases
    satisfaction_levels: dict  # aspect -> mean; what matters most is not what is done best
    satisfaction_weights: dict  # aspect -> weight, planted for importance-performance analysis
    cycle_days: dict  # kind -> median days from need to order
    costs: dict  # item -> CNY
    price_drift: dict  # line -> yearly change of price
    acquisition_cost_level: float  # multiplies the market's cost of a registration
    as_of: date = date(2024, 12, 31)  # last day of the observation window
    promo: float = 2.2  # strength of the shopping festivals
    growth: float = 0.25  # growth of the yearly intake of customers
    conversion: float = 0.86  # share of registered customers who ever order
    extra_lines: float = 0.3  # mean number of further lines in an order
    quantity: float = 0.1  # mean extra pieces per line for households
    journeys_per_order: float = 1.0  # share of orders whose journey was recorded
    tracked: float = 0.45  # share of orders whose placing left a trace of its own
    events: float = 1.7  # mean events per person and journey
    later_events: float = 0.28  # the same for later journeys: routine leaves fewer traces
    noise: float = 0.04  # share of events that belong to another role
    touchpoints: tuple = ("store", "website", "app", "phone", "email", "social", "visit", "service")
    blur: float = 0.08  # share of customers who are untypical of their segment, for each basis
    difficult: float = 0.07  # share of customers who haggle, return and complain a lot
    difficult_discount: tuple = (0.10, 0.28)  # what these get on top
    difficult_calls: float = 4.0  # how many times more often these call the service
    survey_share: float = 0.45
    spread: float = 1.0  # standard deviation of a person's Likert answer around the segment
    rate_shape: float = 1.0  # gamma shape of purchase rates: smaller = more uneven
    spend_sd: float = 0.5  # how unevenly customers lean to dear products
    bulk_sd: float = 0.9  # how unevenly organisations buy in bulk
    plans: list = field(default_factory=list)  # a firm with plans sells by subscription
    end_reasons: dict = field(default_factory=dict)  # why a subscription ends -> weight
    loss_reasons: dict = field(default_factory=dict)  # why a deal is lost -> weight
    deal_owners: list = field(default_factory=list)

    @cached_property
    def resources(self):
        """The firm's tables as Data Package resources."""
        return describe_tables(self)

    @property
    def attitude_items(self):
        """Columns of the survey that hold needs and lifestyle."""
        first = self.segments[0]
        return [f"need_{x}" for x in first.needs] + [f"lifestyle_{x}" for x in first.lifestyle]

    def allowed(self, table, column):
        """List the values that a column may hold, in the order of its schema."""
        fields = next(r["schema"]["fields"] for r in self.resources if r["name"] == table)
        return next(f["constraints"]["enum"] for f in fields if f["name"] == column)

    def named_by_segments(self, attribute, *others):
        """List every key that the segments use in an attribute such as "industries"."""
        return sorted({key for s in self.segments for key in getattr(s, attribute)}.union(others))

    def by_segment(self, attribute):
        """Stack an attribute of the segments: one value, or one row of values, a segment."""
        values = [getattr(s, attribute) for s in self.segments]
        return np.array([list(v.values()) if isinstance(v, dict) else v for v in values])

    def weights(self, attribute, options, absent=0.0):
        """Stack the weights that the segments give to options: segments x options."""
        dicts = [getattr(s, attribute) for s in self.segments]
        return np.array([[weight.get(option, absent) for option in options] for weight in dicts])

    def effects(self, campaign):
        """Return the planted effects of a campaign: segments x approaches."""
        effects = [getattr(s, campaign.effect) for s in self.segments]
        return np.array([[effect[a] for a in campaign.approaches] for effect in effects])


@lru_cache
def load_firm(name):
    """Read the file of a firm and check it.

    Parameters
    ----------
    name : str
        Name of its case, such as "appliances".

    Returns
    -------
    Firm

    Raises
    ------
    InputError
        If there is no such case (the message suggests the nearest name), or its file lacks
        something, has something unknown, or contradicts itself.

    Examples
    --------
    >>> load_firm("software").brands[0].name
    'tessalyn'
    """
    check_case_name(name)
    return read_firm(FOLDER / f"{name}.toml")


def read_firm(path):
    """Read and check any file of a firm (see `load_firm`)."""
    facts = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    try:
        for name, kind in PARTS.items():
            facts[name] = [kind(**entry) for entry in facts.get(name, [])]
        facts["products"] = pd.DataFrame(facts["products"])
        firm = Firm(**facts)
        _check(firm)
    except (TypeError, ValueError) as error:
        raise InputError(
            _("The file {file} does not describe a firm: {why}.").format(file=path, why=error)
        ) from error
    return firm


def _check(firm):
    """Refuse what fits no other part of the file."""
    _need("costs", {"service_contact", "return_handling", "order_handling"}, firm.costs)
    _need("products", firm.named_by_segments("lines"), firm.products["line"].tolist())
    _need("products", [plan.product for plan in firm.plans], firm.products["name"].tolist())
    for segment in firm.segments:
        for attribute in ("needs", "lifestyle"):
            first = getattr(firm.segments[0], attribute)
            if list(getattr(segment, attribute)) != list(first):
                raise ValueError(f"{segment.name}: {attribute} must be {', '.join(first)}")
        for campaign in firm.campaigns:
            _need(segment.name, campaign.approaches, getattr(segment, campaign.effect))


def _need(where, wanted, given):
    """Refuse what lacks something."""
    lacking = [name for name in wanted if name not in given]
    if lacking:
        raise ValueError(f"{where} lacks {', '.join(lacking)}")
