"""Detectors and cleaners, one idea each: from a column or table to a column or table.

None changes what it is given, and none throws a value away that it cannot read without saying
so: unreadable cells come back as missing, and the row labels tell which they are.
"""

from __future__ import annotations

from difflib import get_close_matches

import numpy as np
import pandas as pd

from custlab.checks import check_columns

PLACEHOLDERS = ("n/a", "na", "null", "none", "unknown", "-", "--", "?", ".", "无", "未知")


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
