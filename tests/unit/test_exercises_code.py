"""Code answers: every right way of writing them down counts; known mistakes are named."""

import math
import warnings

import numpy as np
import pandas as pd
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custlab.exercises.code import (
    Marks,
    compare_calls,
    compare_frame,
    compare_label,
    compare_labels,
    compare_number,
    compare_series,
    ids_in,
    values_by,
)
from custlab.exercises.result import Outcome

RIGHT = pd.DataFrame(
    {"role": ["buyer", "decider", "user"], "people": [12, 7, 30], "share": [0.25, 0.14, 0.61]}
)
SHUFFLED = RIGHT.iloc[[2, 0, 1]]

SAME = {
    "itself": RIGHT,
    "columns turned": RIGHT[["share", "role", "people"]],
    "rows turned": SHUFFLED,
    "index": SHUFFLED.set_index("role"),
    "unnamed index": SHUFFLED.set_index("role").rename_axis(None),
    "floats": RIGHT.astype({"people": float}),
    "nullable": RIGHT.convert_dtypes(),
    "text numbers": RIGHT.astype({"people": "string"}),
    "categories": SHUFFLED.astype({"role": "category"}),
    "objects": SHUFFLED.astype(object),
    "extra columns": RIGHT.assign(rank=[1, 2, 3], note="x"),
    "capitals": RIGHT.rename(columns={"role": "Role", "people": "PEOPLE"}),
    "spaces": RIGHT.assign(role=[" buyer", "decider ", "user"]),
    "alias": RIGHT.rename(columns={"people": "count"}),
    "another name": RIGHT.rename(columns={"people": "n_p", "role": "who"}),
    "polars": polars.from_pandas(RIGHT),
    "label names": RIGHT.assign(role=["Payer", "decider", "End user"]),
    "rounded": RIGHT.assign(share=RIGHT["share"] + 1e-9),
    "old index": RIGHT.set_axis([7, 8, 9]),
}
NAMES = {"people": ["count", "n"]}
LABELS = {"Payer": "buyer", "End user": "user"}


@pytest.mark.parametrize("name", SAME)
def test_every_right_table_is_accepted(name):
    found = compare_frame(SAME[name], RIGHT, names=NAMES, labels=LABELS)
    assert found.outcome is Outcome.CORRECT, found.message


WRONG = {
    "a number": (RIGHT.assign(people=[12, 8, 30]), 0.5, "you have 8 where role = decider"),
    "a label": (RIGHT.assign(role=["buyer", "user", "user"]), 0, "role"),
    "a row short": (RIGHT.head(2), 0, "2 rows; 3 are expected"),
    "a column short": (RIGHT[["role", "people"]], 0.5, "Missing columns: share"),
    "values against labels": (RIGHT.assign(people=[7, 12, 30]), 0.5, "people"),
    "blank": (RIGHT.assign(people=[12, None, 30]), 0.5, "people"),
    "no table": (3, 0, "A table is asked for; you have int"),
    "turned": (RIGHT.set_index("role").T, 0, "rows"),
    "empty": (pd.DataFrame(), 0, "0 rows"),
    "list": ([1, 2], 0, "list"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_tables_are_told(name):
    got, share, told = WRONG[name]
    found = compare_frame(got, RIGHT)
    assert found.share == pytest.approx(share)
    assert told in found.message


def test_rows_are_paired_by_what_they_say_not_by_how_it_is_kept():
    right = pd.DataFrame({"customer": ["1", "2", "10"], "orders": [3, 5, 14]})
    numbers, texts = right.astype({"customer": int}), right.astype({"orders": str})
    for got in (numbers, numbers.iloc[[2, 0, 1]], texts, texts.iloc[::-1], texts[["orders"]]):
        wanted = right if "customer" in got else right[["orders"]]
        assert compare_frame(got, wanted).outcome is Outcome.CORRECT


@pytest.mark.parametrize(
    "odd", [[10**400, 1, 2], ["2024-01-01T00:00+01:00", "2024-07-01T00:00+02:00", ""], [[1], {}, 3]]
)
def test_a_column_of_something_else_is_passed_over(odd):
    wanted = RIGHT.assign(since=pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"]))
    got = RIGHT.drop(columns="share").assign(odd=pd.Series(odd, dtype=object))
    found = compare_frame(got, wanted, by=["role"])
    assert found.share == pytest.approx(1 / 3)
    assert "Missing columns: share, since" in found.message


ROWS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 3), st.sampled_from([0.5, 1.5, np.nan])),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[0],
)


