"""Checks of the words on a card: persons, stereotypes, contradictions."""

from __future__ import annotations

import re

from custlab.i18n import _
from custlab.persona.card_parts import Trait
from custlab.persona.facts import Facts
from custlab.persona.persona import Persona
from custlab.persona.phrases import strength_word
from custlab.persona.protected import PROTECTED, Attribute, attribute_word, plain_words

# Things that identify a person: keys of the course's cases, e-mail addresses, phone numbers.
PERSONAL = r"\b[A-Z]-[CPOI]\d{5,6}\b|[\w.+-]+@[\w-]+\.\w+|\b1[3-9]\d{9}\b"
MORE = r"\b(?:more|older|larger|longer|often|mostly|always|higher|prefers?|loves?)\b"
LESS = r"\b(?:less|fewer|younger|smaller|shorter|seldom|rarely|never|not|no|lower|avoids?|hates?)\b"


def _own_words(persona: Persona) -> list[tuple[str, str]]:
    """Give what a person may have written: (trait id or "", text)."""
    card = [("", persona.name), ("", persona.headline), ("", persona.message)]
    own = [line for line in (persona.own_role, persona.own_value) if line]
    traits = [t for t in persona.traits if t.evidence is None or t.edited_by]
    return [
        (key, text) for key, text in [*card, *((t.id, t.text) for t in [*own, *traits])] if text
    ]


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
    """Flag protected attributes that no line with evidence supports."""
    found = []
    for key, text in _own_words(persona):
        for attribute in PROTECTED:
            word = _unsupported(persona, key, text, attribute)
            if word:
                found.append(_stereotype(key, word, attribute_word(attribute.name)))
    for trait in _with_evidence(persona):
        attribute = spoken_of(trait)
        if attribute and trait.strength not in attribute.needs:
            name = attribute_word(attribute.name)
            found.append(
                (trait.id, _("Protected attribute ({attribute}) on {strength} evidence").format(
                         attribute=name, strength=strength_word(trait.strength)),
                     _("The data say: {sentence}.").format(sentence=trait.sentence()),
                     _("Leave it out: what they do and want serves as well."), "stereotype")
            )  # fmt: skip
    return found


def _stereotype(key: str, word: str, name: str) -> tuple:
    return (
        key, _("Stereotype? “{word}” speaks of {attribute}").format(word=word, attribute=name),
        _("No trait of this card gives evidence on {attribute} that says so, and it is a "
          "protected attribute.").format(attribute=name),
        _("Take the word out, or show with data that it is true and matters."), "stereotype",
    )  # fmt: skip


def protected(persona: Persona) -> list[tuple]:
    """List the lines that speak of a protected attribute on evidence: true, and still to weigh."""
    return [
        (trait.id, _("Speaks of {attribute}: “{text}”").format(
                 attribute=attribute_word(attribute.name), text=trait.text),
             _("It is a protected attribute. The data say: {sentence}.").format(
                 sentence=trait.sentence()),
             _("Keep it only if the decision needs it and the law allows it."), "protected")
        for trait in _with_evidence(persona)
        if (attribute := spoken_of(trait)) and trait.strength in attribute.needs
    ]  # fmt: skip


def _with_evidence(persona: Persona) -> list[Trait]:
    """Give the drafted lines, and the role unless a person has written another."""
    role = persona.role if persona.own_role is None else None
    return [trait for trait in (*persona.traits, role) if trait and trait.evidence]


def spoken_of(trait: Trait) -> Attribute | None:
    """Give the protected attribute that a line with evidence speaks of, if any."""
    by_column = (one for one in PROTECTED if trait.evidence.column in one.columns)
    if trait.dimension != "role":
        return next(by_column, None)
    return next((one for one in PROTECTED if one.found_in(trait.text)), None)


def _unsupported(persona: Persona, key: str, text: str, attribute: Attribute) -> str:
    """Give the first word on an attribute that nothing on the card supports, or ""."""
    sure = [
        trait.evidence for trait in _with_evidence(persona) if trait.strength in attribute.needs
    ]
    for sense in attribute.senses:
        word = sense.found_in(text)
        backed = any(sense.supported_by(evidence, word) for evidence in sure)
        if word and not backed and not _said_by_data(persona, key, word):
            return word
    return ""


def _said_by_data(persona: Persona, key: str, word: str) -> bool:
    """Say whether an untouched line of data holds the very word, such as the "family" range."""
    return any(
        f" {word} " in plain_words(trait.text)
        for trait in persona.traits
        if trait.evidence and not trait.edited_by and trait.id != key and not spoken_of(trait)
    )


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
                         _("The data say: {sentence}.").format(sentence=trait.sentence()),
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
