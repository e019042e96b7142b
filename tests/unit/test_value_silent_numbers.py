"""No number silently false: dates with zones, flags in words, gaps, other indexes, fewer scores."""

import dask.dataframe as dd
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from custlab.customer_types import return_curve
from custlab.errors import InputError
from custlab.value import (
    BGNBD,
    RFM,
    CostToServe,
    GammaGamma,
    ShiftedBetaGeometric,
    calibration_holdout,
    compare_lenses,
    contribution,
    cut_points,
    lifetime_value,
    purchase_histories,
    purchases_by_week,
    ranking_sensitivity,
    rfm_scores,
    rfm_segments,
    rfm_table,
    satisfaction_drivers,
    segment_grid,
    share_by_answer,
    subscription_value,
)

dask_warning = pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning")

ENGINES = {
    "pandas": lambda table: table,
    "polars": pl.from_pandas,
    "polars lazy": lambda table: pl.from_pandas(table).lazy(),
    "duckdb": lambda table: duckdb.from_df(table),
    "dask": lambda table: dd.from_pandas(table, npartitions=2),
}


def orders(**columns):
    table = {
        "customer_id": ["a", "a", "b", "c"],
        "order_id": ["1", "2", "3", "4"],
        "order_date": pd.to_datetime(
            ["2024-01-01 00:30", "2024-03-01 23:30", "2024-02-10 12:00", "2024-03-01 00:10"]
        ),
        "amount": [10.0, 20.0, 5.0, 7.0],
    }
    return pd.DataFrame(table | columns)


def by_customer(table):
    table = table.to_pandas() if isinstance(table, pl.DataFrame) else table
    return table.set_index("customer_id").sort_index()


# ---- orders


@dask_warning
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "UTC"])
def test_a_time_zone_moves_no_day(engine, zone):
    """Half past midnight in Shanghai is the day before in UTC: the wall clock decides."""
    plain = orders()
    zoned = plain.assign(order_date=plain["order_date"].dt.tz_localize(zone))
    if engine == "duckdb":
        duckdb.sql(f"set timezone = '{zone}'")
    given = ENGINES[engine](zoned)
    expected = rfm_table(plain).set_index("customer_id")
    found = by_customer(rfm_table(given))
    assert found["recency"].tolist() == expected["recency"].tolist() == [0, 20, 0]
    pd.testing.assert_frame_equal(
        purchase_histories(given), purchase_histories(plain), check_index_type=False
    )


def test_dates_with_a_zone_elsewhere():
    plain = orders()
    zoned = plain.assign(order_date=plain["order_date"].dt.tz_localize("Asia/Shanghai"))
    model = BGNBD.with_parameters(r=0.5, alpha=4, a=0.8, b=2.5)
    for function in (
        lambda table: calibration_holdout(table, "2024-02-20"),
        lambda table: purchases_by_week(table, model, calibration_end="2024-02-20"),
        lambda table: RFM().fit_transform(table),
        lambda table: return_curve(table, "2024-03-01").to_frame(),
    ):
        pd.testing.assert_frame_equal(function(zoned), function(plain))


FLAGS = {
    "bool": [False, True, False, False],
    "0/1": [0, 1, 0, 0],
    "0.0/1.0 with a gap": [0.0, 1.0, np.nan, 0.0],
    "objects": [False, True, None, False],
}


@dask_warning
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", FLAGS)
def test_returned_lines_are_recognised(engine, kind):
    if kind == "objects" and engine == "dask":
        pytest.skip("Dask turns objects into text")
    given = ENGINES[engine](orders(returned=FLAGS[kind]))
    found = by_customer(rfm_table(given, as_of="2024-03-01"))
    assert found["monetary"].tolist() == [10.0, 5.0, 7.0]


@dask_warning
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("flags", "example"), [(["no", "yes", "no", "no"], "no"), ([0, 2, 0, 0], "2")]
)
def test_returned_in_words_is_refused_and_named(engine, flags, example):
    with pytest.raises(InputError, match=rf"returned holds '?{example}.*not true or false"):
        rfm_table(ENGINES[engine](orders(returned=flags)))


def test_other_flags_in_words():
    lines = orders(returned=["no"] * 4, quantity=1, unit_price=2.0, discount=0.0, product_id="p")
    products = pd.DataFrame({"product_id": ["p"], "unit_cost": [1.0]})
    costs = CostToServe(order_handling=1, return_handling=1, service_contact=1)
    with pytest.raises(InputError, match="returned holds 'no'"):
        contribution(lines, products, costs)
    with pytest.raises(InputError, match="stayed holds 'no'"):
        share_by_answer(pd.Series([5, 2]), pd.Series(["no", "yes"]))
    with pytest.raises(InputError, match="ended holds 'no'"):
        ShiftedBetaGeometric().fit([1, 2], ["no", "yes"])


