"""Satisfaction: how many are pleased, what drives it, and whether it is followed by staying."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from custlab.checks import (
    by_customer,
    check_dates,
    check_finite,
    check_flags,
    check_number,
    check_whole,
    pandas_table,
)
from custlab.errors import InputError
from custlab.i18n import _
from custlab.value.loyalty import checked_scale, days_of_orders, share_with_interval


def top_box(scores, *, boxes: int = 2, low: int = 1, high: int = 5) -> pd.Series:
    """Give the share of answers in the best boxes of a scale.

    Parameters
    ----------
    scores : array
        Answers; missing ones are left out.
    boxes : int
        How many of the best answers count; 2 is the "top-two box".
    low, high : int
        Ends of the scale.

    Returns
    -------
    Series
        ``share``, ``low``, ``high`` (95 % interval) and ``n``.

    Raises
    ------
    InputError
        If nobody answered or an answer is off the scale.

    Examples
    --------
    >>> top_box([5, 4, 3, 1])[["share", "n"]].tolist()
    [0.5, 4.0]
    """
    check_whole("boxes", boxes, 1, high - low)
    answers, __ = checked_scale(scores, low, high, "satisfaction")
    return share_with_interval(int((answers > high - boxes).sum()), len(answers))


def satisfaction_drivers(
    survey: pd.DataFrame,
    drivers,
    outcome: str = "satisfaction",
    *,
    n_bootstrap: int = 500,
    level: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Share out the explained satisfaction among its drivers, and say how sure that is.

    Drivers are correlated: one regression coefficient at a time would credit the wrong one.
    Each driver's importance is what it adds to R², averaged over all orders in which the drivers
    can enter (Lindeman, Merenda & Gold; the same as Shapley values). Intervals come from
    resampling customers, less what chance adds there; that of a driver which explains nothing
    reaches 0. A driver that merely goes along with others shares in their importance: whether it
    adds anything of its own, ``beta`` says. Importance is association, not proof that improving a
    driver would help.

    Parameters
    ----------
    survey : DataFrame
        Answers; only customers with all answers are used.
    drivers : list of str
        At most 10 columns of answers.
    outcome : str
        The column of overall satisfaction.
    n_bootstrap : int
        Resamples.
    level : float
        Coverage of the intervals.
    seed : int
        For the same resamples every time.

    Returns
    -------
    DataFrame
        Index the drivers, most important first; ``importance`` (share of the variance of the
        outcome; the column adds up to R²), ``low``, ``high``; ``beta`` (standardised
        coefficient), ``beta_low``, ``beta_high``; ``mean`` (answer) and ``n`` (customers).

    Raises
    ------
    InputError
        If a column is missing or does not vary, or there are too few complete answers.

    References
    ----------
    Groemping, U. (2007). The American Statistician, 61(2), 139-147.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> survey = pd.DataFrame({"price": rng.integers(1, 6, 300), "speed": rng.integers(1, 6, 300)})
    >>> survey["satisfaction"] = survey["speed"] + rng.integers(0, 2, 300)
    >>> satisfaction_drivers(survey, ["price", "speed"], n_bootstrap=50).index.tolist()
    ['speed', 'price']
    """
    drivers = [drivers] if isinstance(drivers, str) else list(drivers)
    check_whole("n_bootstrap", n_bootstrap, 1)
    check_number("level", level, 0, 1)
    complete = _complete_answers(survey, [*drivers, outcome])
    values = complete.to_numpy(dtype=float)
    importance, beta = _shares(np.corrcoef(values.T)[None])
    rng = np.random.default_rng(seed)
    n = len(values)
    samples = (values[rng.integers(0, n, n)] for __ in range(n_bootstrap))
    correlations = np.array([_correlation(sample) for sample in samples])
    usable = np.isfinite(correlations).all(axis=(1, 2))  # a resample may lack all variation
    many_importance, many_beta = _shares(correlations[usable])
    edges = [(1 - level) / 2, (1 + level) / 2]
    # In every sample chance adds a little to R²: what resampling adds on average is taken off, or
    # the interval of a driver that explains nothing would never reach 0.
    low, high = np.quantile(many_importance, edges, axis=0)
    by_chance = many_importance.mean(axis=0) - importance[0]
    low = np.clip(low - by_chance, 0.0, importance[0])
    high = np.maximum(high - by_chance, importance[0])
    beta_low, beta_high = np.quantile(many_beta, edges, axis=0)
    table = pd.DataFrame(
        {
            "importance": importance[0],
            "low": low,
            "high": high,
            "beta": beta[0],
            "beta_low": beta_low,
            "beta_high": beta_high,
            "mean": complete[drivers].mean().to_numpy(),
            "n": n,
        },
        index=pd.Index(drivers, name="driver"),
    )
    return table.sort_values("importance", ascending=False)


