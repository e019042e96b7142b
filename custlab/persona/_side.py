"""A set of personas in one table: a column each, the same dimension in the same row."""

from __future__ import annotations

from custlab.i18n import _
from custlab.persona import _html as tag
from custlab.persona._remarks import remarks
from custlab.persona._words import dimension_word, strength_word
from custlab.persona.model import DIMENSIONS, STRENGTHS, Persona, Trait
from custlab.persona.portraits import portrait

COLUMN, ROW_HEADS = 15, 9  # widths in em


def table_of(personas: tuple[Persona, ...], lang: str, lines: int) -> str:
    """Write the table."""

    def text(words: object) -> str:
        return tag.text(words, lang)

    def row(title: str, cells: list[str]) -> str:
        body = "".join(f"<td>{cell}</td>" for cell in cells)
        return f'<tr><th scope="row">{text(title)}</th>{body}</tr>'

    heads = "".join(f'<th scope="col">{_head(one, text)}</th>' for one in personas)
    rows = [
        row(
            _("Share of customers"),
            [_figure(tag.percent(one.share), _people(one)) for one in personas],
        ),
        row(_("Value"), [_value(one, text) for one in personas]),
        row(_("Role in the purchase"), [_line(one.own_role or one.role, text) for one in personas]),
        *(
            row(
                dimension_word(name),
                [_traits(one.by_dimension(name), text, lines) for one in personas],
            )
            for name in DIMENSIONS
        ),
        row(_("Where to reach them"), [_channels(one, text) for one in personas]),
        row(_("Message"), [text(one.message) or _none(text) for one in personas]),
    ]
    width = ROW_HEADS + COLUMN * len(personas)
    columns = f'<col style="width:{ROW_HEADS}em">' + "<col>" * len(personas)
    label = text(_("Personas side by side"))
    return (
        f'<section class="cp-set" lang="{text(lang)}" tabindex="0" aria-label="{label}">'
        f'<table style="min-width:{width}em"><colgroup>{columns}</colgroup>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f'<p class="cp-legend">{tag.legend()}</p>{_remarks(personas, text)}</section>'
    )


def _remarks(personas: tuple[Persona, ...], text) -> str:
    """Say which personas are told the same."""
    said = "".join(f"<p>⚠ {text(one)}</p>" for one in remarks(personas))
    return f'<div class="cp-remarks">{said}</div>' if said else ""


def _head(persona: Persona, text) -> str:
    return (
        f'{portrait(persona).svg}<span class="cp-name">{text(persona.name)}</span>'
        f"<small>{text(persona.headline)}</small>"
    )


def _none(text) -> str:
    return f"<small>{text(_('nothing known'))}</small>"


def _figure(figure: str, small: str) -> str:
    return f'<span class="cp-figure">{figure}</span><small>{small}</small>'


def _people(persona: Persona) -> str:
    return _("n = {n}").format(n=f"{persona.n:,}")


def _value(persona: Persona, text) -> str:
    if persona.own_value is not None:
        return _line(persona.own_value, text)
    if persona.value is None:
        return _none(text)
    share = tag.percent(persona.value.share)
    words = _("margin a customer in 12 months; {share} of all margin").format(share=share)
    return _figure(text(persona.value.figure()), text(words))


def _line(trait: Trait | None, text) -> str:
    if trait is None:
        return _none(text)
    said = text(trait.text)
    if trait.strength == "assumed":
        said = f'<i>{said}</i> <small class="cp-note">{text(strength_word("assumed"))}</small>'
    return f'<span class="cp-pair">{tag.mark(trait.strength)}<span>{said}</span></span>'


def _traits(traits: tuple[Trait, ...], text, lines: int) -> str:
    """Show the best supported lines, and say how many more there are."""
    if not traits:
        return _none(text)
    best = sorted(traits, key=lambda trait: STRENGTHS.index(trait.strength))
    items = "".join(f"<li>{_line(trait, text)}</li>" for trait in best[:lines])
    more = len(best) - lines
    rest = text(_("and {n} more on the card").format(n=more)) if more > 0 else ""
    return f"<ul>{items}</ul>" + (f"<small>{rest}</small>" if rest else "")


def _channels(persona: Persona, text) -> str:
    where = [one.text for one in persona.traits if one.id in persona.channels]
    items = "".join(f"<li>{text(line)}</li>" for line in where)
    return f"<ul>{items}</ul>" if items else _none(text)
