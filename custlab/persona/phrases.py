"""The vocabulary of personas: levels of the tables in words, names of dimensions, numbers.

"app" is said "in the app". A level that is not listed (another firm's own data) is said as it
stands.
"""

from __future__ import annotations

import math

from custlab.i18n import _


def kind_words(level: str) -> str:
    """Say what kind of customers these are.

    >>> kind_words("government"), kind_words("club")
    ('public bodies', 'club')
    """
    words = {
        "household": _("private households"),
        "enterprise": _("firms"),
        "government": _("public bodies"),
    }
    return words.get(level, level)


def way_words(level: str) -> str:
    """Say by which way somebody orders or is in touch.

    >>> way_words("live stream"), way_words("pigeon")
    ('in the live stream', 'by pigeon')
    """
    words = {
        "app": _("in the app"),
        "dealer": _("through a dealer"),
        "email": _("by email"),
        "live stream": _("in the live stream"),
        "mini-program": _("in the mini-program"),
        "phone": _("by phone"),
        "social": _("on social media"),
        "store": _("in the store"),
        "visit": _("at sales visits"),
        "website": _("on the website"),
    }
    return words.get(level) or _("by {level}").format(level=level)


def origin_words(level: str) -> str:
    """Say how somebody became a customer.

    >>> origin_words("trade fair")
    'at a trade fair'
    """
    words = {
        "app store": _("through the app store"),
        "content": _("through our articles"),
        "dealer": _("through a dealer"),
        "friend's invitation": _("at a friend's invitation"),
        "marketplace": _("through a marketplace"),
        "referral": _("through a referral"),
        "reseller": _("through a reseller"),
        "sales call": _("through a sales call"),
        "sales visit": _("through a sales visit"),
        "search ads": _("through search ads"),
        "social media": _("through social media"),
        "store": _("in the store"),
        "television": _("through television"),
        "tender": _("through a tender"),
        "trade fair": _("at a trade fair"),
    }
    return words.get(level) or _("through {level}").format(level=level)


def payment_words(level: str) -> str:
    """Say how somebody pays.

    >>> payment_words("instalments")
    'in instalments'
    """
    words = {
        "bank card": _("by bank card"),
        "bank transfer": _("by bank transfer"),
        "cash on delivery": _("in cash on delivery"),
        "credit terms": _("on credit terms"),
        "instalments": _("in instalments"),
        "mobile wallet": _("by mobile wallet"),
    }
    return words.get(level) or _("by {level}").format(level=level)


def time_words(level: str) -> str:
    """Say when somebody is active.

    >>> time_words("18:00-22:00")
    'in the evening (18:00–22:00)'
    """
    words = {
        "6:00-12:00": _("in the morning (6:00–12:00)"),
        "12:00-18:00": _("in the afternoon (12:00–18:00)"),
        "18:00-22:00": _("in the evening (18:00–22:00)"),
        "22:00-6:00": _("at night (22:00–6:00)"),
        "weekend": _("at weekends"),
    }
    return words.get(level) or _("at {level}").format(level=level)


def goods_words(level: str) -> str:
    """Say what was bought, by the category of the product.

    >>> goods_words("small appliance"), goods_words("toys")
    ('small appliances', 'toys')
    """
    words = {
        "air conditioner": _("air conditioners"),
        "audio": _("audio equipment"),
        "baby": _("baby goods"),
        "beauty": _("beauty products"),
        "commercial": _("commercial equipment"),
        "connector": _("connectors"),
        "health": _("health products"),
        "household": _("household goods"),
        "kitchen": _("kitchen equipment"),
        "module": _("modules"),
        "office": _("office goods"),
        "refrigerator": _("refrigerators"),
        "small appliance": _("small appliances"),
        "television": _("televisions"),
        "washing machine": _("washing machines"),
        "water heater": _("water heaters"),
    }
    return words.get(level, level)


def work_words(level: str) -> str:
    """Say where in working life somebody stands; begins a line.

    >>> work_words("newcomer")
    'New to working life'
    """
    words = {
        "mid-career": _("In the middle of their career"),
        "newcomer": _("New to working life"),
        "retired": _("Retired"),
        "self-employed": _("Self-employed"),
        "student": _("Students"),
    }
    return words.get(level) or _("Occupation: {level}").format(level=level)


