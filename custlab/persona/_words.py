"""Small words and number formats that cards, checks and tables share."""

from __future__ import annotations

import math

from custlab.i18n import _


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
