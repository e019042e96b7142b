"""Choose one option, or several."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.expect import ticked_share
from custlab.exercises.kinds.base import Question, known
from custlab.exercises.result import Part, Result
from custlab.exercises.values import as_choice, as_choices
from custlab.i18n import _


@dataclass
class ChooseOne(Question):
    """One option out of a few."""

    kind = "choose_one"
    options: dict[str, str] = field(default_factory=dict)

    def fit(self, value: Any) -> str:
        """Accept the id of an option."""
        return known(value, self.options)

    def _say(self, value: Any) -> str:
        return self.options.get(value, str(value))

    def example(self) -> str:
        """Give the first option."""
        return next(iter(self.options))


@dataclass
class ChooseSeveral(Question):
    """Any number of options, at least one."""

    kind = "choose_several"
    options: dict[str, str] = field(default_factory=dict)

    def fit(self, value: Any) -> list[str]:
        """Accept a list of ids; they are kept in the order in which the options stand."""
        ticked = [known(choice, self.options) for choice in as_choices(value)]
        return [choice for choice in self.options if choice in ticked]

    def _say(self, value: Any) -> str:
        return "; ".join(self.options.get(choice, choice) for choice in value)

    def example(self) -> list[str]:
        """Give the first two options."""
        return list(self.options)[:2]


def check_choose_one(
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
    if choice in ([key] if isinstance(key, str) else key):
        return results.correct((because or {}).get(choice, ""))
    reason = (because or {}).get(choice)
    return results.incorrect(reason or "", choice if reason else None)


def check_choose_several(
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
    found = results.graded(share, " ".join(sentences), shown)
    return Result(found.outcome, found.share, found.message, found.misconception, parts)
