"""The persona itself: an edit gives a new one and leaves the old one as it was.

What a person adds or rewords without data is an assumption, and stays one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona.card_parts import (
    DIMENSIONS,
    SCHEMA_VERSION,
    STRENGTHS,
    Quote,
    Suggestion,
    Trait,
    Value,
)


@dataclass(frozen=True)
class Persona:
    """A figure that stands for a segment; every line says what it rests on.

    Parameters
    ----------
    id, case, segment : str
        Its key, the case that it was made from, and the segment.
    name, headline : str
        What it is called, and a line or two that sum it up.
    headline_because, message_because : tuple of str
        Ids of the traits that the drafted headline and message rest on; empty for words of a
        person's own.
    traits : tuple of Trait
        Its lines, in the order of the card.
    role : Trait, optional
        Who decides in a purchase, as drafted.
    value : Value, optional
        What such customers bring, as drafted.
    own_role, own_value : Trait, optional
        What a person wrote in the place of these two: assumptions. The draft is kept beside them.
    n : int
        Customers in the segment.
    share : float
        Their share of all customers.
    channels : tuple of str
        Ids of the traits that say where to reach them.
    message : str
        What to tell them, in one sentence.
    quote : Quote, optional
        Words of a real member.
    suggestions : tuple of Suggestion
        What follows for the firm.
    picture : tuple of int
        Numbers that the drawn portrait is made from; they say nothing about people.
    version : int
        Schema version.
    made_on, as_of : str
        Dates (YYYY-MM-DD): drafted, and last day of the data.
    """

    id: str
    case: str
    segment: str
    name: str
    headline: str = ""
    traits: tuple[Trait, ...] = ()
    role: Trait | None = None
    value: Value | None = None
    n: int = 0
    share: float = 0.0
    channels: tuple[str, ...] = ()
    message: str = ""
    quote: Quote | None = None
    suggestions: tuple[Suggestion, ...] = ()
    picture: tuple[int, ...] = (0, 0, 0)
    version: int = SCHEMA_VERSION
    made_on: str = ""
    as_of: str = ""
    headline_because: tuple[str, ...] = ()
    message_because: tuple[str, ...] = ()
    own_role: Trait | None = None
    own_value: Trait | None = None
    extra: dict = field(default_factory=dict, hash=False, repr=False)

    def trait(self, trait_id: str) -> Trait:
        """Give one trait.

        Parameters
        ----------
        trait_id : str
            Its id.

        Returns
        -------
        Trait

        Raises
        ------
        InputError
            If there is none of that id.
        """
        for trait in self.traits:
            if trait.id == trait_id:
                return trait
        known = ", ".join(trait.id for trait in self.traits) or _("none")
        raise InputError(
            _("The persona {name!r} has no trait {given!r}. Its traits: {known}.").format(
                name=self.name, given=trait_id, known=known
            )
        )

    def by_dimension(self, dimension: str) -> tuple[Trait, ...]:
        """Give the traits of one dimension.

        Parameters
        ----------
        dimension : {"demographic", "behaviour", "psychology", "needs"}
            Which.

        Returns
        -------
        tuple of Trait
        """
        if dimension not in DIMENSIONS:
            raise InputError(
                _("{given!r} is no dimension of a persona. Dimensions: {known}.").format(
                    given=dimension, known=", ".join(DIMENSIONS)
                )
            )
        return tuple(trait for trait in self.traits if trait.dimension == dimension)

    def with_trait(self, trait: Trait) -> Persona:
        """Add a trait, or put it in the place of the one with the same id.

        Parameters
        ----------
        trait : Trait
            The new one. Evidence is never taken from a person: a trait of new id keeps only
            what it brings, and one that replaces another keeps the other's evidence.

        Returns
        -------
        Persona
        """
        old = [known for known in self.traits if known.id == trait.id]
        if not old:
            return replace(self, traits=(*self.traits, trait))
        kept = replace(trait, evidence=old[0].evidence, share=old[0].share)
        changed = (kept if known.id == trait.id else known for known in self.traits)
        return replace(self, traits=tuple(changed))

    def without_trait(self, trait_id: str) -> Persona:
        """Remove a trait, and the suggestions that rest on it alone.

        Parameters
        ----------
        trait_id : str
            Its id.

        Returns
        -------
        Persona
        """
        self.trait(trait_id)
        return self._keeping({trait.id for trait in self.traits} - {trait_id})

    def rename(self, name: str, headline: str | None = None) -> Persona:
        """Give the persona another name, and headline if one is given.

        Parameters
        ----------
        name : str
            The new name; not empty.
        headline : str, optional
            The new headline.

        Returns
        -------
        Persona
        """
        if not str(name).strip():
            raise InputError(_("A persona needs a name: type one or several words."))
        line = self.headline if headline is None else str(headline).strip()
        because = self.headline_because if line == self.headline else ()
        return replace(self, name=str(name).strip(), headline=line, headline_because=because)

    def with_message(self, message: str) -> Persona:
        """Give the persona another message.

        Parameters
        ----------
        message : str
            The new one.

        Returns
        -------
        Persona
        """
        said = str(message).strip()
        because = self.message_because if said == self.message else ()
        return replace(self, message=said, message_because=because)

    def with_role(self, text: str, by: str = "") -> Persona:
        """Say in one's own words who decides: an assumption, in the place of the drafted line.

        Parameters
        ----------
        text : str
            The new line; the drafted one, or nothing, brings the draft back.
        by : str
            Who wrote it.

        Returns
        -------
        Persona
        """
        return replace(self, own_role=_own("role", text, by, self.role and self.role.text))

    def with_value(self, text: str, by: str = "") -> Persona:
        """Say in one's own words what they bring: an assumption, in the place of the drafted line.

        Parameters
        ----------
        text : str
            The new line; the drafted one, or nothing, brings the draft back.
        by : str
            Who wrote it.

        Returns
        -------
        Persona
        """
        return replace(self, own_value=_own("value", text, by, self.value and self.value.figure()))

    def filtered(self, strength: str) -> Persona:
        """Keep the traits, and the role, that are at least this strong.

        What a person wrote for role and value is an assumption, and goes with the others.

        Parameters
        ----------
        strength : {"strong", "moderate", "weak", "assumed"}
            The least; "assumed" keeps all.

        Returns
        -------
        Persona
        """
        if strength not in STRENGTHS:
            raise InputError(
                _("{given!r} is no strength. Strengths: {known}.").format(
                    given=strength, known=", ".join(STRENGTHS)
                )
            )
        wanted = STRENGTHS[: STRENGTHS.index(strength) + 1]
        kept = self._keeping({trait.id for trait in self.traits if trait.strength in wanted})
        role = self.role if self.role and self.role.strength in wanted else None
        kept = replace(kept, role=role)
        return kept if "assumed" in wanted else replace(kept, own_role=None, own_value=None)

    def _keeping(self, ids: set) -> Persona:
        """Keep some traits, and of channels and suggestions what still has its reason."""
        suggestions = (
            replace(one, because=tuple(key for key in one.because if key in ids))
            for one in self.suggestions
        )
        return replace(
            self,
            traits=tuple(trait for trait in self.traits if trait.id in ids),
            channels=tuple(key for key in self.channels if key in ids),
            suggestions=tuple(one for one in suggestions if one.because),
        )


def _own(dimension: str, text: str, by: str, drafted: str | None) -> Trait | None:
    """Give a person's own line, or None if it says no more than the draft."""
    said = str(text).strip()
    if said in ("", drafted):
        return None
    return Trait(f"own-{dimension}", dimension, "", said, edited_by=by or _("you"))
