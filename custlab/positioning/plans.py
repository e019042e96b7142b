"""Plans: one message for all, or one for each group, and what a trial can tell about them.

In a trial, chance alone decides who gets which approach and who is held back. So those who got an
approach stand for all: their response rate is what it would have earned from everybody. A plan
that gives each group an approach of its own can be valued in the same way, group by group.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import check_columns, check_finite, check_flags
from custlab.errors import InputError
from custlab.i18n import _
from custlab.stats import wilson_interval

CONTROL = "none"


def response_rates(trial: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Count who responded to which approach in each group, with a 95 % interval.

    Parameters
    ----------
    trial : pandas.DataFrame
        As `trial` gives it.
    groups : pandas.Series
        A label for each row of the trial.

    Returns
    -------
    pandas.DataFrame
        One row per group and approach: contacted, responded (numbers of customers), rate, low,
        high (shares from 0 to 1; the Wilson interval).

    Raises
    ------
    InputError
        If a column is missing, responses are neither yes nor no, or groups are of other rows.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association, 22, 209-212.

    Examples
    --------
    >>> small = pd.DataFrame({"approach": ["price"] * 4, "responded": [True, False, False, False]})
    >>> response_rates(small, pd.Series(["all"] * 4))["rate"].tolist()
    [0.25]
    """
    check_columns(trial, ["responded", "approach"], "trial")
    groups = pd.Series(groups)
    if not groups.index.equals(trial.index):
        raise InputError(
            _(
                "Every row of the trial needs its group: make the groups of the same rows, "
                "group_by(trial, basis)."
            )
        )
    responded = trial["responded"]
    if not pd.api.types.is_numeric_dtype(responded):  # numbers may be shares, of groups of people
        responded = pd.Series(check_flags(responded, "responded"), trial.index)
    responded = pd.Series(check_finite(responded, "responded"), trial.index)
    table = responded.groupby([groups, trial["approach"]], observed=True)
    rates = table.agg(contacted="size", responded="sum", rate="mean")
    rates["low"], rates["high"] = wilson_interval(rates["responded"], rates["contacted"])
    rates = rates.rename_axis(["group", "approach"]).reset_index()
    return rates.astype({"group": "object"})


def best_for_all(rates: pd.DataFrame) -> str:
    """Name the approach with the highest response rate among all.

    Parameters
    ----------
    rates : pandas.DataFrame
        As `response_rates` gives it.

    Returns
    -------
    str
        An approach.

    Examples
    --------
    >>> small = pd.DataFrame({"approach": ["price", "demo"], "responded": [False, True]})
    >>> best_for_all(response_rates(small, pd.Series(["all", "all"])))
    'demo'
    """
    treated = _treated(rates)
    sums = treated.groupby("approach")[["responded", "contacted"]].sum()
    return (sums["responded"] / sums["contacted"]).idxmax()


def _treated(rates: pd.DataFrame) -> pd.DataFrame:
    remedy = _("Make it with response_rates(trial, groups).")
    check_columns(rates, ["group", "approach", "responded", "contacted", "rate"], "rates", remedy)
    treated = rates[rates["approach"] != CONTROL]
    if treated.empty:
        raise InputError(_("Nobody in this trial was approached: there is nothing to choose from."))
    return treated


def best_for_each(rates: pd.DataFrame) -> pd.Series:
    """Name the approach with the highest response rate in each group.

    Parameters
    ----------
    rates : pandas.DataFrame
        As `response_rates` gives it.

    Returns
    -------
    pandas.Series
        The plan: an approach for each group.

    Examples
    --------
    >>> small = pd.DataFrame({"approach": ["price", "demo"] * 2,
    ...                       "responded": [True, False, False, True]})
    >>> best_for_each(response_rates(small, pd.Series(["old", "old", "young", "young"]))).to_dict()
    {'old': 'price', 'young': 'demo'}
    """
    treated = _treated(rates)
    best = treated.loc[treated.groupby("group", sort=False)["rate"].idxmax()]
    return best.set_index("group")["approach"].rename("plan")


def responses_per_1000(rates: pd.DataFrame, plan: str | pd.Series) -> float:
    """Tell how many of 1,000 newcomers would respond if everybody were approached by the plan.

    Chance gave some newcomers of each group just what the plan would give them. Their response
    rate stands for their group; the groups are weighted by their size.

    Parameters
    ----------
    rates : pandas.DataFrame
        As `response_rates` gives it. To be fair it comes from other people than those who chose
        the plan.
    plan : str or pandas.Series
        One approach for all, or an approach for each group.

    Returns
    -------
    float
        Responses per 1,000 newcomers.

    Raises
    ------
    InputError
        If nobody in some group got what the plan gives it.

    Examples
    --------
    >>> small = pd.DataFrame({"approach": ["price", "price"], "responded": [True, False]})
    >>> responses_per_1000(response_rates(small, pd.Series(["old", "young"])), "price")
    500.0
    """
    rows, weight = _rows_of_plan(rates, plan)
    return float(rates["rate"].to_numpy()[rows] @ weight * 1000)


