"""The answers of one sheet as a file: its format, reading it safely, merging two of them.

The same text stands in ``NN-slug.answers.json`` and, as
``application/vnd.custlab.answers+json``, in the receipt inside the notebook::

    {"format": "custlab-answers", "version": 2, "kit": "0.1.0", "sheet": "03-role-types",
     "answers": {"who-decides": {"kind": "choose_one", "value": "b",
                                 "at": "2026-03-01T09:30:00.000000Z", "tries": 2, "hints": 1}}}

Version 1 had bare values (``"answers": {"who-decides": "b"}``) and is still read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from custlab.exercises.values import UnfitAnswer, is_blank, tidy

FORMAT = "custlab-answers"
VERSION = 2
MIME = "application/vnd.custlab.answers+json"
MAX_BYTES = 4_000_000
MAX_ANSWERS = 500
KEEP_EARLIER = 5
LONG_AGO = "1970-01-01T00:00:00.000000Z"


class UnreadableAnswersError(ValueError):
    """An answers file that cannot be used, for either of the two reasons below."""


class DamagedAnswersError(UnreadableAnswersError):
    """Text that is no answers file, or one that nobody's kit has written."""


class NewerAnswersError(UnreadableAnswersError):
    """An answers file in a format that only a newer kit understands."""


@dataclass(frozen=True)
class Answer:
    """One saved answer.

    Attributes
    ----------
    kind : str
        The kind of question that it answers.
    value : object
        Plain JSON; None if the learner has cleared the answer.
    at : str
        When it was given: UTC, ISO 8601, so that texts compare as times.
    tries, hints : int
        How often it was checked, and how many hints were seen (lessons only).
    share : float or None
        What share of it was right when it was last checked; None if it has not been.
    earlier : list
        Values that another open copy of the notebook had saved and this one replaced.
    """

    kind: str
    value: Any
    at: str = LONG_AGO
    tries: int = 0
    hints: int = 0
    share: float | None = None
    earlier: list[Any] = field(default_factory=list)


Answers = dict[str, Answer]


def now(after: str = LONG_AGO) -> str:
    """Give the time as text, later than the time given even if the clock was set back."""
    time = datetime.now(UTC)
    last = datetime.fromisoformat(after)
    return _as_text(max(time, last + timedelta(microseconds=1)))


def _as_text(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def to_payload(sheet: str, answers: Answers) -> dict[str, Any]:
    """Give the answers as the JSON object that is saved."""
    from custlab import __version__

    return {
        "format": FORMAT,
        "version": VERSION,
        "kit": __version__,
        "sheet": sheet,
        "answers": {name: _entry(answer) for name, answer in answers.items()},
    }


def _entry(answer: Answer) -> dict[str, Any]:
    entry = {"kind": answer.kind, "value": answer.value, "at": answer.at}
    extra = {"tries": answer.tries, "hints": answer.hints, "earlier": answer.earlier}
    if answer.share is not None:
        entry["share"] = answer.share
    return entry | {name: value for name, value in extra.items() if value}


def to_text(sheet: str, answers: Answers) -> str:
    """Give the answers as the text of their file."""
    payload = to_payload(sheet, answers)
    return json.dumps(payload, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def from_bytes(data: bytes) -> Answers:
    """Read an answers file, whoever wrote it and whatever happened to it.

    Raises
    ------
    DamagedAnswersError
        If it cannot be read: no JSON, doubled names, numbers that are none, too deep, too large.
    NewerAnswersError
        If a newer version of the kit wrote it.

    Examples
    --------
    >>> from_bytes(b'{"format": "custlab-answers", "version": 1, "answers": {"q": "b"}}')["q"].value
    'b'
    """
    if len(data) > MAX_BYTES:
        raise DamagedAnswersError(f"larger than {MAX_BYTES:,} bytes")
    try:
        payload = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_no_doubles,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as fault:
        raise DamagedAnswersError(str(fault)[:200]) from None
    return from_payload(payload)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _value in pairs}) < len(pairs):
        raise ValueError("a name stands there twice")
    return dict(pairs)


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def from_payload(payload: Any) -> Answers:
    """Read the JSON object of an answers file or a receipt; see `from_bytes`."""
    if not isinstance(payload, dict) or payload.get("format") != FORMAT:
        raise DamagedAnswersError("not an answers file")
    version, entries = payload.get("version"), payload.get("answers")
    if isinstance(version, int) and version > VERSION:
        raise NewerAnswersError(f"format version {version}")
    if version not in (1, 2) or isinstance(version, bool) or not isinstance(entries, dict):
        raise DamagedAnswersError("no known format version")
    if len(entries) > MAX_ANSWERS:
        raise DamagedAnswersError("too many answers")
    read = _read_bare if version == 1 else _read_entry
    try:
        return {tidy(str(name)): read(entry) for name, entry in entries.items()}
    except UnfitAnswer as unfit:
        raise DamagedAnswersError(str(unfit)) from None


def _read_bare(value: Any) -> Answer:
    """Read an answer of format version 1: only its value."""
    return Answer(kind="", value=tidy(value))


def _read_entry(entry: Any) -> Answer:
    if not isinstance(entry, dict) or "value" not in entry:
        raise DamagedAnswersError("an answer without a value")
    earlier = entry.get("earlier")
    return Answer(
        kind=str(entry.get("kind", ""))[:40],
        value=tidy(entry["value"]),
        at=_read_time(entry.get("at")),
        tries=_count(entry.get("tries")),
        hints=_count(entry.get("hints")),
        share=_share(entry.get("share")),
        earlier=[tidy(value) for value in earlier[-KEEP_EARLIER:]]
        if isinstance(earlier, list)
        else [],
    )


def _count(number: Any) -> int:
    return number if isinstance(number, int) and 0 <= number < 10_000 else 0


def _share(number: Any) -> float | None:
    plain = isinstance(number, int | float) and not isinstance(number, bool)
    return float(number) if plain and 0 <= number <= 1 else None


def _read_time(text: Any) -> str:
    """Read a time; one from the far future would outlive every real answer, so it is cut off."""
    try:
        time = datetime.fromisoformat(text)
        time = time.replace(tzinfo=time.tzinfo or UTC)
        return _as_text(min(time, datetime.now(UTC) + timedelta(days=1)))
    except (TypeError, ValueError, OverflowError):
        return LONG_AGO


def merge(first: Answers, *others: Answers) -> Answers:
    """Join answers from several places: of each question the newest; on a tie the first place's.

    Examples
    --------
    >>> old, new = Answer("number", 1, at="2026-01-01"), Answer("number", 2, at="2026-01-02")
    >>> merge({"q": old}, {"q": new})["q"].value
    2
    """
    joined = dict(first)
    for other in others:
        for name, answer in other.items():
            if name not in joined or answer.at > joined[name].at:
                joined[name] = answer
    return joined


def replacing(answer: Answer, replaced: Answer) -> Answer:
    """Keep a value that this answer replaces although the learner has not seen it here."""
    if is_blank(replaced.value) or replaced.value == answer.value:
        return answer
    return replace(answer, earlier=[*answer.earlier, replaced.value][-KEEP_EARLIER:])
