"""The kinds of questions, and the check of each: pure functions without widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.kinds.base import Question
from custlab.exercises.kinds.choices import (
    ChooseOne,
    ChooseSeveral,
    check_choose_one,
    check_choose_several,
)
from custlab.exercises.kinds.form import Form, check_form
from custlab.exercises.kinds.free_text import FreeText
from custlab.exercises.kinds.match import Match, check_match
from custlab.exercises.kinds.number import Number, Slider, check_number
from custlab.exercises.kinds.order import Order, check_order
from custlab.exercises.kinds.place import Place, check_place
from custlab.exercises.result import Result
from custlab.exercises.values import UnfitAnswer, is_blank

QUESTIONS: dict[str, type[Question]] = {
    question.kind: question
    for question in (ChooseOne, ChooseSeveral, Match, Order, Number, Slider, Place, Form, FreeText)
}

CHECKS: dict[str, Callable[..., Result]] = {
    "choose_one": check_choose_one,
    "choose_several": check_choose_several,
    "match": check_match,
    "order": check_order,
    "number": check_number,
    "slider": check_number,
    "place": check_place,
    "form": check_form,
}


def check(kind: str, answer: Any, key: Any, because: Any = None, **options: Any) -> Result:
    """Check an answer: a pure function of the answer and the key.

    Parameters
    ----------
    kind : str
        The kind of question, for example ``choose_one``; free text is marked by hand.
    answer : object
        The learner's answer, as plain JSON; anything at all is survived.
    key : object
        What is right; its form depends on the kind, see ``check_<kind>``.
    because : mapping, optional
        Explanations of the misconceptions behind wrong answers.
    **options : object
        What else the kind needs, such as ``tolerance`` for a number.

    Returns
    -------
    Result
        Outcome, share of the points (0 to 1), message and misconception.

    Raises
    ------
    ValueError
        If the author's side is wrong: an unknown kind, or a key that cannot be.

    Examples
    --------
    >>> check("choose_one", "a", key="b", because={"a": "Paying is not deciding."}).message
    'Paying is not deciding.'
    """
    if kind not in CHECKS:
        raise ValueError(f"no automatic check for {kind!r}; there are: {', '.join(CHECKS)}")
    if is_blank(answer):
        return results.not_attempted()
    try:
        return CHECKS[kind](answer, key, because, **options)
    except UnfitAnswer as unfit:
        return results.error(str(unfit))
