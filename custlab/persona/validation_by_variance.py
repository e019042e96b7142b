"""How much personas explain of value and needs, among customers who were held out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.persona.evidence import MIN_MEMBERS
from custlab.persona.facts import facts_of
from custlab.persona.further_lines import margin_of
from custlab.persona.validation_by_drift import YEAR


def explained(trial) -> pd.DataFrame:
    """Predict value and needs of the held out by the mean of the others of their persona.

    Parameters
    ----------
    trial : object
        The pass over the folds of :func:`custlab.persona.validate`: ``case``, ``cards``, ``fold``
        and ``everybody(one, until, without)``, which gives personas by the cards of one fold.

    Returns
    -------
    DataFrame
        ``what``, ``share`` of the variance explained (eta squared, but counted on customers
        whom the means were not made from), its interval ``low``, ``high``, and ``customers``.
    """
    before = trial.case.as_of - YEAR
    rows = [(words, *_share(trial, values, before, ())) for words, values in _since(trial, before)]
    facts = facts_of(trial.case)
    for fact in facts.facts:
        if fact.table == "survey" and fact.column.startswith("need_"):
            answers = pd.Series(facts.column(fact.key), facts.values.index)
            rows.append((fact.words, *_share(trial, answers, None, ("survey",))))
    return pd.DataFrame(rows, columns=["what", "share", "low", "high", "customers"])


def _since(trial, before):
    """Give what customers known a year ago did since: orders, and margin if costs are known."""
    case, known = trial.case, facts_of(trial.case, before).values.index
    if "orders" not in case.tables or len(known) < len(trial.cards) * MIN_MEMBERS:
        return
    later = case.orders[case.orders["order_date"] > before]
    orders = later.groupby(later["customer_id"].astype(object))["order_id"].nunique()
    yield _("orders of the following 12 months"), orders.reindex(known, fill_value=0)
    margin = margin_of(case)
    if margin is not None:
        yield _("margin of the following 12 months"), margin.reindex(known, fill_value=0.0)


def _share(trial, values: pd.Series, until, without) -> tuple:
    values = values.dropna().astype(float)
    errors = []
    for one in range(len(trial.cards)):
        given = trial.everybody(one, until, without).reindex(values.index)
        out = trial.fold[values.index] == one
        mean = values[~out].mean()
        means = values[~out].groupby(given[~out]).mean()
        guess = given[out].map(means).astype(float).fillna(mean)
        squares = {"own": (values[out] - guess) ** 2, "none": (values[out] - mean) ** 2}
        errors.append(pd.DataFrame(squares))
    return _ratio(pd.concat(errors))


def _ratio(errors: pd.DataFrame, draws: int = 500) -> tuple[float, float, float, int]:
    """Give the share of squared error saved, with a bootstrap interval over customers."""
    own, none = errors["own"].to_numpy(), errors["none"].to_numpy()
    share = 1 - own.sum() / none.sum()
    picks = np.random.default_rng(0).integers(0, len(own), (draws, len(own)))
    drawn = 1 - own[picks].sum(axis=1) / none[picks].sum(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(share), float(low), float(high), len(own)
