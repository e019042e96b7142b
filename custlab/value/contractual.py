"""Customers with a contract: they are seen to leave, so survival can be counted and modelled."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from scipy.special import betaln, digamma
from scipy.stats import CensoredData, ecdf
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from custlab.errors import InputError
from custlab.i18n import _
from custlab.value._likelihood import estimates, maximise
from custlab.value.histories import _days_per_unit

NAMES = ("alpha", "beta")


def subscription_periods(
    subscriptions: pd.DataFrame,
    *,
    as_of,
    unit: str = "month",
    start: str = "started_on",
    end: str = "ended_on",
) -> pd.DataFrame:
    """Count the periods of each subscription, and say whether it was seen to end.

    For one that ended: the periods begun, so one that ends during or with its third month
    counts 3, and was lost at its third renewal. For one still active: the periods completed.

    Parameters
    ----------
    subscriptions : DataFrame
        One row per subscription.
    as_of : date or str
        End of observation.
    unit : {"day", "week", "month", "quarter", "year"}
        Length of a period.
    start, end : str
        Columns with the first day and the last (missing while active).

    Returns
    -------
    DataFrame
        Index of the subscriptions; ``periods`` (count) and ``ended`` (bool).

    Raises
    ------
    InputError
        If dates are text, missing, in the future, or end before they start.

    Examples
    --------
    >>> table = pd.DataFrame({"started_on": pd.to_datetime(["2024-01-01", "2024-01-01"]),
    ...                       "ended_on": pd.to_datetime(["2024-03-20", None])})
    >>> subscription_periods(table, as_of="2024-12-31")
       periods  ended
    0        3   True
    1       12  False
    """
    days_per_unit = _days_per_unit(unit)
    as_of = pd.Timestamp(as_of)
    for name in (start, end):
        if name not in subscriptions:
            raise InputError(_("The subscriptions have no column {column}.").format(column=name))
        if not pd.api.types.is_datetime64_any_dtype(subscriptions[name]):
            raise InputError(
                _(
                    "Column {column} holds {kind}, not dates: convert it with pd.to_datetime first."
                ).format(column=name, kind=subscriptions[name].dtype)
            )
    began, ended = subscriptions[start], subscriptions[end]
    faults = {
        _("{start} is missing").format(start=start): began.isna(),
        _("{start} lies after the day of analysis").format(start=start): began > as_of,
        _("{end} lies before {start}").format(end=end, start=start): ended < began,
    }
    for rule, wrong in faults.items():
        if wrong.any():
            raise InputError(
                _("{rule} in {n} rows, first in row {row}: correct or leave out.").format(
                    rule=rule, n=int(wrong.sum()), row=wrong.idxmax()
                )
            )
    seen_to_end = ended.notna() & (ended <= as_of)
    days = (ended.where(seen_to_end, as_of) - began).dt.days
    # Months differ in length: a twentieth of a period is no period begun, nor one missed.
    length = days / days_per_unit
    begun = np.maximum(np.ceil(length - 0.05), 1)
    periods = np.where(seen_to_end, begun, np.floor(length + 0.05)).astype("int64")
    return pd.DataFrame({"periods": periods, "ended": seen_to_end}, index=subscriptions.index)


def survival_curve(periods, ended, level: float = 0.95) -> pd.DataFrame:
    """Estimate the share of customers who are still there, counting those still active rightly.

    Parameters
    ----------
    periods : array of int
        Periods of each customer, as from :func:`subscription_periods`.
    ended : array of bool
        Whether the customer left; otherwise the periods are a lower bound.
    level : float
        Coverage of the interval.

    Returns
    -------
    DataFrame
        Index ``period`` from 0; ``survival`` (share, 0 to 1) with ``low`` and ``high``,
        ``at_risk`` (customers followed so far) and ``retention`` (share of those who renew).

    Raises
    ------
    InputError
        If the table is empty or the numbers cannot be.

    References
    ----------
    Kaplan, E. L., & Meier, P. (1958). Journal of the American Statistical Association, 53, 457-481.

    Examples
    --------
    >>> curve = survival_curve([1, 2, 2, 3], [True, True, False, False])
    >>> curve["survival"].round(3).tolist()
    [1.0, 0.75, 0.5, 0.5]
    """
    periods, ended = _checked_periods(periods, ended)
    curve = ecdf(CensoredData(uncensored=periods[ended], right=periods[~ended])).sf
    with warnings.catch_warnings():  # SciPy warns where all or nobody is left; see below
        warnings.simplefilter("ignore", RuntimeWarning)
        interval = curve.confidence_interval(level, method="log-log")
    times = np.arange(periods.max() + 1)
    survival = curve.evaluate(times)
    table = pd.DataFrame(
        {
            "survival": survival,
            "low": _or_else(interval.low.evaluate(times), survival),
            "high": _or_else(interval.high.evaluate(times), survival),
            "at_risk": [int((periods >= time).sum()) for time in times],
        },
        index=pd.Index(times, name="period"),
    )
    return table.assign(retention=table["survival"] / table["survival"].shift())


def _or_else(limits: np.ndarray, survival: np.ndarray) -> np.ndarray:
    """Where all or nobody is left the interval's formula has no value: take the curve itself."""
    return np.where(np.isnan(limits), survival, limits)


