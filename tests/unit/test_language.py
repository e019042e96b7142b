"""Text that learners see can be translated: whole sentences, named placeholders, one catalogue."""

import re
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

from custlab import i18n
from tests.hygiene import ROOT


@pytest.fixture(scope="module")
def messages():
    """Every text that the library passes to gettext, in code and in templates, with its place."""
    methods = [("**.py", "python"), ("**.html", "jinja2"), ("**.jinja", "jinja2")]
    found = extract_from_dir(ROOT / "custlab", method_map=methods)
    return [
        (f"{file}:{line}", text)
        for file, line, texts, _comments, _context in found
        for text in ([texts] if isinstance(texts, str) else texts)
        if text
    ]


def test_there_is_something_to_translate(messages):
    assert len(messages) > 50
    assert any(".html" in where for where, _text in messages)


def test_placeholders_are_named(messages):
    """Other languages order things differently: `{n} of {total}`, never `{} of {}`."""
    for where, text in messages:
        fields = [field for _, field, _, _ in Formatter().parse(text) if field is not None]
        assert all(re.match(r"[A-Za-z_]", field) for field in fields), f"{where}: {text!r}"


def test_no_sentence_is_filled_in_before_it_is_translated():
    guilty = [
        path.name
        for path in (ROOT / "custlab").rglob("*.py")
        if re.search(r"\b_\(\s*f[\"']|\b_\([^()]*\)\s*%", path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_a_catalogue_changes_the_language(tmp_path, monkeypatch):
    catalogue = Catalog(locale="zh_CN")
    catalogue.add("Try again.", "请再试一次。")
    folder = tmp_path / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "custlab.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(i18n, "LOCALE_FOLDER", tmp_path)
    monkeypatch.setenv("CUSTLAB_LANG", "zh_CN")
    i18n._catalogue.cache_clear()
    assert i18n._("Try again.") == "请再试一次。"
    assert i18n._("Not translated yet.") == "Not translated yet."
    monkeypatch.undo()
    i18n._catalogue.cache_clear()
    assert i18n._("Try again.") == "Try again."
