"""Put lines of code in order, and leave out those that are not needed (a Parsons problem)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from custlab.exercises import result as results
from custlab.exercises.kinds.base import Question, equally_right, kind, known
from custlab.exercises.kinds.order import StepList
from custlab.exercises.result import Result
from custlab.exercises.values import UnfitAnswer, as_choices
from custlab.i18n import _, ngettext

REST = "---"  # stands between the lines that are used and those that are left out


@kind
@dataclass
class Parsons(Question):
    """Lines of code, shown in the order given here; some may not be needed."""

    kind = "parsons"
    code: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.code, Mapping):  # a list of lines, which then are a, b, c …
            self.code = {chr(ord("a") + n): line for n, line in enumerate(self.code)}

    @staticmethod
    def ask(
        sheet: Any,
        id: str,
        prompt: str,
        code: Any,
        *,
        key: Any = None,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for the order of lines: ``code`` is {id: line} or a list; see `Parsons.check`."""
        sheet._ask("parsons", id, prompt, key, because, hints, code=code)

    def inputs(self, w: Any, report: Any) -> Any:
        """Give a list with buttons, and in it a line below which nothing is used."""
        rest = {REST: _("— lines below are not used —")}
        steps = StepList(self.code | rest, w, report, code=True, rest=REST)

        def show(used: list[str] | None) -> None:
            left = [] if used is None else [name for name in self.code if name not in used]
            steps.show([*(self.code if used is None else used), REST, *left])

        return w.Inputs(steps.box, show, lambda: steps.order[: steps.order.index(REST)])

    def names(self) -> dict[str, str]:
        """Give the lines."""
        return self.code

    def example(self) -> list[str]:
        """Give the lines in the order shown."""
        return list(self.code)

    def fit(self, value: Any) -> list[str]:
        """Accept any of the lines, each once."""
        given = [known(line, self.code) for line in as_choices(value)]
        if not given:
            raise UnfitAnswer(_("At least one line is needed."))
        return given

    def _say(self, value: Any) -> str:
        return " ⏎ ".join(self.code.get(line, line) for line in value)

    def _lines(self, value: Any) -> list[str]:
        return [f"{n}. {self.code.get(line, line)}" for n, line in enumerate(value, start=1)]

    @staticmethod
    def check(
        answer: Any, key: Sequence[str | Sequence[str]], because: Mapping[Any, str] | None = None
    ) -> Result:
        """Check lines by the pairs that stand in order; a line too many costs a line's share.

        Parameters
        ----------
        answer : list of str
            The lines used, first to last.
        key : sequence
            The right lines in order; those in an inner list may stand in any order among
            themselves. Lines that it does not name are not needed.
        because : mapping, optional
            {line that is not needed: explanation}, or {(line put first, line put later):
            explanation}.

        References
        ----------
        Ericson, B., Foley, J. & Rick, J. (2018). Evaluating the efficiency and effectiveness of
        adaptive Parsons problems. ICER '18, 60-68.

        Examples
        --------
        >>> Parsons.check(["a", "b", "x"], key=["a", "b"], because={"x": "Nobody asked."}).message
        '1 line is not needed. Nobody asked.'
        """
        given, because = as_choices(answer), because or {}
        groups = [equally_right(group) for group in key]
        rank = {line: number for number, group in enumerate(groups) for line in group}
        place = {line: number for number, line in enumerate(given)}
        needless = [line for line in given if line not in rank]
        missing = [line for line in rank if line not in place]
        pairs = [(a, b) for a, b in combinations(rank, 2) if rank[a] < rank[b]]
        turned = [(b, a) for a, b in pairs if a in place and b in place and place[b] < place[a]]
        if not (needless or missing or turned):
            return results.correct()
        apart = sum(a in missing or b in missing for a, b in pairs)
        lost = (2 * len(turned) + apart) / len(pairs) if pairs else 0.0
        lost += (len(needless) + (0 if pairs else len(missing))) / len(rank)
        sentences = [_count(needless, missing, turned)]
        shown = [why for why in (*needless, *turned) if why in because]
        sentences += dict.fromkeys(because[why] for why in shown)
        named = [why if isinstance(why, str) else " before ".join(why) for why in shown]
        return results.graded(min(1 - lost, 0.99), " ".join(sentences), named[0] if named else None)

    @staticmethod
    def right(key: Any) -> list[str]:
        """Give one right order."""
        return [line for group in key for line in equally_right(group)]


def _count(needless: list, missing: list, turned: list) -> str:
    """Say how many lines are too many, missing or turned round."""
    said = []
    if needless:
        n = len(needless)
        said.append(ngettext("{n} line is not needed.", "{n} lines are not needed.", n).format(n=n))
    if missing:
        n = len(missing)
        said.append(ngettext("{n} line is missing.", "{n} lines are missing.", n).format(n=n))
    if turned:
        said.append(_("A line stands before one that it needs."))
    return " ".join(said)
