"""What the maximum-likelihood fits share: positive parameters, standard errors, plain failures."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import norm

from custlab.errors import CustLabError
from custlab.i18n import _

FAR = 14.0  # |log parameter| beyond which a parameter has run away (e^14 is about a million)


class ConvergenceError(CustLabError):
    """A model that could not be fitted, and why."""


def maximise(log_likelihood, start, names, n: int, max_iter: int) -> dict:
    """Find the positive parameters of highest likelihood, and how sure they are.

    The search runs over logarithms, which keeps parameters positive, and over the mean
    likelihood of a customer, which keeps its scale the same for 100 and for a million.

    Parameters
    ----------
    log_likelihood : callable
        Takes parameters; gives the log-likelihood and its gradient by the parameters.
    start : sequence of float
        Where the search begins.
    names : sequence of str
        Names of the parameters.
    n : int
        Number of customers.
    max_iter : int
        Steps after which the search gives up.

    Returns
    -------
    dict
        ``params`` and ``standard_errors`` (Series), ``covariance`` (DataFrame),
        ``log_likelihood`` and ``iterations``.

    Raises
    ------
    ConvergenceError
        If the search stops early, a parameter runs away, or the top is flat.
    """

    def objective(log_params):
        params = np.exp(np.clip(log_params, -2 * FAR, 2 * FAR))
        value, gradient = log_likelihood(params)
        return -value / n, -gradient * params / n

    found = minimize(
        objective,
        np.log(start),
        jac=True,
        method="BFGS",
        options={"maxiter": max_iter, "gtol": 1e-7},
    )
    params = pd.Series(np.exp(found.x), index=names)
    _refuse_runaway(params, found)
    # BFGS may also stop because rounding hides any further gain; that is an arrival as well.
    if not found.success and np.abs(found.jac).max() > 1e-5:
        raise ConvergenceError(
            _(
                "The fit stopped after {steps} steps without settling (slope {slope:.1e}). "
                "Raise max_iter; if that does not help, the data do not determine the model."
            ).format(steps=found.nit, slope=np.abs(found.jac).max())
        )
    covariance = _covariance(objective, found.x, params, n)
    return {
        "params": params,
        "covariance": covariance,
        "standard_errors": pd.Series(np.sqrt(np.diag(covariance)), index=names),
        "log_likelihood": -found.fun * n,
        "iterations": found.nit,
    }


def _refuse_runaway(params: pd.Series, found) -> None:
    away = params[np.abs(np.log(params)) > FAR]
    if len(away):
        raise ConvergenceError(
            _(
                "The fit does not converge: parameter {name} runs to {where}. The customers vary "
                "too little in this respect, or were observed too briefly, to tell them apart."
            ).format(
                name=away.index[0],
                where=_("infinity") if away.iloc[0] > 1 else _("zero"),
            )
        )


def _covariance(objective, log_params, params: pd.Series, n: int) -> pd.DataFrame:
    """Invert the observed information: second derivatives as differences of exact gradients."""
    step = 1e-4
    shifts = step * np.eye(len(log_params))
    information = n * np.array(
        [
            (objective(log_params + shift)[1] - objective(log_params - shift)[1]) / (2 * step)
            for shift in shifts
        ]
    )
    information = (information + information.T) / 2
    if np.linalg.eigvalsh(information).min() <= 1e-9 * np.trace(information):
        raise ConvergenceError(
            _(
                "The fit found no single best answer: several sets of parameters explain these "
                "customers equally well. There is too little variation to learn from."
            )
        )
    # From logarithms back to the parameters themselves (delta method; the gradient is zero here).
    covariance = np.linalg.inv(information) * np.outer(params, params)
    return pd.DataFrame(covariance, index=params.index, columns=params.index)


def estimates(params: pd.Series, standard_errors: pd.Series, level: float = 0.95) -> pd.DataFrame:
    """Tabulate parameters with standard errors and intervals.

    Parameters
    ----------
    params, standard_errors : Series
        As found by :func:`maximise`.
    level : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        ``estimate``, ``standard_error``, ``low``, ``high``; the interval is symmetric for the
        logarithm, so that it stays above zero.

    Examples
    --------
    >>> estimates(pd.Series({"r": 1.0}), pd.Series({"r": 0.1})).round(2)
       estimate  standard_error   low  high
    r       1.0             0.1  0.82  1.22
    """
    spread = np.exp(norm.ppf((1 + level) / 2) * standard_errors / params)
    return pd.DataFrame(
        {
            "estimate": params,
            "standard_error": standard_errors,
            "low": params / spread,
            "high": params * spread,
        }
    )
