"""The persona card: who it is, what each line rests on, and what follows from it.

The card is plain HTML with its own style. It reads in JupyterLab's light and dark themes, at any
width, on paper and by ear; whatever a person typed is shown as text.
"""

from __future__ import annotations

from collections.abc import Iterable

from custlab.errors import InputError
from custlab.i18n import _
from custlab.persona.card_layout import CardLayout, template_words
from custlab.persona.card_parts import DIMENSIONS, STRENGTHS, Trait
from custlab.persona.persona import Persona
from custlab.persona.persona_set import remarks
from custlab.persona.portraits import portrait
from custlab.templates import render, style_sheet

COLUMN, ROW_HEADS = 15, 9  # widths in em, where personas stand side by side


class _Shown:
    """A piece of HTML that shows itself in a notebook; ``body`` is without the style sheet."""

    body: str

    def html(self) -> str:
        """Give the HTML that a notebook shows.

        Returns
        -------
        str
            Style sheet and body.
        """
        return f"<style>{style_sheet('persona/card.css')}</style>{self.body}"

    def _repr_html_(self) -> str:
        return self.html()


class Card(_Shown):
    """A card that shows itself in a notebook.

    Parameters
    ----------
    persona : Persona
        Whose card.
    body : str
        The card without its style sheet, for a page that has it already.
    """

    def __init__(self, persona: Persona, body: str):
        self.persona = persona
        self.body = body

    def __repr__(self) -> str:
        return _("Persona card: {name}").format(name=self.persona.name)


def card(persona: Persona, lang: str = "", level: int = 3) -> Card:
    """Show a persona as a card.

    Parameters
    ----------
    persona : Persona
        Whose card.
    lang : str, optional
        Language of the card's text, such as "en" or "zh-CN"; the course's by default.
    level : int
        Level of the heading that holds the name (1 to 4); the dimensions stand one below.

    Returns
    -------
    Card
        Shows itself in a notebook; ``.html()`` is the piece of HTML.

    Examples
    --------
    >>> from custlab.persona import Persona
    >>> "&lt;i&gt;Li" in card(Persona("a", "ecommerce", "1", "<i>Li</i>")).html()
    True
    """
    return Card(persona, card_body(persona, lang, level))


def card_body(persona: Persona, lang: str = "", level: int = 3, on_paper: bool = False) -> str:
    """Write a card without its style sheet.

    Parameters
    ----------
    persona : Persona
        Whose card.
    lang : str, optional
        Language of the card's text; the course's by default.
    level : int
        Level of the heading that holds the name.
    on_paper : bool
        Whether it is to hang on a wall, where nothing may lead to a person.

    Returns
    -------
    str
        An ``<article>``.
    """
    return render(
        "persona/card.html", card=CardLayout(persona, level), picture=portrait(persona),
        on_paper=on_paper, **template_words(lang),
    )  # fmt: skip


class SideBySide(_Shown):
    """Several personas in one table; shows itself in a notebook.

    Parameters
    ----------
    names : list of str
        Who stands in it.
    body : str
        The table without its style sheet.
    """

    def __init__(self, names: list[str], body: str):
        self.names = names
        self.body = body

    def __repr__(self) -> str:
        return _("Personas side by side: {names}").format(names=", ".join(self.names))


def side_by_side(personas: Iterable[Persona], lang: str = "", lines: int = 4) -> SideBySide:
    """Show personas beside each other, the same dimension in the same row.

    Parameters
    ----------
    personas : PersonaSet or iterable of Persona
        At least one.
    lang : str, optional
        Language of the text; the course's by default.
    lines : int
        How many lines of each dimension to show, the best supported first.

    Returns
    -------
    SideBySide
        Shows itself in a notebook; ``.html()`` is the piece of HTML.

    Raises
    ------
    InputError
        If there is no persona to show.

    Examples
    --------
    >>> from custlab.persona import Persona
    >>> side_by_side([Persona("a", "ecommerce", "1", "Li"), Persona("b", "ecommerce", "2", "Mei")])
    Personas side by side: Li, Mei
    """
    shown = tuple(personas)
    if not shown:
        raise InputError(_("There is no persona to show: give at least one."))
    body = render(
        "persona/side_by_side.html", personas=shown, most=lines, best_first=_best_first,
        dimension_names=DIMENSIONS, remarks=remarks(shown), column=COLUMN, row_heads=ROW_HEADS,
        **template_words(lang),
    )  # fmt: skip
    return SideBySide([one.name for one in shown], body)


def _best_first(traits: tuple[Trait, ...]) -> list[Trait]:
    return sorted(traits, key=lambda trait: STRENGTHS.index(trait.strength))
