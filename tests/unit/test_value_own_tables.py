"""Tables and numbers that people bring of their own: a right result, or a sentence that helps."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from custlab.errors import InputError
from custlab.explorers.value import horizon_explorer, nps_explorer
from custlab.plots.value import rfm_grid
from custlab.value import (
    BGNBD,
    RFM,
    CostToServe,
    GammaGamma,
    ShiftedBetaGeometric,
    allocate,
    average_value,
    big_but_unprofitable,
    calibration_holdout,
    compare_lenses,
    constant_retention,
    contribution,
    counts_from_survivors,
    customers_by_frequency,
    discounted,
    holdout_by_frequency,
    lifetime_value,
    loyalty_matrix,
    net_promoter_score,
    purchase_histories,
    purchases_by_week,
    ranking_sensitivity,
    repurchase_rate,
    retention_by_satisfaction,
    retention_value,
    rfm_scores,
    rfm_segments,
    rfm_table,
    satisfaction_drivers,
    share_by_answer,
    share_of_wallet,
    share_with_interval,
    simulate_histories,
    spend_independence,
    subscription_periods,
    subscription_value,
    survival_curve,
    tier_table,
    top_box,
    value_tiers,
    whale_curve,
)

NAN, INF = float("nan"), float("inf")
PURCHASES = BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
SPEND = GammaGamma.with_parameters(p=6.25, q=3.74, gamma=15.44)
CONTRACTS = ShiftedBetaGeometric.with_parameters(alpha=0.668, beta=3.806)
COSTS = CostToServe(order_handling=1, return_handling=1, service_contact=1)
HISTORIES = pd.DataFrame(
    {"x": [2, 0], "t_x": [30.0, 0.0], "T": [38.0, 38.0], "m_x": [5.0, NAN]}, index=["a", "b"]
)
ORDERS = pd.DataFrame(
    {
        "customer_id": ["a", "a", "b", "c"],
        "order_id": ["1", "2", "3", "4"],
        "order_date": pd.to_datetime(["2024-01-01", "2024-03-01", "2024-02-10", "2024-03-01"]),
        "amount": [10.0, 20.0, 5.0, 7.0],
    }
)
SURVEY = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c"],
        "survey_date": pd.to_datetime(["2024-01-05"] * 3),
        "satisfaction": [5, 4, 2],
    }
)
LINES = ORDERS.assign(product_id="p", quantity=1.0, unit_price=9.0, discount=0.0, returned=False)
PRODUCTS = pd.DataFrame({"product_id": ["p"], "unit_cost": [4.0]})
PLANS = pd.DataFrame(
    {
        "customer_id": list("abcd"),
        "monthly_price": 10.0,
        "started_on": pd.to_datetime(["2023-01-01"] * 4),
        "ended_on": pd.to_datetime(["2023-02-20", "2023-12-01", None, None]),
    }
)
RFM_TABLE = pd.DataFrame(
    {"recency": [1, 50, 400], "frequency": [9, 4, 1], "monetary": [9.0, 8.0, 7.0]}
)
SAYS, DOES = pd.Series({"a": 10, "b": 9, "c": 2}), pd.Series({"a": 5, "b": 1, "c": 7})
ANSWERS = pd.DataFrame(
    np.random.default_rng(0).integers(1, 6, (100, 3)), columns=["x", "y", "satisfaction"]
)

# ---- whatever takes orders

TAKE_ORDERS = {
    "rfm_table": rfm_table,
    "RFM": lambda orders: RFM().fit_transform(orders),
    "histories": purchase_histories,
    "holdout": lambda orders: calibration_holdout(orders, "2024-02-20"),
    "weeks": lambda orders: purchases_by_week(orders, PURCHASES, calibration_end="2024-02-20"),
    "repurchase": lambda orders: repurchase_rate(orders, 30),
    "satisfied": lambda orders: retention_by_satisfaction(SURVEY, orders, 30),
}
REFUSED_ORDERS = {
    "blank customers": ({"customer_id": ["a", "", "b", " "]}, "customer_id is blank in 2 of 4 .*1"),
    "blank order numbers": ({"order_id": ["1", "", "", "4"]}, "order_id is blank in 2 of 4"),
    "texts and numbers": ({"customer_id": ["7", 7, "b", "c"]}, "texts and numbers side by side"),
    "infinite": ({"amount": [10.0, INF, 5.0, 7.0]}, r"infinite amount .*row 1"),
    "two zones": (
        {
            "order_date": pd.Series(
                [pd.Timestamp("2024-01-01", tz=zone) for zone in ("UTC", "Asia/Tokyo")] * 2,
                dtype=object,
            )
        },
        "order_date holds Object, not dates",
    ),
    "words": ({"order_date": ["05/06/2024"] * 4}, r"parse_mixed_dates"),
}


@pytest.mark.parametrize("taker", TAKE_ORDERS)
@pytest.mark.parametrize("fault", REFUSED_ORDERS)
def test_orders_that_cannot_be_counted(taker, fault):
    """An id of "" was a customer; an infinite amount passed wherever only days were counted."""
    columns, message = REFUSED_ORDERS[fault]
    with pytest.raises(InputError, match=message):
        TAKE_ORDERS[taker](ORDERS.assign(**columns))
    if fault in ("blank customers", "infinite"):
        with pytest.raises(InputError, match=message):
            TAKE_ORDERS[taker](pl.from_pandas(ORDERS.assign(**columns)))


@pytest.mark.parametrize("taker", TAKE_ORDERS)
def test_orders_with_two_columns_of_one_name(taker):
    with pytest.raises(InputError, match="two columns called amount"):
        TAKE_ORDERS[taker](pd.concat([ORDERS, ORDERS[["amount"]]], axis=1))


def test_a_refusal_names_the_row_as_it_was_given():
    """Rows that had been left out as returned moved the number."""
    orders = ORDERS.assign(returned=[True, False, False, False], amount=[1.0, 2.0, -3.0, 4.0])
    with pytest.raises(InputError, match=r"1 negative .*first: row 2"):
        rfm_table(orders)
    with pytest.raises(InputError, match=r"first: row 2"):
        rfm_table(pl.from_pandas(orders))
    assert rfm_table(orders, non_positive="drop").columns.tolist()[1:] == list(RFM_TABLE)


@pytest.mark.parametrize("frame", [pl.from_pandas, lambda table: pl.from_pandas(table).lazy()])
def test_polars_is_taken_wherever_pandas_is(frame):
    pairs = [
        (repurchase_rate(frame(ORDERS), 30), repurchase_rate(ORDERS, 30)),
        (
            retention_by_satisfaction(frame(SURVEY), frame(ORDERS), 30),
            retention_by_satisfaction(SURVEY, ORDERS, 30),
        ),
        (
            contribution(frame(LINES), frame(PRODUCTS), COSTS),
            contribution(LINES, PRODUCTS, COSTS),
        ),
        (
            subscription_value(frame(PLANS), as_of="2024-12-31"),
            subscription_value(PLANS, as_of="2024-12-31"),
        ),
        (satisfaction_drivers(frame(ANSWERS), ["x"]), satisfaction_drivers(ANSWERS, ["x"])),
    ]
    for found, right in pairs:
        pd.testing.assert_index_equal(found.index, right.index, exact=False)
        np.testing.assert_allclose(found.to_numpy(float), right.to_numpy(float))
    assert len(rfm_scores(frame(RFM_TABLE))) == 3


def test_zones_of_surveys_and_contracts_move_no_day():
    zoned = SURVEY.assign(survey_date=SURVEY["survey_date"].dt.tz_localize("Asia/Shanghai"))
    pd.testing.assert_frame_equal(
        retention_by_satisfaction(zoned, ORDERS, 30), retention_by_satisfaction(SURVEY, ORDERS, 30)
    )
    plans = PLANS.assign(
        **{name: PLANS[name].dt.tz_localize("America/New_York") for name in PLANS.columns[2:]}
    )
    for as_of in ("2024-12-31", datetime.date(2024, 12, 31), pd.Timestamp("2024-12-31", tz="UTC")):
        pd.testing.assert_series_equal(
            subscription_value(plans, as_of=as_of), subscription_value(PLANS, as_of="2024-12-31")
        )


LIKE_ORDERS = {
    "arrow": pa.Table.from_pandas,
    "arrow with a zone": lambda table: pa.Table.from_pandas(in_shanghai(table)),
    "columns of arrow": lambda table: in_shanghai(table).convert_dtypes(dtype_backend="pyarrow"),
    "an offset": lambda table: table.assign(
        order_date=table["order_date"].dt.tz_localize("+08:00")
    ),
    "nothing known of returns": lambda table: table.assign(returned=[None] * 4),
    "gaps in returns": lambda table: table.assign(returned=pd.array([False, None] * 2, "boolean")),
    "customers in the index too": lambda table: table.set_index("customer_id", drop=False),
    "an index that repeats": lambda table: table.set_axis([0, 0, 1, 1]),
    "bytes": lambda table: table.astype({"amount": "int8"}),
}


def in_shanghai(table):
    return table.assign(order_date=table["order_date"].dt.tz_localize("Asia/Shanghai"))


@pytest.mark.parametrize("taker", TAKE_ORDERS)
@pytest.mark.parametrize("form", LIKE_ORDERS)
def test_the_same_orders_in_another_form_give_the_same(taker, form):
    found, right = (
        as_pandas(TAKE_ORDERS[taker](orders)) for orders in (LIKE_ORDERS[form](ORDERS), ORDERS)
    )
    np.testing.assert_allclose(numbers_in(found), numbers_in(right))


def as_pandas(table):
    return table.to_pandas() if hasattr(table, "to_pandas") else table


def numbers_in(table):
    table = table.to_frame() if isinstance(table, pd.Series) else table
    table = table.sort_values("customer_id") if "customer_id" in table else table
    return table.select_dtypes("number").to_numpy(float)


def test_an_order_of_tomorrow_is_one_of_today_elsewhere():
    tomorrow = pd.Timestamp.today().normalize() + pd.Timedelta(days=1)
    late = ORDERS.assign(order_date=[*ORDERS["order_date"][:3], tomorrow])
    assert rfm_table(late)["recency"].min() == 0
    with pytest.raises(InputError, match="lies in the future"):
        rfm_table(late.assign(order_date=late["order_date"] + pd.Timedelta(days=1)))


def test_an_order_recorded_twice_changes_no_day():
    twice = pd.concat([ORDERS, ORDERS.tail(1)])
    pd.testing.assert_series_equal(repurchase_rate(twice, 30), repurchase_rate(ORDERS, 30))
    pd.testing.assert_frame_equal(
        retention_by_satisfaction(SURVEY, twice, 30), retention_by_satisfaction(SURVEY, ORDERS, 30)
    )


# ---- one call each that used to end in a traceback or a silent number

REFUSED = {
    "share 5 of 3": (lambda: share_with_interval(5, 3), "successes must be a number from 0 to 3"),
    "level 95": (lambda: share_with_interval(1, 3, 95), "level must be a share from 0 to 1"),
    "score of a table": (
        lambda: net_promoter_score(ANSWERS),
        "recommend: one column is needed, but this is a table",
    ),
    "nine boxes": (lambda: top_box([1, 2], boxes=9), "boxes must be a whole number from 1 to 4"),
    "wallet text": (
        lambda: share_of_wallet(pd.DataFrame({"wallet_share": ["20%", "40%"]})),
        "no numbers",
    ),
    "wallet 20": (
        lambda: share_of_wallet(pd.DataFrame({"wallet_share": [20, 40]})),
        "between 0 and 1",
    ),
    "says twice": (
        lambda: loyalty_matrix(pd.concat([SAYS, SAYS]), DOES, attitude_from=9, behaviour_from=3),
        "customer 'a' stands in the index more than once",
    ),
    "says infinite": (
        lambda: loyalty_matrix(SAYS * INF, DOES, attitude_from=9, behaviour_from=3),
        "'attitude' is missing or infinite",
    ),
    "no limit": (
        lambda: loyalty_matrix(SAYS, DOES, attitude_from=NAN, behaviour_from=3),
        "attitude_from must be a number",
    ),
    "days before": (lambda: repurchase_rate(ORDERS, -5), "within_days must be 1 or more"),
    "survey date in words": (
        lambda: retention_by_satisfaction(SURVEY.assign(survey_date="05/01/2024"), ORDERS, 30),
        "survey_date holds .*parse_mixed_dates",
    ),
    "other kind of id": (
        lambda: retention_by_satisfaction(SURVEY.assign(customer_id=[1, 2, 3]), ORDERS, 30),
        "make both texts",
    ),
    "half an answer": (
        lambda: share_by_answer(pd.Series([5, 4.5]), pd.Series([True, False])),
        "whole numbers",
    ),
    "driver twice": (lambda: satisfaction_drivers(ANSWERS, ["x", "x"]), "each once"),
    "driver infinite": (
        lambda: satisfaction_drivers(ANSWERS.assign(x=ANSWERS["x"] / 0), ["x"]),
        "'x' is missing or infinite",
    ),
    "no resample": (
        lambda: satisfaction_drivers(ANSWERS, ["x"], n_bootstrap=0),
        "n_bootstrap must be",
    ),
    "cost infinite": (
        lambda: contribution(LINES, PRODUCTS.assign(unit_cost=INF), COSTS),
        "'unit_cost' is missing or infinite",
    ),
    "cost text": (
        lambda: contribution(LINES, PRODUCTS.assign(unit_cost="4 EUR"), COSTS),
        "'unit_cost' holds values that are no numbers",
    ),
    "blank buyer": (
        lambda: contribution(LINES.assign(customer_id=["a", "", "b", "c"]), PRODUCTS, COSTS),
        r"customer_id is empty in 1 of 4 rows of orders \(first: row 1",
    ),
    "costs a dictionary": (
        lambda: contribution(LINES, PRODUCTS, {"order_handling": 1}),
        "costs must be made with CostToServe",
    ),
    "costs None": (lambda: CostToServe(None, 1, 1), "order_handling must be 0 or more, not None"),
    "cost item twice": (
        lambda: CostToServe.from_table(
            pd.DataFrame({"item": ["order_handling"] * 2, "cost": [1, 2]})
        ),
        "'order_handling' stands in more than one row",
    ),
    "share out nothing": (lambda: allocate(NAN, pd.Series([1, 2])), "amount must be a number"),
    "whale of a table": (lambda: whale_curve(ANSWERS), "profit: one column is needed"),
    "whale of words": (lambda: whale_curve(pd.Series(["a"])), "no numbers"),
    "big by percent": (
        lambda: big_but_unprofitable(contribution(LINES, PRODUCTS, COSTS), 20),
        "top must be a share from 0 to 1 .*, not 20",
    ),
    "big of a plain table": (lambda: big_but_unprofitable(ANSWERS), "Make it with contribution"),
    "tiers of words": (lambda: value_tiers(pd.Series(["a", "b"])), "no numbers"),
    "tiers by percent": (lambda: value_tiers(SAYS, shares=(80, 95)), "ascend between 0 and 1"),
    "tiers of others": (
        lambda: tier_table(SAYS, value_tiers(SAYS).rename({"a": "z"})),
        "about the same customers",
    ),
    "tiers with a gap": (
        lambda: tier_table(SAYS.where(SAYS > 2), value_tiers(SAYS)),
        "'values' is missing or infinite for 1 of 3",
    ),
    "unknown base": (
        lambda: ranking_sensitivity(pd.DataFrame({"a": [1, 2.0]}), base="z"),
        "scenarios has no column z. It has: a",
    ),
    "nobody to rank": (lambda: ranking_sensitivity(pd.DataFrame({"a": []})), "no customer"),
    "lens of words": (
        lambda: compare_lenses(pd.DataFrame({"a": ["x", "y"]}), pd.Series([1, 2.0])),
        "no numbers",
    ),
    "average of nothing": (lambda: average_value(NAN, 1, 1, 0.2), "order_value must be 0 or more"),
    "average of text": (lambda: average_value("5", 1, 1, 0.2), "order_value must be 0 or more"),
    "half a period": (
        lambda: retention_value(100, 0.8, periods=2.5),
        "periods must be a whole number",
    ),
    "margin in percent": (lambda: retention_value(100, 80), "share from 0 to 1"),
    "margin unknown": (lambda: retention_value(NAN, 0.8), "margin must be a number"),
    "spend by position": (
        lambda: lifetime_value(PURCHASES, np.array([5.0, 5.0]), HISTORIES),
        "a Series with the customers as index",
    ),
    "spend below zero": (
        lambda: lifetime_value(PURCHASES, pd.Series([5.0, -5.0], ["a", "b"]), HISTORIES),
        "spend must be 0 or more .* customer b",
    ),
    "models exchanged": (
        lambda: lifetime_value(SPEND, PURCHASES, HISTORIES),
        "purchases must be a model of purchases such as BGNBD",
    ),
    "months in words": (
        lambda: lifetime_value(PURCHASES, SPEND, HISTORIES, months="12"),
        "months must be a number",
    ),
    "months with a gap": (lambda: discounted(pd.DataFrame([[1.0, NAN]]), 0.1), "'1' is missing"),
    "time in words": (lambda: PURCHASES.expected_purchases(HISTORIES, "x"), "time ahead must be"),
    "time before": (lambda: PURCHASES.purchase_distribution(-5, 3), "t must be 0 or more"),
    "half a purchase": (lambda: PURCHASES.purchase_distribution(5, 2.5), "most must be a whole"),
    "parameter in words": (lambda: BGNBD.with_parameters("a", 1, 1, 1), "r must be a number"),
    "no steps": (lambda: BGNBD(max_iter=0).fit(HISTORIES), "max_iter must be a whole number"),
    "spend in words": (
        lambda: SPEND.expected_spend(HISTORIES.assign(m_x="a")),
        r"m_x must be above zero .* \(customer a\) has a",
    ),
    "equally often": (
        lambda: spend_independence(pd.DataFrame({"x": [1, 1], "m_x": [1.0, 2.0]})),
        "Every customer bought again 1 times",
    ),
    "survival before": (lambda: CONTRACTS.survival(-1), "counted from 0; -1 lies before"),
    "retention of 0": (lambda: CONTRACTS.retention(0), "counted from 1; 0 lies before"),
    "renewals unknown": (lambda: CONTRACTS.lifetime_value(NAN), "'margin' is missing"),
    "half a horizon": (lambda: CONTRACTS.lifetime_value(1, horizon=2.5), "horizon must be a whole"),
    "left unknown": (
        lambda: ShiftedBetaGeometric().fit([1, 3, 2], [1, NAN, 1]),
        "not known whether they left",
    ),
    "periods missing": (
        lambda: ShiftedBetaGeometric().fit([1, NAN, 2], [1, 0, 1]),
        "'periods' is missing or infinite for 1 of 3",
    ),
    "curve at 95": (lambda: survival_curve([1, 2], [1, 0], 95), "level must be a share"),
    "nothing due": (lambda: constant_retention([0, 0], [0, 0]), "No renewal was due"),
    "survivors as shares": (
        lambda: counts_from_survivors([1, 0.8, 0.7]),
        "numbers of customers, not shares",
    ),
    "price below zero": (
        lambda: subscription_value(PLANS.assign(monthly_price=-1.0), as_of="2024-12-31"),
        "monthly_price must be 0 or more",
    ),
    "margin missing": (
        lambda: subscription_value(PLANS, as_of="2024-12-31", margin=NAN),
        "margin must be a number",
    ),
    "blank account": (
        lambda: subscription_value(
            PLANS.assign(customer_id=["a", None, "c", "d"]), as_of="2024-12-31"
        ),
        "customer_id is empty in 1 of 4 rows of subscriptions",
    ),
    "day in words": (
        lambda: subscription_periods(PLANS, as_of="31/12/2024"),
        "Write it as year-month-day",
    ),
    "no day": (lambda: subscription_periods(PLANS, as_of=None), "None is not a date"),
    "frequency of nothing": (
        lambda: customers_by_frequency(ANSWERS, PURCHASES),
        "Make it with purchase_histories",
    ),
    "frequency unknown": (
        lambda: customers_by_frequency(HISTORIES.assign(x=[2.0, NAN]), PURCHASES),
        "'x' is missing",
    ),
    "not split": (
        lambda: holdout_by_frequency(HISTORIES, PURCHASES),
        "Make it with calibration_holdout",
    ),
    "weeks of spend": (
        lambda: purchases_by_week(ORDERS, SPEND, calibration_end="2024-02-20"),
        "model must be a model of purchases",
    ),
    "simulated with -1": (
        lambda: simulate_histories(3, r=-1, alpha=1, a=1, b=1, T=3),
        "r must be",
    ),
    "scores of a list": (lambda: rfm_scores([1, 2]), "a table .* is needed, but this is a list"),
    "scores of nobody": (lambda: rfm_scores(RFM_TABLE.head(0)), "table is empty"),
    "cuts of other lengths": (
        lambda: rfm_scores(
            RFM_TABLE, cuts={"recency": [1.0], "frequency": [1.0, 2.0], "monetary": [2.0]}
        ),
        "equally many cuts",
    ),
    "grid of lists": (
        lambda: rfm_segments(pd.DataFrame({"r_score": [1], "f_score": [1]}), grid=[[1]]),
        "grid must be a table",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_told_in_a_sentence(name):
    call, message = REFUSED[name]
    with pytest.raises(InputError, match=message):
        call()


def test_one_number_for_all_or_one_each():
    each = lifetime_value(PURCHASES, pd.Series({"b": 5.0, "a": 5.0}), HISTORIES, margin=0.3)
    pd.testing.assert_series_equal(lifetime_value(PURCHASES, 5.0, HISTORIES, margin=0.3), each)
    assert tier_table(-SAYS, value_tiers(SAYS))["share_of_value"].isna().all()


# ---- pictures and explorers


def test_the_grid_is_not_drawn_for_fewer_scores():
    """Champions stood under "loyal" in the picture as well."""
    table = pd.DataFrame({name: range(1, 41) for name in RFM_TABLE})
    with pytest.raises(InputError, match="from 1 to 4, but the grid has 5 steps"):
        rfm_grid(rfm_scores(table, n_scores=4))
    assert "champions" in rfm_grid(rfm_scores(table.assign(recency=41 - table["recency"]))).alt


def test_the_horizon_finds_each_customer_wherever_she_stands():
    spend, margin = pd.Series({"a": 50.0, "b": 10.0}), pd.Series({"a": 0.4, "b": 0.2})
    right, turned = (
        horizon_explorer(PURCHASES, spend[order], HISTORIES, margin).children
        for order in (["a", "b"], ["b", "a"])
    )
    assert turned[-1].value == right[-1].value
    assert turned[-2].value == right[-2].value
    with pytest.raises(InputError, match="spend is missing for 1 customers"):
        horizon_explorer(PURCHASES, spend.head(1), HISTORIES, margin)


def test_a_score_of_more_than_everybody_is_told():
    """90 % promoters and 40 % detractors: the picture silently showed 10 % detractors."""
    box = nps_explorer()
    sliders = {
        slider.description: slider for slider in sliders_in(box) if hasattr(slider, "description")
    }
    assert "cannot be more than all" not in box.children[-1].value
    sliders["Promoters (%)"].value, sliders["Detractors (%)"].value = 90, 40
    assert "detractors are counted as 10 %" in box.children[-1].value


def sliders_in(box):
    for child in getattr(box, "children", ()):
        yield from sliders_in(child) if hasattr(child, "children") else [child]