def stage_words(level: str) -> str:
    """Say a stage of life; begins a line.

    >>> stage_words("empty nest")
    'Children have left home'
    """
    words = {
        "couple": _("Live as couples"),
        "empty nest": _("Children have left home"),
        "family with teenagers": _("Families with teenagers"),
        "retired": _("Live in retirement"),
        "single": _("Live as singles"),
        "young family": _("Young families"),
    }
    return words.get(level) or _("Life stage: {level}").format(level=level)


def school_words(level: str) -> str:
    """Say a level of education.

    >>> school_words("bachelor")
    'a bachelor’s degree'
    """
    words = {
        "bachelor": _("a bachelor’s degree"),
        "master or above": _("a master’s degree or above"),
        "school": _("school"),
        "vocational": _("vocational training"),
    }
    return words.get(level, level)


def person_words(level: str) -> str:
    """Say the gender of a main person.

    >>> person_words("female")
    'a woman'
    """
    return {"female": _("a woman"), "male": _("a man")}.get(level, level)


def title_words(title: str) -> str:
    """Say a title in a household or at work with its article.

    >>> title_words("IT manager"), title_words("outside consultant")
    ('the IT manager', 'an outside consultant')
    """
    words = {
        "child": _("a child"),
        "flatmate": _("a flatmate"),
        "grandchild": _("a grandchild"),
        "grandparent": _("a grandparent"),
        "outside consultant": _("an outside consultant"),
        "parent": _("a parent"),
        "partner": _("a partner"),
        "teacher or doctor": _("a teacher or doctor"),
    }
    return words.get(title) or _("the {title}").format(title=title)


DOTS = {"strong": "●●●", "moderate": "●●○", "weak": "●○○", "assumed": "○○○"}


def strength_word(strength: str) -> str:
    """Name a strength in the learner's language.

    >>> strength_word("weak")
    'weak'
    """
    words = {
        "strong": _("strong"),
        "moderate": _("moderate"),
        "weak": _("weak"),
        "assumed": _("assumed"),
    }
    return words.get(strength, strength)


def dimension_word(dimension: str) -> str:
    """Name a dimension in the learner's language.

    >>> dimension_word("needs")
    'Needs, expectations, pain points'
    """
    words = {
        "demographic": _("Who they are"),
        "behaviour": _("What they do"),
        "psychology": _("How they think and live"),
        "needs": _("Needs, expectations, pain points"),
        "role": _("Role in the purchase"),
    }
    return words.get(dimension, dimension)


def kind_word(kind: str) -> str:
    """Name a kind of need in the learner's language.

    >>> kind_word("pain point")
    'pain point'
    """
    words = {
        "need": _("need"),
        "expectation": _("expectation"),
        "pain point": _("pain point"),
    }
    return words.get(kind, kind)


def area_word(area: str) -> str:
    """Name an area of action in the learner's language.

    >>> area_word("media and placement")
    'Media and placement'
    """
    words = {
        "media and placement": _("Media and placement"),
        "content": _("Content"),
        "promotion": _("Promotion"),
        "product": _("Product"),
        "service": _("Service"),
    }
    return words.get(area, area)


def number(value: float, whole: bool = False) -> str:
    """Write a number with as many digits as a reader needs.

    Parameters
    ----------
    value : float
        The number.
    whole : bool
        Whether it counts things, as a median of counts does: then 16 is not written 16.0.

    Returns
    -------
    str

    Examples
    --------
    >>> number(12345.6), number(62.04), number(3.14159), number(16.0, whole=True)
    ('12,346', '62', '3.1', '16')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) >= 20 or (whole and float(value).is_integer()):
        return f"{value:,.0f}"
    return f"{value:.1f}"


def percent(share: float) -> str:
    """Write a share as a percentage; small ones are not rounded to nothing.

    >>> percent(0.234), percent(0.004)
    ('23 %', '0.4 %')
    """
    digits = 0 if share == 0 or share >= 0.01 else 1
    return f"{100 * share:.{digits}f} %"
