"""Choose one option."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.kinds.base import WithOptions, equally_right, kind, known
from custlab.exercises.result import Result
from custlab.exercises.values import as_choice
from custlab.i18n import _


@kind
@dataclass
class ChooseOne(WithOptions):
    """One option out of a few."""

    kind = "choose_one"

    @staticmethod
    def ask(
        sheet: Any,
        id: str,
        prompt: str,
        options: Any,
        *,
        key: Any = None,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for one of ``options`` ({id: label}); ``because``: {wrong option: explanation}."""
        sheet._ask("choose_one", id, prompt, key, because, hints, options=options)

    def inputs(self, w: Any, report: Any) -> Any:
        """Radio buttons."""
        radio = w.RadioButtons(
            options=[(label, name) for name, label in self.options.items()],
            value=None,
            description=_("Your choice"),
            style={"description_width": "initial"},
            layout=w.WIDE,
        )
        return w.single(radio, report)

    def example(self) -> str:
        """Give the first option."""
        return next(iter(self.options))

    def fit(self, value: Any) -> str:
        """Accept the id of an option."""
        return known(value, self.options)

    def _say(self, value: Any) -> str:
        return self.options.get(value, str(value))

    @staticmethod
    def check(
        answer: Any, key: str | Collection[str], because: Mapping[str, str] | None = None
    ) -> Result:
        """Check one choice.

        Parameters
        ----------
        answer : str
            The option's id.
        key : str or collection of str
            The right option, or several that are equally right.
        because : mapping, optional
            {wrong option: why someone picks it and what is wrong with that}.
        """
        choice = as_choice(answer)
        if choice in equally_right(key):
            return results.correct((because or {}).get(choice, ""))
        reason = (because or {}).get(choice)
        return results.incorrect(reason or "", choice if reason else None)

    @staticmethod
    def right(key: Any) -> str:
        """Give the first right option."""
        return equally_right(key)[0]

    def right_lines(self, key: Any) -> list[str]:
        """Say all options that are right."""
        return [_(" or ").join(self.words(choice) for choice in equally_right(key))]
