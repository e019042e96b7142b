"""Match rows to options: one option for each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.kinds.base import (
    Question,
    equally_right,
    filled_rows,
    kind,
    known,
    labelled,
)
from custlab.exercises.result import Part, Result
from custlab.exercises.values import as_mapping, is_blank
from custlab.i18n import _


@kind
@dataclass
class Match(Question):
    """Each row gets one option; an option may be used more than once."""

    kind = "match"
    rows: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows, self.options = labelled(self.rows), labelled(self.options)

    @staticmethod
    def ask(
        sheet: Any,
        id: str,
        prompt: str,
        rows: Any,
        options: Any,
        *,
        key: Any = None,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for one option for each row; ``key``: {row: option}."""
        sheet._ask("match", id, prompt, key, because, hints, rows=rows, options=options)

    def inputs(self, w: Any, report: Any) -> Any:
        """Give each row a dropdown."""
        return w.rows(
            {
                row: w.single(w.dropdown(label, self.options), report, blank="")
                for row, label in self.rows.items()
            }
        )

    def names(self) -> dict[str, str]:
        """Give rows and options."""
        return self.rows | self.options

    def example(self) -> dict[str, str]:
        """Give the first option for the first row."""
        return {next(iter(self.rows)): next(iter(self.options))}

    def fit(self, value: Any) -> dict[str, str]:
        """Accept {row: option}, also for some rows only."""
        given = filled_rows(value, self.rows)
        return {row: known(choice, self.options) for row, choice in given.items()}

    def _whole(self, value: Any) -> bool:
        return len(value) == len(self.rows)

    def _say(self, value: Any) -> str:
        pairs = [
            f"{self.rows.get(row, row)} → {self.options.get(choice, choice)}"
            for row, choice in value.items()
        ]
        return "; ".join(pairs)

    @staticmethod
    def check(
        answer: Any,
        key: Mapping[str, Any],
        because: Mapping[str, str | Mapping[str, str]] | None = None,
    ) -> Result:
        """Check rows one by one: each right row earns the same.

        Parameters
        ----------
        answer : dict
            {row: option}.
        key : mapping
            {row: right option, or a list of options that are equally right}.
        because : mapping, optional
            {row: explanation} or {row: {wrong option: explanation}}.
        """
        given, because = as_mapping(answer), because or {}
        return results.from_parts(
            [_check_row(row, given.get(row), right, because.get(row)) for row, right in key.items()]
        )

    @staticmethod
    def right(key: Any) -> dict[str, str]:
        """Give each row its first right option."""
        return {row: equally_right(options)[0] for row, options in key.items()}

    def right_lines(self, key: Any) -> list[str]:
        """Say all options that are right, row by row."""
        pairs = []
        for row, options in key.items():
            right = (self.options.get(option, option) for option in equally_right(options))
            pairs.append(f"{self.rows.get(row, row)} → {_(' or ').join(right)}")
        return pairs


def _check_row(row: str, choice: Any, right: Any, reasons: Any) -> Part:
    if is_blank(choice):
        return Part(row, 0.0, blank=True)
    if not isinstance(choice, str):
        return Part(row, 0.0, _("The choice for “{row}” cannot be read.").format(row=row))
    if choice in equally_right(right):
        return Part(row, 1.0)
    reason = reasons.get(choice, "") if isinstance(reasons, Mapping) else reasons or ""
    return Part(row, 0.0, reason, f"{row}:{choice}" if reason else None)