def _complete_answers(survey: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    if not 2 <= len(columns) <= 11 or len(set(columns)) < len(columns):
        raise InputError(_("Name between 1 and 10 drivers, each once, without the outcome itself."))
    answers = pandas_table(survey, columns, "survey")[columns].dropna()
    complete = pd.DataFrame({name: check_finite(answers[name], name) for name in columns})
    if len(complete) < 5 * len(columns):
        raise InputError(
            _(
                "Only {n} customers answered all of {columns}: at least {needed} are needed for "
                "an analysis of drivers."
            ).format(n=len(complete), columns=", ".join(columns), needed=5 * len(columns))
        )
    for name in columns:
        if complete[name].min() == complete[name].max():
            raise InputError(
                _("Column {column} has the same answer from everybody: it can explain nothing.")
                .format(column=name)
            )  # fmt: skip
    return complete


def _correlation(sample: np.ndarray) -> np.ndarray:
    centred = sample - sample.mean(axis=0)
    cross = centred.T @ centred
    spread = np.sqrt(np.diag(cross))
    with np.errstate(invalid="ignore", divide="ignore"):
        return cross / np.outer(spread, spread)


def _shares(correlations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Average each driver's gain in R² over all orders of entry, for many samples at once."""
    k = correlations.shape[1] - 1
    explained = {(): np.zeros(len(correlations))}
    for size in range(1, k + 1):
        for group in combinations(range(k), size):
            beta = _betas(correlations, group)
            to_outcome = correlations[:, list(group), k]
            explained[group] = (beta * to_outcome).sum(axis=1)
    importance = np.zeros((len(correlations), k))
    for driver in range(k):
        others = [other for other in range(k) if other != driver]
        for size in range(k):
            weight = factorial(size) * factorial(k - size - 1) / factorial(k)
            for group in combinations(others, size):
                with_driver = tuple(sorted((*group, driver)))
                importance[:, driver] += weight * (explained[with_driver] - explained[group])
    return importance, _betas(correlations, tuple(range(k)))


def _betas(correlations: np.ndarray, group: tuple[int, ...]) -> np.ndarray:
    """Standardised coefficients of a group of drivers; the pseudo-inverse bears copies."""
    among = correlations[:, group][:, :, group]
    to_outcome = correlations[:, list(group), -1]
    return (np.linalg.pinv(among, hermitian=True) @ to_outcome[..., None])[..., 0]


def retention_by_satisfaction(
    survey: pd.DataFrame,
    orders,
    within_days: int,
    *,
    as_of=None,
    column: str = "satisfaction",
    non_positive: str = "drop",
) -> pd.DataFrame:
    """See whether satisfied customers bought again after they said so.

    Only surveys answered long enough before the end of observation count.

    Parameters
    ----------
    survey : DataFrame
        ``customer_id``, ``survey_date`` and the answer.
    orders : pandas, Polars, DuckDB, Dask or PySpark frame
        ``customer_id``, ``order_date``, ``amount``.
    within_days : int
        Days after the survey in which an order counts as staying.
    as_of : date or str, optional
        End of observation; the day of the last order by default.
    column : str
        The answer, from 1 to 5.
    non_positive : {"refuse", "net", "drop"}
        As in :func:`custlab.value.rfm_table`.

    Returns
    -------
    DataFrame
        Index the answer; ``share`` who bought again, ``low``, ``high`` (95 % interval) and ``n``.

    Raises
    ------
    InputError
        If a column is missing, or no survey is old enough.

    Examples
    --------
    >>> survey = pd.DataFrame({"customer_id": ["a", "b"], "satisfaction": [5, 2],
    ...                        "survey_date": pd.to_datetime(["2024-02-01", "2024-02-01"])})
    >>> orders = pd.DataFrame({"customer_id": ["a", "b", "a"], "amount": [1.0, 1.0, 1.0],
    ...     "order_date": pd.to_datetime(["2024-01-01", "2024-01-01", "2024-03-31"])})
    >>> retention_by_satisfaction(survey, orders, 59)["share"].tolist()
    [0.0, 1.0]
    """
    needed = ["customer_id", "survey_date", column]
    check_number("within_days", within_days, 1)
    survey = pandas_table(survey, needed, "survey")
    days, as_of = days_of_orders(orders, as_of, non_positive)
    answered = survey[needed].dropna().reset_index(drop=True)
    answered["survey_date"] = check_dates(answered, "survey_date", "survey")
    if pd.api.types.is_numeric_dtype(days["customer_id"]) != pd.api.types.is_numeric_dtype(
        answered["customer_id"]
    ):
        raise InputError(
            _(
                "customer_id is a number in one of the tables survey and orders and a text in the "
                "other: make both texts with astype(str)."
            )
        )
    end = answered["survey_date"] + pd.Timedelta(days=within_days)
    answered = answered[end <= pd.Timestamp(as_of)]
    if answered.empty:
        raise InputError(
            _(
                "No survey was answered {days} days or more before {as_of:%Y-%m-%d}: what followed "
                "cannot be seen yet. Ask for a shorter time."
            ).format(days=within_days, as_of=as_of)
        )
    checked_scale(answered[column], 1, 5, column)
    pairs = answered.reset_index(names="answer").merge(days, on="customer_id")
    after = (pairs["order_date"] - pairs["survey_date"]).dt.days
    stayed = answered.index.isin(pairs.loc[(after > 0) & (after <= within_days), "answer"])
    return share_by_answer(answered[column], pd.Series(stayed, answered.index))


def share_by_answer(answers: pd.Series, stayed: pd.Series) -> pd.DataFrame:
    """Give the share of customers who stayed, for each answer on a scale.

    Parameters
    ----------
    answers : Series
        Whole numbers; customers as index. Missing answers are left out.
    stayed : Series
        Whether each customer stayed, same kind of index; unknown customers are left out.

    Returns
    -------
    DataFrame
        Index the answer; ``share`` who stayed, ``low``, ``high`` (95 % interval) and ``n``.

    Raises
    ------
    InputError
        If no customer is known in both.

    Examples
    --------
    >>> share_by_answer(pd.Series([5, 5, 2]), pd.Series([True, False, False]))[["share", "n"]]
       share    n
    2    0.0  1.0
    5    0.5  2.0
    """
    answers, stayed = pd.Series(answers), pd.Series(stayed)
    answered = by_customer(answers, str(answers.name or "answer"), missing=True)
    checked_scale(answered, 0, 100, answered.name or "answer")
    if stayed.index.has_duplicates:
        raise InputError(_("stayed: a customer stands in the index more than once. Keep one row."))
    both = pd.concat([answered.rename("answer"), stayed.rename("stayed")], axis=1, join="inner")
    both = both.dropna()
    if both.empty:
        raise InputError(
            _("No customer has both an answer and a later record: do the two indexes match?")
        )
    came_back = pd.Series(check_flags(both["stayed"], "stayed"), both.index)
    groups = came_back.groupby(both["answer"].astype(int))
    rows = {answer: share_with_interval(group.sum(), len(group)) for answer, group in groups}
    return pd.DataFrame(rows).T.rename_axis(answers.name)
