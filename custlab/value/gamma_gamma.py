"""Gamma-Gamma: what a customer will spend per purchase, without over-reading one big order.

Story of the model: each purchase varies at random around the customer's own mean; the means vary
between customers. A customer seen once or twice is therefore pulled towards the average of all,
a customer seen often is taken at her word. How often she buys must not depend on how much.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln
from scipy.stats import spearmanr
from sklearn.utils.validation import check_is_fitted

from custlab.checks import check_columns, check_finite
from custlab.errors import InputError
from custlab.i18n import _
from custlab.value.likelihood import Coordinates, LikelihoodModel


class GammaGamma(LikelihoodModel):
    """Mean spend per purchase of each customer.

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
        ``p`` (shape of the purchases), ``q`` (shape of the customers), ``gamma`` (scale, currency).
    log_likelihood_ : float
        Log-likelihood of the mean spends.
    limit_ : str
        What the data leave open, in words, if a limit was accepted; otherwise empty.
    n_customers_ : int
        Customers with a repeat purchase, who alone were fitted.

    References
    ----------
    Fader, P. S., & Hardie, B. G. S. (2013). The gamma-gamma model of monetary value.
    http://www.brucehardie.com/notes/025/

    Examples
    --------
    >>> model = GammaGamma.with_parameters(p=6.25, q=3.74, gamma=15.44)
    >>> round(model.mean_spend(), 2)
    35.22
    >>> customers = pd.DataFrame({"x": [0, 1, 20], "m_x": [float("nan"), 100.0, 100.0]})
    >>> model.expected_spend(customers).round(1).tolist()
    [35.2, 80.3, 98.6]
    """

    NAMES = ("p", "q", "gamma")
    # Searched for: the scale gamma p / q, the spread of purchases 1 / p and of customers 1 / q.
    COORDINATES = Coordinates(
        spread=(False, True, True),
        logs=((0, -1, 0), (0, 0, -1), (1, 1, -1)),
        logs_plus=((0, 0, 0),) * 3,
    )

    @classmethod
    def with_parameters(cls, p: float, q: float, gamma: float) -> GammaGamma:
        """Make a model with known parameters, for example published ones.

        Parameters
        ----------
        p, q, gamma : float
            All above zero.

        Returns
        -------
        GammaGamma
            Ready to predict.
        """
        return cls._known(p=p, q=q, gamma=gamma)

    def fit(self, X, y=None):
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        X : DataFrame
            Histories with ``x`` and ``m_x``; customers without a repeat purchase are passed over.
        y : ignored

        Returns
        -------
        GammaGamma
            Itself.

        Raises
        ------
        InputError
            If nobody bought again, or a mean spend is missing, zero, negative or the same for all.
        ConvergenceError
            If the data do not determine the parameters.
        """
        x, m_x = checked_spend(X)
        likelihood = _LogLikelihood(x, m_x)
        mean = np.average(m_x, weights=x)
        start = [np.log(mean * 2 / 3), np.log1p(1 / 2), np.log1p(1 / 3)]  # p of 2, q of 3
        self._fit_to(likelihood, start, len(x))
        self.n_customers_ = len(x)
        return self

    def log_likelihood(self, histories: pd.DataFrame) -> float:
        """Give the log-likelihood of customers' mean spends at this model's parameters.

        Parameters
        ----------
        histories : DataFrame
            ``x`` and ``m_x``.

        Returns
        -------
        float
            The sum over customers with a repeat purchase.
        """
        check_is_fitted(self, "params_")
        return float(_LogLikelihood(*checked_spend(histories))(self.params_.to_numpy())[0])

    def mean_spend(self) -> float:
        """Give the mean spend per purchase over all customers.

        Returns
        -------
        float
            Currency; expected of a customer of whom nothing is known.

        Raises
        ------
        InputError
            If q is 1 or less, for then the mean is infinite.
        """
        check_is_fitted(self, "params_")
        p, q, gamma = self.params_
        if q <= 1:
            raise InputError(
                _(
                    "With q = {q:.2f} the model's mean spend is infinite: a few giant customers "
                    "dominate. Look at them apart (enterprises among households?), then fit again."
                ).format(q=q)
            )
        return float(p * gamma / (q - 1))

    def expected_spend(self, histories: pd.DataFrame) -> pd.Series:
        """Expect each customer's spend per future purchase.

        Parameters
        ----------
        histories : DataFrame
            ``x`` and ``m_x``.

        Returns
        -------
        Series
            Currency per purchase: between the customer's own mean and the mean of all.

        Raises
        ------
        InputError
            If x is no count, or the mean spend of a customer with a repeat purchase is missing,
            zero, negative or infinite.
        """
        average = self.mean_spend()
        p, q, gamma = self.params_
        x, m_x = _known_spend(histories)
        own = np.where(x > 0, x * m_x, 0.0)
        spend = np.where(x > 0, p * (gamma + own) / (p * x + q - 1), average)
        return pd.Series(spend, histories.index)