@given(ROWS, st.randoms())
def test_any_order_of_rows_and_columns_is_right_and_no_other_number(rows, chance):
    right = pd.DataFrame(rows, columns=["name", "orders", "value"])
    mixed = right.sample(frac=1, random_state=chance.randrange(1000))
    mixed = mixed[chance.sample(list(mixed), 3)]
    assert compare_frame(mixed, right).share == 1.0
    assert compare_frame(mixed.set_index("name"), right).share == 1.0
    wrong = mixed.copy()
    wrong.iloc[chance.randrange(len(wrong)), wrong.columns.get_loc("orders")] += 1
    found = compare_frame(wrong, right)
    assert found.share == 0.5
    assert "orders" in found.message


def test_order_counts_only_where_asked_for():
    assert compare_frame(SHUFFLED, RIGHT).share == 1.0
    found = compare_frame(SHUFFLED, RIGHT, ordered=True)
    assert found.share == 0.75
    assert "order" in found.message


def test_known_mistakes_are_named():
    actions = RIGHT.assign(people=[100, 200, 300])
    known = {
        "counts actions": (actions, "You counted actions, not people."),
        "per cent": (lambda got: got["share"].max() > 1, "Shares go from 0 to 1."),
    }
    found = compare_frame(actions.iloc[::-1].set_index("role"), RIGHT, known=known)
    assert (found.misconception, found.message, found.share) == (
        "counts actions",
        "You counted actions, not people.",
        0.5,
    )
    per_cent = RIGHT.assign(share=RIGHT["share"] * 100)
    assert compare_frame(per_cent, RIGHT, known=known).misconception == "per cent"
    assert compare_frame(7, RIGHT, known=known).outcome is Outcome.ERROR


def test_dates_missing_values_and_two_indexes():
    right = pd.DataFrame(
        {
            "day": pd.to_datetime(["2024-01-01", "2024-01-02", None]),
            "role": ["user", None, "buyer"],
            "n": pd.array([1, None, 3], dtype="Int64"),
        }
    )
    got = right.astype({"day": str, "n": float}).replace({"NaT": None})
    assert compare_frame(got, right).share == 1.0
    crossed = pd.DataFrame({"a": ["x", "x", "y"], "b": ["p", "q", "p"], "n": [1, 2, 3]})
    grouped = crossed.groupby(["a", "b"])["n"].agg(["sum"])
    assert compare_frame(grouped, crossed).share == 1.0
    two_levels = crossed.groupby(["a", "b"]).agg({"n": ["sum"]})
    assert compare_frame(two_levels, crossed).share == 1.0


def test_rows_without_names_and_rows_named_alike():
    numbers = pd.DataFrame({"year": [2022, 2023], "n": [5, 4]})
    assert compare_frame(numbers.iloc[::-1].assign(a=[1, 2]), numbers).share == 1.0
    twice = pd.DataFrame({"role": ["user", "user", "buyer"], "n": [1, 2, 3]})
    assert compare_frame(twice.iloc[[1, 2, 0]], twice).share == 1.0
    assert compare_frame(twice.iloc[[1, 2, 0]].assign(n=[2, 2, 1]), twice).share == 0.0


