"""RFM: the same answer from every engine, ties together, bad orders explained."""

import dask.dataframe as dd
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from custlab.errors import InputError
from custlab.value import (
    RFM,
    RFMScorer,
    cut_points,
    purchase_histories,
    rfm_scores,
    rfm_segments,
    rfm_table,
    segment_grid,
)

dask_warning = pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning")


@pytest.fixture(scope="module")
def orders():
    rng = np.random.default_rng(0)
    n = 3000
    order = np.sort(rng.integers(0, 2200, n))  # some orders have several lines
    customer_of = np.array([f"C{k:04d}" for k in rng.integers(0, 200, 2200)])
    day_of = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 366 * 24, 2200), "h")
    return pd.DataFrame(
        {
            "order_id": order,
            "line": np.arange(n),
            "customer_id": pd.Series(customer_of[order]).astype("string"),
            "order_date": day_of[order],
            "amount": rng.integers(100, 50_000, n) / 100,
        }
    )


ENGINES = {
    "pandas": lambda table: table,
    "polars": pl.from_pandas,
    "polars lazy": lambda table: pl.from_pandas(table).lazy(),
    "duckdb": lambda table: duckdb.from_df(table),
    "dask": lambda table: dd.from_pandas(table, npartitions=3),
}


def as_pandas(table):
    table = table.to_pandas() if isinstance(table, pl.DataFrame) else table
    return table.sort_values("customer_id", ignore_index=True)


@dask_warning
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same_table(orders, engine):
    by_hand = orders.groupby("customer_id").agg(
        last=("order_date", "max"), frequency=("order_id", "nunique"), monetary=("amount", "sum")
    )
    recency = (pd.Timestamp("2024-12-31") - by_hand["last"].dt.normalize()).dt.days
    table = rfm_table(ENGINES[engine](orders), as_of="2024-12-31")
    if engine.startswith("polars"):
        assert isinstance(table, pl.DataFrame)
    table = as_pandas(table)
    assert table["customer_id"].tolist() == by_hand.index.tolist()
    np.testing.assert_array_equal(table["recency"], recency)
    np.testing.assert_array_equal(table["frequency"], by_hand["frequency"])
    np.testing.assert_allclose(table["monetary"], by_hand["monetary"])
    own = pl.from_pandas(table) if engine.startswith("polars") else table
    scored = as_pandas(rfm_segments(rfm_scores(own)))
    assert scored["segment"].tolist() == rfm_segments(rfm_scores(table))["segment"].tolist()
    histories = purchase_histories(ENGINES[engine](orders), as_of="2024-12-31")
    pd.testing.assert_frame_equal(
        histories,
        purchase_histories(orders, as_of="2024-12-31"),
        check_index_type=False,
    )


@dask_warning
@pytest.mark.parametrize("engine", ENGINES)
def test_refunds_are_explained_then_settled(orders, engine):
    orders = orders.copy()
    orders.loc[[5, 9], "amount"] = [-20.0, 0.0]
    table = ENGINES[engine](orders)
    with pytest.raises(InputError, match="1 negative and 1 zero amounts among 3000 rows"):
        rfm_table(table)
    net, dropped = (as_pandas(rfm_table(table, non_positive=choice)) for choice in ("net", "drop"))
    assert dropped["monetary"].sum() - net["monetary"].sum() == pytest.approx(20.0)
    np.testing.assert_array_equal(dropped["frequency"], net["frequency"])


def test_cents_and_equal_orders_survive():
    """What the rfm package loses: 12.05 stays 12.05, and two equal rows are two purchases."""
    day = pd.Timestamp("2024-05-01")
    orders = pd.DataFrame(
        {"customer_id": ["a", "a", "b"], "order_date": [day] * 3, "amount": [12.05, 12.05, 1.0]}
    )
    table = rfm_table(orders)
    assert table["monetary"].tolist() == [24.1, 1.0]
    assert table["frequency"].tolist() == [2, 1]


