"""Draft a persona from a segment: what the data say, line by line, for a person to edit."""

from __future__ import annotations

import datetime
import re
import zlib
from dataclasses import replace

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona.actions import suggest
from custlab.persona.card_parts import Trait
from custlab.persona.evidence import MIN_MEMBERS, evidence_of, too_few, trait_table
from custlab.persona.facts import Facts, facts_of, member_ids
from custlab.persona.further_lines import quote_line, role_line, value_line
from custlab.persona.headline import headline
from custlab.persona.message import with_messages
from custlab.persona.persona import Persona
from custlab.persona.persona_set import PersonaSet
from custlab.persona.protected import PROTECTED

# How many lines a card takes of each dimension, of each kind of need, and of each column.
MOST_LINES = {"demographic": 4, "behaviour": 5, "psychology": 3, "needs": 6}
MOST_OF_KIND = {"need": 3, "expectation": 2, "pain point": 2}
MOST_OF_COLUMN = {"action": 2}
# A line of the draft holds for at least this share of the segment.
MIN_SHARE = 0.5
# ... and for this much more of the segment than of the others.
LEAST_LEAD = 0.1
# Two shares that hold for the same customers, but for this part of them, are one line.
SAME = 0.9
# Columns that say where to reach customers.
CHANNEL_COLUMNS = ("channel", "timestamp", "acquisition_channel", "marketing_consent")
# The law and good manners ask for surer evidence before these are written on a card.
SENSITIVE = {column: one.needs for one in PROTECTED for column in one.columns}


def draft(case, members, name=None, segment: str = "", rest=None) -> Persona:
    """Draft a persona of a segment: the clearest traits, each with its evidence.

    A line is drafted if its evidence is at least weak (moderate where it speaks of a protected
    attribute such as age, strong where of gender), if it holds for at least half of the
    segment, and for ten points more of the segment than of the others; of each dimension the
    strongest few are taken. A dimension without such a line stays
    empty: nothing is made up to fill a card.

    Parameters
    ----------
    case : Case
        The firm.
    members : Index, Series or list of customer_id
        The segment's customers; at least 30.
    name : str, optional
        What to call it; otherwise a neutral name that hints at no gender, age or origin.
    segment : str
        The segment's label.
    rest : Index, Series or list of customer_id, optional
        Whom to compare with; all other customers by default.

    Returns
    -------
    Persona

    Raises
    ------
    InputError
        For fewer than 30 members or others, and ids of another case.

    Examples
    --------
    >>> from custlab import load_case
    >>> case = load_case("software")
    >>> bodies = case.customers.query("kind == 'government'")["customer_id"]
    >>> persona = draft(case, bodies, name="Town hall")
    >>> persona.by_dimension("demographic")[0].sentence()
    '100 % are public bodies (rest: 0 %, n = 185, strong)'
    """
    return with_messages((_draft(case, members, name, str(segment), rest, place=0),))[0]


def draft_set(case, segments: pd.Series) -> PersonaSet:
    """Draft a persona of every segment, each compared with the customers of the others.

    Messages are drafted together, so that personas with the same first need are told different
    things where their lines give reason for it; :meth:`PersonaSet.remarks` names those that
    still share one.

    Parameters
    ----------
    case : Case
        The firm.
    segments : Series
        Segment (number or name) by ``customer_id``; customers without one are left out.

    Returns
    -------
    PersonaSet
        In the order of the segments' labels.

    Raises
    ------
    InputError
        If there is one segment only, a segment of fewer than 30 customers, or an unknown id.

    Examples
    --------
    >>> from custlab import load_case
    >>> case = load_case("ecommerce")
    >>> by_life = case.customers.set_index("customer_id")["occupation"].dropna()
    >>> by_life = by_life[by_life.isin(["student", "newcomer", "mid-career"])].astype(str)
    >>> [persona.name for persona in draft_set(case, by_life)]
    ['Maple', 'Harbour', 'Comet']
    """
    segments = checked_segments(case, segments)
    everybody = segments.index
    personas = [
        _draft(case, everybody[segments == label], None, str(label), everybody, place)
        for place, label in enumerate(in_order(segments))
    ]
    return PersonaSet(case.name, with_messages(tuple(personas)), _today())


def checked_segments(case, segments: pd.Series) -> pd.Series:
    """Check that segments can be turned into personas.

    Parameters
    ----------
    case : Case
        The firm.
    segments : Series
        Segment by ``customer_id``.

    Returns
    -------
    Series
        Without missing values.
    """
    if not isinstance(segments, pd.Series):
        raise InputError(
            _("segments must be a Series: the segment of each customer, with customer_id as index.")
        )
    # As plain values: a category keeps labels that nobody has, and 2.0 is meant as 2.
    known = segments.dropna().convert_dtypes().astype(object)
    if known.index.has_duplicates:
        raise InputError(
            _("customer_id {id!r} is in the segments more than once: one segment each.").format(
                id=known.index[known.index.duplicated()][0]
            )
        )
    member_ids(case, known.index, _("Segments"))
    sizes = known.value_counts()
    if len(sizes) < 2:
        raise InputError(_("A set of personas needs at least two segments to tell apart."))
    small = sizes[sizes < MIN_MEMBERS]
    if len(small):
        raise InputError(
            _("Segment {label!r}: {why}").format(label=small.index[0], why=too_few(small.iloc[0]))
        )
    return known.set_axis(known.index.astype(object))


