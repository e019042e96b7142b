"""Check a persona before anybody acts on it: what is assumed, stretched, contradictory, unfair."""

from __future__ import annotations

import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona.card_parts import DIMENSIONS
from custlab.persona.check_values import claims, quote
from custlab.persona.check_words import (
    contradictions,
    other_levels,
    personal,
    protected,
    stereotypes,
)
from custlab.persona.evidence import MIN_MEMBERS, too_few
from custlab.persona.facts import facts_of
from custlab.persona.persona import Persona
from custlab.persona.phrases import dimension_word

COLUMNS = ["trait", "problem", "why", "what_to_do", "code"]


def check_persona(persona: Persona, case=None, members=None, min_share: float = 0.5, rest=None):
    """List what is wrong with a persona, with the reason and what to do.

    Parameters
    ----------
    persona : Persona
        What to check.
    case : Case, optional
        The firm; with it claims and the quote are compared with the data.
    members : Index, Series or list of customer_id, optional
        The segment's customers; with them every value is counted again.
    min_share : float
        A trait that holds for a smaller share of the members is flagged.
    rest : Index, Series or list of customer_id, optional
        With whom the segment was compared; with it the rest's values are counted again too.

    Returns
    -------
    DataFrame
        One row a problem, the gravest first: ``trait`` (id, or "" for the card as a whole),
        ``problem``, ``why``, ``what_to_do`` and ``code`` (its kind: "id", "stereotype",
        "differs", "contradiction", "small", "assumed", "share", "quote", "missing", "reworded",
        "reason", "protected"). Empty if nothing was found.

    Raises
    ------
    InputError
        If the persona belongs to another case, or ``min_share`` is no share.

    Examples
    --------
    >>> from custlab.persona import Persona, Trait
    >>> bad = Persona("x", "ecommerce", "1", "Trendy mum", n=400, traits=(
    ...     Trait("t", "psychology", "", "Loves shopping"),))
    >>> check_persona(bad)["code"].value_counts().sort_index().to_dict()
    {'assumed': 1, 'missing': 3, 'stereotype': 1}
    """
    if not 0 <= min_share <= 1:
        raise InputError(
            _("min_share must lie between 0 and 1, not {given}.").format(given=min_share)
        )
    if case is not None and persona.case != case.name:
        raise InputError(other_case(persona, case.name))
    found = [*personal(persona), *stereotypes(persona)]
    if case is not None:
        facts = facts_of(case)
        if members is not None:
            found += claims(persona, case, facts, members, rest)
        found += other_levels(persona, facts)
    found += contradictions(persona)
    if persona.n < MIN_MEMBERS:
        found.append(
            ("", _("Too few customers"), too_few(persona.n),
             _("Take a larger segment, or call it a case study."), "small")
        )  # fmt: skip
    found += _assumed(persona)
    found += _shares(persona, min_share)
    if case is not None:
        found += quote(persona, case, members)
    found += _missing(persona)
    found += _reworded(persona)
    found += _reasons(persona)
    found += protected(persona)
    return pd.DataFrame(found, columns=COLUMNS)


def other_case(persona: Persona, name: str) -> str:
    """Say that a persona belongs to another case.

    Parameters
    ----------
    persona : Persona
        The persona.
    name : str
        The case at hand.

    Returns
    -------
    str
    """
    return _(
        'The persona {persona!r} was made from the case {own!r}, not from {other!r}: its numbers '
        'say nothing about other customers. Load its case with load_case("{own}").'
    ).format(persona=persona.name, own=persona.case, other=name)  # fmt: skip


def _assumed(persona: Persona) -> list[tuple]:
    return [
        (trait.id, _("Assumed: “{text}”").format(text=trait.text),
             _("No data stand behind it."),
             _("Name the table and column that could show it, ask customers, or drop it."),
             "assumed")
        for trait in persona.traits
        if trait.evidence is None
    ] + [
        (own.id, _("Assumed: “{text}”").format(text=own.text),
             _("In its place the data say: {sentence}.").format(sentence=drafted.sentence())
             if drafted else _("No data stand behind it."),
             _("Bring the drafted line back, or name the data that show it."), "assumed")
        for own, drafted in (
            (persona.own_role, persona.role), (persona.own_value, persona.value)
        )
        if own is not None
    ]  # fmt: skip


def _shares(persona: Persona, min_share: float) -> list[tuple]:
    return [
        (trait.id, _("Holds for {share} % of the segment only").format(
                 share=f"{100 * trait.share:.0f}"),
             _("You asked for at least {least} %: most members are not like this.").format(
                 least=f"{100 * min_share:.0f}"),
             _("Drop it, or say how many: “{share} % …”.").format(share=f"{100 * trait.share:.0f}"),
             "share")
        for trait in persona.traits
        if trait.share is not None and trait.share < min_share
    ]  # fmt: skip


def _missing(persona: Persona) -> list[tuple]:
    return [
        ("", _("Missing dimension: {dimension}").format(dimension=dimension_word(dimension)),
             _("No line of the card speaks of it."),
             _("Look in the trait table for one with evidence; if there is none, leave it empty "
               "and say so."), "missing")
        for dimension in DIMENSIONS
        if not persona.by_dimension(dimension)
    ]  # fmt: skip


def _reworded(persona: Persona) -> list[tuple]:
    return [
        (trait.id, _("Reworded by {who}").format(who=trait.edited_by),
             _("The evidence is still: {sentence}.").format(sentence=trait.sentence()),
             _("Read both: does the line say more than the numbers?"), "reworded")
        for trait in persona.traits
        if trait.evidence and trait.edited_by
    ]  # fmt: skip


def _reasons(persona: Persona) -> list[tuple]:
    """Find suggestions, headline or message whose reason is gone or assumed."""
    strength = {trait.id: trait.strength for trait in persona.traits}
    found = []
    for one in persona.suggestions:
        if not any(strength.get(key, "assumed") != "assumed" for key in one.because):
            found.append(
                ("", _("Suggestion without a reason: “{text}”").format(text=one.text),
                     _("It rests on no trait with evidence."),
                     _("Drop it, or test it on a few customers first."), "reason")
            )  # fmt: skip
    for because, problem in (
        (persona.headline_because, _("The headline rests on a line that is gone")),
        (persona.message_because, _("The message rests on a line that is gone")),
    ):
        if not all(key in strength for key in because):
            why = _("It was drafted from {n} lines, and not all of them are still on the card.")
            found.append(
                ("", problem, why.format(n=len(because)), _("Write it anew."), "reason")
            )  # fmt: skip
    return found
