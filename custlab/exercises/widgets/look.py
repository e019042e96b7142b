"""How cards look: JupyterLab's own colours, so that they fit the light and the dark theme."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from custlab.exercises.result import Outcome
from custlab.templates import style_sheet

STYLE = f"<style>{style_sheet('exercises/widgets/card.css')}</style>"

ICONS = {
    Outcome.CORRECT: "✔",
    Outcome.PARTLY: "◐",
    Outcome.INCORRECT: "✘",
    Outcome.NOT_ATTEMPTED: "○",
    Outcome.ERROR: "⚠",
}


@lru_cache(maxsize=1)
def _markdown():
    import mistune

    return mistune.create_markdown(escape=True)


def markdown(text: str) -> str:
    """Turn an author's Markdown into HTML; any HTML in it is shown, not obeyed."""
    return _markdown()(str(text))


def inline(text: str) -> str:
    """Turn one paragraph of Markdown into HTML that can stand within a line."""
    return markdown(text).strip().removeprefix("<p>").removesuffix("</p>")


def feedback(outcome: Outcome, message: str) -> str:
    """Show a check's outcome: an icon, the outcome in words, and why."""
    return (
        f'<div class="cl-feedback cl-{outcome}" role="status" aria-live="polite">'
        f'<strong><span aria-hidden="true">{ICONS[outcome]}</span> {escape(outcome.words)}.'
        f"</strong> {inline(message)}</div>"
    )


def note(text: str) -> str:
    """Show a sentence that is neither right nor wrong."""
    return (
        f'<div class="cl-feedback cl-plain" role="status" aria-live="polite">{inline(text)}</div>'
    )


def status(text: str, done: bool) -> str:
    """Show whether an answer is complete and saved."""
    icon = "✔" if done else "○"
    return (
        f'<div class="cl-note" role="status" aria-live="polite">'
        f'<span aria-hidden="true">{icon}</span> {escape(text)}</div>'
    )
