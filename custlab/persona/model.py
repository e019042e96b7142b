"""What a persona is made of: traits, each with the evidence that it rests on.

Everything here is a frozen dataclass: an edit gives a new persona and leaves the old one as it
was. What a person adds or rewords without data is an assumption, and stays one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona._words import number, strength_word

SCHEMA_VERSION = 1
DIMENSIONS = ("demographic", "behaviour", "psychology", "needs")
KINDS = ("need", "expectation", "pain point")
STRENGTHS = ("strong", "moderate", "weak", "assumed")
AREAS = ("media and placement", "content", "promotion", "product", "service")


@dataclass(frozen=True)
class Evidence:
    """What a claim about a segment rests on: where it was counted, and how sure it is.

    Parameters
    ----------
    table, column : str
        Where the number comes from.
    statistic : {"share", "mean", "median"}
        What ``value`` and ``rest`` are.
    level : str
        Category, or threshold in words; "" if there is none.
    value, rest : float
        The statistic in the segment, and among all other customers (shares from 0 to 1).
    n, n_rest : int
        Customers with a known value, in the segment and among the others.
    effect : float
        Cohen's h for shares, Hedges' g for means: .2 small, .5 medium, .8 large.
    low, high : float
        Interval of the difference ``value - rest``, in the statistic's own unit.
    strength : {"strong", "moderate", "weak"}
        By the rule of :data:`custlab.persona.evidence.RULE`.
    words : str
        The claim as the rest of a sentence, such as "shop after 22:00".
    unit : str
        Unit of a mean or median, such as "days".
    cut : float, optional
        Of a number: the trait holds for those beyond this value (on the side of the difference).
    holds_rest : float, optional
        Share of the other customers for whom the trait holds.

    Examples
    --------
    >>> found = Evidence("orders", "order_hour", "share", "22-24", 0.62, 0.31, 412, 1888, 0.63,
    ...                  0.26, 0.36, "strong", words="shop after 22:00")
    >>> found.sentence()
    '62 % shop after 22:00 (rest: 31 %, n = 412, strong)'
    """

    table: str
    column: str
    statistic: str
    level: str
    value: float
    rest: float
    n: int
    n_rest: int
    effect: float
    low: float
    high: float
    strength: str
    words: str = ""
    unit: str = ""
    cut: float | None = None
    holds_rest: float | None = None
    extra: dict = field(default_factory=dict, hash=False, repr=False)

    def sentence(self) -> str:
        """Say the evidence in one sentence, as a card shows it.

        Returns
        -------
        str
            Value, claim, the rest's value, number of customers and strength.
        """
        if self.statistic == "share":
            text = _("{value} % {words} (rest: {rest} %, n = {n}, {strength})")
            value, rest = f"{100 * self.value:.0f}", f"{100 * self.rest:.0f}"
        else:
            text = _("{words}: {value} {unit} (rest: {rest}, n = {n}, {strength})")
            value, rest = number(self.value), number(self.rest)
        said = text.format(
            value=value, rest=rest, words=self.words or self.column, unit=self.unit,
            n=f"{self.n:,}", strength=strength_word(self.strength),
        )  # fmt: skip
        return said.replace("  ", " ")

    @property
    def lift(self) -> float:
        """How many times as large the segment's value is as the rest's (inf if that is 0)."""
        if self.rest == 0:
            return float("inf") if self.value else 1.0
        return self.value / self.rest


@dataclass(frozen=True)
class Trait:
    """One line of a persona.

    Parameters
    ----------
    id : str
        Name by which suggestions, checks and files refer to it.
    dimension : str
        One of :data:`DIMENSIONS`; "role" for the line on the role in the purchase.
    kind : str
        Among needs one of :data:`KINDS`, else "".
    text : str
        The line, in words.
    evidence : Evidence, optional
        What it rests on; without any, the line is an assumption.
    share : float, optional
        Share of the segment's customers for whom it holds.
    edited_by : str
        Who reworded or added it; "" if it is as drafted.
    note : str
        A remark.

    Examples
    --------
    >>> Trait("t1", "needs", "need", "Wants it delivered on Sunday").strength
    'assumed'
    """

    id: str
    dimension: str
    kind: str
    text: str
    evidence: Evidence | None = None
    share: float | None = None
    edited_by: str = ""
    note: str = ""
    extra: dict = field(default_factory=dict, hash=False, repr=False)

    @property
    def strength(self) -> str:
        """The evidence's strength, or "assumed" without any."""
        return self.evidence.strength if self.evidence else "assumed"

    def reworded(self, text: str, by: str = "") -> Trait:
        """Give the trait another text; its evidence stays what it was.

        Parameters
        ----------
        text : str
            The new line.
        by : str
            Who wrote it.

        Returns
        -------
        Trait
        """
        return replace(self, text=text, edited_by=by or self.edited_by or _("you"))

    def sentence(self) -> str:
        """Give the evidence's sentence, or say that there is none.

        Returns
        -------
        str
        """
        if self.evidence:
            return self.evidence.sentence()
        return _("assumed: no data behind it")


@dataclass(frozen=True)
class Suggestion:
    """Something to do, and the traits that it follows from.

    Parameters
    ----------
    area : str
        One of :data:`AREAS`.
    text : str
        What to do.
    because : tuple of str
        Ids of traits.
    """

    area: str
    text: str
    because: tuple[str, ...]
    extra: dict = field(default_factory=dict, hash=False, repr=False)


@dataclass(frozen=True)
class Quote:
    """Words that a member of the segment wrote in the survey.

    Parameters
    ----------
    text : str
        The comment, as written.
    row : int
        Row of the survey table, counted from 0. No id of the customer is kept.
    table, column : str
        Where it stands.
    """

    text: str
    row: int
    table: str = "survey"
    column: str = "comment"
    extra: dict = field(default_factory=dict, hash=False, repr=False)


@dataclass(frozen=True)
class Value:
    """What the segment's customers bring.

    Parameters
    ----------
    evidence : Evidence
        Mean margin of the last twelve months, against the rest.
    share : float
        The segment's share of the margin of all customers.
    currency : str
        Such as "CNY".
    """

    evidence: Evidence
    share: float
    currency: str
    extra: dict = field(default_factory=dict, hash=False, repr=False)

    def sentence(self) -> str:
        """Say the value in one sentence.

        Returns
        -------
        str
        """
        found = self.evidence
        return _(
            "{value} {currency} margin a customer in the last 12 months (rest: {rest}, "
            "n = {n}, {strength}); {share} % of all margin"
        ).format(
            value=number(found.value), rest=number(found.rest), currency=self.currency,
            n=f"{found.n:,}", strength=strength_word(found.strength),
            share=f"{100 * self.share:.0f}",
        )  # fmt: skip


@dataclass(frozen=True)
class Persona:
    """A figure that stands for a segment; every line says what it rests on.

    Parameters
    ----------
    id, case, segment : str
        Its key, the case that it was made from, and the segment.
    name, headline : str
        What it is called, and one line that sums it up.
    traits : tuple of Trait
        Its lines, in the order of the card.
    role : Trait, optional
        Who decides in a purchase.
    value : Value, optional
        What such customers bring.
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
        return replace(self, name=str(name).strip(), headline=line)

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
        return replace(self, message=str(message).strip())

    def filtered(self, strength: str) -> Persona:
        """Keep the traits that are at least this strong.

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
        return self._keeping({trait.id for trait in self.traits if trait.strength in wanted})

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
