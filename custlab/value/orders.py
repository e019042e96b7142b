"""Reading a table of orders, whatever engine holds it: checked once, never changed silently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite

import narwhals as nw
import pandas as pd

from custlab.checks import (
    check_choice,
    check_columns,
    check_flags,
    midnight,
    pandas_table,
    refusal_of_flags,
)
from custlab.errors import InputError
from custlab.i18n import _

POLICIES = ("refuse", "net", "drop", "keep_zero")
REPEATS = ("refuse", "keep", "drop")
ROW = "row as it was given"

nw.from_native(pd.DataFrame())  # loads what reads pandas now rather than at the first orders


@dataclass(frozen=True)
class OrderColumns:
    """The names of the columns that are read; the last three only if the table has them."""

    customer: str = "customer_id"
    date: str = "order_date"
    amount: str = "amount"
    order: str = "order_id"
    returned: str = "returned"
    currency: str = "currency"


def checked_orders(
    orders,
    columns: OrderColumns,
    *,
    as_of=None,
    non_positive="refuse",
    returns="drop",
    repeats="refuse",
):
    """Check a table of orders and settle on the day from which recency is counted.

    Parameters
    ----------
    orders : pandas, Polars, DuckDB, Dask or PySpark frame
        One row per order or per order line.
    columns : OrderColumns
        Names of the columns.
    as_of : date, optional
        The day of the analysis; the day of the last order by default.
    non_positive : {"refuse", "net", "drop", "keep_zero"}
        What to do with amounts of zero or less.
    returns : {"drop", "keep"}
        What to do with rows that are marked as returned.
    repeats : {"refuse", "keep", "drop"}
        What to do with rows that repeat another in every column, order number included.

    Returns
    -------
    tuple
        The narwhals frame, still where the data live, and ``as_of`` as a datetime. Dates with a
        time zone are those of the clock on the wall in that zone.

    Raises
    ------
    InputError
        If the table cannot be used as it is: which column, which row, and the remedy.
    """
    check_choice("non_positive", non_positive, POLICIES)
    check_choice("returns", returns, ("drop", "keep"))
    check_choice("repeats", repeats, REPEATS)
    frame = _known_frame(orders)
    if not frame.implementation.is_polars():
        frame = _known_frame(_wall_clock(orders, columns.date))
    schema = frame.collect_schema()
    _check_columns(frame, schema, columns)
    if getattr(schema[columns.date], "time_zone", None):
        frame = frame.with_columns(nw.col(columns.date).dt.replace_time_zone(None))
    if repeats == "refuse":
        _check_repeats(frame, schema, columns)
    drop_returned = returns == "drop" and columns.returned in schema
    if isinstance(frame, nw.DataFrame) and (drop_returned or repeats == "drop"):
        frame = frame.with_row_index(ROW)  # so that a message names the row as it was given
    if repeats == "drop":
        order = {"maintain_order": True} if isinstance(frame, nw.DataFrame) else {}
        frame = frame.unique(subset=list(schema), **order)
    if drop_returned:
        frame = frame.filter(~_returned(frame, schema[columns.returned], columns.returned))
    facts = _facts(frame, schema, columns)
    _check_facts(frame, columns, facts, non_positive)
    as_of = _settled_as_of(frame, columns, facts["last"], as_of)
    if non_positive == "drop" and facts["lowest"] <= 0:
        frame = frame.filter(nw.col(columns.amount) > 0)
    return frame.drop(ROW, strict=False), as_of


def _wall_clock(orders, name: str):
    """Drop the zone of pandas' (and Dask's) dates: narwhals does not know all their names."""
    dtypes = getattr(orders, "dtypes", None)
    if isinstance(dtypes, pd.Series) and isinstance(dtypes.get(name), pd.DatetimeTZDtype):
        return orders.assign(**{name: orders[name].dt.tz_localize(None)})
    return orders


def _known_frame(orders):
    """Wrap the frame, and refuse with a sentence what is not one."""
    if isinstance(orders, pd.DataFrame):
        pandas_table(orders, orders.columns, _("orders"))  # none stands there twice
    try:
        return nw.from_native(orders)
    except TypeError:
        raise InputError(
            _(
                "Orders must be a table (pandas, Polars, DuckDB, Dask or PySpark), "
                "but this is a {kind}."
            ).format(kind=type(orders).__name__)
        ) from None


def _check_columns(frame, schema, columns: OrderColumns) -> None:
    needed = [columns.customer, columns.date, columns.amount]
    check_columns(schema, needed, "orders", _("Rename it, or say what it is called."))
    if not (schema[columns.date].is_temporal() and schema[columns.date] != nw.Duration):
        raise InputError(
            _(
                "Column {column} holds {kind}, not dates. Read them as a column; what cannot be "
                "read is told: custlab.quality.parse_mixed_dates(orders[{column!r}])."
            ).format(column=columns.date, kind=schema[columns.date])
        )
    if schema[columns.customer] == nw.Object and _mixed(frame, columns.customer):
        raise InputError(
            _(
                "Column {column} holds texts and numbers side by side, so that 7 and '7' would be "
                "two customers. Make all of them texts: orders[{column!r}].astype(str)."
            ).format(column=columns.customer)
        )
    if not schema[columns.amount].is_numeric():
        raise InputError(
            _(
                "Column {column} holds {kind}, not numbers. Read them as a column, with signs of "
                "money and thousands: custlab.quality.parse_numbers(orders[{column!r}])."
            ).format(column=columns.amount, kind=schema[columns.amount])
        )


def _mixed(frame, name: str) -> bool:
    """Say whether a column of pandas objects holds texts and numbers."""
    return pd.api.types.infer_dtype(frame.to_native()[name], skipna=True).startswith("mixed")


def _returned(frame, kind, name: str):
    """Say which rows are returned: true or false, or 1 or 0, in whatever engine."""
    column = nw.col(name)
    if kind == nw.Boolean:
        return column.fill_null(False)
    if kind == nw.Object and isinstance(frame, nw.DataFrame):
        return nw.new_series(name, check_flags(frame[name].to_list(), name), backend="pandas")
    known = frame.filter(~column.is_null())
    strange = known.filter((column != 0) & (column != 1)) if kind.is_numeric() else known
    example = collected(strange.select(name).head(1))
    if len(example):
        raise InputError(refusal_of_flags(name, example[name][0]))
    return (column == 1).fill_null(False) if kind.is_numeric() else ~column.is_null()


def _check_repeats(frame, schema, columns: OrderColumns) -> None:
    """Refuse rows that repeat another row; without order numbers nobody could tell."""
    if columns.order not in schema:
        return
    suspects = frame
    if isinstance(frame, nw.DataFrame):  # whole rows are compared only where two columns agree
        rows = frame[columns.order].is_duplicated().arg_true()
        alike = frame[rows, [columns.order, columns.amount]].is_duplicated()
        if not alike.any():
            return
        suspects = frame[rows.filter(alike)]
    repeats = _count(suspects) - _count(suspects.unique())
    if repeats:
        raise InputError(
            _(
                "{n} of {total} rows repeat another row in every column, {order} included"
                "{where}. If the same order was recorded twice, repeats='drop' leaves them out; if "
                "the same article was really sold twice in an order, repeats='keep' counts both."
            ).format(
                n=repeats,
                total=_count(frame),
                order=columns.order,
                where=_first_row(frame, lambda rows: rows.is_duplicated()),
            )
        )


def _count(frame) -> int:
    return collected(frame.select(nw.len().alias("n")))["n"][0]


def _facts(frame, schema, columns: OrderColumns) -> dict:
    """Find out everything that the checks need; an engine is asked once for all of it."""
    here = isinstance(frame, nw.DataFrame)
    column = frame.get_column if here else nw.col  # a column answers, an expression only asks
    facts = {
        "no_customer": column(columns.customer).null_count(),
        "no_date": column(columns.date).null_count(),
        "no_amount": column(columns.amount).null_count(),
        "lowest": column(columns.amount).min(),
        "last": column(columns.date).max(),
        "total": column(columns.amount).sum(),
        "rows": len(frame) if here else nw.len(),
    }
    if columns.order in schema:
        facts["no_order"] = column(columns.order).null_count()
    for name in (columns.customer, columns.order):
        if schema.get(name) == nw.String:
            facts[f"first {name}"] = column(name).min()  # what is blank comes first
    if columns.currency in schema:
        currency = column(columns.currency)
        facts["currencies"] = currency.n_unique()
        facts["one_currency"] = currency.cast(nw.String).min()
        facts["other_currency"] = currency.cast(nw.String).max()
    if here:
        return facts
    found = collected(frame.select(**facts))
    return {name: found[name][0] for name in facts}


def _check_facts(frame, columns: OrderColumns, facts: dict, non_positive: str) -> None:
    if facts["rows"] == 0:
        raise InputError(_("The orders are empty: there is no customer to value."))
    for fact, column in (
        ("no_customer", columns.customer),
        ("no_date", columns.date),
        ("no_amount", columns.amount),
        ("no_order", columns.order),
    ):
        if facts.get(fact):
            where = _first_row(frame, lambda rows, name=column: rows[name].is_null())
            raise InputError(
                _(
                    "Column {column} is empty in {n} of {total} rows{where}. Fill in what is "
                    "known, or leave these rows out knowingly: orders.dropna(subset=[{column!r}])."
                ).format(column=column, n=int(facts[fact]), total=facts["rows"], where=where)
            )
    for name in (columns.customer, columns.order):
        first = facts.get(f"first {name}")
        if first is not None and not first.strip():
            blank = frame.filter(nw.col(name).str.strip_chars() == "")
            where = _first_row(frame, lambda rows, name=name: rows[name].str.strip_chars() == "")
            raise InputError(
                _(
                    "Column {column} is blank in {n} of {total} rows{where}. Fill in what is "
                    "known, or leave these rows out knowingly: "
                    "orders[orders[{column!r}].str.strip() != '']."
                ).format(column=name, n=_count(blank), total=facts["rows"], where=where)
            )
    if not isfinite(facts["total"]):
        raise InputError(
            _(
                "Column {column} holds an infinite amount or one that is no number{where}. Look "
                "for a division by zero."
            ).format(
                column=columns.amount,
                where=_first_row(frame, lambda rows: ~rows[columns.amount].is_finite()),
            )
        )
    if facts.get("currencies", 1) > 1:
        raise InputError(
            _(
                "Column {column} holds {n} currencies ({one}, {other}, …). Amounts in different "
                "currencies cannot be added: convert them to one first."
            ).format(
                column=columns.currency,
                n=facts["currencies"],
                one=facts["one_currency"],
                other=facts["other_currency"],
            )
        )
    lowest = facts["lowest"]
    if (lowest <= 0 and non_positive == "refuse") or (lowest < 0 and non_positive == "keep_zero"):
        _refuse_non_positive(frame, columns, facts)


def _refuse_non_positive(frame, columns: OrderColumns, facts: dict) -> None:
    amount = nw.col(columns.amount)
    counted = collected(
        frame.select(
            (amount < 0).cast(nw.Int64).sum().alias("negative"),
            (amount == 0).cast(nw.Int64).sum().alias("zero"),
        )
    )
    raise InputError(
        _(
            "Column {column} has {negative} negative and {zero} zero amounts among {total} rows"
            "{where}. Such rows are seldom purchases: choose non_positive='net' (money is "
            "subtracted, but the row is no purchase), non_positive='drop' (the row is left out) "
            "or, if only zeros are left, non_positive='keep_zero' (they are purchases)."
        ).format(
            column=columns.amount,
            negative=int(counted["negative"][0]),
            zero=int(counted["zero"][0]),
            total=facts["rows"],
            where=_first_row(frame, lambda rows: rows[columns.amount] <= 0),
        )
    )


def _settled_as_of(frame, columns: OrderColumns, last, as_of) -> datetime:
    """Give the day of analysis at midnight, and refuse orders that lie after it."""
    last_day = midnight(last)
    if as_of is not None:
        day = midnight(as_of)
        if last_day > day:
            raise InputError(
                _(
                    "Column {column} reaches {last:%Y-%m-%d}, after the day of analysis "
                    "{day:%Y-%m-%d}{where}. Correct the dates, move as_of, or leave later orders "
                    "out."
                ).format(
                    column=columns.date,
                    last=last_day,
                    day=day,
                    where=_first_row(
                        frame, lambda rows: rows[columns.date] == rows[columns.date].max()
                    ),
                )
            )
        return day
    if last_day > midnight(date.today()) + timedelta(days=1):  # it is tomorrow already elsewhere
        raise InputError(
            _(
                "Column {column} reaches {last:%Y-%m-%d}, which lies in the future{where}. "
                "Correct the dates (day and month exchanged?), or name the day of analysis: as_of=…"
            ).format(
                column=columns.date,
                last=last_day,
                where=_first_row(
                    frame, lambda rows: rows[columns.date] == rows[columns.date].max()
                ),
            )
        )
    return last_day


def collected(frame) -> nw.DataFrame:
    """Bring a small result here: as Polars from Polars, else as pandas, which all can give."""
    if not isinstance(frame, nw.LazyFrame):
        return frame
    return frame.collect("polars" if frame.implementation.is_polars() else "pandas")


def _first_row(frame, flags) -> str:
    """Say where the first row in question is, if the rows have an order at all."""
    if isinstance(frame, nw.LazyFrame):
        return ""
    position = flags(frame).arg_true()[0]
    position = frame[ROW][position] if ROW in frame.columns else position
    return _(" (first: row {row}, counted from 0)").format(row=position)
