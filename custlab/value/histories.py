"""Purchase histories: all that the lifetime models need to know of a customer, in four numbers.

``x`` repeat purchases, ``t_x`` time of the last of them, ``T`` time observed, both counted from
the first purchase, and ``m_x`` the mean amount of the repeat purchases. Purchases of one day are
one purchase. The letters are those of Fader, Hardie & Lee (2005).
"""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from custlab.checks import check_choice, check_columns, midnight
from custlab.errors import InputError
from custlab.i18n import _
from custlab.value.orders import OrderColumns, checked_orders, collected

NAMES, POLICIES = ("customer", "date", "amount"), ("non_positive", "returns", "repeats")
DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4, "year": 365.25}


def purchase_histories(
    orders,
    *,
    as_of=None,
    unit: str = "week",
    customer: str = "customer_id",
    date: str = "order_date",
    amount: str = "amount",
    non_positive: str = "refuse",
    returns: str = "drop",
    repeats: str = "refuse",
) -> pd.DataFrame:
    """Sum up each customer's purchases in four numbers.

    Parameters
    ----------
    orders : pandas, Polars, DuckDB, Dask or PySpark frame
        One row per order or order line.
    as_of : date or str, optional
        End of observation; the day of the last order by default.
    unit : {"day", "week", "month", "quarter", "year"}
        The unit of ``t_x`` and ``T``.
    customer, date, amount : str
        Names of the columns.
    non_positive, returns, repeats : str
        As in :func:`custlab.value.rfm_table`.

    Returns
    -------
    DataFrame
        Index customer; ``x`` (count), ``t_x`` and ``T`` (in ``unit``), ``m_x`` (currency; missing
        for customers without a repeat purchase).

    Raises
    ------
    InputError
        If the orders cannot be used as they are.

    References
    ----------
    Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). Marketing Science, 24(2), 275-284.

    Examples
    --------
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["a", "a", "b"],
    ...     "order_date": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-08"]),
    ...     "amount": [10.0, 30.0, 5.0],
    ... })
    >>> purchase_histories(orders, as_of="2024-01-29")
                 x  t_x    T   m_x
    customer_id
    a            1  2.0  4.0  30.0
    b            0  0.0  3.0   NaN
    """
    unit_days = days_per_unit(unit)
    columns = OrderColumns(customer=customer, date=date, amount=amount)
    frame, as_of = checked_orders(
        orders,
        columns,
        as_of=as_of,
        non_positive=non_positive,
        returns=returns,
        repeats=repeats,
    )
    daily = purchase_days(frame, columns, keep_zero=non_positive == "keep_zero")
    table = collected(_four_numbers(daily, customer)).to_pandas().set_index(customer).sort_index()
    first, last = pd.to_datetime(table["first"]), pd.to_datetime(table["last"])
    repeats = table["days"].astype("int64") - 1
    repeat_money = table["money"] - table["first_money"]
    return pd.DataFrame(
        {
            "x": repeats,
            "t_x": (last - first).dt.days / unit_days,
            "T": (pd.Timestamp(as_of) - first).dt.days / unit_days,
            "m_x": (repeat_money / repeats.where(repeats > 0)).astype(float).round(10),
        }
    )


def days_per_unit(unit: str) -> float:
    """Say how many days a unit of time has on average.

    Parameters
    ----------
    unit : {"day", "week", "month", "quarter", "year"}
        The unit.

    Returns
    -------
    float
        Days.

    Raises
    ------
    InputError
        For another unit.

    Examples
    --------
    >>> days_per_unit("week")
    7.0
    """
    check_choice("unit", unit, DAYS)
    return DAYS[unit]


def purchase_days(frame, columns: OrderColumns, *, keep_zero: bool = False):
    """Merge the orders of one customer on one day, inside the engine.

    Days without income are no purchases, unless amounts of zero are kept.
    """
    if keep_zero:
        no_purchase = nw.col("money") < 0
    else:
        no_purchase = nw.col("money") <= 0
    day = nw.col(columns.date).cast(nw.Datetime("us")).dt.truncate("1d").alias("day")
    return (
        frame.select(nw.col(columns.customer), day, nw.col(columns.amount).alias("money"))
        .group_by(columns.customer, "day")
        .agg(nw.col("money").sum())
        .filter(~no_purchase)  # what is no number stays, and is refused later
    )


