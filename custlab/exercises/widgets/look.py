"""How cards look: JupyterLab's own colours, so that they fit the light and the dark theme."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from custlab.exercises.result import Outcome

STYLE = """<style>
.cl-card { border: 1px solid var(--jp-border-color2); border-left: 4px solid var(--jp-brand-color1);
  border-radius: 4px; padding: 10px 16px 12px; margin: 6px 0; max-width: 54rem; overflow: visible;
  background: var(--jp-layout-color1); color: var(--jp-content-font-color1); }
.cl-card .widget-html, .cl-card .jupyter-widget-html { margin: 2px 0; }
.cl-card .widget-html-content, .cl-card .jupyter-widget-html-content { line-height: 1.45;
  color: var(--jp-content-font-color1); font-size: var(--jp-content-font-size1); }
.cl-card p { margin: 0 0 6px; }
.cl-prompt { font-size: 1.05em; font-weight: 600; }
.cl-prompt p:not(:first-child) { font-weight: 400; }
.cl-note { color: var(--jp-content-font-color2); font-size: 0.92em; }
.cl-card .widget-radio-box { margin: 0; }
.cl-card .widget-radio-box label, .cl-card .widget-checkbox label {
  display: flex; gap: 8px; height: auto; line-height: 1.4; white-space: normal; padding: 3px 0;
  align-items: flex-start; width: auto;
  color: var(--jp-content-font-color1); font-size: var(--jp-content-font-size1); }
.cl-card .widget-radio-box label { flex-direction: row-reverse; justify-content: flex-end; }
.cl-card .widget-radio-box input, .cl-card .widget-checkbox input { flex: none;
  align-self: flex-start; margin: 3px 0 0 !important; }
.cl-card .widget-checkbox, .cl-card .widget-radio { height: auto; width: auto; }
.cl-card .widget-label { color: var(--jp-content-font-color1); white-space: normal; height: auto;
  line-height: 1.35; text-overflow: clip; overflow: visible; align-self: center;
  text-align: left; font-size: var(--jp-content-font-size1); }
.cl-card .widget-dropdown, .cl-card .widget-text { height: auto; min-height: 32px;
  align-items: center; }
.cl-card select { height: 28px; appearance: auto; background-image: none !important;
  color-scheme: light; color: var(--jp-content-font-color1); }
body[data-jp-theme-light="false"] .cl-card select { color-scheme: dark; }
.cl-card textarea { font-family: var(--jp-content-font-family);
  font-size: var(--jp-content-font-size1); line-height: 1.45; }
.cl-card .widget-button { height: auto; min-height: 30px; }
.cl-card input:focus-visible, .cl-card select:focus-visible, .cl-card button:focus-visible,
.cl-card textarea:focus-visible, .cl-card summary:focus-visible,
.cl-card .noUi-handle:focus-visible {
  outline: 2px solid var(--jp-brand-color1); outline-offset: 2px; }
.cl-step { border: 1px solid var(--jp-border-color2); border-radius: 3px; margin: 2px 0;
  padding: 0 6px 0 10px; background: var(--jp-layout-color2); align-items: center; }
.cl-feedback { border-left: 4px solid; padding: 6px 12px; margin: 4px 0;
  background: var(--jp-layout-color2); }
.cl-correct { border-color: var(--jp-success-color1); }
.cl-partly { border-color: var(--jp-warn-color1); }
.cl-incorrect, .cl-error { border-color: var(--jp-error-color1); }
.cl-not_attempted, .cl-plain { border-color: var(--jp-border-color1); }
.cl-card code { background: var(--jp-layout-color2); padding: 1px 4px; white-space: pre-wrap; }
.cl-card details > summary { cursor: pointer; color: var(--jp-content-font-color2); }
.cl-card svg { max-width: 100%; height: auto; }
</style>"""

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
