"""``custlab review`` and ``custlab progress``: what is due, what is done, from saved answers."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from custlab.cli.common import say
from custlab.i18n import _


def what_to_type() -> dict[str, str]:
    """Say what to type, by kind of question; the other kinds are for the notebook."""
    return {
        "choose_one": _("one letter"),
        "choose_several": _("letters, such as: a c"),
        "order": _("letters in their order, such as: b a c"),
        "parsons": _("the letters that are needed, in their order"),
        "match": _("a letter for each line, in the order of the lines, such as: b a c"),
        "number": _("a number"),
        "slider": _("a number"),
    }


def review(
    questions: Annotated[int, typer.Option(help="How many questions at most.")] = 10,
) -> None:
    """Ask what is due today of what you have answered in the lessons; without a network."""
    from custlab.exercises import review as asking
    from custlab.exercises.store import Store
    from custlab.files import course_root

    waiting = [asked for asked in asking.due() if asked.question.kind in what_to_type()]
    if not waiting:
        say(_("Nothing is due today. Questions come here once you have answered them in a lesson."))
        return
    say(_("{n} questions are due. An empty line skips one, Ctrl-C ends.").format(n=len(waiting)))
    store = Store(asking.SHEET, course_root() / "notebooks")
    try:
        for asked in waiting[:questions]:
            _ask(asked, store)
    except (KeyboardInterrupt, EOFError):
        say(_("The rest stays due."))


def _ask(asked: Any, store: Any) -> None:
    from custlab.exercises.kinds import check
    from custlab.exercises.review import note
    from custlab.exercises.values import UnfitAnswer

    question = asked.question
    typer.echo(f"\n{asked.lesson}\n{question.as_text(lettered=True)}\n")
    while True:
        typed = input(f"[{what_to_type()[question.kind]}] > ").strip()
        if not typed:
            return
        try:
            answer = question.fit(_read(question, typed))
            break
        except UnfitAnswer as unfit:
            say(str(unfit))
    found = check(question.kind, answer, asked.key, asked.because, **asked.checking)
    note(store, asked, 1, 0, found.share)
    say(f"{found.outcome.words}. {found.message}")
    if found.share < 1:
        right = "; ".join(question.right_lines(asked.key))
        say(_("Right would be: {answer}").format(answer=right))


def _read(question: Any, typed: str) -> Any:
    """Read what was typed: letters stand for what the question lists, in its order."""
    letters = question.letters()
    if not letters:
        return typed
    words = [letters.get(word.lower(), word) for word in typed.replace(",", " ").split()]
    if question.kind == "choose_one":
        return letters.get(typed.lower(), typed)
    if question.kind == "match":
        return dict(zip(question.offered[0], words, strict=False))
    return words


def progress() -> None:
    """Say how far you are in each lesson, what is due today, and what was weak."""
    from rich import print as show
    from rich.table import Table

    from custlab.exercises.review import progress as lessons

    table = Table(_("Lesson"), _("Answered"), _("Right"), _("Due today"), _("Weak"))
    for part in lessons():
        answered = f"{part.answered}/{part.questions}"
        table.add_row(part.lesson, answered, str(part.right), str(part.due), ", ".join(part.weak))
    show(table)