def checked_spend(histories: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Take the customers with a repeat purchase and check their mean spend.

    Parameters
    ----------
    histories : DataFrame
        ``x`` (repeat purchases) and ``m_x`` (their mean amount).

    Returns
    -------
    tuple of ndarray
        ``x`` and ``m_x`` of the customers with ``x > 0``.

    Raises
    ------
    InputError
        Naming the column, the row and the remedy.

    Examples
    --------
    >>> checked_spend(pd.DataFrame({"x": [0, 2, 1], "m_x": [float("nan"), 5.0, 8.0]}))[1]
    array([5., 8.])
    """
    x, m_x = _known_spend(histories)
    again = x > 0
    if not again.any():
        raise InputError(
            _("Nobody among these {n} customers bought a second time: there is no repeat spend to "
              "learn from.").format(n=len(x))
        )  # fmt: skip
    x, m_x = x[again], m_x[again]
    if m_x.min() == m_x.max():
        raise InputError(
            _(
                "Column m_x is {value:g} for every customer: there is no variation in spend, and "
                "no model is needed to expect {value:g} again."
            ).format(value=m_x[0])
        )
    return x, m_x


def _known_spend(histories: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Give x and m_x of all customers, after looking at each of them."""
    remedy = _("Make it with purchase_histories(orders).")
    check_columns(histories, ("x", "m_x"), "histories", remedy)
    if not isinstance(histories, pd.DataFrame):
        raise InputError(_("Histories must be a DataFrame made with purchase_histories(orders)."))
    x = check_finite(histories["x"], "x")
    m_x = pd.to_numeric(histories["m_x"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    no_count = (x < 0) | (x != np.floor(x))
    if no_count.any():
        row = int(no_count.argmax())
        raise InputError(
            _("x must be a whole number of 0 or more; row {row} (customer {customer}) has "
              "{value:g}.").format(row=row, customer=histories.index[row], value=x[row])
        )  # fmt: skip
    wrong = (x > 0) & ~(np.isfinite(m_x) & (m_x > 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            _(
                "Column m_x must be above zero for every customer with a repeat purchase; row "
                "{row} (customer {customer}) has {value}, and {n} rows in all are so. Leave out "
                "refunds and free orders before making the histories."
            ).format(
                row=row,
                customer=histories.index[row],
                value=histories["m_x"].iloc[row],
                n=int(wrong.sum()),
            )
        )
    return x, m_x


def spend_independence(histories: pd.DataFrame) -> float:
    """Correlate how often customers buy with how much they spend, which should be near zero.

    Parameters
    ----------
    histories : DataFrame
        ``x`` and ``m_x``.

    Returns
    -------
    float
        Spearman's rank correlation over customers with a repeat purchase. Far from zero (say
        beyond 0.3) the Gamma-Gamma model's assumption is in doubt.

    Examples
    --------
    >>> spend_independence(pd.DataFrame({"x": [1, 2, 3], "m_x": [5.0, 9.0, 5.0]}))
    0.0
    """
    x, m_x = checked_spend(histories)
    if x.min() == x.max():
        raise InputError(
            _(
                "Every customer bought again {n:g} times: whether those who buy more often spend "
                "more cannot be seen."
            ).format(n=x[0])
        )
    return float(spearmanr(x, m_x).statistic)


class _LogLikelihood:
    """Log-likelihood of mean spends and its gradient.

    Gamma functions depend on x alone and are taken once per distinct x; only log(gamma + x m)
    is needed for each customer.
    """

    def __init__(self, x: np.ndarray, m_x: np.ndarray):
        self.x, codes = np.unique(x, return_inverse=True)
        self.n = np.bincount(codes).astype(float)
        self.log_m = np.bincount(codes, weights=np.log(m_x))
        self.customer_x = x
        self.total_spend = x * m_x

    def __call__(self, params) -> tuple[float, np.ndarray]:
        p, q, gamma = params
        x, n, n_customers = self.x, self.n, self.n.sum()
        shapes = p * x + q
        scale = gamma + self.total_spend
        log_scale = np.log(scale)
        sum_log, sum_x_log = log_scale.sum(), self.customer_x @ log_scale
        inverse = 1 / scale
        value = (
            n @ (gammaln(shapes) - gammaln(p * x) - gammaln(q) + q * np.log(gamma))
            + (p * x - 1) @ self.log_m
            + n @ (p * x * np.log(x))
            - p * sum_x_log
            - q * sum_log
        )
        gradient = np.array(
            [
                (n * x) @ (digamma(shapes) - digamma(p * x) + np.log(x))
                + x @ self.log_m
                - sum_x_log,
                n @ (digamma(shapes) - digamma(q) + np.log(gamma)) - sum_log,
                n_customers * q / gamma - p * (self.customer_x @ inverse) - q * inverse.sum(),
            ]
        )
        return value, gradient
