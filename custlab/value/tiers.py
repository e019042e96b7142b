"""Value tiers: few names for many values, what each deserves, and how firm the ranking is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import by_customer, check_choice, check_finite, pandas_table
from custlab.errors import InputError
from custlab.i18n import _

METHODS = ("pareto", "quantile")


def value_tiers(values: pd.Series, *, method: str = "pareto", shares=None) -> pd.Series:
    """Sort customers into high, medium and low value.

    Customers with equal values are always in the same tier.

    Parameters
    ----------
    values : Series
        Value of each customer (currency), by any of the lenses.
    method : {"pareto", "quantile"}
        ``pareto``: high are the best customers who together bring the first 80 % of all positive
        value, medium those up to 95 %. ``quantile``: high are the best 20 % of customers, medium
        the next 30 %.
    shares : pair of float, optional
        Other limits than (0.80, 0.95) of value, or (0.20, 0.50) of customers.

    Returns
    -------
    Series
        Ordered categorical, low < medium < high, with the index of the values. Customers with a
        value of zero or less are low.

    Raises
    ------
    InputError
        If values are missing, all equal or all without value, or the limits do not ascend.

    Examples
    --------
    >>> value_tiers(pd.Series({"a": 800.0, "b": 150.0, "c": 30.0, "d": 20.0})).tolist()
    ['high', 'medium', 'low', 'low']
    """
    values = _checked_values(values)
    check_choice("method", method, METHODS)
    limits = shares or ((0.80, 0.95) if method == "pareto" else (0.20, 0.50))
    if len(limits) != 2 or not 0 < limits[0] < limits[1] <= 1:
        raise InputError(_("shares must be two limits that ascend between 0 and 1 (80 % is 0.8)."))
    first, second = limits
    ordered = values.sort_values(ascending=False)
    if method == "pareto":
        reached = ordered.clip(lower=0).cumsum() / ordered.clip(lower=0).sum()
    else:
        reached = pd.Series(np.arange(1, len(ordered) + 1) / len(ordered), ordered.index)
    # A customer is in a tier if those before her leave room in it; equals share the first's place.
    before = reached.shift(fill_value=0.0).groupby(ordered.to_numpy()).transform("min")
    before = before.reindex(values.index)
    tiers = np.select([values <= 0, before < first - 1e-12, before < second - 1e-12], [0, 2, 1], 0)
    return pd.Series(
        pd.Categorical.from_codes(tiers, [_("low"), _("medium"), _("high")], ordered=True),
        values.index,
        name="tier",
    )


def _checked_values(values) -> pd.Series:
    values = by_customer(values, "values")
    if len(values) == 0:
        raise InputError(_("There is no customer to rank."))
    if values.max() <= 0 or values.min() == values.max():
        raise InputError(
            _(
                "The values run from {low:g} to {high:g}: without differences above zero there are "
                "no tiers to tell apart."
            ).format(low=values.min(), high=values.max())
        )
    return values


def tier_table(values: pd.Series, tiers: pd.Series) -> pd.DataFrame:
    """Show how many customers and how much value each tier holds.

    Parameters
    ----------
    values, tiers : Series
        Value and tier of each customer, same index.

    Returns
    -------
    DataFrame
        Index the tiers, best first; ``customers``, ``share_of_customers``, ``value`` (currency),
        ``share_of_value`` (missing if all together brought nothing or a loss) and ``mean_value``.

    Examples
    --------
    >>> values = pd.Series({"a": 800.0, "b": 150.0, "c": 30.0, "d": 20.0})
    >>> tier_table(values, value_tiers(values))["share_of_value"].tolist()
    [0.8, 0.15, 0.05]
    """
    values = by_customer(values, "values")
    if tiers.index.has_duplicates or set(tiers.index) != set(values.index):
        raise InputError(_("Values and tiers must be about the same customers, each once."))
    table = values.groupby(tiers, observed=False).agg(customers="size", value="sum")
    table = table.sort_index(ascending=False)
    return pd.DataFrame(
        {
            "customers": table["customers"],
            "share_of_customers": table["customers"] / len(values),
            "value": table["value"],
            "share_of_value": table["value"] / values.sum() if values.sum() > 0 else np.nan,
            "mean_value": table["value"] / table["customers"].where(table["customers"] > 0),
        }
    )


def tier_plan() -> pd.DataFrame:
    """Give a starting point for what each tier deserves.

    Returns
    -------
    DataFrame
        Index the tiers; ``goal``, ``service``, ``contact``, ``limit`` and ``watch`` as sentences
        to discuss, not laws.

    Examples
    --------
    >>> tier_plan().index.tolist()
    ['high', 'medium', 'low']
    """
    return pd.DataFrame(
        {
            "goal": [
                _("Keep them, and keep them content."),
                _("Find those who could become high, and help them there."),
                _("Serve them well at low cost."),
            ],
            "service": [
                _("A named contact, first in the queue."),
                _("Good standard service, quick answers."),
                _("Self-service that works, standard channels."),
            ],
            "contact": [
                _("Personal, before the usual repurchase time."),
                _("Automatic, timed by their own rhythm."),
                _("Automatic and rare; no costly visits."),
            ],
            "limit": [
                _("Spend no more than part of the value at stake."),
                _("Spend where the uplift pays, proven by a control group."),
                _("Spend nothing that does not pay back on the next order."),
            ],
            "watch": [
                _("P(alive) falling, a complaint without an answer."),
                _("Growing orders, a new need, a change of household or team."),
                _("Cost to serve above contribution: change the terms, not the tone."),
            ],
        },
        index=pd.Index([_("high"), _("medium"), _("low")], name="tier"),
    )


def ranking_sensitivity(scenarios: pd.DataFrame, *, base=None, top: float = 0.2) -> pd.DataFrame:
    """See how far a ranking of customers depends on the assumptions behind it.

    Parameters
    ----------
    scenarios : DataFrame
        One row per customer, one column of values per scenario.
    base : column label, optional
        The scenario to compare with; the first by default.
    top : float
        Share of customers that the firm would choose, 0 to 1.

    Returns
    -------
    DataFrame
        Index the scenarios; ``rank_correlation`` (Spearman) with the base, ``top_kept`` (share
        of the base's best customers who are among the best here too) and ``total`` (currency).

    Raises
    ------
    InputError
        If a value is missing or ``top`` is no share.

    Examples
    --------
    >>> scenarios = pd.DataFrame({"1 year": [5.0, 4.0, 1.0], "3 years": [9.0, 10.0, 2.0]})
    >>> ranking_sensitivity(scenarios, top=0.34)
             rank_correlation  top_kept  total
    scenario
    1 year                1.0       1.0   10.0
    3 years               0.5       0.0   21.0
    """
    if not 0 < top <= 1:
        raise InputError(_("top must be a share between 0 and 1 (20 % is 0.2)."))
    base = next(iter(scenarios.columns), None) if base is None else base
    scenarios = pandas_table(scenarios, [base], "scenarios")
    for name in scenarios:
        check_finite(scenarios[name], name)
    if scenarios.empty:
        raise InputError(_("There is no customer to rank."))
    n_top = max(int(len(scenarios) * top), 1)
    ranks = scenarios.rank()
    # Of customers with equal values each is among the best to the same part.
    better = scenarios.rank(ascending=False, method="min") - 1
    level = scenarios.rank(ascending=False, method="max") - better
    best = ((n_top - better) / level).clip(0, 1)
    return pd.DataFrame(
        {
            "rank_correlation": ranks.corrwith(ranks[base]),
            "top_kept": best.clip(upper=best[base], axis=0).sum() / n_top,
            "total": scenarios.sum(),
        }
    ).rename_axis("scenario")
