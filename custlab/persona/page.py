"""The page to print: one persona card on each sheet of A4."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from custlab.errors import InputError
from custlab.files import write_atomic
from custlab.i18n import _
from custlab.persona.card_layout import language
from custlab.persona.cards import card_body
from custlab.persona.persona import Persona
from custlab.templates import render, style_sheet


def page(personas: Persona | Iterable[Persona], lang: str = "") -> str:
    """Write persona cards as a page to print.

    Parameters
    ----------
    personas : Persona, PersonaSet or iterable of Persona
        One card a sheet, in this order.
    lang : str, optional
        Language of the cards; the course's by default.

    Returns
    -------
    str
        A whole HTML document that needs no other file.

    Raises
    ------
    InputError
        If there is no persona to print.

    Examples
    --------
    >>> page(Persona("a", "ecommerce", "1", "Li")).count("<article")
    1
    """
    shown = (personas,) if isinstance(personas, Persona) else tuple(personas)
    if not shown:
        raise InputError(_("There is no persona to print: give at least one."))
    return render(
        "persona/page.html",
        lang=lang or language(),
        names=", ".join(one.name for one in shown),
        style=style_sheet("persona/card.css") + style_sheet("persona/page.css"),
        cards=[card_body(one, lang, level=1, on_paper=True) for one in shown],
    )


def write_page(personas: Persona | Iterable[Persona], path: str | Path, lang: str = "") -> Path:
    """Save persona cards as a page to print, one card on each sheet of A4.

    Open the file in a browser and print it, or save it as PDF there. A file that this function
    did not write is never replaced. The survey row of a quote, which would lead to a person,
    stays in the notebook and in the persona's file.

    Parameters
    ----------
    personas : Persona, PersonaSet or iterable of Persona
        What to print.
    path : str or Path
        The HTML file.
    lang : str, optional
        Language of the cards; the course's by default.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If there is no persona, the folder does not exist, or another kind of file has this name.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_page(Persona("a", "ecommerce", "1", "Li"), Path(folder) / "li.html").name
    'li.html'
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise InputError(
            _("The folder {folder} does not exist: make it first, or choose another.").format(
                folder=path.parent
            )
        )
    if path.is_dir() or (path.exists() and b'class="cp-sheet"' not in path.read_bytes()):
        raise InputError(
            _(
                "{path} holds something else than persona cards, and is left as it is: choose "
                "another name."
            ).format(path=path)
        )
    return write_atomic(path, page(personas, lang))
