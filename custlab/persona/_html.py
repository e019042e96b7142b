"""Small pieces of HTML that the card, the set and the page share. All text is escaped here."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from html import escape
from pathlib import Path

from custlab.i18n import _
from custlab.persona._words import percent, strength_word

__all__ = ["bar", "language", "legend", "mark", "percent", "stylesheet", "text"]

DOTS = {"strong": "●●●", "moderate": "●●○", "weak": "●○○", "assumed": "○○○"}
# A number stays on the line of its unit.
UNBROKEN = re.compile(r"(?<=\d) (?=%|[A-Z]{3}\b)|(?<=\bn) (?==)|(?<==) (?=\d)|(?<=\brest) (?=\d)")
HAN = re.compile(r"[\u3400-\u9fff]+")


@lru_cache(maxsize=1)
def stylesheet() -> str:
    """Give the cards' style sheet."""
    return (Path(__file__).parent / "card.css").read_text(encoding="utf-8")


def language() -> str:
    """Give the language of the course's own words, as HTML names it."""
    return (os.environ.get("CUSTLAB_LANG") or "en").split(".")[0].replace("_", "-")


def text(words: object, lang: str = "en") -> str:
    """Escape what somebody wrote; Chinese in a card of another language is marked as such.

    The mark makes browsers take Chinese rather than Japanese glyphs, and screen readers speak it.

    >>> text("<b>Li</b> 李伟")
    '&lt;b&gt;Li&lt;/b&gt; <span lang="zh">李伟</span>'
    """
    safe = escape(UNBROKEN.sub("\u00a0", str(words)))
    if lang.startswith("zh"):
        return safe
    return HAN.sub(lambda found: f'<span lang="zh">{found[0]}</span>', safe)


def mark(strength: str) -> str:
    """Show a strength as filled dots; the word stands beside it in the evidence."""
    words = escape(_("Evidence: {strength}").format(strength=strength_word(strength)))
    dots = DOTS.get(strength, "○○○")
    return (
        f'<span class="cp-mark" role="img" aria-label="{words}" title="{words}">'
        f'<span aria-hidden="true">{dots}</span></span>'
    )


def legend() -> str:
    """Say what the dots mean."""
    return " · ".join(
        f'<span class="cp-mark" aria-hidden="true">{dots}</span> {escape(strength_word(name))}'
        for name, dots in DOTS.items()
    )


def bar(value: float, rest: float) -> str:
    """Draw a share of the segment as a bar, with a tick where the rest stands."""
    own, other = (max(0.0, min(1.0, share)) * 100 for share in (value, rest))
    return (
        '<svg class="cp-bar" viewBox="0 0 100 7" preserveAspectRatio="none" aria-hidden="true">'
        '<rect y="2.5" width="100" height="2" fill="var(--cp-line)"/>'
        f'<rect y="2" width="{own:.1f}" height="3" fill="var(--cp-ink-2)"/>'
        f'<path d="M{other:.1f} 0v7" stroke="var(--cp-tick)" stroke-width="3" '
        'vector-effect="non-scaling-stroke"/></svg>'
    )
