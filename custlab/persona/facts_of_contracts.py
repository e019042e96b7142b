"""Facts of customers under contract: from the tables ``deals`` and ``subscriptions``."""

from __future__ import annotations

import pandas as pd

from custlab.i18n import _
from custlab.persona.fact import Fact, Window, counts, levels

_NOT_ENDED = "not ended"


def from_deals(window: Window):
    """List the facts of deals and subscriptions, in cases that have them.

    Parameters
    ----------
    window : Window
        The case as known on a day.

    Yields
    ------
    tuple of (Fact, Series)
    """
    deals, subscriptions = window.table("deals"), window.table("subscriptions")
    if deals is not None:
        yield from _of_deals(deals, window.until)
    if subscriptions is not None:
        yield from _of_subscriptions(subscriptions, window.until)


def _of_deals(deals: pd.DataFrame, until: pd.Timestamp):
    closed = deals[deals["closed_on"] <= until]
    days = (closed["closed_on"] - closed["opened_on"]).dt.days
    yield (
        Fact("deals", "closed_on", "days from offer to decision", "behaviour",
             _("days from offer to decision"),
             _("Take longer to decide than others: typically {value} days"),
             _("Decide faster than others: typically in {value} days"),
             statistic="median", unit=_("days")),
        days.groupby(closed["customer"]).median(),
    )  # fmt: skip
    lost = counts(closed, "loss_reason") > 0
    for reason in lost.columns[lost.mean() >= 0.02]:
        yield (
            Fact("deals", "loss_reason", str(reason), "needs",
                 _("have turned an offer down for the reason “{reason}”").format(reason=reason),
                 _("Have turned an offer down for the reason “{reason}”").format(reason=reason),
                 kind="pain point"),
            lost[reason].astype(float),
        )  # fmt: skip


def _of_subscriptions(subscriptions: pd.DataFrame, until: pd.Timestamp):
    latest = subscriptions.sort_values("started_on", kind="stable")
    latest = latest.drop_duplicates("customer", keep="last")
    latest = latest.set_index("customer")
    for level, values in levels(latest["plan"]):
        yield (
            Fact("subscriptions", "plan", level, "behaviour",
                 _("use the {level} plan").format(level=level),
                 _("Use the {level} plan").format(level=level)),
            values,
        )  # fmt: skip
    yield (
        Fact("subscriptions", "seats", "", "behaviour", _("seats booked"),
             _("Book more seats than others: typically {value}"),
             _("Book fewer seats than others: typically {value}"), statistic="median"),
        latest["seats"],
    )  # fmt: skip
    ended = (latest["ended_on"] <= until).astype(float)
    yield (
        Fact("subscriptions", "ended_on", "ended", "needs", _("have ended their subscription"),
             _("Have ended their subscription"), kind="pain point"),
        ended,
    )  # fmt: skip
    reasons = latest["end_reason"].astype(object).where(ended == 1, _NOT_ENDED)
    for reason, values in levels(reasons):
        if reason != _NOT_ENDED:
            yield (
                Fact("subscriptions", "end_reason", reason, "needs",
                     _("have left for the reason “{reason}”").format(reason=reason),
                     _("Have left for the reason “{reason}”").format(reason=reason),
                     kind="pain point"),
                values,
            )  # fmt: skip