def _rows_of_plan(rates, plan):
    """Find the row of the table that stands for each group under a plan, and its weight."""
    size = rates.groupby("group", sort=False)["contacted"].sum()
    chosen = plan.reindex(size.index) if isinstance(plan, pd.Series) else [plan] * len(size)
    table = pd.MultiIndex.from_frame(rates[["group", "approach"]].astype("object"))
    rows = table.get_indexer(list(zip(size.index, chosen, strict=True)))
    if (rows < 0).any():
        raise InputError(
            _("Nobody in the group {group} got what the plan gives it: no way to tell.").format(
                group=size.index[rows < 0][0]
            )
        )
    return rows, (size / size.sum()).to_numpy()


def gain(
    rates: pd.DataFrame,
    plan: str | pd.Series,
    instead_of: str | pd.Series,
    repeats: int = 1000,
) -> tuple[float, float, float]:
    """Compare two plans, and say how far chance alone could have moved the difference.

    The interval comes from a parametric bootstrap: the responses in each group and approach are
    drawn anew with the rates that were found.

    Parameters
    ----------
    rates : pandas.DataFrame
        As for `responses_per_1000`.
    plan, instead_of : str or pandas.Series
        The two plans.
    repeats : int, optional
        How often to draw anew.

    Returns
    -------
    tuple of float
        Difference in responses per 1,000 newcomers, and the interval that holds the middle 95 of
        100 redrawn differences.

    References
    ----------
    Efron, B. & Tibshirani, R. (1993). An Introduction to the Bootstrap. Chapman & Hall.

    Examples
    --------
    >>> small = pd.DataFrame({"approach": ["price", "demo"] * 2, "responded": [True, False] * 2})
    >>> gain(response_rates(small, pd.Series(["all"] * 4)), "price", "demo")
    (1000.0, 1000.0, 1000.0)
    """
    new, weight = _rows_of_plan(rates, plan)
    old, _same = _rows_of_plan(rates, instead_of)
    found = (rates["rate"].to_numpy()[new] - rates["rate"].to_numpy()[old]) @ weight * 1000
    drawn = np.random.default_rng(0).binomial(
        rates["contacted"], rates["rate"], size=(repeats, len(rates))
    )
    redrawn = drawn / rates["contacted"].to_numpy()
    repeated = (redrawn[:, new] - redrawn[:, old]) @ weight * 1000
    low, high = np.quantile(repeated, [0.025, 0.975])
    return float(found), float(low), float(high)


def gains_of_small_trials(
    rates: pd.DataFrame, later: pd.DataFrame, size: int, repeats: int = 300
) -> pd.DataFrame:
    """Plan from many smaller trials; tell what each plan promises and what it keeps later.

    Each smaller trial draws `size` contacted newcomers by lot (with replacement) and finds the
    best approach for all and for each group. What it promises is counted on the people who chose
    the plan, what it keeps with the rates of the later season.

    Parameters
    ----------
    rates : pandas.DataFrame
        The trial to draw from, as `response_rates` gives it.
    later : pandas.DataFrame
        The same for a later trial on other people, with the same groups.
    size : int
        Newcomers contacted in each smaller trial.
    repeats : int, optional
        Number of smaller trials.

    Returns
    -------
    pandas.DataFrame
        One row per smaller trial: promised and kept, both as responses per 1,000 with an approach
        for each group, less those with one approach for all.

    Examples
    --------
    >>> small = pd.DataFrame({"approach": ["price", "demo"] * 2,
    ...                       "responded": [True, False, False, True]})
    >>> rates = response_rates(small, pd.Series(["old", "old", "young", "young"]))
    >>> gains_of_small_trials(rates, rates, size=200, repeats=3)["kept"].tolist()
    [500.0, 500.0, 500.0]
    """
    contacted, responded = _wide(rates, "contacted"), _wide(rates, "responded")
    cells = np.stack([responded, contacted - responded])
    drawn = np.random.default_rng(0).multinomial(size, (cells / cells.sum()).ravel(), size=repeats)
    drawn = drawn.reshape(repeats, *cells.shape)
    hits, numbers = drawn[:, 0], drawn.sum(axis=1)
    one = (hits.sum(axis=1) / np.maximum(numbers.sum(axis=1), 1)).argmax(axis=1)
    seen = hits / np.maximum(numbers, 1)
    each = seen.argmax(axis=2)

    later_rates = _wide(later, "rate").reindex_like(contacted).to_numpy()
    size_of_group = later.groupby("group")["contacted"].sum().reindex(contacted.index, fill_value=0)
    weight = (size_of_group / size_of_group.sum()).to_numpy()
    rows, trials = np.arange(len(contacted)), np.arange(repeats)[:, None]
    one = one[:, None]
    gained = (seen[trials, rows, each] - seen[trials, rows, one]) * numbers.sum(axis=2)
    return pd.DataFrame(
        {
            "promised": gained.sum(axis=1) / size * 1000,
            "kept": (later_rates[rows, each] - later_rates[rows, one]) @ weight * 1000,
        }
    )


def _wide(rates, column):
    """Spread a column out: one row a group, one column an approach, without the control group."""
    treated = rates[rates["approach"] != CONTROL]
    return treated.pivot(index="group", columns="approach", values=column).fillna(0).astype(float)
