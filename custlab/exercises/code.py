"""Marking code: compare what a learner's cell made with what was asked for, kindly and strictly.

Kindly: `same` says what counts as the same answer, once for all. Strictly: the values must be
right. A hidden test reads::

    from custlab.exercises.code import Marks, compare_frame
    marks = Marks(points=3, names=globals())
    marks.part("role_counts", 2, lambda got: compare_frame(got, expected))
    marks.part("top_role", 1, lambda got: compare_label(got, "user"))
    marks.total()
"""

from __future__ import annotations

import contextlib
import copy
import io
import math
import numbers
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from custlab.exercises import result as results
from custlab.exercises.attempt import attempt_at, describe
from custlab.exercises.frames import Known, compare_frame, compare_series
from custlab.exercises.marking import earned_points
from custlab.exercises.result import Outcome, Part, Result
from custlab.exercises.same import (
    ids_in,
    numbers_agree,
    rounded_too_far,
    too_short,
    values_by,
    word,
)
from custlab.i18n import _

LONGEST_INPUT = 160

__all__ = [
    "Marks",
    "compare_calls",
    "compare_frame",
    "compare_label",
    "compare_labels",
    "compare_number",
    "compare_series",
    "ids_in",
    "values_by",
    "word",
]


class _Marked(NamedTuple):
    """One part of a test cell: what it is called, what it is worth, what was found."""

    label: str
    points: float
    result: Result

    @property
    def earned(self) -> float:
        return earned_points(self.result, self.points)


class Marks:
    """Add up the points of one test cell, part by part, and say a sentence about each.

    Parameters
    ----------
    points : float
        The cell's points; the parts must add up to them.
    names : mapping
        The notebook's variables: ``globals()``.

    Examples
    --------
    >>> marks = Marks(2, {"share": 0.31})
    >>> marks.part("share", 1, lambda got: compare_number(got, 0.31))
    >>> marks.part("top_role", 1, lambda got: compare_label(got, "user"))
    >>> marks.total()
    share: Correct (1 of 1). That is right.
    top_role: Not attempted (0 of 1). There is no variable “top_role”.
    1.0
    """

    def __init__(self, points: float, names: Mapping[str, Any]) -> None:
        self.points, self._names = float(points), names
        self._attempt = attempt_at(names)
        self._parts: list[_Marked] = []

    def part(
        self, name: str, points: float, test: Callable[[Any], Result | bool], label: str = ""
    ) -> None:
        """Mark one variable or function of the learner's.

        Parameters
        ----------
        name : str
            Its name.
        points : float
            What this part is worth.
        test : callable
            Gets the learner's object; gives a `Result`, or True or False.
        label : str, optional
            What to call this part, if the name alone does not say it.
        """
        self._parts.append(_Marked(label or name, float(points), self._try(name, test)))

    def _try(self, name: str, test: Callable[[Any], Result | bool]) -> Result:
        got = self._names.get(name)
        if got is None or got is ...:
            return self._without(name)
        try:
            with quietly():
                return _as_result(test(got))
        except NotImplementedError as fault:
            stopped = self._attempt._replace(error=describe(type(fault).__name__, str(fault)))
            return results.error(stopped.why) if stopped.written else results.not_attempted()
        except (Exception, SystemExit) as fault:
            return results.error(explain_fault(fault))

    def _without(self, name: str) -> Result:
        """Say why there is nothing to mark: nobody has tried, or what was tried did not work."""
        if not self._attempt.written:
            missing = _("There is no variable “{name}”.").format(name=name)
            return Result(Outcome.NOT_ATTEMPTED, 0.0, missing)
        if name in self._names and not self._attempt.error:
            return results.error(_("“{name}” is empty (None).").format(name=name))
        return results.error(
            _("There is no variable “{name}”. {why}").format(name=name, why=self._attempt.why)
        )

    def total(self) -> float:
        """Print a sentence for each part and give the points: those that the sentences name."""
        if not math.isclose(sum(part.points for part in self._parts), self.points):
            raise ValueError("the parts do not add up to the cell's points")
        for part in self._parts:
            print(
                _("{part}: {outcome} ({earned:g} of {points:g}). {message}")
                .format(
                    part=part.label,
                    outcome=part.result.outcome.final_words,
                    earned=part.earned,
                    points=part.points,
                    message=" ".join(part.result.message.split()),
                )
                .strip()
            )
        return float(sum(part.earned for part in self._parts))


def _as_result(found: Result | bool) -> Result:
    """Read what an author's test gives: a result, or whether the answer is right."""
    if isinstance(found, Result):
        return found
    return results.correct() if found else results.incorrect()


