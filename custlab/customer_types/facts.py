"""What is known about a new customer early, what turns out later, and a hold-out in time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import check_case, check_dates
from custlab.customer_types.rhythm import known_on
from custlab.errors import InputError
from custlab.i18n import _

PERSONAL = (
    "kind",
    "city_tier",
    "acquisition_channel",
    "income_band",
    "life_stage",
    "age",
    "employees",
)


def early_facts(case, days: int = 14) -> pd.DataFrame:
    """Collect what the firm knew about each customer so many days after the first order.

    Parameters
    ----------
    case : Case
        The firm.
    days : int
        How long the firm watches a new customer before it decides.

    Returns
    -------
    DataFrame
        By ``customer_id``: ``decided_on`` (date of the decision), what the customer stated at
        registration, and until the decision: ``orders``, ``lines`` (order lines), ``amount``
        (currency), ``discount_share``, ``first_line`` (product line of the first order),
        ``first_channel``, ``contacts`` (recorded interactions).

    Raises
    ------
    InputError
        If ``days`` is negative or nobody has been watched long enough.

    Examples
    --------
    >>> from custlab import load_case
    >>> list(early_facts(load_case("ecommerce")).columns[-4:])
    ['discount_share', 'first_line', 'first_channel', 'contacts']
    """
    if days < 0:
        raise InputError(_("days must be 0 or more, not {days}.").format(days=days))
    check_case(
        case, customers=["customer_id"], orders=["order_id", "product_id", "channel", "discount"],
        products=["product_id", "line"], interactions=["customer_id", "timestamp"], as_of=(),
    )  # fmt: skip
    orders = _kept_orders(case)
    customers = orders.groupby("customer_id", observed=True)
    decided_on = (customers["order_date"].min() + pd.Timedelta(days=days)).rename("decided_on")
    watched = decided_on <= case.as_of
    if not watched.any():
        raise InputError(
            _("No customer has been watched for {days} days yet. Watch for fewer days.").format(
                days=days
            )
        )
    until = decided_on.where(watched).to_numpy()[customers.ngroup()]  # no date is before no day
    early = orders[orders["order_date"] <= until]
    decided_on = decided_on[watched]
    customers = case.customers.set_index("customer_id")
    known = [name for name in PERSONAL if name in customers.columns]
    facts = decided_on.to_frame().join(customers[known]).join(_order_facts(case, early))
    return facts.assign(contacts=_contacts_until(case, decided_on))


def facts_of_today(case) -> pd.DataFrame:
    """Collect facts as they stand on the last day: for showing what leakage does.

    These facts are true, but nobody knew them when a customer was new. A model that uses them
    looks splendid and is worthless: that is leakage.

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    DataFrame
        By ``customer_id``: ``turnover_until_today`` (currency), ``orders_until_today``,
        ``days_since_last_order``, ``contacts_until_today``.

    Examples
    --------
    >>> from custlab import load_case
    >>> list(facts_of_today(load_case("ecommerce")).columns)
    ['turnover_until_today', 'orders_until_today', 'days_since_last_order', 'contacts_until_today']
    """
    check_case(case, orders=["order_id"], interactions=["customer_id"], as_of=())
    orders = _kept_orders(case).groupby("customer_id", observed=True)
    contacts = case.interactions.groupby("customer_id", observed=True).size()
    found = pd.DataFrame(
        {
            "turnover_until_today": orders["amount"].sum(),
            "orders_until_today": orders["order_id"].nunique(),
            "days_since_last_order": (
                pd.Timestamp(case.as_of) - orders["order_date"].max()
            ).dt.days,
        }
    )
    return found.assign(contacts_until_today=contacts.reindex(found.index).fillna(0).astype(int))


def first_value(case, within: int = 180) -> pd.Series:
    """Add up what each customer bought within so many days after the first order.

    This decides the type by value, and is what a tree shall foresee from early facts.

    Parameters
    ----------
    case : Case
        The firm.
    within : int
        Length of the time, in days, counted from the first order (which is part of it).

    Returns
    -------
    Series
        ``monetary`` (currency) by ``customer_id``; only customers whose time has passed.

    Raises
    ------
    InputError
        If nobody's time has passed.

    Examples
    --------
    >>> from custlab import load_case
    >>> bool((first_value(load_case("ecommerce")) > 0).all())
    True
    """
    check_case(case, orders=["order_id"], as_of=())
    orders = _kept_orders(case)
    customers = orders.groupby("customer_id", observed=True)
    until = customers["order_date"].min() + pd.Timedelta(days=within)
    passed = np.flatnonzero(until <= case.as_of)
    if len(passed) == 0:
        raise InputError(
            _("No customer has been observed for {n} days after the first order: choose a shorter "
              "time.").format(n=within)
        )  # fmt: skip
    number = customers.ngroup().to_numpy()
    in_time = (orders["order_date"] <= until.to_numpy()[number]).to_numpy()
    amounts = orders["amount"][in_time].groupby(number[in_time]).sum()
    return amounts.loc[passed].set_axis(until.index[passed]).rename("monetary")


def split_in_time(decided_on: pd.Series, horizon: int = 166, held_out: float = 0.3):
    """Divide customers into those to learn from and later ones to be tested on.

    A customer may be learned from only if the outcome was known when the first test customer
    was decided on; who lies between is used for neither.

    Parameters
    ----------
    decided_on : Series
        Day of the decision by ``customer_id``; all outcomes known.
    horizon : int
        Days from the decision to the known outcome: 180 days less 14 by default.
    held_out : float
        Share of the customers to be tested on, the latest ones.

    Returns
    -------
    tuple of pandas.Index
        The customers to learn from and those to test on.

    Raises
    ------
    InputError
        If a day is missing, or nobody is left to learn from.

    Examples
    --------
    >>> quarters = pd.date_range("2023-01-01", periods=10, freq="90D")
    >>> days = pd.Series(quarters, index=list("abcdefghij"))
    >>> [list(part) for part in split_in_time(days)]
    [['a', 'b', 'c', 'd', 'e', 'f'], ['h', 'i', 'j']]
    """
    if not 0 < held_out < 1:
        raise InputError(_("held_out must lie between 0 and 1, not {n}.").format(n=held_out))
    if decided_on.empty:
        raise InputError(_("There are no customers to divide."))
    check_dates(decided_on.to_frame("decided_on"), "decided_on", "facts")
    ordered = decided_on.sort_values(kind="stable")
    start = ordered.iloc[int(len(ordered) * (1 - held_out))]
    learn = decided_on.index[decided_on + pd.Timedelta(days=horizon) <= start]
    test = decided_on.index[decided_on >= start]
    if len(learn) == 0:
        raise InputError(
            _("Nobody is left to learn from: no outcome was known before {day:%Y-%m-%d}. Shorten "
              "the horizon ({horizon} days) or hold out fewer customers.").format(
                day=start, horizon=horizon)
        )  # fmt: skip
    return learn, test


def _kept_orders(case) -> pd.DataFrame:
    """Give the kept order lines by date: added up in another order, sums differ at the end."""
    orders = known_on(case.orders, case.as_of).reset_index(drop=True)
    if orders["order_date"].is_monotonic_increasing:
        return orders
    return orders.sort_values(["order_date", "order_id"], kind="stable", ignore_index=True)


def _order_facts(case, early: pd.DataFrame) -> pd.DataFrame:
    """Sum up each customer's early order lines."""
    early = early.merge(case.products[["product_id", "line"]], on="product_id", how="left")
    early = early.sort_values(["order_date", "order_id"], kind="stable")
    grouped = early.groupby("customer_id", observed=True)
    amount = grouped["amount"].sum()
    discount = grouped["discount"].sum()
    first = grouped[["line", "channel"]].first()
    return pd.DataFrame(
        {
            "orders": grouped["order_id"].nunique(),
            "lines": grouped.size(),
            "amount": amount,
            "discount_share": discount / (amount + discount),
            "first_line": first["line"].astype("string"),
            "first_channel": first["channel"].astype("string"),
        }
    )


def _contacts_until(case, decided_on: pd.Series) -> pd.Series:
    """Count each customer's interactions up to the day of the decision."""
    contacts = case.interactions
    number, names = pd.factorize(contacts["customer_id"])
    number = decided_on.index.get_indexer(names)[number]
    until = decided_on.to_numpy()[number] + np.timedelta64(1, "D")
    known = (number >= 0) & (contacts["timestamp"] < until).to_numpy()
    counts = np.bincount(number[known], minlength=len(decided_on))
    return pd.Series(counts, index=decided_on.index)
