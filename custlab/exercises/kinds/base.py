"""What every kind of question has in common, and the list of all kinds.

A kind is one file of this folder: what it asks for, the check, the right answer in words, the
inputs. A class with ``@kind`` is all that the sheet, the cards, the grader and its pages need.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from custlab.exercises.result import Result
from custlab.exercises.values import UnfitAnswer, as_mapping, is_blank
from custlab.i18n import _

KINDS: dict[str, type[Question]] = {}


def kind(question: type[Question]) -> type[Question]:
    """Add a kind of question to the list; its ``ask`` becomes a method of every sheet."""
    question.ask.__name__ = question.kind
    question.ask.__qualname__ = f"Sheet.{question.kind}"
    KINDS[question.kind] = question
    return question


@dataclass
class Question:
    """A question as it is put to the learner: never with its key.

    Attributes
    ----------
    id : str
        The question's name on its sheet, for example ``who-decides``.
    prompt : str
        What is asked, in Markdown.
    kind : str
        What saved answers and hidden tests call this kind.
    checking : tuple of str
        What authors may tell the check besides the key, such as a tolerance.
    by_hand : bool
        Whether a person marks it: there is no check then.
    keeps_typed : bool
        Whether what was typed is kept and shown even if it cannot be read.
    """

    kind: ClassVar[str] = ""
    checking: ClassVar[tuple[str, ...]] = ()
    by_hand: ClassVar[bool] = False
    keeps_typed: ClassVar[bool] = False
    id: str
    prompt: str = field(repr=False)

    # -- for those who ask ------------------------------------------------------------------

    @classmethod
    def make(cls, id: str, prompt: str, spec: dict[str, Any]) -> tuple[Question, dict[str, Any]]:
        """Make a question of what its author wrote, and keep apart what only its check needs.

        Parameters
        ----------
        id, prompt : str
            As for every question.
        spec : dict
            What else the author told.

        Returns
        -------
        tuple of Question and dict
        """
        checking = {name: spec[name] for name in cls.checking if spec.get(name)}
        shown = {name: value for name, value in spec.items() if name not in cls.checking}
        return cls(id, prompt, **shown), checking

    @staticmethod
    def ask(sheet: Any, id: str, prompt: str, **spec: Any) -> None:
        """Ask it on a sheet: the method that authors call."""
        raise NotImplementedError

    def inputs(self, w: Any, report: Callable[..., None]) -> Any:
        """Make the inputs on the page.

        Parameters
        ----------
        w : module
            `custlab.exercises.widgets.inputs`, which only cards load.
        report : callable
            To be called whenever a person has changed something.

        Returns
        -------
        Inputs
            What is displayed, and how its value is shown and read.
        """
        raise NotImplementedError

    def names(self) -> dict[str, str]:
        """Give the ids that answers use, with their labels."""
        return {}

    @property
    def offered(self) -> list[dict[str, Any]]:
        """What the question lists (rows, options, steps …), each as {id: label}."""
        return [part for part in vars(self).values() if isinstance(part, dict)]

    def letters(self) -> dict[str, str]:
        """Give letters for what can be chosen, which is listed last: {letter: id}."""
        listed = self.offered[-1] if self.offered else {}
        return {chr(ord("a") + n): name for n, name in enumerate(listed)}

    def example(self) -> Any:
        """Give a value that would fit, to show how this question is answered by code."""
        raise NotImplementedError

    # -- answers ----------------------------------------------------------------------------

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

    def as_text(self, value: Any = None, lettered: bool = False) -> str:
        """Say the question in Markdown, with what it offers and the answer, for a printed page.

        Parameters
        ----------
        value : object, optional
            The answer, if there is one.
        lettered : bool
            Whether what can be chosen has letters, by which it can be named in a terminal.

        Returns
        -------
        str
        """
        lists = []
        for part in self.offered:
            named = self.letters() if lettered and part is self.offered[-1] else ()
            signs = [f"{letter})" for letter in named] or ["-"] * len(part)
            labels = (getattr(label, "label", label) for label in part.values())
            lists.append("\n".join(map(" ".join, zip(signs, labels, strict=True))))
        said = self.words(value)
        answer = [_("*Your answer: {answer}*").format(answer=said)] if said else []
        return "\n\n".join([self.prompt, *filter(None, lists), *answer])

    def lines(self, value: Any) -> list[str]:
        """Say an answer in words, one line for each part; none for a blank answer."""
        if is_blank(value):
            return []
        try:
            return self._lines(self.fit(value))
        except Exception:  # an answers file can hold anything
            return [str(value)[:300]]

    def _whole(self, value: Any) -> bool:
        return True

    def _say(self, value: Any) -> str:
        return str(value)

    def _lines(self, value: Any) -> list[str]:
        if isinstance(value, dict):
            return [self.words({name: part}) for name, part in value.items()]
        return [self.words(value)]

    # -- marking ----------------------------------------------------------------------------

    @staticmethod
    def check(answer: Any, key: Any, because: Any = None) -> Result:
        """Check an answer that is not blank: a pure function of the answer and the key."""
        raise NotImplementedError

    def for_check(self) -> dict[str, Any]:
        """Give what the check needs to know of the question itself."""
        return {}

    @staticmethod
    def right(key: Any) -> Any:
        """Give one answer that the key calls right, or None where a key does not name one."""
        return None

    def right_lines(self, key: Any) -> list[str]:
        """Say in words what a right answer is, one line for each part; none if that cannot be."""
        return self.lines(self.right(key))

    def wrong_parts(self, value: Any, result: Result) -> list[tuple[str, str]]:
        """Take a wrong answer apart: each wrong part in words, with what it shows.

        Parameters
        ----------
        value : object
            The saved answer.
        result : Result
            What the check found.

        Returns
        -------
        list of tuple of str and str
            The whole answer, where a kind of question has no parts.
        """
        if not result.parts:
            return [("; ".join(self.lines(value)), result.message if result.misconception else "")]
        wrong = [part for part in result.parts if part.share < 1 and not part.blank]
        return [(self._part_words(part.name, value), part.message) for part in wrong]

    def _part_words(self, name: str, value: Any) -> str:
        given = value.get(name) if isinstance(value, dict) else None
        words = self.lines({name: given}) if given is not None else []
        return "; ".join(words) or str(name)


@dataclass
class WithOptions(Question):
    """What questions have in common that offer the same few options."""

    options: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.options = labelled(self.options)

    def names(self) -> dict[str, str]:
        """Give the options."""
        return self.options


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


def equally_right(key: Any) -> list:
    """Read a key that is one option, or several that are equally right.

    Examples
    --------
    >>> equally_right("a"), equally_right(("a", "b"))
    (['a'], ['a', 'b'])
    """
    return [key] if isinstance(key, str) else list(key)
