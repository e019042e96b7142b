"""A question on the page: prompt, inputs, status, and in lessons check and hints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import ipywidgets as w

from custlab.exercises import result as results
from custlab.exercises.answers import Answer
from custlab.exercises.kinds import check
from custlab.exercises.kinds.base import Question
from custlab.exercises.result import Outcome, Result
from custlab.exercises.values import UnfitAnswer, is_blank
from custlab.exercises.widgets import inputs, look
from custlab.i18n import _


@dataclass
class Practice:
    """What a lesson knows about a question: key, explanations, hints."""

    key: Any
    because: Any = None
    hints: Sequence[str] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def check(self, question: Question, value: Any) -> Result:
        """Check an answer at once; a lesson goes on, whatever is wrong with its key."""
        try:
            return check(question.kind, value, self.key, self.because, **self.options)
        except Exception as fault:
            text = _(
                "Your answer is saved, but this lesson cannot check it ({fault}). Go on, and tell "
                "whoever gave you the course."
            )
            return results.error(text.format(fault=f"{type(fault).__name__}: {fault}"))


@dataclass
class Memory:
    """How a card saves.

    Attributes
    ----------
    answer : callable
        ``answer(value)`` saves an answer.
    note : callable
        ``note(tries, hints, share)`` saves how often it was checked, how many hints were seen,
        and what share was right (None if it was not checked now).
    news : callable
        Gives the sentences that the learner has not read yet.
    saved : callable
        Tells whether the last answer is in the answers file.
    kept : bool
        Whether answers are kept at all: of a question that is only asked again, how it went is.
    """

    answer: Callable[[Any], None]
    note: Callable[[int, int, float | None], None]
    news: Callable[[], list[str]]
    saved: Callable[[], bool]
    kept: bool = True


class CardBox(w.VBox):
    """The frame of a card."""

    def __init__(self, children: Sequence[w.Widget], name: str) -> None:
        super().__init__(children)
        self._name = name
        self.add_class("cl-card")

    def __repr__(self) -> str:
        """Name the question, for where widgets cannot be shown."""
        return _("Question “{id}”: run this cell to answer it.").format(id=self._name)


class Card:
    """A question on the page.

    Parameters
    ----------
    question : Question
        What is asked.
    memory : Memory
        Where its answer goes.
    practice : Practice, optional
        In lessons: the key and what helps. Without it the card only says whether the answer is
        complete and saved.
    prediction : bool, optional
        Whether this is a prediction, which has no right answer yet.
    """

    def __init__(
        self,
        question: Question,
        memory: Memory,
        practice: Practice | None = None,
        prediction: bool = False,
    ) -> None:
        self.question, self.memory, self.practice = question, memory, practice
        self.prediction = prediction
        self.value: Any = None
        self.tries = self.hints = 0
        self._showing = False
        self._inputs = question.inputs(inputs, self._reported)
        self._status, self._feedback, self._hints = w.HTML(), w.HTML(), w.HTML()
        self._news = w.HTML()
        self.box = CardBox([*self._top(), *self._bottom()], question.id)
        self._say_status()

    def _top(self) -> list[w.Widget]:
        title = f'<div class="cl-prompt">{look.markdown(self.question.prompt)}</div>'
        return [w.HTML(look.STYLE + title), self._inputs.box]

    def _bottom(self) -> list[w.Widget]:
        parts: list[w.Widget] = []
        if self.practice:
            self._check = w.Button(description=self._check_label(), button_style="primary")
            self._check.on_click(lambda _button: self._check_what_is_shown())
            self._hint = w.Button(layout=w.Layout(width="auto"))
            self._hint.on_click(lambda _button: self._next_hint())
            self._label_hint()
            parts = [w.HBox([self._check, self._hint]), self._feedback, self._hints]
        by_code = [w.HTML(self._by_code())] if self.memory.kept else []
        return [*parts, self._status, self._news, *by_code]

    def _check_label(self) -> str:
        return _("Compare") if self.question.by_hand else _("Check")

    def _by_code(self) -> str:
        from html import escape

        line = f'sheet.answer("{self.question.id}", {self.question.example()!r})'
        return (
            f'<details class="cl-note"><summary>{escape(_("Answer with code"))}</summary>'
            f"<code>{escape(line)}</code><br>{escape(self._names())}</details>"
        )

    def _names(self) -> str:
        words = self.question.names()
        return "; ".join(f"{name} = {label}" for name, label in words.items() if name != label)

    # -- as a person uses it ----------------------------------------------------------------

    @property
    def status(self) -> str:
        """What the card says of the answer: complete, saved (HTML)."""
        return self._status.value

    @property
    def feedback(self) -> str:
        """What the card says to the answer after a check (HTML)."""
        return self._feedback.value

    @property
    def hints_shown(self) -> str:
        """The hints that have been asked for (HTML)."""
        return self._hints.value

    @property
    def news(self) -> str:
        """What the learner is told besides (HTML)."""
        return self._news.value

    def read(self) -> Any:
        """Give the answer as its inputs stand."""
        return self._inputs.read()

    def fill(self, value: Any) -> None:
        """Fill in the inputs and report the change, as a person does by hand."""
        self._show_inputs(value)
        self._reported()

    def button(self, words: str) -> w.Button:
        """Find the button whose label or tooltip begins so; ``.click()`` presses it."""
        waiting: list[w.Widget] = [self.box]
        while waiting:
            widget = waiting.pop(0)
            if isinstance(widget, w.Button) and (
                widget.description.startswith(words) or (widget.tooltip or "").startswith(words)
            ):
                return widget
            waiting = [*getattr(widget, "children", ()), *waiting]
        raise LookupError(words)

    def _reported(self, _change: Any = None) -> None:
        if not self._showing:
            self._changed(self._inputs.read())

    def _show_inputs(self, value: Any) -> None:
        """Show a value, without reporting it as a change."""
        self._showing = True
        try:
            self._inputs.show(value)
        finally:
            self._showing = False

    # -- the answer -------------------------------------------------------------------------

    def show(self, answer: Answer) -> None:
        """Show a saved answer; one that no longer fits the question is left alone and told."""
        self.tries, self.hints = answer.tries, min(answer.hints, len(self._all_hints()))
        self.value = answer.value
        self._feedback.value = ""
        try:
            fitted = None if is_blank(answer.value) else self.question.fit(answer.value)
            self._show_inputs(fitted)
        except (UnfitAnswer, ValueError, TypeError):
            self._show_raw(answer.value)
        self._say_status()
        self._show_hints()
        if self.practice and self.tries and not is_blank(self.value):
            result = self._show_result()
            if self.question.kind == "number" and result.outcome is not Outcome.CORRECT:
                self._feedback.value += look.note(
                    _(
                        "This is your answer from before. If you have changed the case or the "
                        "data since, the right number has changed with it: answer again."
                    )
                )

    def _show_raw(self, value: Any) -> None:
        if self.question.keeps_typed:
            try:  # what was typed is shown again even if it cannot be read
                self._show_inputs(value)
                return
            except Exception:  # neither do the inputs know what to do with it
                self._show_inputs(None)
        words = _(
            "Your saved answer “{answer}” does not fit this question any more. It is kept until "
            "you answer again."
        )
        self._feedback.value = look.note(words.format(answer=str(value)[:80]))

    def set(self, value: Any) -> None:
        """Answer by code: show the value and save it.

        Raises
        ------
        UnfitAnswer
            If the value does not fit the question.
        """
        fitted = None if is_blank(value) else self.question.fit(value)
        self._show_inputs(fitted)
        self._changed(fitted)

    def _changed(self, value: Any) -> None:
        self.value = value
        self._feedback.value = ""
        self.memory.answer(value)
        self._say_status()
        self._news.value = "".join(look.note(f"⚠ {text}") for text in self.memory.news())

    # -- what the learner reads -------------------------------------------------------------

    def check(self) -> Result | None:
        """Check the answer and explain it; for free text, show what a good answer holds."""
        if not self.practice:
            return None
        found = self._show_result()
        if not is_blank(self.value):
            self._count_try(found)
        return found

    def say(self, found: Result, tried: bool) -> None:
        """Show what somebody else has found out about the answer: a cell that checks itself."""
        if tried:
            self._count_try(found)
        self._feedback.value = look.feedback(found.outcome, found.message)

    def _count_try(self, found: Result | None) -> None:
        self.tries += 1
        self.memory.note(self.tries, self.hints, found.share if found else None)

    def _check_what_is_shown(self) -> None:
        """Check by button: what stands there untouched, such as an order of steps, is meant."""
        if is_blank(self.value) and not is_blank(self._inputs.read()):
            self._reported()
        self.check()

    def _show_result(self) -> Result | None:
        if self.question.by_hand:
            self._compare()
            return None
        result = self.practice.check(self.question, self.value)
        self._feedback.value = look.feedback(result.outcome, result.message)
        return result

    def _compare(self) -> None:
        if not self.question.is_complete(self.value):
            self._feedback.value = look.feedback(
                Outcome.NOT_ATTEMPTED, _("Write your own answer first, as long as asked for.")
            )
            return
        points = "".join(f"<li>{look.inline(point)}</li>" for point in self.question.rubric)
        model = look.markdown(self.practice.key)
        self._feedback.value = (
            '<div class="cl-feedback cl-plain" role="status" aria-live="polite">'
            f"<strong>{_('A good answer could read:')}</strong> {model}<ul>{points}</ul></div>"
        )

    def _all_hints(self) -> Sequence[str]:
        return self.practice.hints if self.practice else ()

    def _next_hint(self) -> None:
        self.hints += 1
        self.memory.note(self.tries, self.hints, None)
        self._show_hints()

    def _show_hints(self) -> None:
        if not self.practice:
            return
        self._label_hint()
        title = _("Hint {n} of {total}:")
        shown = [
            f"<strong>{title.format(n=n, total=len(self.practice.hints))}</strong> "
            f"{look.inline(hint)}"
            for n, hint in enumerate(self.practice.hints[: self.hints], start=1)
        ]
        self._hints.value = (
            f'<div class="cl-feedback cl-plain" aria-live="polite">{"<br>".join(shown)}</div>'
            if shown
            else ""
        )

    def _label_hint(self) -> None:
        left = len(self.practice.hints) - self.hints
        self._hint.description = _("Hint ({n} left)").format(n=left)
        self._hint.disabled = left <= 0
        self._hint.layout.display = "" if self.practice.hints else "none"

    def _say_status(self) -> None:
        complete = self.question.is_complete(self.value)
        if is_blank(self.value):
            text = _("Not answered yet.")
        elif not self.memory.kept:
            text = _("Answered: Check says whether it is right.")
        elif not self.memory.saved():
            text, complete = _("Kept in this notebook only: see the note."), False
        elif complete and self.prediction:
            text = _("Prediction saved. You will meet it again further down.")
        elif complete:
            text = _("Saved.") if self.practice else _("Complete and saved.")
        else:
            text = _("Saved, but not complete yet.")
        self._status.value = look.status(text, complete)
