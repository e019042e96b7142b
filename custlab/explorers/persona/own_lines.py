"""Role and value in the builder: written anew as an assumption, or brought back as drafted."""

from __future__ import annotations

from html import escape

import ipywidgets as widgets

from custlab.i18n import _
from custlab.persona import Persona, Trait, Value

LABEL = {"description_width": "7.5em"}


class OwnLine:
    """A line to write in, a button that brings the draft back, and what the data say.

    Parameters
    ----------
    label : str
        What the line is about.
    restore : str
        What the button does, in words.
    change : callable
        ``change(text)`` is called with the new line; "" asks for the drafted one.
    """

    def __init__(self, label: str, restore: str, change):
        self._change, self._showing = change, False
        self.text = widgets.Text(
            description=label, style=LABEL, continuous_update=False,
            layout=widgets.Layout(flex="1 1 auto", width="auto"),
        )  # fmt: skip
        self.text.observe(self._written, names="value")
        self.restore = widgets.Button(
            description=_("As drafted"), tooltip=restore,
            layout=widgets.Layout(width="auto", flex="0 0 auto"),
        )  # fmt: skip
        self.restore.on_click(self._restored)
        self._note = widgets.HTML()
        row = widgets.HBox([self.text, self.restore])
        row.add_class("cp-line-row")
        self.box = widgets.VBox([row, self._note])

    def show(self, own: Trait | None, words: str, drafted: Trait | Value | None) -> None:
        """Show the line as it stands, and beside a person's own one what the data say."""
        self._showing = True
        self.text.value = own.text if own else words
        unknown = _("not known: what you write is an assumption")
        self.text.placeholder = "" if drafted else unknown
        self.restore.layout.display = "" if own else "none"
        said = ""
        if own and drafted:
            said = _("Marked as assumed. The data say: {sentence}").format(
                sentence=drafted.sentence()
            )
        elif own:
            said = _("Marked as assumed: no data behind it.")
        self._note.value = f'<div class="cl-note">{escape(said)}</div>' if said else ""
        self._note.layout.display = "" if said else "none"
        self._showing = False

    def _written(self, change) -> None:
        if not self._showing:
            self._change(change["new"])

    def _restored(self, _button) -> None:
        self._change("")
        self.text.focus()  # the button is gone: whoever works with the keyboard goes on here


class OwnLines:
    """The two lines of a card that are no traits: who decides, and what customers bring.

    Parameters
    ----------
    change_role, change_value : callable
        Called with a new line; "" asks for the drafted one.
    """

    def __init__(self, change_role, change_value):
        self.role = OwnLine(_("Role"), _("Bring back the drafted line on who decides"), change_role)
        self.value = OwnLine(
            _("Value"), _("Bring back the drafted line on what they bring"), change_value
        )
        title = f'<h4 class="cp-part jp-toc-ignore">{escape(_("Role and value"))}</h4>'
        self.box = widgets.VBox([widgets.HTML(title), self.role.box, self.value.box])

    def show(self, persona: Persona) -> None:
        """Bring both into step with the persona."""
        role, value = persona.role, persona.value
        self.role.show(persona.own_role, role.text if role else "", role)
        self.value.show(persona.own_value, value.figure() if value else "", value)