def test_series_and_dictionaries():
    right = pd.Series({"user": 2, "buyer": 1}, name="n")
    for got in ({"buyer": 1, "user": 2.0}, right[::-1], right.to_frame(), right.reset_index()):
        assert compare_series(got, right).share == 1.0
    assert compare_series({"buyer": 2, "user": 1}, right).share == 0.0


@pytest.mark.parametrize(
    "got", [0.31, np.float32(0.31), np.array([0.31]), pd.Series([0.31]), pd.DataFrame([[0.31]])]
)
def test_a_number_is_a_number(got):
    assert compare_number(got, 0.31, tolerance=0.001).share == 1.0


@given(st.floats(-900, 900), st.integers(3, 8), st.sampled_from([0.51, 0.9, 3]))
def test_rounding_to_three_places_or_more_is_right_and_nothing_else(expected, places, off):
    got = round(expected, places)
    assert compare_number(got, expected).share == 1.0
    table = pd.DataFrame({"role": ["user", "buyer"], "n": [got, 3.0]})
    right = pd.DataFrame({"role": ["user", "buyer"], "n": [expected, 3]})
    assert compare_frame(table, right).share == 1.0
    wrong = round(expected, places) + math.copysign(off, expected - got) * 10.0**-places
    if abs(wrong - expected) > max(1e-3, 2e-6 * abs(expected)):
        assert compare_number(wrong, expected).share == 0.0


def test_a_number_rounded_too_far_is_told_so_and_a_mistake_within_the_rounding_is_a_mistake():
    assert "at least three decimal places" in compare_number(0.41, 0.41283).message
    table = pd.DataFrame({"role": RIGHT["role"], "rate": [0.3, 0.14, 0.61]})
    right = RIGHT[["role", "share"]].assign(share=[0.2961, 0.14, 0.61])
    found = compare_frame(table, right)
    assert "Column “rate” differs in 1 of 3 rows" in found.message, "the learner's own name for it"
    assert "at least three decimal places" in found.message
    known = {"leaked": (0.0413, "The test knows its own answers.")}
    assert compare_number(0.041, 0.0412, known=known).share == 1.0
    assert compare_number(0.0413, 0.0412, tolerance=0.001, known=known).misconception == "leaked"


IDS = ["C1", "C2", "C3", "C4"]
TWO = {
    "list": ["C1", "C3"],
    "set": {"C1", "C3"},
    "array": np.array(["C3", "C1"]),
    "index": pd.Index(["C1", "C3"]),
    "series of ids": pd.Series(["C1", "C3"], dtype="string"),
    "values by id": pd.Series([5.0, 7.0], index=["C1", "C3"]),
    "true and false": pd.Series([True, False, True, False], IDS),
    "nullable": pd.Series([True, pd.NA, True, False], IDS, dtype="boolean"),
    "objects": pd.Series([True, None, True, False], IDS, dtype=object),
    "categories": pd.Series(["C1", "C3"], dtype=pd.CategoricalDtype(IDS)),
    "table": pd.DataFrame({"customer": ["C1", "C3"], "spend": [5.0, 7.0]}),
    "ids in the index": pd.DataFrame({"spend": [5.0, 7.0]}, index=["C1", "C3"]),
    "flag in a table": pd.DataFrame({"id": IDS, "high": [True, False, True, False]}),
    "dictionary of flags": {"C1": True, "C2": False, "C3": True},
    "dictionary": {"C1": 5.0, "C3": 7.0},
    "polars": polars.Series(["C1", "C3"]),
}


@pytest.mark.parametrize("name", TWO)
def test_customers_may_be_named_in_any_way(name):
    assert sorted(ids_in(TWO[name], IDS)) == ["C1", "C3"]
    assert compare_labels(TWO[name], ["C1", "C3"]).share == 1.0


@pytest.mark.parametrize("got", ["C1", 3, None, print])
def test_what_names_nobody_is_told(got):
    assert ids_in(got, IDS) is None
    assert values_by(got, IDS) is None


