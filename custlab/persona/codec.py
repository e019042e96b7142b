"""Personas to plain dictionaries and back, every field checked by name."""

from __future__ import annotations

import math
import types
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from custlab.i18n import _
from custlab.persona.card_parts import (
    AREAS,
    DIMENSIONS,
    KINDS,
    STRENGTHS,
    Evidence,
    Suggestion,
    Trait,
)

# What words a field may hold.
WORDS = {
    (Evidence, "strength"): STRENGTHS[:-1],
    (Evidence, "statistic"): ("share", "mean", "median"),
    (Trait, "dimension"): (*DIMENSIONS, "role", "value"),
    (Trait, "kind"): ("", *KINDS),
    (Suggestion, "area"): AREAS,
}


class FieldError(ValueError):
    """A field that does not hold what it should."""


def encode(thing) -> dict:
    """Turn a persona (or a part of one) into a dictionary; unknown fields of its file return.

    Parameters
    ----------
    thing : dataclass
        Persona, set of personas, or part of one.

    Returns
    -------
    dict
        Lists, dictionaries, texts and numbers only.
    """
    known = {field.name for field in fields(thing)} - {"extra"}
    plain = {name: _plain(getattr(thing, name)) for name in sorted(known, key=_order(thing))}
    return plain | {name: value for name, value in thing.extra.items() if name not in known}


def _order(thing):
    names = [field.name for field in fields(thing)]
    return names.index


def _plain(value):
    if is_dataclass(value):
        return encode(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "item"):  # a NumPy number
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def decode(kind: type, plain: Any, where: str = ""):
    """Build a dataclass from a dictionary, or say which field is wrong.

    Parameters
    ----------
    kind : type
        Dataclass to build.
    plain : object
        What the file holds.
    where : str
        Path of the field, such as ``traits[2].evidence``.

    Returns
    -------
    dataclass

    Raises
    ------
    FieldError
        Naming the field and what it should hold.
    """
    if not isinstance(plain, dict):
        raise FieldError(_("{where} must hold named fields").format(where=where or _("the file")))
    hints = _hints(kind)
    given = {}
    for field in fields(kind):
        path = f"{where}.{field.name}".lstrip(".")
        if field.name == "extra":
            continue
        if field.name in plain:
            given[field.name] = _value(hints[field.name], plain[field.name], path)
            _check_word(kind, field.name, given[field.name], path)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise FieldError(_("{where} is missing").format(where=path))
    known = {field.name for field in fields(kind)}
    return kind(**given, extra={name: plain[name] for name in plain if name not in known})


@lru_cache
def _hints(kind: type) -> dict:
    return get_type_hints(kind)


def _check_word(kind: type, name: str, value, where: str) -> None:
    allowed = WORDS.get((kind, name))
    if allowed and value not in allowed:
        raise FieldError(
            _("{where} must be one of {allowed}, not {value!r}").format(
                where=where, allowed=", ".join(repr(word) for word in allowed), value=value
            )
        )


def _value(hint, value, where: str):
    """Check one value against its type."""
    if get_origin(hint) in (Union, types.UnionType):
        if value is None:
            return None
        return _value(next(one for one in get_args(hint) if one is not type(None)), value, where)
    if is_dataclass(hint):
        return decode(hint, value, where)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise FieldError(_("{where} must be a list").format(where=where))
        of = get_args(hint)[0]
        return tuple(_value(of, one, f"{where}[{place}]") for place, one in enumerate(value))
    return _simple(hint, value, where)


def _simple(hint: type, value, where: str):
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if hint is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if hint is str and isinstance(value, str):
        return value
    names = {float: _("a number"), int: _("a whole number"), str: _("a text")}
    raise FieldError(
        _("{where} must be {what}, not {value!r}").format(
            where=where, what=names[hint], value=value
        )
    )
