"""Customers with a contract: they are seen to leave, so survival can be counted and modelled."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from scipy.stats import CensoredData, ecdf

from custlab.checks import (
    check_dates,
    check_finite,
    check_flags,
    check_number,
    midnight,
    pandas_table,
)
from custlab.errors import InputError
from custlab.i18n import _
from custlab.value.histories import days_per_unit


def subscription_periods(
    subscriptions: pd.DataFrame,
    *,
    as_of,
    unit: str = "month",
    start: str = "started_on",
    end: str = "ended_on",
) -> pd.DataFrame:
    """Count the periods of each subscription, and say whether it was seen to end.

    For one that ended: the periods begun, so one that ends during or with its third month
    counts 3, and was lost at its third renewal. For one still active: the periods completed.

    Parameters
    ----------
    subscriptions : DataFrame
        One row per subscription.
    as_of : date or str
        End of observation.
    unit : {"day", "week", "month", "quarter", "year"}
        Length of a period.
    start, end : str
        Columns with the first day and the last (missing while active).

    Returns
    -------
    DataFrame
        Index of the subscriptions; ``periods`` (count) and ``ended`` (bool).

    Raises
    ------
    InputError
        If dates are text, missing, in the future, or end before they start.

    Examples
    --------
    >>> table = pd.DataFrame({"started_on": pd.to_datetime(["2024-01-01", "2024-01-01"]),
    ...                       "ended_on": pd.to_datetime(["2024-03-20", None])})
    >>> subscription_periods(table, as_of="2024-12-31")
       periods  ended
    0        3   True
    1       12  False
    """
    unit_days = days_per_unit(unit)
    as_of = pd.Timestamp(midnight(as_of))
    subscriptions = pandas_table(subscriptions, (start, end), "subscriptions")
    began, ended = (
        check_dates(subscriptions, name, "subscriptions", missing=True) for name in (start, end)
    )
    faults = {
        _("{start} is missing").format(start=start): began.isna(),
        _("{start} lies after the day of analysis").format(start=start): began > as_of,
        _("{end} lies before {start}").format(end=end, start=start): ended < began,
    }
    for rule, wrong in faults.items():
        if wrong.any():
            raise InputError(
                _("{rule} in {n} rows, first in row {row}: correct or leave out.").format(
                    rule=rule, n=int(wrong.sum()), row=wrong.idxmax()
                )
            )
    seen_to_end = ended.notna() & (ended <= as_of)
    days = (ended.where(seen_to_end, as_of) - began).dt.days
    # Months differ in length: a twentieth of a period is no period begun, nor one missed.
    length = days / unit_days
    begun = np.maximum(np.ceil(length - 0.05), 1)
    periods = np.where(seen_to_end, begun, np.floor(length + 0.05)).astype("int64")
    return pd.DataFrame({"periods": periods, "ended": seen_to_end}, index=subscriptions.index)


def survival_curve(periods, ended, level: float = 0.95) -> pd.DataFrame:
    """Estimate the share of customers who are still there, counting those still active rightly.

    Parameters
    ----------
    periods : array of int
        Periods of each customer, as from :func:`subscription_periods`.
    ended : array of bool
        Whether the customer left; otherwise the periods are a lower bound.
    level : float
        Coverage of the interval.

    Returns
    -------
    DataFrame
        Index ``period`` from 0; ``survival`` (share, 0 to 1) with ``low`` and ``high``,
        ``at_risk`` (customers followed so far) and ``retention`` (share of those who renew).

    Raises
    ------
    InputError
        If the table is empty or the numbers cannot be.

    References
    ----------
    Kaplan, E. L., & Meier, P. (1958). Journal of the American Statistical Association, 53, 457-481.

    Examples
    --------
    >>> curve = survival_curve([1, 2, 2, 3], [True, True, False, False])
    >>> curve["survival"].round(3).tolist()
    [1.0, 0.75, 0.5, 0.5]
    """
    check_number("level", level, 0, 1)
    periods, ended = checked_periods(periods, ended)
    curve = ecdf(CensoredData(uncensored=periods[ended], right=periods[~ended])).sf
    with warnings.catch_warnings():  # SciPy warns where all or nobody is left; see below
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = curve.confidence_interval(level, method="log-log")
    times = np.arange(periods.max() + 1)
    survival = curve.evaluate(times)
    table = pd.DataFrame(
        {
            "survival": survival,
            "low": _or_else(interval.low.evaluate(times), survival),
            "high": _or_else(interval.high.evaluate(times), survival),
            "at_risk": [int((periods >= time).sum()) for time in times],
        },
        index=pd.Index(times, name="period"),
    )
    return table.assign(retention=table["survival"] / table["survival"].shift())


def _or_else(limits: np.ndarray, survival: np.ndarray) -> np.ndarray:
    """Where all or nobody is left the interval's formula has no value: take the curve itself."""
    return np.where(np.isnan(limits), survival, limits)


