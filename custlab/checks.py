"""Checks that many rooms share: each refuses one fault in one sentence that names the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from numbers import Integral, Real

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _


def check_choice(name: str, given, allowed: Iterable) -> None:
    """Refuse a word that is not among those allowed.

    Parameters
    ----------
    name : str
        The parameter, as the caller wrote it.
    given : object
        What was given for it.
    allowed : iterable
        What may be given.

    Raises
    ------
    InputError
        If it is none of them.

    Examples
    --------
    >>> check_choice("method", "fastest", ("pareto", "quantile"))
    Traceback (most recent call last):
    custlab.errors.InputError: method must be one of pareto, quantile, not 'fastest'.
    """
    allowed = list(allowed)
    if not any(isinstance(given, type(one)) and one == given for one in allowed):
        raise InputError(
            _("{name} must be one of {allowed}, not {given!r}.").format(
                name=name, allowed=", ".join(map(str, allowed)), given=given
            )
        )


def check_columns(table, needed: Iterable, name: str, remedy: str = "") -> None:
    """Refuse a table that lacks a column.

    Parameters
    ----------
    table : frame or mapping by column
        The table (pandas, Polars or narwhals), or its schema.
    needed : iterable of str
        The columns that are read.
    name : str
        What the table is called, such as "orders".
    remedy : str
        A sentence that says what to do, where more can be said than which columns are there.

    Raises
    ------
    InputError
        If a column is not there, or this is no table.

    Examples
    --------
    >>> check_columns(pd.DataFrame({"id": [1]}), ["amount"], "orders")
    Traceback (most recent call last):
    custlab.errors.InputError: Table orders has no column amount. It has: id.
    """
    if not hasattr(table, "columns") and not isinstance(table, Mapping):
        raise InputError(
            _("{name}: a table (DataFrame) is needed, but this is a {kind}.").format(
                name=name, kind=type(table).__name__
            )
        )
    found = list(getattr(table, "columns", table))
    missing = [column for column in needed if column not in found]
    if missing:
        said = _("Table {table} has no column {missing}. It has: {found}.").format(
            table=name, missing=", ".join(map(str, missing)), found=", ".join(map(str, found))
        )
        raise InputError(f"{said} {remedy}".strip())


def check_case(case, **tables: Iterable) -> None:
    """Refuse what is no case, or lacks a table or a column that is read.

    Parameters
    ----------
    case : Case
        Anything with the tables as attributes.
    **tables : iterable of str
        The columns that are read of each table; none for ``as_of``.

    Raises
    ------
    InputError
        If a table or a column is not there, or the table customers has a customer twice.

    Examples
    --------
    >>> check_case(pd.DataFrame({"amount": [1]}), orders=["amount"])
    Traceback (most recent call last):
    custlab.errors.InputError: A case with orders is needed, but this DataFrame lacks orders. ...
    """
    frame = isinstance(case, pd.DataFrame)  # its columns would pass for tables
    missing = [name for name in tables if frame or getattr(case, name, None) is None]
    if missing:
        raise InputError(
            _(
                "A case with {needed} is needed, but this {kind} lacks {missing}. Load one "
                "(load_case), or make one of your own tables: custlab.own_case(orders{example})."
            ).format(
                needed=", ".join(tables),
                kind=type(case).__name__,
                missing=", ".join(missing),
                example="".join(
                    f", {name}={name}" for name in tables if name not in ("orders", "tables")
                ),
            )
        )
    for name in tables.keys() - {"as_of"}:
        check_columns(getattr(case, name), tables[name], name)
    if "customers" in tables:
        ids = case.customers["customer_id"]
        twice = ids[ids.duplicated()]
        if len(twice):
            raise InputError(
                _("customer_id {customer!r} stands in more than one row of the table customers. "
                  "Keep one row for each customer.").format(customer=twice.iloc[0])
            )  # fmt: skip


def pandas_table(table, needed: Iterable, name: str, remedy: str = "") -> pd.DataFrame:
    """Take a table of whatever library, as pandas has it, and refuse one that lacks a column.

    Parameters
    ----------
    table : frame
        pandas, Polars, DuckDB, Arrow, ...
    needed : iterable of str
        The columns that are read.
    name, remedy : str
        As for :func:`check_columns`.

    Returns
    -------
    DataFrame
        The same table, if it was one of pandas.

    Raises
    ------
    InputError
        If a column is not there or stands there twice, or this is no table.

    Examples
    --------
    >>> pandas_table([1], ["amount"], "orders")
    Traceback (most recent call last):
    custlab.errors.InputError: orders: a table (DataFrame) is needed, but this is a list.
    """
    if not isinstance(table, pd.DataFrame):
        for convert in ("collect", "to_pandas", "df"):  # of Polars' plans, eager frames, DuckDB
            table = getattr(table, convert)() if hasattr(table, convert) else table
    check_columns(table, needed, name, remedy)
    twice = [column for column in needed if list(table.columns).count(column) > 1]
    if twice:
        raise InputError(
            _("Table {table} has two columns called {column}: drop or rename one.").format(
                table=name, column=twice[0]
            )
        )
    return table


def by_customer(values, name: str, *, missing: bool = False) -> pd.Series:
    """Take one finite number for each customer, customers as index.

    Parameters
    ----------
    values : Series
        Numbers; a list or an array counts its customers from 0.
    name : str
        What the numbers are, for messages.
    missing : bool
        Whether numbers may be missing: these customers are then left out.

    Returns
    -------
    Series of float

    Raises
    ------
    InputError
        If values are no numbers, missing or infinite, or a customer stands there twice.

    Examples
    --------
    >>> by_customer(pd.Series([1, 2], index=["ana", "ana"]), "spend")
    Traceback (most recent call last):
    custlab.errors.InputError: spend: customer 'ana' stands in the index more than once. Keep ...
    """
    if isinstance(values, pd.DataFrame):
        raise InputError(
            _("{name}: one column is needed, but this is a table. Choose one: table['column'].")
            .format(name=name)
        )  # fmt: skip
    values = pd.Series(values)
    values = values.dropna() if missing else values
    numbers = pd.Series(check_finite(values, name), values.index)
    if numbers.index.has_duplicates:
        raise InputError(
            _(
                "{name}: customer {customer!r} stands in the index more than once. Keep one row "
                "for each."
            ).format(name=name, customer=numbers.index[numbers.index.duplicated()].tolist()[0])
        )
    return numbers


def check_finite(values, name: str) -> np.ndarray:
    """Refuse numbers that are missing or infinite: a cut or a mean of them would be a silent NaN.

    Parameters
    ----------
    values : array of shape (customers,)
        One number a customer.
    name : str
        The column that holds them.

    Returns
    -------
    ndarray of float

    Raises
    ------
    InputError
        Naming the column, the first row and how many there are, or that it holds no numbers.

    Examples
    --------
    >>> check_finite([3.0, float("nan")], "recency")
    Traceback (most recent call last):
    custlab.errors.InputError: Column 'recency' is missing or infinite for 1 of 2 customers ...
    """
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise InputError(
            _("Column {column!r} holds values that are no numbers. Convert it first.").format(
                column=name
            )
        ) from None
    strange = ~np.isfinite(numbers)
    if strange.any():
        raise InputError(
            _(
                "Column {column!r} is missing or infinite for {n} of {total} customers (first: "
                "row {row}, counted from 0). Leave these customers out knowingly, or fill the "
                "values in by a rule that you can name."
            ).format(
                column=name, n=int(strange.sum()), total=numbers.size, row=int(strange.argmax())
            )
        )
    return numbers


def check_flags(values, name: str) -> np.ndarray:
    """Take marks of yes or no, and refuse what only looks like them: the text "no" is true.

    Parameters
    ----------
    values : array
        True and False, or 1 and 0; what is missing counts as no.
    name : str
        The column that holds them.

    Returns
    -------
    ndarray of bool

    Raises
    ------
    InputError
        If a value is something else, naming it.

    Examples
    --------
    >>> check_flags([1, 0, None], "returned")
    array([ True, False, False])
    >>> check_flags(["yes", "no"], "returned")
    Traceback (most recent call last):
    custlab.errors.InputError: Column returned holds 'yes', not true or false. Convert it ...
    """
    column = pd.Series(values).reset_index(drop=True)
    column = column.astype(object).where(column.notna(), False)
    flags = column.isin([True, False])  # 1 and 0 are equal to these
    if not flags.all():
        raise InputError(refusal_of_flags(name, column[~flags].iloc[0]))
    return column.astype(bool).to_numpy()


def refusal_of_flags(name: str, example) -> str:
    """Say that a value is neither yes nor no, and how to convert its column."""
    example = example.item() if isinstance(example, np.generic) else example
    return _(
        "Column {column} holds {example!r}, not true or false. Convert it first: "
        "table[{column!r}] = table[{column!r}].map({{'yes': True, 'no': False}}), with your words."
    ).format(column=name, example=example)


def refuse_blank(table: pd.DataFrame, column: str, name: str) -> None:
    """Refuse a table in which a name is missing or blank.

    Parameters
    ----------
    table : DataFrame
        The table.
    column : str
        Its column of names, such as ``customer_id``.
    name : str
        What the table is called.

    Raises
    ------
    InputError
        Saying how many rows there are, and which is the first.

    Examples
    --------
    >>> refuse_blank(pd.DataFrame({"customer_id": ["a", ""]}), "customer_id", "orders")
    Traceback (most recent call last):
    custlab.errors.InputError: Column customer_id is empty in 1 of 2 rows of orders (first: row 1...
    """
    codes, names = pd.factorize(table[column])  # each name is looked at once
    blank = np.append([not str(given).strip() for given in names], True)[codes].astype(bool)
    if blank.any():
        raise InputError(
            _(
                "Column {column} is empty in {n} of {total} rows of {table} (first: row {row}, "
                "counted from 0). Fill in what is known, or leave these rows out knowingly."
            ).format(
                column=column, n=int(blank.sum()), total=len(blank), table=name,
                row=int(blank.argmax()),
            )
        )  # fmt: skip


def check_number(name: str, given, low: float = -np.inf, high: float = np.inf) -> float:
    """Refuse what is not one finite number in range.

    Parameters
    ----------
    name : str
        The parameter, as the caller wrote it.
    given : object
        What was given for it.
    low, high : float
        The least and the largest number allowed.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is no number, not finite or out of range.

    Examples
    --------
    >>> check_number("discount", -1, 0)
    Traceback (most recent call last):
    custlab.errors.InputError: discount must be 0 or more, not -1.
    >>> check_number("top", 20, 0, 1)
    Traceback (most recent call last):
    custlab.errors.InputError: top must be a share from 0 to 1 (25 % is 0.25), not 20.
    """
    number = given if isinstance(given, Real) and not isinstance(given, bool | np.bool_) else np.nan
    if np.isfinite(number) and low <= number <= high:
        return float(number)
    if (low, high) == (0, 1):
        said = _("{name} must be a share from 0 to 1 (25 % is 0.25), not {given!r}.")
    elif np.isfinite(high):
        said = _("{name} must be a number from {low:g} to {high:g}, not {given!r}.")
    elif np.isfinite(low):
        said = _("{name} must be {low:g} or more, not {given!r}.")
    else:
        said = _("{name} must be a number, not {given!r}.")
    given = given.item() if isinstance(given, np.generic) else given
    raise InputError(said.format(name=name, low=low, high=high, given=given))


def check_whole(name: str, given, low: int, high: int | None = None) -> None:
    """Refuse what is not a whole number in range.

    Parameters
    ----------
    name : str
        The parameter, as the caller wrote it.
    given : object
        What was given for it.
    low, high : int
        The least and the largest number allowed; without ``high`` there is no largest.

    Raises
    ------
    InputError
        If it is no whole number, or out of range.

    Examples
    --------
    >>> check_whole("k", 2.5, 1)
    Traceback (most recent call last):
    custlab.errors.InputError: k must be a whole number of at least 1, not 2.5.
    """
    whole = isinstance(given, Integral) and not isinstance(given, bool | np.bool_)
    if whole and low <= given and (high is None or given <= high):
        return
    if high is None:
        said = _("{name} must be a whole number of at least {low}, not {given!r}.")
    else:
        said = _("{name} must be a whole number from {low} to {high}, not {given!r}.")
    raise InputError(said.format(name=name, low=low, high=high, given=given))


def midnight(moment) -> datetime:
    """Turn a date, a Timestamp or text in ISO form into a datetime at 00:00.

    Parameters
    ----------
    moment : date, datetime, Timestamp or str
        A point in time.

    Returns
    -------
    datetime
        The beginning of its day, without time zone.

    Raises
    ------
    InputError
        If it is no date.

    Examples
    --------
    >>> midnight("2024-12-31")
    datetime.datetime(2024, 12, 31, 0, 0)
    """
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            raise InputError(
                _(
                    "{text!r} is not a date. Write it as year-month-day, for example 2024-12-31."
                ).format(text=moment)
            ) from None
    if not isinstance(moment, date | np.datetime64) or pd.isna(moment):
        raise InputError(
            _(
                "{given!r} is not a date. Write it as year-month-day, for example 2024-12-31."
            ).format(given=moment)
        )
    moment = pd.Timestamp(moment)
    return datetime(moment.year, moment.month, moment.day)


def refuse_infinite(money, column: str) -> None:
    """Refuse sums that are no numbers: one look at each customer instead of at each order.

    Parameters
    ----------
    money : array of float
        Sums by customer.
    column : str
        The column that was added up, for the message.

    Raises
    ------
    InputError
        If a sum is infinite or not a number.

    Examples
    --------
    >>> refuse_infinite([1.0, 2.0], "amount")
    """
    strange = int((~np.isfinite(np.asarray(money, dtype=float))).sum())
    if strange:
        raise InputError(
            _(
                "Column {column} holds an infinite amount or one that is no number, at {n} "
                "customers. Look for a division by zero."
            ).format(column=column, n=strange)
        )


def check_dates(table: pd.DataFrame, column: str, name: str, missing: bool = False) -> pd.Series:
    """Refuse a column that does not hold dates.

    Parameters
    ----------
    table : DataFrame
        The table.
    column : str
        One of its columns.
    name : str
        What the table is called.
    missing : bool
        Whether single dates may be missing.

    Returns
    -------
    Series
        The dates, by the clock on the wall where they had a time zone.

    Raises
    ------
    InputError
        If it holds something else, or dates are missing.

    Examples
    --------
    >>> check_dates(pd.DataFrame({"since": ["5/6/2024"]}), "since", "customers")
    Traceback (most recent call last):
    custlab.errors.InputError: Table customers: column since holds '5/6/2024', not dates. ...
    """
    dates = table[column]
    if not pd.api.types.is_datetime64_any_dtype(dates):
        raise InputError(
            _("Table {table}: column {column} holds {example!r}, not dates. Read them as a column; "
              "what cannot be read is told: "
              "custlab.quality.parse_mixed_dates({table}[{column!r}]).").format(
                table=name, column=column, example=dates.iloc[0] if len(dates) else None)
        )  # fmt: skip
    gaps = int(dates.isna().sum())
    if gaps and not missing:
        raise InputError(
            _("Table {table}: column {column} is missing in {n} of {total} rows (first: row {row}, "
              "counted from 0). Fill it in by a rule that you can name, or leave these rows out "
              "knowingly.").format(table=name, column=column, n=gaps, total=len(dates),
                                   row=int(dates.isna().to_numpy().argmax()))
        )  # fmt: skip
    return dates.dt.tz_localize(None)
