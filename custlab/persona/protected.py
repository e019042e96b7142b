"""Attributes that a persona must not carry without evidence, and the words that give them away.

The list (``protected_words.yml``) follows what the law protects most widely (sex, age, origin,
family status, health, belief: article 21 of the EU Charter of Fundamental Rights, article 9 of the
GDPR, article 28 of China's Personal Information Protection Law) and adds income and education, on
which marketing stereotypes feed. :func:`protected_words` shows it as a table.

What a list of words can do and cannot:

- It finds whole words and phrases, in English and Chinese, whatever their case and whatever stands
  between them. English plurals are found too. Chinese has no spaces, so there a term is found
  within longer ones, but for a few that mean something else (``harmless`` in the list).
- It does not understand. "Wears lipstick", a first name, a photo or a quotation say a gender
  without a word of the list; "the old invoice system of a family firm" says none and is flagged.
- Evidence lifts a flag only if it says what the word says: that customers are younger lifts
  "young", not "elderly"; that most are women does not make them "mothers".
- Reading the card, with somebody of whom it speaks, is still needed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd
import yaml

from custlab.i18n import _
from custlab.persona.card_parts import Evidence
from custlab.persona.evidence_rule import SURE

HAN = r"[\u3400-\u9fff]"
# The column on which the line "who decides" rests; its level is the decider's title.
ROLE_COLUMN = "action"


def plain_words(text: object) -> str:
    """Bring a text into the form in which words are looked up: no case, no punctuation.

    Parameters
    ----------
    text : object
        Any text.

    Returns
    -------
    str
        Words between single spaces, with a space at either end; Chinese stands apart from Latin
        letters.

    Examples
    --------
    >>> plain_words("Well-off  MOTHERS!"), plain_words("年轻mum")
    (' well off mothers ', ' 年轻 mum ')
    """
    folded = unicodedata.normalize("NFKC", str(text)).casefold()
    apart = re.sub(rf"({HAN}+)", r" \1 ", folded)
    return " " + " ".join(re.findall(r"[^\W_]+", apart)) + " "


def _pattern(words: str) -> re.Pattern:
    """Turn a list of words into one expression; the longest is tried first."""
    terms = sorted({plain_words(term).strip() for term in words.split(",")}, key=len)[::-1]
    parts = [
        re.escape(term) if re.search(HAN, term) else rf"(?<= ){re.escape(term)}s?(?= )"
        for term in terms
        if term
    ]
    return re.compile("|".join(parts) or r"(?!)")


@lru_cache(maxsize=512)
def _searched(text: str) -> str:
    """Give the words of a text without the harmless phrases; each text is looked through often."""
    return _HARMLESS.sub(" ", plain_words(text))


@dataclass(frozen=True)
class Sense:
    """Something that words may say of a protected attribute, and the evidence that it needs.

    Parameters
    ----------
    says : str
        What the words say.
    words : str
        English and Chinese words and phrases, with commas between them.
    columns : tuple of str
        Columns of a case that can support it; none if nothing can.
    levels : tuple of str
        The levels that the evidence may be about; none if any will do.
    direction : int
        Of numbers: 1 if the segment must have more, -1 if less, 0 if either will do.
    """

    says: str
    words: str
    columns: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    direction: int = 0

    @cached_property
    def _expression(self) -> re.Pattern:
        return _pattern(self.words)

    def found_in(self, text: object) -> str:
        """Give the first word of the text that says it, or ""."""
        match = self._expression.search(_searched(str(text)))
        return match.group(0) if match else ""

    def supported_by(self, evidence: Evidence, word: str) -> bool:
        """Say whether evidence speaks of the same thing, and in the same direction."""
        if evidence.column not in self.columns:
            return False
        if evidence.column == ROLE_COLUMN:  # who decides: the title must be the very word
            return word in (evidence.level, f"{evidence.level}s") and evidence.effect > 0
        right_level = not self.levels or (evidence.level in self.levels and evidence.effect > 0)
        return right_level and (self.direction == 0 or self.direction * evidence.effect > 0)


@dataclass(frozen=True)
class Attribute:
    """A protected attribute.

    Parameters
    ----------
    name : str
        Its key.
    columns : tuple of str
        Columns of a case that hold it.
    senses : tuple of Sense
        What words may say of it.
    needs : tuple of str
        Strengths of evidence with which it may be said.
    """

    name: str
    columns: tuple[str, ...]
    senses: tuple[Sense, ...]
    needs: tuple[str, ...]

    def found_in(self, text: object) -> str:
        """Give the first word of the text that speaks of the attribute, or ""."""
        return next((word for sense in self.senses if (word := sense.found_in(text))), "")


def _read() -> tuple[re.Pattern, tuple[Attribute, ...]]:
    """Read the list."""
    source = Path(__file__).with_name("protected_words.yml").read_text(encoding="utf-8")
    listed = yaml.safe_load(source)
    return _pattern(_words_of(listed["harmless"])), tuple(
        Attribute(
            one["name"], tuple(one.get("columns", ())), tuple(map(_sense, one["senses"])),
            SURE[: 1 + SURE.index(one["needs"])],
        )
        for one in listed["attributes"]
    )  # fmt: skip


def _sense(listed: dict) -> Sense:
    return Sense(
        listed["says"], _words_of(listed), tuple(listed.get("evidence", ())),
        tuple(listed.get("levels", ())), listed.get("direction", 0),
    )  # fmt: skip


def _words_of(listed: dict) -> str:
    return ", ".join(listed[name] for name in ("english", "chinese") if name in listed)


_HARMLESS, PROTECTED = _read()


def protected_words() -> pd.DataFrame:
    """List the words that the check takes for a protected attribute, and what would support them.

    Returns
    -------
    DataFrame
        One row a sense: ``attribute``, ``says``, ``words``, ``evidence`` (columns that could
        support it; none: nothing in a case can) and ``needs`` (strength of that evidence).

    Examples
    --------
    >>> found = protected_words().set_index("says")
    >>> found.loc["female", ["attribute", "evidence", "needs"]].tolist()
    ['gender', 'gender', 'strong']
    """
    rows = [
        {"attribute": attribute_word(one.name), "says": sense.says, "words": sense.words,
         "evidence": ", ".join(sense.columns) or _("none"), "needs": one.needs[-1]}
        for one in PROTECTED
        for sense in one.senses
    ]  # fmt: skip
    return pd.DataFrame(rows)


def attribute_word(name: str) -> str:
    """Name a protected attribute in the learner's language.

    >>> attribute_word("origin")
    'region or origin'
    """
    words = {
        "gender": _("gender"),
        "family role": _("gender and family role"),
        "age": _("age"),
        "income": _("income"),
        "education": _("education"),
        "origin": _("region or origin"),
        "ethnicity": _("ethnicity or nationality"),
        "household": _("household or life stage"),
        "health": _("health"),
        "belief": _("belief or orientation"),
    }
    return words.get(name, name)
