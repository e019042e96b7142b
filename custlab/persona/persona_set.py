"""A set of personas, one for each segment, and what to say of it as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona.card_parts import SCHEMA_VERSION, STRENGTHS
from custlab.persona.message import with_messages
from custlab.persona.persona import Persona


@dataclass(frozen=True)
class PersonaSet:
    """The personas of one case, one for each segment.

    Parameters
    ----------
    case : str
        Name of the case.
    personas : tuple of Persona
        The personas; ids differ.
    made_on : str
        Date of the draft (YYYY-MM-DD).
    """

    case: str
    personas: tuple[Persona, ...]
    made_on: str = ""
    version: int = SCHEMA_VERSION
    extra: dict = field(default_factory=dict, hash=False, repr=False)

    def __iter__(self) -> Iterator[Persona]:
        return iter(self.personas)

    def __len__(self) -> int:
        return len(self.personas)

    def __getitem__(self, key) -> Persona:
        """Give a persona by its id, its segment, its name or its place."""
        if isinstance(key, int) and not isinstance(key, bool):
            return self.personas[key]
        for wanted in ("id", "segment", "name"):
            for persona in self.personas:
                if getattr(persona, wanted) == str(key):
                    return persona
        raise InputError(
            _("There is no persona {given!r}. Personas: {known}.").format(
                given=key, known=", ".join(persona.name for persona in self.personas)
            )
        )

    def replaced(self, persona: Persona) -> PersonaSet:
        """Put an edited persona in the place of the one with the same id.

        Parameters
        ----------
        persona : Persona
            The edited one.

        Returns
        -------
        PersonaSet
        """
        self[persona.id]
        changed = (persona if one.id == persona.id else one for one in self.personas)
        return replace(self, personas=tuple(changed))

    def remarks(self) -> tuple[str, ...]:
        """Say which personas share a message or a headline, as they stand now.

        Returns
        -------
        tuple of str
            A sentence each; none if every persona has its own.
        """
        return remarks(self.personas)

    def table(self):
        """List the personas: size, value and how many traits are how strong.

        Returns
        -------
        DataFrame
            One row a persona: ``name``, ``segment``, ``n``, ``share``, ``value_share`` and a
            column of counts for each strength.
        """
        import pandas as pd

        return pd.DataFrame([_row_of(persona) for persona in self.personas])


def _row_of(persona: Persona) -> Mapping:
    counted = [trait.strength for trait in persona.traits]
    return {
        "name": persona.name,
        "segment": persona.segment,
        "n": persona.n,
        "share": persona.share,
        "value_share": persona.value.share if persona.value else None,
        **{strength: counted.count(strength) for strength in STRENGTHS},
    }


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
