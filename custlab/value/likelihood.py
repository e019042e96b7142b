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

# In logarithms: FAR from the start (a factor of a million) a parameter has run away, and stands for
# its limit; with a standard error above LOOSE it cannot be told from its limit.
FAR, LOOSE = 14.0, 5.0


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
        limits = kept.pop("limits")
        for name, value in kept.items():
            setattr(self, f"{name}_", value)
        sentences = [self._limit_in_words(name, end) for name, end in limits.items()]
        self.limit_ = " ".join(dict.fromkeys(sentences))
        return self

    def _limit_in_words(self, name: str, end: str) -> str:
        """Say what it means that a parameter runs to an end, "infinity" or "zero"."""
        ends = {"infinity": _("infinity"), "zero": _("zero")}
        return _("Parameter {name} lies at its limit, {end}: the data tell no more of it.").format(
            name=name, end=ends[end]
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


def maximise(log_likelihood, start, names, n: int, max_iter: int, boundary: str) -> dict:
    """Find the positive parameters of highest likelihood, and how sure they are.

    The search runs over logarithms, which keeps parameters positive, and over the mean
    likelihood of a customer, which keeps its scale the same for 100 and for a million. Where the
    likelihood hardly curves, a parameter cannot be told from infinity or from zero; it is then
    held there, a factor of a million from the start, and the others are searched again.

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
        ``log_likelihood``, ``iterations`` and ``limits``: "infinity" or "zero" for each parameter
        that is held at one.

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

    point, walls = start, {}
    ran = np.full(len(start), False)  # a and b, for example, run away together
    while True:
        point, slopes, steps = _search(objective, point, walls, max_iter)
        ridge = np.where(ran, 0, point - start)
        if np.abs(ridge).max() <= FAR:
            information = _information(objective, point, walls, n)
            _check_arrival(slopes, n, information, steps, max_iter)
            ridge = _flat_direction(information, walls)
        if ridge is None:
            break
        wall = int(np.argmax(np.abs(ridge) > np.abs(ridge).max() / 2))  # the first of them
        along = np.round(ridge / ridge[wall])  # 1 for what runs with it, 0 for what hardly moves
        before = objective(point)[0]
        point, infinite = _nearer_end(objective, point, start, walls, wall, along, max_iter)
        if boundary == "refuse":
            _refuse_runaway(names[wall], infinite)
        if objective(point)[0] > before + 1 / n:
            _refuse_flat()
        walls[wall] = infinite
        ran |= along != 0
    errors = _standard_errors(information, walls)
    errors[ran] = np.nan
    params = pd.Series(np.exp(point), index=names)
    return {
        "params": params,
        "standard_errors": errors * params,
        "log_likelihood": -objective(point)[0] * n,
        "iterations": steps,
        "limits": {names[wall]: "infinity" if up else "zero" for wall, up in walls.items()},
    }


def _free(values, walls) -> np.ndarray:
    """Say which parameters are still searched for."""
    return ~np.isin(np.arange(len(values)), list(walls))


def _search(objective, point, walls, max_iter: int):
    """Climb from a point, parameters at a wall held; give the top, its slopes and the steps."""
    free = _free(point, walls)
    if not free.any():
        return point, np.empty(0), 0

    def partly(some):
        whole = point.copy()
        whole[free] = some
        value, gradient = objective(whole)
        return value, gradient[free]

    options = {"maxiter": max_iter, "gtol": 1e-7}
    found = minimize(partly, point[free], jac=True, method="BFGS", options=options)
    top = point.copy()
    top[free] = found.x
    return top, found.jac, found.nit


def _nearer_end(objective, point, start, walls, wall: int, along, max_iter: int):
    """Follow a ridge to its likelier end, infinity or zero, and hold one parameter there."""
    tops = []
    for distance in (FAR, -FAR):
        away = point + along * (start[wall] + distance - point[wall])
        top, *__ = _search(objective, away, {**walls, wall: distance > 0}, max_iter)
        tops.append((objective(top)[0], top))
    (high, far), (low, near) = tops
    infinite = high <= low + 1e-9
    return (far if infinite else near), infinite


def _flat_direction(information: np.ndarray, walls) -> np.ndarray | None:
    """Find a direction that the data leave open, if there is one: the top hardly curves in it.

    The distance from the limit is then less than a fifth of its own standard error.
    """
    free = _free(range(len(information) + len(walls)), walls)
    if not free.any():
        return None
    curvature, directions = np.linalg.eigh(information)
    if curvature[0] > LOOSE**-2:
        return None
    direction = np.zeros(len(free))
    direction[free] = directions[:, 0]
    return direction


def _refuse_runaway(name: str, infinite: bool) -> None:
    raise ConvergenceError(
        _(
            "The fit does not converge: parameter {name} runs to {where}. The customers vary too "
            "little in this respect, were observed too briefly, or do not behave as the model "
            "tells it (invoices by contract, for example, are no decisions to buy). With "
            "boundary='accept' the limit is taken: predictions hold, some standard errors are "
            "missing."
        ).format(name=name, where=_("infinity") if infinite else _("zero"))
    )


def _refuse_flat() -> None:
    raise ConvergenceError(
        _(
            "The fit found no single best answer: several sets of parameters explain these "
            "customers equally well. There is too little variation to learn from."
        )
    )


def _check_arrival(slopes, n: int, information, steps: int, max_iter: int) -> None:
    """BFGS may also stop because rounding hides any further gain: that is an arrival as well."""
    if np.abs(slopes).max(initial=0) <= 1e-5:
        return
    curvature, directions = np.linalg.eigh(information)
    steep = curvature > LOOSE**-2
    gain = ((n * slopes @ directions)[steep] ** 2 / curvature[steep]).sum() / 2
    if steps >= max_iter or gain > 1e-3:
        raise ConvergenceError(
            _(
                "The fit stopped after {steps} steps without settling (slope {slope:.1e}). "
                "Raise max_iter; if that does not help, the data do not determine the model."
            ).format(steps=steps, slope=np.abs(slopes).max())
        )


def _information(objective, log_params, walls, n: int) -> np.ndarray:
    """Give the observed information: second derivatives as differences of exact gradients."""
    step = 1e-4
    free = _free(log_params, walls)
    shifts = step * np.eye(len(log_params))[free]
    slopes = [
        objective(log_params + shift)[1] - objective(log_params - shift)[1] for shift in shifts
    ]
    information = n * np.reshape(slopes, (len(shifts), len(log_params)))[:, free] / (2 * step)
    return (information + information.T) / 2


def _standard_errors(information: np.ndarray, walls) -> np.ndarray:
    """Invert the information; none for parameters at a wall.

    The errors are those of the logarithms; times the parameter they are its own (delta method).
    """
    errors = np.full(len(information) + len(walls), np.nan)
    errors[_free(errors, walls)] = np.sqrt(np.diag(np.linalg.inv(information)))
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
