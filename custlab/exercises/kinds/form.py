"""Fill a form of several fields, for example a persona."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.expect import as_expected
from custlab.exercises.kinds.base import Question, filled_rows, kind, known
from custlab.exercises.kinds.number import typed_number
from custlab.exercises.result import Part, Result
from custlab.exercises.values import UnfitAnswer, as_choices, as_mapping, as_number, is_blank
from custlab.i18n import _

Rule = tuple[str, Callable[[dict[str, Any]], bool], str]


@dataclass
class Field:
    """One field of a form; make it with `text`, `long_text`, `choice`, `ticks` or `amount`."""

    label: str
    type: str
    options: dict[str, str] = field(default_factory=dict)
    unit: str = ""

    @property
    def written(self) -> bool:
        """Whether a learner answers in words of their own."""
        return self.type in ("text", "long_text")

    def inputs(self, w: Any, report: Any) -> Any:
        """Make the field's input, with its label and unit."""
        if self.type == "ticks":
            ticks = w.tick_boxes(self.options, report)
            title = w.HTML(escape(self.label), layout=w.Layout(width=w.LABEL["description_width"]))
            ticks.box = w.HBox([title, ticks.box])
            return ticks
        if self.type == "choice":
            return w.single(w.dropdown(self.label, self.options), report, blank="")
        if self.type == "long_text":
            area = w.Textarea(description=self.label, rows=3, style=w.LABEL, layout=w.WIDE)
            return w.single(area, report, blank="")
        line = w.Text(description=self.label, style=w.LABEL, layout=w.WIDE)
        if self.type == "amount":
            return typed_number(w, line, self.unit, report, blank="")
        return w.single(line, report, blank="", read=lambda: line.value.strip())

    def fit(self, value: Any) -> Any:
        """Give the value in this field's form, or say why it cannot be."""
        if self.type == "choice":
            return known(value, self.options)
        if self.type == "ticks":
            ticked = [known(option, self.options) for option in as_choices(value)]
            return [option for option in self.options if option in ticked]
        if self.type == "amount":
            as_number(value, self.unit)
            return value
        if not isinstance(value, str):
            raise UnfitAnswer(_("“{label}” should hold text.").format(label=self.label))
        return value

    def words(self, value: Any) -> str:
        """Say the value in words."""
        if isinstance(value, list):
            return ", ".join(self.options.get(option, option) for option in value)
        return f"{self.options.get(value, value)} {self.unit}".strip()

    def example(self) -> Any:
        """Give a value that would fit."""
        first = next(iter(self.options), "")
        return {"choice": first, "ticks": [first], "amount": 12.5}.get(self.type, "…")


def text(label: str) -> Field:
    """Ask for a few words."""
    return Field(label, "text")


def long_text(label: str) -> Field:
    """Ask for a few sentences."""
    return Field(label, "long_text")


def choice(label: str, options: dict[str, str]) -> Field:
    """Ask for one of {id: label}."""
    return Field(label, "choice", options)


def ticks(label: str, options: dict[str, str]) -> Field:
    """Ask for any of {id: label}."""
    return Field(label, "ticks", options)


def amount(label: str, unit: str = "") -> Field:
    """Ask for a number."""
    return Field(label, "amount", {}, unit)


@kind
@dataclass
class Form(Question):
    """Several fields of several types."""

    kind = "form"
    checking = ("rules",)
    keeps_typed = True
    fields: dict[str, Field] = field(default_factory=dict)

    @staticmethod
    def ask(
        sheet: Any,
        id: str,
        prompt: str,
        fields: dict[str, Field],
        *,
        key: Any = None,
        rules: Sequence[Any] = (),
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for several fields; see `custlab.exercises.fields` and `custlab.exercises.expect`."""
        sheet._ask("form", id, prompt, key, because, hints, fields=fields, rules=rules)

    def inputs(self, w: Any, report: Any) -> Any:
        """Give each field an input with its label."""
        return w.rows({name: field.inputs(w, report) for name, field in self.fields.items()})

    def names(self) -> dict[str, str]:
        """Give the fields."""
        return {name: item.label for name, item in self.fields.items()}

    def example(self) -> dict[str, Any]:
        """Give a value for the first field."""
        name = next(iter(self.fields))
        return {name: self.fields[name].example()}

    def fit(self, value: Any) -> dict[str, Any]:
        """Accept {field: value}, also for some fields only."""
        given = filled_rows(value, self.names())
        return {name: self.fields[name].fit(part) for name, part in given.items()}

    def _whole(self, value: Any) -> bool:
        return len(value) == len(self.fields)

    def _say(self, value: Any) -> str:
        known_fields = [name for name in value if name in self.fields]
        return "; ".join(
            f"{self.fields[name].label}: {self.fields[name].words(value[name])}"
            for name in known_fields
        )

    @staticmethod
    def check(
        answer: Any,
        key: Mapping[str, Any],
        because: Mapping[str, str | Mapping[Any, str]] | None = None,
        *,
        rules: tuple[Rule, ...] | list[Rule] = (),
    ) -> Result:
        """Check fields and consistency rules one by one: each earns the same.

        Parameters
        ----------
        answer : dict
            {field: value}.
        key : mapping
            {field: value, list of accepted values, or an expectation such as `between(25, 34)`}.
            Fields that are not in the key are not marked.
        because : mapping, optional
            {field: explanation} or {field: {wrong value: explanation}}.
        rules : sequence of (name, test, explanation), optional
            ``test(answer)`` gets all fields (blank ones are missing) and tells whether they fit
            together. A rule that cannot be tried, because a field is blank or unreadable, fails.
        """
        given, because = as_mapping(answer), because or {}
        given = {name: value for name, value in given.items() if not is_blank(value)}
        parts = [
            _check_field(name, given.get(name), expected, because.get(name))
            for name, expected in key.items()
        ]
        if all(part.blank for part in parts):
            return results.not_attempted()
        return results.from_parts(parts + [_check_rule(rule, given) for rule in rules])

    def right_lines(self, key: Any) -> list[str]:
        """Say what is expected of each field that has no free words."""
        pieces = []
        for name, wanted in key.items():
            item = self.fields.get(name)
            if item is None or (item.written and not isinstance(wanted, str)):
                continue
            example = as_expected(wanted).example
            words = f"{example:g}" if isinstance(example, float | int) else example
            pieces.append(f"{item.label}: {item.words(words)}")
        return pieces

    def _part_words(self, name: str, value: Any) -> str:
        item = self.fields.get(name)
        if item is not None and item.written:  # a learner's own words are not repeated
            return item.label
        return super()._part_words(name, value)


def _check_field(name: str, value: Any, expected: Any, reasons: Any) -> Part:
    if is_blank(value):
        return Part(name, 0.0, blank=True)
    try:
        share = as_expected(expected).share(value)
    except (UnfitAnswer, TypeError):
        return Part(name, 0.0, _("The field “{name}” cannot be read.").format(name=name))
    if share == 1.0:
        return Part(name, 1.0)
    if said := as_expected(expected).says(value):
        return Part(name, share, said, name)
    if isinstance(reasons, Mapping):
        reason = reasons.get(value, "") if isinstance(value, str | int | float) else ""
    else:
        reason = reasons or ""
    return Part(name, share, reason, f"{name}:{value}"[:60] if reason else None)


def _check_rule(rule: Rule, given: dict[str, Any]) -> Part:
    name, test, explanation = rule
    try:
        holds = bool(test(dict(given)))
    except Exception:  # the author's rule met a blank or an odd value: it cannot hold
        holds = False
    return Part(name, float(holds), "" if holds else explanation, None if holds else name)