def test_returned_lines_bring_no_money(orders):
    flagged = orders.assign(returned=orders.index % 10 == 0)
    kept = rfm_table(flagged[~flagged["returned"]], as_of="2024-12-31")
    pd.testing.assert_frame_equal(rfm_table(flagged, as_of="2024-12-31"), kept)
    counted = rfm_table(flagged, as_of="2024-12-31", returns="keep")
    assert counted["monetary"].sum() == pytest.approx(orders["amount"].sum())


rows = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 9), st.integers(1, 50)), min_size=2, max_size=60
)


@given(rows, st.sampled_from(["quantile", "equal_width"]), st.integers(2, 6), st.randoms())
@settings(deadline=None, max_examples=60)
def test_equal_customers_always_get_equal_scores(values, method, n_scores, random):
    table = pd.DataFrame(values, columns=["recency", "frequency", "monetary"])
    if (table.nunique() == 1).any():
        with pytest.raises(InputError, match="no variation"):
            rfm_scores(table, cuts=method, n_scores=n_scores)
        return
    scored = rfm_scores(table, cuts=method, n_scores=n_scores)
    for measure, score in zip(table, ["r_score", "f_score", "m_score"], strict=True):
        assert (scored.groupby(measure)[score].nunique() == 1).all()
        by_value = scored.sort_values(measure)[score]
        if measure == "recency":
            by_value = by_value[::-1]
        assert by_value.is_monotonic_increasing
        assert (by_value.iloc[0], by_value.iloc[-1]) == (1, n_scores)
    order = list(range(len(table)))
    random.shuffle(order)
    shuffled = rfm_scores(table.iloc[order], cuts=method, n_scores=n_scores)
    pd.testing.assert_frame_equal(shuffled.sort_index(), scored)


def test_the_best_value_gets_the_best_score_however_many_share_it():
    """Of ten customers, six with the best value: they were given 3 of 5, in the middle."""
    table = pd.DataFrame(
        {
            "recency": [9, 8, 7, 6, 1, 1, 1, 1, 1, 1],
            "frequency": [1, 2, 3, 4, 5, 5, 5, 5, 5, 5],
            "monetary": [2, 3, 4, 9, 9, 9, 9, 9, 9, 9],
        }
    )
    scored = rfm_scores(table)
    assert (scored.loc[4:, ["r_score", "f_score", "m_score"]] == 5).all(axis=None)
    assert (rfm_segments(scored)["segment"][4:] == "champions").all()
    assert scored.loc[3, "f_score"] < 5
    stale = rfm_scores(table.assign(recency=10 - table["recency"]))
    assert (stale.loc[4:, "r_score"] == 1).all()
    assert (RFMScorer().fit_transform(table)[4:] == 5).all()


def test_grid_is_editable_and_complete():
    grid = segment_grid()
    assert grid.shape == (5, 5)
    grid.loc[3, 3] = "wait and see"
    scores = pd.DataFrame({"r_score": [3], "f_score": [3]})
    assert rfm_segments(scores, grid)["segment"].item() == "wait and see"
    grid.loc[3, 3] = None
    with pytest.raises(InputError, match="recency score 3 and frequency score 3"):
        rfm_segments(scores, grid)
    with pytest.raises(InputError, match="recency score 6"):
        rfm_segments(pd.DataFrame({"r_score": [6], "f_score": [1]}))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@pytest.mark.filterwarnings("ignore:Can't test estimator RFM")
def test_estimators_follow_scikit_learn(orders):
    check_estimator(RFMScorer())
    check_estimator(RFM())  # only what applies: its input is a table of orders
    pipeline = make_pipeline(RFM(), StandardScaler(), KMeans(5, n_init=2, random_state=0))
    labels = pipeline.fit_predict(orders)
    assert len(labels) == len(pipeline[0].customers_) == orders["customer_id"].nunique()
    frame = RFM().set_output(transform="polars").fit_transform(orders)
    assert frame.columns == ["recency", "frequency", "monetary"]
    table = rfm_table(orders, as_of="2024-12-31")
    scorer = RFMScorer().fit(table[["recency", "frequency", "monetary"]])
    scores = rfm_scores(table)[["r_score", "f_score", "m_score"]]
    np.testing.assert_array_equal(
        scorer.transform(table[["recency", "frequency", "monetary"]]), scores
    )


