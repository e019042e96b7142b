"""Saying keys and answers of widget questions in words, one line for each part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from custlab.exercises.expect import as_expected
from custlab.exercises.kinds.base import Question
from custlab.exercises.kinds.keys import right_answer
from custlab.exercises.values import is_blank
from custlab.i18n import _


def expected_words(question: Question, key: Any) -> list[str]:
    """Say what a right answer is.

    Parameters
    ----------
    question : Question
        The question.
    key : object
        Its key, as ``mark`` takes it.

    Returns
    -------
    list of str
        Lines; none if the key cannot be said.

    Examples
    --------
    >>> from custlab.exercises.kinds import ChooseOne
    >>> expected_words(ChooseOne("q", "Who?", {"a": "The father", "b": "The mother"}), "b")
    ['The mother']
    """
    if key is None:
        return []
    try:
        return _SAY.get(question.kind, _plainly)(question, key)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, StopIteration):
        return []


def answer_words(question: Question, value: Any) -> list[str]:
    """Say what a learner answered.

    Parameters
    ----------
    question : Question
        The question.
    value : object
        The saved answer, anything at all.

    Returns
    -------
    list of str
        Lines; none for a blank answer.

    Examples
    --------
    >>> from custlab.exercises.kinds import ChooseSeveral
    >>> answer_words(ChooseSeveral("q", "Who?", {"a": "Ann", "b": "Ben"}), ["b", "a"])
    ['Ann', 'Ben']
    """
    if is_blank(value):
        return []
    try:
        fit = question.fit(value)
    except Exception:  # an answers file can hold anything
        return [str(value)[:300]]
    if isinstance(fit, dict):
        return [question.words({name: part}) for name, part in fit.items()]
    if isinstance(fit, list) and question.kind == "choose_several":
        return [question.words([part]) for part in fit]
    if isinstance(fit, list) and question.kind == "order":
        return [f"{n}. {question.steps.get(step, step)}" for n, step in enumerate(fit, start=1)]
    return [question.words(fit)]


def _plainly(question: Question, key: Any) -> list[str]:
    return answer_words(question, right_answer(question.kind, key))


def _one(question: Question, key: Any) -> list[str]:
    choices = [key] if isinstance(key, str) else list(key)
    return [_(" or ").join(question.words(choice) for choice in choices)]


def _match(question: Question, key: Mapping) -> list[str]:
    pairs = []
    for row, options in key.items():
        right = [options] if isinstance(options, str) else list(options)
        said = _(" or ").join(question.options.get(option, option) for option in right)
        pairs.append(f"{question.rows.get(row, row)} → {said}")
    return pairs


def _number(question: Question, key: Any) -> list[str]:
    unit = f" {question.unit}" if question.unit else ""
    if isinstance(key, tuple | list):
        return [_("from {low:g} to {high:g}{unit}").format(low=key[0], high=key[1], unit=unit)]
    return [f"{key:g}{unit}"]


def _place(question: Question, key: Mapping) -> list[str]:
    pieces = []
    for item, zone in key.items():
        if not isinstance(zone, Mapping):
            zone = {"across": (zone[0], zone[0]), "up": (zone[1], zone[1])}
        told = [
            f"{axis[0]} {_span(zone[name])}"
            for name, axis in (("across", question.across), ("up", question.up))
            if name in zone
        ]
        pieces.append(f"{question.items.get(item, item)}: {', '.join(told)}")
    return pieces


def _span(ends: tuple) -> str:
    low, high = ends
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"


def _form(question: Question, key: Mapping) -> list[str]:
    pieces = []
    for name, wanted in key.items():
        known = question.fields.get(name)
        written = known is not None and known.type in ("text", "long_text")
        if known is None or (written and not isinstance(wanted, str)):
            continue
        example = as_expected(wanted).example
        words = f"{example:g}" if isinstance(example, float | int) else example
        pieces.append(f"{known.label}: {known.words(words)}")
    return pieces


_SAY = {
    "choose_one": _one,
    "match": _match,
    "number": _number,
    "slider": _number,
    "place": _place,
    "form": _form,
}
