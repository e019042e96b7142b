"""Comparing tables: the values must be right, the ways of writing them down may differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from custlab.exercises import result as results
from custlab.exercises.result import Result
from custlab.i18n import _

# {misconception: (wrong value or test of the answer, explanation)}
Known = Mapping[str, tuple[Any, str]]


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
    ``int`` or ``float``, text or category. Extra columns are passed over. A column under
    another name is found by ``names``, or by its values.

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
        The columns that name a row; by default all columns that are not numbers with fractions.
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
    options = {"names": names, "labels": labels, "ordered": ordered, "by": by}
    found = _compare(table, as_table(expected), tolerance=tolerance, **options)
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
    got = pd.Series(got) if isinstance(got, dict) else got
    return compare_frame(got, expected, **options)


def as_table(got: Any) -> pd.DataFrame | None:
    """Give a table with its labels as columns, or None if it is no table."""
    if hasattr(got, "to_pandas"):
        got = got.to_pandas()
    if isinstance(got, pd.Series):
        got = got.to_frame(got.name if got.name is not None else "value")
    if not isinstance(got, pd.DataFrame):
        return None
    got = got.copy()
    if isinstance(got.columns, pd.MultiIndex):
        got.columns = ["_".join(map(str, filter(None, name))) for name in got.columns]
    else:
        got.columns = [str(name) for name in got.columns]
    plain = isinstance(got.index, pd.RangeIndex) and got.index.name is None
    if plain:
        return got.reset_index(drop=True)
    level_names = [
        str(name) if name is not None else f"index_{level}"
        for level, name in enumerate(got.index.names)
    ]
    index = got.index.to_frame(index=False)
    index.columns = level_names
    if repeated := [name for name in level_names if name in got.columns]:
        index = index.drop(columns=repeated)
    return pd.concat([index, got.reset_index(drop=True)], axis=1)


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
    if len(table) != len(expected):
        return results.incorrect(
            _("Your table has {got} rows; {right} are expected.").format(
                got=len(table), right=len(expected)
            )
        )
    table = _rename(table, expected, names or {})
    table, expected = _relabel(table, labels), _relabel(expected, labels)
    table = _name_by_values(table, expected, ordered, tolerance)
    missing = [name for name in expected.columns if name not in table.columns]
    keys = _keys(expected, by)
    if any(key in missing for key in keys) or len(missing) == len(expected.columns):
        return results.incorrect(
            _("Your table lacks the column {names}.").format(names=", ".join(missing))
        )
    in_order = ordered and _same_order(table, expected, keys, tolerance)
    if not in_order:
        names = [*keys, *(n for n in expected.columns if n not in [*keys, *missing])]
        table, expected = _sorted(table, names), _sorted(expected, names)
    return _sum_up(table, expected, missing, keys, tolerance, wrong_order=ordered and not in_order)


def _sum_up(
    table: pd.DataFrame,
    expected: pd.DataFrame,
    missing: list[str],
    keys: list[str],
    tolerance: float,
    wrong_order: bool,
) -> Result:
    same = {
        name: _equal(table[name], expected[name], tolerance)
        for name in expected.columns
        if name not in missing
    }
    if any(not same[key].all() for key in keys):
        return results.incorrect(_explain(table, same, keys, [], wrong_order=False))
    values = [name for name in expected.columns if name not in keys] or list(keys)
    right = sum(name in same and bool(same[name].all()) for name in values)
    if right == len(values) and not wrong_order:
        return results.correct()
    share = right / len(values) * (0.75 if wrong_order else 1.0)
    return results.graded(share, _explain(table, same, keys, missing, wrong_order))


def _keys(expected: pd.DataFrame, by: Sequence[str]) -> list[str]:
    """Give the columns that name a row."""
    if by:
        return list(by)
    return [
        name
        for name in expected.columns
        if not _numeric(expected[name]) or pd.api.types.is_bool_dtype(expected[name])
    ]


def _fold(name: str) -> str:
    return "".join(letter for letter in str(name).casefold() if letter.isalnum())


def _rename(
    table: pd.DataFrame, expected: pd.DataFrame, names: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Give columns the expected names where they differ in spelling only, or are aliases."""
    wanted = {_fold(name): name for name in expected.columns}
    for name, others in names.items():
        others = [others] if isinstance(others, str) else others
        wanted |= {_fold(other): name for other in others}
    renamed: dict[str, str] = {}
    for name in table.columns:
        target = wanted.get(_fold(name))
        if target and target not in table.columns and target not in renamed.values():
            renamed[name] = target
    table = table.rename(columns=renamed) if renamed else table
    return table if table.columns.is_unique else table.loc[:, ~table.columns.duplicated()]


