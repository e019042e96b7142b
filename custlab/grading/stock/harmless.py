"""What a marker opens is harmless: no script, no handler, no active link, no foreign request.

formgrader shows prose and outputs of a submission in the instructor's own session. So what goes
into ``autograded`` keeps what a marker needs (text, tables, pictures, formulas) and nothing that
acts. It changes copies only; what was handed in stays as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked

from custlab.exercises.answers import MIME
from custlab.grading.stock.results import MARK
from custlab.i18n import _

TAGS = {
    "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre",
    "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "u", "ul",
}  # fmt: skip
ATTRIBUTES = {"*": {"style", "title", "lang"}, "td": {"colspan", "rowspan"}}
ATTRIBUTES["img"] = {"alt", "src"}
ATTRIBUTES["th"] = ATTRIBUTES["td"] | {"scope"}
# None of these takes an address.
STYLES = {
    "border-bottom", "border-collapse", "border-left", "border-right", "border-top", "color",
    "font-style", "font-weight", "margin", "padding", "text-align", "vertical-align",
    "white-space", "width",
}  # fmt: skip
OWN_PICTURE = r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=]*"
PICTURES = {"image/png", "image/jpeg"}
# JSON of this kit, which no page renders.
OURS = {MIME, MARK}
UNSEEN = "\u2060"  # a word joiner: it changes no look, and parts what would act together
ACTIVE_PROSE = [
    (re.compile(r"<(?=[A-Za-z/!?])"), f"<{UNSEEN}"),  # tags and comments
    (re.compile(r"&(?=#|\w+;)"), f"&{UNSEEN}"),  # letters written as numbers
    (re.compile(r"\](?=\((?!attachment:)|:)"), f"]{UNSEEN}"),  # links, pictures from elsewhere
    (re.compile(r":(?=//)"), f":{UNSEEN}"),  # bare addresses
]
# Commands by which MathJax makes links, styles and attributes.
ACTIVE_FORMULA = re.compile(
    r"\\(?=(?:href|url|style|class|cssId|id|data|html\w*|mmlToken|require|unicode|bbox|tooltip|"
    r"texttip|action\w*|includegraphics|DeclareMathOperator|let|def|newcommand|renewcommand)"
    r"(?![A-Za-z]))",
    re.IGNORECASE,
)


def prose(text: str) -> str:
    """Give Markdown that looks the same and in which no tag, link or foreign picture acts.

    Parameters
    ----------
    text : str
        What a learner wrote.

    Returns
    -------
    str
        The same text with invisible joiners where something would have acted.

    Examples
    --------
    >>> prose("**Because** a < b")
    '**Because** a < b'
    >>> prose("[here](https://example.org)").replace("\u2060", "|")
    '[here]|(https:|//example.org)'
    """
    for pattern, instead in ACTIVE_PROSE:
        text = pattern.sub(instead, text)
    return formula(text)


def formula(text: str) -> str:
    r"""Give text in which no LaTeX command makes a link or a style.

    Examples
    --------
    >>> formula(r"\frac{1}{2}")
    '\\frac{1}{2}'
    """
    return ACTIVE_FORMULA.sub("\\\\" + UNSEEN, text)


def page(html: str) -> str:
    """Give HTML reduced to text, tables and their look.

    Examples
    --------
    >>> page('<b onclick="x()">3</b><script>x()</script><a href="https://example.org">go</a>')
    '<b>3</b>go'
    """
    return formula(_cleaner().clean(html))


@lru_cache(maxsize=1)
def _cleaner() -> Any:
    import nh3

    return nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_own_pictures_only,
        filter_style_properties=STYLES,
        url_schemes={"data"},
    )


def _own_pictures_only(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src" and not re.fullmatch(OWN_PICTURE, value):
        return None
    return value


def make_harmless(cell: dict[str, Any], trusted: bool) -> None:
    """Take out of a notebook's cell, in place, what could act when a marker opens it.

    Parameters
    ----------
    cell : dict
        The cell as nbformat has it.
    trusted : bool
        Whether its source is the assignment's own; outputs are never trusted.
    """
    if cell["cell_type"] == "code":
        for output in cell["outputs"]:
            _clean_output(output)
        return
    if not trusted:
        cell["source"] = prose(cell["source"])
    pictures = {
        name: {kind: data for kind, data in files.items() if kind in PICTURES and _base64(data)}
        for name, files in cell.pop("attachments", {}).items()
    }
    if any(pictures.values()):
        cell["attachments"] = {name: files for name, files in pictures.items() if files}


def _clean_output(output: Any) -> None:
    if not isinstance(output, dict) or not isinstance(output.get("data"), dict):
        return  # streams and errors, which pages show as text; or no output at all
    kept, left_out = {}, []
    for kind, data in output["data"].items():
        text = "".join(data) if isinstance(data, list) else data
        if kind in OURS:
            kept[kind] = data
        elif not isinstance(text, str):
            left_out.append(kind)
        elif kind == "text/plain" or (kind in PICTURES and _base64(text)):
            kept[kind] = text
        elif kind in CLEANERS:
            kept[kind] = CLEANERS[kind](text)
        else:
            left_out.append(kind)
    if left_out and not kept.keys() - {"text/plain"}:
        note = _("[Not shown here, for safety: {kinds}.]").format(kinds=", ".join(left_out))
        kept["text/plain"] = "\n".join(filter(None, [kept.get("text/plain"), note]))
    output["data"], output["metadata"] = kept, {}


CLEANERS = {"text/html": page, "text/markdown": prose, "text/latex": formula}


def _base64(text: Any) -> bool:
    return isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9+/=\s]*", text) is not None


class MakeHarmless(NbGraderPreprocessor):
    """For ``nbgrader autograde``: see `make_harmless`; stands last, after the cells have run."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Take what could act out of one executed notebook."""
        for cell in nb.cells:
            make_harmless(cell, trusted=is_locked(cell) and "grade_id" in cell.metadata.nbgrader)
            cell.metadata = {key: cell.metadata[key] for key in cell.metadata if key == "nbgrader"}
        nb.metadata.pop("widgets", None)
        nb.metadata.pop("title", None)
        return nb, resources


class RestoreTags(NbGraderPreprocessor):
    """For ``nbgrader autograde``: no tag keeps a test from being run or from failing."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Take the tags off locked and graded cells: ``nbgrader`` gives those without any out."""
        for cell in nb.cells:
            if is_locked(cell) or is_grade(cell):
                cell.metadata.pop("tags", None)
        return nb, resources
