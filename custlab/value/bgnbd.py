"""BG/NBD: how often a customer will buy again, and whether she is still a customer at all.

Story of the model: while "alive" a customer buys at random with her own rate; after each repeat
purchase she leaves for good with her own probability. Rates differ between customers as a gamma
(r, alpha), probabilities of leaving as a beta (a, b). Nobody sees her leave.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.linalg import eigh_tridiagonal
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1, xlogy
from sklearn.utils.validation import check_is_fitted

from custlab.checks import check_number, check_whole
from custlab.errors import InputError
from custlab.i18n import _
from custlab.value.histories import checked_distinct, checked_histories
from custlab.value.likelihood import Coordinates, LikelihoodModel

LARGE_A, LARGE_R = 20.0, 1000.0  # the closed formula loses digits beyond, then everything


class BGNBD(LikelihoodModel):
    """Repeat purchases and silent departure of customers without a contract.

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
        ``r`` and ``alpha`` (time) of the purchase rates, ``a`` and ``b`` of the departures.
    log_likelihood_ : float
        Log-likelihood of the customers at ``params_``.
    limit_ : str
        What the data leave open, in words, if a limit was accepted; otherwise empty.
    n_customers_, n_histories_ : int
        How many customers were fitted, and how many different histories they have.

    References
    ----------
    Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). "Counting your customers" the easy way.
    Marketing Science, 24(2), 275-284.

    Examples
    --------
    >>> model = BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> customer = pd.DataFrame({"x": [2], "t_x": [30.43], "T": [38.86]})
    >>> float(model.expected_purchases(customer, 39).round(3).iloc[0])
    1.226
    """

    NAMES = ("r", "alpha", "a", "b")
    # Searched for: the rate r / alpha, its spread 1 / r, the odds a / b, their spread 1 / (a + b).
    COORDINATES = Coordinates(
        spread=(False, True, False, True),
        logs=((0, -1, 0, 0), (-1, -1, 0, 0), (0, 0, 1, -1), (0, 0, 0, -1)),
        logs_plus=((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, -1, 0), (0, 0, -1, 0)),
    )

    @classmethod
    def with_parameters(cls, r: float, alpha: float, a: float, b: float) -> BGNBD:
        """Make a model with known parameters, for example published ones.

        Parameters
        ----------
        r, alpha, a, b : float
            All above zero.

        Returns
        -------
        BGNBD
            Ready to predict.
        """
        return cls._known(r=r, alpha=alpha, a=a, b=b)

    def fit(self, X, y=None):
        """Estimate the parameters by maximum likelihood.

        Parameters
        ----------
        X : DataFrame
            Histories with ``x``, ``t_x``, ``T`` (:func:`custlab.value.purchase_histories`).
        y : ignored

        Returns
        -------
        BGNBD
            Itself.

        Raises
        ------
        InputError
            If the histories are impossible or nobody bought again.
        ConvergenceError
            If the data do not determine the parameters.
        """
        distinct = checked_distinct(X)
        likelihood = _LogLikelihood(distinct)
        self._fit_to(likelihood, likelihood.start(), len(X))
        self.n_customers_, self.n_histories_ = len(X), len(distinct)
        return self

    def _limit_in_words(self, name: str, end: str) -> str:
        r, alpha, a, b = self.params_
        leaving = a / (a + b)
        if name in ("a", "b") and leaving < 1e-5:
            return _("Nobody seems to leave: the limit is taken, at which everybody stays.")
        if name in ("a", "b") and leaving > 1 - 1e-5:
            return _(
                "Nobody seems to stay: the limit is taken, at which everybody leaves after the "
                "first repeat purchase."
            )
        if end == "zero":
            return super()._limit_in_words(name, end)
        if name == "r":
            return _(
                "The customers hardly differ in how often they buy: the limit is taken, at which "
                "everybody buys {rate:.3g} times per unit of time."
            ).format(rate=r / alpha)
        return _(
            "The customers hardly differ in how likely they are to leave: the limit is taken, at "
            "which everybody leaves after a repeat purchase with probability {p:.3g}."
        ).format(p=leaving)

    def log_likelihood(self, histories: pd.DataFrame) -> float:
        """Give the log-likelihood of customers at this model's parameters.

        Parameters
        ----------
        histories : DataFrame
            ``x``, ``t_x``, ``T``.

        Returns
        -------
        float
            The sum over customers.
        """
        check_is_fitted(self, "params_")
        distinct = checked_distinct(histories, repeat_needed=False)
        return float(_LogLikelihood(distinct)(self.params_.to_numpy())[0])

    def probability_alive(self, histories: pd.DataFrame) -> pd.Series:
        """Give the probability that each customer is still one, given her history.

        A customer without a repeat purchase had no occasion to leave in this model: 1.

        Parameters
        ----------
        histories : DataFrame
            ``x``, ``t_x``, ``T``.

        Returns
        -------
        Series
            P(alive) at time ``T``, between 0 and 1, with the index of the histories.
        """
        check_is_fitted(self, "params_")
        x, t_x, T = _columns(histories)
        return pd.Series(1 - expit(_log_odds_gone(self.params_, x, t_x, T)), histories.index)

    def expected_purchases(self, histories: pd.DataFrame, t):
        """Expect purchases of each customer in the next ``t`` units of time.

        Parameters
        ----------
        histories : DataFrame
            ``x``, ``t_x``, ``T``.
        t : float or sequence of float
            Length of the future, in the unit of ``T``.

        Returns
        -------
        Series or DataFrame
            Expected purchases; for several ``t`` one column each.
        """
        check_is_fitted(self, "params_")
        x, t_x, T = (column[:, None] for column in _columns(histories))
        times = _checked_times(t)
        ahead = _purchases_if_alive(self.params_, x, times / (self.params_["alpha"] + T + times))
        expected = ahead * (1 - expit(_log_odds_gone(self.params_, x, t_x, T)))
        if not np.isfinite(expected).all():
            row = int(np.flatnonzero(~np.isfinite(expected).all(axis=1))[0])
            raise InputError(
                _("The expected purchases of row {row} (customer {customer}) are beyond what can "
                  "be computed: check the history, or ask for a shorter time.").format(
                    row=row, customer=histories.index[row])
            )  # fmt: skip
        if np.ndim(t) == 0:
            return pd.Series(expected[:, 0], histories.index)
        return pd.DataFrame(expected, histories.index, columns=list(t))

    def expected_purchases_of_new(self, t):
        """Expect repeat purchases of a new customer in ``t`` units of time.

        Parameters
        ----------
        t : float or array
            Time since the first purchase.

        Returns
        -------
        ndarray
            Expected repeat purchases of a customer of whom nothing else is known.
        """
        check_is_fitted(self, "params_")
        _checked_times(np.ravel(t))
        t = np.asarray(t, dtype=float)
        expected = _purchases_if_alive(self.params_, 0, t / (self.params_["alpha"] + t))
        if not np.isfinite(expected).all():
            raise InputError(
                _("The expected purchases are beyond what can be computed: ask for a shorter time.")
            )
        return expected

    def purchase_distribution(self, t: float, most: int) -> np.ndarray:
        """Give the probabilities that a new customer makes 0, 1, 2, … repeat purchases.

        Parameters
        ----------
        t : float
            Time since the first purchase.
        most : int
            The largest number of repeat purchases asked for.

        Returns
        -------
        ndarray
            Probabilities of 0 to ``most`` repeat purchases.
        """
        check_is_fitted(self, "params_")
        check_number("t", t, 0)
        check_whole("most", most, 0)
        r, alpha, a, b = self.params_
        x = np.arange(most + 1)
        log_nbd = (
            gammaln(r + x) - gammaln(r) - gammaln(x + 1)
            + r * np.log(alpha / (alpha + t)) + xlogy(x, t / (alpha + t))
        )  # fmt: skip
        nbd = np.exp(log_nbd)
        stayed = np.exp(betaln(a, b + x) - betaln(a, b)) * nbd
        fewer = np.concatenate([[0.0], np.cumsum(nbd)[:-1]])
        left = np.zeros(most + 1)
        left[1:] = np.exp(betaln(a + 1, b + x[1:] - 1) - betaln(a, b)) * (1 - fewer[1:])
        return stayed + left


def _columns(histories) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    checked_histories(histories, repeat_needed=False)
    return tuple(histories[name].to_numpy(dtype=float) for name in ("x", "t_x", "T"))


def _checked_times(t) -> np.ndarray:
    try:
        times = np.atleast_1d(np.asarray(t, dtype=float))
    except (TypeError, ValueError):
        times = np.array([np.nan])
    if times.ndim != 1 or not np.isfinite(times).all() or (times < 0).any():
        raise InputError(_("The time ahead must be 0 or more, as one number or a list of them."))
    return times


def _purchases_if_alive(params: pd.Series, x, z) -> np.ndarray:
    """Expected purchases ahead of a customer who is alive, with z = t / (alpha + T + t).

    The paper's formula after Euler's transformation of its hypergeometric function, which keeps
    the numbers small: in the printed form, customers with a thousand purchases overflow. Where
    this one fails as well (customers leave with nearly the same probability, or buy at nearly the
    same rate: a or r large), the average over the probabilities is taken instead.
    """
    r, __, a, b = params
    if a > LARGE_A or r > LARGE_R:
        return _averaged_over_departures(r, a, b, x, z)
    if min(abs(a - 1), abs(a + b - 1)) < 1e-6:
        a += 2e-6  # the formula divides by a - 1; there it has a limit, met closely enough
    with np.errstate(over="ignore", invalid="ignore"):
        series = hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
        ahead = (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (a - 1) * series)
    if np.isfinite(ahead).all():
        return ahead
    return np.where(np.isfinite(ahead), ahead, _averaged_over_departures(r, a, b, x, z))


def _averaged_over_departures(r: float, a: float, b: float, x, z) -> np.ndarray:
    """Average the purchases of customers who leave with probability p over p ~ beta(a, b + x)."""
    different, place = np.unique(x, return_inverse=True)
    rules = np.array([_beta_nodes(a, b + one) for one in different])  # (x, nodes or weights, n)
    total = 0.0
    for rule in np.moveaxis(rules, 2, 0):
        p, weight = rule.T[:, place.reshape(np.shape(x))]
        total = total + weight / p * -np.expm1(-(r + x) * np.log1p(p * z / (1 - z)))
    return total


def _beta_nodes(a: float, b: float, n: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Give nodes and weights of Gauss's rule for a mean over beta(a, b).

    Golub, G. H., & Welsch, J. H. (1969). Calculation of Gauss quadrature rules. Mathematics of
    Computation, 23, 221-230; with the recurrence of Jacobi's polynomials on 0 to 1.
    """
    k = np.arange(1, n)
    size = a + b + 2 * k
    middle = (1 + (a - b) * (a + b - 2) / (size * (size - 2))) / 2
    first = a * b / ((a + b) ** 2 * (a + b + 1))
    k, size = k[1:], size[1:]
    beside = k * (a + k - 1) * (b + k - 1) * (a + b + k - 2)
    beside = beside / ((size - 2) ** 2 * (size - 1) * (size - 3))
    nodes, vectors = eigh_tridiagonal(
        np.append(a / (a + b), middle), np.sqrt(np.append(first, beside))
    )
    return nodes, vectors[0] ** 2


