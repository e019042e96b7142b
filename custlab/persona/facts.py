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

from custlab.checks import check_case
from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona.fact import Fact, Window
from custlab.persona.facts_of_answers import from_survey
from custlab.persona.facts_of_contracts import from_deals
from custlab.persona.facts_of_customers import from_customers
from custlab.persona.facts_of_deeds import from_interactions, from_orders

_CACHE: WeakKeyDictionary = WeakKeyDictionary()
NEEDED = {"customers": ("customer_id",), "tables": (), "as_of": ()}


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
    check_case(case, **NEEDED)
    kept = _CACHE.setdefault(case, {})
    # Facts carry words, so each language has its own.
    key = (str(until), str(since), os.environ.get("CUSTLAB_LANG", ""))
    if key not in kept:
        kept[key] = _collect(Window(case, until, since))
    return kept[key]


def _collect(window: Window) -> Facts:
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
    check_case(case, **NEEDED)
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
