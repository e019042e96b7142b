"""The tables of a case, column by column: the one source of datapackage.json and the dtypes."""

from .places import REGIONS
from .population import HOUSEHOLD_SIZE
from .spec import ATTRIBUTES, EDUCATION, INCOME_BANDS, KINDS, LIFESTYLES, NEEDS

YES_NO = {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]}
MONEY = {"type": "number", "unit": "CNY"}
STAGES = ["need", "search", "evaluate", "decide", "purchase", "use", "service"]
KEY_LETTERS = {"customer_id": "C", "person_id": "P", "order_id": "O", "interaction_id": "I",
               "deal_id": "D", "subscription_id": "B"}  # fmt: skip
NEED_WORDS = {
    "price": "a low price", "quality": "quality that lasts", "service": "good service",
    "design": "good design", "innovation": "the newest technology", "delivery": "quick delivery",
    "ease": "ease of use", "security": "safety and security",
}  # fmt: skip
LIFESTYLE_WORDS = {
    "trends": "I follow trends", "family": "family comes first", "thrift": "I save where I can",
    "health": "I look after my health", "status": "I like to show what I have achieved",
    "technology": "I enjoy new technology",
    "home": "I like to make things nice where I live or work",
    "work": "my work takes most of my time",
}  # fmt: skip


def field(name, kind, description, required=False, **extra):
    """Describe one column in the words of the Data Package standard."""
    base = dict(kind) if isinstance(kind, dict) else {"type": kind}
    constraints = {"required": True} if required else {}
    for key in ("enum", "minimum", "maximum", "unique", "pattern"):
        if key in extra:
            constraints[key] = extra.pop(key)
    entry = {"name": name, **base, "description": description, **extra}
    if constraints:
        entry["constraints"] = constraints
    return entry


def key(spec, name, description, required=True, unique=False):
    """Describe a key column, such as customer_id with values like A-C00001."""
    digits = 5 if name == "customer_id" else 6
    pattern = f"{spec.prefix}-{KEY_LETTERS[name]}\\d{{{digits}}}"
    extra = {"unique": True} if unique else {}
    return field(name, "string", description, required, pattern=pattern, **extra)


def options(spec, attribute):
    """List every value that the segments of a case use for an attribute."""
    return sorted({key for s in spec.segments for key in getattr(s, attribute)})


def customers(spec):
    """Describe the customers table."""
    industries = options(spec, "industries")
    stages = list(HOUSEHOLD_SIZE)
    cost = "What it cost the firm to win this customer's registration (advertising, commission)"
    fields = [
        key(spec, "customer_id", "Key of the customer: one buying unit", unique=True),
        field("kind", "string", "Kind of customer by need", True, enum=list(KINDS)),
        field("customer_since", "date", "Day of the first contact (registration)", True,
              minimum=spec.starts_on, maximum="2024-12-31"),
        field("region", "string", "Region of China", True, enum=list(REGIONS)),
        field("province", "string", "Province or municipality", True),
        field("city", "string", "City", True),
        field("city_tier", "integer", "City tier: 1 first tier, 2 new first tier, 3 second tier, "
              "4 third tier and below", True, minimum=1, maximum=4),
        field("acquisition_channel", "string", "Where the customer came from", True,
              enum=options(spec, "acquisition")),
        field("acquisition_cost", MONEY, cost, True, minimum=0),
        field("age", "integer", "Age of the main person; missing for organisations", minimum=18,
              maximum=95, unit="years"),
        field("gender", "string", "Gender of the main person; missing for organisations",
              enum=["female", "male"]),
        field("income_band", "string", "Household income, as stated; often withheld by the poor "
              "and the well-off", enum=list(INCOME_BANDS), categoriesOrdered=True),
        field("education", "string", "Highest education of the main person, as stated",
              enum=list(EDUCATION), categoriesOrdered=True),
        field("household_size", "integer", "People in the household", minimum=1, maximum=12,
              unit="people"),
        field("life_stage", "string", "Life stage of the household", enum=stages),
        field("occupation", "string", "Occupation of the main person",
              enum=["student", "newcomer", "mid-career", "self-employed", "retired"]),
        field("industry", "string", "Industry; missing for households", enum=industries),
        field("employees", "integer", "People employed; missing for households", minimum=2,
              unit="people"),
        field("marketing_consent", YES_NO, "May be contacted for marketing", True),
    ]  # fmt: skip
    return table("customers", "Customers: one row per buying unit", fields, "customer_id")


