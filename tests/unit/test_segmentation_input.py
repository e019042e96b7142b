"""Bad tables get one clear sentence that names the column; estimators keep scikit-learn's rules."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from custlab.customer_types import TypeTree
from custlab.errors import InputError
from custlab.segmentation import (
    BehaviouralBase,
    FactorScores,
    GeographicBase,
    KPrototypes,
    MixedScaler,
    Segmenter,
    base_features,
    bootstrap_stability,
    choose_k,
    profile,
    propose_names,
    recovery,
    scorecard,
    segment_rules,
    segment_sizes,
)
from tests.unit.fixtures_types import small_case

GOOD = pd.DataFrame(
    {"orders": [1.0, 2, 3, 9, 8, 9], "amount": [10.0, 12, 9, 80, 90, 85]},
    index=pd.Index(list("abcdef"), name="customer_id"),
)

INCOMES = ["low", "middle", "high"]

BAD = {
    "empty table": (GOOD.iloc[:0], "table is empty"),
    "one customer": (GOOD.iloc[:1], "one customer"),
    "constant column": (GOOD.assign(orders=4.0), "'orders' is 4.0 for every customer"),
    "missing column": (GOOD.assign(orders=np.nan), "'orders' is empty for every customer"),
    "text": (
        GOOD.assign(amount=["10", "12 yuan", "9", "8", "9", "8"]),
        "'amount' holds text ('12 yuan')",
    ),
    "infinite": (
        GOOD.assign(amount=[1, 2, np.inf, 4, 5, 6]),
        "'amount' holds an infinite value (inf; first: row c)",
    ),
    "one value missing": (
        GOOD.assign(amount=[1, 2, np.nan, 4, 5, 6]),
        "'amount' is missing (NaN) for 1 of 6 customers",
    ),
    "repeated customers": (
        pd.concat([GOOD, GOOD.iloc[:1]]),
        "customer_id 'a' stands in more than one row",
    ),
    "dates": (GOOD.assign(since=pd.Timestamp("2024-01-01")), "'since' holds dates"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize(
    "use",
    [
        lambda table: choose_k(table, [2]),
        lambda table: Segmenter(2).fit(table),
        lambda table: Segmenter(2, method="hierarchical").fit(table),
    ],
    ids=["choose_k", "kmeans", "hierarchical"],
)
def test_bad_tables_are_refused_in_a_sentence(name, use):
    table, sentence = BAD[name]
    with pytest.raises(InputError) as caught:
        use(table)
    assert sentence in str(caught.value)


def test_mixed_tables_allow_text_but_not_the_rest():
    assert len(KPrototypes(2).fit(GOOD.assign(channel=list("xxyyyy"))).labels_) == 6
    for name in ("constant column", "missing column", "infinite", "repeated customers"):
        with pytest.raises(InputError):
            Segmenter(2, method="mixed").fit(
                BAD[name][0].assign(channel=list("xxyyyyx")[: len(BAD[name][0])])
            )


def test_more_segments_than_different_customers():
    same = pd.DataFrame({"a": [1.0, 1, 1, 2, 2, 3], "b": [1.0, 1, 1, 2, 2, 3]})
    for use in (lambda: Segmenter(4).fit(same), lambda: choose_k(same, [4])):
        with pytest.raises(InputError, match="only 3 different rows"):
            use()


def test_choice_of_k_needs_two_segments_at_least():
    with pytest.raises(InputError, match="from 2 upwards"):
        choose_k(GOOD, [1, 2])


def test_unknown_method_and_too_many_rows():
    with pytest.raises(InputError, match="kmeans, hierarchical, mixture, mixed"):
        Segmenter(2, method="magic").fit(GOOD)
    with pytest.raises(InputError, match="every pair"):
        Segmenter(2, method="hierarchical").fit(np.random.default_rng(0).normal(size=(15_001, 1)))


def test_labels_of_other_customers_are_refused():
    labels = pd.Series([0, 0, 0, 1, 1, 1])
    for use in (
        lambda: segment_rules(GOOD, labels),
        lambda: scorecard(labels, GOOD),
        lambda: recovery(labels, pd.Series(labels.to_numpy(), GOOD.index)),
    ):
        with pytest.raises(InputError, match=r"(different|other) customers"):
            use()


def test_customers_without_a_segment_are_not_left_out_in_silence():
    labels = pd.Series([0, 0, np.nan, 1, 1, 1], GOOD.index)
    for use in (
        lambda: segment_sizes(labels),
        lambda: profile(GOOD, labels),
        lambda: segment_rules(GOOD, labels),
        lambda: scorecard(labels, GOOD),
        lambda: recovery(labels, labels),
        lambda: recovery([0, None], [1, 1]),
    ):
        with pytest.raises(InputError, match=r"1 of \d customers has no segment"):
            use()
    kept = labels.dropna()  # as the message advises
    assert len(profile(GOOD.loc[kept.index], kept)) == 4


def test_values_and_facts_that_do_not_fit_the_segments():
    labels = pd.Series([0, 0, 0, 1, 1, 1], GOOD.index)
    with pytest.raises(InputError, match="'amount' is missing or infinite for 1 of 6"):
        segment_sizes(labels, GOOD["amount"].replace(90.0, np.inf))
    with pytest.raises(InputError, match="customer_id 'a' stands in more than one row"):
        segment_sizes(labels, pd.concat([GOOD, GOOD])["amount"])
    # In four of five parts nobody lives in y: "the same for every customer" was untrue.
    known = pd.DataFrame({"city": ["x", "x", "y"]}, index=list("abd"))
    assert scorecard(labels, GOOD, known=known).loc["measurable", "figure"].startswith("rules from")
    same = scorecard(labels, GOOD, known=known.assign(city="x"))
    assert same.loc["measurable", ["figure", "verdict"]].tolist() == [
        "what is known is the same for everybody", "no",
    ]  # fmt: skip


@parametrize_with_checks(
    [
        *(Segmenter(method=m) for m in ("kmeans", "hierarchical", "mixture", "mixed")),
        KPrototypes(),
        MixedScaler(),
        FactorScores(),
        TypeTree(),
    ]
)
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


def test_scaler_gives_every_feature_the_same_variance():
    random = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "amount": random.lognormal(sigma=2, size=500),
            "city": random.choice(list("abcdefg"), size=500),
            "member": random.random(500) < 0.3,
            "income": pd.Categorical(
                random.choice(["low", "middle", "high"], 500),
                ["low", "middle", "high"],
                ordered=True,
            ),
        }
    )
    table.loc[:20, "city"] = None
    scaler = MixedScaler().set_output(transform="pandas")
    variances = scaler.fit_transform(table).var(ddof=0)
    feature = variances.index.str.split(": ").str[0]
    assert variances.groupby(feature).sum().tolist() == pytest.approx([1.0] * 4)
    assert scaler.logged_ == ["amount"]
    assert "city: unknown" in variances.index
    other = pd.DataFrame({"amount": [1.0], "city": ["new"], "member": [True], "income": ["low"]})
    assert np.isfinite(scaler.transform(other).to_numpy()).all()


def test_pipeline_from_case_to_segments():
    case = small_case()
    model = make_pipeline(
        BehaviouralBase(), MixedScaler(), KMeans(2, n_init=3, random_state=0)
    ).set_output(transform="pandas")
    labels = model.fit_predict(case)
    kept = case.orders[~case.orders["returned"]]
    assert len(labels) == kept["customer_id"].nunique()
    names = list(model[:-1].get_feature_names_out())
    assert names[:3] == ["recency", "frequency", "monetary"]


def test_bases_hold_what_they_say():
    case = small_case()
    both = base_features(case, "geographic", "behavioural")
    assert both["city_tier"].between(1, 4).all()
    assert both.index.is_unique
    kept = case.orders[~case.orders["returned"]]
    spent = kept.groupby("customer_id")["amount"].sum()
    pd.testing.assert_series_equal(
        both["monetary"], spent.loc[both.index].astype(float), check_names=False
    )
    lines = both.filter(regex="^line ").sum(axis=1)
    assert lines.to_numpy() == pytest.approx(1.0)
    with pytest.raises(InputError, match="base must be one of geographic"):
        base_features(case, "astrological")
    assert GeographicBase().fit(case).get_feature_names_out().tolist() == ["region", "city_tier"]


def test_bases_of_own_tables():
    """Discounts, returns and channels may be missing; what is needed is said."""
    case = small_case()
    own = SimpleNamespace(
        orders=case.orders.drop(columns=["discount", "channel", "returned"]),
        products=case.products, customers=case.customers[["customer_id", "age"]], as_of=case.as_of,
    )  # fmt: skip
    names = list(base_features(own, "behavioural").columns)
    assert names[:4] == ["recency", "frequency", "monetary", "per_order"]
    assert not [name for name in names if name.startswith(("discount", "return", "channel"))]
    assert list(base_features(own, "demographic").columns) == ["age"]
    survey = case.survey.astype({"need_price": "object"}).assign(need_price="very")
    for base, table, sentence in (
        ("behavioural", own.orders, "with orders, products, as_of is needed, but this DataFrame"),
        ("geographic", own, "none of the columns of this base: region, city_tier"),
        ("psychographic", own, "lacks survey"),
        ("psychographic", SimpleNamespace(survey=survey), "need_price' holds 'very', not an answ"),
        ("demographic", SimpleNamespace(customers=pd.concat([own.customers] * 2)), "more than one"),
    ):
        with pytest.raises(InputError, match=sentence):
            base_features(table, base)


@pytest.mark.parametrize(
    "dates",
    [
        pd.period_range("2024-01", periods=6, freq="M"),
        pd.date_range("2024-01-01", periods=6, tz="UTC"),
        pd.Categorical(pd.date_range("2024-01-01", periods=6)),
        pd.to_timedelta(range(6), unit="D"),
    ],
    ids=["months", "zone", "categories", "durations"],
)
def test_no_kind_of_date_is_a_category(dates):
    with pytest.raises(InputError, match="'since' holds dates"):
        MixedScaler().fit(GOOD.assign(since=dates))


def test_sizes_names_rules_and_scorecard():
    labels = pd.Series([0, 0, 0, 1, 1, 1], GOOD.index)
    sizes = segment_sizes(labels, GOOD["amount"])
    assert sizes["value_share"].sum() == pytest.approx(1)
    names = propose_names(profile(GOOD, labels))
    assert names[0].startswith("low")
    assert names[1].startswith("high")
    assert len(set(names.values())) == 2
    rules = segment_rules(GOOD, labels.map(names))
    assert rules.attrs["accuracy"] > rules.attrs["baseline"]
    checks = scorecard(
        labels, GOOD, known=GOOD[["orders"]], value=GOOD["amount"],
        reachable=pd.Series([True, False, True, True, True, True], GOOD.index),
        stability=bootstrap_stability(GOOD, Segmenter(2, random_state=0), 5),
    )  # fmt: skip
    assert checks.loc["accessible", "verdict"] == "yes"
    assert checks.loc["actionable", "verdict"] == "ask"
    assert checks.loc["measurable", "verdict"] == "yes"


def test_two_like_segments_get_different_names():
    traits = pd.DataFrame(
        {"segment": [0, 1], "feature": ["age", "age"], "value": [None, None], "effect": [1.0, 1.2]}
    )
    names = propose_names(traits)
    assert names[0] != names[1]
