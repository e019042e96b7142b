"""Shifted beta-geometric: why the retention of a cohort rises although nobody changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import betaln, digamma
from sklearn.utils.validation import check_is_fitted

from custlab.checks import (
    check_dates,
    check_finite,
    check_number,
    check_whole,
    midnight,
    pandas_table,
    refuse_blank,
)
from custlab.errors import InputError
from custlab.i18n import _
from custlab.value.contractual import checked_periods, subscription_periods
from custlab.value.histories import days_per_unit
from custlab.value.likelihood import Coordinates, LikelihoodModel


class ShiftedBetaGeometric(LikelihoodModel):
    """Retention of customers with a contract who differ in how likely they are to leave.

    Each customer leaves at each renewal with her own constant probability; these differ as a
    beta (alpha, beta). Nobody changes, and yet the cohort's retention rises year by year, because
    those who leave easily leave first.

    Parameters
    ----------
    max_iter : int
        Steps after which the search for parameters gives up.
    boundary : {"refuse", "accept"}
        If the best parameters lie at zero or infinity, because customers hardly differ in some
        respect: refuse with an explanation, or accept the limit without its standard errors.

    Attributes
    ----------
    params_, standard_errors_ : Series
        ``alpha`` and ``beta`` of the probabilities of leaving.
    log_likelihood_ : float
        Log-likelihood at ``params_``.
    limit_ : str
        What the data leave open, in words, if a limit was accepted; otherwise empty.

    References
    ----------
    Fader, P. S., & Hardie, B. G. S. (2007). How to project customer retention. Journal of
    Interactive Marketing, 21(1), 76-90.

    Examples
    --------
    >>> from custlab.value import counts_from_survivors
    >>> survivors = [1000, 869, 743, 653, 593, 551, 517, 491]
    >>> model = ShiftedBetaGeometric().fit(*counts_from_survivors(survivors))
    >>> model.params_.round(3).tolist()
    [0.668, 3.806]
    """

    NAMES = ("alpha", "beta")
    # Searched for: the odds of leaving alpha / beta and their spread 1 / (alpha + beta).
    COORDINATES = Coordinates(
        spread=(False, True), logs=((1, -1), (0, -1)), logs_plus=((-1, 0), (-1, 0))
    )

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
        return cls._known(alpha=alpha, beta=beta)

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
        periods, ended = checked_periods(X, y)
        if not ended.any():
            raise InputError(_("Nobody has left yet: retention cannot be modelled. Wait longer."))
        if periods.max() < 2:
            raise InputError(
                _("All customers were followed for one period only: at least two are needed.")
            )
        counts = (np.bincount(periods[ended]), np.bincount(periods[~ended]))
        start = [np.log(1 / 3), np.log1p(1 / 4)]  # alpha of 1, beta of 3
        return self._fit_to(lambda params: _log_likelihood(params, *counts), start, len(periods))

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
        t = _checked_times(t, 0)
        return np.exp(betaln(alpha, beta + t) - betaln(alpha, beta))

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
        t = _checked_times(t, 1)
        return (beta + t - 1) / (alpha + beta + t - 1)

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
        check_whole("horizon", horizon, 1)
        check_number("discount", discount, 0)
        margin = check_finite(margin, "margin")
        age = _checked_times(age, 0)[..., None]
        ahead = np.arange(1, horizon + 1)
        still_there = self.survival(age + ahead) / self.survival(age)
        return margin * (still_there / (1 + discount) ** ahead).sum(axis=-1)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def _checked_times(t, low: int) -> np.ndarray:
    times = check_finite(t, "t")
    if (times < low).any():
        raise InputError(_("Periods are counted from {low}; {value:g} lies before.").format(
            low=low, value=times.min()))  # fmt: skip
    return times


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


def subscription_value(
    subscriptions: pd.DataFrame,
    *,
    as_of,
    quarters: int = 4,
    margin: float = 1.0,
    discount: float = 0.1,
    boundary: str = "refuse",
) -> pd.Series:
    """Value the subscription fees to come of each customer, as far as they are likely to come.

    One model of renewals is fitted to all subscriptions, by the quarter. Fees are paid by the
    month, by those who are still there when the next month of their subscription begins.

    Parameters
    ----------
    subscriptions : DataFrame
        ``customer_id``, ``started_on``, ``ended_on`` (missing while active), ``monthly_price``
        (currency).
    as_of : date or str
        The day of the analysis.
    quarters : int
        Horizon.
    margin : float
        Share of the fees left after variable costs.
    discount : float
        Yearly rate.
    boundary : {"refuse", "accept"}
        As for :class:`ShiftedBetaGeometric`: whether to accept that all leave alike.

    Returns
    -------
    Series
        Present value (currency) by customer; 0 for those who have left.

    Raises
    ------
    InputError
        If dates or prices cannot be, a rate is out of range, or nobody has left yet.
    ConvergenceError
        If the data do not determine the model.

    Examples
    --------
    >>> table = pd.DataFrame({"customer_id": list("abcd"), "monthly_price": 10.0,
    ...     "started_on": pd.to_datetime(["2023-01-01"] * 4),
    ...     "ended_on": pd.to_datetime(["2023-02-20", "2023-12-01", None, None])})
    >>> subscription_value(table, as_of="2024-12-31").round(0).tolist()
    [0.0, 0.0, 108.0, 108.0]
    """
    check_whole("quarters", quarters, 1)
    check_number("discount", discount, 0)
    check_number("margin", margin)
    needed = ("customer_id", "monthly_price", "started_on", "ended_on")
    subscriptions = pandas_table(subscriptions, needed, "subscriptions")
    refuse_blank(subscriptions, "customer_id", _("subscriptions"))
    price = check_finite(subscriptions["monthly_price"], "monthly_price")
    periods = subscription_periods(subscriptions, as_of=as_of, unit="quarter")
    model = ShiftedBetaGeometric(boundary=boundary).fit(periods["periods"], periods["ended"])
    if (price < 0).any():
        raise InputError(
            _("monthly_price must be 0 or more; row {row} (counted from 0) has {value:g}.").format(
                row=int(price.argmin()), value=price.min()
            )
        )
    since = pd.Timestamp(midnight(as_of)) - check_dates(
        subscriptions, "started_on", "subscriptions"
    )
    days = since.dt.days.to_numpy(dtype=float)
    months = days[:, None] / days_per_unit("month")
    # As in subscription_periods, a twentieth of a month too few is a month completed.
    due = np.floor(months + 0.05) + np.arange(1, 3 * quarters + 1)
    still_there = model.survival(due / 3) / model.survival(months / 3)
    worth = (still_there / (1 + discount) ** ((due - months) / 12)).sum(axis=1)
    value = pd.Series(margin * price * worth * ~periods["ended"], subscriptions.index)
    return value.groupby(subscriptions["customer_id"]).sum().rename("value")
