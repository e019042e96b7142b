"""What follows for sales: which approach and which contact rhythm worked, for which type."""

from __future__ import annotations

import pandas as pd

from custlab.checks import check_columns, check_flags
from custlab.errors import InputError
from custlab.i18n import _
from custlab.stats import newcombe_interval

NEEDED = ("customer_id", "campaign_id", "treatment", "approach", "responded")
COUNTED = ("customers", "responses", "control_customers", "control_rate", "difference")


def response_by_type(
    campaign: pd.DataFrame, types: pd.Series, campaign_id: str, level: float = 0.95
) -> pd.DataFrame:
    """Compare the response to each approach with the control group, type by type.

    For new customers the response is a first order (conversion), for existing ones another
    order (repurchase). The approaches were given out by lot, so a difference to the control
    group is an effect of the approach.

    Parameters
    ----------
    campaign : DataFrame
        The table ``campaign`` of a case.
    types : Series
        Type of each customer by ``customer_id``, as known when the campaign was sent.
    campaign_id : str
        Which campaign.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        One row a type and approach: ``customers``, ``responses``, ``rate``, ``control_customers``,
        ``control_rate``, ``difference`` and its interval ``low``, ``high`` (shares).

    Raises
    ------
    InputError
        If the table lacks a column, the campaign or a control group, a treatment or an approach
        is missing, or a customer takes part or has a type twice.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent
    proportions. Statistics in Medicine 17, 873-890 (method 10).

    Examples
    --------
    >>> campaign = pd.DataFrame({"customer_id": list("abcd"), "campaign_id": "X",
    ...     "treatment": ["treated", "treated", "control", "control"],
    ...     "approach": ["advice", "advice", "none", "none"],
    ...     "responded": [True, True, False, True]})
    >>> found = response_by_type(campaign, pd.Series("household", index=list("abcd")), "X")
    >>> found[["rate", "control_rate", "difference"]].iloc[0].tolist()
    [1.0, 0.5, 0.5]
    """
    sent = _one_campaign(campaign, campaign_id)
    sent = sent.assign(responded=check_flags(sent["responded"], "responded"))
    twice = types.index[types.index.duplicated()]
    if len(twice):
        raise InputError(
            _("customer_id {customer!r} has more than one type. Keep one for each.").format(
                customer=twice[0]
            )
        )
    sent = sent.assign(type=sent["customer_id"].map(types)).dropna(subset=["type"])
    control = _counts(sent[sent["treatment"] == "control"], ["type"])
    treated = _counts(sent[sent["treatment"] != "control"], ["type", "approach"])
    found = treated.join(control.add_prefix("control_"), on="type")
    found = found.dropna(subset=["control_customers"])
    found["rate"] = found["responses"] / found["customers"]
    found["control_rate"] = found["control_responses"] / found["control_customers"]
    found["difference"] = found["rate"] - found["control_rate"]
    found["low"], found["high"] = newcombe_interval(
        found["responses"],
        found["customers"],
        found["control_responses"],
        found["control_customers"],
        level,
    )
    order = ["customers", "responses", "rate", "control_customers", "control_rate", "difference",
             "low", "high"]  # fmt: skip
    return found[order].astype({"control_customers": int})


def clear_winners(response: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Say for each type which approach to use, if the campaign shows one at all.

    The best of several approaches looks good by chance alone more often than a single one, so its
    interval is widened for the number of approaches tried (Bonferroni).

    Parameters
    ----------
    response : DataFrame
        The result of :func:`response_by_type`.
    level : float
        Confidence level for all approaches of a type together.

    Returns
    -------
    DataFrame
        One row a type: ``best`` (approach with the largest difference to the control group),
        ``difference``, its interval ``low``, ``high`` for so many approaches, and ``advice``: use
        it (interval above 0), avoid all (below 0), or no clear effect.

    Raises
    ------
    InputError
        If a column is missing.

    References
    ----------
    Dunn, O. J. (1961). Multiple comparisons among means. Journal of the American Statistical
    Association 56, 52-64.

    Examples
    --------
    >>> cells = [("firm", "price"), ("firm", "demo")]
    >>> cells = pd.MultiIndex.from_tuples(cells, names=["type", "approach"])
    >>> response = pd.DataFrame({"customers": 100, "responses": [40, 25], "control_customers": 100,
    ...     "control_rate": 0.2, "difference": [0.2, 0.05]}, index=cells)
    >>> clear_winners(response)["advice"].tolist()
    ['use price']
    """
    check_columns(response, COUNTED, "response", _("Make it with response_by_type(campaign)."))
    rows = {}
    for kind, part in response.groupby(level="type"):
        best = part["difference"].idxmax()
        line = part.loc[best]
        low, high = newcombe_interval(
            line["responses"],
            line["customers"],
            line["control_rate"] * line["control_customers"],
            line["control_customers"],
            1 - (1 - level) / len(part),
        )
        rows[kind] = {
            "best": best[1],
            "difference": line["difference"],
            "low": low,
            "high": high,
            "advice": _advice(best[1], low, high, len(part)),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("type")


def _advice(approach: str, low: float, high: float, tried: int) -> str:
    if low > 0:
        return _("use {approach}").format(approach=approach)
    if high < 0:
        return _("avoid all: even {approach} does worse than no contact").format(approach=approach)
    if tried > 1:
        return _(
            "no clear effect, for the best of {n} looks good by chance more often than a single "
            "one: keep the cheapest, or test with more customers"
        ).format(n=tried)
    return _("no clear effect: keep the cheapest, or test with more customers")


def _one_campaign(campaign: pd.DataFrame, campaign_id: str) -> pd.DataFrame:
    check_columns(campaign, NEEDED, "campaign")
    sent = campaign[campaign["campaign_id"] == campaign_id]
    if sent.empty:
        raise InputError(
            _("No campaign is called {given!r}. Campaigns: {known}.").format(
                given=campaign_id, known=", ".join(map(str, campaign["campaign_id"].unique()))
            )
        )
    treated = sent["treatment"].astype("object") != "control"
    unknown = sent["treatment"].isna() | (treated & sent["approach"].isna())
    if unknown.any() or treated.all():
        raise InputError(
            _("Campaign {campaign}: {n} rows have no treatment or no approach, {control} are of "
              "the control group. Everybody needs a treatment, 'control' where nothing was sent, "
              "and whoever was treated an approach.").format(
                campaign=campaign_id, n=int(unknown.sum()), control=int((~treated).sum()))
        )  # fmt: skip
    repeated = sent["customer_id"][sent["customer_id"].duplicated()]
    if len(repeated):
        raise InputError(
            _("customer_id {customer!r} takes part in campaign {campaign} more than once. Keep one "
              "row for each customer.").format(customer=repeated.iloc[0], campaign=campaign_id)
        )  # fmt: skip
    return sent


def _counts(sent: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    grouped = sent.astype(dict.fromkeys(by, "object")).groupby(by)["responded"]
    return grouped.agg(customers="size", responses="sum").astype(int)
