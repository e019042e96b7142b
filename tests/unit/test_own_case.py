"""A case of one's own: plain tables give what the lessons give; what is lacking is named."""

import numpy as np
import pandas as pd
import pytest

from custlab import Case, load_case, own_case, persona, positioning, roles
from custlab.cases import CASE_NAMES
from custlab.customer_types import customer_types, first_value
from custlab.errors import InputError
from custlab.segmentation import base_features

DAYS = pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-03", "2024-06-01"])


def orders(**columns):
    plain = {"customer_id": ["a", "b", "a", "b"], "order_date": DAYS, "amount": [20.0, 5, 7, 9]}
    return pd.DataFrame(plain | columns)


@pytest.mark.parametrize("name", CASE_NAMES)
def test_a_firms_plain_tables_give_what_the_lessons_give(name):
    case = load_case(name)
    tables = {table: case.tables[table] for table in case.tables}
    facts = {"currency": case.currency, "as_of": case.as_of, "brands": case.brands}
    own = own_case(tables.pop("orders"), **facts, **tables)
    pd.testing.assert_frame_equal(customer_types(own), customer_types(case))
    pd.testing.assert_frame_equal(base_features(own), base_features(case), check_dtype=False)
    unit = case.interactions["customer_id"].iloc[0]
    pd.testing.assert_frame_equal(roles.buying_unit(own, unit), roles.buying_unit(case, unit))
    members = case.customers["customer_id"].iloc[:200]
    traits = [persona.trait_table(one, members)["effect"] for one in (own, case)]
    pd.testing.assert_series_equal(*traits)
    assert "own data" in repr(own)


def test_orders_alone_are_enough_for_types_and_personas_and_the_rest_is_named():
    lines = load_case("ecommerce").orders[["customer_id", "order_date", "amount"]]
    own = own_case(lines, kind="household")
    types = customer_types(own)
    assert set(types["need"]) == {"household"}
    assert len(first_value(own)) > 100
    segments = types["value"].replace({"low": "medium"}).astype(str)
    assert len(persona.draft_set(own, segments).personas) == 2
    for read, table in (
        (lambda: base_features(own, "psychographic"), "survey"),
        (lambda: base_features(own, "behavioural"), "products"),
        (lambda: roles.instructive_units(own), "people"),
        (lambda: positioning.trial(own), "campaign"),
        (lambda: own.deals, "deals"),
    ):
        with pytest.raises(InputError, match=rf"Your firm's data has no table {table}\. \w+"):
            read()
    assert not hasattr(own, "truth")


@pytest.mark.parametrize(
    "read",
    [
        customer_types,
        base_features,
        lambda table: persona.draft_set(table, pd.Series(["x"], index=["a"])),
        lambda table: persona.trait_table(table, ["a"]),
        positioning.trial,
        positioning.days_before_order,
        positioning.people_of_purchase,
        Case,
        lambda table: Case({"orders": table}, {}),
    ],
)
def test_tables_in_place_of_a_case_get_a_sentence_with_the_way_to_one(read):
    with pytest.raises(InputError, match=r"custlab\.own_case\(orders"):
        read(orders())


def test_what_is_set_aside_or_filled_in_is_told():
    dirty = orders(customer_id=["a", None, " ", "b"], amount=[20.0, 5, 7, np.nan])
    told = repr(own_case(dirty, kind="enterprise"))
    assert "2 of 4 order lines without customer_id" in told
    assert "1 of 4 order lines without amount" in told
    assert "no order numbers" in told
    known = pd.DataFrame({"customer_id": ["a"], "kind": ["household"]})
    own = own_case(orders(), known)
    assert "1 customers with orders do not stand in table customers" in own.description
    assert own.customers["customer_id"].tolist() == ["a", "b"]
    assert own.customers["customer_since"].tolist() == [DAYS[0], DAYS[1]]
    assert own.customers["kind"].isna().tolist() == [False, True]


def test_a_negative_line_takes_back_an_earlier_one_or_is_told():
    lines = orders(customer_id=["a", "a", "a", "b"], amount=[20.0, -20, -20, 9])
    own = own_case(lines, kind="household")
    assert own.orders["amount"].tolist() == [20, 9]
    assert own.orders["returned"].tolist() == [True, False]
    assert "1 negative lines fit no earlier line and were set aside (20.00 in all)" in repr(own)
    later = own_case(orders(customer_id=["a"] * 4, amount=[-20, 20, 7, 9]), kind="household")
    assert not later.orders["returned"].any()
    other = orders(customer_id=["a", "b", "a", "b"], amount=[20.0, -20, 7, 9])
    assert not own_case(other, kind="household").orders["returned"].any()


@pytest.mark.parametrize(
    ("lines", "options", "words"),
    [
        (orders().drop(columns="amount"), {}, "orders has no column amount"),
        (orders(order_date=["1/5/2024"] * 4), {}, r"parse_mixed_dates\(orders\['order_date'\]\)"),
        (orders(order_date=DAYS.tz_localize("UTC")), {}, "parse_mixed_dates"),
        (orders(amount=["1,5"] * 4), {}, r"parse_numbers\(orders\['amount'\]\)"),
        (orders(returned=["yes"] * 4), {}, "returned holds 'yes'"),
        (orders(customer_id=[None] * 4), {}, "no order with customer, day and amount"),
        (orders(), {"kind": None}, "kind must be one of household"),
        (orders(), {"sales": orders()}, "table must be one of customers"),
        (orders(), {"survey": [1]}, "survey must be a pandas DataFrame"),
        (orders(), {"customers": pd.DataFrame({"customer_id": ["a", "a"]})}, "customer_id of its"),
        ([1, 2], {}, "orders must be a pandas DataFrame"),
    ],
)
def test_tables_that_cannot_be_used_are_refused_with_a_remedy(lines, options, words):
    with pytest.raises(InputError, match=words):
        own_case(lines, **({"kind": "household"} | options))
