"""Need, behaviour and value of every customer, combined into one grid."""

from __future__ import annotations

import pandas as pd

from custlab.checks import (
    check_case,
    check_choice,
    check_columns,
    check_dates,
    midnight,
    refuse_infinite,
)
from custlab.customer_types.rhythm import known_on, rhythm_of, waits_of
from custlab.customer_types.rules import apply_rules, behaviour_rules, need_rules, value_rules
from custlab.errors import InputError
from custlab.i18n import _

NEEDS = ("household", "enterprise", "government")
BEHAVIOURS = ("potential", "active", "at risk", "churned")
VALUES = ("high", "medium", "low", "none yet")


def customer_types(case, as_of=None, *, behaviour=None, value=None, need=None) -> pd.DataFrame:
    """Sort every customer of a case by need, behaviour and value.

    Parameters
    ----------
    case : Case
        The firm; its tables ``customers`` and ``orders`` are used. A customer counts from
        ``customer_since`` on, if there is such a column.
    as_of : date, optional
        The day as of which the types hold, the case's own by default. Nothing later is used.
    behaviour, value, need : DataFrame, optional
        Rules in place of the default ones: thresholds from the case's rhythm for each kind of
        customer, Pareto shares of the total amount, and :func:`need_rules`.

    Returns
    -------
    DataFrame
        By ``customer_id``: ``recency`` (days), ``frequency`` (orders), ``monetary`` (currency;
        all three missing without an order), ``need``, ``behaviour``, ``value``.

    Raises
    ------
    InputError
        If nobody had ordered yet, or the tables cannot be used.

    Examples
    --------
    >>> from custlab import load_case
    >>> types = customer_types(load_case("ecommerce"))
    >>> sorted(types["behaviour"].unique())
    ['active', 'at risk', 'churned', 'potential']
    """
    needed = {"customers": ["customer_id"], "orders": ["customer_id"]}
    check_case(case, **needed if as_of is not None else needed | {"as_of": ()})
    as_of = pd.Timestamp(midnight(case.as_of if as_of is None else as_of))
    _refuse_strangers(case)
    customers = _customers_on(case.customers, as_of)
    orders = known_on(case.orders, as_of)
    if orders.empty:
        raise InputError(
            _("Nobody had ordered by {day:%Y-%m-%d}: choose a later day.").format(day=as_of)
        )
    found = _rfm(orders, as_of).reindex(customers.index).astype("Float64")
    found["need"] = apply_rules(customers, need_rules() if need is None else need)
    if behaviour is None:
        behaviour = behaviour_rules(_rhythm_by_need(waits_of(orders, as_of), found["need"]))
    if value is None:
        value = value_rules(found["monetary"])
    found["behaviour"] = apply_rules(found, behaviour, groups=found["need"])
    found["value"] = apply_rules(found, value)
    return found


def _customers_on(customers: pd.DataFrame, as_of) -> pd.DataFrame:
    """Give the customers who were registered by a day; all where nobody has noted the day."""
    if "customer_since" in customers.columns:
        since = check_dates(customers, "customer_since", "customers")
        customers = customers[(since < as_of + pd.Timedelta(days=1)).to_numpy()]
    return customers.set_index("customer_id")


def _refuse_strangers(case) -> None:
    """Refuse orders of somebody who is not in the customers' table: they would get no type."""
    known = case.orders["customer_id"].isin(case.customers["customer_id"])
    strangers = case.orders["customer_id"][~known & case.orders["customer_id"].notna()]
    if len(strangers):
        raise InputError(
            _("{n} customers with orders are not in the table customers, the first is {customer}. "
              "Add them there, or leave their orders out.").format(
                n=strangers.nunique(), customer=strangers.iloc[0])
        )  # fmt: skip


def _rfm(orders: pd.DataFrame, as_of) -> pd.DataFrame:
    """Give what rfm_table gives, of orders that have been checked already."""
    customers = orders.groupby("customer_id", observed=True)
    last, money = customers["order_date"].max(), customers["amount"].sum()
    refuse_infinite(money, "amount")
    numbered = "order_id" in orders.columns
    times = customers["order_id"].nunique(dropna=False) if numbered else customers.size()
    return pd.DataFrame(
        {"recency": (as_of - last).dt.days, "frequency": times, "monetary": money.round(6)}
    )


def _rhythm_by_need(waits: pd.DataFrame, need: pd.Series) -> pd.DataFrame:
    """Give each need its own rhythm, or all the same one if a group has too few returns."""
    try:
        rhythm = rhythm_of(waits.assign(group=waits["customer_id"].map(need)))
    except InputError:
        return rhythm_of(waits)
    few = rhythm["returns"] < 30
    if few.any():
        thresholds = ["active_days", "churned_days"]
        common = rhythm_of(waits).iloc[0]
        rhythm.loc[few, thresholds] = common[thresholds].to_numpy(dtype=int)
    return rhythm


def type_grid(
    types: pd.DataFrame, rows: str = "behaviour", columns: str = "value", what="customers"
):
    """Count customers, or the money that they bring, in each cell of two ways to sort them.

    Parameters
    ----------
    types : DataFrame
        The result of :func:`customer_types`.
    rows, columns : str
        Two of its columns.
    what : {"customers", "monetary"}
        Number of customers, or sum of what they bring (currency).

    Returns
    -------
    DataFrame
        The grid, types in their natural order; customers whom no rule holds for have "no type".

    Raises
    ------
    InputError
        If a column does not exist, or cells shall show something else.

    Examples
    --------
    >>> types = pd.DataFrame({"behaviour": ["active", "churned", "active"],
    ...                       "value": ["high", "low", "low"], "monetary": [90.0, 5, 10]})
    >>> type_grid(types)
    value      high  low
    behaviour
    active        1    1
    churned       0    1
    """
    check_choice("what", what, ("customers", "monetary"))
    needed = [rows, columns] if what == "customers" else [rows, columns, "monetary"]
    check_columns(types, needed, "types")
    types = types.assign(
        **{name: types[name].astype(object).fillna(_("no type")) for name in (rows, columns)}
    )
    if what == "customers":
        grid = pd.crosstab(types[rows], types[columns])
    else:
        grid = types.pivot_table(
            index=rows,
            columns=columns,
            values="monetary",
            aggfunc="sum",
            fill_value=0,
            observed=True,
        )
    return grid.reindex(index=in_order(grid.index), columns=in_order(grid.columns))


def in_order(found) -> pd.Index:
    """Put known types into their natural order, others behind them.

    Parameters
    ----------
    found : iterable of str
        Types.

    Returns
    -------
    pandas.Index
        The same types, such as high before medium before low.

    Examples
    --------
    >>> list(in_order(["low", "high", "medium"]))
    ['high', 'medium', 'low']
    """
    known = [*NEEDS, *BEHAVIOURS, *VALUES]
    ordered = sorted(found, key=lambda t: (known.index(t) if t in known else len(known), str(t)))
    return pd.Index(ordered, name=getattr(found, "name", None))
