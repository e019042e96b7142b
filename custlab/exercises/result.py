"""What a check finds out about an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from custlab.i18n import _, ngettext


class Outcome(StrEnum):
    """The four outcomes of a check, and a fifth for an answer that cannot be read."""

    CORRECT = "correct"
    PARTLY = "partly"
    INCORRECT = "incorrect"
    NOT_ATTEMPTED = "not_attempted"
    ERROR = "error"

    @property
    def words(self) -> str:
        """The outcome as a learner reads it."""
        return {
            Outcome.CORRECT: _("Correct"),
            Outcome.PARTLY: _("Partly right"),
            Outcome.INCORRECT: _("Not right yet"),
            Outcome.NOT_ATTEMPTED: _("Not attempted"),
            Outcome.ERROR: _("Cannot be read"),
        }[self]

    @property
    def final_words(self) -> str:
        """The outcome as it stands beside a mark, which is not to be tried again."""
        return _("Not right") if self is Outcome.INCORRECT else self.words


@dataclass(frozen=True)
class Part:
    """One row, item or field of an answer that is checked on its own.

    Attributes
    ----------
    name : str
        The id of the row, item or field.
    share : float
        From 0 (wrong or blank) to 1 (right).
    message : str
        Why it is wrong; empty if it is right.
    misconception : str or None
        The misconception that the answer shows, if it is a known one.
    blank : bool
        Whether this part was left out.
    """

    name: str
    share: float
    message: str = ""
    misconception: str | None = None
    blank: bool = False


@dataclass(frozen=True)
class Result:
    """What a check found.

    Attributes
    ----------
    outcome : Outcome
        Correct, partly, incorrect, not attempted or error.
    share : float
        The share of the points that the answer earns, 0 to 1.
    message : str
        Plain sentences for the learner.
    misconception : str or None
        The name of the misconception that the answer shows, if it is a known one.
    parts : tuple of Part
        The rows, items or fields one by one, where the question has any.
    """

    outcome: Outcome
    share: float
    message: str
    misconception: str | None = None
    parts: tuple[Part, ...] = ()


def correct(message: str = "", parts: Sequence[Part] = ()) -> Result:
    """Make the result of a right answer."""
    return Result(Outcome.CORRECT, 1.0, message or _("That is right."), None, tuple(parts))


def incorrect(message: str = "", misconception: str | None = None) -> Result:
    """Make the result of a wrong answer, with the reason if it is known."""
    return Result(Outcome.INCORRECT, 0.0, message or _("That is not right."), misconception)


def not_attempted() -> Result:
    """Make the result of a blank answer."""
    return Result(Outcome.NOT_ATTEMPTED, 0.0, _("There is no answer here."))


def error(message: str) -> Result:
    """Make the result of an answer that cannot be read."""
    return Result(Outcome.ERROR, 0.0, message)


def graded(share: float, message: str, misconception: str | None = None) -> Result:
    """Make the result that goes with a share of the points."""
    share = min(max(float(share), 0.0), 1.0)
    if share == 1.0:
        return correct(message)
    outcome = Outcome.PARTLY if share > 0 else Outcome.INCORRECT
    return Result(outcome, share, message, misconception)


def from_parts(parts: Sequence[Part]) -> Result:
    """Sum up an answer whose parts were checked one by one: each part weighs the same.

    Parameters
    ----------
    parts : sequence of Part
        At least one.

    Returns
    -------
    Result
        Its message counts the right parts and explains the wrong ones.

    Examples
    --------
    >>> from_parts([Part("a", 1.0), Part("b", 0.0, "B pays.", "b")]).message
    '1 of 2 right. B pays.'
    """
    right = sum(part.share == 1.0 for part in parts)
    blank = sum(part.blank for part in parts)
    if blank == len(parts):
        return not_attempted()
    if right == len(parts):
        return correct(parts=parts)
    sentences = [_("{right} of {total} right.").format(right=right, total=len(parts))]
    sentences += dict.fromkeys(part.message for part in parts if part.message)
    if blank:
        sentences.append(ngettext("{n} is blank.", "{n} are blank.", blank).format(n=blank))
    share = sum(part.share for part in parts) / len(parts)
    named = [part.misconception for part in parts if part.misconception]
    outcome = Outcome.PARTLY if share > 0 else Outcome.INCORRECT
    return Result(outcome, share, " ".join(sentences), named[0] if named else None, tuple(parts))
