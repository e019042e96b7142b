"""Checks of a table of features: one clear sentence for each fault, naming the column."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _


def check_table(table, *, categories: bool = False, missing: bool = False, rows: int = 2):
    """Refuse a table of features that cannot be segmented, and say why.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer, one column a feature. Anything else is passed on unchecked, because
        scikit-learn checks arrays itself.
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
        For an empty table, one customer, repeated customers, text, infinite or missing values,
        and columns that are empty or the same for everybody.

    Examples
    --------
    >>> check_table(pd.DataFrame({"age": [30, 30], "orders": [1, 4]}))
    Traceback (most recent call last):
    custlab.errors.InputError: Column 'age' is 30 for every customer: it cannot tell ...
    """
    if not isinstance(table, pd.DataFrame):
        return table
    _check_rows(table, rows)
    for name in table.columns:
        _check_column(table[name], categories, missing)
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


def _check_column(column: pd.Series, categories: bool, missing: bool) -> None:
    name, known = column.name, column.dropna()
    if known.empty:
        raise InputError(
            _("Column {column!r} is empty for every customer: leave it out.").format(column=name)
        )
    is_number = pd.api.types.is_numeric_dtype(column)
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


def _refuse_text(column: pd.Series) -> None:
    """Say which value is no number, and what to do with a column of categories."""
    if pd.api.types.is_datetime64_any_dtype(column):
        raise InputError(
            _("Column {column!r} holds dates. Turn them into numbers that mean something, such as "
              "days since the first order.").format(column=column.name)
        )  # fmt: skip
    values = column.dropna()
    strange = values[pd.to_numeric(values.astype(str), errors="coerce").isna()]
    example = strange.iloc[0] if len(strange) else values.iloc[0]
    raise InputError(
        _("Column {column!r} holds text ({example!r}), not numbers. Correct the value, or, if "
          "these are categories, turn the column into numbers with MixedScaler().").format(
            column=column.name, example=example)
    )  # fmt: skip
