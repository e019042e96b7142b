"""What a draft says: headline and message rest on its lines, and personas of a set differ."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from custlab import load_case
from custlab.persona import PersonaSet, check_persona, draft, draft_set, side_by_side
from custlab.persona.facts import facts_of
from custlab.persona.further_lines import _leads
from custlab.persona.headline import headline
from custlab.persona.message import ideas_of, with_messages
from custlab.persona.phrases import way_words
from tests.unit.fixtures_persona import CASES, personas_of


@pytest.mark.parametrize("name", CASES)
def test_headline_and_message_rest_on_lines_of_the_card(name):
    for persona in personas_of(name):
        traits = {trait.id: trait for trait in persona.traits}
        assert persona.headline_because, persona.headline
        for key in persona.headline_because:
            assert traits[key].strength in ("strong", "moderate")
        assert set(persona.message_because) <= set(traits)
        assert len(set(persona.message_because)) == len(persona.message_because)
        said = {idea.trait: (idea.lead, idea.second) for idea in ideas_of(persona)}
        for key in persona.message_because:
            assert any(text and text in persona.message for text in said[key])


@pytest.mark.parametrize("name", CASES)
def test_headline_loses_what_its_line_loses(name):
    """Without a line that it rests on, the headline says something else: nothing is made up."""
    for persona in personas_of(name):
        for key in persona.headline_because:
            left = persona.without_trait(key)
            assert headline(left.traits)[0] != persona.headline
            codes = check_persona(left)
            assert codes.loc[codes["code"] == "reason", "problem"].str.contains("headline").any()


@pytest.mark.parametrize("name", CASES)
def test_what_a_draft_says_is_english_that_can_be_read_aloud(name):
    for persona in personas_of(name):
        texts = [persona.headline, persona.message, *(one.text for one in persona.suggestions)]
        texts += [text for trait in persona.traits for text in (trait.text, trait.sentence())]
        for text in texts:
            assert not re.search(r"[{}]|  |\bnan\b|\.\.|: ?[a-z ]+: |\b(\w{3,}) \1\b", text), text
            assert text[0].isupper() or text[0].isdigit() or ": " in text or "“" in text, text
        assert re.fullmatch(r"[A-Z][^.]+\.( They [^.]+\.)?", persona.headline)
        assert len(persona.headline) < 180
        both = [trait.text.casefold() for trait in persona.traits]
        assert len(both) == len(set(both))


@pytest.mark.parametrize(
    ("name", "column"),
    [("appliances", "life_stage"), ("software", "city_tier"), ("ecommerce", "gender")],
)
def test_other_ways_to_cut_give_cards_that_pass_their_own_check(name, column):
    case = load_case(name)
    segments = case.customers.set_index("customer_id")[column].dropna().astype(str)
    for persona in draft_set(case, segments):
        members = segments.index[segments == persona.segment]
        codes = check_persona(persona, case, members, rest=segments.index)["code"]
        assert set(codes) <= {"missing", "protected"}


@pytest.mark.parametrize("name", CASES)
def test_personas_of_a_set_are_told_different_things(name):
    personas = personas_of(name)
    assert len({persona.message for persona in personas}) == len(personas)
    assert personas.remarks() == ()


def test_personas_that_share_a_message_are_named():
    one, other, third = personas_of("software").personas[:3]
    shared = replace(other, message=one.message.upper().replace(".", " !"))
    personas = PersonaSet("software", (one, shared, third))
    assert [said.split(":")[0] for said in personas.remarks()] == [
        "Maple and Harbour share one message"
    ]
    assert "Maple and Harbour share one message" in side_by_side(personas).html()
    assert "give reason for different ones" in personas.remarks()[0]
    bare = tuple(replace(persona, traits=()) for persona in (one, other, third))
    told = with_messages(bare)
    assert [persona.message_because for persona in told] == [()] * 3
    remark = PersonaSet("software", told).remarks()[0]
    assert remark.startswith("Maple, Harbour and Comet share one message: their cards give no")


def test_same_lines_give_the_same_message_and_different_ones_do_not():
    one = personas_of("software")["Harbour"]
    twins = with_messages((one, replace(one, id="b", name="Twin")))
    assert twins[0].message == twins[1].message
    assert len(PersonaSet("software", twins).remarks()) == 2, "message and headline"
    second = one.message_because[1]
    told = with_messages((one, replace(one.without_trait(second), id="b", name="Twin")))
    assert told[0].message != told[1].message
    assert told[0].message == one.message


def test_own_words_have_no_reasons_of_the_data():
    persona = personas_of("software")["Harbour"]
    edited = persona.rename("Harbour", "They buy alone.").with_message("Hello.")
    assert (edited.headline_because, edited.message_because) == ((), ())
    same = persona.rename("Other", persona.headline).with_message(persona.message)
    assert same.headline_because == persona.headline_because
    assert same.message_because == persona.message_because


def test_a_card_says_a_thing_once():
    """Buyers of the only product of a range are not told twice."""
    case = load_case("appliances")
    kinds = case.customers.set_index("customer_id")["kind"].astype(str)
    persona = draft(case, kinds.index[kinds == "enterprise"])
    values = facts_of(case).values
    shares = [t.evidence for t in persona.traits if t.evidence.statistic == "share"]
    for place, one in enumerate(shares):
        for other in shares[:place]:
            pair = pd.DataFrame(
                {
                    "a": values[one.table, one.column, one.level],
                    "b": values[other.table, other.column, other.level],
                }
            ).dropna()
            assert (pair.prod(axis=1).sum() / pair.max(axis=1).sum()) < 0.9


def test_a_gender_is_named_only_where_it_decides_clearly_more_often():
    for fathers, mothers, said in ((30, 10, True), (22, 18, False), (3, 0, False)):
        titles = ["father"] * fathers + ["mother"] * mothers + ["self"] * 20
        assert _leads(pd.Series(titles), "father") == said


def test_a_level_that_nobody_has_listed_is_said_as_it_stands():
    assert way_words("drone") == "by drone"
