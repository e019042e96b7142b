"""The builder keeps what people write; the explorers say what a count by hand says."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from custlab import load_case
from custlab import persona as subject
from custlab.errors import InputError
from custlab.explorers import persona as explorers
from custlab.explorers.persona.customer import groups_of
from custlab.persona import Trait, draft, load_persona, save_persona, trait_table
from custlab.persona.card_layout import escaped as text


@pytest.fixture(scope="module")
def case():
    return load_case("software")


@pytest.fixture(scope="module")
def members(case):
    return case.customers.loc[case.customers["kind"] == "household", "customer_id"]


@pytest.fixture(scope="module")
def drafted(case, members):
    return draft(case, members, segment="household")


@pytest.fixture
def builder(case, members, drafted, tmp_path):
    return explorers.persona_builder(drafted, case, members, tmp_path / "mine.json")


def plain(html):
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.S).split())


def button(box, name):
    """Find a shown button by its label."""
    found = [one for one in _all(box) if getattr(one, "description", "") == name]
    return next(one for one in found if type(one).__name__ == "Button")


def field(box, label):
    """Find an input by its label."""
    found = (one for one in _all(box) if getattr(one, "description", "") == label)
    return next(one for one in found if hasattr(one, "value"))


def _all(box):
    yield box
    for child in getattr(box, "children", ()):
        yield from _all(child)


def status(builder):
    return plain("".join(told.value for told in builder._told.values()))


def shown_card(builder):
    return plain(builder._card.value)


# -- the builder ------------------------------------------------------------------------------


def test_every_field_of_the_builder_has_a_visible_label(builder):
    inputs = [
        one for one in _all(builder) if hasattr(one, "value") and "HTML" not in type(one).__name__
    ]
    assert len(inputs) > 10
    assert all(one.description.strip() for one in inputs)
    buttons = [one for one in _all(builder) if type(one).__name__ == "Button"]
    assert all(one.description and one.tooltip for one in buttons)


def test_name_headline_and_message_go_to_the_card(builder):
    field(builder, "Name").value = "One-desk shops"
    field(builder, "Headline").value = "They buy alone."
    field(builder, "Message").value = "Up and running in an hour."
    own = builder.persona
    assert (own.name, own.headline, own.message) == (
        "One-desk shops", "They buy alone.", "Up and running in an hour.",
    )  # fmt: skip
    assert "One-desk shops" in shown_card(builder)
    assert "Up and running in an hour." in shown_card(builder)


def test_an_empty_name_is_refused_in_a_sentence_and_the_old_one_stays(builder, drafted):
    field(builder, "Name").value = "   "
    assert "needs a name" in status(builder)
    assert field(builder, "Name").value == builder.persona.name == drafted.name


def test_code_typed_as_a_name_is_shown_as_text(builder):
    field(builder, "Name").value = "<script>alert(1)</script>"
    assert "<script>" not in builder._card.value + builder._checks.value + status(builder)
    assert "&lt;script&gt;" in builder._card.value


def test_a_reworded_line_keeps_its_evidence_and_says_who_wrote_it(builder, drafted):
    field(builder, "Your name").value = "Mei"
    line = field(builder, "Line 1")
    old = _on_card(drafted)[0]
    line.value = "Mostly people on their own"
    new = builder.persona.trait(old.id)
    assert (new.text, new.evidence, new.edited_by) == (line.value, old.evidence, "Mei")
    assert "worded by Mei" in shown_card(builder)
    line.value = " "
    assert "cannot be empty" in status(builder)
    assert line.value == "Mostly people on their own"


def test_a_removed_line_takes_its_suggestions_along_and_undo_brings_all_back(builder, drafted):
    reasons = [one.because for one in drafted.suggestions if len(one.because) == 1]
    alone = reasons[0][0]
    before = builder.persona
    place = 1 + [t.id for t in _on_card(before)].index(alone)
    _remove(builder, place)
    assert alone not in [t.id for t in builder.persona.traits]
    assert all(alone not in one.because for one in builder.persona.suggestions)
    assert "rested on it alone" in status(builder)
    button(builder, "Undo").click()
    assert builder.persona == before
    assert button(builder, "Undo").disabled


@pytest.mark.parametrize("what", ["role", "value"])
def test_role_and_value_of_ones_own_are_assumptions_beside_the_draft(
    builder, case, members, drafted, tmp_path, what
):
    line = getattr(builder._own, what)
    was, data = line.text.value, getattr(drafted, what).sentence()
    assert line.restore.layout.display == "none"
    field(builder, "Your name").value = "Mei"
    field(builder, what.capitalize()).value = "The <b>caretaker</b> of the house"
    own = getattr(builder.persona, f"own_{what}")
    assert (own.strength, own.edited_by) == ("assumed", "Mei")
    assert "marked as an assumption" in status(builder)
    card = shown_card(builder).replace("\u00a0", " ")
    assert "assumed: no data behind it · added by Mei" in card
    assert f"The data say: {data}" in card
    assert "<b>caretaker" not in builder._card.value + builder._checks.value
    assert "Assumed: “The &lt;b&gt;caretaker&lt;/b&gt;" in builder._checks.value
    assert getattr(builder.persona, what) == getattr(drafted, what), "the draft is not lost"

    button(builder, "Save").click()
    again = explorers.persona_builder(drafted, case, members, tmp_path / "mine.json")
    assert getattr(again.persona, f"own_{what}") == own
    getattr(again._own, what).restore.click()
    assert again.persona == drafted
    assert getattr(again._own, what).text.value == was
    button(again, "Undo").click()
    assert getattr(again.persona, f"own_{what}") == own

    line.text.value = "  "
    assert (getattr(builder.persona, f"own_{what}"), line.text.value) == (None, was)
    line.text.value = was
    assert builder.persona == drafted, "the drafted words are no assumption"


def test_a_role_that_the_data_do_not_show_can_be_assumed(case, members, drafted):
    box = explorers.persona_builder(replace(drafted, role=None), case, members)
    assert "assumption" in box._own.role.text.placeholder
    box._own.role.text.value = "Mothers decide"
    assert box.persona.own_role.strength == "assumed"
    found = subject.check_persona(box.persona)
    assert {"assumed", "stereotype"} == set(found.loc[found["trait"] == "own-role", "code"])
    assert box.persona.filtered("weak").own_role is None


def _on_card(persona):
    return [trait for name in subject.DIMENSIONS for trait in persona.by_dimension(name)]


def _remove(builder, place):
    rows = builder._lines._rows
    rows[builder._lines._shown[place - 1]].remove.click()


def test_a_dimension_without_lines_is_told_in_the_form_the_card_and_the_check(builder):
    for _trait in builder.persona.by_dimension("psychology"):
        place = 1 + [t.dimension for t in _on_card(builder.persona)].index("psychology")
        _remove(builder, place)
    assert "Nothing known: no line has evidence." in shown_card(builder)
    found = subject.check_persona(builder.persona)
    assert "missing" in set(found["code"])
    assert found.loc[found["code"] == "missing", "problem"].iloc[0] in plain(builder._checks.value)


def test_a_line_of_ones_own_is_an_assumption_whatever_it_says(builder):
    field(builder, "Dimension").value = "needs"
    field(builder, "Kind").value = "pain point"
    field(builder, "New line").value = "62 % shop after 22:00"
    button(builder, "Add the line").click()
    added = builder.persona.traits[-1]
    assert (added.strength, added.dimension, added.kind) == ("assumed", "needs", "pain point")
    assert "assumed: no data behind it" in shown_card(builder)
    assert field(builder, "New line").value == ""
    assert "Assumed" in plain(builder._checks.value)


def test_a_line_with_evidence_takes_it_from_the_case(builder, case, members):
    field(builder, "Rests on").value = True
    rows = trait_table(case, members)
    taken = {
        (t.evidence.table, t.evidence.column, t.evidence.level) for t in builder.persona.traits
    }
    free = next(r for r in rows.itertuples() if (r.table, r.column, r.level) not in taken)
    field(builder, "Column").value = (free.table, free.column)
    field(builder, "Finding").value = free.Index
    assert field(builder, "New line").value == free.text, "the finding's own words are offered"
    button(builder, "Add the line").click()
    added = builder.persona.traits[-1]
    assert added.evidence.value == free.value
    assert (added.edited_by, added.share) == ("", free.share)
    assert added.evidence.sentence() in shown_card(builder).replace("\u00a0", " ")


def test_the_same_evidence_stands_on_a_card_once_and_the_text_is_not_lost(builder):
    first = next(trait for trait in builder.persona.traits if trait.evidence)
    field(builder, "Rests on").value = True
    field(builder, "Column").value = (first.evidence.table, first.evidence.column)
    options = dict(field(builder, "Finding").options)
    field(builder, "Finding").value = next(v for t, v in options.items() if first.text in t)
    field(builder, "New line").value = "My own words"
    before = builder.persona
    button(builder, "Add the line").click()
    assert "stands on the card already" in status(builder)
    assert builder.persona == before
    assert field(builder, "New line").value == "My own words"


def test_an_empty_line_is_not_added(builder):
    before = builder.persona
    button(builder, "Add the line").click()
    assert "⚠" in builder._told["add"].value, "told where the person is"
    assert "Write the new line first" in status(builder)
    assert builder.persona == before


# -- files ------------------------------------------------------------------------------------


def test_saving_twice_replaces_ones_own_file(builder, tmp_path):
    button(builder, "Save").click()
    field(builder, "Name").value = "Second"
    button(builder, "Save").click()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]
    assert load_persona(tmp_path / "mine.json").name == "Second"
    assert status(builder) == "Saved as mine.json."


def test_a_file_that_changed_elsewhere_is_kept_and_so_is_ones_work(builder, tmp_path, drafted):
    button(builder, "Save").click()
    save_persona(drafted.rename("A colleague's"), tmp_path / "mine.json")
    field(builder, "Name").value = "Mine"
    button(builder, "Save").click()
    assert load_persona(tmp_path / "mine.json").name == "A colleague's"
    assert load_persona(tmp_path / "mine-2.json").name == "Mine"
    assert "left as it is" in status(builder)
    assert "mine-2.json" in field(builder, "File").value
    field(builder, "Name").value = "Mine again"
    button(builder, "Save").click()
    assert load_persona(tmp_path / "mine-2.json").name == "Mine again"
    assert len(list(tmp_path.iterdir())) == 2


def test_work_goes_on_where_it_stopped(builder, case, members, drafted, tmp_path):
    field(builder, "Name").value = "Half done"
    button(builder, "Save").click()
    again = explorers.persona_builder(drafted, case, members, tmp_path / "mine.json")
    assert again.persona.name == field(again, "Name").value == "Half done"
    button(again, "Undo").click()
    assert again.persona == drafted


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "custlab-persona", "version": 99}'])
def test_a_file_that_cannot_be_read_is_told_and_kept(case, members, drafted, tmp_path, content):
    path = tmp_path / "mine.json"
    path.write_text(content, encoding="utf-8")
    box = explorers.persona_builder(drafted, case, members, path)
    assert box.persona == drafted
    assert "⚠" in status(box)
    button(box, "Save").click()
    assert path.read_text(encoding="utf-8") == content
    assert load_persona(tmp_path / "mine-2.json") == drafted


def test_a_persona_of_another_case_or_segment_is_not_opened(builder, drafted, tmp_path):
    for other, said in (
        (replace(drafted, case="ecommerce"), "ecommerce"),
        (replace(drafted, segment="government"), "of the segment government"),
    ):
        path = save_persona(other, tmp_path / f"{other.case}-{other.segment}.json")
        before, content = builder.persona, path.read_bytes()
        field(builder, "File").value = str(path)
        button(builder, "Open").click()
        assert said in status(builder)
        assert builder.persona == before
        assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("name", "said"), [("", "needs a name"), ("nowhere/a.json", "does not exist"), ("b", "no file")]
)
def test_a_file_name_that_cannot_be_is_told(builder, tmp_path, monkeypatch, name, said):
    monkeypatch.chdir(tmp_path)
    field(builder, "File").value = name
    button(builder, "Open").click()
    assert said in status(builder)


def test_the_page_to_print_lies_beside_the_file(builder, tmp_path):
    field(builder, "Name").value = "On paper"
    button(builder, "Page to print").click()
    assert "mine.html" in status(builder)
    assert "On paper" in (tmp_path / "mine.html").read_text(encoding="utf-8")


def test_unknown_fields_of_a_file_survive_the_builder(builder, case, members, drafted, tmp_path):
    button(builder, "Save").click()
    path = tmp_path / "mine.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["persona"]["mood"] = "from a later version"
    path.write_text(json.dumps(content), encoding="utf-8")
    again = explorers.persona_builder(drafted, case, members, path)
    field(again, "Name").value = "Renamed"
    button(again, "Save").click()
    assert json.loads(path.read_text(encoding="utf-8"))["persona"]["mood"] == "from a later version"


def test_a_segment_of_three_is_refused(case, members, drafted):
    with pytest.raises(InputError, match="too small to generalise"):
        explorers.persona_builder(drafted, case, members.iloc[:3])
    with pytest.raises(InputError, match="too small to generalise"):
        explorers.evidence_explorer(case, members.iloc[:3])


# -- how much evidence ------------------------------------------------------------------------


def test_the_card_thins_out_as_more_evidence_is_asked_for(case, members, drafted):
    guess = Trait("g", "needs", "need", "Wants it blue")
    box = explorers.evidence_explorer(case, members, drafted.with_trait(guess))
    slider = field(box, "Evidence asked for")
    tried = trait_table(case, members, least="none")
    tried = tried[tried["text"] != ""]
    passing = {
        "anything": len(tried),
        "weak": int(tried["strength"].isin(["weak", "moderate", "strong"]).sum()),
        "moderate": int(tried["strength"].isin(["moderate", "strong"]).sum()),
        "strong": int((tried["strength"] == "strong").sum()),
    }
    fallen = []
    for demand, count in passing.items():
        slider.value = demand
        said = plain(box.children[-1].value)
        assert f"Of {len(tried)} claims that the data can answer, {count} pass" in said
        drawn = box.children[2].value
        counts = re.findall(r"(\d+) of (\d+)", plain(drawn.split("<article")[0]))
        assert sum(int(left) for left, _all in counts) == count
        fallen.append(drawn.count("<del"))
        assert ("<del" in drawn and "Wants it blue</del>" in drawn) == (demand != "anything")
    assert fallen[0] == 0
    assert fallen == sorted(fallen)
    assert fallen[-1] > fallen[1]


# -- nobody is the persona --------------------------------------------------------------------


def test_a_drawn_customer_is_told_line_by_line(case, members, drafted):
    box = explorers.one_customer_explorer(case, drafted, members, seed=3)
    held = subject.held_by(case, drafted)
    order = np.random.default_rng(3).permutation(len(members))
    inside = held.index[held.index.isin(members)]
    for number in (1, 2):
        html = box.children[2].value
        row = held.loc[inside[order[number - 1]]]
        said = dict(
            re.findall(r'<th scope="row">([^<]+)</th><td class="cp-short">(.*?)</td>', html)
        )
        told = [plain(said[text(trait.text)]) for trait in _on_card(drafted) if trait.evidence]
        true = [row[trait.id] for trait in _on_card(drafted) if trait.evidence]
        assert told == [{1: "✔ yes", 0: "✘ no"}.get(value, "? unknown") for value in true]
        known = int(row.notna().sum())
        assert f"fits {int(row.sum())} of the {known} lines" in plain(box.children[-1].value)
        button(box, "Draw another").click()


def test_all_customers_are_counted_beside_the_one(case, members, drafted):
    box = explorers.one_customer_explorer(case, drafted, members)
    held = subject.held_by(case, drafted)
    held = held[held.index.isin(members) & (held.notna().mean(axis=1) >= 0.75)]
    fit_all = int((held.fillna(1) == 1).all(axis=1).sum())
    said = plain(box.children[-1].value)
    assert f"Of {len(held)} customers of the segment" in said
    assert f"{fit_all} (" in said
    assert f"{len(held) - fit_all} differ" in said
    assert fit_all < len(held) / 2, "few are the persona"
    segment = re.findall(r'<div class="cp-share ">([\d.]+)', box.children[2].value)
    assert sum(float(share) for share in segment) == pytest.approx(100, abs=3)


def test_a_drawn_customer_stays_nameless(case, members, drafted):
    box = explorers.one_customer_explorer(case, drafted, members)
    assert not re.search(r"\b[A-Z]-[CP]\d+", box.children[2].value + box.children[-1].value)


def test_draws_differ_and_begin_again_at_the_end(case, members, drafted):
    few = members.iloc[:3]
    box = explorers.one_customer_explorer(case, drafted, few)
    number = field(box, "Customer drawn, no.")
    seen = []
    for _time in range(4):
        seen.append(number.value)
        button(box, "Draw another").click()
    assert seen == [1, 2, 3, 1]


def test_a_persona_of_assumptions_alone_cannot_be_held_against_anybody(case, members, drafted):
    guess = replace(drafted, traits=(Trait("g", "needs", "need", "Wants it blue"),))
    with pytest.raises(InputError, match="has evidence, so nothing can be held"):
        explorers.one_customer_explorer(case, guess, members)


def test_groups_of_shares():
    assert groups_of([0, 1 / 5, 3 / 5, 0.999, 1]).tolist() == [0, 1, 3, 4, 5]
