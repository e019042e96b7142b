"""What every kind of question has in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from custlab.exercises.values import UnfitAnswer, as_mapping, is_blank
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
    """Give an option's id, told by its id or its label; or say which options there are.

    Examples
    --------
    >>> known("The mother", {"a": "The father", "b": "The mother"})
    'b'
    """
    if isinstance(choice, str):
        if choice in options:
            return choice
        by_label = {label.strip().casefold(): name for name, label in options.items()}
        if choice.strip().casefold() in by_label:
            return by_label[choice.strip().casefold()]
    raise UnfitAnswer(
        _("There is no “{choice}” here. There are: {options}.").format(
            choice=str(choice)[:40], options=", ".join(options)
        )
    )


def filled_rows(value: Any, names: dict[str, str]) -> dict[str, Any]:
    """Give the parts of an answer that are not blank, in the order in which the question asks.

    Parameters
    ----------
    value : dict
        {row, item or field: value}, told by id or label.
    names : dict of str to str
        The ids with their labels.
    """
    given = {
        known(name, names): part for name, part in as_mapping(value).items() if not is_blank(part)
    }
    return {name: given[name] for name in names if name in given}


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
