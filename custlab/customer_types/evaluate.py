"""How good is a classification? Against a baseline, with every error counted and priced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from custlab.checks import check_finite
from custlab.customer_types.grid import in_order
from custlab.errors import InputError
from custlab.i18n import _


@dataclass(frozen=True)
class Evaluation:
    """What a classification gets right and wrong, and what that costs.

    Attributes
    ----------
    confusion : DataFrame
        Customers by true type (rows) and predicted type (columns).
    accuracy : float
        Share of customers whose type is right.
    baseline : float
        Accuracy of giving everybody the type that is most frequent among the customers learned
        from.
    balanced : float
        Mean share found of each type: a rare type counts as much as a frequent one.
    cost : float
        Mean cost per customer of the errors (currency); missing without a table of costs.
    baseline_cost : float
        The same for the best single type for everybody.
    """

    confusion: pd.DataFrame
    accuracy: float
    baseline: float
    balanced: float
    cost: float = float("nan")
    baseline_cost: float = float("nan")

    def _repr_html_(self):
        figures = _(
            "Right: {accuracy:.0%}; always the most frequent type: {baseline:.0%}; mean share "
            "found of each type: {balanced:.0%}."
        ).format(accuracy=self.accuracy, baseline=self.baseline, balanced=self.balanced)
        if not np.isnan(self.cost):
            figures += " " + _(
                "Cost of the errors per customer: {cost:,.1f}; of one type for all: {base:,.1f}."
            ).format(cost=self.cost, base=self.baseline_cost)
        return f"{self.confusion.to_html()}<p>{figures}</p>"


def evaluate(truth, predicted, learned, costs: pd.DataFrame | None = None) -> Evaluation:
    """Compare predicted types with what came true.

    Parameters
    ----------
    truth, predicted : array or Series of length customers
        True and predicted types of customers that were not learned from.
    learned : array or Series
        Types of the customers learned from: they, not the test, decide the baseline.
    costs : DataFrame, optional
        Cost (currency) of treating a customer of the row's type as one of the column's type.

    Returns
    -------
    Evaluation
        Confusion, accuracy, baseline and, with costs, the price of the errors.

    Raises
    ------
    InputError
        If the lengths differ, nobody is there, a type is missing, or the costs lack a type or a
        number.

    Examples
    --------
    >>> predicted = ["low", "high", "high", "low"]
    >>> found = evaluate(["low", "low", "high", "low"], predicted, learned=["low", "high", "low"])
    >>> found.accuracy, found.baseline
    (0.75, 0.75)
    """
    truth, predicted = np.asarray(truth, dtype=object), np.asarray(predicted, dtype=object)
    if len(truth) == 0 or len(truth) != len(predicted):
        raise InputError(
            _("There are {n} true and {m} predicted types: give one of each for every customer "
              "tested.").format(n=len(truth), m=len(predicted))
        )  # fmt: skip
    for name, part in (("truth", truth), ("predicted", predicted), ("learned", learned)):
        _refuse_gaps(name, part)
    types = list(in_order({*truth, *predicted}))
    usual = pd.Series(learned).mode().iloc[0]
    confusion = pd.DataFrame(
        confusion_matrix(truth.astype(str), predicted.astype(str), labels=[str(t) for t in types]),
        index=pd.Index(types, name="true"),
        columns=pd.Index(types, name="predicted"),
    )
    recalls = [(predicted[truth == t] == t).mean() for t in pd.unique(truth)]
    cost = baseline_cost = float("nan")
    if costs is not None:
        _check_costs(costs, types)
        cost = _mean_cost(costs, truth, predicted)
        single = _best_single_type(costs, learned)
        baseline_cost = _mean_cost(costs, truth, np.full(len(truth), single, dtype=object))
    return Evaluation(
        confusion=confusion,
        accuracy=float((truth == predicted).mean()),
        baseline=float((truth == usual).mean()),
        balanced=float(np.mean(recalls)),
        cost=cost,
        baseline_cost=baseline_cost,
    )


def _refuse_gaps(name: str, types) -> None:
    missing = int(pd.isna(np.asarray(types, dtype=object)).sum())
    if missing or len(types) == 0:
        raise InputError(
            _("{name}: {n} of {total} types are missing. Compare only customers whose type is "
              "known.").format(name=name, n=missing, total=len(types))
        )  # fmt: skip


def cheapest_type(probabilities, types, costs: pd.DataFrame):
    """Choose for each customer the type whose expected cost is lowest.

    Parameters
    ----------
    probabilities : array of shape (customers, types)
        Probability of each type, as from ``TypeTree.predict_proba``.
    types : sequence
        The types in the order of the columns, as ``TypeTree.classes_``.
    costs : DataFrame
        Cost (currency) of treating a customer of the row's type as one of the column's type.

    Returns
    -------
    ndarray
        Types.

    Raises
    ------
    InputError
        If the costs lack a type or a number, or a probability is missing.

    Examples
    --------
    >>> costs = pd.DataFrame({"high": [0, 10], "low": [100, 0]}, index=["high", "low"])
    >>> cheapest_type([[0.2, 0.8]], ["high", "low"], costs).tolist()
    ['high']
    """
    _check_costs(costs, types)
    probabilities = np.asarray(probabilities, dtype=float)
    for place, name in enumerate(types):
        check_finite(probabilities[:, place], str(name))
    offered = list(costs.columns)
    expected = probabilities @ costs.loc[list(types), offered].to_numpy(dtype=float)
    return np.array(offered, dtype=object)[expected.argmin(axis=1)]


def _check_costs(costs: pd.DataFrame, types) -> None:
    missing = [t for t in types if t not in costs.index or t not in costs.columns]
    if missing:
        raise InputError(
            _("The costs have no row and column for type {type!r}. Types: {types}.").format(
                type=missing[0], types=", ".join(map(str, types))
            )
        )
    for name in costs.columns:
        check_finite(costs[name], str(name))


def _mean_cost(costs: pd.DataFrame, truth, predicted) -> float:
    rows, columns = costs.index.get_indexer(truth), costs.columns.get_indexer(predicted)
    return float(costs.to_numpy(dtype=float)[rows, columns].mean())


def _best_single_type(costs: pd.DataFrame, learned):
    shares = pd.Series(learned).value_counts(normalize=True).reindex(costs.index).fillna(0)
    expected = shares.to_numpy() @ costs.to_numpy(dtype=float)
    return costs.columns[expected.argmin()]


def error_costs(missed: float, wasted: float) -> pd.DataFrame:
    """Give the cost of taking one value type for another, from two prices.

    Parameters
    ----------
    missed : float
        Loss when a high-value customer is treated as a low one (currency).
    wasted : float
        Effort wasted when a low-value customer is treated as a high one (currency).

    Returns
    -------
    DataFrame
        Cost by true type (rows) and type treated as (columns); one step costs half of two.

    Raises
    ------
    InputError
        If a price is negative or no number.

    Examples
    --------
    >>> float(error_costs(300, 40).loc["high", "low"])
    300.0
    """
    for name, price in (("missed", missed), ("wasted", wasted)):
        if not (np.isfinite(price) and price >= 0):
            raise InputError(
                _("{name} must be an amount of 0 or more, not {price}.").format(
                    name=name, price=price
                )
            )
    names = ["high", "medium", "low"]
    rows = [[0, missed / 2, missed], [wasted / 2, 0, missed / 2], [wasted, wasted / 2, 0]]
    return pd.DataFrame(rows, index=names, columns=names, dtype=float)