def _four_numbers(daily, customer: str):
    totals = daily.group_by(customer).agg(
        nw.col("day").min().alias("first"),
        nw.col("day").max().alias("last"),
        nw.len().alias("days"),
        nw.col("money").sum().alias("total"),
    )
    first_day = daily.select(
        nw.col(customer), nw.col("day").alias("first"), nw.col("money").alias("first_money")
    )
    return totals.join(first_day, on=[customer, "first"], how="inner").select(
        nw.col(customer), "first", "last", "days", nw.col("total").alias("money"), "first_money"
    )


def check_purchase_model(model, name: str) -> None:
    """Refuse what cannot expect purchases, such as a model of spend.

    Parameters
    ----------
    model : BGNBD
        Or anything with its methods.
    name : str
        The parameter, as the caller wrote it.

    Raises
    ------
    InputError
        If it is no model of purchases.

    Examples
    --------
    >>> check_purchase_model(3, "model")
    Traceback (most recent call last):
    custlab.errors.InputError: model must be a model of purchases such as BGNBD, fitted, not int.
    """
    if not hasattr(model, "expected_purchases"):
        raise InputError(
            _("{name} must be a model of purchases such as BGNBD, fitted, not {kind}.").format(
                name=name, kind=type(model).__name__
            )
        )


def calibration_holdout(orders, calibration_end, *, as_of=None, unit: str = "week", **options):
    """Split orders in time: histories up to a day, and what the same customers did after it.

    Parameters
    ----------
    orders : pandas, Polars, DuckDB, Dask or PySpark frame
        One row per order or order line.
    calibration_end : date or str
        The last day that the model may see.
    as_of : date or str, optional
        End of the hold-out period; the day of the last order by default.
    unit : str
        As in :func:`purchase_histories`.
    **options
        Column names and policies of :func:`purchase_histories`.

    Returns
    -------
    DataFrame
        The histories of customers first seen in the calibration period, with ``holdout_x``
        (purchase days after it), ``holdout_money`` (currency) and ``holdout_T`` (its length).

    Raises
    ------
    InputError
        If one of the two periods is empty.

    Examples
    --------
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["a", "a", "b"],
    ...     "order_date": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-08"]),
    ...     "amount": [10.0, 30.0, 5.0],
    ... })
    >>> split = calibration_holdout(orders, "2024-01-10", unit="day")
    >>> split[["x", "T", "holdout_x", "holdout_T"]]
                 x    T  holdout_x  holdout_T
    customer_id
    a            0  9.0          1        5.0
    b            0  2.0          0        5.0
    """
    unit_days = days_per_unit(unit)
    for option in options:
        check_choice("option", option, (*NAMES, *POLICIES))
    names = {key: options[key] for key in NAMES if key in options}
    columns = OrderColumns(**names)
    policies = {key: options[key] for key in POLICIES if key in options}
    keep_zero = policies.get("non_positive") == "keep_zero"
    frame, last_day = checked_orders(orders, columns, as_of=as_of, **policies)
    cut = midnight(calibration_end)
    daily = collected(purchase_days(frame, columns, keep_zero=keep_zero)).to_pandas()
    seen = daily[daily["day"] <= cut]
    later = daily[daily["day"] > cut]
    if seen.empty or later.empty:
        raise InputError(
            _(
                "The day {cut:%Y-%m-%d} leaves {n} purchase days to learn from and {m} to test on: "
                "choose a day between the first and the last order."
            ).format(cut=cut, n=len(seen), m=len(later))
        )
    seen = seen.rename(columns={"day": columns.date, "money": columns.amount})
    zeros = "keep_zero" if keep_zero else "refuse"
    table = purchase_histories(seen, as_of=cut, unit=unit, non_positive=zeros, **names)
    held_out = later.groupby(columns.customer)["money"].agg(["size", "sum"]).reindex(table.index)
    return table.assign(
        holdout_x=held_out["size"].fillna(0).astype("int64"),
        holdout_money=held_out["sum"].fillna(0.0),
        holdout_T=(last_day - cut).days / unit_days,
    )


