"""What is known of each customer, one column a fact, with the words and the source of each.

A fact is a 0/1 column ("orders mostly in the app") or a number ("orders in all"). Missing means
unknown: the age of a firm, the needs of somebody who answered no survey.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _

# Dates by which the rows of a table are known.
DATED = {
    "orders": "order_date",
    "interactions": "timestamp",
    "survey": "survey_date",
    "deals": "opened_on",
    "subscriptions": "started_on",
}
_CACHE: WeakKeyDictionary = WeakKeyDictionary()


@dataclass(frozen=True)
class Fact:
    """Where a fact comes from, and how to say it.

    Parameters
    ----------
    table, column, level : str
        Source; together they name the fact, in the same words in every language. ``level`` is a
        category, or what was measured.
    dimension : str
        Dimension of a persona.
    words : str
        Of a 0/1 fact the rest of a sentence ("order mostly in the app"), of a number its name.
    more, less : str
        The trait where the segment has more, or less, than the rest; "" if not worth a line.
    kind, kind_less : str
        Among needs: which kind ``more`` and ``less`` are.
    statistic : {"share", "mean", "median"}
        How it is summed up.
    unit : str
        Unit of a number.
    """

    table: str
    column: str
    level: str
    dimension: str
    words: str
    more: str
    less: str = ""
    kind: str = ""
    kind_less: str = ""
    statistic: str = "share"
    unit: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """The fact's name: table, column, level."""
        return (self.table, self.column, self.level)


@dataclass(frozen=True)
class Facts:
    """The facts of a case's customers.

    Parameters
    ----------
    facts : tuple of Fact
        One for each column.
    values : DataFrame of float
        Customers by facts (columns: the facts' keys); NaN where unknown.
    """

    facts: tuple[Fact, ...]
    values: pd.DataFrame

    @cached_property
    def matrix(self) -> np.ndarray:
        """The values as an array of customers by facts."""
        return self.values.to_numpy()

    @cached_property
    def _places(self) -> dict:
        return {fact.key: place for place, fact in enumerate(self.facts)}

    def column(self, key: tuple[str, str, str]) -> np.ndarray:
        """Give one fact of all customers; all missing if nothing is known of it."""
        place = self._places.get(tuple(key))
        if place is None:
            return np.full(len(self.values), np.nan)
        return self.matrix[:, place]


class Window:
    """The tables of a case as they were known on a day.

    Parameters
    ----------
    case : Case
        The firm.
    until, since : Timestamp, optional
        Last and first day of rows with a date; everything by default.
    """

    def __init__(self, case, until=None, since=None):
        self.case, self.since = case, since
        self.until = case.as_of if until is None else pd.Timestamp(until)
        customers = case.customers
        if "customer_since" in customers:
            customers = customers[customers["customer_since"] <= self.until]
        self.ids = pd.Index(customers["customer_id"].astype(object))
        # Facts are counted by place in this table: whole numbers group faster than texts.
        self.customers = customers.reset_index(drop=True)

    def table(self, name: str) -> pd.DataFrame | None:
        """Give the rows that were known, with the customer's place; None if there are none."""
        if name not in self.case.tables:
            return None
        rows = self.case.tables[name]
        dates = rows[DATED[name]]
        known = dates < self.until + pd.Timedelta(days=1)
        if self.since is not None and name != "survey":
            known &= dates > self.since
        places = self.ids.get_indexer(rows["customer_id"].astype(object))
        rows = rows.assign(customer=places)[known & (places >= 0)]
        return rows if len(rows) else None


def facts_of(case, until=None, since=None) -> Facts:
    """Collect what is known of each customer of a case on a day.

    Parameters
    ----------
    case : Case
        The firm.
    until : date, optional
        As known on this day; the last day of the data by default.
    since : date, optional
        Count only what happened after this day; all by default.

    Returns
    -------
    Facts
        Kept for the case, so that a second call costs nothing.
    """
    kept = _CACHE.setdefault(case, {})
    # Facts carry words, so each language has its own.
    key = (str(until), str(since), os.environ.get("CUSTLAB_LANG", ""))
    if key not in kept:
        kept[key] = _collect(Window(case, until, since))
    return kept[key]


def _collect(window: Window) -> Facts:
    from custlab.persona._facts_deals import from_deals
    from custlab.persona._facts_does import from_interactions, from_orders
    from custlab.persona._facts_says import from_survey
    from custlab.persona._facts_who import from_customers

    sources = (from_customers, from_orders, from_interactions, from_deals, from_survey)
    found = [pair for source in sources for pair in source(window)]
    columns = {fact.key: _of_all(values, len(window.ids)) for fact, values in found}
    varied = {key for key, values in columns.items() if _varies(values)}
    columns = {key: values for key, values in columns.items() if key in varied}
    facts = tuple(fact for fact, _values in found if fact.key in varied)
    return Facts(facts, pd.DataFrame(columns, index=window.ids))


def _of_all(values: pd.Series, customers: int) -> np.ndarray:
    """Put values by customers' places into one column; others are unknown."""
    column = np.full(customers, np.nan)
    column[values.index] = values.to_numpy(dtype=float, na_value=np.nan)
    return column


def _varies(values: np.ndarray) -> bool:
    known = values[~np.isnan(values)]
    return len(known) > 0 and known.min() < known.max()


def levels(values: pd.Series, least: float = 0.02):
    """Split a category into 0/1 facts: (level, column) of each level that is not rare.

    Parameters
    ----------
    values : Series
        A category of each customer; missing stays missing.
    least : float
        Levels rarer than this share tell too little.

    Yields
    ------
    tuple of (str, Series)
    """
    values = values.dropna()
    shares = values.value_counts(normalize=True)
    for level in shares.index[shares >= least]:
        yield str(level), (values == level).astype(float)


def counts(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Count the rows of each customer by the values of a column (as crosstab, but quicker).

    Parameters
    ----------
    rows : DataFrame
        With the column ``customer`` (place of the customer).
    column : str
        A category; rows where it is missing are left out.

    Returns
    -------
    DataFrame of int
        Customers with any row, by value.
    """
    who, customers = pd.factorize(rows["customer"], sort=True)
    what, values = pd.factorize(rows[column].astype(object), sort=True)
    known = what >= 0
    cells = np.bincount(
        who[known] * len(values) + what[known], minlength=len(customers) * len(values)
    )
    return pd.DataFrame(cells.reshape(len(customers), len(values)), customers, values)


def member_ids(case, members, what: str) -> pd.Index:
    """Check that these are customers of the case, each once.

    Parameters
    ----------
    case : Case
        The firm.
    members : Index, Series, list of customer_id
        Ids; of a Series the values, or its index if that holds the ids.
    what : str
        What they are called in a message.

    Returns
    -------
    Index
    """
    # Plain objects are looked up many times faster than Arrow's strings.
    known = pd.Index(case.customers["customer_id"].astype(object))
    ids = pd.Index(members).dropna().unique().astype(object)
    if isinstance(members, pd.Series) and not ids.isin(known).any():
        chosen = members[members] if members.dtype == bool else members
        by_index = pd.Index(chosen.index).unique().astype(object)
        ids = by_index if by_index.isin(known).any() or members.dtype == bool else ids
    strange = ids[~ids.isin(known)]
    if len(strange):
        raise InputError(
            _("{what}: {id!r} is no customer of the case {case!r} ({n} such ids). Are they from "
              "another case?").format(what=what, id=strange[0], case=case.name, n=len(strange))
        )  # fmt: skip
    return ids
