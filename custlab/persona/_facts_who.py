"""Facts on who customers are, and how they came: from the table ``customers``."""

from __future__ import annotations

import pandas as pd

from custlab.i18n import _
from custlab.persona._facts import Fact, Window, levels


def from_customers(window: Window):
    """List the facts of the table ``customers``.

    Parameters
    ----------
    window : Window
        The case as known on a day.

    Yields
    ------
    tuple of (Fact, Series)
    """
    table = window.customers
    for column, (words, more, dimension) in _categories().items():
        if column not in table:
            continue
        for level, values in levels(table[column]):
            said = _kind_word(level) if column == "kind" else level
            yield (
                Fact("customers", column, level, dimension, words.format(level=said),
                     more.format(level=said)),
                values,
            )  # fmt: skip
    for column, (words, more, less, unit, statistic) in _numbers().items():
        if column in table:
            fact = Fact("customers", column, "", "demographic", words, more, less,
                        statistic=statistic, unit=unit)  # fmt: skip
            yield fact, table[column]
    if "marketing_consent" in table:
        yield (
            Fact("customers", "marketing_consent", "true", "behaviour",
                 _("agreed to be contacted for marketing"),
                 _("Agreed to be contacted for marketing"),
                 _("Often did not agree to be contacted for marketing")),
            table["marketing_consent"],
        )  # fmt: skip
    if "customer_since" in table:
        years = (window.until - table["customer_since"]) / pd.Timedelta(days=365.25)
        yield (
            Fact("customers", "customer_since", "", "behaviour", _("years as a customer"),
                 _("Customers for longer than others"), _("Customers for a shorter time"),
                 statistic="mean", unit=_("years")),
            years,
        )  # fmt: skip


def _kind_word(level: str) -> str:
    words = {
        "household": _("households"),
        "enterprise": _("firms"),
        "government": _("public bodies"),
    }
    return words.get(level, level)


def _categories() -> dict:
    """Column to (sentence after a share, trait, dimension)."""
    who, does = "demographic", "behaviour"
    return {
        "kind": (_("are {level}"), _("Kind of customer: {level}"), who),
        "region": (_("are in the region {level}"), _("Region: {level}"), who),
        "city_tier": (_("are in a city of tier {level}"), _("City of tier {level}"), who),
        "gender": (_("have a main person who is {level}"), _("Main person: {level}"), who),
        "income_band": (_("state a household income that is {level}"),
                        _("Household income, as stated: {level}"), who),
        "education": (_("have {level} as highest education"),
                      _("Highest education: {level}"), who),
        "life_stage": (_("are in the life stage {level}"), _("Life stage: {level}"), who),
        "occupation": (_("are {level} by occupation"), _("Occupation: {level}"), who),
        "industry": (_("are in the industry {level}"), _("Industry: {level}"), who),
        "acquisition_channel": (_("came through {level}"), _("Came through: {level}"), does),
    }  # fmt: skip


def _numbers() -> dict:
    """Column to (name, trait if more, trait if less, unit, statistic)."""
    return {
        "age": (_("age of the main person"),
                _("Older than other customers: {value} years on average"),
                _("Younger than other customers: {value} years on average"),
                _("years"), "mean"),
        "household_size": (_("people in the household"),
                           _("Larger households: {value} people on average"),
                           _("Smaller households: {value} people on average"),
                           _("people"), "mean"),
        "employees": (_("people employed"), _("Larger organisations: half employ over {value}"),
                      _("Smaller organisations: half employ under {value}"),
                      _("people"), "median"),
    }  # fmt: skip
