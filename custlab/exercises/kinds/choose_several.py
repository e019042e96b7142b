"""Choose several options."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.expect import ticked_share
from custlab.exercises.kinds.base import WithOptions, kind, known
from custlab.exercises.result import Part, Result
from custlab.exercises.values import as_choices
from custlab.i18n import _


@kind
@dataclass
class ChooseSeveral(WithOptions):
    """Any number of options, at least one."""

    kind = "choose_several"

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
        """Ask for all options that hold; ``key``: list of ids; ticking everything earns nothing."""
        sheet._ask("choose_several", id, prompt, key, because, hints, options=options)

    def inputs(self, w: Any, report: Any) -> Any:
        """Tick boxes."""
        return w.tick_boxes(self.options, report, guide=_("Tick all that apply"))

    def example(self) -> list[str]:
        """Give the first two options."""
        return list(self.options)[:2]

    def fit(self, value: Any) -> list[str]:
        """Accept a list of ids; they are kept in the order in which the options stand."""
        ticked = [known(choice, self.options) for choice in as_choices(value)]
        return [choice for choice in self.options if choice in ticked]

    def _say(self, value: Any) -> str:
        return "; ".join(self._lines(value))

    def _lines(self, value: Any) -> list[str]:
        return [self.options.get(choice, choice) for choice in value]

    @staticmethod
    def check(
        answer: Any,
        key: Collection[str],
        because: Mapping[str, str] | None = None,
        *,
        options: Collection[str],
    ) -> Result:
        """Check ticks: right ones less wrong ones, so that ticking everything earns nothing.

        Parameters
        ----------
        answer : list of str
            The ids that were ticked.
        key : collection of str
            All right ids; at least one option must be wrong.
        because : mapping, optional
            {option: explanation}, shown when this option is wrongly ticked, or wrongly left out.
        options : collection of str
            The ids of all options.
        """
        ticked, right, because = as_choices(answer), set(key), because or {}
        if not right < set(options):
            raise ValueError("choose_several: the key must be some of the options, but not all")
        share = ticked_share(ticked, right, options)
        if share == 1.0:
            return results.correct()
        wrong = [choice for choice in ticked if choice not in right]
        missed = [choice for choice in options if choice in right and choice not in ticked]
        sentences = [
            _("{hits} of {total} right ones ticked, {wrong} wrong.").format(
                hits=len(right) - len(missed), total=len(right), wrong=len(wrong)
            )
        ]
        sentences += dict.fromkeys(because[c] for c in [*wrong, *missed] if c in because)
        shown = next((choice for choice in [*wrong, *missed] if choice in because), None)
        parts = tuple(Part(choice, 0.0, because.get(choice, "")) for choice in [*wrong, *missed])
        return replace(results.graded(share, " ".join(sentences), shown), parts=parts)

    def for_check(self) -> dict[str, Any]:
        """Give all options."""
        return {"options": list(self.options)}

    @staticmethod
    def right(key: Any) -> list[str]:
        """Give all right options."""
        return list(key)

    def _part_words(self, name: str, value: Any) -> str:
        ticked = name in self.fit(value)
        text = _("ticked: {option}") if ticked else _("not ticked: {option}")
        return text.format(option=self.options.get(name, name))
