"""Facts on who customers are, and how they came: from the table ``customers``."""

from __future__ import annotations

import pandas as pd

from custlab.i18n import _
from custlab.persona.fact import Fact, Window, levels
from custlab.persona.phrases import (
    kind_words,
    origin_words,
    person_words,
    school_words,
    stage_words,
    work_words,
)


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
    for column, (words, more, dimension, said) in _categories().items():
        if column not in table:
            continue
        for level, values in levels(table[column]):
            text = more.format(level=said(level))
            yield (
                Fact("customers", column, level, dimension, words.format(level=level, said=said(
                     level)), text[:1].upper() + text[1:]),
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
                 _("have agreed to marketing messages"),
                 _("Have agreed to marketing messages"),
                 _("Fewer of them have agreed to marketing messages")),
            table["marketing_consent"],
        )  # fmt: skip
    if "customer_since" in table:
        years = (window.until - table["customer_since"]) / pd.Timedelta(days=365.25)
        yield (
            Fact("customers", "customer_since", "", "behaviour", _("years as a customer"),
                 _("With us for longer than others: {value} years on average"),
                 _("With us for a shorter time than others: {value} years on average"),
                 statistic="mean", unit=_("years")),
            years,
        )  # fmt: skip


def _categories() -> dict:
    """Column to (sentence after a share, trait, dimension, how to say a level)."""
    who, does = "demographic", "behaviour"
    return {
        "kind": (_("are {said}"), "{level}", who, kind_words),
        "region": (_("are in the region {said}"), _("Based in the region {level}"), who, str),
        "city_tier": (_("are in a city of tier {said}"), _("Based in cities of tier {level}"), who,
                      str),
        "gender": (_("have {said} as main person"), _("Main person: {level}"), who, person_words),
        "income_band": (_("state a household income that is {said}"),
                        _("Household income, as stated: {level}"), who, str),
        "education": (_("have {said} as highest education"),
                      _("Highest education: {level}"), who, school_words),
        "life_stage": (_("are in the life stage “{level}”"), "{level}", who, stage_words),
        "occupation": (_("give “{level}” as occupation"), "{level}", who, work_words),
        "industry": (_("are in the industry {said}"), _("Industry: {level}"), who, str),
        "acquisition_channel": (_("came to us {said}"), _("Came to us {level}"), does,
                                origin_words),
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
                           "", "mean"),
        "employees": (_("people employed"),
                      _("Larger organisations: half of them employ over {value} people"),
                      _("Smaller organisations: half of them employ under {value} people"),
                      "", "median"),
    }  # fmt: skip
