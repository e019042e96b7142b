"""What to say of a set of personas as a whole: which of them are not told apart."""

from __future__ import annotations

import re

from custlab.i18n import _
from custlab.persona._message import with_messages
from custlab.persona.model import Persona


def remarks(personas: tuple[Persona, ...]) -> tuple[str, ...]:
    """Say which personas share a message or a headline.

    Parameters
    ----------
    personas : tuple of Persona
        The set, as it stands.

    Returns
    -------
    tuple of str
        A sentence for each group that shares one.

    Examples
    --------
    >>> pair = (Persona("a", "x", "1", "Maple", message="Hi."),
    ...         Persona("b", "x", "2", "Comet", message="hi"))
    >>> remarks(pair)[0].split(":")[0]
    'Maple and Comet share one message'
    """
    found = [_one_message(shared) for shared in _sharing(personas, "message")]
    headline = _(
        "{names} share one headline: look for a line that tells them apart, or merge them."
    )
    for shared in _sharing(personas, "headline"):
        found.append(headline.format(names=_listed(shared)))
    return tuple(found)


def _one_message(personas: list[Persona]) -> str:
    """Say that personas are told the same, and whether their cards would give more."""
    drafted = with_messages(tuple(personas))
    if len({persona.message for persona in drafted}) > 1:
        text = _(
            "{names} share one message: their cards give reason for different ones. Write one of "
            "your own for each."
        )
    else:
        text = _(
            "{names} share one message: their cards give no sure reason for different ones. Write "
            "one of your own for each, or ask whether they are two kinds of customers at all."
        )
    return text.format(names=_listed(personas))


def _sharing(personas: tuple[Persona, ...], field: str) -> list[list[Persona]]:
    groups: dict[str, list[Persona]] = {}
    for persona in personas:
        # Case and punctuation make no difference to whoever reads it.
        said = " ".join(re.findall(r"\w+", getattr(persona, field).casefold()))
        if said:
            groups.setdefault(said, []).append(persona)
    return [shared for shared in groups.values() if len(shared) > 1]


def _listed(personas: list[Persona]) -> str:
    names = [persona.name for persona in personas]
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])
