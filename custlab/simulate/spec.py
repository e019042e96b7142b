"""What a case is made of: segments, products, campaigns. The three cases fill these in as data."""

from dataclasses import dataclass, field

NEEDS = ("price", "quality", "service", "design", "innovation", "delivery", "ease", "security")
LIFESTYLES = (
    "trends", "family", "thrift", "health", "status", "technology", "home", "work",
)  # fmt: skip
ATTRIBUTES = ("quality", "price", "service", "design", "innovation")
INCOME_BANDS = ("low", "lower-middle", "middle", "upper-middle", "high")
EDUCATION = ("school", "vocational", "bachelor", "master or above")
KINDS = ("household", "enterprise", "government")
CORE_ROLES = ("decider", "user", "influencer", "buyer")
ROLES = (*CORE_ROLES, "gatekeeper", "initiator")


@dataclass(frozen=True)
class Segment:
    """One planted segment: who they are, what they want, how they buy, how they react.

    Shares and weights need not add up to one; effects are differences in probability.
    """

    name: str
    share: float
    kinds: dict  # kind -> weight
    age: tuple  # mean and standard deviation of the main person's age
    tiers: tuple  # weight of city tier 1..4
    income: tuple  # weight of the five income bands
    life_stages: dict
    needs: tuple  # mean of the eight need items, 1..7
    lifestyle: tuple  # mean of the eight lifestyle items, 1..7
    lines: dict  # product line or category -> weight
    channels: dict  # order channel -> weight
    acquisition: dict  # acquisition channel -> weight
    orders_per_year: float
    dropout: float  # mean probability to stop after an order (or at a renewal)
    taste: float = 0.0  # leans to dear (+) or cheap (-) products
    bulk: float = 0.0  # adds to the log of quantity
    discount: float = 0.05  # mean share of the list price given away
    returns: float = 1.0  # multiplies the category's return rate
    service: float = 1.0  # multiplies service contacts
    occupations: dict = field(default_factory=dict)
    industries: dict = field(default_factory=dict)
    employees: tuple = (60, 1.0)  # median and log standard deviation
    regions: dict = field(default_factory=dict)  # region -> weight, 1 if absent
    membership_effect: float = 0.0
    approach_effect: dict = field(default_factory=dict)
    rhythm_effect: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Product:
    """One article of the price list."""

    name: str
    category: str
    line: str
    list_price: float
    unit_cost: float
    launched: str
    return_rate: float = 0.03
    weight: float = 1.0
    summer: float = 1.0  # multiplies demand from May to August
    kinds: tuple = KINDS


@dataclass(frozen=True)
class Campaign:
    """One campaign with a randomised control group."""

    campaign_id: str
    audience: str  # new | existing
    sent_on: str
    days: int  # length of the response window
    approaches: tuple
    control: float  # share held back
    reach: float  # share of those who could be contacted
    cost: float  # per treated customer, CNY
    effect: str  # the attribute of Segment that holds its effect


@dataclass(frozen=True)
class Spec:
    """Everything the simulator needs to know about one case."""

    name: str
    prefix: str
    title: str
    firm: str
    description: str
    starts_on: str
    n_customers: int
    seed: int
    segments: tuple
    products: tuple
    campaigns: tuple
    brands: tuple  # ours first
    brand_positions: dict  # brand -> mean rating of the five attributes
    brand_awareness: dict
    promo: float = 2.2  # strength of the shopping festivals
    growth: float = 0.25  # growth of the yearly intake of customers
    conversion: float = 0.86  # share of registered customers who ever order
    cycle_days: dict = field(default_factory=dict)  # kind -> median days from need to order
    extra_lines: float = 0.3  # mean number of further lines in an order
    quantity: float = 0.1  # mean extra pieces per line for households
    journeys_per_order: float = 1.0  # share of orders whose journey was recorded
    tracked: float = 0.45  # share of orders whose placing left a trace of its own
    events: float = 1.7  # mean events per person and journey
    later_events: float = 0.28  # the same for later journeys: routine leaves fewer traces
    noise: float = 0.04  # share of events that belong to another role
    touchpoints: tuple = (
        "store", "website", "app", "phone", "email", "social", "visit", "service",
    )  # fmt: skip
    blur: float = 0.08  # share of customers who are untypical of their segment, for each basis
    difficult: float = 0.07  # share of customers who haggle, return and complain a lot
    difficult_discount: tuple = (0.10, 0.28)  # what these get on top
    difficult_calls: float = 4.0  # how many times more often these call the service
    price_drift: dict = field(default_factory=dict)  # line -> yearly change of price
    costs: dict = field(default_factory=dict)
    survey_share: float = 0.45
    spread: float = 1.0  # standard deviation of a person's Likert answer around the segment
    rate_shape: float = 1.0  # gamma shape of purchase rates: smaller = more uneven
    spend_sd: float = 0.5  # how unevenly customers lean to dear products
    bulk_sd: float = 0.9  # how unevenly organisations buy in bulk
