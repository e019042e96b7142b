"""The kinds of questions, a file each, and the one check of them all: no widgets needed."""

from __future__ import annotations

from typing import Any

from custlab.exercises import result as results
from custlab.exercises.kinds import (  # noqa: F401, each adds itself to the list
    choose_one,
    choose_several,
    code,
    form,
    free_text,
    match,
    number,
    order,
    parsons,
    place,
    slider,
)
from custlab.exercises.kinds.base import KINDS
from custlab.exercises.result import Result
from custlab.exercises.values import UnfitAnswer, is_blank


def check(kind: str, answer: Any, key: Any, because: Any = None, **options: Any) -> Result:
    """Check an answer: a pure function of the answer and the key.

    Parameters
    ----------
    kind : str
        The kind of question, for example ``choose_one``; free text is marked by hand.
    answer : object
        The learner's answer, as plain JSON; anything at all is survived.
    key : object
        What is right; its form depends on the kind, see the ``check`` of each.
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
    checked = [name for name, question in KINDS.items() if not question.by_hand]
    if kind not in checked:
        raise ValueError(f"no automatic check for {kind!r}; there are: {', '.join(checked)}")
    if is_blank(answer):
        return results.not_attempted()
    try:
        return KINDS[kind].check(answer, key, because, **options)
    except UnfitAnswer as unfit:
        return results.error(str(unfit))