def explain_fault(fault: BaseException) -> str:
    """Say in a sentence what a learner's code did when it was tried."""
    if isinstance(fault, SystemExit):
        return _("Your code asked Python to stop; take out exit() or quit().")
    text = " ".join(str(fault).split())[:200]
    return _("Trying your answer stopped with {kind}: {text}.").format(
        kind=type(fault).__name__, text=text or "-"
    )


@contextlib.contextmanager
def quietly():
    """Swallow what a learner's function prints or warns: a warning would cost all points."""
    nowhere = io.StringIO()
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        warnings.simplefilter("ignore")
        yield


def _known_mistake(got: Any, known: Known | None, same: Callable[[Any], bool]) -> Result | None:
    """Find the misconception that an answer shows: {name: (wrong value or test, explanation)}."""
    for name, (wrong, explanation) in (known or {}).items():
        try:
            shown = wrong(got) if callable(wrong) else same(wrong)
        except Exception:  # the answer is too odd even to be compared with this mistake
            shown = False
        if shown:
            return results.incorrect(explanation, name)
    return None


def compare_number(
    got: Any,
    expected: float,
    *,
    tolerance: float = 0.0,
    relative: float = 1e-6,
    known: Known | None = None,
) -> Result:
    """Compare a number, whatever type holds it.

    Parameters
    ----------
    got : object
        The learner's number: Python, NumPy, a Series or table with one value.
    expected : float
        The right number.
    tolerance, relative : float, optional
        How far it may be off, in the number's unit and as a share; the wider one holds. A number
        that is nearer to a known mistake is wrong all the same.
    known : mapping, optional
        {misconception: (wrong number or test of the answer, explanation)}.

    Examples
    --------
    >>> compare_number(31, 0.31, known={"per cent": (31, "Give a share, not per cent.")}).message
    'Give a share, not per cent.'
    """
    number = _one_number(got)
    if number is None:
        return results.error(
            _("A single number is asked for; you have {kind}.").format(kind=type(got).__name__)
        )

    def same(target: float) -> bool:
        return bool(numbers_agree(number, target, tolerance, relative))

    def nearer(wrong: Any) -> bool:
        return not callable(wrong) and abs(number - wrong) < abs(number - expected)

    right = same(expected)
    if right:  # unless it is nearer to a mistake
        known = {name: entry for name, entry in (known or {}).items() if nearer(entry[0])}
    mistake = _known_mistake(number, known, same)
    if mistake or right:
        return mistake or results.correct()
    if rounded_too_far(number, expected):
        return results.incorrect(too_short(), "rounded too far")
    return results.incorrect(_("{number:g} is not right.").format(number=number))


def _one_number(got: Any) -> float | None:
    values = getattr(got, "values", None)
    if getattr(values, "size", None) == 1:
        got = values.reshape(-1)[0]
    if hasattr(got, "item") and getattr(got, "size", 1) == 1:
        got = got.item()
    if isinstance(got, bool) or not isinstance(got, numbers.Number) or isinstance(got, complex):
        return None
    number = float(got)
    return number if math.isfinite(number) else None


def compare_label(
    got: Any,
    expected: str | Iterable[str],
    *,
    also: Mapping[str, str] | None = None,
    known: Known | None = None,
) -> Result:
    """Compare a name; capitals and spaces around it do not matter.

    Parameters
    ----------
    got : object
        The learner's name.
    expected : str or collection of str
        The right name, or several that are equally right.
    also : mapping, optional
        {another way of saying it: the name used here}, for example {"end user": "user"}.
    known : mapping, optional
        {misconception: (wrong name or test of the answer, explanation)}.
    """
    right = [expected] if isinstance(expected, str) else list(expected)
    number = _one_number(got)
    if not isinstance(got, str) and (number is None or not any(map(_is_whole, right))):
        return results.error(
            _("A text is asked for; you have {kind}.").format(kind=type(got).__name__)
        )
    said = _plain(got if number is None else number, also)
    if said in {_plain(name) for name in right}:
        return results.correct()
    mistake = _known_mistake(got, known, lambda wrong: said == _plain(wrong))
    return mistake or results.incorrect(_("“{text}” is not right.").format(text=str(got)[:60]))


def _is_whole(name: str) -> bool:
    """Tell whether a label is a number, as those of segments are."""
    return word(name).lstrip("-").isdigit()