def _checked_periods(periods, ended) -> tuple[np.ndarray, np.ndarray]:
    periods, ended = np.asarray(periods), np.asarray(ended, dtype=bool)
    if len(periods) == 0 or len(periods) != len(ended):
        raise InputError(
            _("Give as many periods as marks of leaving, at least one (got {n} and {m}).").format(
                n=len(periods), m=len(ended)
            )
        )
    wrong = (periods < ended.astype(int)) | (periods != np.floor(periods))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            _(
                "Periods must be whole numbers, at least 1 for a customer who left; row {row} has "
                "{value}."
            ).format(row=row, value=periods[row])
        )
    return periods.astype(int), ended


def counts_from_survivors(survivors) -> tuple[np.ndarray, np.ndarray]:
    """Turn the survivors of one cohort into periods and marks of leaving.

    Parameters
    ----------
    survivors : sequence of int
        Customers at the start and after each period, for example ``[1000, 869, 743]``.

    Returns
    -------
    tuple of ndarray
        ``periods`` and ``ended``, one entry per customer.

    Raises
    ------
    InputError
        If the number of survivors grows.

    Examples
    --------
    >>> periods, ended = counts_from_survivors([10, 7, 6])
    >>> periods.tolist(), int(ended.sum())
    ([1, 1, 1, 2, 2, 2, 2, 2, 2, 2], 4)
    """
    survivors = np.asarray(survivors)
    lost = -np.diff(survivors)
    if len(survivors) < 2 or (lost < 0).any() or survivors[-1] < 0:
        raise InputError(
            _("Survivors are counted from the start of one cohort and can never grow.")
        )
    last = len(lost)
    periods = np.repeat(np.append(np.arange(1, last + 1), last), np.append(lost, survivors[-1]))
    return periods, np.arange(len(periods)) < lost.sum()


