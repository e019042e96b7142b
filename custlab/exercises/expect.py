"""What a form's key may expect of a field: read ``key={"age": between(25, 34)}``.

A plain value in a key means "exactly this"; a list means "one of these".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from custlab.exercises.values import UnfitAnswer, as_choices, as_number, share_for_hundred
from custlab.i18n import _


@dataclass(frozen=True)
class Expected:
    """What a field should hold.

    Attributes
    ----------
    share : callable
        How much of a value is right, 0 to 1.
    example : object
        A value that passes.
    says : callable
        What a wrong value shows, in a sentence; empty if that is not known.
    """

    share: Callable[[Any], float]
    example: Any
    says: Callable[[Any], str] = lambda _got: ""


def exactly(value: Any) -> Expected:
    """Expect this very value."""
    return Expected(lambda got: float(got == value and isinstance(got, type(value))), value)


def one_of(*values: Any) -> Expected:
    """Expect one of these values.

    Examples
    --------
    >>> one_of("user", "buyer").share("buyer")
    1.0
    """
    return Expected(lambda got: float(got in values), values[0])


def between(low: float, high: float) -> Expected:
    """Expect a number from low to high, both included.

    Examples
    --------
    >>> between(25, 34).share("30"), between(25, 34).share(40)
    (1.0, 0.0)
    """
    return Expected(lambda got: float(low <= as_number(got) <= high), (low + high) / 2)


def about(value: float, tolerance: float, unit: str = "") -> Expected:
    """Expect a number no further than the tolerance (same unit) from a value."""
    return Expected(
        lambda got: float(abs(as_number(got, unit) - value) <= tolerance),
        value,
        lambda got: share_for_hundred(as_number(got, unit), value, unit, tolerance),
    )


def passes(*tests: tuple[Callable[[str], bool], str], example: str = "") -> Expected:
    """Expect a text that passes all tests, each with what to say of a text that does not.

    Examples
    --------
    >>> short = passes((lambda text: len(text) < 9, "It is too long."))
    >>> short.share("a long text"), short.says("a long text")
    (0.0, 'It is too long.')
    """

    def failed(got: Any) -> list[str]:
        if not isinstance(got, str):
            raise UnfitAnswer(_("This field should hold text."))
        return [said for test, said in tests if not test(got)]

    return Expected(lambda got: float(not failed(got)), example, lambda got: " ".join(failed(got)))


def several(*right: str, options: list[str]) -> Expected:
    """Expect these options ticked and no others (right ticks less wrong ones, see `choices`)."""
    return Expected(lambda got: ticked_share(as_choices(got), right, options), list(right))


def filled(min_words: int = 1) -> Expected:
    """Expect some text of at least so many words (a Chinese character counts as a word)."""
    return Expected(
        lambda got: float(count_words(got) >= min_words), " ".join(["word"] * min_words)
    )


def mentions(*phrases: str) -> Expected:
    """Expect text that has at least one of these phrases in it; capitals do not matter."""

    def share(got: Any) -> float:
        if not isinstance(got, str):
            raise UnfitAnswer(_("This field should hold text."))
        return float(any(phrase.casefold() in got.casefold() for phrase in phrases))

    return Expected(share, phrases[0])


def as_expected(key: Any) -> Expected:
    """Read a field's key: an `Expected`, a list of accepted values, or the one value."""
    if isinstance(key, Expected):
        return key
    if isinstance(key, list | tuple | set):
        return one_of(*key)
    return exactly(key)


def count_words(text: Any) -> int:
    """Count words; in Chinese, Japanese and Korean every character counts as one.

    Examples
    --------
    >>> count_words("The father decides."), count_words("父亲决定")
    (3, 4)
    """
    if not isinstance(text, str):
        return 0
    return len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u3040-\u9fff]+", text))


def ticked_share(ticked: list[str], right: Any, options: Any) -> float:
    """Give the share earned by ticks: right ones ticked less wrong ones ticked, each as a share.

    This is Youden's J (sensitivity + specificity - 1), cut off at 0, so that ticking everything
    earns nothing.

    Parameters
    ----------
    ticked : list of str
        What the learner ticked.
    right, options : collection of str
        The right options, and all options.

    Returns
    -------
    float
        0 to 1.

    References
    ----------
    Youden, W. J. (1950). Index for rating diagnostic tests. Cancer, 3(1), 32-35.

    Examples
    --------
    >>> ticked_share(["a"], right="ab", options="abcd"), ticked_share(list("abcd"), "ab", "abcd")
    (0.5, 0.0)
    """
    wrong = set(options) - set(right)
    hits = len(set(ticked) & set(right)) / len(set(right))
    false_alarms = len(set(ticked) - set(right)) / len(wrong)
    return min(max(hits - false_alarms, 0.0), 1.0)
