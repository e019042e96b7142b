"""What every kind of question has in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from custlab.exercises.values import UnfitAnswer, is_blank
from custlab.i18n import _


@dataclass
class Question:
    """A question as it is put to the learner: never with its key.

    Attributes
    ----------
    id : str
        The question's name on its sheet, for example ``who-decides``.
    prompt : str
        What is asked, in Markdown.
    """

    kind: ClassVar[str] = ""
    id: str
    prompt: str = field(repr=False)

    def fit(self, value: Any) -> Any:
        """Give the value in this question's form, or say in an `UnfitAnswer` why it cannot be."""
        raise NotImplementedError

    def is_complete(self, value: Any) -> bool:
        """Tell whether nothing is left to answer; a value that does not fit is not complete."""
        if is_blank(value):
            return False
        try:
            return self._whole(self.fit(value))
        except UnfitAnswer:
            return False

    def words(self, value: Any) -> str:
        """Say an answer in words, for the receipt and for those who mark by hand."""
        if is_blank(value):
            return ""
        try:
            return self._say(self.fit(value))
        except UnfitAnswer:
            return str(value)[:200]

    def _whole(self, value: Any) -> bool:
        return True

    def _say(self, value: Any) -> str:
        return str(value)

    def example(self) -> Any:
        """Give a value that would fit, to show how this question is answered by code."""
        raise NotImplementedError


def known(choice: Any, options: dict[str, str]) -> str:
    """Pass an option's id on, or say which options there are."""
    if not isinstance(choice, str) or choice not in options:
        raise UnfitAnswer(
            _("“{choice}” is not an option here. The options are: {options}.").format(
                choice=str(choice)[:40], options=", ".join(options)
            )
        )
    return choice


def labelled(options: Any) -> dict[str, str]:
    """Read options given as {id: label} or as a plain list of labels, which then name themselves.

    Examples
    --------
    >>> labelled(["user", "buyer"])
    {'user': 'user', 'buyer': 'buyer'}
    """
    if isinstance(options, dict):
        return {str(name): str(label) for name, label in options.items()}
    return {str(label): str(label) for label in options}
