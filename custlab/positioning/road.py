"""The road to an order: what leaves a trace in each stage, when and where."""

from __future__ import annotations

import pandas as pd

from custlab.checks import check_case
from custlab.i18n import _

STAGES = ("need", "search", "evaluate", "decide")
AFTERWARDS = ("purchase", "use", "service")


def people_of_purchase(case, order_id: str | None = None) -> pd.DataFrame:
    """Count what each person of a purchase left behind in each stage.

    Parameters
    ----------
    case : Case
        A case with interactions and people.
    order_id : str, optional
        The order; if not given, one with traces in as many stages and by as many people as any.

    Returns
    -------
    pandas.DataFrame
        Number of interactions: one row a person (title), one column a stage, in their order.

    Examples
    --------
    >>> from custlab import load_case
    >>> len(people_of_purchase(load_case("software"))) > 3
    True
    """
    check_case(case, interactions=["order_id", "person_id", "stage"], people=["person_id", "title"])
    traces = case.interactions.dropna(subset=["order_id"])
    if order_id is None:
        seen = traces.groupby("order_id")[["stage", "person_id"]].nunique()
        order_id = seen.sort_values(["stage", "person_id"], kind="stable").index[-1]
    purchase = traces[traces["order_id"] == order_id].merge(case.people, on="person_id")
    table = purchase.groupby(["person_id", "title", "stage"], observed=True).size()
    table = table.unstack("stage", fill_value=0).reindex(columns=[*STAGES, *AFTERWARDS])
    return table.fillna(0).astype(int).droplevel("person_id").rename_axis(columns=None)


def days_before_order(case) -> pd.DataFrame:
    """List the traces that came before an order, with the days that were still to go.

    Parameters
    ----------
    case : Case
        A case with interactions and orders.

    Returns
    -------
    pandas.DataFrame
        One row per interaction that belongs to an order and came before it: order_id, kind,
        stage, channel, person_id, days (whole days before the order, at least 1).

    Examples
    --------
    >>> from custlab import load_case
    >>> int(days_before_order(load_case("software"))["days"].min())
    1
    """
    check_case(
        case,
        orders=["order_id", "order_date"],
        interactions=["order_id", "customer_id", "person_id", "stage", "channel", "timestamp"],
        customers=["customer_id", "kind"],
    )
    orders = case.orders.drop_duplicates("order_id")[["order_id", "order_date"]]
    traces = case.interactions.dropna(subset=["order_id"])
    traces = traces[traces["stage"].isin(STAGES)].merge(orders, on="order_id")
    traces = traces.merge(case.customers[["customer_id", "kind"]], on="customer_id")
    days = (traces["order_date"] - traces["timestamp"].dt.normalize()).dt.days
    stage = traces["stage"].astype("category").cat.set_categories(STAGES, ordered=True)
    traces = traces.assign(days=days, stage=stage)
    columns = ["order_id", "kind", "stage", "channel", "person_id", "days"]
    return traces.loc[days >= 1, columns].reset_index(drop=True)


def stages_of_road(traces: pd.DataFrame) -> pd.DataFrame:
    """Sum up each stage: when it happens, and in which channels.

    Parameters
    ----------
    traces : pandas.DataFrame
        As `days_before_order` gives it.

    Returns
    -------
    pandas.DataFrame
        One row a stage: early, middle, late (quartiles of the days before the order; a quarter
        of the traces came even earlier than `early`) and where (the two main channels, in words).

    Examples
    --------
    >>> one = pd.DataFrame({"stage": pd.Categorical(["need"] * 3, STAGES),
    ...                     "channel": ["store", "store", "app"], "days": [10, 20, 30]})
    >>> stages_of_road(one).loc["need", "where"]
    'store 67 %, app 33 %'
    """
    stages = traces.groupby("stage", observed=True)
    quartiles = stages["days"].quantile([0.75, 0.5, 0.25]).unstack()
    quartiles.columns = ["early", "middle", "late"]
    return quartiles.assign(where=stages["channel"].agg(_main_channels))


def _main_channels(channels):
    share = channels.value_counts(normalize=True).head(2) * 100
    return ", ".join(
        _("{channel} {share:.0f} %").format(channel=name, share=value)
        for name, value in share.items()
    )
