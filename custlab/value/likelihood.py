"""What the maximum-likelihood fits share: positive parameters, standard errors, plain failures."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import norm
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from custlab.checks import check_choice
from custlab.errors import CustLabError, InputError
from custlab.i18n import _

# Distances from the start, in logarithms: beyond FAR (a factor of a million) a parameter has run
# away; EDGE (a factor of 150) is close enough to infinity where the limit is accepted.
FAR, EDGE = 14.0, 5.0


class ConvergenceError(CustLabError):
    """A model that could not be fitted, and why."""


class LikelihoodModel(BaseEstimator):
    """What the value models share: positive parameters, found by maximum likelihood.

    A model names its parameters in ``NAMES`` and finds them with ``_fit_to``; its story, its
    likelihood and its predictions stand in its own file.

    Parameters
    ----------
    max_iter : int
        Steps after which the search for parameters gives up.
    boundary : {"refuse", "accept"}
        If the best parameters lie at zero or infinity, because customers hardly differ in some
        respect: refuse with an explanation, or accept the limit without its standard errors.
    """

    NAMES: tuple[str, ...] = ()

    def __init__(self, max_iter=500, boundary="refuse"):
        self.max_iter = max_iter
        self.boundary = boundary

    @classmethod
    def _known(cls, **params: float):
        """Make a model with known parameters."""
        model = cls()
        model.params_ = pd.Series(params, dtype=float)
        if not (np.isfinite(model.params_) & (model.params_ > 0)).all():
            names = ", ".join(params)
            raise InputError(_("{names} must be finite and above zero.").format(names=names))
        return model

    def _fit_to(self, log_likelihood, start, n: int):
        """Find the parameters of highest likelihood of ``n`` customers, and keep them."""
        kept = maximise(log_likelihood, start, self.NAMES, n, self.max_iter, self.boundary)
        for name, value in kept.items():
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

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # named columns or periods, not any numbers
        return tags


def maximise(log_likelihood, start, names, n: int, max_iter: int, boundary: str) -> dict:
    """Find the positive parameters of highest likelihood, and how sure they are.

    The search runs over logarithms, which keeps parameters positive, and over the mean
    likelihood of a customer, which keeps its scale the same for 100 and for a million.

    Parameters
    ----------
    log_likelihood : callable
        Takes parameters; gives the log-likelihood and its gradient by the parameters.
    start : sequence of float
        Where the search begins: the scale of the data.
    names : sequence of str
        Names of the parameters.
    n : int
        Number of customers.
    max_iter : int
        Steps after which the search gives up.
    boundary : {"refuse", "accept"}
        What to do if the best parameters lie at zero or infinity.

    Returns
    -------
    dict
        ``params`` and ``standard_errors`` (Series; missing for parameters at the boundary),
        ``log_likelihood`` and ``iterations``.

    Raises
    ------
    ConvergenceError
        If the search stops early, a parameter runs away, or the top is flat.
    """
    check_choice("boundary", boundary, ("refuse", "accept"))
    start = np.log(start)

    def objective(log_params):
        params = np.exp(np.clip(log_params, start - 2 * FAR, start + 2 * FAR))
        value, gradient = log_likelihood(params)
        return -value / n, -gradient * params / n

    options = {"maxiter": max_iter, "gtol": 1e-7}
    found = minimize(objective, start, jac=True, method="BFGS", options=options)
    free = np.full(len(start), True)
    if (np.abs(found.x - start) > FAR).any():
        if boundary == "refuse":
            _refuse_runaway(found.x - start, names)
        found = minimize(
            objective, start, jac=True, method="L-BFGS-B", options=options | {"ftol": 1e-13},
            bounds=[(middle - EDGE, middle + EDGE) for middle in start],
        )  # fmt: skip
        free = np.abs(found.x - start) < 0.8 * EDGE  # a and b, for example, run away together
    _check_arrival(found, free)
    params = pd.Series(np.exp(found.x), index=names)
    errors = _standard_errors(objective, found.x, free, n) * params
    return {
        "params": params,
        "standard_errors": errors,
        "log_likelihood": -found.fun * n,
        "iterations": found.nit,
    }


def _refuse_runaway(distance: np.ndarray, names) -> None:
    farthest = int(np.argmax(np.abs(distance)))
    raise ConvergenceError(
        _(
            "The fit does not converge: parameter {name} runs to {where}. The customers vary too "
            "little in this respect, were observed too briefly, or do not behave as the model "
            "tells it (invoices by contract, for example, are no decisions to buy). With "
            "boundary='accept' the limit is taken: predictions hold, some standard errors are "
            "missing."
        ).format(name=names[farthest], where=_("infinity") if distance[farthest] > 0 else _("zero"))
    )


def _check_arrival(found, free: np.ndarray) -> None:
    """BFGS may also stop because rounding hides any further gain: that is an arrival as well."""
    slope = np.abs(found.jac[free]).max(initial=0)
    if not found.success and slope > 1e-5:
        raise ConvergenceError(
            _(
                "The fit stopped after {steps} steps without settling (slope {slope:.1e}). "
                "Raise max_iter; if that does not help, the data do not determine the model."
            ).format(steps=found.nit, slope=slope)
        )


def _standard_errors(objective, log_params, free: np.ndarray, n: int) -> np.ndarray:
    """Invert the observed information: second derivatives as differences of exact gradients.

    The errors are those of the logarithms; times the parameter they are its own (delta method).
    """
    step = 1e-4
    shifts = step * np.eye(len(log_params))[free]
    slopes = [
        objective(log_params + shift)[1] - objective(log_params - shift)[1] for shift in shifts
    ]
    information = n * np.array(slopes)[:, free] / (2 * step)
    information = (information + information.T) / 2
    if np.linalg.eigvalsh(information).min() <= 1e-9 * np.trace(information):
        raise ConvergenceError(
            _(
                "The fit found no single best answer: several sets of parameters explain these "
                "customers equally well. There is too little variation to learn from."
            )
        )
    errors = np.full(len(log_params), np.nan)
    errors[free] = np.sqrt(np.diag(np.linalg.inv(information)))
    return errors


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
