"""What the templates of cards need: words, escaped texts, the numbers of the lines."""

from __future__ import annotations

import os
import re
from functools import partial
from html import escape
from itertools import count

from markupsafe import Markup

from custlab.cases import CASE_NAMES
from custlab.i18n import _
from custlab.persona import phrases
from custlab.persona.card_parts import DIMENSIONS, Evidence, Trait
from custlab.persona.persona import Persona
from custlab.persona.portraits import portrait

# A number stays on the line of its unit.
UNBROKEN = re.compile(r"(?<=\d) (?=%|[A-Z]{3}\b)|(?<=\bn) (?==)|(?<==) (?=\d)|(?<=\brest) (?=\d)")
HAN = re.compile(r"[\u3400-\u9fff]+")

_numbers = count(1)


class CardLayout:
    """A card about to be written; its lines are numbered in the order in which they stand on it.

    Parameters
    ----------
    persona : Persona
        Whose card.
    level : int
        Level of the heading that holds the name; the dimensions stand one below.
    fallen : container of str
        Ids of traits that are struck out.

    Attributes
    ----------
    id : str
        The card's own id in the page.
    place : dict
        The number of each trait, by its id.
    """

    columns = (DIMENSIONS[:2], DIMENSIONS[2:])

    def __init__(self, persona: Persona, level: int, fallen=()):
        self.persona, self.level, self.fallen = persona, level, fallen
        self.below = min(level + 1, 6)
        self.id = f"cp{next(_numbers)}"
        order = [trait for name in DIMENSIONS for trait in persona.by_dimension(name)]
        self.place = {trait.id: place for place, trait in enumerate(order, start=1)}
        # The course's own cases, in which no real person is.
        self.simulated = persona.case in CASE_NAMES

    def places(self, because: tuple[str, ...]) -> list[int]:
        """Give the numbers of the lines that something rests on."""
        found = [self.place[key] for key in because if key in self.place]
        return list(dict.fromkeys(found))

    def because(self, trait: Trait) -> str:
        """Say what a line rests on, and who wrote it if it was not the data."""
        if not trait.edited_by:
            return trait.sentence()
        template = (
            _("{evidence} · worded by {name}")
            if trait.evidence
            else _("{evidence} · added by {name}")
        )
        return template.format(evidence=trait.sentence(), name=trait.edited_by)

    def bar(self, evidence: Evidence) -> tuple[float, float]:
        """Give where a share in the segment and that in the rest stand, 0 to 100."""
        own, rest = (max(0.0, min(1.0, share)) for share in (evidence.value, evidence.rest))
        return 100 * own, 100 * rest


def language() -> str:
    """Give the language of the course's own words, as HTML names it.

    Returns
    -------
    str
        Such as "en" or "zh-CN".
    """
    return (os.environ.get("CUSTLAB_LANG") or "en").split(".")[0].replace("_", "-")


def escaped(words: object, lang: str = "en") -> Markup:
    """Escape what somebody wrote; Chinese in a card of another language is marked as such.

    The mark makes browsers take Chinese rather than Japanese glyphs, and screen readers speak it.

    Parameters
    ----------
    words : object
        The text.
    lang : str
        The language of the card.

    Returns
    -------
    Markup
        A piece of HTML.

    Examples
    --------
    >>> print(escaped("<b>Li</b> 李伟"))
    &lt;b&gt;Li&lt;/b&gt; <span lang="zh">李伟</span>
    """
    if isinstance(words, Markup):
        return words
    safe = escape(UNBROKEN.sub("\u00a0", str(words)))
    if not lang.startswith("zh"):
        safe = HAN.sub(lambda han: f'<span lang="zh">{han[0]}</span>', safe)
    return Markup(safe)


def template_words(lang: str = "") -> dict:
    """Give what the templates of cards call: the vocabulary, and texts in the card's language.

    Parameters
    ----------
    lang : str, optional
        Language of the card; the course's by default.

    Returns
    -------
    dict
        Values for :func:`custlab.templates.render`.
    """
    lang = lang or language()
    names = ("area_word", "dimension_word", "kind_word", "number", "percent", "strength_word")
    words = {name: getattr(phrases, name) for name in names}
    words |= {"lang": lang, "text": partial(escaped, lang=lang), "portrait": portrait}
    return words | {"dots": phrases.DOTS}
