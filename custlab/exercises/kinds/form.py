"""Fill a form of several fields, for example a persona."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.expect import as_expected
from custlab.exercises.kinds.base import Question, filled_rows, known
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


@dataclass
class Form(Question):
    """Several fields of several types."""

    kind = "form"
    fields: dict[str, Field] = field(default_factory=dict)

    def fit(self, value: Any) -> dict[str, Any]:
        """Accept {field: value}, also for some fields only."""
        labels = {name: item.label for name, item in self.fields.items()}
        given = filled_rows(value, labels)
        return {name: self.fields[name].fit(part) for name, part in given.items()}

    def _whole(self, value: Any) -> bool:
        return len(value) == len(self.fields)

    def _say(self, value: Any) -> str:
        known_fields = [name for name in value if name in self.fields]
        return "; ".join(
            f"{self.fields[name].label}: {self.fields[name].words(value[name])}"
            for name in known_fields
        )

    def example(self) -> dict[str, Any]:
        """Give a value for the first field."""
        name = next(iter(self.fields))
        return {name: self.fields[name].example()}


def check_form(
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


def _check_field(name: str, value: Any, expected: Any, reasons: Any) -> Part:
    if is_blank(value):
        return Part(name, 0.0, blank=True)
    try:
        share = as_expected(expected).share(value)
    except (UnfitAnswer, TypeError):
        return Part(name, 0.0, _("The field “{name}” cannot be read.").format(name=name))
    if share == 1.0:
        return Part(name, 1.0)
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
