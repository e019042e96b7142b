"""Read numbers as people and programs write them: money, thousands, brackets, percent, units."""

from __future__ import annotations

import math
import re
from numbers import Number

import pandas as pd

from custlab.checks import check_choice
from custlab.errors import InputError
from custlab.i18n import _

from .cells import TIDY, ReadColumn, as_column, name_of, read_cells

UNITS = {"": 1, "万": 10_000, "wan": 10_000, "亿": 100_000_000, "k": 1_000, "m": 1_000_000}
# What money is called, written small -> ISO 4217; ¥ and $ belong to several countries.
CURRENCIES = {
    "¥": "¥", "元": "CNY", "圆": "CNY", "yuan": "CNY", "rmb": "CNY", "人民币": "CNY", "円": "JPY",
    "$": "$", "us$": "USD", "a$": "AUD", "c$": "CAD", "hk$": "HKD", "nt$": "TWD", "s$": "SGD",
    "r$": "BRL", "€": "EUR", "euro": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB",
    "฿": "THB", "₫": "VND", "₺": "TRY", "₴": "UAH", "₱": "PHP", "₦": "NGN", "₪": "ILS",
    "fr": "CHF", "fr.": "CHF", "kr": "kr", "kč": "CZK", "zł": "PLN", "ft": "HUF",
}  # fmt: skip
CODES = (
    "CNY", "USD", "EUR", "GBP", "JPY", "CHF", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD", "BRL",
    "INR", "KRW", "RUB", "THB", "VND", "TRY", "UAH", "PHP", "NGN", "ILS", "CZK", "PLN", "HUF",
    "SEK", "NOK", "DKK", "MXN", "ZAR", "IDR", "MYR", "AED", "SAR",
)  # fmt: skip
CURRENCIES |= {code.lower(): code for code in CODES}
YUAN_OR_YEN = {"CNY", "JPY"}
DOLLARS = {"USD", "AUD", "CAD", "HKD", "TWD", "SGD", "NZD", "MXN"}
_MONEY = "|".join(re.escape(name) for name in sorted(CURRENCIES, key=len, reverse=True))
BRACKETS = re.compile(rf"({_MONEY})?\s*\((.+)\)\s*({_MONEY})?")
WHOLE = re.compile(
    rf"([-+]?)\s*({_MONEY})?\s*([-+]?)\s*([0-9.,'’‘ʼ ]*[0-9.,](?:e[-+]?[0-9]+)?)\s*"
    rf"(万|wan|亿|k|m)?\s*({_MONEY})?\s*(%?)\s*([-+]?)"
)
EXPONENT = re.compile(r"e[-+]?[0-9]+$")
NO_CENTS = re.compile(r"(?<=[0-9])[.,]-{1,2}(?![0-9])")  # 120.– is a price without cents
GROUPED = r"(?:[1-9][0-9]{{0,2}}|0[0-9]{{2}})(?:([{signs}])[0-9]{{3}})(?:\1[0-9]{{3}})*"
LAKHS = r"|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"  # 12,34,567 in India
INTEGER_PARTS = {
    ".": re.compile(GROUPED.format(signs=", '’‘ʼ") + LAKHS + "|[0-9]*"),
    ",": re.compile(GROUPED.format(signs=". '’‘ʼ") + "|[0-9]*"),
}
ASKED = {".": 'decimal="."', ",": 'decimal=","'}


def parse_numbers(column, decimal=None):
    """Read numbers written with signs of money, thousands signs, brackets, percent or units.

    Read are 1,299.00 and 1.299,00, 1'299.50, 1 299,50, ¥88.5, 120元, € 99, 1.2万, full-width
    digits, 4.5e3, negatives as -5, 5-, (5) and percentages (12 % is 0.12). Whether 1.234 means a
    thousand or one is decided by the whole column, and asked where the column does not decide.

    Parameters
    ----------
    column : Series or list
        Text or numbers.
    decimal : "." or ",", optional
        The decimal sign; by default the one that all cells fit.

    Returns
    -------
    Series of float
        Missing where no number can be read; a warning (`UnreadCells`) says how many cells these
        are, where, and why. `read_numbers` gives them as a table.

    Raises
    ------
    InputError
        If cells can be read in two ways and the others do not decide, or only some are percent.

    Examples
    --------
    >>> parse_numbers(pd.Series(["1,299.00", "¥88.5", "120元", "1.2万", "(5)", "12 345"])).tolist()
    [1299.0, 88.5, 120.0, 12000.0, -5.0, 12345.0]
    >>> parse_numbers(["1234,56", "12,5", "1.234"]).tolist()
    [1234.56, 12.5, 1234.0]
    >>> parse_numbers(["1.234", "25"])
    Traceback (most recent call last):
    custlab.errors.InputError: Column 'without a name': 1 of 2 cells fit more than one reading, ...
    """
    return read_numbers(column, decimal).warned()


