"""What the check finds in a persona, as the builder shows it."""

from __future__ import annotations

from html import escape

from custlab.i18n import _, ngettext
from custlab.persona import DIMENSIONS, Persona


def checks_html(persona: Persona, found) -> str:
    """List what the check finds, in the card's numbers."""
    order = [trait for name in DIMENSIONS for trait in persona.by_dimension(name)]
    place = {trait.id: number for number, trait in enumerate(order, start=1)}
    items = "".join(
        f"<li>{_where(row.trait, place)}{escape(str(row.problem))}. {escape(str(row.why))} "
        f"<em>{escape(str(row.what_to_do))}</em></li>"
        for row in found.itertuples()
    )
    title = ngettext("The check finds {n} point", "The check finds {n} points", len(found))
    if not items:
        title, items = _("The check finds nothing to mend."), ""
    return (
        f'<div class="cl-feedback cl-plain" role="status" aria-live="polite">'
        f"<strong>{escape(title.format(n=len(found)))}</strong>"
        + (f'<ul class="cp-todo">{items}</ul>' if items else "")
        + "</div>"
    )


def _where(trait_id, place: dict) -> str:
    others = {
        "role-decider": _("Role"),
        "own-role": _("Role"),
        "own-value": _("Value"),
    }
    said = _("Line {n}").format(n=place[trait_id]) if trait_id in place else others.get(trait_id)
    return f"<strong>{escape(said)}:</strong> " if said else ""