def checked_periods(periods, ended) -> tuple[np.ndarray, np.ndarray]:
    """Check periods and marks of leaving before they are counted.

    Parameters
    ----------
    periods, ended : array
        As from :func:`subscription_periods`.

    Returns
    -------
    tuple of ndarray
        The same as integers and booleans.

    Raises
    ------
    InputError
        If the lengths differ or a number cannot be.

    Examples
    --------
    >>> checked_periods([2.0], [1])
    (array([2]), array([ True]))
    """
    if pd.isna(pd.Series(ended)).any():
        raise InputError(
            _("Of some customers it is not known whether they left: use True or False for each.")
        )
    periods, ended = np.atleast_1d(check_finite(periods, "periods")), check_flags(ended, "ended")
    if len(periods) == 0 or len(periods) != len(ended):
        raise InputError(
            _("Give as many periods as marks of leaving, at least one (got {n} and {m}).").format(
                n=len(periods), m=len(ended)
            )
        )
    wrong = (periods < ended.astype(int)) | (periods != np.floor(periods))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            _(
                "Periods must be whole numbers, at least 1 for a customer who left; row {row} has "
                "{value}."
            ).format(row=row, value=periods[row])
        )
    return periods.astype(int), ended


def counts_from_survivors(survivors) -> tuple[np.ndarray, np.ndarray]:
    """Turn the survivors of one cohort into periods and marks of leaving.

    Parameters
    ----------
    survivors : sequence of int
        Customers at the start and after each period, for example ``[1000, 869, 743]``.

    Returns
    -------
    tuple of ndarray
        ``periods`` and ``ended``, one entry per customer.

    Raises
    ------
    InputError
        If the number of survivors grows.

    Examples
    --------
    >>> periods, ended = counts_from_survivors([10, 7, 6])
    >>> periods.tolist(), int(ended.sum())
    ([1, 1, 1, 2, 2, 2, 2, 2, 2, 2], 4)
    """
    survivors = check_finite(survivors, "survivors")
    if len(survivors) < 2 or (np.diff(survivors) > 0).any() or survivors[-1] < 0:
        raise InputError(
            _("Survivors are counted from the start of one cohort and can never grow.")
        )
    if (survivors != np.floor(survivors)).any():
        raise InputError(
            _("Survivors are numbers of customers, not shares: multiply by the size of the cohort.")
        )
    survivors = survivors.astype(int)
    lost = -np.diff(survivors)
    last = len(lost)
    periods = np.repeat(np.append(np.arange(1, last + 1), last), np.append(lost, survivors[-1]))
    return periods, np.arange(len(periods)) < lost.sum()


def constant_retention(periods, ended) -> float:
    """Estimate one retention rate for everybody: renewals made over renewals due.

    Parameters
    ----------
    periods, ended : array
        As from :func:`subscription_periods`.

    Returns
    -------
    float
        The maximum-likelihood rate if every customer had the same; compare its curve
        ``rate ** t`` with :func:`survival_curve` before you trust it.

    Examples
    --------
    >>> constant_retention([1, 2, 3], [True, True, False])
    0.6666666666666667
    """
    periods, ended = checked_periods(periods, ended)
    due = periods.sum()
    if due == 0:
        raise InputError(_("No renewal was due yet: wait until the first period has ended."))
    return float(1 - ended.sum() / due)
