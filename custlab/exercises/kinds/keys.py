"""Right answers made from keys, so that a key that fits no answer is noticed by its author."""

from __future__ import annotations

from typing import Any


def right_answer(kind: str, key: Any) -> Any:
    """Give one answer that the key calls right, or None where a key does not name one.

    Examples
    --------
    >>> right_answer("match", {"mother": "decider", "son": ["user", "initiator"]})
    {'mother': 'decider', 'son': 'user'}
    >>> right_answer("order", ["a", ["b", "c"]])
    ['a', 'b', 'c']
    """
    if kind == "choose_one":
        return _first(key)
    if kind == "choose_several":
        return list(key)
    if kind == "match":
        return {row: _first(option) for row, option in key.items()}
    if kind == "order":
        return [step for group in key for step in ([group] if isinstance(group, str) else group)]
    if kind in ("number", "slider"):
        return key[0] if isinstance(key, tuple | list) else key
    return None


def _first(key: Any) -> Any:
    return key if isinstance(key, str) else next(iter(key))
