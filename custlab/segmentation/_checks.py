"""A check that these customers can be divided into so many segments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _


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
        If ``k`` is below 1 or above the number of different rows.

    Examples
    --------
    >>> check_k(np.array([[1.0], [1.0], [2.0]]), 3)
    Traceback (most recent call last):
    custlab.errors.InputError: 3 segments asked for, but the 3 customers have only 2 different ...
    """
    if k < 1:
        raise InputError(_("The number of segments must be at least 1, not {k}.").format(k=k))
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
