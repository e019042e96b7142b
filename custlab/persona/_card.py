"""Writes the HTML of one card, from the head to the foot."""

from __future__ import annotations

from itertools import count

from custlab.cases import CASE_NAMES
from custlab.i18n import _, ngettext
from custlab.persona import _html as tag
from custlab.persona._words import area_word, dimension_word, kind_word, number, strength_word
from custlab.persona.model import DIMENSIONS, Persona, Suggestion, Trait, Value
from custlab.persona.portraits import portrait

_numbers = count(1)


class CardWriter:
    """Writes one card; the traits are numbered in the order in which they stand on it."""

    def __init__(self, persona: Persona, lang: str, level: int, on_paper: bool = False):
        self.persona, self.lang, self.level, self.on_paper = persona, lang, level, on_paper
        self.id = f"cp{next(_numbers)}"
        self.order = [trait for name in DIMENSIONS for trait in persona.by_dimension(name)]
        self.place = {trait.id: place for place, trait in enumerate(self.order, start=1)}

    def article(self) -> str:
        picture = portrait(self.persona)
        parts = (self.head(picture.svg), self.facts(), self.dimensions(), self.use(),
                 self.actions(), self.foot())  # fmt: skip
        return (
            f'<article class="cp-card" lang="{self.text(self.lang)}" id="{self.id}" '
            f'aria-labelledby="{self.id}-name" style="--cp-accent:{picture.colour}">'
            f"{''.join(parts)}</article>"
        )

    def text(self, words: object) -> str:
        return tag.text(words, self.lang)

    def heading(self, words: str, below: int = 0, more: str = "") -> str:
        # Only the name goes into JupyterLab's table of contents.
        level = min(self.level + below, 6)
        skip = "jp-toc-ignore" if below else "cp-name"
        return f'<h{level} class="{skip}"{more}>{self.text(words)}</h{level}>'

    def head(self, picture: str) -> str:
        own = self.persona
        said = _("Persona · segment {segment} · case {case}").format(
            segment=own.segment or "–", case=own.case
        )
        line = self.text(own.headline) + self.lines(own.headline_because)
        headline = f'<p class="cp-headline">{line}</p>' if own.headline else ""
        name = self.heading(own.name, more=f' id="{self.id}-name"')
        return (
            f'<header class="cp-head">{picture}<div><p class="cp-kicker">{self.text(said)}</p>'
            f"{name}{headline}</div></header>"
        )

    # -- the three figures --------------------------------------------------------------------

    def facts(self) -> str:
        facts = [self.size(), self.value(), self.role()]
        return f'<dl class="cp-facts">{"".join(fact for fact in facts if fact)}</dl>'

    def fact(self, title: str, figure: str, small: str) -> str:
        return (
            f"<div><dt>{self.text(title)}</dt><dd><span class='cp-figure'>{self.text(figure)}"
            f"</span><small>{small}</small></dd></div>"
        )

    def size(self) -> str:
        own = self.persona
        words = ngettext("{n} customer", "{n} customers", own.n).format(n=f"{own.n:,}")
        return self.fact(_("Share of customers"), tag.percent(own.share), self.text(words))

    def value(self) -> str:
        value, own = self.persona.value, self.persona.own_value
        if own is not None:
            return self.own_fact(_("Value"), own, value)
        if value is None:
            return self.fact(_("Value"), "–", self.text(_("not known")))
        found = value.evidence
        words = _(
            "margin a customer in the last 12 months (rest: {rest}, n = {n}, {strength}); "
            "{share} of all margin"
        ).format(
            rest=number(found.rest), n=f"{found.n:,}", strength=strength_word(found.strength),
            share=tag.percent(value.share),
        )  # fmt: skip
        return self.fact(_("Value"), value.figure(), self.text(words) + tag.mark(found.strength))

    def role(self) -> str:
        role, own = self.persona.role, self.persona.own_role
        if own is not None:
            return self.own_fact(_("Role in the purchase"), own, role)
        if role is None:
            return self.fact(_("Role in the purchase"), "–", self.text(_("not known")))
        small = self.text(role.sentence()) + tag.mark(role.strength)
        return self.fact(_("Role in the purchase"), role.text, small)

    def own_fact(self, title: str, own: Trait, drafted: Trait | Value | None) -> str:
        """Show what a person wrote as an assumption, with what the data say below it."""
        note = f'<span class="cp-note">{self.text(self.because(own))}</span>'
        data = _("The data say: {sentence}").format(sentence=drafted.sentence()) if drafted else ""
        return self.fact(title, own.text, f"{note}{tag.mark(own.strength)} {self.text(data)}")

    # -- the four dimensions ------------------------------------------------------------------

    def dimensions(self) -> str:
        # Two columns that fill independently; on a narrow page one below the other.
        columns = (DIMENSIONS[:2], DIMENSIONS[2:])
        said = ("".join(self.dimension(name) for name in names) for names in columns)
        return f'<div class="cp-dims">{"".join(f"<div>{column}</div>" for column in said)}</div>'

    def dimension(self, name: str) -> str:
        traits = self.persona.by_dimension(name)
        lines = "".join(self.trait(trait) for trait in traits)
        if not traits:
            lines = (
                f'<li class="cp-none">{self.text(_("Nothing known: no line has evidence."))}</li>'
            )
        title = self.heading(dimension_word(name), below=1)
        return f'<section class="cp-dim">{title}<ul>{lines}</ul></section>'

    def trait(self, trait: Trait) -> str:
        kind = (
            f'<span class="cp-kind">{self.text(kind_word(trait.kind))}</span>' if trait.kind else ""
        )
        assumed = " cp-assumed" if trait.evidence is None else ""
        found = trait.evidence
        drawn = tag.bar(found.value, found.rest) if found and found.statistic == "share" else ""
        return (
            f'<li class="cp-trait{assumed}" id="{self.id}-{self.place[trait.id]}">'
            f'<span class="cp-no">{self.place[trait.id]}</span>'
            f'<span class="cp-text">{kind}{self.text(trait.text)}</span>{tag.mark(trait.strength)}'
            f'<span class="cp-because"><small>{self.text(self.because(trait))}</small></span>'
            f"{drawn}</li>"
        )

    def because(self, trait: Trait) -> str:
        """Say what a line rests on, and who wrote it if it was not the data."""
        if not trait.edited_by:
            return trait.sentence()
        template = (
            _("{evidence} · worded by {name}")
            if trait.evidence
            else _("{evidence} · added by {name}")
        )
        return template.format(evidence=trait.sentence(), name=trait.edited_by)

    # -- channels, message, quote -------------------------------------------------------------

    def use(self) -> str:
        own = self.persona
        where = [self.persona.trait(key) for key in own.channels if key in self.place]
        items = "".join(f"<li>{self.text(one.text)} {self.link(one.id)}</li>" for one in where)
        channels = f"<ul>{items}</ul>" if items else self.text(_("not known"))
        message = self.text(own.message) if own.message else self.text(_("not written yet"))
        parts = [
            (_("Message"), f'<p class="cp-message">{message}{self.lines(own.message_because)}</p>'),
            (_("Where to reach them"), channels),
        ]
        if own.quote:
            parts.append((_("In a customer’s words"), self.quote()))
        said = "".join(
            f"<div><dt>{self.text(title)}</dt><dd>{body}</dd></div>" for title, body in parts
        )
        return f'<dl class="cp-use">{said}</dl>'

    def quote(self) -> str:
        quote = self.persona.quote
        # The row leads whoever holds the survey to a person: it stays off the wall.
        template = _("from the {table}") if self.on_paper else _("{table}, row {row}")
        source = template.format(table=quote.table, row=quote.row)
        return (
            f"<blockquote><p>“{self.text(quote.text)}”</p>"
            f"<small><cite>{self.text(source)}</cite></small></blockquote>"
        )

    def lines(self, because: tuple[str, ...]) -> str:
        """Point to the lines that a drafted sentence rests on."""
        places = sorted({self.place[key] for key in because if key in self.place})
        if not places:
            return ""
        links = ", ".join(
            f'<a href="#{self.id}-{place}" aria-label="{self.text(_("line {n}").format(n=place))}">'
            f"{place}</a>"
            for place in places
        )
        words = ngettext("from line", "from lines", len(places))
        return f' <small class="cp-lines">{self.text(words)} {links}</small>'

    def link(self, trait_id: str) -> str:
        """Point to a trait by the number that it has on the card, which also works on paper."""
        place = self.place[trait_id]
        words = self.text(_("line {n}").format(n=place))
        return f'<a href="#{self.id}-{place}">{words}</a>'

    def actions(self) -> str:
        own = self.persona.suggestions
        areas = dict.fromkeys(one.area for one in own)
        groups = "".join(
            self.area(name, [one for one in own if one.area == name]) for name in areas
        )
        if not groups:
            return ""
        title = self.heading(_("What follows for us"), below=1)
        return f'<section class="cp-actions">{title}<dl class="cp-areas">{groups}</dl></section>'

    def area(self, name: str, suggestions: list[Suggestion]) -> str:
        items = "".join(
            f"<li>{self.text(one.text)} <small>{self.links(one)}</small></li>"
            for one in suggestions
        )
        return f"<div><dt>{self.text(area_word(name))}</dt><dd><ul>{items}</ul></dd></div>"

    def links(self, suggestion: Suggestion) -> str:
        """Say which lines a suggestion follows from."""
        return ", ".join(self.link(key) for key in suggestion.because if key in self.place)

    # -- how to read it -----------------------------------------------------------------------

    def foot(self) -> str:
        own = self.persona
        caution = _(
            "A persona describes a group. No line says what one customer is like, and few "
            "customers fit them all."
        )
        template = (
            _("Simulated data up to {as_of}.") if self.simulated() else _("Data up to {as_of}.")
        )
        dates = template.format(as_of=own.as_of) if own.as_of else ""
        bars = _(
            "Bar: share in the segment; tick: share in the rest. More, less, older: than the rest."
        )
        return (
            f'<footer class="cp-foot"><p>{tag.legend()} · {self.text(bars)}</p>'
            f"<p>{self.text(caution)} {self.text(dates)}</p></footer>"
        )

    def simulated(self) -> bool:
        """Say whether the case is one of the course's own, in which no real person is."""
        return self.persona.case in CASE_NAMES
