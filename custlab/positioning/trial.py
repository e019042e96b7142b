"""The trial: whom chance gave which message, and the groups that a newcomer can be put into."""

from __future__ import annotations

import numpy as np
import pandas as pd

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
    rows = case.campaign[case.campaign["audience"] == "new"]
    if rows.empty:
        raise InputError(
            _("The case {case} has no campaign with audience 'new', so there is no trial.").format(
                case=case.name
            )
        )
    columns = ["customer_id", "approach", "responded", "response_amount", "cost"]
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
        the firm), or "coin" (three heaps at random, for comparison).
    like : pandas.DataFrame, optional
        The customers whose age thirds, size halves and rare sources settle where groups begin;
        `customers` themselves if not given. Give it to cut two years in the same places.

    Returns
    -------
    pandas.Series
        A label for each row; NA where the basis is not known.

    Raises
    ------
    InputError
        If there is no such basis.

    Examples
    --------
    >>> from custlab import load_case
    >>> sorted(group_by(load_case("appliances").customers, "coin").unique())
    ['heap 1', 'heap 2', 'heap 3']
    """
    if basis not in _BASES:
        raise InputError(
            _("There is no basis {basis!r}. Choose one of: {bases}.").format(
                basis=basis, bases=", ".join(_BASES)
            )
        )
    labels = _BASES[basis](customers, customers if like is None else like)
    return labels.astype("object").rename("group")


def _who(customers, like):
    home, staff = customers["kind"] == "household", customers["employees"].astype("Float64")
    age = customers["age"].astype("Float64").where(home)
    young, old = _round_cuts(like.loc[like["kind"] == "household", "age"], [1 / 3, 2 / 3], 5)
    (half,) = _round_cuts(like["employees"], [0.5], 10)
    label = pd.Series(pd.NA, index=customers.index, dtype="object")
    label[age < young] = _("people under {age}").format(age=young)
    label[age.between(young, old, inclusive="left")] = _("people of {low} to {high}").format(
        low=young, high=old - 1
    )
    label[age >= old] = _("people of {age} and over").format(age=old)
    label[staff < half] = _("organisations under {n} staff").format(n=half)
    label[staff >= half] = _("organisations of {n} staff or more").format(n=half)
    return label


def _round_cuts(values, shares, step):
    """Cut at quantiles, rounded to numbers that people would choose."""
    cuts = values.astype("Float64").quantile(shares).fillna(0)
    return [max(step, step * round(float(cut) / step)) for cut in cuts]


def _income(customers, like):
    label = customers["income_band"].astype("object")
    return label.where(customers["kind"] == "household", _("organisations"))


def _city(customers, like):
    return customers["city_tier"].map(lambda tier: _("city tier {tier}").format(tier=tier))


def _source(customers, like):
    share = like["acquisition_channel"].value_counts(normalize=True)
    common = share.index[share >= 0.05]
    label = customers["acquisition_channel"].astype("object")
    return label.where(label.isin(common) | label.isna(), _("other sources"))


def _coin(customers, like):
    heap = np.random.default_rng(0).integers(1, 4, len(customers))
    return pd.Series([_("heap {n}").format(n=n) for n in heap], index=customers.index)


_BASES = {"who": _who, "income": _income, "city": _city, "source": _source, "coin": _coin}
