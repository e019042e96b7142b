"""What to say of a set of personas as a whole: which of them are not told apart."""

from __future__ import annotations

import re

from custlab.i18n import _
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
    message = _(
        "{names} share one message: their cards give no reason for different ones. Write one of "
        "your own for each, or ask whether they are two kinds of customers at all."
    )
    headline = _(
        "{names} share one headline: look for a line that tells them apart, or merge them."
    )
    return (*_shared(personas, "message", message), *_shared(personas, "headline", headline))


def _shared(personas: tuple[Persona, ...], field: str, template: str) -> list[str]:
    groups: dict[str, list[str]] = {}
    for persona in personas:
        # Case and punctuation make no difference to whoever reads it.
        said = " ".join(re.findall(r"\w+", getattr(persona, field).casefold()))
        if said:
            groups.setdefault(said, []).append(persona.name)
    return [template.format(names=_listed(names)) for names in groups.values() if len(names) > 1]


def _listed(names: list[str]) -> str:
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])