def _log_odds_gone(params, x, t_x, T) -> np.ndarray:
    """Log odds of having left against being alive; minus infinity without a repeat purchase."""
    r, alpha, a, b = params
    since = (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
    return np.where(x > 0, np.log(a) - np.log(b + np.maximum(x, 1) - 1) + since, -np.inf)


class _LogLikelihood:
    """Log-likelihood and its gradient over distinct histories, each weighted by its count.

    Written with logarithms throughout (a customer with 500 purchases would overflow otherwise).
    Gamma functions are taken once per distinct x, logarithms of time once per distinct history.
    """

    def __init__(self, distinct: pd.DataFrame):
        self.n_by_x = np.bincount(distinct["x"].astype(int), weights=distinct["n"])
        self.x = np.arange(len(self.n_by_x), dtype=float)
        silent = distinct["x"].to_numpy() == 0
        # Customers without a repeat purchase only contribute their time observed.
        zero = distinct[silent].groupby("T", sort=False)["n"].sum()
        self.T0, self.n0 = zero.index.to_numpy(dtype=float), zero.to_numpy(dtype=float)
        again = distinct[~silent]
        self.x1, self.t1, self.T1, self.n1 = (
            again[name].to_numpy(dtype=float) for name in ("x", "t_x", "T", "n")
        )
        self.total = self.n_by_x.sum()

    def start(self) -> np.ndarray:
        """Begin with the mean rate of purchase, r of 0.5, a of 1 and b of 2, as coordinates."""
        rate = self.n_by_x @ self.x / (self.n0 @ self.T0 + self.n1 @ self.T1)
        return np.array([np.log(rate), np.log1p(1 / 0.5), np.log(1 / 2), np.log1p(1 / 3)])

    def __call__(self, params) -> tuple[float, np.ndarray]:
        r, alpha, a, b = params
        x, n = self.x, self.n_by_x
        purchases = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        # betaln(a, b + x) - betaln(a, b), step by step: exact for the largest a and b as well.
        before = x[:-1]
        departures = np.append(0.0, np.cumsum(np.log((b + before) / (a + b + before))))
        log0 = np.log(alpha + self.T0)
        to_T, to_t = alpha + self.T1, alpha + self.t1
        log_T = np.log(to_T)
        since = log_T - np.log(to_t)
        rx = r + self.x1
        bx = b + self.x1 - 1
        odds = np.log(a / bx) + rx * since
        # expit(odds) and logaddexp(0, odds), from one exponential: five times as fast.
        small = np.exp(-np.abs(odds))
        gone = np.where(odds > 0, 1, small) / (1 + small)
        either = np.maximum(odds, 0) + np.log1p(small)
        value = (
            n @ (purchases + departures) - r * (self.n0 @ log0) + self.n1 @ (either - rx * log_T)
        )
        all_a_b = n @ (digamma(a + b) - digamma(a + b + x))
        gradient = np.array(
            [
                n @ (digamma(r + x) - digamma(r) + np.log(alpha))
                - self.n0 @ log0
                + self.n1 @ (gone * since - log_T),
                self.total * r / alpha
                - r * (self.n0 @ (1 / (alpha + self.T0)))
                - self.n1 @ (rx * ((1 - gone) / to_T + gone / to_t)),
                all_a_b + self.n1 @ gone / a,
                all_a_b + n @ (digamma(b + x) - digamma(b)) - self.n1 @ (gone / bx),
            ]
        )
        return value, gradient
