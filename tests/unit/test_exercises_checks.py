"""Checks are pure and survive any answer; partial credit is fair."""

import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custlab.exercises import about, between, filled, mentions, passes, several
from custlab.exercises.kinds import KINDS, check
from custlab.exercises.result import Outcome
from custlab.exercises.values import UnfitAnswer, as_number, tidy

LETTERS = ["a", "b", "c", "d"]
FORM_KEY = {
    "age": between(25, 34),
    "role": ["user", "decider"],
    "needs": several("p", "s", options=["p", "s", "d"]),
    "why": filled(2),
    "name": mentions("li"),
    "income": about(100, 5),
}
FORM_RULES = [("young students", lambda a: a["age"] < 30 or a["role"] == "decider", "Too old.")]

# kind: (key, options of the check, some right answers, some wrong ones)
EXAMPLES = {
    "choose_one": ("b", {}, ["b"], ["a", "zz"]),
    "choose_several": (["a", "c"], {"options": LETTERS}, [["a", "c"], ["c", "a", "c"]], [["b"]]),
    "match": (
        {"x": "a", "y": ["b", "c"]},
        {},
        [{"x": "a", "y": "b"}, {"y": "c", "x": "a"}],
        [{"x": "b", "y": "a"}],
    ),
    "order": (["a", ["b", "c"], "d"], {}, [["a", "b", "c", "d"], ["a", "c", "b", "d"]], ["dcba"]),
    "parsons": (
        ["a", ["b", "c"]],
        {},
        [["a", "b", "c"], ["a", "c", "b"]],
        [["c", "b", "a"], ["d"], "a"],
    ),
    "code": (
        {"double": 6.0},
        {"names": {"x": 3}},
        ["double = 2 * x", "import math\ndouble = math.fsum([x, x])"],
        ["double = x", "duoble = 6", "double = 2 * y", "double = (", "1 / 0\ndouble = 6"],
    ),
    "number": (12.5, {"tolerance": 0.1, "unit": "%"}, [12.5, "12,55", "12.5 %"], [13, "0.125"]),
    "slider": ((3, 4), {}, [3, 4, 3.5], [2.9, 5]),
    "place": (
        {"x": [1, 5], "y": {"across": (4, 5)}},
        {"tolerance": 1},
        [{"x": [2, 4], "y": [4, 1]}],
        [{"x": [4, 4], "y": [1, 1]}],
    ),
    "form": (
        FORM_KEY,
        {"rules": FORM_RULES},
        [
            {"age": 28, "role": "user", "needs": ["s", "p"], "why": "it works", "name": "Li Wei",
             "income": "104"},
            {"age": 34, "role": "decider", "needs": ["p", "s"], "why": "质量", "name": "LI",
             "income": 95},
        ],
        [{"age": 60, "role": "x", "needs": ["d"], "why": "no", "name": "Bo", "income": 1}],
    ),
}  # fmt: skip

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from([*LETTERS, "x", "y", "age", "needs", "why"]), inner)
    ),
    max_leaves=12,
)


def _check(kind, answer):
    key, options, _right, _wrong = EXAMPLES[kind]
    return check(kind, answer, key, **options)


@pytest.mark.parametrize(("low", "letter"), [("can wait", 7.2), ("可以等一等", 13.0), ("no", 7.2)])
def test_the_words_beside_a_grid_are_not_cut_off(low, letter):
    grid = KINDS["place"]("q", "?", {"a": "A"}, ("Brings", "", ""), ("Urgent", low, "now"), 3)
    picture = grid.picture({"a": [1, 1]})
    ends_at = float(re.search(rf'<text x="(\d+)"[^>]*text-anchor="end">{low}<', picture)[1])
    assert ends_at - letter * len(low) > 27, "the axis's own name stands further left"
    dot = float(re.search(r'<circle cx="(\d+)"', picture)[1])
    assert dot == ends_at + 8 + 32, "the first cell begins where the words end"


def test_a_zone_may_name_one_number_for_both_ends():
    key = {"a": {"across": 3, "up": (1, 2)}, "b": {"up": 1}}
    assert check("place", {"a": [3, 1], "b": [2, 1]}, key).outcome is Outcome.CORRECT
    assert check("place", {"a": [2, 1], "b": [2, 1]}, key).share == 0.5
    question = KINDS["place"]("q", "?", {"a": "A", "b": "B"}, ("x", "", ""), ("y", "", ""), 3)
    assert check("place", question.right(key), key).outcome is Outcome.CORRECT
    assert question.right_lines(key) == ["A: x 3, y 1–2", "B: y 1"]


