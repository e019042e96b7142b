"""Put steps in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.kinds.base import Question, known
from custlab.exercises.result import Result
from custlab.exercises.values import UnfitAnswer, as_choices
from custlab.i18n import _


@dataclass
class Order(Question):
    """Steps, shown in the order given here, to be put in the right one."""

    kind = "order"
    steps: dict[str, str] = field(default_factory=dict)

    def fit(self, value: Any) -> list[str]:
        """Accept all steps, each once."""
        given = [known(step, self.steps) for step in as_choices(value)]
        if len(given) < len(self.steps):
            missing = [step for step in self.steps if step not in given]
            raise UnfitAnswer(
                _("All steps belong in the list. Missing: {steps}.").format(
                    steps=", ".join(missing)
                )
            )
        return given

    def _say(self, value: Any) -> str:
        return " → ".join(self.steps.get(step, step) for step in value)

    def example(self) -> list[str]:
        """Give the steps in the order shown."""
        return list(self.steps)


def check_order(
    answer: Any,
    key: Sequence[str | Sequence[str]],
    because: Mapping[tuple[str, str], str] | None = None,
) -> Result:
    """Check an order by Kendall's tau over pairs, cut off at 0: chance earns nothing on average.

    Parameters
    ----------
    answer : list of str
        The steps, first to last.
    key : sequence
        The right order; steps in an inner list may stand in any order among themselves.
    because : mapping, optional
        {(step put first, step put later): explanation}: what it means that they are turned round.

    References
    ----------
    Kendall, M. G. (1938). A new measure of rank correlation. Biometrika, 30, 81-93.

    Examples
    --------
    >>> round(check_order(["a", "c", "b"], key=["a", "b", "c"]).share, 2)
    0.33
    """
    given, because = as_choices(answer), because or {}
    groups = [[group] if isinstance(group, str) else list(group) for group in key]
    rank = {step: number for number, group in enumerate(groups) for step in group}
    place = {step: number for number, step in enumerate(given) if step in rank}
    if len(place) < len(rank) or len(given) > len(rank):
        return results.error(_("The answer does not hold each step exactly once."))
    pairs = [(a, b) for a, b in combinations(rank, 2) if rank[a] < rank[b]]
    turned = [(b, a) for a, b in pairs if place[b] < place[a]]
    if not turned:
        return results.correct()
    sentences = [
        _("{right} of {total} pairs of steps are in the right order.").format(
            right=len(pairs) - len(turned), total=len(pairs)
        )
    ]
    sentences += dict.fromkeys(because[pair] for pair in turned if pair in because)
    shown = next((" before ".join(pair) for pair in turned if pair in because), None)
    return results.graded(1 - 2 * len(turned) / len(pairs), " ".join(sentences), shown)
