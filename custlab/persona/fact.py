"""What one fact of customers is, and how facts are counted from the tables of a case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

# Dates by which the rows of a table are known.
DATED = {
    "orders": "order_date",
    "interactions": "timestamp",
    "survey": "survey_date",
    "deals": "opened_on",
    "subscriptions": "started_on",
}


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
        codes, ids = pd.factorize(rows["customer_id"])
        places = np.append(self.ids.get_indexer(pd.Index(ids).astype(object)), -1)[codes]
        known = known.to_numpy() & (places >= 0)
        rows = rows.assign(customer=places)
        if not known.all():
            rows = rows[known]
        return rows if len(rows) else None


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
    shares = values.value_counts(normalize=True)
    codes, found = pd.factorize(values)
    place = {level: code for code, level in enumerate(found)}
    known, codes = values.index[codes >= 0], codes[codes >= 0]
    for level in shares.index[shares >= least]:
        yield str(level), pd.Series((codes == place[level]).astype(float), known)


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
    codes, found = pd.factorize(rows[column])
    order, values = pd.factorize(pd.Index(found).astype(object), sort=True)
    what = np.append(order, -1)[codes]
    known = what >= 0
    cells = np.bincount(
        who[known] * len(values) + what[known], minlength=len(customers) * len(values)
    )
    return pd.DataFrame(cells.reshape(len(customers), len(values)), customers, values)
