"""The commonest wrong answers, and the misconceptions that they show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from custlab.exercises.kinds import check
from custlab.exercises.result import Outcome
from custlab.grading.read.questions import Asked
from custlab.grading.stock.results import CellResult, says_blank

MOST = 6


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
        result = check(question.kind, value, **asked.marking)
    except Exception:  # a key that is made from data, or an answer that fits nothing
        return [("; ".join(question.lines(value)), "")]
    return question.wrong_parts(value, result)
