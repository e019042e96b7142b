"""The kinds of questions that a sheet can ask: one method for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from custlab.exercises.kinds.base import labelled
from custlab.exercises.kinds.form import Field


class Asking:
    """What a `Sheet` can ask.

    Parameters that all kinds share: ``id`` names the question on its sheet; ``prompt`` is
    Markdown; ``key``, ``because`` (why wrong answers are wrong) and ``hints`` make it practice
    that is checked at once.
    """

    def _ask(self, kind: str, id: str, prompt: str, *args: Any, **spec: Any) -> None:
        raise NotImplementedError

    def choose_one(
        self,
        id: str,
        prompt: str,
        options: Any,
        *,
        key: Any = None,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for one of ``options`` ({id: label}); ``because``: {wrong option: explanation}."""
        self._ask("choose_one", id, prompt, key, because, hints, options=labelled(options))

    def choose_several(
        self,
        id: str,
        prompt: str,
        options: Any,
        *,
        key: Any = None,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for all options that hold; ``key``: list of ids; ticking everything earns nothing."""
        self._ask("choose_several", id, prompt, key, because, hints, options=labelled(options))

    def match(
        self,
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
        spec = {"rows": labelled(rows), "options": labelled(options)}
        self._ask("match", id, prompt, key, because, hints, **spec)

    def order(
        self,
        id: str,
        prompt: str,
        steps: Any,
        *,
        key: Any = None,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for the order of ``steps``, which are shown as listed; ``key``: list of ids."""
        self._ask("order", id, prompt, key, because, hints, steps=labelled(steps))

    def number(
        self,
        id: str,
        prompt: str,
        *,
        unit: str = "",
        key: Any = None,
        tolerance: float = 0,
        relative: float = 0,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for a number; ``key``: number or (low, high), ``tolerance`` in the unit."""
        spec = {"unit": unit, "tolerance": tolerance, "relative": relative}
        self._ask("number", id, prompt, key, because, hints, **spec)

    def slider(
        self,
        id: str,
        prompt: str,
        low: float,
        high: float,
        *,
        step: float = 1,
        unit: str = "",
        key: Any = None,
        tolerance: float = 0,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for a number between two ends; ``key`` as for `number`."""
        spec = {"low": low, "high": high, "step": step, "unit": unit, "tolerance": tolerance}
        self._ask("slider", id, prompt, key, because, hints, **spec)

    def place(
        self,
        id: str,
        prompt: str,
        items: Any,
        *,
        across: tuple[str, str, str],
        up: tuple[str, str, str],
        size: int = 5,
        key: Any = None,
        tolerance: float = 0,
        because: Any = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask where items belong; ``across`` and ``up``: (axis, low end, high end).

        ``key``: {item: [column, row]} or {item: {"across": (low, high), "up": (low, high)}}.
        """
        spec = {"items": labelled(items), "across": across, "up": up, "size": size}
        self._ask("place", id, prompt, key, because, hints, tolerance=tolerance, **spec)

    def form(
        self,
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
        self._ask("form", id, prompt, key, because, hints, fields=fields, rules=rules)

    def free_text(
        self,
        id: str,
        prompt: str,
        *,
        min_words: int = 0,
        max_words: int = 0,
        rubric: Sequence[str] = (),
        key: str | None = None,
        hints: Sequence[str] = (),
    ) -> None:
        """Ask for a few sentences; ``key`` is a model answer to compare with, shown afterwards."""
        spec = {"min_words": min_words, "max_words": max_words, "rubric": tuple(rubric)}
        self._ask("free_text", id, prompt, key, None, hints, **spec)

    def predict(self, id: str, prompt: str, kind: str = "choose_one", **spec: Any) -> None:
        """Ask for a prediction: any kind of question, without a key.

        Parameters
        ----------
        id, prompt : str
            As for the other questions.
        kind : str, optional
            The kind of question.
        **spec : object
            What the kind needs, for example ``options=…`` or ``low=0, high=100``.
        """
        for name in ("options", "rows", "steps", "items"):
            if name in spec:
                spec[name] = labelled(spec[name])
        self._ask(kind, id, prompt, None, None, (), prediction=True, **spec)