class ShiftedBetaGeometric(BaseEstimator):
    """Retention of customers with a contract who differ in how likely they are to leave.

    Each customer leaves at each renewal with her own constant probability; these differ as a
    beta (alpha, beta). Nobody changes, and yet the cohort's retention rises year by year, because
    those who leave easily leave first.

    Parameters
    ----------
    max_iter : int
        Steps after which the search for parameters gives up.

    Attributes
    ----------
    params_, standard_errors_ : Series
        ``alpha`` and ``beta`` of the probabilities of leaving.
    log_likelihood_ : float
        Log-likelihood at ``params_``.

    References
    ----------
    Fader, P. S., & Hardie, B. G. S. (2007). How to project customer retention. Journal of
    Interactive Marketing, 21(1), 76-90.

    Examples
    --------
    >>> survivors = [1000, 869, 743, 653, 593, 551, 517, 491]
    >>> model = ShiftedBetaGeometric().fit(*counts_from_survivors(survivors))
    >>> model.params_.round(3).tolist()
    [0.668, 3.806]
    """

    def __init__(self, max_iter=500):
        self.max_iter = max_iter

    @classmethod
    def with_parameters(cls, alpha: float, beta: float) -> ShiftedBetaGeometric:
        """Make a model with known parameters.

        Parameters
        ----------
        alpha, beta : float
            Above zero.

        Returns
        -------
        ShiftedBetaGeometric
            Ready to predict.
        """
        model = cls()
        model.params_ = pd.Series({"alpha": alpha, "beta": beta}, dtype=float)
        if not (np.isfinite(model.params_) & (model.params_ > 0)).all():
            raise InputError(_("alpha and beta must be finite and above zero."))
        return model

    def fit(self, X, y):
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        X : array of int
            Periods of each customer, as from :func:`subscription_periods`.
        y : array of bool
            Whether the customer left.

        Returns
        -------
        ShiftedBetaGeometric
            Itself.

        Raises
        ------
        InputError
            If nobody left, or everybody in the first period.
        ConvergenceError
            If the data do not determine the parameters.
        """
        periods, ended = _checked_periods(X, y)
        if not ended.any():
            raise InputError(_("Nobody has left yet: retention cannot be modelled. Wait longer."))
        if periods.max() < 2:
            raise InputError(
                _("All customers were followed for one period only: at least two are needed.")
            )
        counts = (np.bincount(periods[ended]), np.bincount(periods[~ended]))
        found = maximise(
            lambda params: _log_likelihood(params, *counts),
            [1.0, 3.0],
            NAMES,
            len(periods),
            self.max_iter,
        )
        for name, value in found.items():
            setattr(self, f"{name}_", value)
        return self

    def estimates(self) -> pd.DataFrame:
        """Tabulate the parameters with standard errors and 95 % intervals.

        Returns
        -------
        DataFrame
            One row per parameter.
        """
        check_is_fitted(self, "standard_errors_")
        return estimates(self.params_, self.standard_errors_)

    def survival(self, t) -> np.ndarray:
        """Give the share of a cohort that is still there after ``t`` periods.

        Parameters
        ----------
        t : int or array of int
            Periods since the start.

        Returns
        -------
        ndarray
            Shares between 0 and 1.
        """
        check_is_fitted(self, "params_")
        alpha, beta = self.params_
        return np.exp(betaln(alpha, beta + np.asarray(t)) - betaln(alpha, beta))

    def retention(self, t) -> np.ndarray:
        """Give the share of those still there who renew at the end of period ``t``.

        Parameters
        ----------
        t : int or array of int
            Period, from 1.

        Returns
        -------
        ndarray
            Rates between 0 and 1, rising with ``t``.
        """
        check_is_fitted(self, "params_")
        alpha, beta = self.params_
        return (beta + np.asarray(t) - 1) / (alpha + beta + np.asarray(t) - 1)

    def lifetime_value(self, margin: float, *, age=0, horizon: int = 120, discount: float = 0.0):
        """Value the renewals to come of a customer who has been there for ``age`` periods.

        Parameters
        ----------
        margin : float
            Contribution per period (currency), paid at each renewal.
        age : int or array of int
            Periods completed; the next renewal is at the end of period ``age + 1``.
        horizon : int
            Renewals looked at.
        discount : float
            Rate per period.

        Returns
        -------
        ndarray
            Present value of the renewals within the horizon (currency).
        """
        check_is_fitted(self, "params_")
        age = np.asarray(age)[..., None]
        ahead = np.arange(1, horizon + 1)
        still_there = self.survival(age + ahead) / self.survival(age)
        return margin * (still_there / (1 + discount) ** ahead).sum(axis=-1)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # a list of periods, not a table of numbers
        tags.target_tags.required = True
        return tags


def _log_likelihood(params, left: np.ndarray, stayed: np.ndarray) -> tuple[float, np.ndarray]:
    """Log-likelihood and gradient from the numbers who left, and stayed, at each period."""
    alpha, beta = params
    t, s = np.arange(1, len(left)), np.arange(len(stayed))
    left = left[1:]
    here = betaln(alpha, beta)
    value = left @ (betaln(alpha + 1, beta + t - 1) - here) + stayed @ (
        betaln(alpha, beta + s) - here
    )
    total = digamma(alpha + beta)
    end_left, end_stayed = digamma(alpha + beta + t), digamma(alpha + beta + s)
    gradient = np.array(
        [
            left @ (digamma(alpha + 1) - end_left - digamma(alpha) + total)
            + stayed @ (total - end_stayed),
            left @ (digamma(beta + t - 1) - end_left - digamma(beta) + total)
            + stayed @ (digamma(beta + s) - end_stayed - digamma(beta) + total),
        ]
    )
    return value, gradient


def constant_retention(periods, ended) -> float:
    """Estimate one retention rate for everybody: renewals made over renewals due.

    Parameters
    ----------
    periods, ended : array
        As from :func:`subscription_periods`.

    Returns
    -------
    float
        The maximum-likelihood rate if every customer had the same; compare its curve
        ``rate ** t`` with :func:`survival_curve` before you trust it.

    Examples
    --------
    >>> constant_retention([1, 2, 3], [True, True, False])
    0.6666666666666667
    """
    periods, ended = _checked_periods(periods, ended)
    due = periods.sum()
    return float(1 - ended.sum() / due)
