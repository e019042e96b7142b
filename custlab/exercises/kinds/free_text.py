"""Free text: read and marked by a person, with a rubric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from custlab.exercises.expect import count_words
from custlab.exercises.kinds.base import Question
from custlab.exercises.values import UnfitAnswer
from custlab.i18n import _


@dataclass
class FreeText(Question):
    """A few sentences; a guide to the length, and what a good answer holds."""

    kind = "free_text"
    min_words: int = 0
    max_words: int = 0
    rubric: tuple[str, ...] = ()

    def fit(self, value: Any) -> str:
        """Accept text."""
        if not isinstance(value, str):
            raise UnfitAnswer(_("The answer should be text."))
        return value

    def _whole(self, value: Any) -> bool:
        return count_words(value) >= max(self.min_words, 1)

    def example(self) -> str:
        """Give a text."""
        return "…"