@dask_warning
@pytest.mark.parametrize("engine", ENGINES)
def test_missing_order_numbers_are_no_order(engine):
    given = ENGINES[engine](orders(order_id=["1", None, None, "4"]))
    with pytest.raises(InputError, match="order_id is empty in 2 of 4 rows"):
        rfm_table(given)


@dask_warning
@pytest.mark.parametrize("engine", ENGINES)
def test_repeated_lines_may_be_kept_or_left_out_by_name(engine):
    """Public retailers list two pieces of one article as two equal lines."""
    given = ENGINES[engine](pd.concat([orders(), orders().tail(1)], ignore_index=True))
    with pytest.raises(InputError, match=r"repeats='drop' .* repeats='keep'"):
        rfm_table(given)
    kept, dropped = (by_customer(rfm_table(given, repeats=way)) for way in ("keep", "drop"))
    assert kept["monetary"].tolist() == [30.0, 5.0, 14.0]
    assert dropped["monetary"].tolist() == [30.0, 5.0, 7.0]
    assert kept["frequency"].tolist() == dropped["frequency"].tolist() == [2, 1, 1]
    pd.testing.assert_frame_equal(
        purchase_histories(given, repeats="keep"),
        purchase_histories(orders()),
        check_index_type=False,
    )


def test_repeated_lines_elsewhere():
    twice = pd.concat([orders(), orders().tail(1)], ignore_index=True)
    assert RFM(repeats="keep").fit_transform(twice)["monetary"].sum() == 49
    assert (
        return_curve(twice, "2024-04-01").tolist() == return_curve(orders(), "2024-04-01").tolist()
    )
    calibration_holdout(twice, "2024-02-20", repeats="keep")
    lines = twice.assign(returned=False, quantity=1, unit_price=2.0, discount=0.0, product_id="p")
    products = pd.DataFrame({"product_id": ["p"], "unit_cost": [1.0]})
    costs = CostToServe(order_handling=0, return_handling=1, service_contact=1)
    kept, dropped = (
        contribution(lines, products, costs, repeats=way)["contribution"].sum()
        for way in ("keep", "drop")
    )
    assert (kept, dropped) == (5, 4)
    with pytest.raises(InputError, match="repeats must be one of refuse, keep, drop"):
        rfm_table(twice, repeats="yes")


@dask_warning
@pytest.mark.parametrize("engine", ENGINES)
def test_amounts_of_zero_may_be_purchases(engine):
    given = ENGINES[engine](orders(amount=[10.0, 0.0, 5.0, 0.0]))
    found = by_customer(rfm_table(given, non_positive="keep_zero"))
    assert found["frequency"].tolist() == [2, 1, 1]
    assert found["monetary"].tolist() == [10.0, 5.0, 0.0]
    histories = purchase_histories(given, non_positive="keep_zero")
    assert histories["x"].tolist() == [1, 0, 0]
    assert histories.loc["a", "m_x"] == 0
    with pytest.raises(InputError, match="1 negative"):
        rfm_table(ENGINES[engine](orders(amount=[10.0, -1.0, 5.0, 0.0])), non_positive="keep_zero")


def test_zero_amounts_in_the_hold_out_count():
    table = orders(amount=[10.0, 0.0, 5.0, 0.0])
    split = calibration_holdout(table, "2024-02-20", non_positive="keep_zero")
    assert split["holdout_x"].to_dict() == {"a": 1, "b": 0}
    with pytest.raises(InputError, match="option must be one of customer"):
        calibration_holdout(table, "2024-02-20", non_positiv="keep_zero")


# ---- values


