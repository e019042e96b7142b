"""The lines of a persona as rows of a form: reword or remove each."""

from __future__ import annotations

from html import escape

import ipywidgets as widgets

from custlab.i18n import _
from custlab.persona import DIMENSIONS, Persona, Trait
from custlab.persona.phrases import dimension_word, kind_word


class Lines:
    """One row a line, under the heading of its dimension.

    A row that was removed is hidden, not taken away: the page stays as it is around whoever
    works with the keyboard, and undo shows the row again.

    Parameters
    ----------
    reword : callable
        ``reword(trait, text)`` is called when a line was written anew.
    remove : callable
        ``remove(trait)`` is called when a line shall go.
    """

    def __init__(self, reword, remove):
        self._reword, self._remove = reword, remove
        self._rows: dict[str, _Row] = {}
        self._parts = {name: widgets.VBox() for name in DIMENSIONS}
        self._none = {name: widgets.HTML() for name in DIMENSIONS}
        self.box = widgets.VBox(
            [
                widgets.VBox([_title(dimension_word(name)), self._none[name], part])
                for name, part in self._parts.items()
            ]
        )
        self._shown: list[str] = []

    def show(self, persona: Persona) -> None:
        """Bring the rows into step with the persona."""
        order = [trait for name in DIMENSIONS for trait in persona.by_dimension(name)]
        self._shown = [trait.id for trait in order]
        for trait in order:
            row = self._rows.get(trait.id)
            if row is None or row.trait.dimension != trait.dimension:
                self._new_row(trait)
        for place, trait in enumerate(order, start=1):
            self._rows[trait.id].show(trait, place)
        for key, row in self._rows.items():
            row.box.layout.display = "" if key in self._shown else "none"
        for name, note in self._none.items():
            missing = not persona.by_dimension(name)
            text = escape(_("No line yet: the card will say that nothing is known."))
            note.value = f'<span class="cl-note">{text}</span>' if missing else ""
            note.layout.display = "" if missing else "none"

    def _new_row(self, trait: Trait) -> None:
        old = self._rows.get(trait.id)
        if old is not None:
            part = self._parts[old.trait.dimension]
            part.children = tuple(child for child in part.children if child is not old.box)
        row = self._rows[trait.id] = _Row(trait, self._reword, self._take_away)
        part = self._parts[trait.dimension]
        part.children = (*part.children, row.box)

    def _take_away(self, trait: Trait) -> None:
        """Remove a line; the focus goes on to the next line, else to the one before."""
        place = self._shown.index(trait.id)
        self._remove(trait)
        if trait.id not in self._shown and self._shown:
            self._rows[self._shown[min(place, len(self._shown) - 1)]].remove.focus()


class _Row:
    """A line to write in, and a button that removes it."""

    def __init__(self, trait: Trait, reword, remove):
        self.trait, self._reword, self._showing = trait, reword, False
        self.text = widgets.Text(
            continuous_update=False,
            style={"description_width": "4.4em"},
            layout=widgets.Layout(flex="1 1 auto", width="auto"),
        )
        self.text.observe(self._changed, names="value")
        self.remove = widgets.Button(
            description=_("Remove"), layout=widgets.Layout(width="auto", flex="0 0 auto")
        )
        self.remove.on_click(lambda _button: remove(self.trait))
        self.box = widgets.HBox([self.text, self.remove])
        self.box.add_class("cp-line-row")

    def show(self, trait: Trait, place: int) -> None:
        self.trait, self._showing = trait, True
        self.text.value = trait.text
        self.text.description = _("Line {n}").format(n=place)
        kind = f"{kind_word(trait.kind)} · " if trait.kind else ""
        self.text.tooltip = f"{kind}{trait.sentence()}"
        self.remove.tooltip = _("Remove line {n}: {text}").format(n=place, text=trait.text)
        self._showing = False

    def _changed(self, change) -> None:
        if not self._showing:
            self._reword(self.trait, change["new"])


def _title(words: str) -> widgets.HTML:
    return widgets.HTML(f'<h4 class="cp-part jp-toc-ignore">{escape(words)}</h4>')
