"""Profitability: what is left of each customer's sales after everything done for her."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from custlab.checks import (
    by_customer,
    check_choice,
    check_finite,
    check_flags,
    check_number,
    pandas_table,
    refuse_blank,
)
from custlab.errors import InputError
from custlab.i18n import _
from custlab.value.orders import REPEATS

# The steps from list sales to contribution, with the sign that each has in the sum.
COST_DRIVERS = (
    "discounts",
    "returns",
    "cost_of_goods",
    "order_handling",
    "return_handling",
    "service",
    "acquisition",
)


@dataclass(frozen=True)
class CostToServe:
    """What serving a customer costs, in the currency of the orders.

    These are assumptions to discuss with the controller, not data: change them and look again.

    Parameters
    ----------
    order_handling : float
        Per order (picking, delivery, invoice).
    return_handling : float
        Per returned order line (transport, inspection, resale at a lower price).
    service_contact : float
        Per contact with the service.
    lost_on_return : float
        Share of the cost of returned goods that is not recovered, 0 to 1.

    Examples
    --------
    >>> CostToServe(order_handling=10, return_handling=40, service_contact=30).lost_on_return
    0.0
    """

    order_handling: float
    return_handling: float
    service_contact: float
    lost_on_return: float = 0.0

    @classmethod
    def from_table(cls, costs: pd.DataFrame) -> CostToServe:
        """Read the costs from the case's table ``costs``.

        Parameters
        ----------
        costs : DataFrame
            ``item`` and ``cost`` (currency per unit).

        Returns
        -------
        CostToServe
            The costs by name.

        Raises
        ------
        InputError
            If an item or its cost is missing, or an item stands there twice.
        """
        costs = pandas_table(costs, ["item", "cost"], _("costs"))
        _refuse_second_row(costs, "item", _("costs"))
        known = dict(zip(costs["item"], check_finite(costs["cost"], "cost"), strict=True))
        items = ["order_handling", "return_handling", "service_contact"]
        missing = [name for name in items if name not in known]
        if missing:
            raise InputError(
                _("Table costs has no item {missing}.").format(missing=", ".join(missing))
            )
        return cls(**{name: known[name] for name in items})

    def __post_init__(self):
        for name, value in vars(self).items():
            check_number(name, value, 0, 1 if name == "lost_on_return" else np.inf)


def contribution(
    orders: pd.DataFrame,
    products: pd.DataFrame,
    costs: CostToServe,
    *,
    interactions: pd.DataFrame | None = None,
    customers: pd.DataFrame | None = None,
    repeats: str = "refuse",
) -> pd.DataFrame:
    """Follow each customer's sales down to contribution, one cost driver a column.

    Parameters
    ----------
    orders : DataFrame
        ``customer_id``, ``order_id``, ``product_id``, ``quantity``, ``unit_price``, ``discount``
        (currency per line), ``returned`` (bool).
    products : DataFrame
        ``product_id``, ``unit_cost``.
    costs : CostToServe
        What serving costs.
    interactions : DataFrame, optional
        ``customer_id``, ``stage``; rows of the stage "service" are service contacts.
    customers : DataFrame, optional
        ``customer_id``, ``acquisition_cost`` (none where it is missing). If given, customers
        without orders appear too.
    repeats : {"refuse", "keep", "drop"}
        As in :func:`custlab.value.rfm_table`.

    Returns
    -------
    DataFrame
        Index ``customer_id``; ``list_sales``, then the cost drivers as positive amounts
        (``discounts``, ``returns``, ``cost_of_goods``, ``order_handling``, ``return_handling``,
        ``service``, ``acquisition``), ``net_sales`` (after discounts and returns) and
        ``contribution``, all in currency.

    Raises
    ------
    InputError
        If a column or a number is missing, a product is unknown, a customer or a product stands
        twice in its table, or an order line repeats another.

    References
    ----------
    Kaplan, R. S., & Narayanan, V. G. (2001). Measuring and managing customer profitability.
    Journal of Cost Management, 15(5), 5-15.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a"], "order_id": ["o1"], "product_id": ["p"],
    ...     "quantity": [2], "unit_price": [100.0], "discount": [20.0], "returned": [False]})
    >>> products = pd.DataFrame({"product_id": ["p"], "unit_cost": [60.0]})
    >>> costs = CostToServe(order_handling=15, return_handling=40, service_contact=30)
    >>> contribution(orders, products, costs)[["net_sales", "contribution"]]
                 net_sales  contribution
    customer_id
    a                180.0          45.0
    """
    check_choice("repeats", repeats, REPEATS)
    if not isinstance(costs, CostToServe):
        raise InputError(
            _("costs must be made with CostToServe(…) or CostToServe.from_table(case.costs).")
        )
    lines = _order_lines(orders, products, costs, repeats)
    table = lines.groupby("customer_id", observed=True).sum()
    if customers is not None:
        customers = pandas_table(customers, ["customer_id", "acquisition_cost"], _("customers"))
        refuse_blank(customers, "customer_id", _("customers"))
        _refuse_second_row(customers, "customer_id", _("customers"))
        cost = check_finite(customers["acquisition_cost"].fillna(0.0), "acquisition_cost")
        paid = pd.Series(cost, customers["customer_id"])
        table = table.reindex(table.index.union(paid.index), fill_value=0.0)
        table["acquisition"] = paid.reindex(table.index).fillna(0.0)
    if interactions is not None:
        interactions = pandas_table(interactions, ["customer_id", "stage"], _("interactions"))
        stage = interactions["stage"].astype(str).str.strip().str.lower()
        contacts = interactions.loc[stage == "service", "customer_id"]
        table["service"] = (
            contacts.value_counts().reindex(table.index).fillna(0) * costs.service_contact
        )
    table["net_sales"] = table["list_sales"] - table["discounts"] - table["returns"]
    table["contribution"] = table["list_sales"] - table[list(COST_DRIVERS)].sum(axis=1)
    table.index.name = "customer_id"
    return table[["list_sales", *COST_DRIVERS, "net_sales", "contribution"]].astype(float)


def _order_lines(orders, products, costs: CostToServe, repeats: str) -> pd.DataFrame:
    """Work out sales and costs line by line."""
    needed = ["customer_id", "order_id", "product_id", "quantity", "unit_price", "discount"]
    orders = pandas_table(orders, [*needed, "returned"], _("orders"))
    products = pandas_table(products, ["product_id", "unit_cost"], _("products"))
    _refuse_second_row(products, "product_id", _("products"))
    if repeats == "drop":
        orders = orders.drop_duplicates()
    for name in ("quantity", "unit_price", "discount"):
        check_finite(orders[name], name)
    for name in ("customer_id", "order_id"):
        refuse_blank(orders, name, _("orders"))
    # Codes of orders and products, once: looking at texts takes longest.
    order = pd.factorize(orders["order_id"], use_na_sentinel=False)[0]
    product, sold = pd.factorize(orders["product_id"], use_na_sentinel=False)
    if repeats == "refuse" and pd.Series(order * len(sold) + product).duplicated().any():
        _refuse_repeated(orders)
    cost = check_finite(products["unit_cost"].fillna(0.0), "unit_cost")
    price = pd.Series(cost, products["product_id"]).where(products["unit_cost"].notna().to_numpy())
    unit_cost = pd.Series(sold).map(price).take(product).set_axis(orders.index)
    if unit_cost.isna().any():
        row = unit_cost.index[unit_cost.isna()][0]
        raise InputError(
            _("Product {product} in row {row} of the orders has no unit cost in products.").format(
                product=orders.loc[row, "product_id"], row=row
            )
        )
    returned = pd.Series(check_flags(orders["returned"], "returned"), orders.index)
    list_sales = orders["quantity"].astype(float) * orders["unit_price"]
    goods = orders["quantity"].astype(float) * unit_cost.astype(float)
    first_line = ~pd.Series(order, orders.index).duplicated()
    return pd.DataFrame(
        {
            "customer_id": orders["customer_id"],
            "list_sales": list_sales,
            "discounts": orders["discount"].astype(float),
            "returns": (list_sales - orders["discount"]).where(returned, 0.0),
            "cost_of_goods": goods.where(~returned, goods * costs.lost_on_return),
            "order_handling": first_line * costs.order_handling,
            "return_handling": returned * costs.return_handling,
            "service": 0.0,
            "acquisition": 0.0,
        }
    )


def _refuse_repeated(orders: pd.DataFrame) -> None:
    """Refuse lines that repeat another in every column; a product may stand in an order twice."""
    repeated = orders.duplicated()
    if repeated.any():
        raise InputError(
            _(
                "{n} order lines repeat another in every column (first: row {row}). If the same "
                "line was recorded twice, repeats='drop' leaves them out; if the same article was "
                "really sold twice in an order, repeats='keep' counts both."
            ).format(n=int(repeated.sum()), row=orders.index[repeated][0])
        )


def _refuse_second_row(table: pd.DataFrame, key: str, name: str) -> None:
    repeated = table[key][table[key].duplicated()]
    if len(repeated):
        raise InputError(
            _("{key} {value!r} stands in more than one row of {table}: keep one.").format(
                key=key, value=repeated.iloc[0], table=name
            )
        )


def allocate(amount: float, key: pd.Series) -> pd.Series:
    """Share out a cost that no single customer causes, in proportion to a key.

    Rent and salaries have no customer. Whoever shares them out decides by the choice of the key
    who seems to lose money; none of it would be saved if such a customer left.

    Parameters
    ----------
    amount : float
        The cost (currency).
    key : Series
        What each customer's part follows, 0 or more: orders, sales, or 1 for everybody.

    Returns
    -------
    Series
        Each customer's part (currency); together they are the amount.

    Raises
    ------
    InputError
        If the key is missing or negative somewhere, or zero everywhere.

    Examples
    --------
    >>> allocate(90.0, pd.Series({"a": 2, "b": 1})).tolist()
    [60.0, 30.0]
    """
    check_number("amount", amount)
    key = by_customer(key, "key")
    if (key < 0).any() or key.sum() == 0:
        raise InputError(
            _("The key must be 0 or more for every customer, and above 0 for at least one.")
        )
    return amount * key / key.sum()


def whale_curve(profit: pd.Series) -> pd.DataFrame:
    """Add up customers from the most to the least profitable.

    The curve climbs above 100 % while profitable customers are added, and falls back to 100 %
    with those who cost more than they bring: hence the whale.

    Parameters
    ----------
    profit : Series
        Contribution of each customer (currency), in any order.

    Returns
    -------
    DataFrame
        Index the customers in that order; ``share_of_customers`` (0 to 1), ``profit``,
        ``cumulative`` (currency) and ``share_of_profit`` (of the total; missing if the total is
        zero or a loss, for then no share has a meaning).

    Raises
    ------
    InputError
        If there is no customer, or a profit is missing.

    References
    ----------
    Kaplan, R. S., & Narayanan, V. G. (2001). Journal of Cost Management, 15(5), 5-15.

    Examples
    --------
    >>> whale_curve(pd.Series({"a": 80.0, "b": -20.0, "c": 40.0}))["share_of_profit"].tolist()
    [0.8, 1.2, 1.0]
    """
    profit = by_customer(profit, "profit")
    if profit.empty:
        raise InputError(_("Every customer needs a profit, and there must be at least one."))
    ordered = profit.sort_values(ascending=False, kind="stable")
    cumulative = ordered.cumsum()
    total = cumulative.iloc[-1]
    return pd.DataFrame(
        {
            "share_of_customers": np.arange(1, len(ordered) + 1) / len(ordered),
            "profit": ordered,
            "cumulative": cumulative,
            "share_of_profit": cumulative / total if total > 0 else np.nan,
        }
    )


def big_but_unprofitable(table: pd.DataFrame, top: float = 0.1) -> pd.DataFrame:
    """Find customers with high sales and negative contribution, and what costs most with each.

    Parameters
    ----------
    table : DataFrame
        The result of :func:`contribution`.
    top : float
        Share of customers who count as big by ``net_sales`` (ties included), 0 to 1.

    Returns
    -------
    DataFrame
        ``net_sales``, ``contribution`` and ``main_driver``: the cost driver, goods aside, that
        takes the largest amount. Worst first.

    Examples
    --------
    >>> table = pd.DataFrame({"net_sales": [900.0, 100.0], "contribution": [-50.0, 30.0],
    ...     "discounts": [100.0, 0.0], "returns": [0.0, 0.0], "cost_of_goods": [500.0, 50.0],
    ...     "order_handling": [50.0, 5.0], "return_handling": [0.0, 0.0], "service": [400.0, 15.0],
    ...     "acquisition": [0.0, 0.0]}, index=["a", "b"])
    >>> big_but_unprofitable(table, top=0.5)
       net_sales  contribution main_driver
    a      900.0         -50.0     service
    """
    check_number("top", top, 0, 1)
    remedy = _("Make it with contribution(orders, products, costs).")
    table = pandas_table(table, ["net_sales", "contribution", *COST_DRIVERS], "table", remedy)
    for name in ("net_sales", "contribution", *COST_DRIVERS):
        check_finite(table[name], name)
    big = table["net_sales"] >= table["net_sales"].quantile(1 - top)
    found = table[big & (table["contribution"] < 0)].sort_values("contribution")
    avoidable = [name for name in COST_DRIVERS if name != "cost_of_goods"]
    columns = found[["net_sales", "contribution"]]
    if found.empty:
        return columns.assign(main_driver=pd.Series(dtype=object))
    return columns.assign(main_driver=found[avoidable].idxmax(axis=1))