def read_numbers(column, decimal=None) -> ReadColumn:
    """Read numbers as `parse_numbers` does, with a table of what could not be read.

    Parameters
    ----------
    column : Series or list
        Text or numbers.
    decimal : "." or ",", optional
        The decimal sign; by default the one that all cells fit.

    Returns
    -------
    ReadColumn
        values, unread (row, text, why) and notes.

    Raises
    ------
    InputError
        As `parse_numbers`.

    Examples
    --------
    >>> read_numbers(["5", "many"]).unread["text"].tolist()
    ['many']
    """
    if decimal is not None:
        check_choice("decimal", decimal, ASKED)
    column = as_column(column)
    if pd.api.types.is_numeric_dtype(column.dtype):
        return ReadColumn(column.astype("float64"), pd.DataFrame(columns=["row", "text", "why"]))
    read = read_cells(column, _readings, ASKED, decimal)
    _check_percent(column, read.values)
    notes = _currency_note(column)
    return ReadColumn(read.values.astype("float64"), read.unread, notes)


def _readings(cell):
    """Give the value of one cell under each decimal sign that it fits."""
    if not isinstance(cell, str):
        return "", _typed(cell)
    text = NO_CENTS.sub("", cell.lower())
    bracketed = BRACKETS.fullmatch(text)
    if bracketed:
        text = "".join(part or "" for part in bracketed.groups())
    found = WHOLE.fullmatch(text)
    if not found:
        return "", {}
    before, money, inner, body, unit, money_after, percent, after = found.groups()
    signs = [sign for sign in (before, inner, after) if sign]
    if len(signs) + bool(bracketed) > 1 or after == "+" or (money and money_after):
        return "", {}
    factor = UNITS[unit or ""] * (0.01 if percent else 1)
    factor = -factor if bracketed or "-" in signs else factor
    values = {sign: _value(body.strip(), sign) for sign in ASKED}
    return "", {
        sign: round(value * factor, 12) if percent else value * factor
        for sign, value in values.items()
        if value is not None and math.isfinite(value)
    }


def _typed(cell):
    """Give the value of a cell that is a number already."""
    if isinstance(cell, Number) and not isinstance(cell, bool) and math.isfinite(cell):
        return dict.fromkeys(ASKED, float(cell))
    return {}


def _value(body, decimal):
    """Read digits under one decimal sign, or return None where they do not fit it."""
    exponent = EXPONENT.search(body)
    digits = body[: exponent.start()] if exponent else body
    whole, _point, fraction = digits.partition(decimal)
    if not (whole + fraction).strip() or not re.fullmatch("[0-9]*", fraction):
        return None
    if not INTEGER_PARTS[decimal].fullmatch(whole) or (exponent and not whole.isdigit()):
        return None
    return float(f"{re.sub('[^0-9]', '', whole)}.{fraction or 0}{exponent[0] if exponent else ''}")


def _check_percent(column, values):
    """Refuse a column in which some numbers are percentages and some are not."""
    text = column.astype("string").str.translate(TIDY)
    percent = text.str.contains("%", regex=False).fillna(False).astype(bool) & values.notna()
    plain = values.notna() & ~percent & (values != 0)
    if percent.any() and plain.any():
        raise InputError(
            _(
                "Column {column!r} holds percentages, such as {one!r} (row {row}), and plain "
                "numbers, such as {other!r} (row {other_row}). Write all of them in one way first."
            ).format(
                column=name_of(column),
                one=column[percent].iloc[0],
                row=column.index[percent][0],
                other=column[plain].iloc[0],
                other_row=column.index[plain][0],
            )
        )


def currencies(column) -> pd.Series:
    """Tell in which currency each amount of a column is written.

    Parameters
    ----------
    column : Series or list
        Text or numbers.

    Returns
    -------
    Series of str
        ISO 4217 codes; "¥" and "$" where no cell tells the country; missing where none stands.

    Examples
    --------
    >>> currencies(["€ 99", "99 EUR", "US$5", "¥8", "12"]).tolist()
    ['EUR', 'EUR', 'USD', '¥', None]
    """
    column = as_column(column)
    text = column.astype("string").str.translate(TIDY).str.lower()
    edges = text.str.extract(rf"^[-+( ]*({_MONEY})?.*?(?:[0-9)万亿km. ]|wan)({_MONEY})?[-+) ]*$")
    code = edges[0].fillna(edges[1]).map(CURRENCIES)
    for sign, codes in (("¥", YUAN_OR_YEN), ("$", DOLLARS)):
        told = codes & set(code)
        code = code.replace(sign, told.pop()) if len(told) == 1 else code
    return code.astype(object).where(code.notna(), None).rename(column.name)


def _currency_note(column) -> tuple:
    """Say so where a column holds amounts of several currencies."""
    counts = currencies(column).value_counts()
    if len(counts) < 2:
        return ()
    return (
        _(
            "Column {column!r} holds amounts of several currencies ({counts}): do not add them up "
            "before they are converted."
        ).format(
            column=name_of(column),
            counts=", ".join(f"{code}: {n}" for code, n in counts.items()),
        ),
    )
