"""What a table of features must be before customers are grouped by it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from custlab.checks import check_whole
from custlab.errors import InputError
from custlab.i18n import _

# customer_id, Customer ID, customerId, ID: such a column names somebody, and measures nothing.
DATES = ("date", "datetime", "datetime64", "period", "timedelta", "timedelta64")
NAMES_SOMEBODY = re.compile(r"(^|[ _.-])(?i:id)$|[a-z]I[Dd]$")


def check_features(table, *, categories: bool = False, missing: bool = False, rows: int = 2):
    """Refuse a table of features that cannot be segmented, and say why.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer, one column a feature (Polars too). An array is passed on unchecked,
        because scikit-learn checks arrays itself.
    categories : bool
        Whether columns of text or categories are allowed.
    missing : bool
        Whether single missing values are allowed (a column of nothing else never is).
    rows : int
        The least number of customers.

    Returns
    -------
    object
        The table, as it came.

    Raises
    ------
    InputError
        For an empty table, one customer, repeated customers or columns, text, dates, numbers that
        only name a customer, infinite or missing values, and columns that are empty or the same
        for everybody.

    Examples
    --------
    >>> check_features(pd.DataFrame({"age": [30, 30], "orders": [1, 4]}))
    Traceback (most recent call last):
    custlab.errors.InputError: Column 'age' is 30 for every customer: it cannot tell ...
    """
    frame = table
    if not isinstance(table, pd.DataFrame):
        if not hasattr(table, "columns") or not hasattr(table, "to_numpy"):
            return table
        frame = pd.DataFrame({name: table[name].to_numpy() for name in table.columns})
    _check_rows(frame, rows)
    _check_names(frame)
    for name in frame.columns:
        _check_column(frame[name], categories, missing)
    return table


def _check_rows(table: pd.DataFrame, rows: int) -> None:
    if table.shape[1] == 0:
        raise InputError(
            _("The table has no feature: 0 feature(s) (shape={shape}) while a minimum of 1 is "
              "required. Add at least one column.").format(shape=table.shape)
        )  # fmt: skip
    if len(table) == 0:
        raise InputError(_("The table is empty: 0 sample(s), no customer to look at."))
    if len(table) < rows:
        raise InputError(
            _("The table holds {n} sample(s), but at least {rows} customers are needed: one "
              "customer (n_samples = 1) has nobody to be compared with.").format(
                n=len(table), rows=rows)
        )  # fmt: skip
    ids = table["customer_id"] if "customer_id" in table.columns else table.index.to_series()
    repeated = ids[ids.duplicated()]
    if len(repeated):
        raise InputError(
            _("customer_id {customer!r} stands in more than one row ({n} rows too many). Keep one "
              "row for each customer: table.groupby('customer_id').first() or .sum().").format(
                customer=repeated.iloc[0], n=len(repeated))
        )  # fmt: skip


def _check_names(table: pd.DataFrame) -> None:
    repeated = table.columns[table.columns.duplicated()]
    if len(repeated):
        raise InputError(
            _(
                "Two columns are called {column!r}: it would count twice. Drop or rename one."
            ).format(column=repeated[0])
        )
    names = [name for name in table.columns if NAMES_SOMEBODY.search(str(name))]
    if names:
        raise InputError(
            _("Column {column!r} names customers and says nothing about them. Make it the index: "
              "table.set_index({column!r}), or leave it out.").format(column=names[0])
        )  # fmt: skip


def _check_column(column: pd.Series, categories: bool, missing: bool) -> None:
    name, known = column.name, column.dropna()
    if known.empty:
        raise InputError(
            _("Column {column!r} is empty for every customer: leave it out.").format(column=name)
        )
    is_number = pd.api.types.is_numeric_dtype(column)
    if _holds_dates(column):
        _refuse_dates(column)
    if not is_number and not categories:
        _refuse_text(column)
    if is_number:
        infinite = np.isinf(known.to_numpy(dtype=float))
        if infinite.any():
            raise InputError(
                _("Column {column!r} holds an infinite value (inf; first: row {row}). Look for a "
                  "division by zero.").format(column=name, row=known.index[infinite.argmax()])
            )  # fmt: skip
    if len(known) < len(column) and not missing:
        raise InputError(
            _("Column {column!r} is missing (NaN) for {n} of {total} customers. Fill it in with a "
              "rule that you can name, or leave these customers out knowingly.").format(
                column=name, n=len(column) - len(known), total=len(column))
        )  # fmt: skip
    if known.nunique() == 1:
        raise InputError(
            _("Column {column!r} is {value} for every customer: it cannot tell customers apart, "
              "leave it out.").format(column=name, value=known.iloc[0])
        )  # fmt: skip


def _holds_dates(column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column):
        return False
    category = isinstance(column.dtype, pd.CategoricalDtype)
    values = column.cat.categories if category else column
    return pd.api.types.infer_dtype(values) in DATES


def _refuse_dates(column: pd.Series) -> None:
    raise InputError(
        _("Column {column!r} holds dates. Turn them into numbers that mean something, such as "
          "days since the first order.").format(column=column.name)
    )  # fmt: skip


def _refuse_text(column: pd.Series) -> None:
    """Say which value is no number, and what to do with a column of categories."""
    values = column.dropna()
    strange = values[pd.to_numeric(values.astype(str), errors="coerce").isna()]
    example = strange.iloc[0] if len(strange) else values.iloc[0]
    raise InputError(
        _("Column {column!r} holds text ({example!r}), not numbers. Correct the value, or, if "
          "these are categories, turn the column into numbers with MixedScaler().").format(
            column=column.name, example=example)
    )  # fmt: skip


def check_k(X, k: int) -> None:
    """Refuse more segments than there are different customers.

    Parameters
    ----------
    X : array of shape (customers, features)
        The features.
    k : int
        The number of segments asked for.

    Raises
    ------
    InputError
        If ``k`` is no whole number, below 1 or above the number of different rows.

    Examples
    --------
    >>> check_k(np.array([[1.0], [1.0], [2.0]]), 3)
    Traceback (most recent call last):
    custlab.errors.InputError: 3 segments asked for, but the 3 customers have only 2 different ...
    """
    check_whole("n_clusters", k, 1)
    rows = pd.DataFrame(np.asarray(X))
    few = rows.head(50 * k)
    if len(few.drop_duplicates()) >= k:
        return
    different = len(rows.drop_duplicates())
    if different < k:
        raise InputError(
            _("{k} segments asked for, but the {n} customers have only {different} different rows. "
              "Ask for at most {different}, or add features.").format(
                k=k, n=len(rows), different=different)
        )  # fmt: skip