def test_every_check_has_an_example():
    assert set(EXAMPLES) == {name for name, kind in KINDS.items() if not kind.by_hand}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_right_wrong_and_blank(kind):
    _key, _options, right, wrong = EXAMPLES[kind]
    for answer in right:
        assert _check(kind, answer).outcome is Outcome.CORRECT, answer
        assert _check(kind, answer).share == 1.0
    for answer in wrong:
        assert _check(kind, answer).share == 0.0, answer
    for blank in (None, "", " ", [], {}, {"x": None, "age": ""}):
        assert _check(kind, blank).outcome is Outcome.NOT_ATTEMPTED, blank


@pytest.mark.parametrize("kind", EXAMPLES)
@given(answer=json_values)
def test_any_answer_is_survived(kind, answer):
    found = _check(kind, answer)
    assert 0.0 <= found.share <= 1.0
    assert (found.share == 1.0) == (found.outcome is Outcome.CORRECT)
    assert (found.share > 0) == (found.outcome in (Outcome.CORRECT, Outcome.PARTLY))
    assert found.message


@given(key=st.sets(st.sampled_from(LETTERS), min_size=1, max_size=3))
def test_ticking_everything_earns_nothing(key):
    assert check("choose_several", LETTERS, sorted(key), options=LETTERS).share == 0.0


@given(st.permutations("abcx"), st.integers(1, 4))
def test_lines_in_order_earn_what_is_right_and_needless_ones_cost(lines, used):
    answer = lines[:used]
    found = check("parsons", answer, ["a", "b", "c"])
    assert (found.share == 1.0) == (answer == ["a", "b", "c"])
    with_more = check("parsons", [*answer, "y"], ["a", "b", "c"])
    assert with_more.share < found.share or found.share == with_more.share == 0.0


def test_a_needless_line_is_explained():
    because = {"x": "Nobody asked for a copy.", ("b", "a"): "B needs what A makes."}
    found = check("parsons", ["b", "a", "x"], ["a", "b"], because)
    assert found.message == (
        "1 line is not needed. A line stands before one that it needs. Nobody asked for a copy. "
        "B needs what A makes."
    )
    assert found.misconception == "x"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("double = 2 * oders", "Line 1, “double = 2 * oders”, stopped. There is no “oders”. Did"),
        ("y = 1\ndouble = x.lenght", "Line 2, “double = x.lenght”, stopped. A list has no “len"),
        ("double = {'a': 1}['b']", "There is no column or key 'b'"),
        ("double = sum(x", "Look for a bracket"),
        ("y = 1\n  double = 2", "too far to the right"),
        ("exit()", "take out exit()"),
        ("def f():\n    return x + 1\ndouble = f()", "Line 2, “return x + 1”, stopped. TypeErr"),
        ("double = ___ * 2", "There is still a gap"),
        ("twice = 6", "“double” is not made by your lines"),
        ("double = 9", "double: Times three, not two."),
        ("# nothing yet", "There is no answer here"),
    ],
)
def test_what_is_wrong_with_own_lines_is_said_in_plain_words(source, said):
    because = {"three": (9, "Times three, not two.")}
    names = {"x": [1, 2, 3], "orders": 3}
    found = check("code", source, {"double": 6}, because, names=names)
    assert said in found.message
    assert found.share == 0
    assert set(names) == {"x", "orders"}, "the notebook's variables stay as they are"