def people(spec):
    """Describe the people table."""
    fields = [
        key(spec, "person_id", "Key of the person", unique=True),
        key(spec, "customer_id", "The buying unit that the person belongs to"),
        field("title", "string", "Place in the household, or job title", True),
        field("department", "string", "Department; missing for households"),
        field("age", "integer", "Age, where known", minimum=0, maximum=95, unit="years"),
        field("gender", "string", "Gender", enum=["female", "male"]),
        field("seniority", "string", "Seniority in the organisation; missing for households",
              enum=["staff", "manager", "executive", "adviser"]),
    ]  # fmt: skip
    return table("people", "People: members of households, contacts of organisations", fields,
                 "person_id", customer_id="customers")  # fmt: skip


def interactions(spec):
    """Describe the interactions table."""
    fields = [
        key(spec, "interaction_id", "Key of the interaction", unique=True),
        key(spec, "customer_id", "The buying unit"),
        key(spec, "person_id", "Who did it"),
        field("timestamp", "datetime", "When, to the minute, local time", True,
              format="%Y-%m-%d %H:%M", maximum="2024-12-31 23:59"),
        field("channel", "string", "Where it happened", True,
              enum=["store", "website", "app", "phone", "email", "social", "visit", "service"]),
        field("stage", "string", "Stage of the purchase", True, enum=STAGES),
        field("action", "string", "What the person did", True),
        key(spec, "order_id", "The order that it belongs to, where one followed", required=False),
    ]  # fmt: skip
    return table("interactions", "Interactions: who did what, when, in which channel", fields,
                 "interaction_id", customer_id="customers", person_id="people")  # fmt: skip


def orders(spec):
    """Describe the orders table."""
    channels = sorted(set(options(spec, "channels")) | {"website"})
    fields = [
        key(spec, "order_id", "Key of the order; repeats where an order has several lines"),
        key(spec, "customer_id", "The buying unit"),
        key(spec, "person_id", "Who placed the order"),
        field("order_date", "date", "Day of the order", True, minimum=spec.starts_on,
              maximum="2024-12-31"),
        field("product_id", "string", "The product", True, pattern=f"{spec.prefix}-SKU\\d{{2}}"),
        field("quantity", "integer", "Pieces" if spec.name != "software" else
              "Pieces; for a plan: seats x months", True, minimum=1, unit="pieces"),
        field("unit_price", MONEY, "Price of one piece before discount", True, minimum=0),
        field("discount", MONEY, "Discount on the whole line", True, minimum=0),
        field("amount", MONEY, "quantity x unit_price - discount", True, minimum=0),
        field("channel", "string", "Where the order was placed", True, enum=channels),
        field("returned", YES_NO, "Sent back and refunded in full", True),
        field("payment", "string", "Means of payment", True,
              enum=["mobile wallet", "bank card", "instalments", "cash on delivery",
                    "bank transfer", "credit terms"]),
    ]  # fmt: skip
    return table("orders", "Orders: one row per order line", fields, None,
                 customer_id="customers", person_id="people", product_id="products")  # fmt: skip


def products(spec):
    """Describe the products table."""
    fields = [
        field("product_id", "string", "Key of the product", True, unique=True,
              pattern=f"{spec.prefix}-SKU\\d{{2}}"),
        field("name", "string", "Name on the price list", True),
        field("category", "string", "Product category", True),
        field("line", "string", "Product line", True,
              enum=sorted({p.line for p in spec.products})),
        field("list_price", MONEY, "List price in 2024", True, minimum=0),
        field("unit_cost", MONEY, "What one piece costs the firm", True, minimum=0),
        field("launched", "date", "First day on sale", True),
    ]  # fmt: skip
    return table("products", "Products: the price list", fields, "product_id")


def survey(spec):
    """Describe the survey table."""
    scale = {"minimum": 1, "maximum": 7, "unit": "1-7"}
    five = {"minimum": 1, "maximum": 5, "unit": "1-5"}
    fields = [
        key(spec, "customer_id", "The buying unit", unique=True),
        key(spec, "person_id", "Who answered"),
        field("survey_date", "date", "Day of the answer", True, maximum="2024-12-31"),
    ]
    fields += [
        field(f"need_{x}", "integer", f"How important is {NEED_WORDS[x]}? 1 not at all - 7 very",
              **scale) for x in NEEDS
    ]  # fmt: skip
    fields += [
        field(f"lifestyle_{x}", "integer", f'"{LIFESTYLE_WORDS[x]}": 1 not me at all - 7 very much '
              "me", **scale) for x in LIFESTYLES
    ]  # fmt: skip
    fields.append(field("satisfaction", "integer", "Overall satisfaction with us", **five))
    fields += [
        field(f"sat_{x}", "integer", f"Satisfaction with our {x}", **five)
        for x in ("product", "delivery", "service", "price")
    ]
    fields += [
        field("recommend", "integer", "Would you recommend us? 0 not at all - 10 surely",
              minimum=0, maximum=10, unit="0-10"),
        field("wallet_share", "number", "Our share of what you spend on such things, as estimated "
              "by the respondent", minimum=0, maximum=1, unit="share"),
    ]  # fmt: skip
    fields += [
        field(f"rate_{brand}_{x}", "integer", f"How good is {brand.capitalize()} in {x}? "
              "Missing where the brand is not known", **scale)
        for brand in spec.brands for x in ATTRIBUTES
    ]  # fmt: skip
    fields.append(field("comment", "string", "What else would you like to tell us?"))
    return table("survey", "Survey: a sample of the customers, autumn 2024", fields, "customer_id",
                 customer_id="customers", person_id="people")  # fmt: skip


