"""Rules as tables: anyone can read them, change a number, and apply them again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import check_choice, check_columns, check_finite
from custlab.errors import InputError
from custlab.i18n import _

TESTS = ("is", "at least", "at most", "known", "missing", "otherwise")


def apply_rules(table: pd.DataFrame, rules: pd.DataFrame, groups=None) -> pd.Series:
    """Sort customers into types by the first rule that holds.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    rules : DataFrame
        Columns ``column``, ``test``, ``value``, ``type``, tried from top to bottom. Tests: ``is``,
        ``at least``, ``at most`` (a value equal to the limit passes), ``known``, ``missing``,
        ``otherwise``. A missing value passes no test but ``missing`` and ``otherwise``. Rules on
        a column that the table lacks are skipped. With a column ``group``, a rule is only for
        customers of that group.
    groups : Series, optional
        The group of each customer, with the table's index.

    Returns
    -------
    Series
        The type of each customer; missing if no rule holds.

    Raises
    ------
    InputError
        For an unknown test, a missing column of the rules, or a limit that is no number.

    Examples
    --------
    >>> table = pd.DataFrame({"orders": [5, 1, None]}, index=["a", "b", "c"])
    >>> rules = pd.DataFrame({"column": ["orders", None], "test": ["at least", "otherwise"],
    ...                       "value": [3, None], "type": ["regular", "other"]})
    >>> apply_rules(table, rules).tolist()
    ['regular', 'other', 'other']
    """
    _check_rules(rules)
    check_columns(table, (), "table")
    types = np.full(len(table), None, dtype=object)
    members = {}
    if "group" in rules.columns and groups is not None:
        group = groups.reindex(table.index).astype("string")
        members = {str(name): _is(group, name) for name in rules["group"].unique()}
    for number, rule in enumerate(rules.to_dict("records"), start=1):
        if rule["test"] != "otherwise" and rule["column"] not in table.columns:
            continue
        holds = pd.isna(types) & _passes(table, rule, number)
        if members:
            holds &= members[str(rule["group"])]
        types[holds] = rule["type"]
    return pd.Series(types, index=table.index, dtype="string", name="type")


def _check_rules(rules: pd.DataFrame) -> None:
    check_columns(rules, ("column", "test", "value", "type"), "rules")
    for test in rules["test"]:
        check_choice("test", test, TESTS)


def _passes(table: pd.DataFrame, rule: dict, number: int) -> np.ndarray:
    if rule["test"] == "otherwise":
        return np.ones(len(table), dtype=bool)
    column = table[rule["column"]]
    if rule["test"] == "known":
        return column.notna().to_numpy()
    if rule["test"] == "missing":
        return column.isna().to_numpy()
    if rule["test"] == "is":
        return _is(column, rule["value"])
    limit = pd.to_numeric(rule["value"], errors="coerce")
    if pd.isna(limit) or not pd.api.types.is_numeric_dtype(column):
        raise InputError(
            _(
                "Rule {number} compares column {column!r} with {value!r}: both must be numbers."
            ).format(number=number, column=rule["column"], value=rule["value"])
        )
    passed = column >= limit if rule["test"] == "at least" else column <= limit
    return passed.to_numpy(dtype=bool, na_value=False)


def _is(column: pd.Series, value) -> np.ndarray:
    """Compare as text; what is missing is equal to nothing."""
    if isinstance(column.dtype, pd.CategoricalDtype):  # compare each category only once
        equal = np.asarray(column.cat.categories.astype("string") == str(value), dtype=bool)
        return np.append(equal, False)[column.cat.codes]  # code -1, missing, finds the False
    return (column.astype("string") == str(value)).to_numpy(dtype=bool, na_value=False)


def _table(rows) -> pd.DataFrame:
    rules = pd.DataFrame(rows, columns=["column", "test", "value", "type"])
    rules.index = pd.RangeIndex(1, len(rules) + 1, name="rule")
    return rules.astype(object)


def need_rules() -> pd.DataFrame:
    """Give the rules that sort customers by need: household, enterprise, government.

    Returns
    -------
    DataFrame
        Rules for a table with the columns ``kind``, ``industry`` or ``employees``. What the firm
        has registered comes first; without it, an industry or employees speak for an enterprise.

    Examples
    --------
    >>> apply_rules(pd.DataFrame({"kind": [None, "government"], "employees": [12, None]}),
    ...             need_rules()).tolist()
    ['enterprise', 'government']
    """
    return _table(
        [
            ["kind", "is", "government", "government"],
            ["kind", "is", "enterprise", "enterprise"],
            ["kind", "is", "household", "household"],
            ["industry", "known", None, "enterprise"],
            ["employees", "at least", 1, "enterprise"],
            [None, "otherwise", None, "household"],
        ]
    )


def behaviour_rules(
    rhythm: pd.DataFrame | None = None,
    *,
    active_days: float | None = None,
    churned_days: float | None = None,
) -> pd.DataFrame:
    """Give the rules that sort customers by purchase behaviour.

    Parameters
    ----------
    rhythm : DataFrame, optional
        The result of :func:`~custlab.customer_types.repurchase_rhythm`; with several groups the
        rules are for one group each.
    active_days, churned_days : float, optional
        Thresholds set by hand instead.

    Returns
    -------
    DataFrame
        Rules on ``recency`` (days since the last order): ``potential`` without any order,
        ``active`` up to the first threshold, ``at risk`` up to the second, ``churned`` beyond.

    Raises
    ------
    InputError
        If neither a rhythm nor both thresholds are given, or they are out of order.

    Examples
    --------
    >>> behaviour_rules(active_days=60, churned_days=120)["type"].tolist()
    ['potential', 'active', 'at risk', 'churned']
    """
    if rhythm is None:
        if active_days is None or churned_days is None or not 0 <= active_days <= churned_days:
            raise InputError(
                _("Give a rhythm, or two thresholds in days: active_days, and churned_days that is "
                  "not smaller.")
            )  # fmt: skip
        return _table(_recency_rules(active_days, churned_days))
    rows, groups = [], []
    for group in rhythm.itertuples():
        part = _recency_rules(group.active_days, group.churned_days)
        rows += part
        groups += [str(group.Index)] * len(part)
    return _table(rows) if len(rhythm) == 1 else _table(rows).assign(group=groups)


def _recency_rules(active_days, churned_days) -> list[list]:
    return [
        ["recency", "missing", None, "potential"],
        ["recency", "at most", active_days, "active"],
        ["recency", "at most", churned_days, "at risk"],
        [None, "otherwise", None, "churned"],
    ]


def value_rules(
    amounts: pd.Series,
    method: str = "pareto",
    high: float | None = None,
    medium: float | None = None,
) -> pd.DataFrame:
    """Give the rules that sort customers by value: high, medium, low.

    Parameters
    ----------
    amounts : Series
        What each customer brings, in the case's currency; missing for those without an order.
    method : {"pareto", "quantile"}
        ``pareto``: high are the customers who together bring the share ``high`` (80 %) of all
        money, medium those who bring it to ``medium`` (95 %); the customer who crosses the line
        still belongs to the better type. ``quantile``: high is the best ``high`` (20 %) of the
        customers, medium the next, down to the best ``medium`` (50 %).
    high, medium : float, optional
        Other shares.

    Returns
    -------
    DataFrame
        Rules on ``monetary``. Customers with equal amounts always have the same type.

    Raises
    ------
    InputError
        For an unknown method, shares out of order, and amounts that are infinite or not positive.

    Examples
    --------
    >>> amounts = pd.Series([700.0, 100, 100, 60, 40])
    >>> value_rules(amounts)["value"].tolist()
    [nan, 100.0, 60.0, nan]
    """
    check_choice("method", method, ("pareto", "quantile"))
    first, second = (0.8, 0.95) if method == "pareto" else (0.2, 0.5)
    high, medium = high or first, medium or second
    if not 0 < high < medium <= 1:
        raise InputError(
            _("The shares must satisfy 0 < high < medium <= 1, not {high} and {medium}.").format(
                high=high, medium=medium
            )
        )
    if isinstance(amounts, pd.DataFrame):
        raise InputError(_("Give one column of amounts, such as types['monetary'], not a table."))
    amounts = pd.Series(amounts)
    known = np.sort(check_finite(amounts.dropna(), str(amounts.name or "amounts")))[::-1]
    if len(known) == 0 or (known <= 0).any():
        raise InputError(
            _("Column {column!r} must hold positive amounts (missing for customers without an "
              "order).").format(column=amounts.name or "amounts")
        )  # fmt: skip
    if method == "pareto":
        before = np.concatenate([[0.0], np.cumsum(known)[:-1]]) / known.sum()
        cuts = [known[before < share - 1e-12][-1] for share in (high, medium)]
    else:
        cuts = [
            known[max(int(np.ceil(share * len(known) - 1e-9)) - 1, 0)] for share in (high, medium)
        ]
    return _table(
        [
            ["monetary", "missing", None, "none yet"],
            ["monetary", "at least", cuts[0], "high"],
            ["monetary", "at least", cuts[1], "medium"],
            [None, "otherwise", None, "low"],
        ]
    )