def test_code_is_never_run_by_a_grader(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(ValueError, match="use Marks"):
        check("code", "raise SystemError", {"double": 6}, names={})


def test_half_the_ticks_earn_half():
    found = check("choose_several", ["a"], ["a", "c"], {"c": "C was missed."}, options=LETTERS)
    assert found.share == 0.5
    assert found.outcome is Outcome.PARTLY
    assert "C was missed." in found.message
    assert found.misconception == "c"


def test_an_authors_mistake_is_told_to_the_author():
    with pytest.raises(ValueError, match="not all"):
        check("choose_several", ["a"], LETTERS, options=LETTERS)
    with pytest.raises(ValueError, match="no automatic check"):
        check("free_text", "some text", "model")


def test_misconceptions_are_explained():
    because = {"x": {"b": "B pays."}, "y": "Y is a user."}
    found = check("match", {"x": "b", "y": "a"}, {"x": "a", "y": "b"}, because)
    assert "B pays." in found.message
    assert "Y is a user." in found.message
    assert found.misconception == "x:b"
    assert check("number", 68.8, 31.2, {68.8: "The complement."}).message == "The complement."
    assert check("number", 95, 31.2, {(90, 100): "Nearly all."}).misconception == "(90, 100)"
    assert "multiply by 100" in check("number", "0.312", 31.2, unit="%").message
    turned = check("order", ["b", "a"], ["a", "b"], {("b", "a"): "A comes first."})
    assert turned.message.endswith("A comes first.")
    broken = EXAMPLES["form"][2][0] | {"age": 31}
    assert "Too old." in _check("form", broken).message


def test_order_earns_kendalls_tau():
    """Against SciPy's own, an independent implementation, for every order of four steps."""
    from scipy.stats import kendalltau

    for order in permutations("abcd"):
        tau = kendalltau(range(4), [order.index(step) for step in "abcd"]).statistic
        assert check("order", list(order), [*"abcd"]).share == pytest.approx(max(tau, 0))


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("12.5", "", 12.5),
        ("12,5", "", 12.5),
        ("0,125", "", 0.125),
        ("1,234", "", 1234),
        ("1,234.5", "", 1234.5),
        ("1.234,5", "", 1234.5),
        ("1.234", "", 1.234),
        ("1.234.567", "", 1234567),
        ("1 234,5", "", 1234.5),
        ("1 234", "", 1234),
        ("1'234.5", "", 1234.5),
        ("−3", "", -3),
        ("１２．５％", "%", 12.5),
        ("12,5 %", "%", 12.5),
        ("12.5%", "", 0.125),
        ("¥1,200", "CNY", 1200),
        ("1200 cny", "CNY", 1200),
        ("1.2e3", "", 1200),
        (".5", "", 0.5),
        ("30 points", "points", 30),
        ("-1 Point", "points", -1),
        ("30 %", "points", 30),
        ("5 customers", "", 5),
        ("5人", "", 5),
    ],
)
def test_numbers_as_people_write_them(text, unit, number):
    assert as_number(text, unit) == pytest.approx(number)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1,2,3", "12,34.5", "nan", "inf", "1e999", "9" * 400, "5 k", "5 Millions", "5 万",
     "5 to 6", "3 of 7 people"],
)  # fmt: skip
def test_what_is_no_number_is_told(text):
    with pytest.raises(UnfitAnswer):
        as_number(text)


def test_another_unit_than_the_questions_is_not_taken_for_it():
    with pytest.raises(UnfitAnswer):
        as_number("30 days", "weeks")


@pytest.mark.parametrize("typed", [0.30, "0.30", "0,3"])
def test_a_share_where_points_of_hundred_are_asked_for_is_told(typed):
    for kind, answer, key in [
        ("form", {"score": typed}, {"score": about(30, 0.5, "points")}),
        ("number", typed, 30),
    ]:
        more = {"unit": "points"} if kind == "number" else {}
        found = check(kind, answer, key, **more)
        assert found.share == 0.0
        assert "multiply by 100" in found.message


def test_a_text_passes_all_tests_or_says_which_it_fails():
    wanted = passes(
        (lambda text: "price" in text, "Name the price."),
        (lambda text: len(text) < 20, "It is too long."),
    )
    for text, share, said in [
        ("a fair price", 1, ""),
        ("a fair price for all of you", 0, "It is too long."),
        ("hello", 0, "Name the price."),
        (["price"], 0, "cannot be read"),
    ]:
        found = check("form", {"message": text, "who": "a"}, {"message": wanted, "who": "a"})
        assert found.share == (1 + share) / 2
        assert said in found.message
        assert found.message.startswith("1 of 2 right") or share == 1, "one field is one part"


@given(json_values)
def test_tidy_gives_what_json_can_hold(value):
    import json

    try:
        tidied = tidy(value)
    except UnfitAnswer:
        return
    assert json.loads(json.dumps(tidied, allow_nan=False).encode("utf-8")) == tidied
    assert tidy(tidied) == tidied
