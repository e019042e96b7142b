"""Tables that segmentation used to stumble over: each gets a true sentence or a right result."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from custlab.customer_types import TypeTree, apply_rules, error_costs, need_rules, value_rules
from custlab.errors import InputError
from custlab.segmentation import (
    FactorScores,
    KPrototypes,
    MixedScaler,
    Segmenter,
    bootstrap_stability,
    choose_k,
    profile,
    scorecard,
    segment_sizes,
)


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(60, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 20, axis=0)
    return pd.DataFrame(values, columns=["orders", "age"])


FINDERS = {
    "kmeans": lambda table: Segmenter(3, random_state=0).fit(table),
    "mixed": lambda table: Segmenter(3, method="mixed", random_state=0).fit(table),
    "scaler": lambda table: MixedScaler().fit(table),
    "prototypes": lambda table: KPrototypes(3, random_state=0).fit(table),
    "choose": lambda table: choose_k(table, range(2, 4)),
    "stability": lambda table: bootstrap_stability(table, Segmenter(3, random_state=0), 3),
}


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize(
    "name", ["customer_id", "person_id", "id", "Customer ID", "CustomerID", "accountId"]
)
def test_a_number_that_names_customers_is_no_feature(table, finder, name):
    with pytest.raises(InputError, match=f"Column '{name}' names customers"):
        FINDERS[finder](table.assign(**{name: np.arange(60)}))
    FINDERS[finder](
        table.set_index(pd.Index(np.arange(60), name=name)).rename(columns={"age": "paid"})
    )


@pytest.mark.parametrize("finder", FINDERS)
def test_two_columns_of_one_name_are_refused(table, finder):
    with pytest.raises(InputError, match="Two columns are called 'age'"):
        FINDERS[finder](pd.concat([table, table["age"]], axis=1))


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize("kind", ["datetime64[ns]", "object"])
def test_dates_are_no_category(table, finder, kind):
    """Each date is rare: the column became the same for everybody."""
    dates = pd.Series(pd.date_range("2024-01-01", periods=60))
    dates = dates if kind != "object" else pd.Series(dates.dt.date, dtype=object)
    with pytest.raises(InputError, match="Column 'since' holds dates"):
        FINDERS[finder](table.assign(since=dates))


def test_a_column_of_rare_values_is_named(table):
    with pytest.raises(InputError, match="'name' has 60 different values, each at less than 2%"):
        MixedScaler().fit(table.assign(name=[f"n{k}" for k in range(60)]))


def test_a_category_called_other_keeps_its_name(table):
    channel = ["other"] * 30 + ["app"] * 29 + ["fax"]
    scaler = MixedScaler(rare=0.05).set_output(transform="pandas")
    scaled = scaler.fit_transform(table.assign(channel=channel))
    assert scaled.columns.tolist()[2:] == [
        "channel: app", "channel: other", "channel: other rare ones",
    ]  # fmt: skip
    plain = scaler.fit_transform(table.assign(channel=["store", *channel[1:]]).iloc[1:])
    assert "channel: other" in plain.columns


def test_a_rare_flag_may_be_missing_from_a_resample(table):
    """The flag was "0 for every customer" in a resample, and so the whole table was refused."""
    rare = table.assign(flag=(np.arange(60) == 7) * 1.0)
    found = bootstrap_stability(rare, Segmenter(3, random_state=0), 20)
    assert (found.segments["jaccard"] > 0.9).all()
    kinds = table.assign(kind=["firm"] + ["household"] * 59)
    mixed = bootstrap_stability(kinds, Segmenter(3, method="mixed", random_state=0), 5)
    assert (mixed.segments["jaccard"] > 0.9).all()


@pytest.mark.filterwarnings("error")
def test_few_different_rows():
    few = pd.DataFrame({"orders": [0.0, 1, 2, 3] * 10 + [9.0], "age": [0.0, 1, 0, 1] * 10 + [9.0]})
    found = choose_k(few, range(2, 6))
    assert found.table["inertia"][5] == pytest.approx(0)
    assert np.isfinite(found.table["gap"].drop(5)).all()
    assert found.table["jaccard"].drop(1).between(0, 1).all()
    stability = bootstrap_stability(few, Segmenter(5, random_state=0), 20)
    assert stability.segments["jaccard"].max() == pytest.approx(1)
    with pytest.raises(InputError, match="only 5 different rows"):
        choose_k(few, range(2, 7))
    tiny = pd.DataFrame({"orders": [0.0, 1, 2, 3, 9], "age": [0.0, 1, 5, 1, 9]})
    assert choose_k(tiny, [2, 4]).table["jaccard"].drop(1).between(0, 1).all()


def test_bic_says_nothing_where_a_segment_has_no_spread(table):
    """On 0/1 columns and shares BIC falls without end: it suggested the largest k, in silence."""
    flags = table.assign(firm=(np.arange(60) % 2) * 5.0)
    choice = choose_k(flags, range(2, 9))
    assert choice.without_spread[-3:] == (6, 7, 8)
    assert choice.table["bic"].idxmin() in choice.without_spread
    pick, rule = choice.suggestions.loc["bic"]
    assert pd.isna(pick) or pick not in choice.without_spread
    assert "spread" in rule or "falls without end" in rule
    rng = np.random.default_rng(1)
    shares = pd.DataFrame({"discount": (rng.random(300) < 0.5) * 1.0,
                           "returned": (rng.random(300) < 0.5) * 1.0})  # fmt: skip
    shares.iloc[:3] = [[0.2, 0.1], [0.4, 0.6], [0.9, 0.3]]
    none = choose_k(shares, range(2, 5))
    assert none.without_spread
    assert choose_k(table, range(2, 6)).without_spread == ()
    assert choose_k(table, range(2, 6)).suggestions.loc["bic", "k"] == 3


def test_frames_of_polars_are_looked_at_too(table):
    """An id column in a Polars frame was clustered on."""
    frame = pl.DataFrame(table.assign(customer_id=np.arange(60)))
    with pytest.raises(InputError, match="Column 'customer_id' names customers"):
        Segmenter(3, random_state=0).fit(frame)
    gap = pl.DataFrame({"orders": [1.0], "age": [None]}, schema=dict(frame[:, :2].schema))
    gappy = pl.concat([frame[:, :2], gap])
    with pytest.raises(InputError, match=r"'age' is missing \(NaN\) for 1 of 61"):
        Segmenter(3, random_state=0).fit(gappy)
    same = Segmenter(3, random_state=0).fit_predict(frame[:, :2])
    assert (same == Segmenter(3, random_state=0).fit_predict(table)).all()


LABELS = pd.Series([0, 1] * 30)
CAMPAIGN = pd.DataFrame(
    {"customer_id": range(60), "treatment": ["sent", "control"] * 30, "responded": 1}
)


@pytest.mark.parametrize(
    ("use", "sentence"),
    [
        (lambda t: Segmenter(2.5).fit(t), "n_clusters must be a whole number of at least 1, not 2"),
        (lambda t: Segmenter("3").fit(t), "n_clusters must be a whole number"),
        (lambda t: KPrototypes(0).fit(t), "n_clusters must be a whole number"),
        (lambda t: choose_k(t, [2.5]), "whole numbers of segments from 2 upwards"),
        (lambda t: choose_k(t, [2], n_references=0), "n_references must be a whole number of at l"),
        (lambda t: choose_k(t, [2], n_boot=0), "n_boot must be a whole number of at least 1"),
        (lambda t: FactorScores(1.5).fit(t), "n_factors must be a whole number from 1 to 2, not 1"),
        (lambda t: MixedScaler(categories="drop").fit(t), "categories must be one of scale, keep"),
        (lambda t: TypeTree(1).fit(t, LABELS), "max_leaves must be a whole number of at least 2"),
        (lambda t: TypeTree().fit(t, ["a", None] * 30), "Of 60 customers 30 have no type"),
        (lambda t: TypeTree().fit(t, np.array(["a", None] * 30)), "customers 30 have no type"),
        (lambda t: profile(t, [0, 1] * 30), "segments must be a Series by customer, not a list"),
        (lambda t: segment_sizes(LABELS, pd.Series("12 yuan", LABELS.index)), "are no numbers"),
        (lambda t: scorecard(LABELS, t, reachable=LABELS.map({0: "yes", 1: "no"})), "holds 'yes'"),
        (
            lambda t: scorecard(LABELS, t, campaign=CAMPAIGN.drop(columns="responded")),
            "no column r",
        ),
        (
            lambda t: scorecard(LABELS, t, campaign=CAMPAIGN.assign(responded="no")),
            "holds 'no', not",
        ),
        (lambda t: value_rules(t), "one column of amounts"),
        (lambda t: value_rules(pd.Series(["1", "two"])), "values that are no numbers"),
        (lambda t: apply_rules([1, 2], need_rules()), "a table .DataFrame. is needed"),
        (lambda t: error_costs(-3, 40), "missed must be an amount of 0 or more, not -3"),
        (lambda t: error_costs(3, float("nan")), "wasted must be an amount of 0 or more"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(table, use, sentence):
    with pytest.raises(InputError, match=sentence):
        use(table)