def test_lifetime_value_finds_each_customer_wherever_she_stands():
    model = BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    histories = pd.DataFrame(
        {"x": [2, 0], "t_x": [30.43, 0.0], "T": [38.86, 38.86]}, index=["ana", "bo"]
    )
    spend, margin = pd.Series({"ana": 50.0, "bo": 10.0}), pd.Series({"ana": 0.4, "bo": 0.2})
    right = lifetime_value(model, spend, histories, margin=margin)
    turned = lifetime_value(model, spend[::-1], histories, margin=margin[::-1])
    pd.testing.assert_series_equal(turned, right)
    for wrong in (spend.reset_index(drop=True), spend.head(1)):
        with pytest.raises(InputError, match="spend is missing for"):
            lifetime_value(model, wrong, histories)
        with pytest.raises(InputError, match="margin is missing for"):
            lifetime_value(model, spend, histories, margin=wrong / 100)
    with pytest.raises(InputError, match="'spend' is missing or infinite for 1 of 2"):
        lifetime_value(model, spend.where(spend > 20), histories)
    with pytest.raises(InputError, match="discount must be 0 or more, not nan"):
        lifetime_value(model, spend, histories, discount=float("nan"))


@pytest.mark.parametrize("wrong", [-50.0, 0.0, np.nan, np.inf])
def test_expected_spend_takes_no_impossible_mean(wrong):
    model = GammaGamma.with_parameters(p=6.25, q=3.74, gamma=15.44)
    table = pd.DataFrame({"x": [0, 2], "m_x": [np.nan, wrong]}, index=["ana", "bo"])
    with pytest.raises(InputError, match=r"m_x must be above zero .* \(customer bo\)"):
        model.expected_spend(table)
    with pytest.raises(InputError, match="x must be a whole number"):
        model.expected_spend(pd.DataFrame({"x": [-1], "m_x": [5.0]}))


@pytest.mark.parametrize("column", ["quantity", "unit_price", "discount"])
@pytest.mark.parametrize("gap", [np.nan, np.inf])
def test_a_gap_in_an_order_line_is_no_zero(column, gap):
    lines = orders(returned=False, quantity=1.0, unit_price=2.0, discount=0.0, product_id="p")
    lines.loc[1, column] = gap
    products = pd.DataFrame({"product_id": ["p"], "unit_cost": [1.0]})
    costs = CostToServe(order_handling=1, return_handling=1, service_contact=1)
    with pytest.raises(InputError, match=f"'{column}' is missing or infinite for 1 of 4"):
        contribution(lines, products, costs)


def test_blank_ids_and_repeated_products_in_contribution():
    lines = orders(returned=False, quantity=1.0, unit_price=2.0, discount=0.0, product_id="p")
    products = pd.DataFrame({"product_id": ["p"], "unit_cost": [1.0]})
    costs = CostToServe(order_handling=1, return_handling=1, service_contact=1)
    for column in ("customer_id", "order_id"):
        with pytest.raises(InputError, match=rf"{column} is empty in 1 of 4 rows .*row 2"):
            contribution(lines.assign(**{column: lines[column].mask(lines.index == 2)}), products,
                         costs)  # fmt: skip
    with pytest.raises(InputError, match="product_id 'p' stands in more than one row"):
        contribution(lines, pd.concat([products, products]), costs)


def test_infinite_values_have_no_rank():
    table = pd.DataFrame({"one": [1.0, np.inf, 2.0], "two": [1.0, 2.0, 3.0]})
    with pytest.raises(InputError, match="'one' is missing or infinite"):
        ranking_sensitivity(table)
    with pytest.raises(InputError, match="is missing or infinite"):
        compare_lenses(table, pd.Series([1.0, 2, 3]))
    with pytest.raises(InputError, match="is missing or infinite"):
        compare_lenses(table[["two"]], pd.Series([1.0, np.inf, 3]))


# ---- scores and their grid


def scored(n_scores, polars=False, method="quantile"):
    rng = np.random.default_rng(n_scores)
    table = pd.DataFrame(
        {
            "recency": rng.integers(0, 400, 80),
            "frequency": rng.integers(1, 30, 80),
            "monetary": rng.uniform(5, 900, 80),
        }
    )
    table = pl.from_pandas(table) if polars else table
    return rfm_scores(table, cuts=method, n_scores=n_scores)


@pytest.mark.parametrize("polars", [False, True])
@pytest.mark.parametrize("method", ["quantile", "equal_width"])
@pytest.mark.parametrize("n_scores", [2, 3, 4])
def test_fewer_scores_than_the_grid_has_steps(n_scores, method, polars):
    """With n_scores=4 the best customer was "loyal", and nobody a champion."""
    scores = scored(n_scores, polars, method)
    with pytest.raises(InputError, match=f"from 1 to {n_scores}, but the grid has 5 steps"):
        rfm_segments(scores)
    grid = segment_grid().iloc[:n_scores, :n_scores]
    grid.index = range(n_scores, 0, -1)
    assert len(rfm_segments(scores, grid)) == 80
    assert len(rfm_segments(scored(5, polars, method))) == 80