@pytest.mark.parametrize(
    "got",
    [
        [1, 2, 3, 4],
        np.array([1, 2, 3, 4]),
        pd.Series([4, 3, 2, 1], IDS[::-1]),
        {"C2": 2, "C1": 1, "C4": 4, "C3": 3},
        pd.DataFrame({"id": IDS[::-1], "segment": [4, 3, 2, 1]}),
        pd.DataFrame({"segment": [1, 2, 3, 4]}, index=IDS),
        pd.DataFrame({"spend": [9.0] * 4, "segment": [1, 2, 3, 4]}, index=IDS),
        pd.Series([1, 2, 3, 4]),
    ],
)
def test_one_value_for_each_customer_in_any_way(got):
    found = values_by(got, IDS)
    assert found.index.tolist() == IDS
    assert found.tolist() == [1, 2, 3, 4]
    assert values_by(got, IDS[:3]) is None


def test_words_are_the_same_whatever_their_capitals_and_numbers_as_words():
    capitals = RIGHT.assign(role=["Buyer", "DECIDER", "user"])
    assert compare_frame(capitals, RIGHT).share == 1.0
    segments = pd.DataFrame({"segment": ["0", "1"], "n": [3, 4]})
    for held in ([0, 1], [0.0, 1.0], ["0.0", "1.0"], pd.Categorical([0, 1])):
        assert compare_frame(segments.assign(segment=held), segments).share == 1.0
    assert compare_label(2.0, "2").share == compare_label("2.0", "2").share == 1.0
    assert compare_label(np.int32(1), "2").share == 0.0


def test_categories_that_are_not_in_the_data_do_no_harm_and_people_left_out_do():
    kinds = pd.Categorical(["a", "a", "b"], categories=["a", "b", "never"])
    table = pd.DataFrame({"kind": kinds, "x": [1.0, 2.0, 6.0]})
    right = table.astype({"kind": str}).groupby("kind")["x"].agg(["mean", "size"]).reset_index()
    for got in (table.groupby("kind", observed=False)["x"].agg(["mean", "size"]), right):
        assert compare_frame(got, right).share == 1.0
    assert compare_frame(right.head(1), right).share == 0.0
    more = pd.concat([right, pd.DataFrame({"kind": ["c"], "mean": [1.0], "size": [3]})])
    assert "3 rows; 2 are expected" in compare_frame(more, right).message


def test_values_across_are_values_down():
    right = pd.Series({"user": 0.25, "buyer": 0.75}, name="share").rename_axis("role")
    assert compare_series(pd.DataFrame({"buyer": [0.75], "user": [0.25]}), right).share == 1.0


@pytest.mark.parametrize("got", ["0.31", None, True, [0.31], 1j, float("nan"), pd.NA, print])
def test_what_is_no_number_is_told(got):
    assert compare_number(got, 0.31).outcome is Outcome.ERROR


def test_names_and_lists_of_names():
    assert compare_label(" End-User ", "user", also={"end user": "user"}).share == 1.0
    known = {"payer": ("buyer", "Paying is not deciding.")}
    assert compare_label("Buyer", "decider", known=known).message == "Paying is not deciding."
    assert compare_label(3, "user").outcome is Outcome.ERROR
    for got in (["b", "A"], {"a", "b"}, ("b", "a"), pd.Series(["a", "b"]), np.array(["b", "a"])):
        assert compare_labels(got, ["a", "b"]).share == 1.0
    assert compare_labels(["b", "a"], ["a", "b"], ordered=True).share == 0.5
    assert compare_labels(["a"], ["a", "b"]).share == 0.5
    assert compare_labels(["a", "a"], ["a", "b"]).share < 1.0
    assert compare_labels("ab", ["a", "b"]).outcome is Outcome.ERROR


TABLE = pd.DataFrame({"x": [1.0, 2.0]})
CALLS = [((TABLE,), 3.0), ((TABLE * 2,), 6.0)]


