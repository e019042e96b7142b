"""The trial: whom chance gave which message, and the groups that a newcomer can be put into."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import check_case, check_choice
from custlab.errors import InputError
from custlab.i18n import _


def trial(case) -> pd.DataFrame:
    """Give the case's trial among newcomers: whom chance gave which approach, and what they did.

    Parameters
    ----------
    case : Case
        A case with a campaign for the audience "new".

    Returns
    -------
    pandas.DataFrame
        One row per newcomer: approach ("none" in the control group), responded, response_amount
        and cost in CNY, and the columns of the customers table.

    Raises
    ------
    InputError
        If the case has no such campaign.

    Examples
    --------
    >>> from custlab import load_case
    >>> sorted(trial(load_case("appliances"))["approach"].unique())
    ['advice', 'demo', 'none', 'price']
    """
    columns = ["customer_id", "approach", "responded", "response_amount", "cost"]
    check_case(case, campaign=["audience", *columns], customers=["customer_id"])
    rows = case.campaign[case.campaign["audience"] == "new"]
    if rows.empty:
        raise InputError(
            _("The case {case} has no campaign with audience 'new', so there is no trial.").format(
                case=case.name
            )
        )
    rows = rows[columns].astype({"approach": "string"})
    return rows.merge(case.customers, on="customer_id").reset_index(drop=True)


def group_by(customers: pd.DataFrame, basis: str, like: pd.DataFrame | None = None) -> pd.Series:
    """Put each customer into a group by something simple that the firm knows.

    Parameters
    ----------
    customers : pandas.DataFrame
        Customers, or a trial.
    basis : str
        "who" (age of people, size of organisations), "income", "city", "source" (how they found
        the firm), or "chance" (three heaps at random, for comparison).
    like : pandas.DataFrame, optional
        The customers whose age thirds, size halves and rare sources settle where groups begin;
        `customers` themselves if not given. Give it to cut two years in the same places.

    Returns
    -------
    pandas.Series
        A label for each row, as a category in a sensible order; NA where the basis is not known.

    Raises
    ------
    InputError
        If there is no such basis.

    Examples
    --------
    >>> from custlab import load_case
    >>> sorted(group_by(load_case("appliances").customers, "chance").unique())
    ['heap 1', 'heap 2', 'heap 3']
    """
    check_choice("basis", basis, _BASES)
    labels, order = _BASES[basis](customers, customers if like is None else like)
    groups = pd.Categorical(labels, categories=order, ordered=True)
    return pd.Series(groups, index=customers.index, name="group")


def _who(customers, like):
    home = customers["kind"] == "household"
    age = customers["age"].astype("Float64").where(home)
    staff = customers["employees"].astype("Float64").where(~home)
    young, old = _round_cuts(like.loc[like["kind"] == "household", "age"], [1 / 3, 2 / 3], 5)
    (half,) = _round_cuts(like["employees"], [0.5], 10)
    people = [
        _("people under {age}").format(age=young),
        _("people of {low} to {high}").format(low=young, high=old - 1),
        _("people of {age} and over").format(age=old),
    ]
    firms = [
        _("organisations under {n} staff").format(n=half),
        _("organisations of {n} staff or more").format(n=half),
    ]
    by_age = _cut(age, [0, young, old, np.inf], people)
    return by_age.fillna(_cut(staff, [0, half, np.inf], firms)), [*people, *firms]


def _round_cuts(values, shares, step):
    """Cut at quantiles, rounded to numbers that people would choose."""
    cuts = values.astype("Float64").quantile(shares).fillna(0)
    return [max(step, step * round(float(cut) / step)) for cut in cuts]


def _cut(values, edges, labels):
    return pd.cut(values.astype(float), edges, right=False, labels=labels).astype("object")


def _income(customers, like):
    bands, organisations = customers["income_band"].astype("object"), _("organisations")
    order = [*like["income_band"].astype("category").cat.categories, organisations]
    return bands.where(customers["kind"] == "household", organisations), order


def _city(customers, like):
    names = {tier: _("city tier {tier}").format(tier=tier) for tier in (1, 2, 3, 4)}
    return customers["city_tier"].map(names), list(names.values())


def _source(customers, like):
    share = like["acquisition_channel"].value_counts(normalize=True)
    common, others = list(share.index[share >= 0.05]), _("other sources")
    label = customers["acquisition_channel"].astype("object")
    return label.where(label.isin(common) | label.isna(), others), [*common, others]


def _chance(customers, like):
    names = np.array([_("heap {n}").format(n=n) for n in (1, 2, 3)], dtype="object")
    heap = np.random.default_rng(0).integers(0, 3, len(customers))
    return names[heap], list(names)


_BASES = {"who": _who, "income": _income, "city": _city, "source": _source, "chance": _chance}
