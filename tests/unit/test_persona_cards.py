"""Persona cards, sets and pages: what they say, that they say it safely, and to everybody."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from custlab import load_case
from custlab.cases import CASE_NAMES
from custlab.errors import InputError
from custlab.persona import Quote, Suggestion, Trait, card, cards, draft_set, portrait, side_by_side
from custlab.persona.page import page, write_page
from custlab.persona.phrases import DOTS
from custlab.persona.portraits import COLOURS
from custlab.templates import style_sheet

CASES = CASE_NAMES
ATTACK = "<script>alert(1)</script> & \"'<b>"
BLOCKS = {"p", "span", "div", "li", "small", "blockquote", "dt", "dd", "h3", "h4", "th", "td"}
VOID = {"meta", "col", "rect", "path", "circle", "br"}


class Reader(HTMLParser):
    """Reads HTML strictly: every tag closes, in order."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""
        self.feed(html)
        assert self.open == [], "every element is closed"

    def handle_starttag(self, name, attributes):
        self.tags.append((name, dict(attributes)))
        self.text += " " if name in BLOCKS else ""
        if name not in VOID:
            self.open.append(name)

    def handle_startendtag(self, name, attributes):
        self.tags.append((name, dict(attributes)))

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        self.text += data

    def all(self, key):
        return [attributes[key] for _name, attributes in self.tags if attributes.get(key)]


def words(html):
    return " ".join(Reader(html).text.replace("\u00a0", " ").split())


@pytest.fixture(scope="module", params=CASES)
def drafted(request):
    case = load_case(request.param)
    return case, draft_set(case, case.customers.set_index("customer_id")["kind"].astype(str))


@pytest.fixture(scope="module")
def persona():
    case = load_case("software")
    return draft_set(case, case.customers.set_index("customer_id")["kind"].astype(str))[0]


def test_every_line_stands_on_the_card_with_what_it_rests_on(drafted):
    _case, personas = drafted
    for persona in personas:
        said = words(card(persona).body)
        for trait in persona.traits:
            assert " ".join(trait.text.split()) in said
            assert " ".join(trait.sentence().split()) in said
        assert persona.name in said
        assert persona.message in said
        assert (persona.role.text if persona.role else "Role in the purchase – not known") in said
        assert "<" not in said, "no markup is shown as text"
        assert said.count(persona.headline) == 1


def test_no_customer_can_be_found_from_a_card(drafted):
    case, personas = drafted
    html = page(personas) + side_by_side(personas).body
    assert not re.search(r"\b[A-Z]-[CPOI]\d+", html)
    ids = set(case.customers["customer_id"]) | set(case.people["person_id"])
    assert not ids & set(re.findall(r"[\w-]+", html))


def test_a_quote_names_the_row_that_holds_it(drafted):
    case, personas = drafted
    quoted = [persona for persona in personas if persona.quote]
    assert quoted
    for persona in quoted:
        row = persona.quote.row
        assert case.survey["comment"].iloc[row] == persona.quote.text
        assert f"“{persona.quote.text}” survey, row {row}" in words(card(persona).body)
        printed = words(re.search(r"<article.*</article>", page(persona), re.S)[0])
        assert f"“{persona.quote.text}” from the survey" in printed
        assert f"row {row}" not in printed, "a card on the wall leads to nobody"


def test_suggestions_point_to_the_lines_that_they_follow_from(persona):
    order = [t.id for name in ("demographic", "behaviour", "psychology", "needs")
             for t in persona.by_dimension(name)]  # fmt: skip
    one = Suggestion("product", "Do this.", (order[3], order[0]))
    bare = replace(persona, channels=(), headline_because=(), message_because=())
    reader = Reader(card(replace(bare, suggestions=(one,))).body)
    targets = [link.removeprefix("#") for link in reader.all("href")]
    assert [target.rsplit("-", 1)[1] for target in targets] == ["4", "1"]
    assert set(targets) <= set(reader.all("id"))
    assert "Do this. line 4, line 1" in words(card(replace(persona, suggestions=(one,))).body)


def test_strength_is_told_by_dots_and_by_word_and_an_assumption_by_both(persona):
    assert len(set(DOTS.values())) == len(DOTS)
    guess = Trait("own-1", "psychology", "", "Never in a hurry", edited_by="Mei")
    body = card(persona.with_trait(guess)).body
    assert body.count(DOTS["assumed"]) == 2, "the line, and the key to the signs"
    assert "assumed: no data behind it · added by Mei" in words(body)
    reworded = persona.with_trait(persona.traits[0].reworded("Firms, mostly", "Mei"))
    assert "worded by Mei" in words(card(reworded).body)
    assert persona.traits[0].evidence.sentence() in words(card(reworded).body)


def test_only_the_courses_own_cases_are_called_simulated(persona):
    assert "Simulated data up to 2024-12-31." in words(card(persona).body)
    own = words(card(replace(persona, case="my-shop")).body)
    assert "Data up to 2024-12-31." in own
    assert "Simulated" not in own


def test_a_dimension_without_lines_is_shown_as_empty(persona):
    bare = replace(persona, traits=(), channels=(), role=None, value=None, quote=None, message="")
    said = words(card(bare).body)
    assert said.count("Nothing known: no line has evidence.") == 4
    assert "not written yet" in said


