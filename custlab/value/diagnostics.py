"""Is the model to be believed? What really happened, beside what it expected."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from custlab.checks import check_columns, check_finite, check_whole
from custlab.errors import InputError
from custlab.i18n import _
from custlab.value.histories import check_purchase_model, days_per_unit, purchase_days
from custlab.value.orders import OrderColumns, checked_orders, collected


def purchases_by_week(
    orders,
    model,
    *,
    calibration_end,
    as_of=None,
    unit: str = "week",
    non_positive: str = "refuse",
    returns: str = "drop",
    repeats: str = "refuse",
    **names,
) -> pd.DataFrame:
    """Count repeat purchases week by week beside the model's expectation.

    Parameters
    ----------
    orders : pandas, Polars, DuckDB, Dask or PySpark frame
        One row per order or order line.
    model : BGNBD
        Fitted on the histories up to ``calibration_end``.
    calibration_end : date or str
        Customers first seen after this day are left out: the model has never heard of them.
    as_of : date or str, optional
        End of observation; the day of the last order by default.
    unit : str
        The unit of time of the model.
    non_positive, returns, repeats : str
        As in :func:`custlab.value.rfm_table`.
    **names
        ``customer``, ``date``, ``amount``: names of the columns.

    Returns
    -------
    DataFrame
        Index ``week_end`` (date); ``actual`` and ``expected`` repeat purchases in that week,
        ``actual_total`` and ``expected_total`` so far, ``held_out`` (after calibration).

    Raises
    ------
    InputError
        If the orders cannot be used or leave no customer before ``calibration_end``.

    Examples
    --------
    >>> from custlab.value import BGNBD
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["a", "a", "b", "b"], "amount": [10.0, 30.0, 5.0, 5.0],
    ...     "order_date": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-01-08", "2024-01-29"]),
    ... })
    >>> model = BGNBD.with_parameters(r=0.5, alpha=4, a=0.8, b=2.5)
    >>> purchases_by_week(orders, model, calibration_end="2024-01-20")["actual_total"].tolist()
    [0, 0, 1, 1, 2]
    """
    columns = OrderColumns(**names)
    check_purchase_model(model, "model")
    frame, last_day = checked_orders(
        orders,
        columns,
        as_of=as_of,
        non_positive=non_positive,
        returns=returns,
        repeats=repeats,
    )
    daily = purchase_days(frame, columns, keep_zero=non_positive == "keep_zero")
    days = collected(daily.select(nw.col(columns.customer), "day")).to_pandas()
    first = days.groupby(columns.customer)["day"].transform("min")
    known = first <= pd.Timestamp(calibration_end)
    if not known.any():
        raise InputError(
            _("No customer was seen by {day}: choose a later end of calibration.").format(
                day=calibration_end
            )
        )
    days, first = days[known], first[known]
    origin = first.min()
    n_weeks = (pd.Timestamp(last_day) - origin).days // 7 + 1
    week_ends = pd.date_range(origin, periods=n_weeks, freq="7D", name="week_end")
    repeat = days.loc[days["day"] > first, "day"]
    # The week that ends on a day holds the seven days up to and including it.
    week = np.ceil((repeat - origin).dt.days / 7).astype(int)
    actual = np.bincount(week[week < n_weeks], minlength=n_weeks)
    births = days.loc[days["day"] == first, "day"].value_counts()
    age = (week_ends.to_numpy()[:, None] - births.index.to_numpy()) / np.timedelta64(1, "D")
    so_far = model.expected_purchases_of_new(np.maximum(age, 0) / days_per_unit(unit))
    expected_total = so_far @ births.to_numpy()
    return pd.DataFrame(
        {
            "actual": actual,
            "expected": np.diff(expected_total, prepend=0.0),
            "actual_total": actual.cumsum(),
            "expected_total": expected_total,
            "held_out": week_ends > pd.Timestamp(calibration_end),
        },
        index=week_ends,
    )


def customers_by_frequency(histories: pd.DataFrame, model, *, most: int = 7) -> pd.DataFrame:
    """Count customers by number of repeat purchases beside the model's expectation.

    Parameters
    ----------
    histories : DataFrame
        ``x`` and ``T`` of the customers that the model was fitted to.
    model : BGNBD
        Fitted.
    most : int
        Customers with this many or more are put together.

    Returns
    -------
    DataFrame
        Index ``repeat_purchases`` ("0", "1", …, "7+"); ``actual`` and ``expected`` customers.

    Examples
    --------
    >>> from custlab.value import BGNBD
    >>> model = BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> histories = pd.DataFrame({"x": [0, 0, 5], "T": [39.0, 39.0, 30.0]})
    >>> customers_by_frequency(histories, model, most=2).round(2)
                      actual  expected
    repeat_purchases
    0                      2      1.75
    1                      0      0.59
    2+                     1      0.65
    """
    check_whole("most", most, 1)
    check_purchase_model(model, "model")
    check_columns(histories, ("x", "T"), "histories", _("Make it with purchase_histories(orders)."))
    check_finite(histories["T"], "T")
    x = np.minimum(check_finite(histories["x"], "x"), most).astype(int)
    actual = np.bincount(x, minlength=most + 1)
    lengths = histories["T"].value_counts()
    expected = sum(n * model.purchase_distribution(T, most - 1) for T, n in lengths.items())
    expected = np.append(expected, len(histories) - expected.sum())
    names = [str(n) for n in range(most)] + [f"{most}+"]
    return pd.DataFrame(
        {"actual": actual, "expected": expected}, index=pd.Index(names, name="repeat_purchases")
    )


def holdout_by_frequency(split: pd.DataFrame, model, *, most: int = 7) -> pd.DataFrame:
    """Compare what customers did in the hold-out period with what was expected of them.

    Parameters
    ----------
    split : DataFrame
        The result of :func:`custlab.value.calibration_holdout`.
    model : BGNBD
        Fitted on ``split``.
    most : int
        Customers with this many repeat purchases or more are put together.

    Returns
    -------
    DataFrame
        Index ``repeat_purchases`` in calibration; ``customers``, and the mean purchases per
        customer in the hold-out period, ``actual`` and ``expected``.

    Examples
    --------
    >>> from custlab.value import BGNBD
    >>> model = BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> split = pd.DataFrame({"x": [0, 2], "t_x": [0, 30.43], "T": [38.86, 38.86],
    ...                       "holdout_x": [0, 1], "holdout_T": [39.0, 39.0]})
    >>> holdout_by_frequency(split, model)["expected"].round(3).tolist()
    [0.195, 1.226]
    """
    check_whole("most", most, 1)
    check_purchase_model(model, "model")
    needed = ("x", "t_x", "T", "holdout_x", "holdout_T")
    check_columns(split, needed, "split", _("Make it with calibration_holdout(orders, day)."))
    length = split["holdout_T"].iloc[0]
    names = [str(n) for n in range(most)] + [f"{most}+"]
    group = pd.Categorical.from_codes(np.minimum(split["x"], most), names, ordered=True)
    table = split.assign(expected=model.expected_purchases(split, length), group=group)
    result = table.groupby("group", observed=True).agg(
        customers=("x", "size"), actual=("holdout_x", "mean"), expected=("expected", "mean")
    )
    return result.rename_axis("repeat_purchases")
