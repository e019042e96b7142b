"""Adding a line to a persona: an assumption, unless evidence of the case is chosen for it."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import ipywidgets as widgets
import pandas as pd

from custlab.i18n import _
from custlab.persona import DIMENSIONS, KINDS, Trait
from custlab.persona.drafting import trait_of
from custlab.persona.phrases import dimension_word, kind_word, strength_word

LABEL = {"description_width": "7.5em"}
WIDE = {"width": "auto"}


class AddLine:
    """The part of the form that adds a line.

    Parameters
    ----------
    candidates : DataFrame
        The segment's trait table.
    add : callable
        ``add(trait, own_words)`` is called with the new line; ``own_words`` says whether a
        person wrote it, rather than the evidence's own words; it tells whether that was done.
    say : callable
        ``say(sentence, wrong=True)`` tells what is missing.
    """

    def __init__(self, candidates: pd.DataFrame, add, say):
        self._candidates, self._add, self._say = candidates, add, say
        rests = [(_("nothing yet: an assumption"), False), (_("evidence of this case"), True)]
        self._rests = _choice(_("Rests on"), rests if len(candidates) else rests[:1])
        self._dimension = _choice(_("Dimension"), [(dimension_word(n), n) for n in DIMENSIONS])
        self._kind = _choice(_("Kind"), [(kind_word(name), name) for name in KINDS])
        self._column = _choice(_("Column"), _columns(candidates))
        self._level = _choice(_("Finding"), [])
        self._proof = widgets.HTML()
        self._text = widgets.Text(
            description=_("New line"), placeholder=_("one short sentence"), style=LABEL, layout=WIDE
        )
        button = widgets.Button(
            description=_("Add the line"), tooltip=_("Add this line to the persona"),
            layout=widgets.Layout(width="auto"),
        )  # fmt: skip
        button.on_click(self._pressed)
        self._text.continuous_update = False
        for field in (self._rests, self._dimension):
            field.observe(lambda _change: self._arrange(), names="value")
        self._column.observe(lambda _change: self._offer_levels(), names="value")
        self._level.observe(lambda _change: self._offer_text(), names="value")
        title = f'<h4 class="cp-part jp-toc-ignore">{escape(_("Add a line"))}</h4>'
        self.box = widgets.VBox(
            [widgets.HTML(title), self._rests, self._column, self._level, self._proof,
             self._dimension, self._kind, self._text, button]
        )  # fmt: skip
        self._offered = ""
        if len(candidates):
            self._offer_levels()
        self._arrange()

    def _arrange(self) -> None:
        """Show the fields that the choice asks for."""
        proven, needs = self._rests.value, self._dimension.value == "needs"
        for field, wanted in (
            (self._column, proven), (self._level, proven), (self._proof, proven),
            (self._dimension, not proven), (self._kind, not proven and needs),
        ):  # fmt: skip
            field.layout.display = "" if wanted else "none"
        self._offer_text()

    def _offer_levels(self) -> None:
        table, column = self._column.value
        rows = self._candidates
        rows = rows[(rows["table"] == table) & (rows["column"] == column)]
        self._level.options = [
            (_("{text} ({strength})").format(text=row.text, strength=strength_word(row.strength)),
             row.Index)
            for row in rows.itertuples()
        ]  # fmt: skip
        self._level.value = rows.index[0]  # a dropdown with new options has nothing chosen

    def _offer_text(self) -> None:
        """Show the evidence, and offer its own words unless the person has written some."""
        proven = self._rests.value and self._level.value is not None
        row = self._candidates.loc[self._level.value] if proven else None
        sentence = trait_of(row).sentence() if proven else ""
        self._proof.value = (
            f'<div class="cl-note" role="status" aria-live="polite">{escape(sentence)}</div>'
        )
        if self._text.value in ("", self._offered):
            self._offered = row["text"] if proven else ""
            self._text.value = self._offered

    def _pressed(self, _button) -> None:
        text = self._text.value.strip()
        if not text:
            self._say(_("Write the new line first, then add it."), wrong=True)
            return
        if self._rests.value:
            row = self._candidates.loc[self._level.value]
            added = self._add(replace(trait_of(row), text=text), own_words=text != row["text"])
        else:
            added = self._add(self._assumed(text), own_words=True)
        if added:
            self._offered = self._text.value = ""

    def _assumed(self, text: str) -> Trait:
        dimension = self._dimension.value
        return Trait("", dimension, self._kind.value if dimension == "needs" else "", text)


def _choice(label: str, options: list) -> widgets.Dropdown:
    return widgets.Dropdown(description=label, options=options, style=LABEL, layout=WIDE)


def _columns(candidates: pd.DataFrame) -> list:
    pairs = candidates[["table", "column"]].drop_duplicates().itertuples(index=False)
    return [(f"{table}: {column.replace('_', ' ')}", (table, column)) for table, column in pairs]
