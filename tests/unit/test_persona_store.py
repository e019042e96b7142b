"""Persona files: whole, versioned, of their own case, never overwritten by mistake."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlab.errors import CustLabError, InputError
from custlab.persona import (
    DIMENSIONS,
    Evidence,
    Persona,
    PersonaSet,
    Quote,
    Suggestion,
    Trait,
    Value,
    load_persona,
    load_personas,
    save_persona,
    save_personas,
)
from custlab.persona.codec import decode, encode
from tests.unit.fixtures_persona import case_of, personas_of

text = st.text(max_size=20)
finite = st.floats(allow_nan=False, allow_infinity=False)
count = st.integers(0, 10**6)
# Fields of a later version: names that this one does not know.
extra = st.dictionaries(
    st.text(min_size=1, max_size=8).map(lambda name: f"later_{name}"),
    st.one_of(st.none(), st.integers(), text, st.lists(st.booleans(), max_size=2)),
    max_size=2,
)
evidence = st.builds(
    Evidence, text, text, st.sampled_from(["share", "mean", "median"]), text, finite, finite,
    count, count, finite, finite, finite, st.sampled_from(["strong", "moderate", "weak"]),
    words=text, unit=text, cut=st.none() | finite, holds_rest=st.none() | finite, extra=extra,
)  # fmt: skip
trait = st.builds(
    Trait, text, st.sampled_from([*DIMENSIONS, "role", "value"]),
    st.sampled_from(["", "need", "expectation", "pain point"]), text,
    evidence=st.none() | evidence, share=st.none() | finite, edited_by=text, note=text, extra=extra,
)  # fmt: skip
areas = st.sampled_from(["media and placement", "content", "promotion", "product", "service"])
persona = st.builds(
    Persona, text, text, text, text, headline=text, traits=st.lists(trait, max_size=3).map(tuple),
    role=st.none() | trait, own_role=st.none() | trait, own_value=st.none() | trait,
    value=st.none() | st.builds(Value, evidence, finite, text, extra=extra),
    n=count, share=finite, channels=st.lists(text, max_size=2).map(tuple), message=text,
    quote=st.none() | st.builds(Quote, text, count, extra=extra),
    suggestions=st.lists(
        st.builds(Suggestion, areas, text, st.lists(text, max_size=2).map(tuple), extra=extra),
        max_size=2,
    ).map(tuple),
    picture=st.tuples(count, count, count), made_on=text, as_of=text, extra=extra,
)  # fmt: skip


@given(persona)
@settings(max_examples=150, deadline=None)
def test_what_is_written_comes_back_with_fields_of_later_versions(one):
    written = json.loads(json.dumps(encode(one), ensure_ascii=False, allow_nan=False))
    assert decode(Persona, written) == one


def paths_of(thing, path=()):
    """List the places of all values in a nested file."""
    yield path
    items = thing.items() if isinstance(thing, dict) else enumerate(thing)
    for key, value in items:
        if isinstance(value, dict | list) and value:
            yield from paths_of(value, (*path, key))
        else:
            yield (*path, key)


@pytest.fixture(scope="module")
def real():
    return json.loads(json.dumps(encode(personas_of("software")["Maple"])))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_field_is_told_in_a_sentence(tmp_path_factory, real, data):
    broken = json.loads(json.dumps(real))
    place = data.draw(st.sampled_from([path for path in paths_of(real) if path]))
    target = broken
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = data.draw(st.sampled_from([None, [], {}, "?", -1.5, True, [None]]))
    path = tmp_path_factory.mktemp("broken") / "p.json"
    whole = {"format": "custlab-persona", "version": 1, "kind": "persona", "persona": broken}
    path.write_text(json.dumps(whole), encoding="utf-8")
    message, loaded = "", None
    try:
        loaded = load_persona(path)
    except InputError as error:
        message = str(error)
    if loaded is None:
        assert str(path) in message
    else:  # what was put in may be allowed there
        assert encode(loaded) == broken
    assert json.loads(path.read_text(encoding="utf-8")) == whole


def test_a_set_and_chinese_text_survive(tmp_path):
    cards = personas_of("ecommerce")
    cards = cards.replaced(replace(cards["Maple"].rename("夜猫子 <b>"), message="省钱"))
    path = save_personas(cards, tmp_path / "set.json")
    assert load_personas(path, case_of("ecommerce")) == cards
    assert "夜猫子 <b>" in path.read_text(encoding="utf-8")
    one = save_persona(cards[0], tmp_path / "one.json")
    assert load_persona(one, "ecommerce") == cards[0]
    assert b"\r" not in one.read_bytes()


def test_other_case_newer_version_and_other_files_are_refused(tmp_path):
    card = personas_of("ecommerce")["Maple"]
    path = save_persona(card, tmp_path / "p.json")
    with pytest.raises(InputError, match="of the case 'ecommerce', not of 'software'"):
        load_persona(path, case_of("software"))
    with pytest.raises(InputError, match="holds one persona: load it with load_persona"):
        load_personas(path)
    newer = path.read_text(encoding="utf-8").replace('"version": 1', '"version": 7')
    path.write_text(newer, encoding="utf-8")
    for act in (lambda: load_persona(path), lambda: save_persona(card, path)):
        with pytest.raises(InputError, match=r"newer CustLab \(schema 7"):
            act()
    assert path.read_text(encoding="utf-8") == newer
    no_version = '{"format": "custlab-persona"}'
    empty = '{"format": "custlab-persona", "version": 1}'
    for content, words in (
        ("{", "cannot be read as JSON"),
        ("[]", "no persona file"),
        (no_version, "version"),
        (empty, "no persona"),
    ):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=words):
            load_persona(path)
        with pytest.raises(InputError, match="not overwritten"):
            save_persona(card, path)
        assert path.read_text(encoding="utf-8") == content
    with pytest.raises(InputError, match="no file"):
        load_persona(tmp_path / "none.json")


def test_work_is_not_overwritten_by_another_persona(tmp_path):
    cards = personas_of("ecommerce")
    path = save_persona(cards["Maple"], tmp_path / "p.json")
    save_persona(cards["Maple"].rename("Edited"), path)
    with pytest.raises(InputError, match=r"holds another persona \(Edited\)"):
        save_persona(cards["Comet"], path)
    assert load_persona(path).name == "Edited"
    save_persona(cards["Comet"], path, overwrite=True)
    assert load_persona(path).name == "Comet"
    with pytest.raises(InputError, match="no folder"):
        save_persona(cards["Comet"], tmp_path / "missing" / "p.json")
    with pytest.raises(CustLabError, match="use save_personas"):
        save_persona(cards, path)


def test_a_set_of_mixed_cases_is_refused(tmp_path):
    mixed = PersonaSet("ecommerce", (personas_of("software")[0], personas_of("ecommerce")[1]))
    path = save_personas(mixed, tmp_path / "p.json")
    with pytest.raises(InputError, match="mixes personas of several cases"):
        load_personas(path)
