"""Segmentation reproduces published numbers and brute force."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris, make_blobs
from sklearn.metrics import adjusted_rand_score

from custlab.segmentation import (
    FactorScores,
    KPrototypes,
    Segmenter,
    bootstrap_stability,
    choose_k,
    parallel_analysis,
    profile,
    propose_names,
    recovery,
    silhouette_widths,
    stability_band,
)
from custlab.segmentation.stability import best_jaccard

IRIS = load_iris().data

# Dissimilarities of twelve countries: Rousseeuw 1987, table 1 (lower triangle).
COUNTRIES = [
    5.58, 7.00, 6.50, 7.08, 7.00, 3.83, 4.83, 5.08, 8.17, 5.83, 2.17, 5.75, 6.67, 6.92, 4.92, 6.42,
    5.00, 5.58, 6.00, 4.67, 6.42, 3.42, 5.50, 6.42, 6.42, 5.00, 3.92, 6.17, 2.50, 4.92, 6.25, 7.33,
    4.50, 2.25, 6.33, 2.75, 6.08, 6.67, 4.25, 2.67, 6.00, 6.17, 6.17, 6.92, 6.17, 5.25, 6.83, 4.50,
    3.75, 5.75, 5.42, 6.08, 5.83, 6.67, 3.67, 4.75, 3.00, 6.08, 6.67, 5.00, 5.58, 4.83, 6.17, 5.67,
    6.50, 6.92,
]  # fmt: skip


@pytest.fixture(scope="module")
def iris_choice():
    return choose_k(IRIS, range(2, 6), n_references=5, n_boot=10)


def test_iris_inertia_and_silhouette(iris_choice):
    table = iris_choice.table
    assert table["inertia"].loc[2:].tolist() == pytest.approx(
        [152.348, 78.851, 57.228, 46.446], abs=5e-4
    )
    assert table["silhouette"].loc[2:].tolist() == pytest.approx(
        [0.681, 0.553, 0.498, 0.489], abs=5e-4
    )


@pytest.mark.parametrize(
    ("labels", "mean"),
    [
        ([1, 1, 2, 2, 1, 1, 2, 1, 1, 2, 2, 1], 0.28),  # figure 2
        ([1, 2, 3, 3, 1, 1, 2, 1, 1, 3, 3, 2], 0.33),  # figure 3
    ],
)
def test_silhouette_of_rousseeuws_countries(labels, mean):
    distances = np.zeros((12, 12))
    distances[np.tril_indices(12, -1)] = COUNTRIES
    widths = silhouette_widths(distances + distances.T, labels, metric="precomputed")
    assert round(widths.mean(), 2) == mean


def test_stability_bands_are_hennigs():
    named = {j: stability_band(j) for j in (0.3, 0.5, 0.55, 0.6, 0.74, 0.75, 0.84, 0.85, 1.0)}
    assert named == {
        0.3: "dissolved", 0.5: "dissolved", 0.55: "not to be trusted",
        0.6: "doubtful membership", 0.74: "doubtful membership",
        0.75: "stable", 0.84: "stable", 0.85: "highly stable", 1.0: "highly stable",
    }  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_jaccard_equals_sets(pairs):
    labels, again = np.array(pairs).T
    found = best_jaccard(labels, again, 4)
    for segment in range(4):
        mine = {i for i, label in enumerate(labels) if label == segment}
        others = [{i for i, a in enumerate(again) if a == other} for other in set(again)]
        expected = max(len(mine & o) / len(mine | o) for o in others) if mine else np.nan
        assert found[segment] == pytest.approx(expected, nan_ok=True)


def _least_inertia(values: np.ndarray, k: int) -> float:
    """Divide numbers on a line into k groups in the best way there is, by trying every cut."""
    values = np.sort(values)
    n = len(values)
    sums, squares = np.r_[0, values.cumsum()], np.r_[0, (values**2).cumsum()]
    first, last = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    size = np.maximum(last - first, 1)
    inside = squares[last] - squares[first] - (sums[last] - sums[first]) ** 2 / size
    inside[last <= first] = np.inf
    best = inside[0]
    for _cut in range(k - 1):
        best = (best[:, None] + inside).min(axis=0)
    return float(best[n])


def test_gap_statistic_against_exact_optima_on_a_line():
    """Tibshirani et al. (2001), equation 3, with inertias that no K-means has computed."""
    random = np.random.default_rng(5)
    values = np.concatenate([random.normal(middle, 1, 40) for middle in (0, 6, 12)])
    choice = choose_k(values[:, None], [2, 3, 4], n_references=200, n_boot=1, random_state=3)
    low, high = values.min(), values.max()
    for k in (2, 3, 4):
        logs = np.log([_least_inertia(random.uniform(low, high, 120), k) for _ in range(300)])
        gap = logs.mean() - np.log(_least_inertia(values, k))
        assert choice.table.loc[k, "gap"] == pytest.approx(gap, abs=0.05)
        assert choice.table.loc[k, "gap_se"] == pytest.approx(logs.std(), rel=0.25)


def test_gap_finds_no_segments_where_none_are():
    cloud = np.random.default_rng(1).uniform(size=(300, 2))
    assert choose_k(cloud, [2, 3, 4], n_boot=2).suggestions.loc["gap", "k"] == 1


def test_all_criteria_agree_on_clear_segments():
    values, __ = make_blobs(400, centers=[[0, 0], [12, 0], [0, 12], [12, 12]], random_state=1)
    choice = choose_k(values, range(2, 6), n_boot=10)
    assert choice.suggestions["k"].tolist() == [4] * 5
    assert choice.table.loc[4, ["jaccard", "ari"]].min() > 0.99


def yes_no_answers(people=1_453):
    """Imitate a survey of brand images: eleven yes/no answers out of three opinions."""
    random = np.random.default_rng(0)
    loads = random.normal(size=(3, 11))
    shown = random.normal(size=(people, 3)) @ loads + random.normal(size=(people, 11))
    return (shown > random.normal(scale=0.7, size=11)).astype(float)


def test_stability_is_one_procedure():
    """The weakest segment was at .64 in the choice of k and at .76 by itself: luck of starts."""
    answers = yes_no_answers(400)
    choice = choose_k(answers, [3, 6], n_references=2, n_boot=5)
    for k in (3, 6):
        alone = bootstrap_stability(answers, Segmenter(k, random_state=0), n_boot=5)
        pd.testing.assert_frame_equal(choice.stability[k].segments, alone.segments)
        assert choice.table.loc[k, ["jaccard", "ari"]].tolist() == [
            alone.segments["jaccard"].min(), alone.ari,
        ]  # fmt: skip
        assert (choice.labels[k] == Segmenter(k, random_state=0).fit_predict(answers)).all()


def test_enough_starts_or_a_word_on_it():
    """Ten starts missed better segments of 1,453 people and eleven yes/no answers."""
    answers = yes_no_answers()
    for k in (3, 7):
        best = KMeans(k, n_init=300, random_state=99).fit(answers).inertia_
        found = [Segmenter(k, random_state=seed).fit(answers) for seed in range(3)]
        assert max(model.model_.inertia_ for model in found) < (1.001 if k == 3 else 1.01) * best
        for model in found:
            if model.model_.inertia_ > best * (1 + 1e-6):
                assert model.starts_agree_ < 0.99
    clear, __ = make_blobs(300, centers=[[0, 0], [12, 0], [0, 12]], random_state=0)
    assert Segmenter(3, random_state=0).fit(clear).starts_agree_ == 1
    assert not hasattr(Segmenter(3, n_init=1, random_state=0).fit(clear), "starts_agree_")


def test_silhouette_sample_is_named():
    values, __ = make_blobs(600, centers=2, random_state=0)
    choice = choose_k(values, [2, 3], n_boot=1, n_references=2, sample=200)
    assert (choice.rows, choice.silhouette_rows) == (600, 200)
    assert "200" in choice._repr_html_()


@pytest.mark.parametrize("method", ["kmeans", "hierarchical", "mixture", "mixed"])
def test_every_method_finds_clear_segments(method):
    values, truth = make_blobs(
        300, centers=[[0, 0, 0], [9, 9, 0], [0, 9, 9]], cluster_std=1, random_state=0
    )
    model = Segmenter(3, method=method, random_state=0).fit(values)
    assert recovery(model.labels_, truth) == 1
    assert (model.predict(values) == model.labels_).all()


def test_segments_are_numbered_by_size():
    values, __ = make_blobs([20, 200, 80], centers=None, random_state=3)
    for seed in (0, 1, 2):
        labels = Segmenter(3, random_state=seed).fit_predict(values)
        assert (np.diff(np.bincount(labels)) <= 0).all()


def test_mixed_method_uses_categories_that_numbers_hide():
    random = np.random.default_rng(0)
    truth = np.repeat([0, 1], 150)
    table = pd.DataFrame({"orders": random.normal(size=300)})
    for name in ("channel", "payment", "line"):
        flip = random.random(300) < 0.1
        table[name] = np.where(truth ^ flip, "x", "y")
    model = KPrototypes(2, random_state=0).fit(table)
    assert adjusted_rand_score(truth, model.labels_) > 0.7
    assert set(model.modes_["channel"]) == {"x", "y"}
    numbers_only = Segmenter(2, random_state=0).fit_predict(table[["orders"]])
    assert adjusted_rand_score(truth, numbers_only) < 0.1


def test_prototypes_cost_equals_brute_force():
    table = pd.DataFrame({"a": [0.0, 1, 5, 6, 5.5], "b": list("xxyyx")})
    model = KPrototypes(2, gamma=0.7, random_state=0).fit(table)
    cost = 0.0
    for segment in range(2):
        part = table[model.labels_ == segment]
        cost += ((part["a"] - part["a"].mean()) ** 2).sum()
        cost += 0.7 * (part["b"] != part["b"].mode().iloc[0]).sum()
    assert model.cost_ == pytest.approx(cost)


def test_stability_tells_real_from_invented_segments():
    real, __ = make_blobs(240, centers=[[0, 0], [12, 0], [6, 12]], random_state=0)
    cloud = np.random.default_rng(0).normal(size=(240, 2))
    assert (
        bootstrap_stability(real, Segmenter(3, random_state=0), 10).segments["band"]
        == "highly stable"
    ).all()
    too_many = Segmenter(7, n_init=3, random_state=0)
    assert bootstrap_stability(cloud, too_many, 10).segments["jaccard"].min() < 0.75


def test_parallel_analysis_counts_planted_factors():
    random = np.random.default_rng(0)
    factors = random.normal(size=(500, 3))
    items = np.repeat(factors, 4, axis=1) + random.normal(scale=0.8, size=(500, 12))
    assert parallel_analysis(items) == 3


def test_effect_sizes_by_hand():
    table = pd.DataFrame(
        {"age": [20.0, 30, 40, 50, np.nan], "channel": ["app", "app", "app", "store", "store"]}
    )
    traits = profile(table, pd.Series([0, 0, 1, 1, 1]))
    first = traits[traits["segment"] == 0].set_index("feature")
    assert first.loc["age", "effect"] == pytest.approx((25 - 45) / np.sqrt(50))
    app = first[(first["value"] == "app").fillna(False)].iloc[0]
    assert (app["inside"], app["outside"]) == (1.0, pytest.approx(1 / 3))
    assert app["effect"] == pytest.approx(np.pi - 2 * np.arcsin(np.sqrt(1 / 3)))


def test_a_factor_that_speaks_against_an_item_says_so():
    """ "Low price and work" was the name of people who work most."""
    random = np.random.default_rng(1)
    opinion = random.normal(size=400)
    items = pd.DataFrame(
        {"need_price": opinion, "lifestyle_work": -0.9 * opinion, "need_offers": 0.5 * opinion}
    ) + random.normal(scale=0.3, size=(400, 3))
    scores = FactorScores(1).set_output(transform="pandas").fit_transform(items)
    assert scores.columns.tolist() == ["factor 1: price, \N{MINUS SIGN}work"]
    labels = (scores.iloc[:, 0] > 0).astype(int)
    assert items["lifestyle_work"].groupby(labels).mean().idxmax() == 0
    assert propose_names(profile(scores, labels)) == {
        0: "high work and low price", 1: "high price and low work",
    }  # fmt: skip


def test_no_segment_is_named_after_a_few_members():
    labels = pd.Series([0] * 50 + [1] * 50)
    employees = [1.0, 2, 3] + [np.nan] * 44 + [9, 8, 7] + [99.0] * 50
    table = pd.DataFrame({"age": np.r_[:50, 40:90] * 1.0, "employees": employees})
    assert propose_names(profile(table, labels))[0] == "low age"


def test_what_separates_perfectly_has_the_largest_effect():
    """A flag that all members have and nobody else had the effect 0, as if it said nothing."""
    labels = pd.Series([0, 0, 0, 1, 1, 1])
    table = pd.DataFrame(
        {"member": [1, 1, 1, 0, 0, 0], "price": [0.1] * 3 + [0.3] * 3,
         "age": [20, 30, 40, 25, 35, 45], "firm_size": [1.0, 2, 3] + [np.nan] * 3}
    )  # fmt: skip
    first = profile(table, labels).query("segment == 0").set_index("feature")["effect"]
    assert first["member"] == pytest.approx(np.pi)  # Cohen's h of 1 against 0
    assert first["price"] == -np.inf
    assert first["age"] == pytest.approx(-0.5)
    assert np.isnan(first["firm_size"])  # nobody to compare with: not "no effect"
    assert propose_names(profile(table, labels))[0] == "low price, high member"
    shares = pd.DataFrame({"flag": [1, 1, 0, 0, 0, 1]})
    by_hand = 2 * np.arcsin(np.sqrt(2 / 3)) - 2 * np.arcsin(np.sqrt(1 / 3))
    assert profile(shares, labels)["effect"].tolist() == pytest.approx([by_hand, -by_hand])
    alone = profile(table[["age"]], pd.Series([0, 1, 1, 1, 1, 1]))["effect"].iloc[0]
    assert alone == pytest.approx((20 - 35) / np.sqrt(250 / 4))
