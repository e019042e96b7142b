"""Asking again: questions of the lessons that are due today, from what was answered before.

A question that was right comes back later each time, one that was wrong comes back tomorrow
(expanding retrieval practice; Landauer & Bjork 1978). Everything is read from the lessons and
their answers files on this machine; how it went is saved beside them, in
``review.answers.json``.
"""

from __future__ import annotations

import ast
import getpass
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from custlab.exercises.answers import Answer, Answers
from custlab.exercises.practised import Practised, calls_of, lessons_in, practised_in
from custlab.exercises.store import Store, read_answers
from custlab.exercises.values import is_blank
from custlab.files import course_root

SHEET = "review"
DAYS = (1, 3, 7, 16, 35)  # until it is asked again, by how often it was right in a row


def due(today: date | None = None, folder: Path | None = None) -> list[Practised]:
    """Give the questions that are due, the most overdue first.

    Parameters
    ----------
    today : date, optional
        The day; today by default.
    folder : Path, optional
        Where the lessons and their answers lie.

    Returns
    -------
    list of Practised
        Only what this learner has answered in a lesson.
    """
    folder = folder or course_root() / "notebooks"
    pool = [asked for lesson in lessons_in(folder) for asked in practised_in(lesson, folder)]
    return _due_among(pool, today or date.today(), folder)


def _due_among(pool: list[Practised], today: date, folder: Path) -> list[Practised]:
    reviewed = read_answers(SHEET, folder)
    answers = {lesson: read_answers(lesson, folder) for lesson in {one.lesson for one in pool}}
    days = {
        asked.name: _due_on(answers[asked.lesson].get(asked.question.id), reviewed.get(asked.name))
        for asked in pool
    }
    waiting = [asked for asked in pool if (days[asked.name] or date.max) <= today]
    return sorted(waiting, key=lambda asked: days[asked.name])


def _due_on(answer: Answer | None, reviewed: Answer | None) -> date | None:
    if answer is None or is_blank(answer.value):
        return None
    streak, at = _first_streak(answer), answer.at
    if reviewed is not None and reviewed.at > at and isinstance(reviewed.value, int):
        streak, at = reviewed.value, reviewed.at
    day = datetime.fromisoformat(at).astimezone().date()
    return day + timedelta(days=DAYS[min(max(streak, 0), len(DAYS) - 1)])


def _first_streak(answer: Answer) -> int:
    """Say how well it went in the lesson: right at once and without a hint is worth more."""
    if answer.share != 1.0:
        return 0
    return 2 if answer.tries <= 1 and not answer.hints else 1


def warm_up(lesson: str, n: int = 4, folder: Path | None = None) -> list[Practised]:
    """Draw questions from the lessons before one: what is due first, from two lessons at least.

    The same learner gets the same questions all day, and others tomorrow.

    Parameters
    ----------
    lesson : str
        The lesson that begins.
    n : int
        How many.
    folder : Path, optional
        Where the lessons and their answers lie.
    """
    folder = folder or course_root() / "notebooks"
    earlier = [name for name in lessons_in(folder) if name < lesson]
    pool = [asked for name in earlier for asked in practised_in(name, folder)]
    urgent = _due_among(pool, date.today(), folder)
    named = {asked.name for asked in urgent}
    random.Random(f"{_learner()} {date.today()} {lesson}").shuffle(pool)
    pool = [*urgent, *(asked for asked in pool if asked.name not in named)]
    chosen = pool[:n]
    if len({asked.lesson for asked in chosen}) == 1:
        other = next((asked for asked in pool if asked.lesson != chosen[0].lesson), None)
        chosen = [*chosen[: n - 1], other] if other else chosen
    return chosen


def _learner() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return ""


def show(questions: Sequence[Practised], folder: Path | None = None) -> list[Any]:
    """Show questions as cards, each checked at once; how it goes is saved for the next time.

    Parameters
    ----------
    questions : sequence of Practised
        What `due` or `warm_up` gave.
    folder : Path, optional
        Where the lessons and their answers lie.

    Returns
    -------
    list of Card
    """
    from IPython.display import display

    from custlab.exercises.widgets.card import Card, Memory, Practice

    store = Store(SHEET, folder or course_root() / "notebooks")
    cards = []
    for asked in questions:
        memory = Memory(
            answer=lambda _value: None,
            note=lambda tries, hints, share, asked=asked: note(store, asked, tries, hints, share),
            news=lambda: [],
            saved=lambda: True,
            kept=False,
        )
        practice = Practice(asked.key, asked.because, asked.hints, asked.checking)
        cards.append(Card(asked.question, memory, practice))
        display(cards[-1].box)
    return cards


def note(store: Store, asked: Practised, tries: int, hints: int, share: float | None) -> None:
    """Note how a question went: only the first try of a day counts.

    Parameters
    ----------
    store : Store
        That of the sheet `SHEET`.
    asked : Practised
        The question.
    tries, hints : int
        How often it was checked so far, and how many hints were seen.
    share : float or None
        What share of it was right; None if it was a hint that was asked for.
    """
    if tries != 1 or share is None:
        return
    known = store.answers.get(asked.name)
    if known is None:
        known = read_answers(asked.lesson, store.path.parent).get(asked.question.id)
        streak = _first_streak(known) if known else 0
    else:
        streak = known.value if isinstance(known.value, int) else 0
    store.put(asked.name, SHEET, streak + 1 if share == 1.0 and not hints else 0)


@dataclass(frozen=True)
class Progress:
    """How far a learner is in one lesson.

    Attributes
    ----------
    lesson : str
        The lesson.
    questions, answered, right, due : int
        How many questions it has, are answered, were right when last checked, are due today.
    weak : list of str
        Questions that were wrong when last checked, or took hints.
    """

    lesson: str
    questions: int
    answered: int
    right: int
    due: int
    weak: list[str]


def progress(today: date | None = None, folder: Path | None = None) -> list[Progress]:
    """Say how far a learner is, from the saved answers; nothing leaves the machine.

    Parameters
    ----------
    today : date, optional
        The day; today by default.
    folder : Path, optional
        Where the lessons and their answers lie.

    Returns
    -------
    list of Progress
        One for each lesson.
    """
    folder = folder or course_root() / "notebooks"
    waiting = [asked.lesson for asked in due(today, folder)]
    return [_progress_of(lesson, folder, waiting.count(lesson)) for lesson in lessons_in(folder)]


def _progress_of(lesson: str, folder: Path, waiting: int) -> Progress:
    answers: Answers = read_answers(lesson, folder)
    asked = dict.fromkeys(
        call.args[0].value
        for call in calls_of(lesson, folder)
        if call.args and isinstance(call.args[0], ast.Constant)
    )
    given = {name: answers[name] for name in asked if name in answers}
    given = {name: answer for name, answer in given.items() if not is_blank(answer.value)}
    weak = [
        name
        for name, answer in given.items()
        if answer.share is not None and (answer.share < 1.0 or answer.hints)
    ]
    right = sum(answer.share == 1.0 for answer in given.values())
    return Progress(lesson, len(asked), len(given), right, waiting, weak)