def campaign(spec):
    """Describe the campaign table."""
    approaches = list(dict.fromkeys(a for c in spec.campaigns for a in c.approaches))
    fields = [
        field("campaign_id", "string", "The campaign", True,
              enum=[c.campaign_id for c in spec.campaigns]),
        key(spec, "customer_id", "The customer in the campaign"),
        field("sent_on", "date", "Day of the contact (of the draw, for the control group)", True),
        field("closed_on", "date", "Last day on which an order counts as a response", True),
        field("audience", "string", "Registered without an order (new), or customer (existing)",
              True, enum=["new", "existing"]),
        field("treatment", "string", "Drawn at random: contacted or held back", True,
              enum=["treated", "control"]),
        field("approach", "string", "Opening, contact rhythm or offer that was used; none for the "
              "control group", True, enum=[*approaches, "none"]),
        field("responded", YES_NO, "Ordered between sent_on and closed_on"
              + (" (renewals not counted)" if spec.name == "software" else ""), True),
        field("response_amount", MONEY, "Amount of those orders", True, minimum=0),
        field("cost", MONEY, "What the contact cost", True, minimum=0),
    ]  # fmt: skip
    return table("campaign", "Campaigns with a randomised control group", fields,
                 ["campaign_id", "customer_id"], customer_id="customers")  # fmt: skip


def costs(spec):
    """Describe the table of cost rates."""
    fields = [
        field("item", "string", "Cost item", True, unique=True),
        field("cost", MONEY, "Cost of one unit", True, minimum=0),
        field("unit", "string", "What one unit is", True),
        field("description", "string", "What the rate covers", True),
    ]
    return table("costs", "Cost rates: what serving a customer costs", fields, "item")


def deals(spec):
    """Describe the deals table (software)."""
    from .subscriptions import LOSS_REASONS

    fields = [
        key(spec, "deal_id", "Key of the deal", unique=True),
        key(spec, "customer_id", "The account"),
        key(spec, "person_id", "Main contact of the deal"),
        field("owner", "string", "Sales person in charge (invented)", True),
        field("opened_on", "date", "Day the deal was opened", True),
        field("closed_on", "date", "Day it was won or lost; missing while it is open"),
        field("stage", "string", "State of the deal", True, enum=["won", "lost", "open"]),
        field("amount", MONEY, "Amount of the order, or of the last offer", True, minimum=0),
        field("loss_reason", "string", "Why it was lost", enum=list(LOSS_REASONS)),
    ]
    return table("deals", "Deals: the sales pipeline of organisations", fields, "deal_id",
                 customer_id="customers", person_id="people")  # fmt: skip


def subscriptions(spec):
    """Describe the subscriptions table (software)."""
    from .subscriptions import END_REASONS, PLANS

    fields = [
        key(spec, "subscription_id", "Key of the subscription", unique=True),
        key(spec, "customer_id", "The account"),
        field("plan", "string", "Plan; Solo and Team are paid by the quarter, Business and "
              "Enterprise by the year", True, enum=list(PLANS)),
        field("seats", "integer", "Seats paid for", True, minimum=1, unit="seats"),
        field("monthly_price", MONEY, "Price of all seats for one month", True, minimum=0),
        field("started_on", "date", "First day", True),
        field("ended_on", "date", "Last paid day; missing while the subscription is active"),
        field("end_reason", "string", "Why it ended, as stated", enum=list(END_REASONS)),
    ]  # fmt: skip
    return table("subscriptions", "Subscriptions", fields, "subscription_id",
                 customer_id="customers")  # fmt: skip


def table(name, description, fields, primary_key, **foreign):
    """Describe one table as a resource of a Data Package."""
    schema = {"fields": fields, "missingValues": [""]}
    if primary_key:
        schema["primaryKey"] = primary_key
    if foreign:
        schema["foreignKeys"] = [
            {
                "fields": column,
                "reference": {"resource": target, "fields": column},
            }
            for column, target in foreign.items()
        ]
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "schema": schema,
    }


def resources(spec):
    """List the tables of a case as Data Package resources."""
    makers = [customers, people, interactions, orders, products, survey, campaign, costs]
    if spec.name == "software":
        makers += [deals, subscriptions]
    return [make(spec) for make in makers]
