"""A sheet of questions in a notebook: shows them, saves the answers, gives a receipt."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from IPython.display import HTML, display

from custlab.errors import InputError
from custlab.exercises import receipt as receipts
from custlab.exercises.answers import Answer
from custlab.exercises.kinds import KINDS
from custlab.exercises.kinds.base import Question
from custlab.exercises.result import Outcome
from custlab.exercises.spot import KEEP_KEYS, Spot
from custlab.exercises.store import Store
from custlab.exercises.values import UnfitAnswer, is_blank
from custlab.i18n import _


class Sheet:
    """The questions of one notebook.

    It has a method for each kind of question (``choose_one``, ``match`` …). Parameters that all
    share: ``id`` names the question on its sheet; ``prompt`` is Markdown; ``key``, ``because``
    (why wrong answers are wrong) and ``hints`` make it practice that is checked at once. Without a
    key a question only says whether it is complete and saved; `mark` marks it later.

    Parameters
    ----------
    name : str
        The notebook's name without ``.ipynb``; answers are saved beside it in
        ``<name>.answers.json``.
    questions : int, optional
        How many questions the notebook has, if the receipt should count those whose cells have
        not run yet.
    folder : Path, optional
        The notebook's folder, if the kernel started elsewhere.
    elsewhere : int, optional
        How many more questions are answered in cells of their own, with code or in words; the
        receipt says that it does not count them.

    Examples
    --------
    >>> import tempfile
    >>> sheet = Sheet("03-role-types", folder=Path(tempfile.mkdtemp()))
    >>> sheet.store.path.name
    '03-role-types.answers.json'
    """

    def __init__(
        self, name: str, questions: int = 0, folder: Path | None = None, elsewhere: int = 0
    ) -> None:
        self.name, self.total, self.elsewhere = name, questions, elsewhere
        self.store = Store(name, folder)
        self.questions: dict[str, Question] = {}
        self.cards: dict[str, Any] = {}
        self._lesson = False
        self._told = self._read = 0
        self._recalls: dict[str, tuple[Spot, str]] = {}
        self._summary, self._receipt, self._notices = Spot(), Spot(), Spot()
        self._summary.show(self._bundle(full=False))
        self._notices.show({"application/javascript": KEEP_KEYS, "text/plain": ""})
        self._tell()
        self._read = len(self.store.notices)

    def _ask(
        self,
        kind: str,
        id: str,
        prompt: str,
        key: Any,
        because: Any,
        hints: Sequence[str],
        prediction: bool = False,
        **spec: Any,
    ) -> None:
        question, checking = KINDS[kind].make(id, prompt, spec)
        self.questions[id] = question
        self._lesson |= prediction or key is not None
        if os.environ.get("NBGRADER_EXECUTION"):
            self._show_as_text(question)  # nobody watches: the receipt alone will count
            return
        self._show_card(question, key, because, hints, checking, prediction)
        self._refresh([])

    def _show_card(
        self,
        question: Question,
        key: Any,
        because: Any,
        hints: Sequence[str],
        checking: dict[str, Any],
        prediction: bool,
    ) -> None:
        from custlab.exercises.widgets.card import Card, Memory, Practice

        practice = None
        if key is not None:
            _try_key(question, key)
            practice = Practice(key, because, tuple(hints), checking | question.for_check())
        id, kind = question.id, question.kind
        memory = Memory(
            answer=lambda value: self._record(id, kind, value),
            note=lambda *how: self._refresh(self.store.note(id, *how)),
            news=self._news,
            saved=lambda: self.store.writable,
        )
        card = Card(question, memory, practice, prediction)
        self.cards[id] = card
        if id in self.store.answers:
            card.show(self.store.answers[id])
        # What stands for the card where there are no widgets: on a page, on paper.
        text = {"text/markdown": question.as_text(self.answers.get(id))}
        display(card.box._repr_mimebundle_() | text, raw=True)

    def _show_as_text(self, question: Question) -> None:
        """Show question and answer without widgets: for those who read the marked notebook."""
        answer = self.store.answers.get(question.id)
        words = question.words(answer.value) if answer else ""
        said = _("Answer: {answer}").format(answer=words) if words else _("Not attempted.")
        prompt = escape(question.prompt)
        display(
            HTML(
                f'<p style="white-space:pre-wrap"><strong>{prompt}</strong></p>'
                f'<p style="white-space:pre-wrap">{escape(said)}</p>'
            )
        )

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
        self._ask(kind, id, prompt, None, None, (), prediction=True, **spec)

    # -- answers ----------------------------------------------------------------------------

    def answer(self, id: str, value: Any) -> None:
        """Answer a question by code: everything that a mouse can answer.

        Parameters
        ----------
        id : str
            The question's name, as its card shows under "Answer with code".
        value : object
            The answer; None takes an answer back.

        Raises
        ------
        InputError
            If there is no such question yet, or the value does not fit it.
        """
        if id not in self.questions:
            raise InputError(
                _(
                    "There is no question “{id}” on this sheet yet. Run its cell first. The "
                    "questions so far: {known}."
                ).format(id=id, known=", ".join(self.questions) or "–")
            )
        try:
            if id in self.cards:
                self.cards[id].set(value)
            else:
                fitted = None if is_blank(value) else self.questions[id].fit(value)
                self._record(id, self.questions[id].kind, fitted)
        except UnfitAnswer as unfit:
            raise InputError(
                _("This does not fit the question “{id}”: {reason}").format(id=id, reason=unfit)
            ) from None
        if id in self.cards:
            self.cards[id].check()

    def run_answer(self, id: str, source: str, names: dict[str, Any]) -> None:
        """Run, save and check the cell of a code question, which begins with ``%%answer <id>``.

        Parameters
        ----------
        id : str
            The question's name.
        source : str
            The lines below ``%%answer``.
        names : dict
            The notebook's variables; what the lines make is added.
        """
        from custlab.exercises.kinds.code import Code, compare, run

        if not isinstance(self.questions.get(id), Code):
            known = [name for name, asked in self.questions.items() if isinstance(asked, Code)]
            raise InputError(
                _(
                    "There is no code question “{id}” on this sheet yet. Run the cell above this "
                    "one first. The code questions so far: {known}."
                ).format(id=id, known=", ".join(known) or "–")
            )
        card = self.cards.get(id)
        practice = card.practice if card else None
        try:
            self.questions[id].fit(source)
        except UnfitAnswer as unfit:
            raise InputError(str(unfit)) from None
        for name in practice.key if practice else ():
            names.pop(name, None)  # what an earlier try made does not count for this one
        stopped = run(source, names, show=True)
        if card:
            card.set(source)
        else:
            self._record(id, "code", source)
        if practice:
            found = stopped or compare(names, practice.key, practice.because)
            card.say(found, tried=found.outcome is not Outcome.NOT_ATTEMPTED)
            display(HTML(card.feedback))
        elif stopped:
            display(HTML(f'<p role="status">{escape(stopped.message)}</p>'))

    def recall(self, id: str, result: str = "") -> None:
        """Show the learner's own earlier answer, for example a prediction beside the result.

        Parameters
        ----------
        id : str
            The question's name.
        result : str, optional
            What the data say, to stand beside it.
        """
        spot = Spot()
        spot.show(self._recalled(id, result))
        self._recalls[id] = (spot, result)

    def _recalled(self, id: str, result: str) -> dict[str, Any]:
        answer = self.store.answers.get(id)
        question = self.questions.get(id)
        if answer is None or is_blank(answer.value):
            return _guess_first(str(result))
        mine = question.words(answer.value) if question else str(answer.value)
        rows = [(_("Your prediction"), mine)] + ([(_("The data"), str(result))] if result else [])
        cells = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
            f'<td style="text-align:left">{escape(words)}</td></tr>'
            for name, words in rows
        )
        return {"text/html": f"<table>{cells}</table>", "text/plain": f"{mine} | {result}"}

    def warm_up(self, n: int = 4) -> None:
        """Ask questions of earlier lessons, what is due first; others on another day.

        Parameters
        ----------
        n : int
            How many.
        """
        from custlab.exercises.review import show, warm_up

        folder = self.store.path.parent
        show(warm_up(self.name, n, folder), folder)

    @property
    def answers(self) -> dict[str, Any]:
        """All answers so far: {question: value}."""
        return {name: answer.value for name, answer in self.store.answers.items()}

    def _record(self, id: str, kind: str, value: Any) -> None:
        known = self.store.answers.get(id, Answer(kind, None))
        self._refresh(self.store.put(id, kind, value, known.tries, known.hints))

    def _refresh(self, changed_elsewhere: Sequence[str]) -> None:
        """Bring receipts up to date, and the cards whose answers another copy has changed."""
        for id in changed_elsewhere:
            if id in self.cards:
                self.cards[id].show(self.store.answers[id])
                self.store.notices.append(
                    _("“{id}” was answered in another open copy; it is shown here now.").format(
                        id=id
                    )
                )
        self._summary.update(self._bundle(full=False))
        self._receipt.update(self._bundle(full=True))
        for id, (spot, result) in self._recalls.items():
            spot.update(self._recalled(id, result))
        self._tell()

    # -- progress and receipt ---------------------------------------------------------------

    def receipt(self) -> None:
        """Show what is answered and saved; the answers travel in this output.

        Put it into the last cell: a learner who hands in the notebook alone loses nothing.
        """
        self._refresh(self.store.reload())
        self._receipt = Spot()
        self._receipt.show(self._bundle(full=True))

    def progress(self) -> tuple[int, int]:
        """Give how many questions are answered completely, and how many there are."""
        done = receipts.counted(self.questions, self.store.answers)
        return done, max(self.total, len(self.questions.keys() | self.store.answers.keys()))

    def _bundle(self, full: bool) -> dict[str, Any]:
        counts = {"total": self.total, "elsewhere": self.elsewhere, "lesson": self._lesson}
        answers, saved = self.store.answers, self.store.writable
        shown = receipts.bundle(self.name, self.questions, answers, saved, full, **counts)
        return shown if full else shown | {"text/html": shown["text/html"] + _run_again()}

    def _news(self) -> list[str]:
        """Give the notices that no card has shown yet."""
        fresh = self.store.notices[self._read :]
        self._read = len(self.store.notices)
        return fresh

    def _tell(self) -> None:
        """Show the notices of the store: one place, newest last."""
        if len(self.store.notices) == self._told:
            return
        self._told = len(self.store.notices)
        lines = "".join(f"<li>{escape(notice)}</li>" for notice in self.store.notices[-5:])
        title = f"<strong>⚠ {escape(_('Please note'))}</strong>"
        html = f'<div role="status">{title}<ul>{lines}</ul></div>'
        self._notices.update({"text/html": html, "text/plain": "; ".join(self.store.notices[-5:])})


def _guess_first(result: str) -> dict[str, Any]:
    """Keep the result folded away from those who have not guessed."""
    ask = _("You have not answered this one: go back and guess first. Then the result stands here.")
    without = _("Show it without a guess")
    folded = f"<details><summary>{escape(without)}</summary>{escape(result)}</details>"
    return {
        "text/html": f"<p>{escape(ask)}</p>{folded if result else ''}",
        "text/plain": ask,
    }


def _run_again() -> str:
    """Give a style by which the page itself says what to do where a saved widget is gone."""
    words = _(": this was made by a kernel that has ended. Run this box (Shift + Enter).")
    return (
        "<style>.jp-OutputArea-output.jupyter-widgets:not(:has(*))::after "
        f"{{content: {json.dumps(words, ensure_ascii=False)}}}</style>"
    )


def _try_key(question: Question, key: Any) -> None:
    """Tell an author whose key fits no possible answer."""
    right = question.right(key)
    try:
        if right is not None:
            question.fit(right)
    except UnfitAnswer as unfit:
        raise InputError(
            _("The key of the question “{id}” fits no answer: {reason}").format(
                id=question.id, reason=unfit
            )
        ) from None


for _kind, _question in KINDS.items():
    setattr(Sheet, _kind, _question.ask)
