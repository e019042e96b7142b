"""The message of a draft: what to tell customers, from the lines that set them apart most.

A message has two sentences at most: a lead from the need that stands out (or, where none does,
from what they say of themselves or from a pain point), and a second one. In a set the second
sentence is chosen so that personas with the same lead are told different things, if their cards
give reason for it; where they do not, the message stays shared, and the set says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from custlab.i18n import _
from custlab.persona.card_parts import Trait
from custlab.persona.evidence_rule import SURE
from custlab.persona.headline import WANTED
from custlab.persona.persona import Persona
from custlab.persona.phrases import way_words


@dataclass(frozen=True)
class Idea:
    """Something to tell customers, and why.

    Parameters
    ----------
    key : tuple
        Column, level and direction: two personas with the same key are told the same.
    lead, second : str
        As the first sentence, and as the second; "" if it makes none.
    trait : str
        Id of the line that it follows from.
    weak : bool
        Whether that line's evidence is weak.
    """

    key: tuple
    lead: str
    second: str
    trait: str
    weak: bool


def with_messages(personas: tuple[Persona, ...]) -> tuple[Persona, ...]:
    """Draft the message of each persona so that it says what only this one needs to hear.

    Parameters
    ----------
    personas : tuple of Persona
        One, or all of a set.

    Returns
    -------
    tuple of Persona
        With ``message`` and ``message_because``.
    """
    ideas = [ideas_of(persona) for persona in personas]
    leads = [_lead(own) for own in ideas]
    drafted = []
    for place, persona in enumerate(personas):
        # What others with the same lead could be told as well makes no difference.
        shared = {
            idea.key
            for other, told in enumerate(ideas)
            if other != place and _same_lead(leads[other], leads[place])
            for idea in told
        }
        told = _chosen(ideas[place], shared)
        message = " ".join([told[0].lead, *(idea.second for idea in told[1:])]) if told else ""
        because = tuple(idea.trait for idea in told)
        said = message or _("Tell us what matters most to you, and we start from there.")
        drafted.append(replace(persona, message=said, message_because=because))
    return tuple(drafted)


def _same_lead(one: Idea | None, other: Idea | None) -> bool:
    return one is not None and other is not None and one.key == other.key


def _lead(ideas: list[Idea]) -> Idea | None:
    return next((idea for idea in ideas if idea.lead), None)


def _chosen(ideas: list[Idea], shared: set) -> list[Idea]:
    """Choose a lead, and a second idea: a sure one before one of one's own."""
    lead = _lead(ideas)
    if lead is None:
        return []
    seconds = [idea for idea in ideas if idea.second and idea is not lead]
    seconds.sort(key=lambda idea: (idea.weak, idea.key in shared))  # stable: evidence decides
    return [lead, *seconds[:1]]


def ideas_of(persona: Persona) -> list[Idea]:
    """List what could be told to customers like this persona, the best reason first.

    Parameters
    ----------
    persona : Persona
        Its lines.

    Returns
    -------
    list of Idea
        Of lines with evidence: what matters more, then how they think, what hurts, what matters
        less, and where they order; weak evidence after all else.
    """
    found = []
    for trait in persona.traits:
        if trait.evidence and (said := _said(trait)):
            rank, lead, second = said
            column, level = trait.evidence.column, trait.evidence.level
            key = (column, level, trait.evidence.effect > 0)
            # What is clearly wanted makes a better lead than what is merely wanted more.
            clear = rank == 0 and trait.evidence.value >= WANTED
            weak = trait.strength not in SURE
            found.append(((weak, rank, not clear), Idea(key, lead, second, trait.id, weak)))
    found.sort(key=lambda one: one[0])
    return [idea for _order, idea in found]


def _said(trait: Trait) -> tuple[int, str, str] | None:
    """Give rank, lead and second sentence of one line."""
    column, level = trait.evidence.column, trait.evidence.level
    more = trait.evidence.effect > 0
    if column.startswith("need_"):
        item = column.removeprefix("need_")
        said = (_needs() if more else _needs_less()).get(item)
        return (0 if more else 3, *said) if said else None
    if column.startswith("lifestyle_") and more:
        said = _lifestyles().get(column.removeprefix("lifestyle_"))
        return (1, *said) if said else None
    if trait.kind == "pain point":
        said = _pains().get((column, level)) or _pains().get((column.split("_")[-1], "rate"))
        return (2, *said) if said else None
    if (trait.evidence.table, column) == ("orders", "channel") and more:
        return 4, "", _("You can order {where}.").format(where=way_words(level))
    return None


