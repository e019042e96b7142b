"""Comparing tables: the values must be right, the ways of writing them down may differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from custlab.exercises import result as results
from custlab.exercises.result import Result
from custlab.exercises.same import as_pandas, numbers_agree, rounded_too_far, too_short, word, words
from custlab.i18n import _

# {misconception: (wrong value or test of the answer, explanation)}
Known = Mapping[str, tuple[Any, str]]
Columns = dict[str, pd.Series]


def compare_frame(
    got: Any,
    expected: pd.DataFrame | pd.Series,
    *,
    names: Mapping[str, Sequence[str]] | None = None,
    labels: Mapping[str, str] | None = None,
    ordered: bool = False,
    by: Sequence[str] = (),
    tolerance: float = 1e-6,
    known: Known | None = None,
) -> Result:
    """Compare a table with the one asked for; each right column earns the same.

    Column order never matters, nor does whether a key stands in the index or in a column, nor
    ``int`` or ``float``, text or category, nor whether numbers are kept as text; see `same` for
    numbers and words. Extra columns are passed over, and so are rows of categories that have
    nothing in them. A column under another name is found by ``names``, by its values, or as the
    only one that is left.

    Parameters
    ----------
    got : object
        The learner's table: pandas, or anything with ``to_pandas()``.
    expected : DataFrame or Series
        The right one.
    names : mapping, optional
        {column: other names that are as good}.
    labels : mapping, optional
        {another spelling of a value: the one used here}, for example {"User": "user"}.
    ordered : bool, optional
        Whether the order of rows was asked for.
    by : sequence of str, optional
        The columns that name a row; by default all that hold no numbers.
    tolerance : float, optional
        How far numbers may be off, relative or absolute.
    known : mapping, optional
        {misconception: (wrong table or test of the answer, explanation)}.

    Returns
    -------
    Result
        Its message names the column and an example row that differ, never the right value.

    Examples
    --------
    >>> right = pd.DataFrame({"role": ["user", "buyer"], "n": [2, 1]})
    >>> compare_frame(right.set_index("role")["n"], right).outcome.value
    'correct'
    """
    table = as_table(got)
    if table is None:
        return results.error(
            _("A table is asked for; you have {kind}.").format(kind=type(got).__name__)
        )
    right = as_table(expected)
    if table.equals(right):  # nothing to find out about the most frequent answer
        return results.correct()
    options = {"names": names, "labels": labels, "ordered": ordered, "by": by}
    found = _compare(table, right, tolerance=tolerance, **options)
    if found.share == 1.0:
        return found
    for name, (wrong, explanation) in (known or {}).items():
        if _shows(got, table, wrong, tolerance, options):
            return results.Result(found.outcome, found.share, explanation, name)
    return found


def compare_series(got: Any, expected: pd.Series, **options: Any) -> Result:
    """Compare labelled values: a Series, a dictionary, or a table of two columns.

    See `compare_frame` for the options.
    """
    return compare_frame(as_pandas(got), expected, **options)


def as_table(got: Any) -> pd.DataFrame | None:
    """Give a table with its labels as columns, or None if it is no table."""
    got = as_pandas(got)
    if isinstance(got, pd.Series):
        got = got.to_frame(got.name if got.name is not None else "value")
    if not isinstance(got, pd.DataFrame):
        return None
    names = [
        "_".join(map(str, filter(None, name))) if isinstance(name, tuple) else str(name)
        for name in got.columns
    ]
    if isinstance(got.index, pd.RangeIndex) and got.index.name is None:
        got = got.reset_index(drop=True)
        got.columns = names
        return got
    levels = {
        str(name) if name is not None else f"index_{level}": got.index.get_level_values(level)
        for level, name in enumerate(got.index.names)
    }
    levels = {name: labels for name, labels in levels.items() if name not in names}
    columns = [labels.array for labels in levels.values()]
    columns += [column.array for _name, column in got.items()]
    table = pd.DataFrame(dict(enumerate(columns)))
    table.columns = [*levels, *names]
    return table


def _shows(got: Any, table: pd.DataFrame, wrong: Any, tolerance: float, options: dict) -> bool:
    """Tell whether the answer is this known mistake."""
    try:
        if callable(wrong):
            return bool(wrong(got))
        return _compare(table, as_table(wrong), tolerance=tolerance, **options).share == 1.0
    except Exception:  # the answer is too odd even to be compared with this mistake
        return False


def _compare(
    table: pd.DataFrame,
    expected: pd.DataFrame,
    *,
    names: Mapping[str, Sequence[str]] | None,
    labels: Mapping[str, str] | None,
    ordered: bool,
    by: Sequence[str],
    tolerance: float,
) -> Result:
    table = _without_empty(_upright(table, expected), expected)
    if len(table) != len(expected):
        return results.incorrect(
            _("Your table has {got} rows; {right} are expected.").format(
                got=len(table), right=len(expected)
            )
        )
    right = _relabel(dict(expected.items()), labels)
    got = _relabel(_rename(table, list(right), names or {}), labels)
    got = _name_by_values(got, right, ordered, tolerance)
    got, own_names = _name_the_last(got, right)
    missing = [name for name in right if name not in got]
    keys = _keys(right, by)
    if any(key in missing for key in keys) or len(missing) == len(right):
        return results.incorrect(
            _("Your table lacks the column {names}.").format(names=", ".join(missing))
        )
    rows, same, short, in_order = _row_by_row(got, right, keys, ordered, tolerance)
    explain = partial(_explain, got, rows, own_names)
    return _sum_up(explain, same, missing, keys, short, wrong_order=ordered and not in_order)


def _upright(table: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """Turn a table of one row whose columns are named as the rows that are expected."""
    keys = set(words(expected.iloc[:, 0]))
    names = [name for name in table if word(name) in keys]
    if len(table) != 1 or expected.shape[1] != 2 or len(names) != len(expected) or len(keys) == 1:
        return table
    return pd.DataFrame(dict(zip(expected, (names, table.iloc[0][names].to_list()), strict=True)))


def _without_empty(table: pd.DataFrame, expected: pd.DataFrame) -> pd.DataFrame:
    """Leave out categories that are not in the data: pandas lists them with 0, or with nothing."""
    if len(table) <= len(expected):
        return table
    empty = np.ones(len(table), bool)
    for _name, column in table.items():
        if _numeric(column):
            empty &= column.isna().to_numpy() | (column.fillna(0) == 0).to_numpy()
        else:
            known = [set(words(ours)) for _n, ours in expected.items() if not _numeric(ours)]
            empty &= ~np.isin(words(column), list(set().union(*known)))
    return table[~empty]


def _row_by_row(
    got: Columns, right: Columns, keys: list[str], ordered: bool, tolerance: float
) -> tuple[np.ndarray, dict[str, np.ndarray], bool, bool]:
    """Compare rows that belong together.

    Gives the learner's rows as they were compared; by column, which of them are right; whether
    all that is wrong is rounded too far; and whether the rows were in the order asked for.
    """
    there = [name for name in right if name in got]
    first = [*keys, *(name for name in there if name not in keys)]
    ours = {name: _comparable(right[name], right[name]) for name in first}
    theirs = {name: _comparable(got[name], right[name]) for name in first}
    in_order = ordered and all(
        _same(theirs[name], ours[name], tolerance).all() for name in keys or first
    )
    if in_order:
        rows = our_rows = np.arange(len(theirs[first[0]]))
    else:
        rows, our_rows = _order(theirs), _order(ours)
    pairs = {name: (theirs[name][rows], ours[name][our_rows]) for name in there}
    same = {name: _same(*pair, tolerance) for name, pair in pairs.items()}
    short = all(
        _numeric(right[name]) and rounded_too_far(*pairs[name])[~equal].all()
        for name, equal in same.items()
        if not equal.all()
    )
    return rows, same, short, in_order


def _sum_up(
    explain: Callable[..., str],
    same: dict[str, np.ndarray],
    missing: list[str],
    keys: list[str],
    short: bool,
    wrong_order: bool,
) -> Result:
    if any(not same[key].all() for key in keys):
        return results.incorrect(explain(same, keys, [], short, wrong_order=False))
    values = [name for name in (*same, *missing) if name not in keys] or list(keys)
    right = sum(name in same and bool(same[name].all()) for name in values)
    if right == len(values) and not wrong_order:
        return results.correct()
    share = right / len(values) * (0.75 if wrong_order else 1.0)
    return results.graded(share, explain(same, keys, missing, short, wrong_order))


def _keys(expected: Columns, by: Sequence[str]) -> list[str]:
    """Give the columns that name a row."""
    if by:
        return list(by)
    return [
        name
        for name, column in expected.items()
        if not _numeric(column) or pd.api.types.is_bool_dtype(column)
    ]


def _fold(name: str) -> str:
    return "".join(letter for letter in str(name).casefold() if letter.isalnum())


def _rename(
    table: pd.DataFrame, expected: list[str], names: Mapping[str, Sequence[str]]
) -> Columns:
    """Give columns the expected names where they differ in spelling only, or are aliases."""
    wanted = {_fold(name): name for name in expected}
    for name, others in names.items():
        others = [others] if isinstance(others, str) else others
        wanted |= {_fold(other): name for other in others}
    columns: Columns = {}
    taken = set(table.columns)
    for name, column in table.items():
        target = wanted.get(_fold(name))
        target = name if target is None or target in taken else target
        taken.add(target)
        columns.setdefault(target, column)  # of columns with one name, the first
    return columns


def _relabel(columns: Columns, labels: Mapping[str, str] | None) -> Columns:
    """Write values the way they are written here."""
    if not labels:
        return columns
    also = {word(other): word(used) for other, used in labels.items()}
    return {
        name: column if _numeric(column) else pd.Series(words(column)).replace(also)
        for name, column in columns.items()
    }


def _name_by_values(got: Columns, expected: Columns, ordered: bool, tolerance: float) -> Columns:
    """Find a column that has the right values under a name nobody thought of."""
    got = dict(got)
    for name, wanted in expected.items():
        if name in got:
            continue
        ours = _comparable(wanted, wanted)
        for other in [other for other in got if other not in expected]:
            try:
                theirs = _comparable(got[other], wanted)
            except (ValueError, TypeError, OverflowError):  # something else altogether
                continue
            pair = (theirs, ours) if ordered else (np.sort(theirs), np.sort(ours))
            if _same(*pair, tolerance).all():
                got[name] = got.pop(other)
                break
    return got


def _name_the_last(got: Columns, expected: Columns) -> tuple[Columns, dict[str, str]]:
    """Take the one column that is left for the one that is missing; give its own name, too."""
    missing = [name for name in expected if name not in got]
    if len(missing) != 1:
        return got, {}
    (name,) = missing
    like = _numeric(expected[name])
    left = [other for other in got if other not in expected and _numeric(got[other]) == like]
    if len(left) != 1:
        return got, {}
    renamed = {name if other == left[0] else other: column for other, column in got.items()}
    return renamed, {name: str(left[0])}


def _numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column)


def _comparable(column: pd.Series, like: pd.Series) -> np.ndarray:
    """Give a column as what the expected one holds: numbers, moments, or words."""
    if _numeric(like):
        if not _numeric(column):
            column = pd.to_numeric(column.astype(object), errors="coerce")
        return column.to_numpy(float, na_value=np.nan)
    if pd.api.types.is_datetime64_any_dtype(like):
        return pd.to_datetime(column.astype(object), errors="coerce").to_numpy("datetime64[ns]")
    return words(column)


def _same(got: np.ndarray, expected: np.ndarray, tolerance: float) -> np.ndarray:
    """Compare two columns value by value."""
    if expected.dtype.kind == "f":
        return numbers_agree(got, expected, tolerance, relative=tolerance)
    if expected.dtype.kind == "M":
        return (got == expected) | (np.isnat(got) & np.isnat(expected))
    return np.asarray(got == expected, dtype=bool)


def _order(columns: dict[str, np.ndarray]) -> np.ndarray:
    """Sort rows by the columns that name them, and on ties by the others."""
    places = [np.unique(values, return_inverse=True)[1] for values in columns.values()]
    return np.lexsort(places[::-1])


def _explain(
    got: Columns,
    rows: np.ndarray,
    own_names: Mapping[str, str],
    same: dict[str, np.ndarray],
    keys: list[str],
    missing: list[str],
    short: bool,
    wrong_order: bool,
) -> str:
    """Say which column is wrong and give one row as an example."""
    sentences = []
    for name, equal in same.items():
        if equal.all():
            continue
        place = rows[np.argmin(equal)]
        row = {column: got[column].iloc[place] for column in (name, *keys)}
        where = ", ".join(f"{key} = {row[key]}" for key in keys if key != name)
        text = (
            _(
                "Column “{name}” differs in {n} of {total} rows; for example you have {value} "
                "where {where}."
            )
            if where
            else _("Column “{name}” differs in {n} of {total} rows; for example you have {value}.")
        )
        value = f"{row[name]:.6g}" if isinstance(row[name], float) else str(row[name])
        said = {"name": own_names.get(name, name), "value": value[:60], "where": where[:120]}
        sentences.append(text.format(n=int((~equal).sum()), total=len(equal), **said))
    if sentences and short:
        sentences.append(too_short())
    if missing:
        sentences.append(_("Missing columns: {names}.").format(names=", ".join(missing)))
    if wrong_order:
        sentences.append(_("The rows are not in the order asked for."))
    return " ".join(sentences)
