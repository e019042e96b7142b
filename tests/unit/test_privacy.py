"""Privacy tools: pseudonyms that join, k-anonymity by its definition, generalisation that holds."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from custlab.cases import load_case
from custlab.errors import InputError
from custlab.quality import (
    generalise,
    group_sizes,
    k_anonymity,
    l_diversity,
    pseudonymise,
    small_groups,
)
from custlab.quality.privacy import bands

SECRET = "kept in the safe, not here"
ROWS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(18, 80)),
        st.sampled_from(["Wuhan", "Xi'an", "Baoji", None]),
        st.sampled_from(["female", "male"]),
    ),
    min_size=1,
    max_size=60,
)


def _table(rows):
    table = pd.DataFrame(rows, columns=["age", "city", "gender"])
    return table.astype({"age": "Int64", "city": "string", "gender": "category"})


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_k_is_the_size_of_the_smallest_group(rows):
    table = _table(rows)
    names = ["age", "city", "gender"]
    count = Counter(rows)
    assert k_anonymity(table, names) == min(count.values())
    assert group_sizes(table, names).tolist() == [count[row] for row in rows]
    small = small_groups(table, names, k=3)
    assert len(small) == sum(n < 3 for n in count.values())
    assert small["group_size"].sum() == sum(n for n in count.values() if n < 3)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, k=st.integers(2, 6), share=st.floats(0, 0.5))
def test_generalised_tables_reach_k_and_lose_no_more_than_allowed(rows, k, share):
    assume(len(rows) >= k)
    table = _table(rows)
    result = generalise(table, ["age", "city", "gender"], k, max_suppressed=share)
    assert result.k >= k
    assert k_anonymity(result.table, ["age", "city", "gender"]) == result.k
    assert result.suppressed <= share * len(table)
    assert len(result.table) + result.suppressed == len(table)
    assert set(result.table.index) <= set(table.index)


def test_fewer_people_than_k_make_no_group():
    with pytest.raises(InputError, match="no group"):
        generalise(_table([(30, "Wuhan", "male")] * 4), ["age", "city", "gender"], 5)


def test_generalisation_of_a_case_says_what_was_lost():
    homes = load_case("appliances").customers.query("kind == 'household'")
    names = ["age", "gender", "city", "customer_since"]
    assert k_anonymity(homes, names) == 1
    result = generalise(homes, names, k=5)
    assert result.k >= 5
    assert result.suppressed <= 0.05 * len(homes)
    assert f"k = {result.k}" in repr(result)
    assert result.levels.set_index("column").loc["age", "values after"] < 60
    assert "<table" in result._repr_html_()
    assert homes["age"].dtype == "Int64"  # what was given stays as it was


def test_own_ladders_and_places():
    homes = load_case("ecommerce").customers.query("kind == 'household'")
    coarse = generalise(homes, ["city"], k=25, max_suppressed=0)
    assert coarse.levels.loc[0, "level"] in ("province", "region")
    own = generalise(
        homes,
        ["age"],
        k=300,
        ladders={"age": [lambda a: a.lt(40).map({True: "<40"}).fillna("40+")]},
    )
    assert set(own.table["age"]) == {"<40", "40+"}
    assert bands(pd.Series([0, 4, 5]), 5).tolist() == ["0-4", "0-4", "5-9"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"quasi_identifiers": ["agee"], "k": 3}, "no column agee"),
        ({"quasi_identifiers": [], "k": 3}, "at least one column"),
        ({"quasi_identifiers": ["age"], "k": 1}, "at least 2"),
        ({"quasi_identifiers": ["age"], "k": 2.5}, "whole number"),
        ({"quasi_identifiers": ["age"], "k": 3, "max_suppressed": 2}, "share"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(arguments, words):
    with pytest.raises(InputError, match=words):
        generalise(_table([(30, "Wuhan", "male")] * 5), **arguments)


def test_k_is_not_enough_when_all_share_the_secret():
    table = pd.DataFrame({"city": ["Wuhan"] * 5, "income_band": ["low"] * 5})
    assert k_anonymity(table, ["city"]) == 5
    assert l_diversity(table, ["city"], "income_band") == 1
    assert k_anonymity(table.head(0), ["city"]) == 0


@settings(max_examples=40, deadline=None)
@given(
    keys=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=30),
    secret=st.text(
        st.characters(min_codepoint=33, max_codepoint=126), min_size=14, max_size=40
    ).filter(lambda text: len(set(text)) >= 6),
)
def test_pseudonyms_are_one_to_one_and_repeatable(keys, secret):
    column = pd.Series(keys, dtype="string")
    hidden = pseudonymise(column, secret)
    assert hidden.equals(pseudonymise(column, secret))
    assert hidden.nunique() == column.nunique()
    assert (hidden.groupby(column).nunique() == 1).all()
    assert not hidden.equals(pseudonymise(column, secret + "!"))


def test_pseudonymised_tables_still_join_and_reveal_no_key():
    case = load_case("appliances")
    tables = {"customers": case.customers, "orders": case.orders}
    hidden = pseudonymise(tables, SECRET)
    joined = hidden["orders"].merge(hidden["customers"], on="customer_id")
    assert len(joined) == len(case.orders)
    assert not set(hidden["customers"]["customer_id"]) & set(case.customers["customer_id"])
    assert hidden["orders"]["person_id"].nunique() == case.orders["person_id"].nunique()
    assert case.customers["customer_id"].iloc[0] == "A-C00001"
    known = pseudonymise(pd.Series(["A-C00001", None]), SECRET)
    # HMAC-SHA256 of the key, computed independently: openssl dgst -sha256 -hmac SECRET
    assert known[0] == "32cb2acc7cfe0304"
    assert pd.isna(known[1])


@pytest.mark.parametrize("secret", ["", "short", "   " * 10, "aaaaaaaaaaaaaaaaaaaa", None, 12345])
def test_weak_secrets_are_refused(secret):
    with pytest.raises(InputError, match="secret"):
        pseudonymise(pd.Series(["A-C00001"]), secret)


def test_pseudonyms_too_short_to_be_unique_are_refused():
    with pytest.raises(InputError, match="16 to 64"):
        pseudonymise(pd.Series(["A-C00001"]), SECRET, length=4)
