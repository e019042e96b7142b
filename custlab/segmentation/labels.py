"""The segments of customers as all of segmentation takes them: of everybody, by customer."""

from __future__ import annotations

import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _, ngettext


def check_labels(labels: pd.Series, table: pd.DataFrame | pd.Series | None = None) -> None:
    """Refuse segments that are missing for somebody, or are those of other customers.

    Parameters
    ----------
    labels : Series
        Segment of each customer.
    table : DataFrame or Series, optional
        What is known of the same customers, in the same order.

    Raises
    ------
    InputError
        If there is no index, a label is missing, or the customers differ.

    Examples
    --------
    >>> check_labels(pd.Series([0, None, 1]))
    Traceback (most recent call last):
    custlab.errors.InputError: 1 of 3 customers has no segment. Look only at the others: ...
    """
    if not isinstance(labels, pd.Series):
        raise InputError(
            _("The segments must be a Series by customer, not a {kind}: "
              "pd.Series(labels, index=table.index).").format(kind=type(labels).__name__)
        )  # fmt: skip
    if table is not None and not labels.index.equals(table.index):
        raise InputError(
            _("The labels belong to other customers than the table: give both the same index, "
              "for example table.loc[labels.index].")
        )  # fmt: skip
    missing = int(labels.isna().sum())
    if missing:
        raise InputError(
            ngettext(
                "{n} of {total} customers has no segment. Look only at the others: "
                "labels = labels.dropna(), and table.loc[labels.index].",
                "{n} of {total} customers have no segment. Look only at the others: "
                "labels = labels.dropna(), and table.loc[labels.index].",
                missing,
            ).format(n=missing, total=len(labels))
        )


def of_customers(table, labels: pd.Series):
    """Give what a table knows of the customers who have a segment, missing where it knows nothing.

    Parameters
    ----------
    table : DataFrame or Series
        By ``customer_id``.
    labels : Series
        Segment of each customer, by ``customer_id``.

    Returns
    -------
    DataFrame or Series
        In the order of the labels.

    Raises
    ------
    InputError
        If the table has a customer twice.
    """
    twice = table.index[table.index.duplicated()]
    if len(twice):
        raise InputError(
            _("customer_id {customer!r} stands in more than one row ({n} rows too many). Keep one "
              "row for each customer: table.groupby('customer_id').first() or .sum().").format(
                customer=twice[0], n=len(twice))
        )  # fmt: skip
    return table.reindex(labels.index)
