"""Validation: right numbers, no peeking, and chance is not taken for a finding."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from custlab.cases.case import Case
from custlab.errors import InputError
from custlab.persona import assign, held_by, stability_index, validate
from custlab.persona.drafting import checked_segments, in_order
from custlab.persona.fact import DATED
from custlab.persona.facts import facts_of
from custlab.persona.validation_by_campaign import (
    area_under_curve,
    drawn_in,
    judged,
    predicted,
    uplift_by_persona,
)
from custlab.persona.validation_by_drift import by_chance, mix_drift, trait_drift, windows
from tests.unit.fixtures_persona import case_of, members_of, personas_of, segments_of

RNG = np.random.default_rng(11)


@pytest.fixture(scope="module")
def software():
    return validate(case_of("software"), segments_of("software"))


def test_area_and_delongs_interval():
    did, score = RNG.integers(0, 2, 300), RNG.integers(0, 6, 300) / 5
    score = score + 0.2 * did
    area, low, high = area_under_curve(did, score)
    assert area == pytest.approx(roc_auc_score(did, score))
    yes, no = score[did == 1], score[did == 0]
    wins = (yes[:, None] > no) + 0.5 * (yes[:, None] == no)  # by hand: all pairs
    variance = wins.mean(1).var(ddof=1) / len(yes) + wins.mean(0).var(ddof=1) / len(no)
    assert high - low == pytest.approx(2 * norm.ppf(0.975) * np.sqrt(variance))
    assert np.isnan(area_under_curve([1, 1], [0.1, 0.2])[0])
    half = np.arange(300) < 150
    within = [roc_auc_score(did[part], score[part]) for part in (half, ~half)]
    pairs = [did[part].sum() * (1 - did[part]).sum() for part in (half, ~half)]
    pooled = area_under_curve(did, score, half)[0]
    assert pooled == pytest.approx(np.average(within, weights=pairs))


def test_stability_index_by_hand():
    expected, actual = np.array([0.2, 0.3, 0.5]), np.array([0.3, 0.3, 0.4])
    by_hand = 0.1 * np.log(1.5) + 0 + -0.1 * np.log(0.8)
    assert stability_index(expected, actual) == pytest.approx(by_hand)
    assert stability_index([1.0, 0.0], [0.5, 0.5]) > 1  # an empty group does not break it


@pytest.mark.parametrize("stays", [0.0, 0.7, 0.95])
def test_customers_without_a_change_seldom_exceed_chance(stays):
    """The same people are compared: most are what they were, and the mix hardly moves."""
    rng, passed = np.random.default_rng(8), 0
    for _turn in range(300):
        then = pd.Series(rng.integers(0, 4, 150))
        now = then.where(rng.random(150) < stays, rng.integers(0, 4, 150))
        shares = [part.value_counts(normalize=True).reindex(range(4), fill_value=0.0)
                  for part in (then, now)]  # fmt: skip
        passed += stability_index(*shares) > by_chance(then, now, list(range(4)))
    assert 0.02 <= passed / 300 <= 0.09


def test_newcomers_do_not_look_like_a_change(software):
    """Half a year now against a year ago, and only people who were customers throughout."""
    (then_end, then_start), (now_end, now_start) = windows(pd.Timestamp("2024-12-31"))
    assert then_end + pd.DateOffset(years=1) == now_end
    assert then_start + pd.DateOffset(years=1) == now_start
    case, moved = case_of("software"), software.trait_drift
    since = case.customers.set_index("customer_id")["customer_since"]
    labels = segments_of("software").astype(str)
    there = labels[since.reindex(labels.index) <= then_start].value_counts()
    assert len(moved)
    assert (moved["n"] <= there.reindex(moved["persona"]).to_numpy()).all()


def test_nobody_to_compare_is_no_stability():
    nobody = pd.Series([], dtype=object)
    mix = mix_drift(pd.Series({"c1": "a"}), nobody, ["a", "b"])
    assert mix[["before", "now", "psi"]].isna().all(axis=None)
    assert (mix.attrs["customers"], np.isnan(mix.attrs["psi"])) == (0, True)


def rows(n, effect):
    """Draw customers of two personas; the second responds more often by `effect`."""
    persona = RNG.choice(["a", "b"], n)
    treated = RNG.random(n) < 0.6
    chance = 0.2 + 0.1 * treated + effect * (persona == "b")
    return pd.DataFrame(
        {"treated": treated, "responded": RNG.random(n) < chance, "persona": persona}
    )


def test_prediction_helps_if_personas_differ_and_not_otherwise():
    found = judged(predicted(rows(3000, 0.3), rows(2000, 0.3).assign(fold=0)))
    assert found["gain_low"] > 0
    assert found["auc_low"] > 0.6
    assert found["verdict"] == "personas predict better than none"
    alike = [
        judged(predicted(rows(800, 0.0), rows(500, 0.0).assign(fold=0))) for _turn in range(40)
    ]
    assert sum(one["gain_low"] > 0 for one in alike) <= 3


def test_prediction_is_the_rate_and_what_the_persona_adds():
    learn, test = rows(400, 0.2), rows(50, 0.2)
    rates = learn.groupby("treated")["responded"].mean()
    usual = learn["treated"].map(rates).astype(float)
    found = predicted(learn, test)
    assert found["none"].to_numpy() == pytest.approx(test["treated"].map(rates).to_numpy())
    parts = (learn["responded"] - usual).groupby(learn["persona"])
    drawn = drawn_in(learn["responded"] - usual, usual * (1 - usual), learn["persona"])
    assert (drawn.abs() <= parts.mean().abs() + 1e-12).all()
    added = logit(found["by_persona"]) - logit(found["none"])
    expected = test["persona"].map(drawn) / (found["none"] * (1 - found["none"]))
    assert added.to_numpy() == pytest.approx(expected.to_numpy())


def test_uplift_is_contacted_minus_held_back():
    drawn = rows(1000, 0.1)
    found = uplift_by_persona(drawn).set_index("persona")
    cells = drawn.groupby(["persona", "treated"])["responded"].mean()
    for persona in ("a", "b"):
        difference = cells[persona, True] - cells[persona, False]
        assert found.loc[persona, "difference"] == pytest.approx(difference)
        assert found.loc[persona, "low"] < difference < found.loc[persona, "high"]
    assert 0 <= found["same_p"].iloc[0] <= 1


def test_a_persona_is_assigned_by_its_card_alone():
    case, cards = case_of("software"), personas_of("software")
    assigned = assign(case, cards)
    assert len(assigned) == len(case.customers)
    own = segments_of("software").astype(str)
    right = assigned[own.index] == own
    assert right.mean() > 0.75
    some = members_of("software", 1)[:5]
    assert assign(case, cards, some).tolist() == assigned[some].tolist()
    with pytest.raises(InputError, match="at least two personas"):
        assign(case, cards[:1] if isinstance(cards, list) else [cards[0]])
    with pytest.raises(InputError, match="made from the case 'software'"):
        assign(case_of("ecommerce"), cards)
    with pytest.raises(InputError, match="same segment"):
        assign(case, [cards[0], cards[0]])


def test_share_of_a_card_is_the_share_for_whom_it_holds():
    for persona in personas_of("appliances"):
        held = held_by(case_of("appliances"), persona)
        shares = held.loc[members_of("appliances", persona.segment)].mean()
        for trait in persona.traits:
            assert shares[trait.id] == pytest.approx(trait.share)


def test_found_personas_are_recognised_and_explain_something(software):
    with_survey, without = software.agreement.itertuples()
    assert with_survey.low > 2 * with_survey.largest
    assert without.low > without.largest
    explained = software.explained.set_index("what")
    assert explained.loc["margin of the following 12 months", "low"] > 0.05
    assert set(software.advice["advice"]) <= {"keep", "adjust", "retire"}
    assert software.advice["why"].str.contains(r"\d+ %|\d+ members|torn|Shifted").all()
    overlap = software.overlap.to_numpy()
    assert (np.diag(overlap) == 0).all()
    assert ((overlap >= 0) & (overlap <= 1)).all()
    sent = case_of("software").campaign.groupby("campaign_id").size()
    assert software.prediction["customers"].tolist() == [
        sent[name] for name in software.prediction["campaign"]
    ]
    assert "<table" in software._repr_html_()


def test_segments_drawn_by_lot_are_not_kept():
    labels = segments_of("ecommerce")
    by_lot = pd.Series(RNG.integers(0, 4, len(labels)).astype(str), labels.index)
    found = validate(case_of("ecommerce"), by_lot, holdout=0.5)
    assert (found.advice["advice"] != "keep").all()
    assert found.agreement["low"].iloc[0] < found.agreement["largest"].iloc[0] + 0.05


def test_predictions_do_not_see_what_they_predict(software):
    """Turn round the answers of one customer: the own prediction stays, those of others move."""
    learn = rows(300, 0.2)
    test = learn.iloc[:50].copy()
    before = predicted(learn.iloc[50:], test)["by_persona"]
    turned = test.assign(responded=~test["responded"])
    assert predicted(learn.iloc[50:], turned)["by_persona"].equals(before)


def test_small_segments_are_named_and_bad_shares_refused():
    case, labels = case_of("appliances"), segments_of("appliances")
    found = validate(case, labels, holdout=0.5)
    small = labels.value_counts()
    small = set(small[small < 55].index.astype(str))
    advice = found.advice.set_index("persona")
    assert small
    for label in small & set(advice.index[advice["found"].isna()]):
        assert advice.loc[label, "advice"] == "retire"
        assert "Merge" in advice.loc[label, "why"]
    with pytest.raises(InputError, match=r"between 0\.1 and 0\.5"):
        validate(case, labels, holdout=0.9)


def test_a_planted_shift_is_seen():
    persona = next(one for one in personas_of("ecommerce") if one.n > 100)
    moving = [t for t in persona.traits if t.evidence.table in ("orders", "products")]
    ids = [trait.id for trait in moving]
    then = pd.DataFrame(1.0, range(100), ids)
    now = then.copy()
    now.iloc[:60, 0] = 0.0
    found = trait_drift(then, now, moving).set_index("trait")
    assert found.loc[ids[0], "shifted"]
    assert not found.loc[ids[1:], "shifted"].any()


@pytest.mark.parametrize("name", ["ecommerce", "software"])
def test_what_is_known_on_a_day_holds_nothing_later(name):
    case, day = case_of(name), pd.Timestamp("2024-03-01")
    dates = DATED | {"customers": "customer_since"}
    ends = {"deals": "closed_on", "subscriptions": "ended_on"}
    cut = {}
    for table, frame in case.tables.items():
        if table in dates:
            frame = frame[frame[dates[table]] < day + pd.Timedelta(days=1)].copy()
        if table in ends:
            open_then = ~(frame[ends[table]] <= day)
            for column in {"closed_on", "loss_reason", "ended_on", "end_reason"} & set(frame):
                frame[column] = frame[column].mask(open_then)
        cut[table] = frame
    then = Case(case.package, {table: frame.copy for table, frame in cut.items()})
    seen, expected = facts_of(case, day).values, facts_of(then, day).values
    pd.testing.assert_frame_equal(seen, expected)


def test_segment_labels_may_be_floats_or_categories():
    case, labels = case_of("software"), segments_of("software")
    expected = [persona.segment for persona in personas_of("software")]
    for same in (labels.astype(float), labels.astype("category").cat.add_categories([99])):
        checked = checked_segments(case, same)
        assert [str(label) for label in in_order(checked)] == expected