def checked_histories(histories, *, repeat_needed: bool = True) -> pd.DataFrame:
    """Check purchase histories before a model is fitted to them.

    Parameters
    ----------
    histories : DataFrame
        Columns ``x``, ``t_x``, ``T``.
    repeat_needed : bool
        Whether to refuse a table in which nobody bought again.

    Returns
    -------
    DataFrame
        The same table.

    Raises
    ------
    InputError
        Naming the column and the first row that cannot be.

    Examples
    --------
    >>> checked_histories(pd.DataFrame({"x": [1], "t_x": [2.0], "T": [4.0]})).shape
    (1, 3)
    """
    if not isinstance(histories, pd.DataFrame):
        raise InputError(_("Histories must be a DataFrame made with purchase_histories(orders)."))
    remedy = _("Make it with purchase_histories(orders), or rename yours (frequency → x, "
               "recency → t_x).")  # fmt: skip
    check_columns(histories, ("x", "t_x", "T"), "histories", remedy)
    if histories.empty:
        raise InputError(_("The histories are empty: there is no customer to value."))
    try:
        x, t_x, T = (histories[name].to_numpy(dtype=float) for name in ("x", "t_x", "T"))
    except (TypeError, ValueError):
        raise InputError(_("Columns x, t_x and T must be numbers without gaps.")) from None
    # Hand-made tables round t_x and T apart by a hair (30.86 against 30.857): allow for it.
    slack = 1e-9 + 1e-6 * np.abs(T)
    faults = {
        _("x, t_x and T must be finite numbers"): ~np.isfinite(x + t_x + T),
        _("x must be a whole number of 0 or more"): (x < 0) | (x != np.floor(x)),
        _("t_x must lie between 0 and T"): (t_x < 0) | (t_x > T + slack),
        _("t_x must be 0 when x is 0, and above 0 when x is above 0"): (x > 0) != (t_x > 0),
    }
    for rule, wrong in faults.items():
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise InputError(
                _(
                    "{rule}; row {row} (customer {customer}) has x={x:g}, t_x={t_x:g}, T={T:g}, "
                    "and {n} rows in all are so."
                ).format(
                    rule=rule,
                    row=row,
                    customer=histories.index[row],
                    x=x[row],
                    t_x=t_x[row],
                    T=T[row],
                    n=int(wrong.sum()),
                )
            )
    if repeat_needed and not (x > 0).any():
        raise InputError(
            _(
                "Nobody among these {n} customers bought a second time, so nothing can be learned "
                "about how often they return. Observe longer, or use a historic value."
            ).format(n=len(x))
        )
    return histories


def distinct_histories(histories: pd.DataFrame) -> pd.DataFrame:
    """Count identical histories once: the cost of a fit then depends on their number only.

    Parameters
    ----------
    histories : DataFrame
        Columns ``x``, ``t_x``, ``T``, one row per customer.

    Returns
    -------
    DataFrame
        ``x``, ``t_x``, ``T`` and ``n``, the number of customers who share them.

    Examples
    --------
    >>> distinct_histories(pd.DataFrame({"x": [0, 0, 1], "t_x": [0, 0, 2.0], "T": [4.0, 4, 4]}))
       x  t_x    T  n
    0  0  0.0  4.0  2
    1  1  2.0  4.0  1
    """
    columns = ["x", "t_x", "T"]
    return histories.groupby(columns, sort=False).size().rename("n").reset_index()


def checked_distinct(histories, *, repeat_needed: bool = True) -> pd.DataFrame:
    """Count identical histories once and check only those, which is far less work.

    Parameters
    ----------
    histories : DataFrame
        Columns ``x``, ``t_x``, ``T``, one row per customer.
    repeat_needed : bool
        Whether to refuse a table in which nobody bought again.

    Returns
    -------
    DataFrame
        As from :func:`distinct_histories`.

    Raises
    ------
    InputError
        Naming the column and the first row that cannot be.

    Examples
    --------
    >>> int(checked_distinct(pd.DataFrame({"x": [1], "t_x": [2.0], "T": [4.0]}))["n"].sum())
    1
    """
    try:
        distinct = distinct_histories(histories)
        complete = distinct["n"].sum() == len(histories)
        checked_histories(distinct, repeat_needed=repeat_needed)
    except (InputError, KeyError, TypeError, AttributeError):
        complete = False
    if not complete:  # look again at all customers, to name the row and the customer at fault
        checked_histories(histories, repeat_needed=repeat_needed)
    return distinct
