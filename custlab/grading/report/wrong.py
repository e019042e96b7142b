"""The commonest wrong answers, and the misconceptions that they show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from custlab.exercises.kinds import check
from custlab.exercises.result import Outcome
from custlab.grading.feedback.content import says_blank
from custlab.grading.feedback.expected import answer_words
from custlab.grading.feedback.questions import Asked
from custlab.grading.stock.results import CellResult
from custlab.i18n import _

MOST = 6
WRITTEN = ("text", "long_text")  # fields of a form that hold a learner's own words


@dataclass
class Wrong:
    """One wrong answer: in words, how many gave it, and what it shows."""

    answer: str
    count: int
    shows: str = ""


@dataclass
class Found:
    """What went wrong in one question.

    Attributes
    ----------
    answered : int
        Learners who answered.
    blank : set of str
        Learners who did not.
    wrong : list of Wrong
        The commonest first.
    misconceptions : list of Wrong
        The explanations that learners were given, the commonest first.
    """

    answered: int = 0
    blank: set[str] = field(default_factory=set)
    wrong: list[Wrong] = field(default_factory=list)
    misconceptions: list[Wrong] = field(default_factory=list)


def find_wrong(
    asked: Asked, cells: dict[str, CellResult], answers: dict[str, object] | None = None
) -> Found:
    """Count what went wrong in one question.

    Parameters
    ----------
    asked : Asked
        The question.
    cells : dict of str to CellResult
        What was found, by learner.
    answers : dict of str to object, optional
        The saved answers to a widget question, by learner.

    Returns
    -------
    Found
        Counts; nothing in them names a learner but ``blank``.
    """
    found = Found()
    said: Counter[str] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for student, cell in cells.items():
        if cell.status == "blank" or says_blank(cell.message):
            found.blank.add(student)
            continue
        found.answered += 1
        if cell.points is not None and cell.points >= cell.max_points:
            continue
        said.update(asked.shown(cell.message))
        if asked.question is None:
            wrong.update({(line, "") for line in failing_lines(cell.message)})
        else:
            wrong.update(set(wrong_parts(asked, (answers or {}).get(student))))
    found.misconceptions = _commonest({(text, ""): n for text, n in said.items()}, MOST)
    found.wrong = _commonest(wrong, MOST)
    return found


def _commonest(counts: dict[tuple[str, str], int], most: int) -> list[Wrong]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Wrong(answer, count, shows) for (answer, shows), count in ranked[:most]]


def failing_lines(message: str) -> Iterable[str]:
    r"""Give the lines of a code question's message that say what is wrong, without points.

    Parameters
    ----------
    message : str
        What the test printed.

    Returns
    -------
    iterable of str
        Lines about parts that are not right.

    Examples
    --------
    >>> list(failing_lines("share: Correct (1 of 1). That is right.\n"
    ...                    "top: Not right yet (0 of 1). “a” is not right."))
    ['top: “a” is not right.']
    """
    for line in message.splitlines():
        match = re.match(r"(?P<part>.+?): (?P<outcome>[^()]+) \([\d.]+ of [\d.]+\)\. ?", line)
        if match and match["outcome"] == Outcome.CORRECT.words:
            continue
        if match:
            text = line[match.end() :].strip() or match["outcome"]
            yield f"{match['part']}: {text}"
        elif line.strip():
            yield line.strip()


def wrong_parts(asked: Asked, value: object) -> list[tuple[str, str]]:
    """Take a wrong answer apart: each wrong part in words, with what it shows.

    Parameters
    ----------
    asked : Asked
        The question.
    value : object
        The saved answer.

    Returns
    -------
    list of tuple of str and str
        Parts that are wrong; the whole answer where a kind of question has no parts.
    """
    question = asked.question
    if value is None or question is None:
        return []
    try:
        result = check(question.kind, value, **asked.marking) if asked.marking else None
    except Exception:  # a key that is made from data, or an answer that fits nothing
        result = None
    if result is None or not result.parts:
        told = result.message if result and result.misconception else ""
        return [("; ".join(answer_words(question, value)), told)]
    if question.kind == "choose_several":
        return [_tick(question, part, value) for part in result.parts]
    wrong = [part for part in result.parts if part.share < 1 and not part.blank]
    return [(_part_words(question, part.name, value), part.message) for part in wrong]


def _tick(question, part, value) -> tuple[str, str]:
    """Say a tick that is wrong or missing."""
    ticked = part.name in question.fit(value)
    text = _("ticked: {option}") if ticked else _("not ticked: {option}")
    return text.format(option=question.options.get(part.name, part.name)), part.message


def _part_words(question, name: str, value) -> str:
    """Say one row, item or field; what a learner wrote in their own words is not repeated."""
    item = getattr(question, "fields", {}).get(name)
    if item is not None and item.type in WRITTEN:
        return item.label
    given = value.get(name) if isinstance(value, dict) else None
    words = answer_words(question, {name: given}) if given is not None else []
    return "; ".join(words) or str(name)
