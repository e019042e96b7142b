"""What the maximum-likelihood fits share: positive parameters, standard errors, plain failures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import norm
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from custlab.checks import check_choice, check_number, check_whole
from custlab.errors import CustLabError, InputError
from custlab.i18n import _

# A spread of ALIKE, or of less than NEAR of its own standard error, is none: everybody is alike.
# FAR in logarithms (a factor of a million) stands for infinity; with a standard error above LOOSE
# a logarithm is as good as unknown.
ALIKE, NEAR, FAR, LOOSE = 1e-4, 0.2, 14.0, 5.0


class ConvergenceError(CustLabError):
    """A model that could not be fitted, and why."""


@dataclass(frozen=True)
class Coordinates:
    """What a model's parameters are searched by: averages, and spreads between customers.

    An average (a rate, odds) is searched for by its logarithm u, a spread s (one over a shape, 0
    if everybody is alike) by t = log(1 + s). "Everybody is alike" is then the point t = 0 at which
    the likelihood has a slope, and not a ridge to infinity. With s = exp(u) for an average, the
    logarithms of the parameters are ``logs @ log(s) + logs_plus @ log(1 + s)``.

    Parameters
    ----------
    spread : tuple of bool
        For each coordinate whether it is a spread.
    logs, logs_plus : tuple of tuple
        One row for each parameter, one column for each coordinate.
    """

    spread: tuple
    logs: tuple
    logs_plus: tuple

    def parameters(self, point) -> tuple[np.ndarray, np.ndarray]:
        """Give the logarithms of the parameters, and their slopes by the coordinates."""
        spread, logs, plus = np.array(self.spread), np.array(self.logs), np.array(self.logs_plus)
        log_one_plus = np.where(spread, point, np.logaddexp(0, point))
        share = -np.expm1(-log_one_plus)  # s / (1 + s)
        log_s = np.where(spread, point + np.log(share), point)
        slopes = np.where(spread, logs / share + plus, logs + plus * share)
        return logs @ log_s + plus @ log_one_plus, slopes

    def runs(self, names, coordinate: int, low: bool) -> tuple[str, str]:
        """Say which parameter runs where when a coordinate goes to its low or its high end."""
        down, up = np.array(self.logs)[:, coordinate], np.array(self.logs_plus)[:, coordinate]
        rises = -down if low else down + up
        first = int(np.flatnonzero(rises)[0])
        return names[first], "infinity" if rises[first] > 0 else "zero"


class LikelihoodModel(BaseEstimator):
    """What the value models share: positive parameters, found by maximum likelihood.

    A model names its parameters in ``NAMES``, says in ``COORDINATES`` how they are searched for,
    and finds them with ``_fit_to``; its story, its likelihood and its predictions stand in its own
    file.

    Parameters
    ----------
    max_iter : int
        Steps after which the search for parameters gives up.
    boundary : {"refuse", "accept"}
        If the best parameters lie at zero or infinity, because customers hardly differ in some
        respect: refuse with an explanation, or accept the limit without its standard errors.
    """

    NAMES: tuple[str, ...] = ()
    COORDINATES: Coordinates

    def __init__(self, max_iter=500, boundary="refuse"):
        self.max_iter = max_iter
        self.boundary = boundary

    @classmethod
    def _known(cls, **params: float):
        """Make a model with known parameters."""
        model = cls()
        for name, value in params.items():
            if check_number(name, value) <= 0:
                raise InputError(
                    _("{names} must be finite and above zero.").format(names=", ".join(params))
                )
        model.params_ = pd.Series(params, dtype=float)
        return model

    def _fit_to(self, log_likelihood, start, n: int):
        """Find the parameters of highest likelihood of ``n`` customers, and keep them."""
        check_whole("max_iter", self.max_iter, 1)
        kept = maximise(
            log_likelihood, start, self.NAMES, self.COORDINATES, n, self.max_iter, self.boundary
        )
        limits = kept.pop("limits")
        for name, value in kept.items():
            setattr(self, f"{name}_", value)
        sentences = [self._limit_in_words(name, end) for name, end in limits]
        self.limit_ = " ".join(dict.fromkeys(sentences))
        return self

    def _limit_in_words(self, name: str, end: str) -> str:
        """Say what it means that a parameter runs to an end, "infinity" or "zero"."""
        return _("Parameter {name} lies at its limit, {end}: the data tell no more of it.").format(
            name=name, end=_in_words(end)
        )

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


def maximise(log_likelihood, start, names, coordinates, n: int, max_iter: int, boundary: str):
    """Find the positive parameters of highest likelihood, and how sure they are.

    The search runs over :class:`Coordinates` and the mean likelihood of a customer, which keeps
    its scale the same for 100 and for a million. A coordinate that reaches an end, or cannot be
    told from it by the curvature of the likelihood, is held there, and the others are searched
    again.

    Parameters
    ----------
    log_likelihood : callable
        Takes parameters; gives the log-likelihood and its gradient by the parameters.
    start : sequence of float
        Coordinates at which the search begins.
    names : sequence of str
        Names of the parameters.
    coordinates : Coordinates
        How the parameters follow from them.
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
        ``log_likelihood``, ``iterations`` and ``limits``: for each coordinate held at an end, the
        parameter that runs away and where to, "infinity" or "zero".

    Raises
    ------
    ConvergenceError
        If the search stops early, a parameter runs away, or the top is flat.
    """
    check_choice("boundary", boundary, ("refuse", "accept"))
    spread, start = np.array(coordinates.spread), np.array(start, dtype=float)
    ends = np.where(spread, [[ALIKE], [FAR]], [start - FAR, start + FAR])

    def objective(point):
        log_params, slopes = coordinates.parameters(point)
        params = np.exp(log_params)
        value, gradient = log_likelihood(params)
        return -value / n, -(gradient * params) @ slopes / n

    point, free, steps = start, np.full(len(start), True), 0
    while True:
        point, steps = _climb(objective, point, free, ends, max_iter)
        free = free & (point > ends[0]) & (point < ends[1])
        information = _information(objective, point, free, n)
        point = _settled(objective, point, free, ends, information, n, steps, max_iter)
        covariance = _inverse(information)
        reach = np.where(spread, np.minimum(point / NEAR, LOOSE), LOOSE)[free]
        looseness = np.sqrt(np.diag(covariance)) / reach
        if not (looseness > 1).any():
            break
        loosest = np.flatnonzero(free)[np.argmax(looseness)]
        free[loosest] = False
        likely = objective(point)[0]
        point = _nearer_end(objective, point, free, loosest, ends, max_iter)
        if objective(point)[0] > likely + 1 / n:
            _refuse_flat()
    low = point <= ends[0]
    limits = [coordinates.runs(names, held, low[held]) for held in np.flatnonzero(~free)]
    if boundary == "refuse" and limits:
        _refuse_runaway(*limits[0])
    value = -objective(point)[0] * n
    log_params, slopes = coordinates.parameters(np.where(spread & low, np.exp(-FAR), point))
    params = np.exp(log_params)
    errors = np.sqrt(np.diag(slopes[:, free] @ covariance @ slopes[:, free].T)) * params
    errors[(slopes[:, ~free] != 0).any(axis=1)] = np.nan
    return {
        "params": pd.Series(params, index=names),
        "standard_errors": pd.Series(errors, index=names),
        "log_likelihood": value,
        "iterations": steps,
        "limits": limits,
    }


def _climb(objective, point, free, ends, max_iter: int):
    """Climb from a point, the coordinates that are not free held; give the top and the steps."""
    if not free.any():
        return point, 0

    def partly(some):
        whole = point.copy()
        whole[free] = some
        value, gradient = objective(whole)
        return value, gradient[free]

    bounds, some, before, steps = ends[:, free].T, point[free], np.inf, 0
    while True:  # a search that has lost its way goes on from where it stands, with a fresh memory
        options = {"maxiter": max_iter - steps, "gtol": 1e-7, "ftol": 1e-15}
        found = minimize(partly, some, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        some, steps, gain, before = found.x, steps + found.nit, before - found.fun, found.fun
        uphill = np.clip(some - found.jac, *bounds.T) - some
        if np.abs(uphill).max() < 1e-5 or gain < 1e-9 or steps >= max_iter:
            break
    top = point.copy()
    top[free] = some
    return top, steps


def _information(objective, point, free, n: int) -> np.ndarray:
    """Give the observed information: second derivatives as differences of exact gradients."""
    places = np.flatnonzero(free)
    steps = np.minimum(1e-4, np.abs(point[free]) / 2 + 1e-6)
    slopes = np.empty((len(places), len(places)))
    for row, (place, step) in enumerate(zip(places, steps, strict=True)):
        shift = step * (np.arange(len(point)) == place)
        change = objective(point + shift)[1] - objective(point - shift)[1]
        slopes[row] = change[free] / (2 * step)
    return n * (slopes + slopes.T) / 2


def _settled(objective, point, free, ends, information, n: int, steps: int, max_iter: int):
    """Make the last step to the top, or say that it was not reached.

    The search may also stop because rounding hides any further gain: that is an arrival as well.
    """
    slope = objective(point)[1][free]
    curvature, directions = np.linalg.eigh(information)
    steep = curvature > LOOSE**-2
    last = np.where(steep, n * slope @ directions / np.where(steep, curvature, 1), 0)
    gain = (last**2 * curvature).sum() / 2
    if np.abs(slope).max(initial=0) > 1e-5 and (steps >= max_iter or gain > 1e-3):
        raise ConvergenceError(
            _(
                "The fit stopped after {steps} steps without settling (slope {slope:.1e}). "
                "Raise max_iter; if that does not help, the data do not determine the model."
            ).format(steps=steps, slope=np.abs(slope).max())
        )
    there = point.copy()
    there[free] -= directions @ last
    return np.clip(there, *ends)


def _inverse(information: np.ndarray) -> np.ndarray:
    """Invert the information; where it is zero, the variance is as good as infinite."""
    curvature, directions = np.linalg.eigh(information)
    return (directions / np.maximum(curvature, 1e-12)) @ directions.T


def _nearer_end(objective, point, free, place: int, ends, max_iter: int) -> np.ndarray:
    """Hold one coordinate at its likelier end, and search for the others again."""
    tops = []
    for end in ends[:, place]:
        away = point.copy()
        away[place] = end
        tops.append(_climb(objective, away, free, ends, max_iter)[0])
    low, high = (objective(top)[0] for top in tops)
    return tops[0] if low <= high + 1e-9 else tops[1]


def _refuse_runaway(name: str, end: str) -> None:
    raise ConvergenceError(
        _(
            "The fit does not converge: parameter {name} runs to {where}. The customers vary too "
            "little in this respect, were observed too briefly, or do not behave as the model "
            "tells it (invoices by contract, for example, are no decisions to buy). With "
            "boundary='accept' the limit is taken: predictions hold, some standard errors are "
            "missing."
        ).format(name=name, where=_in_words(end))
    )


def _refuse_flat() -> None:
    raise ConvergenceError(
        _(
            "The fit found no single best answer: several sets of parameters explain these "
            "customers equally well. There is too little variation to learn from."
        )
    )


def _in_words(end: str) -> str:
    return {"infinity": _("infinity"), "zero": _("zero")}[end]


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
