"""How long customers take to come back: the product's own rhythm, not a fixed 90 days."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from custlab.checks import check_columns
from custlab.errors import InputError
from custlab.i18n import _
from custlab.value.orders import OrderColumns, checked_orders

# Shares of all returns after which a silent customer is no longer active, and counts as churned.
ACTIVE_UNTIL, CHURNED_FROM = 0.75, 0.95
# From this share of silent customers who still come back on, they are written off too early.
WRITTEN_OFF = 0.1


def return_curve(orders: pd.DataFrame, as_of) -> pd.Series:
    """Give the share of orders that are followed by another one within so many days.

    A customer who has not come back *yet* is not the same as one who never will: such open waits
    are censored, and the curve is the Kaplan-Meier estimate.

    Parameters
    ----------
    orders : DataFrame
        Columns ``customer_id``, ``order_date``, ``amount``.
    as_of : date
        Day of the analysis; later orders are ignored.

    Returns
    -------
    Series
        Share of returns (0 to 1) by days since the order.

    Raises
    ------
    InputError
        If no customer ever came back, or the table cannot be used.

    References
    ----------
    Kaplan, E. L., & Meier, P. (1958). Nonparametric estimation from incomplete observations.
    Journal of the American Statistical Association 53, 457-481.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "amount": [10.0, 20.0, 5.0],
    ...     "order_date": pd.to_datetime(["2024-01-01", "2024-01-31", "2024-03-01"])})
    >>> return_curve(orders, "2024-03-31").round(2).to_dict()
    {30: 0.33}
    """
    return _curve(waits(orders, as_of))


def still_coming(curve: pd.Series, silent: float) -> float:
    """Say what share of those silent for so many days still come back.

    Parameters
    ----------
    curve : Series
        The result of :func:`return_curve`.
    silent : float
        Days since the last order.

    Returns
    -------
    float
        Share (0 to 1) of those who had not come back by then.

    Examples
    --------
    >>> still_coming(pd.Series([0.5, 0.8], index=[10, 40]), 20)
    0.6
    """
    by_then = float(curve[curve.index <= silent].max()) if (curve.index <= silent).any() else 0.0
    left = 1 - by_then
    return round((float(curve.iloc[-1]) - by_then) / left, 12) if left > 0 else 0.0


def repurchase_rhythm(
    orders: pd.DataFrame,
    as_of,
    by: str | None = None,
    active: float = ACTIVE_UNTIL,
    churned: float = CHURNED_FROM,
) -> pd.DataFrame:
    """Derive from the data how long a customer may be silent and still count as active.

    Parameters
    ----------
    orders : DataFrame
        Columns ``customer_id``, ``order_date``, ``amount``.
    as_of : date
        Day of the analysis; later orders are ignored.
    by : str, optional
        A column of the orders (such as the product line or the customer's kind): one rhythm for
        each of its values. A wait belongs to the order that begins it.
    active, churned : float
        Shares of all returns, between 0 and 1.

    Returns
    -------
    DataFrame
        One row a group (``all`` without ``by``): ``returns`` (waits that ended), ``open`` (waits
        that had not ended), ``ever`` (share of orders ever followed by another), and
        ``active_days``, ``churned_days``: by then the shares ``active`` and ``churned`` of all
        returns had happened.

    Raises
    ------
    InputError
        If nobody in a group ever came back, or the shares are out of order.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": list("aaabb"), "amount": 10.0,
    ...     "order_date": pd.to_datetime(["2024-01-01", "2024-01-31", "2024-03-21",
    ...                                   "2024-02-01", "2024-02-11"])})
    >>> repurchase_rhythm(orders, "2024-06-30")[["returns", "open", "active_days", "churned_days"]]
         returns  open  active_days  churned_days
    all        3     2           50            50
    """
    if not 0 < active < churned <= 1:
        raise InputError(
            _("The shares must satisfy 0 < active < churned <= 1, not {active} and {churned}.")
            .format(active=active, churned=churned)
        )  # fmt: skip
    return rhythm_of(waits(orders, as_of, by), active, churned)


def rhythm_of(
    found: pd.DataFrame, active: float = ACTIVE_UNTIL, churned: float = CHURNED_FROM
) -> pd.DataFrame:
    """Derive the rhythm from waits, for each ``group`` if they have this column.

    Parameters
    ----------
    found : DataFrame
        The result of :func:`waits`.
    active, churned : float
        Shares of all returns, between 0 and 1.

    Returns
    -------
    DataFrame
        As from :func:`repurchase_rhythm`.

    Raises
    ------
    InputError
        If nobody in a group ever came back.
    """
    groups = {"all": found}
    if "group" in found.columns:
        groups = dict(list(found.groupby("group", observed=True)))
    rows = {name: _rhythm(part, active, churned) for name, part in groups.items()}
    return pd.DataFrame.from_dict(rows, orient="index").astype(
        {"returns": int, "open": int, "active_days": int, "churned_days": int}
    )


def waits(orders: pd.DataFrame, as_of, by: str | None = None) -> pd.DataFrame:
    """List for each day with an order how long it took until the next one.

    Parameters
    ----------
    orders : DataFrame
        Columns ``customer_id``, ``order_date``, ``amount``; returned lines are left out.
    as_of : date
        Day of the analysis; later orders are ignored.
    by : str, optional
        A column of the orders to keep as ``group``.

    Returns
    -------
    DataFrame
        ``customer_id``, ``order_date``, ``days`` (until the next order, or until ``as_of``),
        ``ended`` (whether there was a next order) and, if asked for, ``group``.

    Raises
    ------
    InputError
        If a column is missing or holds what it should not.
    """
    if by is not None:
        remedy = _("Join it first, for example orders.merge(products, on='product_id').")
        check_columns(orders, [by], "orders", remedy)
    return waits_of(known_on(orders, as_of, repeats="keep"), as_of, by)  # one row a day anyway


def waits_of(kept: pd.DataFrame, as_of, by: str | None = None) -> pd.DataFrame:
    """List the waits in orders that :func:`known_on` has checked.

    Parameters
    ----------
    kept : DataFrame
        The result of :func:`known_on`.
    as_of, by
        As for :func:`waits`.

    Returns
    -------
    DataFrame
        As from :func:`waits`.
    """
    customer = kept.groupby("customer_id", observed=True).ngroup().to_numpy()
    day = kept["order_date"].to_numpy()
    rows = np.lexsort((day, customer))
    repeated = (np.diff(customer[rows]) == 0) & (np.diff(day[rows]) == np.timedelta64(0))
    rows = rows[np.append(True, ~repeated)]  # one row a day, however many order lines
    ended = np.append(np.diff(customer[rows]) == 0, False)
    days = kept[["customer_id", "order_date"]].iloc[rows].reset_index(drop=True)
    until = days["order_date"].shift(-1).where(ended, pd.Timestamp(as_of))
    found = days.assign(days=(until - days["order_date"]).dt.days, ended=ended)
    if by is not None:
        found["group"] = kept[by].iloc[rows].reset_index(drop=True)
    return found


def known_on(orders: pd.DataFrame, as_of, repeats: str = "refuse") -> pd.DataFrame:
    """Give the checked orders as they were known on a day, without returned lines.

    Parameters
    ----------
    orders : DataFrame
        Columns ``customer_id``, ``order_date``, ``amount``.
    as_of : date
        Later orders are left out.
    repeats : {"refuse", "keep", "drop"}
        As in :func:`custlab.value.rfm_table`.

    Returns
    -------
    DataFrame
        The orders up to that day, dates without time of day.

    Raises
    ------
    InputError
        If a column is missing or holds what it should not.
    """
    columns = OrderColumns()
    if columns.date in getattr(orders, "columns", []) and pd.api.types.is_datetime64_any_dtype(
        orders[columns.date]
    ):
        later = orders[columns.date].dt.tz_localize(None) >= pd.Timestamp(as_of) + pd.Timedelta(
            days=1
        )
        orders = orders[~later] if later.any() else orders
    frame, __ = checked_orders(orders, columns, as_of=as_of, repeats=repeats)
    kept = frame.to_native()
    return kept.assign(order_date=kept["order_date"].dt.normalize())


def _curve(found: pd.DataFrame) -> pd.Series:
    ended = found["ended"].to_numpy()
    if not ended.any():
        raise InputError(
            _("No customer ever ordered a second time in these data, so there is no repurchase "
              "rhythm. Observe a longer period, or set the thresholds by hand: "
              "behaviour_rules(active_days=…, churned_days=…).")
        )  # fmt: skip
    days = found["days"].to_numpy()
    sample = stats.CensoredData(days[ended], right=days[~ended])
    curve = stats.ecdf(sample).cdf
    steps = pd.Series(curve.probabilities, index=curve.quantiles.astype(int))
    return steps[np.isin(steps.index, days[ended])]


def _rhythm(found: pd.DataFrame, active: float, churned: float) -> dict:
    curve = _curve(found)
    share = curve / curve.iloc[-1]
    return {
        "returns": found["ended"].sum(),
        "open": (~found["ended"]).sum(),
        "ever": curve.iloc[-1],
        "active_days": share.index[share >= active - 1e-9][0],
        "churned_days": share.index[share >= churned - 1e-9][0],
    }
