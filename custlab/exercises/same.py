"""What counts as the same answer: one rule for every code question, as learners are told it.

- Numbers may be rounded to three or more decimal places, or lie as far off as the question says.
- Capitals, and spaces, hyphens or underscores, do not matter in words; ``2.0`` is ``2``.
- Customers may be named in a list, a Series, a table, an index, or by True and False.
- The order of rows and columns does not matter where none is asked for, nor a column's type.

Learners read it at the head of each exercise. What it says of tables is done in ``frames``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from custlab.i18n import _

PLACES = 3
MOST_PLACES = 8


def numbers_agree(
    got: Any, expected: Any, tolerance: float = 0.0, relative: float = 1e-6
) -> np.ndarray:
    """Tell which numbers are the expected ones, or these rounded to three or more places.

    Parameters
    ----------
    got, expected : float or array of float
        Missing values agree with missing values.
    tolerance, relative : float, optional
        How far they may be off, in their unit and as a share; the wider one holds.

    Examples
    --------
    >>> numbers_agree([0.413, 0.4128, 0.4127, 0.41], 0.41283).tolist()
    [True, True, False, False]
    """
    got, expected = np.asarray(got, float), np.asarray(expected, float)
    same = np.isclose(got, expected, rtol=relative, atol=max(tolerance, 1e-12), equal_nan=True)
    for places in range(PLACES, MOST_PLACES + 1):
        same |= _is_rounded(got, expected, places)
    return same


def rounded_too_far(got: Any, expected: Any) -> np.ndarray:
    """Tell which numbers are the expected ones rounded to fewer places than are asked for.

    Examples
    --------
    >>> rounded_too_far([0.41, 0.4, 0.42], 0.41283).tolist()
    [True, True, False]
    """
    got, expected = np.asarray(got, float), np.asarray(expected, float)
    short = np.logical_or.reduce([_is_rounded(got, expected, n) for n in range(1, PLACES)])
    short |= _is_rounded(got, expected, 0) & (np.abs(expected) >= 10)
    return short & (got != 0) & ~numbers_agree(got, expected)


def too_short() -> str:
    """Say what `rounded_too_far` has found."""
    return _("It may be right, but is rounded too far: give at least three decimal places.")


def _is_rounded(got: np.ndarray, expected: np.ndarray, places: int) -> np.ndarray:
    unit = 10.0**-places
    whole = np.isclose(got / unit, np.round(got / unit), rtol=0, atol=1e-4)
    return whole & (np.abs(got - expected) <= unit / 2 * (1 + 1e-6))


def word(value: Any) -> str:
    """Give a label in the form in which labels are compared.

    Examples
    --------
    >>> word(" End-User "), word("at_risk"), word(2.0), word("2.0"), word(None)
    ('end user', 'at risk', '2', '2', '')
    """
    missing = pd.api.types.is_scalar(value) and pd.isna(value)
    return "" if missing else _plain(str(value))


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().replace("_", " ")
    text = " ".join(re.sub(r"(?<=\w)-+(?=\w)", " ", text).split())
    return re.sub(r"^(-?\d+)\.0+$", r"\1", text)


def words(values: Iterable[Any]) -> np.ndarray:
    """Give each label in the form in which labels are compared."""
    return np.array([word(value) for value in values], dtype=object)


def as_pandas(got: Any) -> Any:
    """Give a dictionary as a Series, another library's table as pandas', and the rest as it is."""
    if hasattr(got, "to_pandas"):
        got = got.to_pandas()
    return pd.Series(got, dtype=object if not got else None) if isinstance(got, dict) else got


def ids_in(got: Any, known: Collection[Any]) -> list[str] | None:
    """List the ids that an answer names, however it holds them.

    Parameters
    ----------
    got : object
        A list, set, array or Index of ids; a Series or dictionary with ids in it or in its index,
        True and False for each id among them; a table with a column or an index of ids.
    known : collection
        The ids that there are, to tell them from other content.

    Returns
    -------
    list of str
        One for each id named, with repeats; None if the answer is nothing of the kind.

    Examples
    --------
    >>> ids_in(pd.Series([True, False], index=["C1", "C2"]), ["C1", "C2"])
    ['C1']
    >>> ids_in(pd.DataFrame({"spend": [5.0]}, index=["C2"]), ["C1", "C2"])
    ['C2']
    """
    got = as_pandas(got)
    there = {str(name) for name in known}
    if isinstance(got, pd.DataFrame):
        columns = [got.index.get_level_values(level) for level in range(got.index.nlevels)]
        columns += [column for _name, column in got.items()]
        flags = [column for column in columns if _is_flag(column)]
        ids = max(columns, key=lambda column: pd.Index(column).astype(str).isin(there).sum())
        got = pd.Series(flags[0].array, ids) if len(flags) == 1 else ids
    if isinstance(got, pd.Series):
        if _is_flag(got):
            got = got.index[got.fillna(False).astype(bool)]
        elif not got.astype(str).isin(there).any() and got.index.astype(str).isin(there).any():
            got = got.index
    if isinstance(got, str | bytes) or not isinstance(got, Iterable):
        return None
    return [str(name).strip() for name in got]


def _is_flag(column: Any) -> bool:
    """Tell whether a column holds nothing but True and False, and perhaps gaps."""
    values = pd.Series(column).dropna()
    return len(values) > 0 and all(isinstance(value, bool | np.bool_) for value in values)


def values_by(got: Any, ids: Sequence[Any]) -> pd.Series | None:
    """Give an answer's value for each id, in the order of the ids.

    Parameters
    ----------
    got : object
        A Series or dictionary by id; a table with the ids in a column or its index and the values
        in its last other column; or values in the order of the ids.
    ids : sequence
        The ids that were asked about.

    Returns
    -------
    Series or None
        By id; None if there is not one value for each.

    Examples
    --------
    >>> values_by({"b": 2, "a": 1}, ["a", "b"]).tolist(), values_by([1, 2], ["a", "b"]).tolist()
    ([1, 2], [1, 2])
    """
    got, wanted = as_pandas(got), words(ids)
    if isinstance(got, pd.DataFrame):
        named = [name for name in got if set(words(got[name])) == set(wanted)]
        got = got.set_index(named[0]) if named and got.shape[1] > 1 else got
        got = got.iloc[:, -1]
    if isinstance(got, str) or not isinstance(got, Iterable) or isinstance(got, Mapping):
        return None
    if not isinstance(got, pd.Series):
        got = pd.Series(list(got))
    if len(got) != len(wanted):
        return None
    found = words(got.index)
    if set(found) == set(wanted) and len(set(found)) == len(found):
        got = got.set_axis(found).loc[wanted]
    return got.set_axis(list(ids))
