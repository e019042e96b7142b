"""The class: each learner has a habit, and the habit says what each question will earn.

What a learner answers comes from the answer bank (`tests/bank/NN-slug.yml`), so the marks that the
class should get are those that the bank promises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ESSAY = (
    "I would speak to two people and not to one: to the person who uses the product, because the "
    "evidence shows who complains, and to the person who decides, because the evidence shows who "
    "compares and who signs. What I cannot see in the data I would ask in an interview, and I "
    "would keep only what we need and what each person has agreed to."
)
CRASH = "raise RuntimeError('my code fell over')"
ENDLESS = "while True:\n    pass"


@dataclass(frozen=True)
class Given:
    """What a learner gives to one question.

    Parameters
    ----------
    answer : dict or None
        An entry of the answer bank (with ``answer`` or ``code``); None leaves it blank.
    earns : float or None
        The points that it should earn; None stands for all of them.
    """

    answer: dict[str, Any] | None = None
    earns: float | None = 0.0


@dataclass(frozen=True)
class Learner:
    """One simulated learner.

    Parameters
    ----------
    name : str
        The learner's id in the gradebook; it names the habit.
    habit : str
        What this learner does, in words.
    choose : callable
        Takes a question's number (from 0), how many there are, and its entry in the bank; gives
        a ``Given``.
    essay : bool
        Whether the free text is answered.
    keeps_answers_file : bool
        False for one who uploads the bare notebook.
    hands_in_blank_first : bool
        True for one who hands in twice: first the untouched notebook, then the answers.
    """

    name: str
    habit: str
    choose: Callable[[int, int, dict], Given]
    essay: bool = True
    keeps_answers_file: bool = field(default=True, kw_only=True)
    hands_in_blank_first: bool = field(default=False, kw_only=True)


def is_code(entry: dict) -> bool:
    """Say whether a question of the bank is answered in code."""
    return "code" in entry["right"][0]


def right(entry: dict, which: int = 0) -> Given:
    """Give a right answer; all of the bank's earn full marks."""
    return Given(entry["right"][which], None)


def wrong(entry: dict, which: int = 0) -> Given:
    """Give a wrong answer; the bank says what it earns."""
    choices = entry["wrong"]
    answer = choices[which % len(choices)]
    return Given(answer, float(answer.get("points", 0)))


def _misled(which: int):
    return lambda number, total, entry: wrong(entry, which)


def _first_code_question_fails(source: str):
    """Know everything, but write code that breaks in the first question answered in code."""
    seen: list[int] = []

    def choose(number, total, entry):
        if number == 0:
            seen.clear()
        if is_code(entry) and not seen:
            seen.append(number)
            return Given({"code": source}, 0.0)
        return right(entry)

    return choose


LEARNERS = [
    Learner("expert", "knows everything", lambda n, total, e: right(e)),
    Learner("other-route", "right, by another way", lambda n, total, e: right(e, 1)),
    Learner("careless", "every second answer wrong", lambda n, total, e: (right, wrong)[n % 2](e)),
    Learner(
        "half-done",
        "stops half-way",
        lambda n, total, e: right(e) if n < total / 2 else Given(),
        essay=False,
    ),
    Learner("blank", "hands in the untouched notebook", lambda n, total, e: Given(), essay=False),
    Learner(
        "widgets-only",
        "writes no code",
        lambda n, total, e: Given() if is_code(e) else right(e),
        essay=False,
    ),
    Learner(
        "code-only",
        "touches no widget",
        lambda n, total, e: right(e) if is_code(e) else Given(),
        essay=False,
    ),
    Learner(
        "bare-notebook",
        "uploads the notebook without its answers file",
        lambda n, total, e: right(e),
        keeps_answers_file=False,
    ),
    Learner("misled-1", "the first misconception of every question", _misled(0)),
    Learner("misled-2", "the second misconception of every question", _misled(1)),
    Learner("misled-3", "the third misconception of every question", _misled(2)),
    Learner("crash", "code that falls over half-way", _first_code_question_fails(CRASH)),
    Learner("endless", "a loop that never ends", _first_code_question_fails(ENDLESS)),
    Learner(
        "twice",
        "hands in blank, then again with answers",
        lambda n, total, e: right(e),
        hands_in_blank_first=True,
    ),
]
