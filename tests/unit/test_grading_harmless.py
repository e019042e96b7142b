"""What a marker opens does not act: read as the browser reads it, whatever a learner wrote."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.filters import markdown2html

from custlab.grading.stock.harmless import UNSEEN, formula, make_harmless, page, prose

PASSIVE = {
    "align", "alt", "class", "colspan", "id", "lang", "rowspan", "scope", "start", "style", "title",
}  # fmt: skip


class Acting(HTMLParser):
    """Notes what acts in a page: scripts, handlers, links and whatever is fetched."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        own_anchor = tag == "a" and told.get("class") == "anchor-link"
        own_picture = tag == "img" and (told.get("src") or "").startswith("data:image/")
        if tag in ("script", "style", "iframe", "object", "embed", "form", "svg", "link", "math"):
            self.found.append(tag)
        for name, value in attributes:
            own = (own_anchor and name == "href") or (own_picture and name == "src")
            if not own and (name not in PASSIVE or "url(" in (value or "").lower()):
                self.found.append((tag, name, value))


PIECES = [
    "<script>x()</script>", "<img src=x onerror=x()>", "<IMG\nSRC=//e.example/x>",
    "<svg/onload=x()>",
    "[a](https://e.example)", "![a](//e.example/p.png)", "[a][b]\n\n[b]: https://e.example", "[b]",
    "<https://e.example>", "https://e.example", "www.e.example", "<!--", "-->", "`", "```\n", "$",
    "$$", "\\(", "\\href{javascript:x()}{y}", "\\\\", "&lt;script&gt;", "&#60;b onclick=x()&#62;",
    "&colon;", "<a href=javascript:x()>", "[x](javascript:x())", "[x](  <data:text/html,x>)",
    "](",
    "<\n", "<style>*{background:url(//e.example)}</style>", "|a|b|\n|-|-|\n", "# h\n", "> ", "\n",
    "[^1]", "[^1]: x", "<details>", "<math>", "*", "_", " ", "\t", "a",
    "\\begin{x}", "\\require{html}",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map("".join))
def test_prose_never_acts_and_loses_nothing(text):
    safe = prose(text)
    assert safe.replace(UNSEEN, "") == text.replace(UNSEEN, "")
    assert Acting(markdown2html(safe)).found == []


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map("".join))
def test_html_never_acts(text):
    assert Acting(page(text)).found == []


def test_what_a_marker_needs_stays():
    table = (
        '<table><tr><th scope="row">Kim</th><td style="text-align:left">3 &lt; 4</td></tr></table>'
    )
    assert (
        page(table).replace(";", "")
        == table.replace("<tr>", "<tbody><tr>").replace("</tr>", "</tr></tbody>").replace(";", "")
        or page(table) == table
    )
    text = "**Because** `a < b`:\n\n- $\\frac{1}{2}$\n- 5 > 4 & so on\n"
    assert prose(text) == text
    assert formula(r"\mathbf{a} \defeq \sum") == r"\mathbf{a} \defeq \sum"


@pytest.mark.parametrize("name", ["href", "HREF", "mmlToken", "cssId", "htmlData", "url", "bbox"])
def test_no_formula_makes_a_link(name):
    assert not re.search(rf"\\{name}", formula(rf"\frac12 \{name}{{javascript:x()}}{{y}}"))


def test_outputs_keep_text_tables_and_pictures_only():
    data = {
        "image/svg+xml": "<svg onload='x()'/>",
        "application/javascript": "x()",
        "image/png": "iVBORw0KGgo=",
        "text/html": "<b>3</b><iframe src='//e.example'></iframe>",
        "text/plain": ["3\n", "4"],
    }
    wide = {"image/png": {"width": "1 onload=x()"}, "text/html": {"isolated": True}}
    bad = {"output_type": "display_data", "metadata": {}, "data": {"image/jpeg": '"><b>'}}
    cell = {
        "cell_type": "code",
        "outputs": [{"output_type": "display_data", "data": data, "metadata": wide}, bad, 7],
    }
    make_harmless(cell, trusted=True)
    first, second, odd = cell["outputs"]
    kept = {"image/png": "iVBORw0KGgo=", "text/html": "<b>3</b>", "text/plain": "3\n4"}
    assert (first["data"], first["metadata"], odd) == (kept, {}, 7)
    assert "image/jpeg" in second["data"]["text/plain"], "what is left out is told"


def test_a_pasted_picture_stays_and_a_page_does_not():
    cell = {
        "cell_type": "markdown",
        "source": "![mine](attachment:a.png)",
        "attachments": {"a.png": {"image/png": "iVBO"}, "b": {"text/html": "<script>"}},
    }
    make_harmless(cell, trusted=False)
    assert cell["attachments"] == {"a.png": {"image/png": "iVBO"}}
    assert cell["source"] == "![mine](attachment:a.png)"