def _draft(case, members, name, segment: str, rest, place: int) -> Persona:
    traits = card_traits(case, members, rest)
    inside = member_ids(case, members, _("Members"))
    everybody = case.customers["customer_id"] if rest is None else rest
    outside = pd.Index(member_ids(case, everybody, _("Others"))).difference(inside, sort=False)
    said, because = headline(traits)
    persona = Persona(
        id=f"{case.name}-{_slug(segment) or 'persona'}", case=case.name, segment=segment,
        name=str(name).strip() if name else neutral_name(place), traits=traits,
        headline=said, headline_because=because, role=role_line(case, inside, outside),
        value=value_line(case, inside, outside), n=len(inside),
        share=len(inside) / (len(inside) + len(outside)),
        channels=tuple(trait.id for trait in traits if is_channel(trait)),
        picture=_picture(case.name, segment, place), made_on=_today(),
        as_of=str(case.as_of.date()),
    )  # fmt: skip
    persona = replace(persona, suggestions=suggest(persona))
    return replace(persona, quote=quote_line(case, persona, inside))


def card_traits(case, members, rest=None) -> tuple[Trait, ...]:
    """Choose the lines of a segment's card.

    Parameters
    ----------
    case : Case
        The firm.
    members, rest : Index, Series or list of customer_id
        As of :func:`draft`.

    Returns
    -------
    tuple of Trait
        The strongest first.
    """
    chosen = _chosen(trait_table(case, members, rest), facts_of(case))
    return tuple(trait_of(row) for row in chosen.itertuples())


def _chosen(table: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Choose the lines of the card, dimension by dimension, the strongest first."""
    leads = table["share"] - table["holds_rest"] >= LEAST_LEAD
    table = table[(table["share"] >= MIN_SHARE) & leads]
    kept, lines, kinds, columns = [], {}, {}, {}
    for place, row in zip(table.index, table.itertuples(), strict=True):
        if row.strength not in SENSITIVE.get(row.column, (row.strength,)):
            continue
        column = (row.table, row.column)
        full = (
            lines.get(row.dimension, 0) >= MOST_LINES[row.dimension]
            or kinds.get(row.kind, 0) >= MOST_OF_KIND.get(row.kind, 99)
            or columns.get(column, 0) >= MOST_OF_COLUMN.get(row.column, 1)
            or any(_says_it_too(facts, row, table.loc[known]) for known in kept)
        )
        if not full:
            kept.append(place)
            lines[row.dimension] = lines.get(row.dimension, 0) + 1
            kinds[row.kind] = kinds.get(row.kind, 0) + 1
            columns[column] = columns.get(column, 0) + 1
    return table.loc[kept]


def _says_it_too(facts: Facts, row, other) -> bool:
    """Say whether two lines read alike, or count nearly the same customers: one says it all."""
    if row.text == other["text"]:
        return True
    if not row.statistic == other["statistic"] == "share":
        return False
    one, two = (facts.column((line.table, line.column, line.level)) for line in (row, other))
    known = ~np.isnan(one) & ~np.isnan(two)
    both, either = (one * two)[known].sum(), np.maximum(one, two)[known].sum()
    return bool(either and both / either >= SAME)


def trait_of(row) -> Trait:
    """Turn a row of a trait table into a trait.

    Parameters
    ----------
    row : Series or named tuple
        A row of :func:`custlab.persona.trait_table`.

    Returns
    -------
    Trait
    """
    parts = [row.table, row.column, _slug(row.level), "" if row.effect > 0 else "less"]
    return Trait(
        id="-".join(part for part in parts if part), dimension=row.dimension, kind=row.kind,
        text=row.text, evidence=evidence_of(row), share=float(row.share),
    )  # fmt: skip


def is_channel(trait: Trait) -> bool:
    """Say whether a trait tells where customers can be reached."""
    return trait.evidence is not None and trait.evidence.column in CHANNEL_COLUMNS


def neutral_name(place: int) -> str:
    """Give a name that hints at no gender, age, origin or rank.

    Parameters
    ----------
    place : int
        Number of the persona in its set, from 0.

    Returns
    -------
    str

    Examples
    --------
    >>> neutral_name(0), neutral_name(13)
    ('Maple', 'Harbour 2')
    """
    names = (
        _("Maple"), _("Harbour"), _("Comet"), _("Meadow"), _("Lantern"), _("Summit"),
        _("Delta"), _("Quarry"), _("Orchard"), _("Beacon"), _("Canyon"), _("Prairie"),
    )  # fmt: skip
    turn, which = divmod(place, len(names))
    return f"{names[which]} {turn + 1}" if turn else names[which]


def _picture(case: str, segment: str, place: int) -> tuple[int, int, int]:
    """Draw numbers for the portrait: its shape by the place, the rest by the segment's name."""
    drawn = zlib.crc32(f"{case}/{segment}".encode())
    return (place, drawn % 997, drawn // 997 % 991)


def _slug(text: str) -> str:
    return re.sub(r"[^\w]+", "-", str(text).casefold()).strip("-")


def in_order(segments: pd.Series) -> list:
    """Give the labels of segments: numbers by size (2 before 10), then texts."""
    return sorted(segments.unique(), key=_by_number)


def _by_number(label) -> tuple:
    text = str(label)
    number = re.fullmatch(r"-?\d+(?:\.\d+)?", text)
    return (number is None, float(text) if number else 0.0, text)


def _today() -> str:
    return datetime.date.today().isoformat()
