"""Checks of the words on a card: persons, stereotypes, contradictions."""

from __future__ import annotations

import re

from custlab.i18n import _
from custlab.persona._facts import Facts
from custlab.persona._protected import PROTECTED, Attribute, attribute_word
from custlab.persona.model import Persona, Trait

# Things that identify a person: keys of the course's cases, e-mail addresses, phone numbers.
PERSONAL = r"\b[A-Z]-[CPOI]\d{5,6}\b|[\w.+-]+@[\w-]+\.\w+|\b1[3-9]\d{9}\b"
MORE = r"\b(?:more|older|larger|longer|often|mostly|always|higher|prefers?|loves?)\b"
LESS = r"\b(?:less|fewer|younger|smaller|shorter|seldom|rarely|never|not|no|lower|avoids?|hates?)\b"


def _own_words(persona: Persona) -> list[tuple[str, str]]:
    """Give what a person may have written: (trait id or "", text)."""
    card = [("", persona.name), ("", persona.headline), ("", persona.message)]
    traits = [(t.id, t.text) for t in persona.traits if t.evidence is None or t.edited_by]
    return [(key, text) for key, text in [*card, *traits] if text]


def personal(persona: Persona) -> list[tuple]:
    """Find what leads to one customer: keys, addresses, numbers."""
    texts = [*_own_words(persona), *((trait.id, trait.note) for trait in persona.traits)]
    if persona.quote:
        texts.append(("", persona.quote.text))
    return [
        (key, _("Points to a person: {found}").format(found=match.group(0)),
             _("A card is shown to many; a key, an address or a number leads to one customer."),
             _("Take it out."), "id")
        for key, text in texts
        if (match := re.search(PERSONAL, text))
    ]  # fmt: skip


def stereotypes(persona: Persona) -> list[tuple]:
    """Flag protected attributes that no trait with evidence supports."""
    found = []
    for attribute in PROTECTED:
        backed = _backed(persona, attribute)
        for key, text in _own_words(persona):
            word = attribute.found_in(text)
            if not word or backed or _said_by_data(persona, key, word):
                continue
            found.append(
                (key, _("Stereotype? “{word}” speaks of {attribute}").format(
                         word=word, attribute=attribute_word(attribute.name)),
                     _("No trait of this card gives evidence on {attribute}, and it is a "
                       "protected attribute.").format(attribute=attribute_word(attribute.name)),
                     _("Take the word out, or show with data that it is true and matters."),
                     "stereotype")
            )  # fmt: skip
    for trait in persona.traits:
        of = [one for one in PROTECTED if trait.evidence and trait.evidence.column in one.columns]
        if of and trait.strength == "weak":
            name = attribute_word(of[0].name)
            found.append(
                (trait.id, _("Protected attribute ({attribute}) on weak evidence").format(
                         attribute=name),
                     _("A difference of this size is found among random customers too."),
                     _("Leave it out: what they do and want serves as well."), "stereotype")
            )  # fmt: skip
    return found


def _backed(persona: Persona, attribute: Attribute) -> bool:
    sure = (trait.evidence for trait in persona.traits if trait.strength in ("strong", "moderate"))
    return any(evidence.column in attribute.columns for evidence in sure)


def _said_by_data(persona: Persona, key: str, word: str) -> bool:
    """Say whether an untouched trait with evidence holds the very word."""
    texts = (t.text for t in persona.traits if t.evidence and not t.edited_by and t.id != key)
    return any(word.casefold() in text.casefold() for text in texts)


def other_levels(persona: Persona, facts: Facts) -> list[tuple]:
    """Find own words that name another category than the data do."""
    found = []
    levels: dict = {}
    for fact in facts.facts:
        if fact.statistic == "share":
            levels.setdefault((fact.table, fact.column), []).append(fact.level)
    for trait in persona.traits:
        evidence = trait.evidence
        if evidence is None or evidence.effect <= 0 or (trait.share or 0) <= 0.5:
            continue
        if evidence.column in ("action", "line", "category"):  # these do not exclude each other
            continue
        others = set(levels.get((evidence.table, evidence.column), ())) - {evidence.level}
        for key, text in _own_words(persona):
            named = [one for one in sorted(others) if len(one) > 2 and _names(text, one)]
            if named and key and key != trait.id:
                found.append(
                    (key, _("Contradiction: “{named}”").format(named=named[0]),
                         _("The data say: {sentence}").format(sentence=trait.sentence()),
                         _("Drop the line, or show data for it."), "contradiction")
                )  # fmt: skip
    return found


def _names(text: str, level: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(level)}(?!\w)", text, re.IGNORECASE) is not None


def contradictions(persona: Persona) -> list[tuple]:
    """Find pairs of traits that cannot both be true, and lines that are there twice."""
    found = []
    for place, second in enumerate(persona.traits):
        for first in persona.traits[:place]:
            if first.id == second.id or first.text.casefold() == second.text.casefold():
                found.append(
                    (second.id, _("The same line twice"), first.text, _("Remove one."),
                         "contradiction")
                )  # fmt: skip
            elif _opposed(first, second):
                found.append(
                    (second.id, _("Contradiction: “{text}”").format(text=second.text),
                         _("Another line says: “{text}”").format(text=first.text),
                         _("Keep the one with evidence; with evidence for neither, keep none."),
                         "contradiction")
                )  # fmt: skip
    return found


def _opposed(first: Trait, second: Trait) -> bool:
    one, other = first.evidence, second.evidence
    if one and other:
        same = (one.table, one.column, one.level) == (other.table, other.column, other.level)
        return same and one.effect * other.effect < 0
    if one and other and not (first.edited_by or second.edited_by):
        return False
    return _polarity(first.text) * _polarity(second.text) < 0 and _same_topic(first, second)


def _polarity(text: str) -> int:
    more, less = re.search(MORE, text, re.IGNORECASE), re.search(LESS, text, re.IGNORECASE)
    return 0 if bool(more) == bool(less) else (1 if more else -1)


def _same_topic(first: Trait, second: Trait) -> bool:
    topics = [
        set(re.findall(r"\w{3,}", re.sub(f"{MORE}|{LESS}", " ", trait.text.casefold())))
        - {"than", "them", "they", "others", "other", "customers", "the", "and", "for", "average"}
        for trait in (first, second)
    ]
    shared = len(topics[0] & topics[1])
    return shared > 0 and shared >= min(len(topics[0]), len(topics[1])) / 3