def compare_labels(
    got: Any,
    expected: Sequence[str],
    *,
    ordered: bool = False,
    also: Mapping[str, str] | None = None,
    known: Known | None = None,
) -> Result:
    """Compare several names, however they are held (see `same.ids_in`).

    Right names count, wrong ones are taken off: the share is that of the Jaccard index.

    Parameters
    ----------
    got : object
        The learner's names.
    expected : sequence of str
        The right ones.
    ordered : bool, optional
        Whether the order was asked for.
    also, known : mapping, optional
        As for `compare_label`; wrong values in ``known`` are collections of names.
    """
    named = ids_in(got, expected)
    if named is None:
        return results.error(_("A list of names is asked for."))
    said = [_plain(name, also) for name in named]
    right = [_plain(name) for name in expected]
    if said == right or (not ordered and len(said) == len(right) and set(said) == set(right)):
        return results.correct()
    mistake = _known_mistake(got, known, lambda wrong: set(said) == {_plain(n) for n in wrong})
    if mistake:
        return mistake
    if ordered and sorted(said) == sorted(right):
        return results.graded(0.5, _("These are the right names in another order."), "order")
    both, either = set(said) & set(right), set(said) | set(right)
    return results.graded(
        min(len(both) / max(len(either), 1), 0.9),
        _("{hits} of {total} right names, {wrong} wrong.").format(
            hits=len(both), total=len(right), wrong=len(set(said) - set(right))
        ),
    )


def _plain(name: Any, also: Mapping[str, str] | None = None) -> str:
    also = {word(other): word(used) for other, used in (also or {}).items()}
    return also.get(word(name), word(name))


def compare_calls(
    function: Any,
    cases: Sequence[tuple[tuple[Any, ...], Any]],
    compare: Callable[[Any, Any], Result | bool],
    *,
    known: Known | None = None,
    keep_input: bool = False,
) -> Result:
    """Try a learner's function on several inputs.

    Each case earns the same; fewer than half of them earn nothing, because a constant is right
    now and then. Inputs are copied for each call, so a function may change them.

    Parameters
    ----------
    function : callable
        The learner's function.
    cases : sequence of (arguments, expected result)
        What to call it with, as a tuple.
    compare : callable
        ``compare(got, expected)``, for example `compare_number`.
    known : mapping, optional
        {misconception: (test of the function, explanation)}.
    keep_input : bool, optional
        Whether the question says that the input must stay as it is: a function that changes it
        is told so and loses a case's worth.
    """
    if not callable(function):
        return results.error(_("A function is asked for; you have another kind of object."))
    mistake = _known_mistake(function, known, lambda _wrong: False)
    if mistake:
        return mistake
    parts: list[Part] = []
    changed = False
    for number, (arguments, expected) in enumerate(cases, start=1):
        given = copy.deepcopy(arguments)
        parts.append(_one_call(function, given, expected, compare, number))
        changed = changed or (keep_input and not _same_input(given, arguments))
    if changed:
        told = _("Your function changes the table or list it is given; work on a copy.")
        parts.append(Part("input", 0.0, told, "changes its input"))
    if len(parts) == 1:  # nothing to count
        (part,) = parts
        message = part.message.removeprefix(f"{part.name}: ")
        return results.graded(part.share, message, part.misconception)
    found = results.from_parts(parts)
    if 0 < found.share < 0.5:
        return Result(Outcome.INCORRECT, 0.0, found.message, found.misconception, found.parts)
    return found


def _one_call(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    expected: Any,
    compare: Callable[[Any, Any], Result | bool],
    number: int,
) -> Part:
    name = _call(function, arguments, number)
    try:
        got = function(*arguments)
    except NotImplementedError:
        raise
    except (Exception, SystemExit) as fault:
        return Part(name, 0.0, f"{name}: {explain_fault(fault)}")
    if got is None:
        return Part(name, 0.0, _("The function gives nothing back: is “return” missing?"), "return")
    result = _as_result(compare(got, expected))
    message = "" if result.share == 1.0 else f"{name}: {result.message}"
    return Part(name, result.share, message, result.misconception)


def _call(function: Any, arguments: tuple[Any, ...], number: int) -> str:
    """Name a call by what the function was given, if that is short enough to be read."""
    given = ", ".join(map(repr, arguments))
    if len(given) > LONGEST_INPUT or "\n" in given:
        return _("Call {n}").format(n=number)
    return _("Call {n}, with {given}").format(n=number, given=given)


def _same_input(after: Any, before: Any) -> bool:
    if isinstance(before, tuple | list):
        return len(after) == len(before) and all(map(_same_input, after, before))
    if hasattr(before, "equals"):
        return bool(before.equals(after)) and list(getattr(before, "columns", [])) == list(
            getattr(after, "columns", [])
        )
    try:
        return bool(before == after)
    except (ValueError, TypeError):
        return True