def test_some_of_the_customers_scored_are_named_like_all():
    scores = scored(5)
    stale = scores[scores["r_score"] < 4]
    whole = rfm_segments(scores)["segment"]
    assert rfm_segments(stale)["segment"].tolist() == whole[stale.index].tolist()
    hand_made = pd.DataFrame({"r_score": [4] * 6, "f_score": [4] * 6})
    with pytest.raises(InputError, match="n_scores=5 here"):
        rfm_segments(hand_made)
    assert set(rfm_segments(hand_made, n_scores=5)["segment"]) == {"loyal"}
    with pytest.raises(InputError, match="scores has no column f_score"):
        rfm_segments(scores[["r_score"]])


def test_cuts_with_a_gap_or_out_of_order():
    table = pd.DataFrame({"recency": [1, 9], "frequency": [1, 3], "monetary": [5.0, 7.0]})
    cuts = cut_points(table, n_scores=3)
    for wrong, message in [([np.nan, 2.0], "missing or infinite"), ([2.0, 1.0], "must ascend")]:
        with pytest.raises(InputError, match=message):
            rfm_scores(table, cuts=cuts | {"monetary": np.array(wrong)})
    with pytest.raises(InputError, match="cuts has no column monetary"):
        rfm_scores(table, cuts={"recency": [1.0], "frequency": [1.0]})


# ---- intervals and contracts


def test_the_interval_of_a_driver_that_explains_nothing_reaches_zero():
    """In 60 samples; and those of drivers that do explain something hold the truth as promised."""
    nothing, right = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        survey = pd.DataFrame(rng.normal(size=(200, 3)), columns=["x", "y", "noise"])
        survey["satisfaction"] = 0.5 * survey["x"] + 0.3 * survey["y"] + rng.normal(size=200)
        table = satisfaction_drivers(survey, ["x", "y", "noise"], n_bootstrap=200, seed=seed)
        nothing.append(table.loc["noise", "low"] == 0)
        for driver, weight in (("x", 0.25), ("y", 0.09)):
            low, high = table.loc[driver, ["low", "high"]]
            right.append(low <= weight / 1.34 <= high)
        assert (
            (table["low"] <= table["importance"]) & (table["importance"] <= table["high"])
        ).all()
    assert np.mean(nothing) >= 0.95
    assert np.mean(right) >= 0.88


def test_subscription_fees_are_paid_by_the_month():
    """Against fees followed month by month, customer by customer, of many simulated contracts."""
    rng = np.random.default_rng(3)
    n, as_of = 4000, pd.Timestamp("2024-12-31")
    started = as_of - pd.to_timedelta(rng.integers(30, 1200, n), "D")
    leaving = rng.beta(2.0, 60.0, n)
    months = rng.geometric(leaving)
    ended = started + pd.to_timedelta(np.ceil(months * 30.4375), "D")
    table = pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "monthly_price": 10.0,
            "started_on": started,
            "ended_on": ended.to_series().where(ended.to_series() <= as_of).to_numpy(),
        }
    )
    value = subscription_value(table, as_of=as_of, discount=0.0)
    here = ended > as_of
    done = np.floor((as_of - started).days.to_numpy() / 30.4375)
    paid = 10.0 * np.clip(months - done - 1, 0, 12)[here]
    error = 3 * paid.std() / np.sqrt(len(paid))
    assert value[here].mean() == pytest.approx(paid.mean(), abs=error)
    assert (value[~here] == 0).all()


def test_subscription_value_takes_the_option_that_it_advises():
    started = pd.to_datetime(["2023-01-01"] * 400)
    gone = pd.to_datetime(["2023-03-20"] * 100 + ["2023-06-20"] * 75 + [None] * 225)
    table = pd.DataFrame(
        {"customer_id": range(400), "monthly_price": 5.0, "started_on": started, "ended_on": gone}
    )
    table.loc[175:, "started_on"] = pd.Timestamp("2024-06-25")
    with pytest.raises(Exception, match="boundary='accept'"):
        subscription_value(table, as_of="2024-12-31")
    assert (subscription_value(table, as_of="2024-12-31", boundary="accept").tail(225) > 0).all()
    with pytest.raises(InputError, match=r"monthly_price.* is missing or infinite for 1 of 400"):
        subscription_value(
            table.assign(monthly_price=table["monthly_price"].mask(table.index == 3)),
            as_of="2024-12-31",
        )