def test_what_people_typed_is_text_and_never_code(persona):
    first = persona.traits[0]
    typed = replace(
        persona, name=ATTACK, headline=ATTACK, message=ATTACK, segment=ATTACK, case=ATTACK,
        quote=Quote(ATTACK, 1), role=replace(persona.role, text=ATTACK),
        traits=(replace(first, text=ATTACK, edited_by=ATTACK),),
        suggestions=(Suggestion(ATTACK, ATTACK, (first.id,)),), channels=(first.id,),
    )  # fmt: skip
    for html in (card(typed).body, side_by_side([typed, persona]).body):
        reader = Reader(html)
        assert {"script", "b"}.isdisjoint(name for name, _attributes in reader.tags)
        assert ATTACK in reader.text
    whole = Reader(page(typed).split("<script>\n")[0] + "</body></html>")
    assert "script" not in {name for name, _attributes in whole.tags}


def test_chinese_text_stays_whole_and_is_marked_for_fonts_and_voices(persona):
    said = card(persona.rename("李伟 & 家", "晚上购物的人"))
    assert '<span lang="zh">李伟</span> &amp; <span lang="zh">家</span>' in said.body
    assert '<span lang="zh">' not in card(persona.rename("李伟"), lang="zh-CN").body
    assert "晚上购物的人" in page(persona.rename("李伟", "晚上购物的人"))


def test_two_cards_in_one_notebook_do_not_share_ids(persona):
    reader = Reader(card(persona).body + card(persona).body)
    ids = reader.all("id")
    assert len(ids) == len(set(ids))
    assert set(reader.all("aria-labelledby")) <= set(ids)


def test_heading_levels_follow_the_place(persona):
    for level in (1, 3):
        headings = [
            n
            for n, _a in Reader(card(persona, level=level).body).tags
            if n[0] == "h" and n[1:].isdigit()
        ]
        assert headings[0] == f"h{level}"
        assert set(headings[1:]) == {f"h{level + 1}"}


def test_portraits_are_the_same_every_time_and_differ_by_shape(persona):
    drawn = [portrait(replace(persona, picture=(place, 5, 5))) for place in range(8)]
    assert portrait(persona).svg == portrait(persona).svg
    shapes = {re.search(r'<path d="([^"]+)" fill="#', one.svg)[1] for one in drawn}
    assert len(shapes) == 8
    assert len({one.words for one in drawn}) == 8
    for one in drawn:
        assert f"<title>{one.words}</title>" in one.svg


def test_personas_of_a_set_have_different_portraits(drafted):
    _case, personas = drafted
    assert len({portrait(replace(one, name="x")).words for one in personas}) == len(personas)


def _light(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(p * w for p, w in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one, two):
    low, high = sorted((_light(one), _light(two)))
    return (high + 0.05) / (low + 0.05)


def test_text_can_be_read_in_both_themes():
    blocks = re.findall(r"\{([^}]*--cp-paper: #[^}]*)\}", style_sheet("persona/card.css"))
    assert len(blocks) == 2, "light and dark"
    for block in blocks:
        colours = dict(re.findall(r"--cp-([\w-]+): (#\w{6});", block))
        for ink in ("ink", "ink-2", "link", "warn"):
            for paper in ("paper", "tint"):
                assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)
        assert contrast(colours["warn"], colours["warn-paper"]) >= 4.5
    assert all(contrast(colour, "#ffffff") >= 4.5 for colour in COLOURS)


def test_a_set_stands_in_a_table_with_heads_both_ways(drafted):
    _case, personas = drafted
    html = side_by_side(personas).body
    reader = Reader(html)
    heads = [attributes.get("scope") for name, attributes in reader.tags if name == "th"]
    assert heads.count("col") == len(personas)
    assert heads.count("row") == 9
    assert all(persona.name in reader.text for persona in personas)


def test_the_set_keeps_the_best_lines_and_counts_the_rest(persona):
    many = tuple(Trait(f"t{n}", "psychology", "", f"Guess {n}") for n in range(5))
    proven = replace(persona.traits[0], dimension="psychology")
    said = words(side_by_side([replace(persona, traits=(*many, proven))], lines=2).body)
    assert proven.text in said
    assert "Guess 0" in said
    assert "Guess 1" not in said
    assert "and 4 more on the card" in said


def test_nothing_to_show_is_told():
    for function in (side_by_side, page):
        with pytest.raises(InputError, match="give at least one"):
            function([])


def test_the_page_has_a_sheet_for_each_persona(drafted, tmp_path):
    _case, personas = drafted
    path = write_page(personas, tmp_path / "cards.html")
    html = path.read_text(encoding="utf-8")
    assert html.count('<div class="cp-sheet">') == len(personas)
    assert "http" not in re.sub(r'xmlns="[^"]+"', "", html), "needs nothing from elsewhere"
    write_page(personas[0], path)
    assert path.read_text(encoding="utf-8").count('<div class="cp-sheet">') == 1


def test_the_page_takes_no_other_files_place(persona, tmp_path):
    other = tmp_path / "thesis.html"
    other.write_text("<p>mine</p>", encoding="utf-8")
    with pytest.raises(InputError, match=r"thesis\.html holds something else"):
        write_page(persona, other)
    assert other.read_text(encoding="utf-8") == "<p>mine</p>"
    with pytest.raises(InputError, match="does not exist"):
        write_page(persona, tmp_path / "nowhere" / "a.html")


def test_the_style_sheets_travel_with_the_library():
    folder = Path(cards.__file__).parent
    assert {path.name for path in folder.glob("*.css")} == {"card.css", "page.css"}
