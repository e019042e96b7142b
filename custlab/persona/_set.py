"""A set of personas, one for each segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona._figure import Persona
from custlab.persona._parts import SCHEMA_VERSION, STRENGTHS


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
        from custlab.persona._remarks import remarks

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
