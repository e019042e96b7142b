"""The dirty export: the case's customers and orders as a careless system would hand them over.

Every planted defect is logged (table, row, column, kind, true and dirty value): the answer key.
A row gets one defect at most, so that each can be found and mended on its own.
"""

import numpy as np
import pandas as pd

N_CUSTOMERS = {"appliances": 560, "ecommerce": 420, "software": 300}
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


def make_dirty(spec, streams, texts):
    """Make the dirty export of a case.

    Parameters
    ----------
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
    rng = streams("dirty")
    n = N_CUSTOMERS[spec.name]
    chosen = np.sort(rng.choice(len(texts["customers"]), n, replace=False))
    customers = texts["customers"].iloc[chosen].reset_index(drop=True)
    orders = texts["orders"]
    orders = orders[orders["customer_id"].isin(customers["customer_id"])].reset_index(drop=True)
    people = _Dirt(rng, "customers", customers, "customer_id")
    lines = _Dirt(rng, "orders", orders, "order_id")
    _dirty_customers(people)
    _dirty_orders(lines)
    twins = _double_customers(spec, rng, people, lines)
    _double_rows(lines, 26)
    people.append(twins)
    tables, logs = {}, []
    for dirt in (people, lines):
        tables[dirt.name], log = dirt.finish()
        logs.append(log)
    defects = pd.concat(logs, ignore_index=True)
    defects.insert(0, "defect_id", [f"{spec.prefix}-X{i + 1:04d}" for i in range(len(defects))])
    return tables, defects


class _Dirt:
    """One table being dirtied: its cells, what was touched, and what is to be appended."""

    def __init__(self, rng, name, table, key):
        self.rng = rng
        self.name = name
        self.table = table.copy()
        self.key = key
        self.clean_rows = np.ones(len(table), dtype=bool)
        self.log = []
        self.extra = []
        self.sources = []

    def rows(self, n, where=None):
        """Choose up to n untouched rows (those marked in `where`)."""
        free = self.clean_rows if where is None else self.clean_rows & np.asarray(where)
        rows = np.flatnonzero(free)
        rows = np.sort(self.rng.choice(rows, min(n, len(rows)), replace=False))
        self.clean_rows[rows] = False
        return rows

    def spoil(self, kind, column, rows, change):
        """Put `change(true value)` into cells and log it."""
        place = self.table.columns.get_loc(column)
        for row in rows:
            true = self.table.iat[row, place]
            dirty = change(true)
            self.table.iat[row, place] = dirty
            self.note(kind, row, column, true, dirty)

    def note(self, kind, row, column, true, dirty, extra=False):
        """Log one defect; rows of the appended part are numbered from its start."""
        key = self.extra[row][self.key] if extra else self.table.iloc[row][self.key]
        self.log.append((kind, extra, row, column, key, true, dirty))

    def append(self, entries):
        """Append rows, each with the row that it copies and its log entry (kind, true value)."""
        for source, row, kind, true in entries:
            self.extra.append(row)
            self.sources.append(source)
            self.note(kind, len(self.extra) - 1, "", true, row[self.key], extra=True)

    def finish(self):
        """Put each appended row somewhere below the one that it copies; number the defects."""
        n = len(self.table)
        extra = pd.DataFrame(self.extra, columns=self.table.columns)
        place = np.concatenate(
            [np.arange(n, dtype=float), self.rng.uniform(np.array(self.sources) + 0.5, n)]
        )
        order = np.argsort(place, kind="stable")
        position = np.empty(len(order), dtype=int)
        position[order] = np.arange(len(order))
        table = pd.concat([self.table, extra], ignore_index=True).iloc[order]
        log = pd.DataFrame(
            [
                (self.name, position[row + n * appended] + 2, column, kind, key, true, dirty)
                for kind, appended, row, column, key, true, dirty in self.log
            ],
            columns=["table", "row", "column", "kind", "key", "true_value", "dirty_value"],
        )
        log = log.sort_values(["row", "column"], kind="stable", ignore_index=True)
        return table.reset_index(drop=True), log


def _one_of(rng, options):
    return options[int(rng.integers(len(options)))]


def _dirty_customers(dirt):
    """Plant the defects of the customers table."""
    rng, table = dirt.rng, dirt.table
    for column, n in (("kind", 22), ("gender", 18)):
        rows = dirt.rows(n, table[column].notna())
        dirt.spoil("spelling variant", column, rows, lambda x: _one_of(rng, SPELLINGS[x]))
    rows = dirt.rows(20)
    dirt.spoil("space or case", "city", rows,
               lambda x: _one_of(rng, (f" {x}", f"{x}  ", x.upper(), x.lower())))  # fmt: skip
    rows = dirt.rows(20, table["age"].notna())
    dirt.spoil("impossible age", "age", rows, lambda _: _one_of(rng, AGES))
    rows = dirt.rows(18)
    dirt.spoil("mixed date format", "customer_since", rows, lambda x: other_date(rng, x))
    rows = dirt.rows(12, table["education"].isna() & (table["kind"] == "household"))
    dirt.spoil("disguised missing", "education", rows, lambda _: _one_of(rng, PLACEHOLDERS))
    rows = dirt.rows(10, table["kind"] == "enterprise")
    dirt.spoil("disguised missing", "age", rows, lambda _: _one_of(rng, PLACEHOLDERS))
    different = table["region"] != table["province"]
    for row in dirt.rows(14, different):
        region, province = table.at[row, "region"], table.at[row, "province"]
        dirt.spoil("swapped columns", "region", [row], lambda _, p=province: p)
        dirt.spoil("swapped columns", "province", [row], lambda _, r=region: r)
    # Missing not at random: older people keep their age to themselves.
    known = pd.to_numeric(table["age"], errors="coerce")
    older = (known >= 50) & (known < 100) & dirt.clean_rows
    rows = dirt.rows(int(0.45 * older.sum()), older)
    dirt.spoil("missing not at random", "age", rows, lambda _: None)


def _dirty_orders(dirt):
    """Plant the defects of the orders table."""
    rng, table = dirt.rng, dirt.table
    count = len(table)
    rows = dirt.rows(round(0.025 * count) + 12)
    dirt.spoil("mixed date format", "order_date", rows, lambda x: other_date(rng, x))
    rows = dirt.rows(18)
    dirt.spoil("impossible date", "order_date", rows, lambda x: bad_date(rng, x))
    rows = dirt.rows(round(0.02 * count) + 10, table["amount"].astype(float) >= 20)
    dirt.spoil("unit slip", "amount", rows, lambda x: other_unit(rng, x))
    rows = dirt.rows(20, table["unit_price"].astype(float) >= 1000)
    dirt.spoil("number as text", "unit_price", rows, lambda x: number_as_text(rng, x))
    rows = dirt.rows(24)
    dirt.spoil("orphan order", "customer_id", rows,
               lambda x: f"{x[:3]}{90000 + int(rng.integers(9999)):05d}")  # fmt: skip
    rows = dirt.rows(18)
    dirt.spoil("damaged key", "customer_id", rows,
               lambda x: _one_of(rng, (x.lower(), f"{x} ", x.replace("-", ""))))  # fmt: skip
    rows = dirt.rows(22, table["payment"].isin(list(SPELLINGS)))
    dirt.spoil("spelling variant", "payment", rows, lambda x: _one_of(rng, SPELLINGS[x]))
    rows = dirt.rows(14)
    dirt.spoil("wrong sign", "quantity", rows, lambda x: f"-{x}")
    # Missing not at random: paper slips from where no till writes the amount, large sums most.
    channel = table["channel"].isin(["store", "dealer", "phone", "visit", "live stream"])
    large = table["amount"].astype(float) > table["amount"].astype(float).median()
    rows = dirt.rows(round(0.02 * count) + 8, channel & large)
    dirt.spoil("missing not at random", "amount", rows, lambda _: None)


def _double_customers(spec, rng, people, lines):
    """Enter some customers twice under a new key; part of their orders goes to the twin."""
    orders = lines.table.groupby("customer_id").size()
    busy = people.table["customer_id"].map(orders).fillna(0) >= 2
    entries = []
    for number, row in enumerate(people.rows(26, busy)):
        twin = people.table.iloc[row].to_dict()
        original = twin["customer_id"]
        twin["customer_id"] = f"{spec.prefix}-C{80000 + number + 1:05d}"
        entries.append((row, twin, "duplicate customer", original))
        own = np.flatnonzero(lines.clean_rows & (lines.table["customer_id"] == original))
        moved = own[rng.random(len(own)) < 0.5] if len(own) else own
        lines.clean_rows[moved] = False
        lines.spoil(
            "order of a duplicate", "customer_id", moved, lambda _, t=twin: t["customer_id"]
        )
    return entries


def _double_rows(dirt, n):
    """Write some order lines twice."""
    dirt.append(
        [(row, dirt.table.iloc[row].to_dict(), "duplicate row", "") for row in dirt.rows(n)]
    )


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
