"""HTML and texts from templates: escaped by themselves, in the learner's language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from custlab.i18n import _, ngettext

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def _environment():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE, encoding="utf-8"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals |= {"_": _, "ngettext": ngettext}
    return environment


def render(template: str, **values: object) -> str:
    """Fill in a template.

    What is filled into a template whose name ends with ``.html`` is escaped, unless it is Markup
    already. In the template ``_()`` and ``ngettext()`` translate, as they do in Python.

    Parameters
    ----------
    template : str
        Its path inside the library, such as ``persona/card.html``.
    **values
        What the template names.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> "&lt;b&gt;" in render("explorers/heading.html", title="<b>", intro="")
    True
    """
    return _environment().get_template(template).render(**values)


@lru_cache(maxsize=32)
def style_sheet(path: str) -> str:
    """Read a style sheet of the library.

    Parameters
    ----------
    path : str
        Its path inside the library, such as ``persona/card.css``.

    Returns
    -------
    str
        The rules, without a ``<style>`` around them.

    Examples
    --------
    >>> ".cp-card" in style_sheet("persona/card.css")
    True
    """
    return (HERE / path).read_text(encoding="utf-8")
