"""Free text: read and marked by a person, with a rubric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from custlab.exercises.expect import count_words
from custlab.exercises.kinds.base import Question, kind
from custlab.exercises.values import UnfitAnswer
from custlab.i18n import _


@kind
@dataclass
class FreeText(Question):
    """A few sentences; a guide to the length, and what a good answer holds."""

    kind = "free_text"
    by_hand = True
    min_words: int = 0
    max_words: int = 0
    rubric: tuple[str, ...] = ()

    @staticmethod
    def ask(
        sheet: Any,
        id: str,
        prompt: str,
        *,
        min_words: int = 0,
        max_words: int = 0,
        rubric: Sequence[str] = (),
        key: str | None = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for a few sentences; ``key`` is a model answer to compare with, shown afterwards."""
        spec = {"min_words": min_words, "max_words": max_words, "rubric": tuple(rubric)}
        sheet._ask("free_text", id, prompt, key, None, hints, **spec)

    def inputs(self, w: Any, report: Any) -> Any:
        """Give a text field, and above it how much is asked for."""
        text = w.Textarea(
            placeholder=_("Write your answer here"), rows=6, layout=w.Layout(width="99%")
        )
        made = w.single(text, report, blank="", read=lambda: text.value or None)
        made.box = w.VBox([w.note(self._guide()), text])
        return made

    def _guide(self) -> str:
        if self.min_words and self.max_words:
            return _("Your text: {low} to {high} words").format(
                low=self.min_words, high=self.max_words
            )
        if self.min_words:
            return _("Your text: at least {low} words").format(low=self.min_words)
        return _("Your text")

    def example(self) -> str:
        """Give a text."""
        return "…"

    def fit(self, value: Any) -> str:
        """Accept text."""
        if not isinstance(value, str):
            raise UnfitAnswer(_("The answer should be text."))
        return value

    def _whole(self, value: Any) -> bool:
        return count_words(value) >= max(self.min_words, 1)