def _relabel(table: pd.DataFrame, labels: Mapping[str, str] | None) -> pd.DataFrame:
    """Write values the way they are written here."""
    if not labels:
        return table
    words = {name: _as_words(table[name]) for name in table if not _numeric(table[name])}
    return table.assign(**{name: column.replace(dict(labels)) for name, column in words.items()})


def _name_by_values(
    table: pd.DataFrame, expected: pd.DataFrame, ordered: bool, tolerance: float
) -> pd.DataFrame:
    """Find a column that has the right values under a name nobody thought of."""
    for name in expected.columns:
        if name in table.columns:
            continue
        for other in table.columns:
            if other in expected.columns:
                continue
            ours, theirs = expected[name], table[other]
            if not ordered:
                ours, theirs = _sorted_values(ours), _sorted_values(theirs)
            if len(ours) == len(theirs) and _equal(theirs, ours, tolerance).all():
                table = table.rename(columns={other: name})
                break
    return table


def _sorted_values(column: pd.Series) -> pd.Series:
    if not _numeric(column):
        column = _as_words(column)
    return column.sort_values().reset_index(drop=True)


def _numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column)


def _as_words(column: pd.Series) -> pd.Series:
    pairs = zip(column.astype(object), column.isna(), strict=True)
    words = ["" if blank else str(value).strip() for value, blank in pairs]
    return pd.Series(words, column.index, dtype=object)


def _equal(got: pd.Series, expected: pd.Series, tolerance: float) -> np.ndarray:
    """Compare two columns value by value."""
    if _numeric(expected):
        got = pd.to_numeric(got.astype(object), errors="coerce")
        return np.isclose(
            got.to_numpy(float, na_value=np.nan),
            expected.to_numpy(float, na_value=np.nan),
            rtol=tolerance,
            atol=tolerance,
            equal_nan=True,
        )
    if pd.api.types.is_datetime64_any_dtype(expected):
        got = pd.to_datetime(got.astype(object), errors="coerce")
        same = got.to_numpy("datetime64[ns]") == expected.to_numpy("datetime64[ns]")
        return same | (got.isna().to_numpy() & expected.isna().to_numpy())
    return (_as_words(got) == _as_words(expected)).to_numpy()


def _same_order(
    table: pd.DataFrame, expected: pd.DataFrame, keys: list[str], tolerance: float
) -> bool:
    names = keys or [name for name in expected.columns if name in table.columns]
    return all(_equal(table[name], expected[name], tolerance).all() for name in names)


def _sorted(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Sort rows by the columns that name them, and on ties by the others."""
    order = pd.DataFrame(
        {n: table[n] if _numeric(table[n]) else _as_words(table[n]) for n in names}
    )
    return table.iloc[order.sort_values(names, kind="stable").index].reset_index(drop=True)


def _explain(
    table: pd.DataFrame,
    same: dict[str, np.ndarray],
    keys: list[str],
    missing: list[str],
    wrong_order: bool,
) -> str:
    """Say which column is wrong and give one row as an example."""
    sentences = []
    for name, equal in same.items():
        if equal.all():
            continue
        row = table.iloc[int(np.argmin(equal))]
        where = ", ".join(f"{key} = {row[key]}" for key in keys if key != name)
        text = (
            _("Column “{name}” differs in {n} rows; for example you have {value} where {where}.")
            if where
            else _("Column “{name}” differs in {n} rows; for example you have {value}.")
        )
        value = f"{row[name]:.6g}" if isinstance(row[name], float) else str(row[name])
        sentences.append(
            text.format(name=name, n=int((~equal).sum()), value=value[:60], where=where[:120])
        )
    if missing:
        sentences.append(_("Missing columns: {names}.").format(names=", ".join(missing)))
    if wrong_order:
        sentences.append(_("The rows are not in the order asked for."))
    return " ".join(sentences)
