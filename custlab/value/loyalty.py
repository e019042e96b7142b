"""Loyalty: what customers do (they come back) and what they say (they would recommend)."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
from scipy.stats import norm

from custlab.checks import by_customer, check_finite, check_number, pandas_table
from custlab.errors import InputError
from custlab.i18n import _
from custlab.stats import wilson_interval
from custlab.value.orders import OrderColumns, checked_orders, collected


def share_with_interval(successes: int, n: int, level: float = 0.95) -> pd.Series:
    """Give a share with Wilson's interval, which stays within 0 and 1 for few customers too.

    Parameters
    ----------
    successes, n : int
        How many, of how many.
    level : float
        Coverage of the interval.

    Returns
    -------
    Series
        ``share``, ``low``, ``high`` (0 to 1) and ``n``.

    Raises
    ------
    InputError
        If n is 0, or the numbers cannot be.

    References
    ----------
    Wilson, E. B. (1927). Journal of the American Statistical Association, 22, 209-212.

    Examples
    --------
    >>> share_with_interval(8, 10).round(3).tolist()
    [0.8, 0.49, 0.943, 10.0]
    """
    if n == 0:
        raise InputError(_("There is nobody to take a share of: the group is empty."))
    check_number("n", n, 0)
    check_number("successes", successes, 0, n)
    check_number("level", level, 0, 1)
    low, high = wilson_interval(int(successes), int(n), level)
    return pd.Series({"share": successes / n, "low": low, "high": high, "n": n}, dtype=float)


def repurchase_rate(orders, within_days: int, *, as_of=None, non_positive="drop") -> pd.Series:
    """Give the share of customers who bought again within so many days of their first purchase.

    Only customers who could be watched for that long count; newer ones would look disloyal.

    Parameters
    ----------
    orders : pandas, Polars, DuckDB, Dask or PySpark frame
        ``customer_id``, ``order_date``, ``amount``.
    within_days : int
        Days after the first purchase.
    as_of : date or str, optional
        End of observation; the day of the last order by default.
    non_positive : {"refuse", "net", "drop"}
        As in :func:`custlab.value.rfm_table`.

    Returns
    -------
    Series
        ``share``, ``low``, ``high`` (95 % interval) and ``n``, the customers watched long enough.

    Raises
    ------
    InputError
        If the orders cannot be used, or nobody was watched long enough.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b", "c"], "amount": [1.0, 1.0, 1.0, 1.0],
    ...     "order_date": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-01-01", "2024-06-01"])})
    >>> repurchase_rate(orders, 60)[["share", "n"]].tolist()
    [0.5, 2.0]
    """
    check_number("within_days", within_days, 1)
    days, as_of = days_of_orders(orders, as_of, non_positive)
    first = days.groupby("customer_id", observed=True)["order_date"].transform("min")
    after = (days["order_date"] - first).dt.days
    watched = (pd.Timestamp(as_of) - first).dt.days >= within_days
    customers = days.loc[watched, "customer_id"].nunique()
    if customers == 0:
        raise InputError(
            _(
                "Nobody was watched for {days} days after the first purchase: ask for a shorter "
                "time, or observe longer."
            ).format(days=within_days)
        )
    again = days.loc[watched & (after > 0) & (after <= within_days), "customer_id"].nunique()
    return share_with_interval(again, customers)


def days_of_orders(orders, as_of, non_positive: str) -> tuple[pd.DataFrame, datetime]:
    """Give the days on which each customer ordered, and the day of analysis.

    Parameters
    ----------
    orders : pandas, Polars, DuckDB, Dask or PySpark frame
        ``customer_id``, ``order_date``, ``amount``; a line that stands there twice changes no day.
    as_of : date, str or None
        End of observation.
    non_positive : str
        As in :func:`custlab.value.rfm_table`.

    Returns
    -------
    tuple
        ``customer_id`` and ``order_date`` (midnight), each pair once, and the day of analysis.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", "a"], "amount": [1.0, 2.0],
    ...     "order_date": pd.to_datetime(["2024-01-01 09:00", "2024-01-01 17:00"])})
    >>> len(days_of_orders(orders, None, "drop")[0])
    1
    """
    frame, as_of = checked_orders(
        orders, OrderColumns(), as_of=as_of, non_positive=non_positive, repeats="keep"
    )
    days = collected(frame.select("customer_id", "order_date")).to_pandas()
    days["order_date"] = pd.to_datetime(days["order_date"]).dt.tz_localize(None).dt.normalize()
    return days.drop_duplicates(ignore_index=True), as_of


def net_promoter_score(recommend, level: float = 0.95) -> pd.Series:
    """Give the net promoter score with its interval.

    Promoters answer 9 or 10, detractors 0 to 6; the score is the difference of their shares.
    Missing answers are left out, and counted.

    Parameters
    ----------
    recommend : array
        Answers from 0 to 10 to "How likely are you to recommend us?".
    level : float
        Coverage of the interval.

    Returns
    -------
    Series
        ``nps`` (-1 to 1), ``standard_error``, ``low``, ``high``, ``promoters``, ``passives``,
        ``detractors`` (shares), ``n`` (answers) and ``missing``.

    Raises
    ------
    InputError
        If nobody answered, or an answer is not a whole number from 0 to 10.

    References
    ----------
    Reichheld, F. F. (2003). Harvard Business Review, 81(12), 46-54. The variance is that of a
    difference of two multinomial shares: (p + d) - (p - d)^2, over n.

    Examples
    --------
    >>> answers = [10] * 50 + [8] * 30 + [3] * 20
    >>> net_promoter_score(answers)[["nps", "standard_error", "low", "high"]].round(4).tolist()
    [0.3, 0.0781, 0.1469, 0.4531]
    """
    check_number("level", level, 0, 1)
    answers, missing = checked_scale(recommend, 0, 10, "recommend")
    n = len(answers)
    promoters, detractors = (answers >= 9).mean(), (answers <= 6).mean()
    score = promoters - detractors
    error = np.sqrt((promoters + detractors - score**2) / n)
    reach = norm.ppf((1 + level) / 2) * error
    if error == 0:
        # All alike: the formula says "certain" even of three answers. Wilson's limit for a share
        # of n out of n says how many others there may be, each of whom moves the score by two.
        reach = 2 * (1 - share_with_interval(n, n, level)["low"])
    return pd.Series(
        {
            "nps": score,
            "standard_error": error,
            "low": max(score - reach, -1.0),
            "high": min(score + reach, 1.0),
            "promoters": promoters,
            "passives": 1 - promoters - detractors,
            "detractors": detractors,
            "n": n,
            "missing": missing,
        },
        dtype=float,
    )


def checked_scale(values, low: int, high: int, name: str) -> tuple[np.ndarray, int]:
    """Take the answers given on a scale, and count those that are missing.

    Parameters
    ----------
    values : array
        Answers; missing ones allowed.
    low, high : int
        Ends of the scale.
    name : str
        The column's name, for the message.

    Returns
    -------
    tuple
        The answers given as floats, and the number missing.

    Raises
    ------
    InputError
        If nobody answered, or an answer is not a whole number on the scale.

    Examples
    --------
    >>> checked_scale([1, None, 5], 1, 5, "satisfaction")
    (array([1., 5.]), 1)
    """
    if isinstance(values, pd.DataFrame):
        raise InputError(
            _("{name}: one column is needed, but this is a table. Choose one: table['column'].")
            .format(name=name)
        )  # fmt: skip
    try:
        numbers = pd.Series(values, dtype="Float64").to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise InputError(
            _("Column {column} holds text among the answers: use numbers from {low} to {high}.")
            .format(column=name, low=low, high=high)
        ) from None  # fmt: skip
    given = ~np.isnan(numbers)
    wrong = given & ((numbers < low) | (numbers > high) | (numbers != np.floor(numbers)))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            _(
                "Column {column} must hold whole numbers from {low} to {high}; row {row} (counted "
                "from 0) has {value:g}, and {n} rows in all are so."
            ).format(
                column=name, low=low, high=high, row=row, value=numbers[row], n=int(wrong.sum())
            )
        )
    if not given.any():
        raise InputError(_("Nobody answered: column {column} is empty.").format(column=name))
    return numbers[given], int((~given).sum())


def share_of_wallet(survey: pd.DataFrame, column: str = "wallet_share") -> pd.Series:
    """Give the mean share of wallet, and how few customers it is known of.

    Parameters
    ----------
    survey : DataFrame
        With a column of shares between 0 and 1, often missing.
    column : str
        Its name.

    Returns
    -------
    Series
        ``share`` (mean), ``low``, ``high`` (95 % interval of the mean), ``n`` (known) and
        ``coverage`` (known share of the table).

    Raises
    ------
    InputError
        If the column is missing, known of fewer than two, or not between 0 and 1.

    Examples
    --------
    >>> survey = pd.DataFrame({"wallet_share": [0.2, 0.4, None, 0.6]})
    >>> share_of_wallet(survey)[["share", "n", "coverage"]].round(2).tolist()
    [0.4, 3.0, 0.75]
    """
    known = pandas_table(survey, [column], "survey")[column].dropna()
    known = pd.Series(check_finite(known, column), known.index)
    if len(known) < 2:
        raise InputError(
            _("Column {column} is known of {n} customers only: ask more of them.").format(
                column=column, n=len(known)
            )
        )
    outside = (known < 0) | (known > 1)
    if outside.any():
        raise InputError(
            _(
                "Column {column} must lie between 0 and 1 (25 % is 0.25); row {row} has {value:g}."
            ).format(column=column, row=known.index[outside][0], value=known[outside].iloc[0])
        )
    reach = norm.ppf(0.975) * known.std(ddof=1) / np.sqrt(len(known))
    mean = known.mean()
    return pd.Series(
        {
            "share": mean,
            "low": max(mean - reach, 0.0),
            "high": min(mean + reach, 1.0),
            "n": len(known),
            "coverage": len(known) / len(survey),
        }
    )


def loyalty_matrix(
    attitude: pd.Series, behaviour: pd.Series, *, attitude_from: float, behaviour_from: float
) -> pd.Series:
    """Cross what customers say with what they do.

    Parameters
    ----------
    attitude : Series
        For example the answer to the question on recommending; customers as index.
    behaviour : Series
        For example the number of orders in the last year; customers as index.
    attitude_from, behaviour_from : float
        From which value on each counts as high.

    Returns
    -------
    Series
        Categorical, for customers known in both: true loyalty (high, high), latent loyalty (high
        attitude, low behaviour), spurious loyalty (low, high), no loyalty.

    Raises
    ------
    InputError
        If no customer is known in both.

    References
    ----------
    Dick, A. S., & Basu, K. (1994). Journal of the Academy of Marketing Science, 22(2), 99-113.

    Examples
    --------
    >>> says = pd.Series({"a": 10, "b": 9, "c": 2})
    >>> does = pd.Series({"a": 5, "b": 1, "c": 7})
    >>> loyalty_matrix(says, does, attitude_from=9, behaviour_from=3).tolist()
    ['true loyalty', 'latent loyalty', 'spurious loyalty']
    """
    check_number("attitude_from", attitude_from)
    check_number("behaviour_from", behaviour_from)
    says = by_customer(attitude, "attitude", missing=True)
    does = by_customer(behaviour, "behaviour", missing=True)
    both = pd.concat([says.rename("says"), does.rename("does")], axis=1, join="inner")
    if both.empty:
        raise InputError(
            _("No customer has both an attitude and a behaviour: do the two indexes match?")
        )
    names = [_("true loyalty"), _("latent loyalty"), _("spurious loyalty"), _("no loyalty")]
    says, does = both["says"] >= attitude_from, both["does"] >= behaviour_from
    codes = np.select([says & does, says & ~does, ~says & does], [0, 1, 2], default=3)
    return pd.Series(pd.Categorical.from_codes(codes, names), both.index, name="loyalty")
