"""Keys of customers: lost digits, copies under two keys, forms of writing, rows of nobody."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from custlab.checks import check_columns
from custlab.errors import InputError
from custlab.i18n import _


def check_keys(keys, name: str) -> None:
    """Refuse keys whose digits a spreadsheet has lost: several customers would become one.

    Excel writes long numbers as 4.87607E+17 in CSV files, and keeps 15 digits: the others become 0.

    Parameters
    ----------
    keys : Series
        Keys as text or numbers; the index names the rows.
    name : str
        The column that holds them.

    Raises
    ------
    InputError
        Naming the column, the first row and how many there are.

    Examples
    --------
    >>> check_keys(pd.Series(["4.87607E+17", "C-001"]), "customer_id")
    Traceback (most recent call last):
    custlab.errors.InputError: Column 'customer_id': 1 of 2 keys were cut short by a spreadsheet ...
    """
    text = pd.Series(keys).astype("string").str.strip()
    short = text.str.fullmatch(r"[0-9]([.,][0-9]+)?[eE]\+[0-9]+").fillna(False).astype(bool)
    long = text.str.fullmatch("[0-9]{16,}").fillna(False).astype(bool)
    if text[long].nunique() > 1 and text[long].str[15:].str.fullmatch("0+").all():
        short |= long
    if short.any():
        raise InputError(
            _(
                "Column {column!r}: {n} of {total} keys were cut short by a spreadsheet (first: "
                "row {row}, {key!r}), so that several customers look like one. Take the file as "
                "the system exported it, without saving it in Excel, or open it there with this "
                "column as text."
            ).format(
                column=name,
                n=int(short.sum()),
                total=len(text),
                row=text.index[short][0],
                key=text[short].iloc[0],
            )
        )


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

    Raises
    ------
    InputError
        If a column is not there, or labels of rows repeat.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["a", "b", "c"], "city": ["Wuhan", "Xi'an", "Wuhan"]})
    >>> find_duplicates(table, ignore="id").to_numpy().tolist()
    [[2, 0]]
    """
    if not table.index.is_unique:
        raise InputError(
            _(
                "The table has row labels that repeat (first: {label!r}), as after pd.concat, so "
                "that a label names no row. Number the rows anew: table.reset_index(drop=True)."
            ).format(label=table.index[table.index.duplicated()][0])
        )
    group = _alike(table, [ignore] if isinstance(ignore, str) else list(ignore))
    first = pd.Series(table.index).groupby(group).transform("first").to_numpy()
    repeated = pd.Series(group).duplicated().to_numpy()
    return pd.DataFrame({"row": table.index[repeated], "first_row": first[repeated]})


def _alike(table, ignored) -> np.ndarray:
    """Number the rows so that rows which agree in all other columns have the same number."""
    check_columns(table, ignored, "given")
    compared = table.drop(columns=ignored)
    if compared.shape[1] == 0:
        raise InputError(_("No column is left to compare rows by. Ignore fewer columns."))
    by = list(compared)
    return compared.groupby(by, dropna=False, sort=False, observed=True).ngroup().to_numpy()


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

    Raises
    ------
    InputError
        If a column is not there, or a key stands on different customers.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["a", "b", "c"], "city": ["Wuhan", "Xi'an", "Wuhan"]})
    >>> kept, new_key = merge_duplicates(table, "id")
    >>> kept["id"].tolist(), new_key.to_dict()
    (['a', 'b'], {'c': 'a'})
    """
    group = pd.Series(_alike(table, [key, *others]))
    keys = pd.Series(table[key].to_numpy(dtype=object))
    # The row kept is the first of its group, or the first that has a key.
    first = keys.isna().groupby(group).transform("idxmin").to_numpy()
    dropped = first != np.arange(len(table))
    pairs = pd.DataFrame({"old": keys[dropped], "new": keys.to_numpy()[first[dropped]]})
    pairs = pairs[pairs["old"] != pairs["new"]].dropna().drop_duplicates()
    strange = pairs["old"].duplicated(keep=False) | pairs["old"].isin(keys[~dropped])
    if strange.any():
        raise InputError(
            _(
                "Key {name!r} in column {column} stands on rows of different customers, so nobody "
                "can tell whose its orders are. Give each customer a key of its own first."
            ).format(name=pairs.loc[strange, "old"].iloc[0], column=key)
        )
    new_key = pd.Series(pairs["new"].to_numpy(), index=pairs["old"], name=key, dtype=object)
    return table[~dropped], new_key.rename_axis(None)


def repoint(keys, new_key):
    """Replace keys of dropped duplicates by the keys of the rows kept.

    Examples
    --------
    >>> repoint(pd.Series(["a", "c"]), pd.Series({"c": "a"})).tolist()
    ['a', 'a']
    """
    return keys.map(new_key).fillna(keys)


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
