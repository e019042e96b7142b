"""The page to print: one persona card on each sheet of A4."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from pathlib import Path

from custlab.errors import InputError
from custlab.files import write_atomic
from custlab.i18n import _
from custlab.persona import _html as tag
from custlab.persona._card import CardWriter
from custlab.persona.model import Persona

# A card that is too long for its sheet is set in smaller type, down to what a reader can still
# read (72 % of 9.6 pt = 7 pt); beyond that it runs on to a second sheet rather than be cut off.
FIT = """
for (const sheet of document.querySelectorAll('.cp-sheet')) {
  sheet.style.cssText = 'width: 210mm; height: 296.5mm; padding: 10mm 11mm 8mm';
  const card = sheet.firstElementChild;
  const room = sheet.clientHeight - parseFloat(getComputedStyle(sheet).paddingTop)
    - parseFloat(getComputedStyle(sheet).paddingBottom);
  let scale = 1;
  while (card.offsetHeight > room && scale > 0.72)
    sheet.style.setProperty('--cp-scale', scale -= 0.02);
  if (card.offsetHeight > room) sheet.classList.add('cp-long');
  sheet.removeAttribute('style');
  sheet.style.setProperty('--cp-scale', scale);
}
"""


@lru_cache(maxsize=1)
def _page_style() -> str:
    return (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


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
    lang = lang or tag.language()
    sheets = "".join(
        f'<div class="cp-sheet">{CardWriter(one, lang, 1, on_paper=True).article()}</div>'
        for one in shown
    )
    title = _("Persona cards: {names}").format(names=", ".join(one.name for one in shown))
    howto = _("To print or to save as PDF: Ctrl+P (on a Mac ⌘P), paper A4, no margins.")
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{tag.stylesheet()}{_page_style()}</style>\n"
        f'</head>\n<body>\n<p class="cp-howto">{escape(howto)}</p>\n{sheets}\n'
        f"<script>{FIT}</script>\n</body>\n</html>\n"
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
