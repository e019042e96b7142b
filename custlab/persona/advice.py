"""Keep, adjust or retire: advice on each persona, with the numbers that it rests on."""

from __future__ import annotations

import pandas as pd

from custlab.i18n import _
from custlab.persona.drafting import in_order
from custlab.persona.evidence import MIN_MEMBERS

# A persona is kept if its card finds at least this share of its held-out members ...
LEAST_FOUND = 0.5
# ... if at most this share of its customers is torn towards another persona ...
MOST_TORN = 0.25
# ... and no trait has shifted; it is retired if more than this share of its traits has.
MOST_SHIFTED = 0.5


def advise(segments, assigned, overlap, moved: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    """Say for each persona whether to keep, adjust or retire it.

    Parameters
    ----------
    segments, assigned : Series
        Own segment, and persona given while held out, by ``customer_id``.
    overlap : DataFrame
        Share of each persona's customers torn towards another.
    moved : DataFrame
        Drift of the traits.
    labels : list of str
        Personas that could be drafted.

    Returns
    -------
    DataFrame
        One row a persona: ``persona``, ``advice``, ``members``, ``found`` (share of its held-out
        members given this persona, with ``low`` and ``high``), ``by_chance`` (its share of all
        assigned), ``torn``, ``towards``, ``shifted`` (traits, of ``dated`` ones), ``why``.
    """
    rows = []
    for label in in_order(segments):
        members = segments.index[segments == label]
        if label in labels:
            rows.append(_one(label, members, assigned, overlap, moved))
        else:
            why = _("{n} members: with some held out, fewer than {least} are left to draft from. "
                    "Merge it with its neighbour.")  # fmt: skip
            rows.append({"persona": label, "advice": _("retire"), "members": len(members),
                         "why": why.format(n=len(members), least=MIN_MEMBERS)})  # fmt: skip
    return pd.DataFrame(rows).astype({"shifted": "Int64", "dated": "Int64"})


def _one(label, members, assigned, overlap, moved) -> dict:
    from custlab.value.loyalty import share_with_interval

    given = assigned.reindex(members).dropna()
    found = share_with_interval(int((given == label).sum()), len(given))
    chance = float((assigned.dropna() == label).mean())
    torn, towards = float(overlap.loc[label].max()), overlap.loc[label].idxmax()
    own = moved[moved["persona"] == label]
    shifted, dated = int(own["shifted"].sum()), len(own)
    row = {
        "found": found["share"], "low": found["low"], "high": found["high"], "by_chance": chance,
        "torn": torn, "towards": towards, "shifted": shifted, "dated": dated,
    }  # fmt: skip
    advice, why = _judge(row, own)
    return {"persona": label, "advice": advice, "members": len(members), **row, "why": why}


def _judge(row: dict, own: pd.DataFrame) -> tuple[str, str]:
    reasons = []
    shares = {name: f"{100 * row[name]:.0f}" for name in ("found", "low", "by_chance", "torn")}
    if row["low"] <= row["by_chance"]:
        return _("retire"), _(
            "The card finds {found} % of its held-out members (at least {low} %), no more than "
            "the {by_chance} % of all customers that it is given to: it tells nobody apart."
        ).format(**shares)
    if row["dated"] and row["shifted"] > MOST_SHIFTED * row["dated"]:
        return _("retire"), _(
            "{shifted} of {dated} traits with a date have shifted within a year (stability index "
            "above .25): draft it anew."
        ).format(**row)
    if row["found"] < LEAST_FOUND:
        reasons.append(_("The card finds only {found} % of its held-out members.").format(**shares))
    if row["torn"] > MOST_TORN:
        reasons.append(
            _("{torn} % of its customers are torn towards persona {towards}.").format(
                torn=shares["torn"], towards=row["towards"]
            )
        )
    if row["shifted"]:
        texts = "; ".join(
            _("“{text}” ({before} % of the members, now {now} %)").format(
                text=one.text, before=f"{100 * one.before:.0f}", now=f"{100 * one.now:.0f}"
            )
            for one in own[own["shifted"]].itertuples()
        )
        reasons.append(_("Shifted within a year: {traits}.").format(traits=texts))
    if reasons:
        return _("adjust"), " ".join(reasons)
    if not row["dated"]:
        return _("keep"), _(
            "The card finds {found} % of its held-out members, and {torn} % of its customers are "
            "torn. Too few of them were customers a year and a half ago to say what has shifted."
        ).format(**shares)
    return _("keep"), _(
        "The card finds {found} % of its held-out members, {torn} % of its customers are torn, "
        "and none of the {dated} traits that can be compared with a year ago has shifted."
    ).format(**shares, dated=row["dated"])
