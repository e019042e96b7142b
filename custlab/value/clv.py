"""Customer lifetime value: three formulas for the back of an envelope, and the models' answer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import by_customer, check_finite, check_number, check_whole
from custlab.errors import InputError
from custlab.i18n import _
from custlab.value.histories import DAYS, check_purchase_model, days_per_unit


def average_value(order_value: float, orders_per_year: float, years: float, margin: float) -> float:
    """Multiply out the averages: the formula on every marketing poster.

    Good enough for one number about a stable business; blind to differences between customers,
    to those who have already left, and to interest.

    Parameters
    ----------
    order_value : float
        Mean amount of an order (currency).
    orders_per_year : float
        Mean number of orders a year.
    years : float
        Mean time that a customer stays.
    margin : float
        Share of an order that is left after its variable costs, 0 to 1.

    Returns
    -------
    float
        Value of an average customer (currency).

    Examples
    --------
    >>> average_value(order_value=200, orders_per_year=3, years=4, margin=0.25)
    600.0
    """
    for name, number in (
        ("order_value", order_value), ("orders_per_year", orders_per_year), ("years", years),
    ):  # fmt: skip
        check_number(name, number, 0)
    check_number("margin", margin, 0, 1)
    return order_value * orders_per_year * years * margin


def retention_value(
    margin: float,
    retention: float,
    *,
    discount: float = 0.0,
    periods: int | None = None,
    first_now: bool = True,
    acquisition_cost: float = 0.0,
) -> float:
    """Value a customer who pays the same each period and stays with a constant rate.

    Parameters
    ----------
    margin : float
        Contribution per period (currency).
    retention : float
        Share of customers who stay from one period to the next, 0 to 1.
    discount : float
        Rate per period.
    periods : int, optional
        Payments looked at; all future by default.
    first_now : bool
        Whether the first payment is made now and is certain, or at the end of the first period by
        those who stay.
    acquisition_cost : float
        Subtracted once (currency).

    Returns
    -------
    float
        Present value (currency).

    Raises
    ------
    InputError
        If a rate is out of range, or the sum has no end.

    References
    ----------
    Gupta, S., & Lehmann, D. R. (2003). Journal of Interactive Marketing, 17(1), 9-24.

    Examples
    --------
    >>> round(retention_value(100, 0.8, discount=0.1), 2)
    366.67
    >>> round(retention_value(100, 0.8, discount=0.1, periods=3), 2)
    225.62
    """
    check_number("margin", margin)
    check_number("acquisition_cost", acquisition_cost, 0)
    if periods is not None:
        check_whole("periods", periods, 0)
    check_number("retention", retention, 0, 1)
    check_number("discount", discount, 0)
    ratio = retention / (1 + discount)
    if periods is None:
        if ratio >= 1:
            raise InputError(
                _(
                    "With full retention and no discount the value is infinite: name a number of "
                    "periods, or a discount rate above 0."
                )
            )
        total = 1 / (1 - ratio)
    else:
        total = float((ratio ** np.arange(periods)).sum())
    return float(margin * total * (1 if first_now else ratio) - acquisition_cost)


def lifetime_value(
    purchases,
    spend,
    histories: pd.DataFrame,
    *,
    months: int = 12,
    unit: str = "week",
    margin=1.0,
    discount: float = 0.1,
) -> pd.Series:
    """Value each customer's next ``months`` months from fitted models.

    Parameters
    ----------
    purchases : BGNBD
        Fitted; gives the expected purchases in each month.
    spend : GammaGamma, Series or float
        Fitted model of the spend per purchase, or the spend itself (currency per purchase), of each
        customer or of all.
    histories : DataFrame
        ``x``, ``t_x``, ``T`` and, for the model of spend, ``m_x``.
    months : int
        Horizon.
    unit : {"day", "week", "month", "quarter", "year"}
        The unit of time that the histories are in.
    margin : float or Series
        Share of the spend that is left after variable costs, for all or for each customer.
    discount : float
        Yearly rate; each month's income counts at its end.

    Returns
    -------
    Series
        Present value of the expected contribution (currency), with the index of the histories.

    Raises
    ------
    InputError
        If horizon, margin or discount are out of range, or a customer has no spend or margin.

    References
    ----------
    Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). RFM and CLV: using iso-value curves for
    customer base analysis. Journal of Marketing Research, 42(4), 415-430.

    Examples
    --------
    >>> from custlab.value import BGNBD
    >>> model = BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> customer = pd.DataFrame({"x": [2], "t_x": [30.43], "T": [38.86]})
    >>> value = lifetime_value(model, pd.Series([35.0]), customer, months=9, margin=0.3)
    >>> round(float(value.iloc[0]), 2)
    12.44
    """
    monthly = monthly_purchases(purchases, histories, months=months, unit=unit)
    if hasattr(spend, "expected_spend"):
        spend = spend.expected_spend(histories)
    per_purchase = in_order_of(spend, histories.index, "spend")
    if (per_purchase < 0).any():
        raise InputError(
            _("spend must be 0 or more for every customer; customer {customer} has {value:g}.")
            .format(customer=per_purchase.idxmin(), value=per_purchase.min())
        )  # fmt: skip
    margin = in_order_of(margin, histories.index, "margin")
    if (margin > 1).any():  # below zero it may be: some customers cost more than they bring
        raise InputError(
            _("margin must be a share of at most 1 (25 % is 0.25), not {value:g}.").format(
                value=margin.max()
            )
        )
    return discounted(monthly, discount) * per_purchase * margin


def in_order_of(values, customers: pd.Index, name: str) -> pd.Series:
    """Bring one number for each customer, or one for all, into the order of the histories.

    Parameters
    ----------
    values : Series or float
        Customers as index, or one number for all.
    customers : Index
        Those of the histories.
    name : str
        What the numbers are, for messages.

    Returns
    -------
    Series of float
        With the customers as index.

    Raises
    ------
    InputError
        If a customer has no finite number, or stands there twice.

    Examples
    --------
    >>> in_order_of(pd.Series({"b": 2.0, "a": 1.0}), pd.Index(["a", "b"]), "spend").tolist()
    [1.0, 2.0]
    """
    if np.ndim(values) == 0:
        return pd.Series(check_number(name, values), customers)
    if not isinstance(values, pd.Series):
        raise InputError(
            _(
                "{name}: give one number, or a Series with the customers as index, so that each "
                "gets her own; this is a {kind}."
            ).format(name=name, kind=type(values).__name__)
        )
    if values.index.equals(customers):
        return pd.Series(check_finite(values, name), customers)
    values = by_customer(values, name)
    if customers.has_duplicates:
        raise InputError(
            _("histories: a customer stands in the index more than once. Keep one row each.")
        )
    unknown = customers.difference(values.index)
    if len(unknown):
        raise InputError(
            _(
                "{name} is missing for {n} customers of the histories (first: {customer}). Give it "
                "the same index: one number for each customer."
            ).format(name=name, n=len(unknown), customer=unknown[0])
        )
    return values.reindex(customers)


def monthly_purchases(
    purchases, histories: pd.DataFrame, *, months: int, unit: str = "week"
) -> pd.DataFrame:
    """Expect each customer's purchases in each coming month.

    Parameters
    ----------
    purchases : BGNBD
        Fitted.
    histories : DataFrame
        ``x``, ``t_x``, ``T``.
    months : int
        Horizon.
    unit : str
        The unit of time that the histories are in.

    Returns
    -------
    DataFrame
        One column per month, from 1.

    Raises
    ------
    InputError
        If the horizon is not a whole number of months above 0.

    Examples
    --------
    >>> from custlab.value import BGNBD
    >>> model = BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> customer = pd.DataFrame({"x": [2], "t_x": [30.43], "T": [38.86]})
    >>> monthly_purchases(model, customer, months=2).round(3)
       month 1  month 2
    0     0.16    0.153
    """
    check_number("months", months)
    if months < 1 or months != int(months):
        raise InputError(
            _("The horizon must be a whole number of months above 0, not {months}.").format(
                months=months
            )
        )
    check_purchase_model(purchases, "purchases")
    ends = np.arange(1, int(months) + 1) * DAYS["month"] / days_per_unit(unit)
    until = purchases.expected_purchases(histories, ends).to_numpy()
    names = [_("month {n}").format(n=n) for n in range(1, int(months) + 1)]
    return pd.DataFrame(np.diff(until, prepend=0.0, axis=1), histories.index, names)


def discounted(monthly: pd.DataFrame, discount: float) -> pd.Series:
    """Add up months, later ones counting less.

    Parameters
    ----------
    monthly : DataFrame
        One column per month, in order.
    discount : float
        Yearly rate, 0 or more.

    Returns
    -------
    Series
        One number per customer.

    Raises
    ------
    InputError
        If the rate is negative.

    Examples
    --------
    >>> discounted(pd.DataFrame([[1.0] * 12]), 0.0).tolist()
    [12.0]
    """
    check_number("discount", discount, 0)
    monthly = pd.DataFrame(monthly)
    for month in monthly:
        check_finite(monthly[month], str(month))
    weights = (1 + discount) ** (-np.arange(1, monthly.shape[1] + 1) / 12)
    return pd.Series(monthly.to_numpy() @ weights, monthly.index)
