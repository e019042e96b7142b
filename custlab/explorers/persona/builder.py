"""The persona builder: a form on the left, the card it makes on the right, the checks below."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from html import escape

import ipywidgets as widgets

from custlab import persona as subject
from custlab.errors import CustLabError, InputError
from custlab.exercises.widgets import look
from custlab.explorers.persona.add_line import AddLine
from custlab.explorers.persona.file import PersonaFile
from custlab.explorers.persona.lines import Lines
from custlab.explorers.persona.own_lines import OwnLines
from custlab.i18n import _, ngettext
from custlab.persona import Persona, Trait
from custlab.persona.card_layout import CardLayout
from custlab.templates import render, style_sheet

LABEL = {"description_width": "7.5em"}
WIDE = {"width": "auto"}


class PersonaBuilder(widgets.VBox):
    """A persona being edited.

    Parameters
    ----------
    persona : Persona
        The draft.
    case : Case
        The firm that it was drafted from.
    members : Series or Index of customer_id
        The segment's customers.
    path : str or Path, optional
        Where to save; a file that is there already is opened.
    rest : Series or Index of customer_id, optional
        With whom the segment is compared; all other customers by default.

    Attributes
    ----------
    persona : Persona
        The persona as it stands now.
    """

    def __init__(self, persona: Persona, case, members, path=None, rest=None):
        self._case, self._members, self._rest = case, members, rest
        self._persona, self._past, self._showing = persona, [], False
        self._file = PersonaFile(self._write, self._read)
        self._make_fields(str(path or f"persona-{persona.id}.json"))
        candidates = subject.trait_table(case, members, rest)
        self._own = OwnLines(self._write_role, self._write_value)
        self._lines = Lines(self._reword, self._remove)
        self._add = AddLine(candidates, self._add_trait, self._say_add)
        self._card = widgets.HTML()
        style = style_sheet("explorers/persona/explorers.css")
        super().__init__([widgets.HTML(f"{look.STYLE}<style>{style}</style>"), self._columns()])
        self.add_class("cp-builder")
        if path is not None and self._file.exists(str(path)):
            self._load()
        else:
            self._say(_("Nothing is saved yet."))
            self._show()

    @property
    def persona(self) -> Persona:
        """The persona as it stands now."""
        return self._persona

    # -- what is on the page ------------------------------------------------------------------

    def _make_fields(self, path: str) -> None:
        def line(label: str, kind=widgets.Text, **more):
            return kind(
                description=label, style=LABEL, layout=WIDE, continuous_update=False, **more
            )

        self._name = self._watch(line(_("Name")), self._rename)
        self._headline = self._watch(line(_("Headline"), widgets.Textarea, rows=4), self._rename)
        self._message = self._watch(line(_("Message"), widgets.Textarea, rows=3), self._tell)
        self._by = line(
            _("Your name"), placeholder=_("stands beside what you write; may stay empty")
        )
        self._path = line(_("File"), value=path)
        # What happened is told where the person is at work.
        self._told = {name: widgets.HTML() for name in ("who", "own", "lines", "add", "keep")}
        self._at = "keep"
        self._checks = widgets.HTML()

    def _columns(self) -> widgets.Box:
        self._undo = _button(_("Undo"), _("Take back the last change"), self._take_back)
        save = _button(_("Save"), _("Save the persona in the file"), self._save, "primary")
        load = _button(_("Open"), _("Open the persona in the file"), self._load)
        page = _button(_("Page to print"), _("Write the card as a page of A4"), self._print)
        buttons = widgets.HBox([save, load, self._undo, page])
        buttons.add_class("cp-buttons")
        form = widgets.VBox(
            [
                _part(_("Who it is")),
                self._name, self._headline, self._message, self._by, self._told["who"],
                self._own.box, self._told["own"],
                self._lines.box, self._told["lines"],
                self._add.box, self._told["add"],
                _part(_("Keep it")),
                self._path, buttons, self._told["keep"], self._checks,
            ]
        )  # fmt: skip
        form.add_class("cl-card")
        sheet = widgets.HTML(f"<style>{style_sheet('persona/card.css')}</style>")
        columns = widgets.Box([form, widgets.VBox([sheet, self._card])])
        columns.add_class("cp-columns")
        return columns

    def _show(self) -> None:
        """Bring every part of the page into step with the persona."""
        own = self._persona
        with self._quietly():
            self._name.value, self._headline.value = own.name, own.headline
            self._message.value = own.message
            self._own.show(own)
            self._lines.show(own)
        self._card.value = subject.card(own, level=4).body
        self._checks.value = self._checked()
        self._undo.disabled = not self._past

    def _checked(self) -> str:
        own = self._persona
        try:
            found = subject.check_persona(own, self._case, self._members, rest=self._rest)
        except CustLabError as error:
            return look.note(f"⚠ {escape(str(error))}")
        place = CardLayout(own, level=4).place
        points = [
            {"where": _where(row.trait, place), "problem": row.problem, "why": row.why,
             "what_to_do": row.what_to_do}
            for row in found.itertuples()
        ]  # fmt: skip
        return render("explorers/persona/checks.html", points=points)

    # -- changes ------------------------------------------------------------------------------

    def _watch(self, field: widgets.Widget, changed) -> widgets.Widget:
        def react(_change):
            if not self._showing:
                with self._telling("who"):
                    changed()

        field.observe(react, names="value")
        return field

    def _change(self, persona: Persona, said: str) -> None:
        if persona == self._persona:
            return
        self._past.append(self._persona)
        self._persona = persona
        self._show()
        self._say(said + " " + _("Not saved yet."))

    def _rename(self) -> None:
        try:
            renamed = self._persona.rename(self._name.value, self._headline.value)
        except CustLabError:
            self._show()
            raise
        self._change(renamed, _("Name and headline are changed."))

    def _tell(self) -> None:
        self._change(self._persona.with_message(self._message.value), _("The message is changed."))

    def _write_role(self, text: str) -> None:
        self._write_own(self._persona.with_role(text, self._writer()))

    def _write_value(self, text: str) -> None:
        self._write_own(self._persona.with_value(text, self._writer()))

    def _write_own(self, changed: Persona) -> None:
        """Take over a line on role or value; one that says what the draft says is the draft."""
        before = self._persona
        with self._telling("own"):
            if changed == before:  # an emptied field shows its line again
                self._show()
                return
            lines = (changed.own_role, before.own_role), (changed.own_value, before.own_value)
            assumed = any(now is not None and now != then for now, then in lines)
            said = (
                _("The line is changed and marked as an assumption. The drafted one is kept.")
                if assumed
                else _("The line stands as drafted.")
            )
            self._change(changed, said)

    def _reword(self, trait: Trait, text: str) -> None:
        with self._telling("lines"):
            if not text.strip():
                self._show()
                self._say(_("A line cannot be empty: write it anew, or remove it."), wrong=True)
                return
            changed = self._persona.with_trait(trait.reworded(text.strip(), self._writer()))
            self._change(changed, _("The line is reworded; its evidence stays what it was."))

    def _remove(self, trait: Trait) -> None:
        with self._telling("lines"):
            before = len(self._persona.suggestions)
            changed = self._persona.without_trait(trait.id)
            lost = before - len(changed.suggestions)
            said = _("The line is removed. Undo brings it back.")
            if lost:
                also = ngettext(
                    "With it goes {n} suggestion that rested on it alone.",
                    "With it go {n} suggestions that rested on it alone.",
                    lost,
                )
                said += " " + also.format(n=lost)
            self._change(changed, said)

    def _add_trait(self, trait: Trait, own_words: bool) -> bool:
        before = self._persona
        with self._telling("add"):
            own = self._persona
            _refuse_double(own, trait)
            taken = {known.id for past in (*self._past, own) for known in past.traits}
            key = next(f"own-{n}" for n in range(1, len(taken) + 2) if f"own-{n}" not in taken)
            by = self._writer() if own_words else ""
            changed = own.with_trait(replace(trait, id=key, edited_by=by))
            changed = replace(changed, suggestions=_with_new(changed, key))
            said = (
                _("The line is added with its evidence.")
                if trait.evidence
                else _("The line is added and marked as an assumption.")
            )
            self._change(changed, said)
        return self._persona is not before

    def _take_back(self, _button=None) -> None:
        if self._past:
            self._at = "keep"
            self._persona = self._past.pop()
            self._show()
            self._say(_("The last change is taken back."))

    def _writer(self) -> str:
        return self._by.value.strip() or _("hand")

    # -- files --------------------------------------------------------------------------------

    def _write(self, persona: Persona, path):
        # Which file may be replaced is decided in PersonaFile.
        return subject.save_persona(persona, path, overwrite=True)

    def _read(self, path) -> Persona:
        found = subject.load_persona(path, case=self._case)
        if found.segment != self._persona.segment:
            raise InputError(
                _(
                    "{name} holds the persona “{persona}” of the segment {own}, not of {segment}: "
                    "its evidence was counted among other customers. Choose another file."
                ).format(
                    name=path.name, persona=found.name, own=found.segment or "–",
                    segment=self._persona.segment or "–",
                )
            )  # fmt: skip
        return found

    def _save(self, _button=None) -> None:
        with self._telling("keep"):
            path, said = self._file.save(self._persona, self._path.value)
            self._path.value = str(path)
            self._say(said)

    def _load(self, _button=None) -> None:
        with self._telling("keep"):
            found = self._file.load(self._path.value)
            self._past.append(self._persona)
            self._persona = found
            self._say(
                _("“{name}” is opened from the file. Undo brings back what was here.").format(
                    name=found.name
                )
            )
        self._show()

    def _print(self, _button=None) -> None:
        from pathlib import Path

        with self._telling("keep"):
            path = Path(self._path.value.strip() or "persona").with_suffix(".html")
            subject.write_page(self._persona, path)
            said = _("The page is saved as {name}: open it in a browser and print it.")
            self._say(said.format(name=path.name))

    # -- what the person is told --------------------------------------------------------------

    def _say(self, sentence: str, wrong: bool = False) -> None:
        told = look.note(f"⚠ {escape(sentence)}") if wrong else (
            f'<div class="cl-note" role="status" aria-live="polite">{escape(sentence)}</div>'
        )  # fmt: skip
        for place, widget in self._told.items():
            widget.value = told if place == self._at else ""

    def _say_add(self, sentence: str, wrong: bool = False) -> None:
        self._at = "add"
        self._say(sentence, wrong)

    @contextmanager
    def _telling(self, place: str):
        """Tell what happens, and what goes wrong, in a sentence where the person looks."""
        self._at = place
        try:
            yield
        except CustLabError as error:
            self._say(str(error), wrong=True)

    @contextmanager
    def _quietly(self):
        self._showing = True
        try:
            yield
        finally:
            self._showing = False


def _button(label: str, tooltip: str, pressed, style: str = "") -> widgets.Button:
    button = widgets.Button(
        description=label, tooltip=tooltip, button_style=style, layout=widgets.Layout(width="auto")
    )
    button.on_click(pressed)
    return button


def _where(trait_id, place: dict) -> str:
    """Name what a point of the check is about, a line by its number on the card."""
    others = {"role-decider": _("Role"), "own-role": _("Role"), "own-value": _("Value")}
    number = place.get(trait_id)
    return _("Line {n}").format(n=number) if number else others.get(trait_id, "")


def _part(title: str) -> widgets.HTML:
    return widgets.HTML(f'<h4 class="cp-part jp-toc-ignore">{escape(title)}</h4>')


def _refuse_double(persona: Persona, trait: Trait) -> None:
    """Raise an InputError if a line stands on the card already."""
    source = _source(trait)
    for known in persona.traits:
        same_words = known.text.casefold() == trait.text.casefold()
        if same_words or (source and source == _source(known)):
            raise InputError(
                _("This stands on the card already: “{text}”. Reword that line instead.").format(
                    text=known.text
                )
            )


def _source(trait: Trait) -> tuple | None:
    found = trait.evidence
    return (found.table, found.column, found.level) if found else None


def _with_new(persona: Persona, trait_id: str) -> tuple:
    """Keep the suggestions that are there, and add those that a new trait gives reason for."""
    fresh = (one for one in subject.suggest(persona) if trait_id in one.because)
    said = {one.text for one in persona.suggestions}
    return (*persona.suggestions, *(one for one in fresh if one.text not in said))
