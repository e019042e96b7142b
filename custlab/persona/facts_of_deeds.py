"""Facts on what customers do: from the tables ``orders`` and ``interactions``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.persona.fact import Fact, Window, counts, levels
from custlab.persona.phrases import goods_words, payment_words, time_words, way_words

# Parts of the day by the hour in which they begin; 22:00 to 6:00 is the night.
PARTS_OF_DAY = {"6:00-12:00": (6, 12), "12:00-18:00": (12, 18), "18:00-22:00": (18, 22)}
NIGHT = "22:00-6:00"
# The two large sales of the year: (month, first day, last day).
SALES = ((6, 1, 18), (11, 1, 11))


def from_orders(window: Window):
    """List the facts of the table ``orders``; unknown for customers without an order.

    Parameters
    ----------
    window : Window
        The case as known on a day.

    Yields
    ------
    tuple of (Fact, Series)
    """
    orders = window.table("orders")
    if orders is None:
        return
    if "products" in window.case.tables:
        products = window.case.products
        columns = [name for name in ("product_id", "line", "category") if name in products]
        orders = orders.merge(products[columns], on="product_id", how="left")
    # Numbers in place of texts: orders are counted faster by them.
    codes = pd.factorize(orders["order_id"])[0]
    orders["order_id"] = np.where(codes < 0, np.nan, codes)
    yield from _order_numbers(orders, window)
    for column, words, more, said in (
        ("channel", _("order mostly {level}"), _("Order mostly {level}"), way_words),
        ("payment", _("pay mostly {level}"), _("Pay mostly {level}"), payment_words),
    ):
        if column in orders and orders[column].notna().any():
            for level, values in levels(_most_often(orders, column)):
                yield (
                    Fact("orders", column, level, "behaviour", words.format(level=said(level)),
                         more.format(level=said(level))),
                    values,
                )  # fmt: skip
    for column, words, more, said in (
        ("line", _("have bought from the {level} range"), _("Have bought from the {level} range"),
         str),
        ("category", _("have bought {level}"), _("Have bought {level}"), goods_words),
    ):  # fmt: skip
        if column in orders:
            yield from _ever(orders, column, words, more, said)
    yield from _order_flags(orders)


def _order_numbers(orders: pd.DataFrame, window: Window):
    by = orders.groupby("customer")
    count = by["order_id"].nunique()
    last_year = orders["order_date"] > window.until - pd.DateOffset(months=12)
    recent = orders[last_year].groupby("customer")["order_id"].nunique()
    paid, discount = by["amount"].sum(), by["discount"].sum()
    numbers = [
        ("order_id", "orders in all", _("orders in all"), count, "mean", "",
         _("Have ordered more often than others: {value} times on average"),
         _("Have ordered less often than others: {value} times on average")),
        ("order_id", "orders in the last 12 months", _("orders in the last 12 months"),
         recent.reindex(count.index, fill_value=0), "mean", "",
         _("Ordered more often than others in the last 12 months: {value} times on average"),
         _("Ordered less often than others in the last 12 months: {value} times on average")),
        ("order_date", "days since the last order", _("days since the last order"),
         (window.until - by["order_date"].max()).dt.days, "median", _("days"),
         _("Ordered longer ago than others: typically {value} days ago"),
         _("Ordered more recently than others: typically {value} days ago")),
        ("amount", "amount of an order", _("amount of an order"), paid / count, "median",
         window.case.currency,
         _("Spend more on an order than others: typically {value} {unit}"),
         _("Spend less on an order than others: typically {value} {unit}")),
        ("discount", "discount on the list price", _("discount on the list price"),
         100 * discount / (paid + discount).where(paid + discount > 0), "mean", "%",
         _("Buy at a higher discount than others: {value} % off the list price"),
         _("Buy at a lower discount than others: {value} % off the list price")),
    ]  # fmt: skip
    for column, level, words, values, statistic, unit, more, less in numbers:
        yield (
            Fact("orders", column, level, "behaviour", words, more, less,
                 statistic=statistic, unit=unit),
            values,
        )  # fmt: skip


def _order_flags(orders: pd.DataFrame):
    day = orders["order_date"]
    month_of, day_of = day.dt.month.to_numpy(), day.dt.day.to_numpy()
    in_sale = np.zeros(len(orders), dtype=bool)
    for month, first, last in SALES:
        in_sale |= (month_of == month) & (day_of >= first) & (day_of <= last)
    in_sale = pd.Series(in_sale, orders.index)
    flags = [
        ("order_date", "618 or Double 11", in_sale,
         _("have ordered in the 618 or Double 11 sale"),
         _("Have ordered in the 618 or Double 11 sale"),
         _("Fewer of them have ordered in the 618 or Double 11 sale"), "behaviour", ""),
    ]  # fmt: skip
    if "returned" in orders:
        flags.append(
            ("returned", "true", orders["returned"], _("have sent something back"),
             _("Have sent something back"), "", "needs", "pain point")
        )  # fmt: skip
    for column, level, rows, words, more, less, dimension, kind in flags:
        fact = Fact("orders", column, level, dimension, words, more,
                    less if dimension == "behaviour" else "", kind=kind)  # fmt: skip
        yield fact, rows.groupby(orders["customer"]).max()


def from_interactions(window: Window):
    """List the facts of the table ``interactions``; unknown for customers without any trace.

    Parameters
    ----------
    window : Window
        The case as known on a day.

    Yields
    ------
    tuple of (Fact, Series)
    """
    done = window.table("interactions")
    if done is None:
        return
    for level, values in levels(_most_often(done, "channel")):
        yield (
            Fact("interactions", "channel", level, "behaviour",
                 _("are in touch with us mostly {level}").format(level=way_words(level)),
                 _("In touch with us mostly {level}").format(level=way_words(level))),
            values,
        )  # fmt: skip
    done = done.assign(part=_part_of_day(done["timestamp"].dt.hour))
    for level, values in levels(_most_often(done, "part")):
        yield (
            Fact("interactions", "timestamp", level, "behaviour",
                 _("are most active {level}").format(level=time_words(level)),
                 _("Most active {level}").format(level=time_words(level))),
            values,
        )  # fmt: skip
    weekend = (done["timestamp"].dt.day_of_week >= 5).groupby(done["customer"])
    yield (
        Fact("interactions", "timestamp", "weekend", "behaviour",
             _("are mostly active at weekends"), _("Mostly active at weekends"),
             _("Fewer of them are mostly active at weekends")),
        (weekend.mean() >= 0.5).astype(float),
    )  # fmt: skip
    troubles, habits = _actions()
    acted = counts(done, "action") > 0
    for action, (words, more, less) in (troubles | habits).items():
        if action in acted:
            pain = action in troubles
            fact = Fact("interactions", "action", action, "needs" if pain else "behaviour",
                        words, more, less, kind="pain point" if pain else "")  # fmt: skip
            yield fact, acted[action].astype(float)


def _actions() -> tuple[dict, dict]:
    """Give words of actions that show a pain point, and of those that are habits."""
    troubles = {
        "complains": (_("have complained"), _("Have complained"), ""),
        "reports fault": (_("have reported a fault"), _("Have reported a fault"), ""),
        "asks for help": (_("have asked for help"), _("Have asked for help"), ""),
    }
    habits = {
        "reads reviews": (_("read reviews"), _("Read reviews"), _("Fewer of them read reviews")),
        "compares models": (_("compare models"), _("Compare models"),
                            _("Fewer of them compare models")),
        "tries demo": (_("try a demonstration"), _("Try a demonstration"),
                       _("Fewer of them try a demonstration")),
        "requests quote": (_("ask for a quote"), _("Ask for a quote"),
                           _("Fewer of them ask for a quote")),
        "negotiates price": (_("negotiate the price"), _("Negotiate the price"),
                             _("Fewer of them negotiate the price")),
        "recommends": (_("recommend us to others in the unit"),
                       _("Somebody among them recommends us"), ""),
        "shares link": (_("share links"), _("Share links"), _("Fewer of them share links")),
        "signs contract": (_("sign a contract"), _("Sign a contract"),
                           _("Fewer of them sign a contract")),
        "approves budget": (_("have a budget approved"), _("Have a budget approved"), ""),
        "rates product": (_("rate what they bought"), _("Rate what they bought"),
                          _("Fewer of them rate what they bought")),
    }  # fmt: skip
    return troubles, habits


def _part_of_day(hour: pd.Series) -> pd.Series:
    hours = hour.to_numpy()
    within = [(hours >= first) & (hours < end) for first, end in PARTS_OF_DAY.values()]
    names = np.array([*PARTS_OF_DAY, NIGHT], dtype=object)
    part = names[np.select(within, range(len(within)), len(within))]
    return pd.Series(part, hour.index, dtype=object)


def _most_often(rows: pd.DataFrame, column: str) -> pd.Series:
    """Give each customer's most frequent value; of equals the one that most customers use."""
    common = rows[column].value_counts().index
    counted = counts(rows, column)
    # The first of equals wins: order columns by how common they are.
    values = [value for value in common if value in counted]
    most = counted[values].to_numpy().argmax(axis=1)
    return pd.Series(np.array(values, dtype=object)[most], counted.index, dtype=object)


def _ever(rows: pd.DataFrame, column: str, words: str, more: str, said):
    bought = counts(rows, column) > 0
    for level in bought.columns[bought.mean() >= 0.02]:
        yield (
            Fact("products", column, str(level), "behaviour",
                 words.format(level=said(str(level))), more.format(level=said(str(level)))),
            bought[level].astype(float),
        )  # fmt: skip
