"""Detectors and cleaners, one idea each: from a column or table to a column or table.

None changes what it is given, and none throws a value away that it cannot read without saying
so: unreadable cells come back as missing, and the row labels tell which they are.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

import numpy as np
import pandas as pd

from custlab.checks import check_columns
from custlab.errors import InputError
from custlab.i18n import _

PLACEHOLDERS = ("n/a", "na", "null", "none", "unknown", "-", "--", "?", ".", "无", "未知")
DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%b %d, %Y", "%d %b %Y", "%Y%m%d", "%Y年%m月%d日")
EXCEL_DAY_0 = pd.Timestamp("1899-12-30")
UNITS = {"万": 10_000, "wan": 10_000, "k": 1_000, "m": 1_000_000}


def find_duplicates(table, ignore=()):
    """Find rows that repeat an earlier row.

    Parameters
    ----------
    table : DataFrame
        The table.
    ignore : column name or sequence of str
        Columns that may differ, such as the key of a customer entered twice.

    Returns
    -------
    DataFrame
        row and first_row: labels of each repeated row and of the row that it repeats.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["a", "b", "c"], "city": ["Wuhan", "Xi'an", "Wuhan"]})
    >>> find_duplicates(table, ignore="id").to_numpy().tolist()
    [[2, 0]]
    """
    ignored = [ignore] if isinstance(ignore, str) else list(ignore)
    check_columns(table, ignored, "given")
    compared = table.drop(columns=ignored)
    repeated = compared.duplicated()
    group = compared.groupby(list(compared), dropna=False, sort=False, observed=True).ngroup()
    first = pd.Series(table.index, index=table.index).groupby(group).transform("first")
    return pd.DataFrame({"row": table.index[repeated], "first_row": first[repeated].to_numpy()})


def merge_duplicates(table, key, others=()):
    """Keep one row of every customer entered twice, and tell the old keys from the new.

    Parameters
    ----------
    table : DataFrame
        The table.
    key : str
        Column of the key, which differs between the copies.
    others : sequence of str
        Further columns that may differ.

    Returns
    -------
    table : DataFrame
        Without the repeated rows.
    new_key : Series
        Key of each dropped row -> key of the row kept; use it to re-point orders.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["a", "b", "c"], "city": ["Wuhan", "Xi'an", "Wuhan"]})
    >>> kept, new_key = merge_duplicates(table, "id")
    >>> kept["id"].tolist(), new_key.to_dict()
    (['a', 'b'], {'c': 'a'})
    """
    pairs = find_duplicates(table, ignore=[key, *others])
    dropped = table.loc[pairs["row"], key].to_numpy()
    kept = table.loc[pairs["first_row"], key].to_numpy()
    return table.drop(index=pairs["row"]), pd.Series(kept, index=dropped, name=key, dtype=object)


def repoint(keys, new_key):
    """Replace keys of dropped duplicates by the keys of the rows kept.

    Examples
    --------
    >>> repoint(pd.Series(["a", "c"]), pd.Series({"c": "a"})).tolist()
    ['a', 'a']
    """
    return keys.map(new_key).fillna(keys)


def standardise_category(column, allowed, synonyms=None, cutoff=0.75):
    """Write every spelling of a category in one way.

    Spaces around, letter case, known synonyms and small slips of spelling are mended; a value
    that resembles none of the allowed ones stays as it is.

    Parameters
    ----------
    column : Series
        The column as it came.
    allowed : sequence of str
        The right spellings.
    synonyms : dict, optional
        Other words -> right spelling; letter case does not matter.
    cutoff : float
        How alike a slip must be, from 0 to 1 (difflib's ratio).

    Returns
    -------
    Series

    Examples
    --------
    >>> column = pd.Series(["household", " Household", "houshold", "HH", "bank", None])
    >>> standardise_category(column, ["household", "enterprise"], {"hh": "household"}).tolist()
    ['household', 'household', 'household', 'household', 'bank', nan]
    """
    right = {str(value).lower(): value for value in allowed}
    other = {str(key).lower(): value for key, value in (synonyms or {}).items()}

    def mend(value):
        word = str(value).strip().lower()
        if word in right:
            return right[word]
        if word in other:
            return other[word]
        near = get_close_matches(word, list(right), n=1, cutoff=cutoff)
        return right[near[0]] if near else value

    table = {value: mend(value) for value in column.dropna().unique()}
    return column.astype(object).map(table)


def blank_placeholders(column, words=PLACEHOLDERS):
    """Turn words that stand for "not known" into missing values.

    Examples
    --------
    >>> blank_placeholders(pd.Series(["34", "n/a", " - "])).tolist()
    ['34', nan, nan]
    """
    text = column.astype("string").str.strip().str.lower()
    return column.astype(object).mask(text.isin(list(words)).fillna(False).astype(bool))


def parse_mixed_dates(column, day_first=True):
    """Read dates that were written in many ways.

    Read are 2024-05-31, 2024/5/31, 31.05.2024, 31/05/2024 (or month first), May 31, 2024,
    31 May 2024, 20240531, 2024年5月31日, and Excel's day numbers such as 45443.

    Parameters
    ----------
    column : Series
        Text, dates or numbers.
    day_first : bool
        Whether 05/06/2024 means 5 June (True) or 6 May (False). Dates with points always begin
        with the day.

    Returns
    -------
    Series of datetime64
        Missing where there is no such date; whether a date is plausible is another question
        (`flag_out_of_range`).

    Examples
    --------
    >>> dates = pd.Series(["2024-05-31", "31.05.2024", "2024年5月31日", "45443", "2024-02-30"])
    >>> parse_mixed_dates(dates).dt.strftime("%Y-%m-%d").tolist()
    ['2024-05-31', '2024-05-31', '2024-05-31', '2024-05-31', nan]
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.copy()
    text = column.astype("string").str.strip()
    slash = "%d/%m/%Y" if day_first else "%m/%d/%Y"
    result = pd.Series(pd.NaT, index=column.index, dtype="datetime64[us]")
    for form in (*DATE_FORMS, "%d.%m.%Y", slash):
        todo = result.isna()
        result = result.mask(todo, pd.to_datetime(text.where(todo), format=form, errors="coerce"))
    serial = text.str.fullmatch(r"\d{5}(\.0)?").fillna(False).astype(bool) & result.isna()
    days = pd.to_numeric(text.where(serial), errors="coerce")
    return result.mask(serial, EXCEL_DAY_0 + pd.to_timedelta(days, unit="D"))


def parse_numbers(column):
    """Read numbers written with signs of money, thousands commas or units (元, 万, k).

    Parameters
    ----------
    column : Series
        Text or numbers.

    Returns
    -------
    Series of float
        Missing where no number can be read.

    Examples
    --------
    >>> parse_numbers(pd.Series(["1,299.00", "¥88.5", "120元", "1.2万", "CNY 5", "many"])).tolist()
    [1299.0, 88.5, 120.0, 12000.0, 5.0, nan]
    """
    text = column.astype("string").str.strip().str.lower()
    text = text.str.replace(r"^(¥|￥|cny|rmb)\s*", "", regex=True)
    parts = text.str.extract(
        r"^([+-]?[\d,]*\.?\d+(?:e[+-]?\d+)?)\s*(元|yuan|万|wan|k|m)?(?:元|yuan)?$"
    )
    number = pd.to_numeric(parts[0].str.replace(",", ""), errors="coerce").astype("float64")
    return number * parts[1].map(UNITS).fillna(1).astype("float64")


def mend_keys(column, example):
    """Write keys in one form again: capital letters, dash, right number of digits.

    Parameters
    ----------
    column : Series
        Keys as they came.
    example : str
        A key in the right form, such as "A-C00001".

    Returns
    -------
    Series
        Keys that cannot be read stay as they are.

    Examples
    --------
    >>> mend_keys(pd.Series(["a-c00012", "AC00012 ", "A-C00012"]), "A-C00001").unique().tolist()
    ['A-C00012']
    """
    found = re.fullmatch(r"([A-Z]+)-([A-Z]+)(\d+)", example)
    if not found:
        raise InputError(
            _("'{example}' is no example of a key: give one such as A-C00001.").format(
                example=example
            )
        )
    case, letter, digits = found.groups()
    text = column.astype("string").str.strip().str.upper()
    number = text.str.extract(rf"^{case}-?{letter}0*(\d{{1,{len(digits)}}})$")[0]
    mended = f"{case}-{letter}" + number.str.zfill(len(digits))
    return mended.astype(object).where(mended.notna(), column.astype(object))


def flag_out_of_range(column, low=None, high=None):
    """Mark values outside a range (missing values are not marked).

    Examples
    --------
    >>> flag_out_of_range(pd.Series([34, 199, None]), 18, 95).tolist()
    [False, True, False]
    """
    outside = pd.Series(False, index=column.index)
    if low is not None:
        outside |= (column < low).fillna(False).astype(bool)
    if high is not None:
        outside |= (column > high).fillna(False).astype(bool)
    return outside


def find_orphans(child, parent, key):
    """Find rows whose key does not stand in the other table (missing keys included).

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", "x"]})
    >>> customers = pd.DataFrame({"customer_id": ["a", "b"]})
    >>> find_orphans(orders, customers, "customer_id").index.tolist()
    [1]
    """
    check_columns(child, [key], "given")
    check_columns(parent, [key], "given")
    return child[~child[key].isin(parent[key].dropna())]


def find_unit_slips(orders, factors=(100, 1 / 10_000), tolerance=0.02):
    """Find amounts written in another unit: fen for yuan (x 100), wan for yuan (/ 10,000).

    An amount is compared with quantity x unit_price - discount.

    Parameters
    ----------
    orders : DataFrame
        quantity, unit_price, discount, amount as numbers.
    factors : sequence of float
        How many times too large an amount may be.
    tolerance : float
        How far the ratio may lie from a factor, as a share of it.

    Returns
    -------
    DataFrame
        The rows concerned, with expected (CNY) and factor.

    Examples
    --------
    >>> orders = pd.DataFrame({"quantity": [1, 2], "unit_price": [50.0, 40.0], "discount": [0, 0],
    ...                        "amount": [5000.0, 80.0]})
    >>> find_unit_slips(orders)[["amount", "expected", "factor"]].to_numpy().tolist()
    [[5000.0, 50.0, 100.0]]
    """
    check_columns(orders, ["quantity", "unit_price", "discount", "amount"], "orders")
    expected = orders["quantity"] * orders["unit_price"] - orders["discount"]
    ratio = (orders["amount"] / expected.where(expected > 0)).astype("float64")
    factor = pd.Series(np.nan, index=orders.index)
    for size in factors:
        factor = factor.mask((ratio / size - 1).abs() < tolerance, float(size))
    found = factor.notna()
    return orders[found].assign(expected=expected[found], factor=factor[found])


def find_swapped(table, first, second, allowed_first):
    """Find rows in which two columns changed places.

    Parameters
    ----------
    table : DataFrame
        The table.
    first, second : str
        The two columns.
    allowed_first : sequence
        What may stand in the first column.

    Returns
    -------
    DataFrame
        Rows whose second value is one for the first column, while the first is none.

    Examples
    --------
    >>> table = pd.DataFrame({"region": ["East", "Anhui"], "province": ["Fujian", "East"]})
    >>> find_swapped(table, "region", "province", ["East", "North"]).index.tolist()
    [1]
    """
    check_columns(table, [first, second], "given")
    allowed = list(allowed_first)
    return table[~table[first].isin(allowed) & table[second].isin(allowed)]


def missing_by(table, column, by):
    """Show how the share of missing values differs between groups.

    Missing values that differ much between groups are not missing at random: an average of the
    rest is then an average of somebody else.

    Returns
    -------
    DataFrame
        By group: rows, missing (count), share_missing.

    Examples
    --------
    >>> table = pd.DataFrame({"age": [None, 30.0, None, 60.0], "kind": ["a", "a", "b", "a"]})
    >>> missing_by(table, "age", "kind")["share_missing"].round(2).to_dict()
    {'a': 0.33, 'b': 1.0}
    """
    check_columns(table, [column], "given")
    groups = (
        table[column]
        .isna()
        .groupby(table[by] if isinstance(by, str) else by, dropna=False, observed=True)
    )
    result = groups.agg(rows="size", missing="sum", share_missing="mean")
    return result
