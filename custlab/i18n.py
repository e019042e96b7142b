"""The course's language: every string that a learner sees passes through here.

The language is chosen by the environment variable ``CUSTLAB_LANG`` (for example ``zh_CN``);
without it, or without a translation, the English text stands.
"""

from __future__ import annotations

import gettext
import os
from functools import lru_cache
from pathlib import Path

LOCALE_FOLDER = Path(__file__).parent / "locale"


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    languages = [language] if language else []
    return gettext.translation("custlab", LOCALE_FOLDER, languages=languages, fallback=True)


def _current() -> gettext.NullTranslations:
    return _catalogue(os.environ.get("CUSTLAB_LANG", ""))


def _(message: str) -> str:
    """Translate one whole sentence.

    Parameters
    ----------
    message : str
        The English text, with named placeholders where values go.

    Returns
    -------
    str
        The text in the learner's language.

    Examples
    --------
    >>> _("{done} of {total} answered").format(done=3, total=9)
    '3 of 9 answered'
    """
    return _current().gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a sentence that depends on a number.

    Parameters
    ----------
    one, many : str
        The English text for one thing and for several.
    count : int
        How many things there are.

    Returns
    -------
    str
        The text in the learner's language.

    Examples
    --------
    >>> ngettext("{n} question", "{n} questions", 2).format(n=2)
    '2 questions'
    """
    return _current().ngettext(one, many, count)
