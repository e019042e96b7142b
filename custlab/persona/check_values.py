"""Checks of a card against the data: every value counted again, the quote looked up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.i18n import _
from custlab.persona.card_parts import Trait
from custlab.persona.facts import Facts, member_ids
from custlab.persona.persona import Persona
from custlab.persona.phrases import number

# A claim may differ from the data by this much: a point of a share, a hundredth of a number.
TOLERANCE = 0.01


def claims(persona: Persona, case, facts: Facts, members, rest) -> list[tuple]:
    """Count every value again."""
    inside = member_ids(case, members, _("Members"))
    everybody = facts.values.index
    groups = [(_("the segment"), everybody.isin(inside))]
    if rest is not None:
        outside = member_ids(case, rest, _("Others")).difference(inside)
        groups.append((_("the rest"), everybody.isin(outside)))
    found = []
    for trait in persona.traits:
        if trait.evidence is None:
            continue
        evidence = trait.evidence
        values = facts.column((evidence.table, evidence.column, evidence.level))
        claimed_of = (evidence.value, evidence.rest)
        for (who, mask), claimed in zip(groups, claimed_of, strict=False):
            counted = _counted(values[mask], evidence.statistic)
            if not _close(counted, claimed, evidence.statistic):
                found.append(_differs(trait, who, claimed, counted))
    return found


def _counted(values: np.ndarray, statistic: str) -> float:
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return float("nan")
    return float(np.median(known) if statistic == "median" else known.mean())


def _close(counted: float, claimed: float, statistic: str) -> bool:
    allowed = TOLERANCE if statistic == "share" else TOLERANCE * max(1.0, abs(counted))
    return bool(np.isfinite(counted)) and abs(counted - claimed) <= allowed


def _differs(trait: Trait, who: str, claimed: float, counted: float) -> tuple:
    percent = trait.evidence.statistic == "share"
    texts = [f"{100 * value:.0f} %" if percent and np.isfinite(value) else number(value)
             for value in (claimed, counted)]  # fmt: skip
    return (
        trait.id, _("Differs from the data"),
        _("The card claims {claimed} for {who}; in {table}.{column} it is {counted}.").format(
            claimed=texts[0], counted=texts[1], who=who, table=trait.evidence.table,
            column=trait.evidence.column),
        _("Draft the persona again, or ask which customers the claim is about."), "differs",
    )  # fmt: skip


def quote(persona: Persona, case, members) -> list[tuple]:
    """Look the quote up in the survey."""
    if persona.quote is None:
        return []
    wrong = _("Quote not in the survey"), _("Draft the persona again, or leave the quote out.")
    row = persona.quote.row
    if "survey" not in case.tables or "comment" not in case.survey or row >= len(case.survey):
        why = _("The survey has no row {row} with a comment.").format(row=row)
        return [("", wrong[0], why, wrong[1], "quote")]
    answer = case.survey.iloc[row]
    said = answer["comment"]
    if pd.isna(said) or str(said).strip() != persona.quote.text.strip():
        why = _("Row {row} of the survey holds other words, or none.").format(row=row)
        return [("", wrong[0], why, wrong[1], "quote")]
    if members is not None and answer["customer_id"] not in set(
        member_ids(case, members, _("Members"))
    ):
        why = _("Somebody outside of the segment wrote it (row {row}).").format(row=row)
        return [("", wrong[0], why, wrong[1], "quote")]
    return []