def test_later_orders_are_measured_from_the_same_day(orders):
    early = orders[orders["order_date"] < "2024-07-01"]
    fitted = RFM().fit(early)
    with pytest.raises(InputError, match="after the day of analysis"):
        fitted.transform(orders)


BAD = {
    "no column": (lambda o: o.drop(columns="amount"), "no column amount"),
    "text dates": (
        lambda o: o.assign(order_date=o["order_date"].dt.strftime("%d/%m/%Y")),
        "order_date holds String, not dates",
    ),
    "numbers for dates": (lambda o: o.assign(order_date=20240101), "order_date holds Int64"),
    "text amounts": (
        lambda o: o.assign(amount="¥" + o["amount"].astype("string")),
        "amount holds String, not numbers",
    ),
    "future": (
        lambda o: o.assign(
            order_date=o["order_date"].where(o.index != 7, pd.Timestamp("2199-01-01"))
        ),
        r"reaches 2199-01-01, which lies in the future \(first: row 7",
    ),
    "mixed currencies": (
        lambda o: o.assign(currency=np.where(o.index < 3, "EUR", "CNY")),
        r"currency holds 2 currencies \(CNY, EUR",
    ),
    "repeats": (lambda o: pd.concat([o, o.iloc[[3]]]), r"1 of 3001 rows repeat .*first: row 3"),
    "missing customer": (
        lambda o: o.assign(customer_id=o["customer_id"].mask(o.index == 11)),
        r"customer_id is empty in 1 of 3000 rows \(first: row 11",
    ),
    "missing amount": (
        lambda o: o.assign(amount=o["amount"].mask(o.index == 2)),
        "amount is empty in 1 of",
    ),
    "infinite": (
        lambda o: o.assign(amount=o["amount"].mask(o.index == 2, np.inf)),
        "infinite amount",
    ),
    "empty": (lambda o: o.head(0), "orders are empty"),
    "no table": (lambda o: [1, 2], "but this is a list"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_orders_are_explained(orders, name):
    spoil, message = BAD[name]
    with pytest.raises(InputError, match=message):
        rfm_table(spoil(orders))
    with pytest.raises(InputError, match=message):
        purchase_histories(spoil(orders))


def test_one_timers_cannot_be_scored_by_frequency():
    day = pd.to_datetime(["2024-01-01", "2024-02-01"])
    orders = pd.DataFrame({"customer_id": ["a", "b"], "order_date": day, "amount": [1.0, 2.0]})
    with pytest.raises(InputError, match="frequency is 1 for every customer"):
        rfm_scores(rfm_table(orders))


@pytest.mark.parametrize("gap", [None, float("nan"), float("inf")])
@pytest.mark.parametrize("kind", ["float64", "Float64", "polars"])
@pytest.mark.parametrize("given", [False, True])
def test_a_measure_with_a_gap_is_refused_and_named(gap, kind, given):
    """One NaN made all cuts NaN, and everybody the same: the stalest customer a champion."""
    table = pd.DataFrame(
        {"recency": [1.0, 50, 400], "frequency": [9, 4, 1], "monetary": [900.0, 80, 10]}
    )
    cuts = cut_points(table, n_scores=3) if given else "quantile"
    table["recency"] = [1.0, gap, 400]
    table = pl.from_pandas(table) if kind == "polars" else table.astype({"recency": kind})
    with pytest.raises(InputError, match=r"'recency' is missing or infinite for 1 of 3 .* row 1"):
        rfm_scores(table, cuts=cuts, n_scores=3)
