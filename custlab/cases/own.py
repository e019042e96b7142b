"""Own data as a case: a table of orders, and whatever else there is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import check_choice, check_columns, check_flags, midnight
from custlab.errors import InputError
from custlab.i18n import _

from .case import Case

KINDS = ("household", "enterprise", "government")
# What each table must hold; more columns, named as in the course's cases, let more be said.
NEEDED = {
    "customers": ["customer_id"],
    "people": ["person_id", "customer_id"],
    "interactions": ["customer_id", "person_id", "timestamp", "channel", "stage", "action"],
    "orders": ["customer_id", "order_date", "amount"],
    "products": ["product_id"],
    "survey": ["customer_id", "survey_date"],
    "campaign": ["campaign_id", "customer_id", "treatment", "responded"],
    "costs": ["item", "cost"],
    "deals": ["deal_id", "customer_id", "stage", "opened_on"],
    "subscriptions": ["customer_id", "started_on"],
}
DATES = ("order_date", "timestamp", "survey_date", "customer_since", "opened_on", "closed_on",
         "started_on", "ended_on", "sent_on", "launched")  # fmt: skip
NUMBERS = ("amount", "discount", "quantity", "unit_price", "unit_cost", "list_price", "cost",
           "acquisition_cost", "age", "employees", "monthly_price")  # fmt: skip
TYPES = {"M": "date", "b": "boolean", "i": "integer", "u": "integer", "f": "number"}


def own_case(
    orders, customers=None, *, kind=None, name="own", currency="", as_of=None, brands=(), **tables
):
    """Make a case of your own firm's tables, which every part of the library takes.

    The columns are named as in the course's cases; dates and numbers are read already
    (`custlab.quality.parse_mixed_dates`, `parse_numbers`). What is set aside or filled in stands
    in the case's description. A case of your own has no planted truth.

    Parameters
    ----------
    orders : DataFrame
        One row an order line: ``customer_id``, ``order_date``, ``amount``; if known ``order_id``,
        ``product_id``, ``channel``, ``discount``, ``returned`` and others. A negative amount takes
        back an earlier line of the same customer (and product) with the same amount.
    customers : DataFrame, optional
        One row a customer; without it, the customers are those who ordered.
    kind : {"household", "enterprise", "government"}, optional
        What all your customers are, if ``customers`` has no column ``kind``.
    name : str
        What the case is called.
    currency : str
        Of all amounts, such as "EUR".
    as_of : date, optional
        The last day that the data cover; by default the day of the last order.
    brands : sequence of str
        Brands rated in the survey (columns ``rate_<brand>_<attribute>``), yours first.
    **tables : DataFrame
        ``people``, ``interactions``, ``products``, ``survey``, ``campaign``, ``costs``, ``deals``,
        ``subscriptions``: those that you have.

    Returns
    -------
    Case

    Raises
    ------
    InputError
        Naming the table, the column and what to do.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", "b", "a"], "amount": [20.0, 5.0, -20.0],
    ...                        "order_date": pd.to_datetime(["2024-05-31"] * 3)})
    >>> case = own_case(orders, kind="household", currency="EUR")
    >>> case.orders["returned"].tolist()
    [True, False]
    >>> case.survey
    Traceback (most recent call last):
    custlab.errors.InputError: Your firm's data has no table survey. Needs and lifestyles ...
    """
    given = {"orders": orders, "customers": customers, **tables}
    given = {table: frame for table, frame in given.items() if frame is not None}
    for table, frame in given.items():
        check_choice("table", table, NEEDED)
        _check_table(table, frame)
    notes = []
    lines = _order_lines(orders, notes)
    last = lines["order_date"].max()
    as_of = pd.Timestamp(midnight(last if as_of is None else as_of))
    given["customers"] = _customers(customers, lines, kind, notes)
    given["orders"] = lines
    package = {
        "title": _("Your firm"),
        "description": " ".join([_("Own data, nothing simulated."), *notes]),
        "custlab": {
            "case": name, "simulated": False, "currency": currency, "brands": list(brands),
            "period": [str(lines["order_date"].min().date()), str(as_of.date())],
            "as_of": str(as_of.date()),
        },
        "resources": [_resource(table, given[table]) for table in NEEDED if table in given],
    }  # fmt: skip
    makers = {table: given[table].copy for table in NEEDED if table in given}
    return Case(package, makers, {table: len(given[table]) for table in makers})


def _check_table(table, frame):
    if not isinstance(frame, pd.DataFrame):
        raise InputError(
            _("{table} must be a pandas DataFrame, but this is a {kind}.").format(
                table=table, kind=type(frame).__name__
            )
        )
    check_columns(frame, NEEDED[table], table, _("Rename the column that holds it."))
    repeated = frame.columns[frame.columns.duplicated()]
    if len(repeated):
        raise InputError(
            _("Table {table} has several columns {column!r}. Keep one of them.").format(
                table=table, column=repeated[0]
            )
        )
    for column in frame.columns.intersection(DATES):
        if frame[column].dtype.kind != "M" or getattr(frame[column].dtype, "tz", None):
            raise InputError(
                _(
                    "Column {column} of table {table} does not hold plain dates. Read it with "
                    "custlab.quality.parse_mixed_dates({table}[{column!r}])."
                ).format(column=column, table=table)
            )
    for column in frame.columns.intersection(NUMBERS):
        if not pd.api.types.is_numeric_dtype(frame[column]):
            raise InputError(
                _(
                    "Column {column} of table {table} does not hold numbers. Read it with "
                    "custlab.quality.parse_numbers({table}[{column!r}])."
                ).format(column=column, table=table)
            )


def _order_lines(orders, notes) -> pd.DataFrame:
    """Set rows aside that belong to nobody or no day, and take returns back."""
    lines = orders.reset_index(drop=True)
    for column in NEEDED["orders"]:
        lost = lines[column].isna() | (lines[column].astype(str).str.strip() == "")
        if lost.any():
            notes.append(
                _("{n} of {total} order lines without {column} were set aside.").format(
                    n=int(lost.sum()), total=len(orders), column=column
                )
            )
            lines = lines[~lost]
    if "order_id" not in lines:
        notes.append(_("There are no order numbers: each line counts as an order."))
        lines = lines.assign(order_id=[f"line {n + 1}" for n in range(len(lines))])
    lines = lines.assign(
        discount=lines.get("discount", pd.Series(float("nan"), lines.index)),
        returned=check_flags(lines["returned"], "returned") if "returned" in lines else False,
    )
    lines = _take_back(lines, notes)
    if lines.empty:
        raise InputError(_("Table orders holds no order with customer, day and amount."))
    return lines.reset_index(drop=True)


def _take_back(lines, notes) -> pd.DataFrame:
    """Mark the line that each negative amount takes back as returned, and drop the negative one."""
    negative = lines["amount"] < 0
    if not negative.any():
        return lines
    open_, taken = {}, set()
    columns = [column for column in ("customer_id", "product_id") if column in lines]
    keys = lines[columns].fillna("").assign(amount=lines["amount"].abs().round(6))
    keys = keys.groupby([*keys], sort=False).ngroup().to_numpy()
    minus, returned = negative.to_numpy(), lines["returned"].to_numpy(dtype=bool, copy=True)
    for place in np.lexsort((minus, lines["order_date"])):
        if not minus[place] and not returned[place]:
            open_.setdefault(keys[place], []).append(place)
        elif minus[place] and open_.get(keys[place]):
            taken.add(open_[keys[place]].pop())
    places = sorted(taken)
    returned[places] = True
    unmatched = int(minus.sum()) - len(places)
    notes.append(
        _("{n} negative lines took an earlier line back, which is marked as returned.").format(
            n=len(places)
        )
    )
    if unmatched:
        left = float(lines.loc[negative, "amount"].sum()) + float(
            lines["amount"].iloc[places].sum()
        )
        notes.append(
            _(
                "{n} negative lines fit no earlier line and were set aside ({amount:,.2f} in all): "
                "turnover is that much too high."
            ).format(n=unmatched, amount=-left)
        )
    return lines.assign(returned=returned)[~minus]


def _customers(customers, lines, kind, notes) -> pd.DataFrame:
    """Give every customer with an order a row, a first day and a kind."""
    first = lines.groupby("customer_id")["order_date"].min()
    if customers is None:
        customers = pd.DataFrame({"customer_id": first.index})
    repeated = customers["customer_id"][customers["customer_id"].duplicated()]
    if len(repeated) or customers["customer_id"].isna().any():
        raise InputError(
            _(
                "Each row of table customers needs a customer_id of its own ({n} rows have none or "
                "that of another). custlab.quality.merge_duplicates helps."
            ).format(n=len(repeated) + int(customers["customer_id"].isna().sum()))
        )
    unknown = first.index.difference(customers["customer_id"])
    if len(unknown):
        notes.append(
            _("{n} customers with orders do not stand in table customers; added.").format(
                n=len(unknown)
            )
        )
        added = pd.DataFrame({"customer_id": unknown})
        customers = pd.concat([customers, added], ignore_index=True)
    since = customers.get("customer_since", pd.Series(pd.NaT, customers.index))
    ordered = customers["customer_id"].map(first)
    since = since.astype("datetime64[us]").fillna(ordered).fillna(first.min())
    if "kind" not in customers:
        check_choice("kind", kind, KINDS)
        customers = customers.assign(kind=kind)
    kinds = customers["kind"].dropna().unique()
    for one in kinds:
        check_choice("kind", str(one), KINDS)
    kinds = pd.CategoricalDtype(KINDS)
    return customers.assign(customer_since=since, kind=customers["kind"].astype(str).astype(kinds))


def _resource(table, frame) -> dict:
    fields = [
        {"name": column, "type": TYPES.get(frame[column].dtype.kind, "string"),
         "description": column.replace("_", " "), "constraints": {}}
        for column in frame.columns
    ]  # fmt: skip
    return {
        "name": table,
        "path": f"{table}.csv",
        "description": table,
        "schema": {"fields": fields},
    }
