"""The parts of a persona: evidence, traits, suggestions, a quote, the value.

Frozen dataclasses: an edit gives a new one. ``extra`` holds fields of a file that this version
does not know; they are written back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from custlab.i18n import _
from custlab.persona.phrases import number, percent, strength_word

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
        By the rule of :func:`custlab.persona.rule_table`.
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
            text = (
                _("{words}: median {value} {unit} (rest: {rest}, n = {n}, {strength})")
                if self.statistic == "median"
                else _("{words}: mean {value} {unit} (rest: {rest}, n = {n}, {strength})")
            )
            whole = self.statistic == "median"
            value, rest = number(self.value, whole), number(self.rest, whole)
            rest += " %" if self.unit == "%" else ""
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
        One of :data:`DIMENSIONS`; "role" and "value" for the lines on who decides in a purchase
        and on what customers bring.
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

    A value that does not clearly differ from the rest's is on the card all the same; its
    evidence is called weak.

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

    def figure(self) -> str:
        """Give the amount alone, such as "1,514 CNY"."""
        return _("{value} {currency}").format(
            value=number(self.evidence.value), currency=self.currency
        )

    def sentence(self) -> str:
        """Say the value in one sentence.

        Returns
        -------
        str
        """
        found = self.evidence
        return _(
            "{value} {currency} margin a customer in the last 12 months (rest: {rest}, "
            "n = {n}, {strength}); {share} of all margin"
        ).format(
            value=number(found.value), rest=number(found.rest), currency=self.currency,
            n=f"{found.n:,}", strength=strength_word(found.strength),
            share=percent(self.share),
        )  # fmt: skip