def _spoils(table):
    total = float(table["x"].sum())
    table["y"] = 1
    return total


@pytest.mark.parametrize(
    ("function", "share", "told"),
    [
        (lambda table: table["x"].sum(), 1.0, ""),
        (lambda table: 3, 0.5, "Call 2: 3 is not right"),
        (lambda table: table["z"].sum(), 0.0, "KeyError"),
        (lambda table: None, 0.0, "return"),
        (_spoils, 2 / 3, "work on a copy"),
        (lambda: 3, 0.0, "TypeError"),
        (lambda table: "3", 0.0, "single number"),
        (lambda table: exit(), 0.0, "exit()"),
        (7, 0.0, "A function is asked for"),
    ],
)
def test_functions_are_tried(function, share, told):
    found = compare_calls(function, CALLS, compare_number, keep_input=True)
    assert found.share == pytest.approx(share)
    assert told in found.message
    assert list(TABLE.columns) == ["x"]


def _noisy(table):
    warnings.warn("old", DeprecationWarning, stacklevel=1)
    print("I am here")
    return table["x"].sum()


def _unfinished(table):
    raise NotImplementedError


class _Hostile:
    def __getattr__(self, name):
        raise RuntimeError("no " + name)


def test_marks_add_up_and_never_raise_or_warn(capsys):
    names = {
        "noisy": _noisy,
        "todo": _unfinished,
        "dots": ...,
        "hostile": _Hostile(),
        "share": 0.4,
    }

    def calls(got):
        return compare_calls(got, CALLS, compare_number)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        marks = Marks(6, names)
        marks.part("noisy", 1, calls)
        marks.part("todo", 1, calls)
        marks.part("dots", 1, calls)
        marks.part("nowhere", 1, calls)
        marks.part("hostile", 1, lambda got: compare_frame(got, RIGHT))
        marks.part("share", 1, lambda got: 0.3 < got < 0.5, label="The share")
        total = marks.total()
    said = capsys.readouterr()
    assert (type(total), total) == (float, 2.0)
    assert said.err == ""
    assert "I am here" not in said.out
    lines = said.out.splitlines()
    assert [line.split(": ")[1].split(" (")[0] for line in lines] == [
        "Correct",
        "Not attempted",
        "Not attempted",
        "Not attempted",
        "Cannot be read",
        "Correct",
    ]


def test_a_stub_left_in_a_function_and_a_result_of_none_are_attempts(capsys):
    names = {"todo": _unfinished, "kept": None, "__attempt__": {"written": True, "error": ""}}
    marks = Marks(2, names)
    marks.part("todo", 1, lambda got: compare_calls(got, CALLS, compare_number))
    marks.part("kept", 1, lambda got: compare_number(got, 1))
    assert marks.total() == 0.0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("todo: Cannot be read (0 of 1). Your code stops at the line raise Not")
    assert second == "kept: Cannot be read (0 of 1). “kept” is empty (None)."


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("# YOUR CODE HERE\nraise NotImplementedError()", "Not attempted"),
        ("total = order", "NameError: name 'order' is not defined"),
        ("total = )", "SyntaxError"),
    ],
)
def test_a_kernel_without_the_grader_knows_the_cell_above(cell, told, capsys):
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_cell(cell)
    capsys.readouterr()
    test = "from custlab.exercises.code import Marks\nm = Marks(1, globals())\n"
    shell.run_cell(test + "m.part('total', 1, bool)\nm.total()")
    assert told in capsys.readouterr().out


def test_partial_points_are_quarters_below_full():
    marks = Marks(1, {"f": RIGHT.assign(people=[12, 8, 30])})
    marks.part("f", 1, lambda got: compare_frame(got, RIGHT))
    assert marks.total() == 0.5
    with pytest.raises(ValueError, match="add up"):
        Marks(3, {}).total()
