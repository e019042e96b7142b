"""Lesson 02's explorers and pictures: what they say is what brute force finds."""

from collections import Counter
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlab import load_case
from custlab.cases import CASE_NAMES
from custlab.explorers import data_quality as explorers
from custlab.plots import data_quality as pictures
from custlab.plots import data_sources as sources
from custlab.quality import thought_experiments as tables

CASES = CASE_NAMES
SCORES = pd.Index(range(1, 6))
shares = st.lists(st.floats(0.05, 1), min_size=5, max_size=5)


@cache
def _people(name):
    return tables.listed_people(load_case(name))


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return load_case(request.param)


def _everyone(weights):
    return pd.Series(np.array(weights) / sum(weights), index=SCORES)


@settings(deadline=None)
@given(shares, st.floats(0.01, 1), st.integers(50, 5000))
def test_equal_rates_leave_the_mean_right(weights, rate, invited):
    _, summary = tables.expected_answers(_everyone(weights), np.full(5, rate), invited)
    assert summary["mean"] == pytest.approx(summary["truth"])
    assert summary["n"] == pytest.approx(rate * invited)


@settings(deadline=None)
@given(shares, shares, st.integers(50, 2000))
def test_more_invitations_shrink_the_interval_around_the_same_mean(weights, rates, invited):
    everyone = _everyone(weights)
    few = tables.expected_answers(everyone, np.array(rates), invited)[1]
    many = tables.expected_answers(everyone, np.array(rates), 4 * invited)[1]
    assert many["mean"] == pytest.approx(few["mean"])
    assert many["high"] - many["low"] == pytest.approx((few["high"] - few["low"]) / 2)


def test_expected_answers_agree_with_a_simulated_survey():
    rng = np.random.default_rng(1)
    everyone, rates = _everyone([1, 2, 3, 4, 2]), np.array([0.1, 0.1, 0.3, 0.5, 0.5])
    score = rng.choice(5, 400_000, p=everyone.to_numpy())
    heard = score[rng.random(len(score)) < rates[score]] + 1
    summary = tables.expected_answers(everyone, rates, len(score))[1]
    assert summary["mean"] == pytest.approx(heard.mean(), abs=0.01)
    assert summary["n"] == pytest.approx(len(heard), rel=0.01)
    standard_error = heard.std() / np.sqrt(len(heard))
    assert summary["high"] - summary["mean"] == pytest.approx(1.96 * standard_error, rel=0.02)


@settings(max_examples=30, deadline=None)
@given(
    age=st.sampled_from([0, 1, 5, 10, 20]),
    place=st.sampled_from(["", "city", "province", "region"]),
    gender=st.booleans(),
    family=st.booleans(),
)
def test_crowds_are_those_of_a_count_by_hand(age, place, gender, family):
    people = _people("software")
    told = tables.coarsened(people, age, place, gender, family)
    rows = list(told.astype("string").fillna("blank").itertuples(index=False, name=None))
    counted = Counter(rows)
    assert explorers._crowds(told).tolist() == [counted[row] for row in rows]


def test_coarser_is_never_less_safe(case):
    people = _people(case.name)
    for finer, coarser in (((5, "city"), (10, "city")), ((10, "city"), (10, "province")),
                           ((10, "province"), (20, "region"))):  # fmt: skip
        fine = explorers._crowds(tables.coarsened(people, *finer, True, False))
        coarse = explorers._crowds(tables.coarsened(people, *coarser, True, False))
        assert (coarse >= fine).all()


def _controls(box):
    return {control.description: control for control in box.children[1].children}


def _sentence(box):
    return box.children[-1].value


def test_leaving_small_groups_out_reaches_k(case):
    box = explorers.crowd_explorer(case)
    assert "k = 1<" in _sentence(box)
    controls = _controls(box)
    controls["Age is told by"].value = 20
    controls["Place is told by"].value = "region"
    controls["Leave out people in smaller groups"].value = True
    assert "had to be left out" in _sentence(box)
    assert "0 % stand in groups" in _sentence(box)


def test_only_the_careful_rule_reads_every_date(case):
    written = tables.written_dates(case)
    fates = {
        name: tables.reading_fates(written, rule(written["text"])).sum()
        for name, (_label, rule) in explorers._rules().items()
    }
    assert fates["own"]["right"] == len(written)
    assert fates["strict"]["lost"] > 0
    assert fates["strict"]["another day"] == 0
    iso = written["text"].str.fullmatch(r"\d{4}-\d\d-\d\d")
    turned = (
        iso
        & (written["meant"].dt.day <= 12)
        & (written["meant"].dt.day != written["meant"].dt.month)
    )
    assert fates["day-first"]["another day"] >= turned.sum() > 0


def test_date_explorer_answers_the_choice(case):
    box = explorers.date_explorer(case)
    _controls(box)["Read the dates"].value = "own"
    assert "100.0 % are read as meant" in _sentence(box)


def test_silencing_the_displeased_moves_the_reported_mean(case):
    box = explorers.non_response_explorer(case)
    controls = _controls(box)
    for name in (
        "Pleased (4-5), %",
        "Neutral (3), %",
        "Displeased (1-2), %",
    ):
        controls[name].value = 30
    assert "0.00 away" in _sentence(box)
    controls["Displeased (1-2), %"].value = 2
    assert "0.00 away" not in _sentence(box)


def test_seen_by_channel_counts_each_customer_once(case):
    seen = sources.seen_by_channel(case)
    channel, kind = seen.index[0], seen.columns[0]
    ids = case.customers.loc[case.customers["kind"] == kind, "customer_id"]
    touched = set(case.interactions.loc[case.interactions["channel"] == channel, "customer_id"])
    assert seen.loc[channel, kind] == pytest.approx(len(touched & set(ids)) / len(ids))


def test_type_moves_compares_only_customers_in_both():
    clean = pd.Series({"a": "active", "b": "churned", "c": "active"})
    dirty = pd.Series({"a": "churned", "b": "churned", "x": "active"})
    assert pictures.type_moves(clean, dirty).alt == (
        "1 of 2 customers change type: 1 from active to churned."
    )


def test_nobody_left_is_said_in_a_sentence():
    with pytest.raises(ValueError, match="smaller k"):
        pictures.group_sizes(pd.Series([], dtype="int64"), k=5)
