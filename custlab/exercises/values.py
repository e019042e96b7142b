"""Reading answers: what is blank, what has the right form, what number a text stands for.

An answer is plain JSON (text, number, list, dictionary). It may come from an old file, another
version of the kit, or someone's hands, so nothing about it is taken for granted.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

from custlab.i18n import _

MAX_TEXT = 20_000
MAX_ITEMS = 200
OF_HUNDRED = ("%", "points")  # units in which per cent are counted
# A word behind a number that is no multiplier, as in "5 customers".
MULTIPLIERS = "k|m|mn|mio|bn|e|x|dozen|hundred|thousand|million|billion"
UNIT_WORD = rf"^(.*\d)\s*(?!(?:{MULTIPLIERS})s?$)(?:[a-z]+|[人位个名天元次条])$"


class UnfitAnswer(ValueError):
    """An answer that does not have the form that its question asks for."""


def is_blank(answer: Any) -> bool:
    """Tell whether an answer says nothing at all.

    Examples
    --------
    >>> is_blank({"row 1": None, "row 2": ""}), is_blank(0)
    (True, False)
    """
    if answer is None:
        return True
    if isinstance(answer, str):
        return not answer.strip()
    if isinstance(answer, dict):
        return all(value is None or value in ("", [], {}) for value in answer.values())
    if isinstance(answer, list | tuple):
        return not answer
    return False


def as_choice(answer: Any) -> str:
    """Read the id of one option."""
    if not isinstance(answer, str) or len(answer) > MAX_TEXT:
        raise UnfitAnswer(_("The answer should be the letter or name of one option."))
    return answer


def as_choices(answer: Any) -> list[str]:
    """Read a list of option ids, without repeats."""
    if not isinstance(answer, list | tuple) or len(answer) > MAX_ITEMS:
        raise UnfitAnswer(_("The answer should be a list of options."))
    if not all(isinstance(choice, str) for choice in answer):
        raise UnfitAnswer(_("Each option in the answer should be a letter or name."))
    return list(dict.fromkeys(answer))


def as_mapping(answer: Any) -> dict[str, Any]:
    """Read an answer that has a value for each of several rows, items or fields."""
    if not isinstance(answer, dict) or len(answer) > MAX_ITEMS:
        raise UnfitAnswer(_("The answer should give one value for each row."))
    return {str(name): value for name, value in answer.items()}


def as_point(answer: Any) -> tuple[float, float]:
    """Read a place on a grid: column from the left and row from the bottom."""
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        raise UnfitAnswer(_("A place should have two numbers: across and up."))
    across, up = (as_number(number) for number in answer)
    return across, up


def as_number(answer: Any, unit: str = "") -> float:
    """Read a number that was typed by a person, or given as a number.

    Accepted: ``12.5``, ``12,5`` (one comma and not three digits after it: a decimal comma),
    ``1,234`` and ``1 234`` and ``1,234.5`` and ``1.234,5`` (thousands), ``１２．５`` (full-width),
    ``-3`` and ``−3``, ``1.2e3``, and the question's unit or ``¥`` before or after it. A single
    dot is always a decimal point. ``%`` means per cent: if the question's unit is ``%`` or
    ``points`` (of 100), ``12.5 %`` reads 12.5; in any other question it reads 0.125. Where a
    question names no unit, one word after the number is taken for it.

    Parameters
    ----------
    answer : object
        Text or a number.
    unit : str, optional
        The unit that the question names.

    Returns
    -------
    float
        A finite number.

    Raises
    ------
    UnfitAnswer
        If no number can be read; the message says so in a sentence.

    Examples
    --------
    >>> as_number("12,5 %", unit="%"), as_number("12.5%"), as_number("CNY 1,234", unit="CNY")
    (12.5, 0.125, 1234.0)
    >>> as_number("30 points"), as_number("30 %", unit="points")
    (30.0, 30.0)
    """
    if isinstance(answer, bool) or not isinstance(answer, int | float | str):
        raise UnfitAnswer(_("The answer should be a number."))
    try:
        number = _read_text(answer, unit) if isinstance(answer, str) else float(answer)
    except (ValueError, OverflowError):
        raise UnfitAnswer(
            _("“{text}” cannot be read as a number. Write it like 1234.5.").format(
                text=str(answer)[:40]
            )
        ) from None
    if not math.isfinite(number):
        raise UnfitAnswer(_("The answer should be a finite number."))
    return number


def share_for_hundred(number: float, key: float, unit: str, tolerance: float = 0.0) -> str:
    """Say so if somebody gave 0.125 where 12.5 per cent, or points of 100, are asked for.

    Examples
    --------
    >>> share_for_hundred(0.3, 30, "points"), share_for_hundred(0.3, 30, "dates")
    ('This is a share; the question counts in hundredths: multiply by 100.', '')
    """
    if unit not in OF_HUNDRED or not math.isclose(
        number * 100, key, rel_tol=0.01, abs_tol=tolerance
    ):
        return ""
    return _("This is a share; the question counts in hundredths: multiply by 100.")


def _read_text(text: str, unit: str) -> float:
    if len(text) > 100:
        raise ValueError("too long for a number")
    text = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if unit and unit != "%":
        one = re.escape(unicodedata.normalize("NFKC", unit).removesuffix("s"))
        text = re.sub(rf"{one}s?(?![a-z])", "", text, flags=re.IGNORECASE)
    elif not unit:
        text = re.sub(UNIT_WORD, r"\1", text, flags=re.IGNORECASE)
    text = text.strip(" ¥")
    per_cent = text.endswith("%")
    text = re.sub(r"[\s'’_]", "", text.removesuffix("%"))
    number = float(_plain_digits(text))
    return number / 100 if per_cent and unit not in OF_HUNDRED else number


def _plain_digits(text: str) -> str:
    """Take out the thousands separators and write the decimal mark as a dot."""
    if "," in text and "." in text:
        decimal = max(text.rfind(","), text.rfind("."))
        thousands = "," if text[decimal] == "." else "."
        whole, fraction = text[:decimal], text[decimal + 1 :]
        if not re.fullmatch(rf"[+-]?\d{{1,3}}(\{thousands}\d{{3}})*", whole):
            raise ValueError("separators are not at the thousands")
        return f"{whole.replace(thousands, '')}.{fraction}"
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+", text):
        return text.replace(",", "")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(\.\d{3}){2,}", text):
        return text.replace(".", "")
    return text.replace(",", ".") if text.count(",") == 1 else text


def tidy(value: Any, depth: int = 6) -> Any:
    """Copy a value as plain JSON that can always be saved.

    Half characters (lone surrogates, which no UTF-8 file can hold) become ``?``; numbers of
    NumPy become numbers; a tuple becomes a list.

    Raises
    ------
    UnfitAnswer
        If the value is too large, too deep, not finite, or no JSON at all.

    Examples
    --------
    >>> tidy({"a": (1, 2.5)})
    {'a': [1, 2.5]}
    """
    if depth < 0:
        raise UnfitAnswer(_("The answer is nested too deeply."))
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise UnfitAnswer(
                _("The answer is too long: at most {n} characters.").format(n=MAX_TEXT)
            )
        return value.encode("utf-8", "replace").decode("utf-8")
    if hasattr(value, "item") and not hasattr(value, "__len__"):  # a NumPy number
        value = value.item()
    if isinstance(value, int | float):
        if abs(value) > 1e300 or value != value:
            raise UnfitAnswer(_("The answer should be a finite number."))
        return value
    if isinstance(value, list | tuple | set | frozenset | dict) and len(value) > MAX_ITEMS:
        raise UnfitAnswer(_("The answer has too many parts."))
    if isinstance(value, dict):
        return {tidy(str(name)): tidy(item, depth - 1) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item, depth - 1) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((tidy(item, depth - 1) for item in value), key=str)
    raise UnfitAnswer(_("The answer should be text, a number, a list or a dictionary."))
