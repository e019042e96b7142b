"""The dirty export: the case's customers and orders as a careless system would hand them over.

Every planted defect is logged (table, row, column, kind, true and dirty value): the answer key.
A row gets one defect at most, so that each can be found and mended on its own.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

SPELLINGS = {
    "household": ("Household", "houshold", "HH", "家庭"),
    "enterprise": ("Enterprise", "enterprize", "company", "企业"),
    "government": ("Government", "goverment", "gov", "政府"),
    "female": ("F", "Female", "woman", "女"),
    "male": ("M", "Male", "man", "男"),
    "mobile wallet": ("mobile-wallet", "Mobile Wallet", "wallet"),
    "bank card": ("bankcard", "Bank card", "card"),
    "bank transfer": ("bank-transfer", "Transfer", "banktransfer"),
}
PLACEHOLDERS = ("n/a", "unknown", "-", "?", "无")
AGES = ("0", "3", "7", "199", "999", "-41", "1984", "1990")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Defect(NamedTuple):
    """A kind of defect to be planted in one column."""

    kind: str
    column: str
    cells: int
    where: pd.Series | bool  # which rows it may hit
    change: Callable  # true value -> dirty value


class Dirt:
    """One table being dirtied: its cells, which rows are still clean, and what is to be appended.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    table : DataFrame
        The clean table as text, numbered from 0.
    """

    def __init__(self, rng, table):
        self.rng = rng
        self.table = table.copy()
        self.clean = np.ones(len(table), dtype=bool)
        self.log = []  # row, column, kind, true value, dirty value
        self.copies = []  # rows to be appended
        self.sources = []  # the rows that these copy

    def choose(self, n, where=True):
        """Choose up to n clean rows among those marked in `where`; they are clean no longer."""
        rows = np.flatnonzero(self.clean & where)
        rows = np.sort(self.rng.choice(rows, min(n, len(rows)), replace=False))
        self.clean[rows] = False
        return rows

    def plant(self, defect):
        """Plant one kind of defect."""
        self.spoil(
            defect.kind, defect.column, self.choose(defect.cells, defect.where), defect.change
        )

    def spoil(self, kind, column, rows, change):
        """Put `change(true value)` into cells and log it."""
        for row in rows:
            true = self.table.at[row, column]
            self.table.at[row, column] = change(true)
            self.log.append((row, column, kind, true, self.table.at[row, column]))

    def append(self, kind, source, copy, true, dirty):
        """Append a row that copies another; the whole row is the defect."""
        self.log.append((len(self.table) + len(self.copies), "", kind, true, dirty))
        self.copies.append(copy)
        self.sources.append(source)

    def finish(self, name, key):
        """Put each appended row somewhere below the one that it copies; number the defects."""
        n = len(self.table)
        below = self.rng.uniform(np.array(self.sources) + 0.5, n)
        order = np.argsort(np.concatenate([np.arange(n), below]), kind="stable")
        copies = pd.DataFrame(self.copies, columns=self.table.columns)
        table = pd.concat([self.table, copies], ignore_index=True)
        log = pd.DataFrame(self.log, columns=["row", "column", "kind", "true_value", "dirty_value"])
        log.insert(3, "key", table[key].to_numpy()[log["row"]])
        log.insert(0, "table", name)
        log["row"] = np.argsort(order)[log["row"]] + 2
        log = log.sort_values(["row", "column"], kind="stable", ignore_index=True)
        return table.iloc[order].reset_index(drop=True), log


def make_dirty(firm, rng, texts):
    """Make the dirty export of a case.

    Parameters
    ----------
    firm : Firm
        Says how many customers the export holds.
    rng : numpy.random.Generator
        Source of randomness.
    texts : dict of DataFrame
        The clean tables as text (customers, orders).

    Returns
    -------
    tables : dict of DataFrame
        customers and orders as text, with defects.
    defects : DataFrame
        defect_id, table, row, column, kind, key, true_value, dirty_value. Rows are numbered as
        in a spreadsheet; an empty column means the whole row.
    """
    customers, orders = texts["customers"], texts["orders"]
    chosen = np.sort(rng.choice(len(customers), firm.dirty_customers, replace=False))
    customers = customers.iloc[chosen].reset_index(drop=True)
    orders = orders[orders["customer_id"].isin(customers["customer_id"])].reset_index(drop=True)
    customers, orders = Dirt(rng, customers), Dirt(rng, orders)
    _dirty_customers(rng, customers)
    _dirty_orders(rng, orders)
    twins = _double_customers(firm, rng, customers, orders)
    for row in orders.choose(26):
        line = orders.table.iloc[row].to_dict()
        orders.append("duplicate row", row, line, "", line["order_id"])
    for original, row, twin in twins:
        customers.append("duplicate customer", row, twin, original, twin["customer_id"])
    tables, logs = {}, []
    for name, dirt, key in (
        ("customers", customers, "customer_id"),
        ("orders", orders, "order_id"),
    ):
        tables[name], log = dirt.finish(name, key)
        logs.append(log)
    defects = pd.concat(logs, ignore_index=True)
    defects.insert(0, "defect_id", [f"{firm.prefix}-X{i + 1:04d}" for i in range(len(defects))])
    return tables, defects


def _dirty_customers(rng, dirt):
    """Plant the defects of the customers table."""
    table = dirt.table.copy()
    for defect in _customer_defects(rng, table):
        dirt.plant(defect)
    for row in dirt.choose(14, table["region"] != table["province"]):
        region, province = table.loc[row, ["region", "province"]]
        dirt.spoil("swapped columns", "region", [row], lambda _, p=province: p)
        dirt.spoil("swapped columns", "province", [row], lambda _, r=region: r)
    # Missing not at random: older people keep their age to themselves.
    older = pd.to_numeric(table["age"]).between(50, 99) & dirt.clean
    half = int(0.45 * older.sum())
    dirt.plant(Defect("missing not at random", "age", half, older, lambda _: None))


def _customer_defects(rng, table):
    """List the defects that hit single cells of the customers table."""
    no_education = table["education"].isna() & (table["kind"] == "household")
    known_gender, known_age = table["gender"].notna(), table["age"].notna()
    firm = table["kind"] == "enterprise"

    def spelling(x):
        return _one_of(rng, SPELLINGS[x])

    def placeholder(_):
        return _one_of(rng, PLACEHOLDERS)

    def space_or_case(x):
        return _one_of(rng, (f" {x}", f"{x}  ", x.upper(), x.lower()))

    return [
        Defect("spelling variant", "kind", 22, True, spelling),
        Defect("spelling variant", "gender", 18, known_gender, spelling),
        Defect("space or case", "city", 20, True, space_or_case),
        Defect("impossible age", "age", 20, known_age, lambda _: _one_of(rng, AGES)),
        Defect("mixed date format", "customer_since", 18, True, lambda x: other_date(rng, x)),
        Defect("disguised missing", "education", 12, no_education, placeholder),
        Defect("disguised missing", "age", 10, firm, placeholder),
    ]


def _dirty_orders(rng, dirt):
    """Plant the defects of the orders table."""
    for defect in _order_defects(rng, dirt.table):
        dirt.plant(defect)
    # Missing not at random: paper slips from where no till writes the amount, large sums most.
    amount = dirt.table["amount"].astype(float)
    no_till = dirt.table["channel"].isin(["store", "dealer", "phone", "visit", "live stream"])
    slips = no_till & (amount > amount.median())
    cells = round(0.02 * len(amount)) + 8
    dirt.plant(Defect("missing not at random", "amount", cells, slips, lambda _: None))


def _order_defects(rng, table):
    """List the defects that hit single cells of the orders table."""
    n, amount = len(table), table["amount"].astype(float)
    dear = table["unit_price"].astype(float) >= 1000
    spelled = table["payment"].isin(list(SPELLINGS))

    def orphan(x):
        return f"{x[:3]}{90000 + int(rng.integers(9999)):05d}"

    def damaged(x):
        return _one_of(rng, (x.lower(), f"{x} ", x.replace("-", "")))

    def spelling(x):
        return _one_of(rng, SPELLINGS[x])

    return [
        Defect(
            "mixed date format",
            "order_date",
            round(0.025 * n) + 12,
            True,
            lambda x: other_date(rng, x),
        ),
        Defect("impossible date", "order_date", 18, True, lambda x: bad_date(rng, x)),
        Defect(
            "unit slip", "amount", round(0.02 * n) + 10, amount >= 20, lambda x: other_unit(rng, x)
        ),
        Defect("number as text", "unit_price", 20, dear, lambda x: number_as_text(rng, x)),
        Defect("orphan order", "customer_id", 24, True, orphan),
        Defect("damaged key", "customer_id", 18, True, damaged),
        Defect("spelling variant", "payment", 22, spelled, spelling),
        Defect("wrong sign", "quantity", 14, True, lambda x: f"-{x}"),
    ]


def _double_customers(firm, rng, customers, orders):
    """Enter some customers twice under a new key; part of their orders goes to the twin.

    Returns
    -------
    list of tuple
        Key of the original, its row, the row of the twin.
    """
    count = orders.table.groupby("customer_id").size()
    busy = customers.table["customer_id"].map(count).fillna(0) >= 2
    twins = []
    for number, row in enumerate(customers.choose(26, busy)):
        twin = customers.table.iloc[row].to_dict()
        original, key = twin["customer_id"], f"{firm.prefix}-C{80001 + number:05d}"
        twins.append((original, row, twin | {"customer_id": key}))
        own = np.flatnonzero(orders.clean & (orders.table["customer_id"] == original))
        moved = own[rng.random(len(own)) < 0.5]
        orders.clean[moved] = False
        orders.spoil("order of a duplicate", "customer_id", moved, lambda _, key=key: key)
    return twins


def _one_of(rng, options):
    return options[int(rng.integers(len(options)))]


def other_date(rng, iso):
    """Write a date in one of the forms that are met in practice."""
    year, month, day = (int(part) for part in iso.split("-"))
    serial = (pd.Timestamp(iso) - pd.Timestamp("1899-12-30")).days
    forms = (
        f"{year}/{month}/{day}",
        f"{day:02d}.{month:02d}.{year}",
        f"{MONTHS[month - 1]} {day}, {year}",
        f"{year}{month:02d}{day:02d}",
        f"{year}年{month}月{day}日",
        str(serial),
    )
    return _one_of(rng, forms)


def bad_date(rng, iso):
    """Write a date that cannot be: no such day, far in the future, long before the firm."""
    year = iso[:4]
    forms = (f"{year}-02-30", f"{year}-13-05", f"20{int(year[2:]) + 28}{iso[4:]}", f"1900{iso[4:]}")
    return _one_of(rng, forms)


def other_unit(rng, amount):
    """Write an amount of yuan in fen, or in wan (ten thousand yuan)."""
    value = float(amount)
    return f"{value * 100:.0f}" if rng.random() < 0.6 else f"{value / 10000:.6f}"


def number_as_text(rng, number):
    """Write a number with the signs that people add."""
    value = float(number)
    return _one_of(rng, (f"{value:,.2f}", f"¥{value:.2f}", f"{value:.0f}元", f"CNY {value:.2f}"))