def _needs() -> dict[str, tuple[str, str]]:
    """Give lead and second sentence for a need that matters more."""
    return {
        "price": (_("The full price in one line, and what you save with it."),
                  _("And the price stays low.")),
        "quality": (_("Built to last, and we show you how we test it."), _("Made to last.")),
        "service": (_("One person who answers, until it works."),
                    _("If something is wrong, one person answers.")),
        "design": (_("Made to look right in the place where you use it."),
                   _("And it looks right where you use it.")),
        "innovation": (_("The newest generation, explained in three sentences and ready to try."),
                       _("With the newest technology in it.")),
        "delivery": (_("Ordered today, and you know when it arrives."),
                     _("And you know when it arrives.")),
        "ease": (_("Works from the first minute, without a manual."), _("No manual needed.")),
        "security": (_("Safe by design, with the certificates to prove it."),
                     _("Safe by design.")),
    }  # fmt: skip


def _needs_less() -> dict[str, tuple[str, str]]:
    """Give lead and second sentence for a need that matters less."""
    return {
        "price": (_("Not the cheapest, and we tell you why."),
                  _("Not the cheapest, and we tell you why.")),
        "service": (_("Do it all yourself, at any hour."), _("You can do it all yourself.")),
        "design": (_("Plain, and it does its work."), _("No frills, no extra cost.")),
        "innovation": (_("Proven technology, nothing to get used to."),
                       _("Proven technology, nothing to get used to.")),
        "delivery": (_("No hurry: you choose the day."), _("You choose the day.")),
        "ease": (_("All functions, for those who know what they are doing."),
                 _("With all functions, for those who know what they are doing.")),
    }  # fmt: skip


def _lifestyles() -> dict[str, tuple[str, str]]:
    """Give lead and second sentence for what they agree with more."""
    return {
        "trends": (_("What is new this season, seen here first."),
                   _("See here first what is new this season.")),
        "family": (_("One thing less to think about, and more time for the family."),
                   _("And more time for the family.")),
        "thrift": (_("See what you save before you buy."), _("With tips that save you more.")),
        "health": (_("What it does for your health, with the sources."),
                   ""),
        "status": (_("A result that you can show."), _("A result that you can show.")),
        "technology": (_("How it works inside, told by those who built it."),
                       _("If you like, see how it works inside.")),
        "home": (_("For a place where you like to be."), _("For a place where you like to be.")),
        "work": (_("Done in minutes, so that you can get on with your work."),
                 _("Done in minutes, so that you can get on with your work.")),
    }  # fmt: skip


def _pains() -> dict[tuple[str, str], tuple[str, str]]:
    """Give lead and second sentence for where it hurts."""
    return {
        ("action", "asks for help"): (
            _("Help that answers at the first call."), _("And help at the first call.")),
        ("action", "reports fault"): (
            _("If it fails, we repair it at once."), _("If it fails, we repair it at once.")),
        ("action", "complains"): (
            _("Tell us what went wrong, and see what we change."),
            _("Tell us what went wrong, and see what we change.")),
        ("returned", "true"): (
            _("What it is and what it is not: size, fit and limits before you order."),
            _("With size, fit and limits before you order.")),
        ("ended_on", "ended"): (
            _("Tell us what was missing when you left, and see what is there now."), ""),
        ("price", "rate"): (
            _("See what you get for the price."), _("See what you get for the price.")),
        ("quality", "rate"): (_("See how we test it."), _("See how we test it.")),
        ("innovation", "rate"): (
            _("Look again: this is what is new."), _("Look again: this is what is new.")),
        ("design", "rate"): (
            _("Look again: this is the new design."), _("Look again: this is the new design.")),
        ("service", "rate"): (
            _("Try our service again, and tell us what you think."),
            _("Try our service again, and tell us what you think.")),
        ("delivery", "rate"): (_("You know when it arrives."), _("You know when it arrives.")),
    }  # fmt: skip
