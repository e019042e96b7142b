"""Profitability, loyalty, satisfaction, simple formulas and tiers, checked by hand."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from custlab import load_case
from custlab.errors import InputError
from custlab.value import (
    COST_DRIVERS,
    CostToServe,
    allocate,
    average_value,
    big_but_unprofitable,
    compare_lenses,
    contribution,
    loyalty_matrix,
    net_promoter_score,
    ranking_sensitivity,
    repurchase_rate,
    retention_by_satisfaction,
    retention_value,
    satisfaction_drivers,
    share_of_wallet,
    tier_plan,
    tier_table,
    top_box,
    value_tiers,
    whale_curve,
)

COSTS = CostToServe(order_handling=10, return_handling=20, service_contact=30, lost_on_return=0.5)
ORDERS = pd.DataFrame(
    {
        "customer_id": ["a", "a", "a", "b"],
        "order_id": ["1", "1", "2", "3"],
        "product_id": ["p", "q", "p", "q"],
        "quantity": [2, 1, 1, 3],
        "unit_price": [100.0, 50.0, 100.0, 50.0],
        "discount": [20.0, 0.0, 0.0, 15.0],
        "returned": [False, False, True, False],
    }
)
PRODUCTS = pd.DataFrame({"product_id": ["p", "q"], "unit_cost": [60.0, 30.0]})
CUSTOMERS = pd.DataFrame({"customer_id": ["a", "b", "c"], "acquisition_cost": [5.0, None, 7.0]})
CALLS = pd.DataFrame({"customer_id": ["a", "a", "b"], "stage": ["service", "need", "service"]})


def test_contribution_by_hand():
    table = contribution(ORDERS, PRODUCTS, COSTS, interactions=CALLS, customers=CUSTOMERS)
    a = table.loc["a"]
    assert a["list_sales"] == 350
    assert a["discounts"] == 20
    assert a["returns"] == 100
    assert a["cost_of_goods"] == 120 + 30 + 0.5 * 60
    assert a["order_handling"] == 20  # two orders, three lines
    assert a["return_handling"] == 20
    assert a["service"] == 30
    assert a["net_sales"] == 230
    assert a["contribution"] == 230 - 180 - 20 - 20 - 30 - 5
    assert table.loc["b", "contribution"] == 135 - 90 - 10 - 30
    assert table.loc["c", "contribution"] == -7  # paid for, and never bought
    rest = table["list_sales"] - table[list(COST_DRIVERS)].sum(axis=1)
    pd.testing.assert_series_equal(rest, table["contribution"], check_names=False)


@pytest.mark.parametrize("name", ["appliances", "ecommerce", "software"])
def test_every_case_hides_a_big_customer_who_costs_money(name):
    case = load_case(name)
    costs = CostToServe.from_table(case.costs)
    table = contribution(
        case.orders, case.products, costs, interactions=case.interactions, customers=case.customers
    )
    kept = case.orders[~case.orders["returned"]]
    assert table["net_sales"].sum() == pytest.approx(kept["amount"].sum())
    buyers = table[table["list_sales"] > 0]
    assert len(big_but_unprofitable(buyers, top=0.2)) >= 1
    whale = whale_curve(buyers["contribution"])
    assert whale["share_of_profit"].max() > 1
    assert whale["share_of_profit"].iloc[-1] == pytest.approx(1)


def test_contribution_explains_bad_tables():
    with pytest.raises(InputError, match="Product q in row 1"):
        contribution(ORDERS, PRODUCTS.head(1), COSTS)
    with pytest.raises(InputError, match=r"1 order lines repeat .*row 3"):
        contribution(pd.concat([ORDERS, ORDERS.tail(1)]), PRODUCTS, COSTS)
    with pytest.raises(InputError, match="orders has no column returned"):
        contribution(ORDERS.drop(columns="returned"), PRODUCTS, COSTS)
    with pytest.raises(InputError, match="service_contact must be 0 or more"):
        CostToServe(order_handling=1, return_handling=1, service_contact=-1)


def test_whale_curve_of_a_loss_has_no_shares():
    whale = whale_curve(pd.Series([5.0, -10.0, 1.0]))
    assert whale["cumulative"].tolist() == [5, 6, -4]
    assert whale["share_of_profit"].isna().all()


def test_overheads_move_contribution_without_changing_their_sum():
    """Shared out over orders, they make losers of customers with many small orders."""
    table = contribution(ORDERS, PRODUCTS, COSTS, interactions=CALLS, customers=CUSTOMERS)
    parts = allocate(60.0, table["order_handling"])
    assert parts.to_dict() == {"a": 40.0, "b": 20.0, "c": 0.0}
    whale = whale_curve(table["contribution"] - parts)
    assert whale["cumulative"].iloc[-1] == pytest.approx(table["contribution"].sum() - 60)
    for key in (table["order_handling"] * 0, table["order_handling"] - 15):
        with pytest.raises(InputError, match="key must be 0 or more"):
            allocate(60.0, key)


def test_lenses_compete_with_honest_intervals():
    rng = np.random.default_rng(2)
    n = 400
    ability = rng.lognormal(0, 1, n)
    later = pd.Series(ability * rng.lognormal(0, 0.5, n))
    lenses = pd.DataFrame({"noise": rng.random(n), "ability": ability, "copy": ability * 2})
    table = compare_lenses(lenses, later, top=0.2, n_bootstrap=800)
    for name in lenses:
        by_hand = later[lenses[name].nlargest(80).index].sum() / later.sum()
        assert table.loc[name, "share"] == pytest.approx(by_hand)
    assert table.loc["noise", ["lead", "lead_low", "lead_high"]].tolist() == [0, 0, 0]
    assert table.loc["ability", "lead_low"] > 0
    assert (table["low"] < table["share"]).all()
    assert (table["share"] < table["high"]).all()
    pd.testing.assert_series_equal(table.loc["copy"], table.loc["ability"], check_names=False)
    # The same resamples, drawn one by one.
    drawn = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), 800)
    shares = []
    for times in drawn:
        again = np.repeat(np.arange(n), times)
        best = again[np.argsort(-ability[again], kind="stable")][:80]
        shares.append(later[best].sum() / later[again].sum())
    expected = np.quantile(shares, [0.025, 0.975])
    assert table.loc["ability", ["low", "high"]].tolist() == pytest.approx(expected)
    for spoilt, message in [
        (later.mask(later.index == 3), "is missing or infinite"),
        (later.iloc[1:], "same customers"),
        (-later, "there are no shares"),
    ]:
        with pytest.raises(InputError, match=message):
            compare_lenses(lenses, spoilt)
    with pytest.raises(InputError, match="top must be a share"):
        compare_lenses(lenses, later, top=20)


def test_what_cannot_be_told_apart_is_not_ranked_by_its_row():
    """A lens with ties had .12 of the value, and .57 when the rows were reversed."""
    rng = np.random.default_rng(3)
    later = pd.Series(np.sort(rng.lognormal(0, 1.5, 60)))
    lenses = pd.DataFrame({"tied": rng.integers(0, 3, 60).astype(float), "same": 1.0})
    table = compare_lenses(lenses, later, top=0.2)
    again = compare_lenses(lenses[::-1], later[::-1], top=0.2)
    pd.testing.assert_series_equal(table["share"], again["share"])
    assert table.loc["same", "share"] == pytest.approx(0.2)
    shuffled = [
        later[lenses["tied"].sample(frac=1, random_state=seed).nlargest(12).index].sum()
        for seed in range(4000)
    ]
    assert table.loc["tied", "share"] == pytest.approx(np.mean(shuffled) / later.sum(), rel=0.02)
    scenarios = pd.DataFrame({"base": later, **lenses})
    kept = ranking_sensitivity(scenarios)["top_kept"]
    assert kept.tolist() == pytest.approx(ranking_sensitivity(scenarios[::-1])["top_kept"].tolist())
    assert kept["same"] == pytest.approx(0.2)
    assert ranking_sensitivity(lenses)["top_kept"].iloc[0] == pytest.approx(1)


def test_simple_formulas_agree_with_a_written_out_sum():
    years = sum(100 * 0.7**t / 1.08**t for t in range(400))
    assert retention_value(100, 0.7, discount=0.08) == pytest.approx(years)
    assert retention_value(100, 0.7, discount=0.08, periods=400) == pytest.approx(years)
    later = retention_value(100, 0.7, discount=0.08, first_now=False, acquisition_cost=50)
    assert later == pytest.approx(years - 100 - 50)
    assert average_value(200, 3, 4, 0.25) == 600
    with pytest.raises(InputError, match="infinite"):
        retention_value(100, 1.0)
    with pytest.raises(InputError, match="retention must be a share"):
        retention_value(100, 80)


def test_repurchase_rate_counts_only_those_watched_long_enough():
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "c", "c", "d"],
            "order_date": pd.to_datetime(
                [
                    "2024-01-01",
                    "2024-01-20",
                    "2024-01-01",
                    "2024-02-01",
                    "2024-02-01T18:00",
                    "2024-03-20",
                ],
                format="ISO8601",
            ),
            "amount": 1.0,
        }
    )
    rate = repurchase_rate(orders, 30, as_of="2024-03-31")
    assert rate[["share", "n"]].tolist() == [pytest.approx(1 / 3), 3]  # d is too new
    assert rate["low"] < rate["share"] < rate["high"]
    with pytest.raises(InputError, match="Nobody was watched for 900 days"):
        repurchase_rate(orders, 900)


def test_net_promoter_score_and_its_bad_answers():
    answers = pd.Series([10, 9, 8, 7, 6, 0, None])
    score = net_promoter_score(answers)
    assert score[["nps", "n", "missing"]].tolist() == [0, 6, 1]
    three = net_promoter_score([10, 10, 10])
    assert three["low"] < 0 < three["high"] == 1  # three promoters prove little
    rng = np.random.default_rng(1)
    drawn = [net_promoter_score(rng.choice([10, 8, 3], 200, p=[0.5, 0.3, 0.2])) for _ in range(400)]
    covered = np.mean([s["low"] <= 0.3 <= s["high"] for s in drawn])
    assert 0.92 < covered < 0.98
    for wrong, message in [
        ([11, 5], "row 0 .* has 11"),
        ([5, 7.5], "row 1 .* has 7.5"),
        (["often", 3], "holds text"),
        ([None, None], "Nobody answered"),
    ]:
        with pytest.raises(InputError, match=message):
            net_promoter_score(wrong)


def test_loyalty_matrix_and_wallet():
    says = pd.Series({"a": 10, "b": 9, "c": 2, "d": 1, "e": 10})
    does = pd.Series({"a": 5, "b": 1, "c": 7, "d": 0, "f": 9})
    crossed = loyalty_matrix(says, does, attitude_from=9, behaviour_from=3)
    assert crossed.to_dict() == {
        "a": "true loyalty", "b": "latent loyalty", "c": "spurious loyalty", "d": "no loyalty",
    }  # fmt: skip
    with pytest.raises(InputError, match="do the two indexes match"):
        loyalty_matrix(says, does.set_axis(list("vwxyz")), attitude_from=9, behaviour_from=3)
    wallet = share_of_wallet(pd.DataFrame({"wallet_share": [0.2, 0.4, np.nan, 0.6]}))
    assert wallet[["share", "n"]].tolist() == [pytest.approx(0.4), 3]
    with pytest.raises(InputError, match="row 1 has 40"):
        share_of_wallet(pd.DataFrame({"wallet_share": [0.2, 40, 0.3]}))


def survey(n=800, seed=4):
    rng = np.random.default_rng(seed)
    base = rng.normal(size=n)
    frame = pd.DataFrame({name: 0.7 * base + rng.normal(size=n) for name in ["x", "y", "z"]})
    frame["satisfaction"] = frame["x"] + 0.5 * frame["y"] + rng.normal(size=n)
    return frame


def r_squared(frame, columns):
    if not columns:
        return 0.0
    design = np.column_stack([np.ones(len(frame)), frame[list(columns)]])
    residual = (
        frame["satisfaction"]
        - design @ np.linalg.lstsq(design, frame["satisfaction"], rcond=None)[0]
    )
    return (
        1
        - (residual**2).sum() / ((frame["satisfaction"] - frame["satisfaction"].mean()) ** 2).sum()
    )


def test_driver_importance_by_brute_force():
    """Average what each driver adds over all 3! orders, with plain least squares."""
    frame = survey()
    table = satisfaction_drivers(frame, ["x", "y", "z"], n_bootstrap=300)
    for name in ["x", "y", "z"]:
        gains = [
            r_squared(frame, order[: order.index(name) + 1])
            - r_squared(frame, order[: order.index(name)])
            for order in permutations(["x", "y", "z"])
        ]
        assert table.loc[name, "importance"] == pytest.approx(np.mean(gains))
    assert table["importance"].sum() == pytest.approx(r_squared(frame, ["x", "y", "z"]))
    assert ((table["low"] <= table["importance"]) & (table["importance"] <= table["high"])).all()
    # z is only correlated with the true drivers: importance credits it, the coefficient does not.
    assert table.loc["z", "importance"] > 0.02
    assert table.loc["z", "beta_low"] < 0 < table.loc["z", "beta_high"]
    assert table.loc["x", "beta_low"] > 0
    spread = [
        satisfaction_drivers(survey(seed=s), ["x", "y", "z"], n_bootstrap=1).loc["x", "importance"]
        for s in range(60)
    ]
    width = table.loc["x", "high"] - table.loc["x", "low"]
    assert 0.6 < width / (3.92 * np.std(spread)) < 1.6


def test_driver_analysis_explains_bad_surveys():
    frame = survey()
    with pytest.raises(InputError, match="no column speed"):
        satisfaction_drivers(frame, ["x", "speed"])
    with pytest.raises(InputError, match="Column y has the same answer"):
        satisfaction_drivers(frame.assign(y=3.0), ["x", "y"])
    with pytest.raises(InputError, match="Only 8 customers answered"):
        satisfaction_drivers(frame.head(8), ["x", "y"])
    assert top_box([5, 4, 2, None])[["share", "n"]].tolist() == [pytest.approx(2 / 3), 3]
    with pytest.raises(InputError, match=r"row 1 .* has 7"):
        top_box([5, 7])


def test_retention_by_satisfaction_looks_only_forward():
    answered = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "survey_date": pd.to_datetime(["2024-01-10", "2024-01-10", "2024-01-10", "2024-06-25"]),
            "satisfaction": [5, 5, 1, 5],
        }
    )
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "order_date": pd.to_datetime(["2024-02-01", "2024-01-05", "2024-05-30", "2024-06-30"]),
            "amount": 1.0,
        }
    )
    table = retention_by_satisfaction(answered, orders, 60)
    assert table["n"].to_dict() == {1: 1, 5: 2}  # d answered too late to judge
    assert table["share"].to_dict() == {1: 0.0, 5: 0.5}
    with pytest.raises(InputError, match="No survey was answered 400 days"):
        retention_by_satisfaction(answered, orders, 400)


def test_tiers_keep_equals_together():
    values = pd.Series([50.0, 20.0, 20.0, 20.0, 5.0, 0.0, -3.0], index=list("abcdefg"))
    pareto = value_tiers(values)
    assert pareto.loc[list("bcd")].nunique() == 1
    assert pareto.loc[["a", "f", "g"]].tolist() == ["high", "low", "low"]
    quantile = value_tiers(values, method="quantile", shares=(0.3, 0.6))
    assert quantile.loc[list("bcd")].nunique() == 1
    assert quantile.cat.ordered
    table = tier_table(values, pareto)
    assert table.index.tolist() == tier_plan().index.tolist() == ["high", "medium", "low"]
    assert table["customers"].sum() == 7
    assert table["value"].sum() == pytest.approx(values.sum())
    for bad, message in [
        (pd.Series([1.0, np.nan]), "is missing or infinite for 1 of 2"),
        (pd.Series([2.0, 2.0]), "no tiers to tell apart"),
        (pd.Series([-2.0, -1.0]), "no tiers to tell apart"),
        (
            pd.Series([1.0, 2.0], index=["a", "a"]),
            "customer 'a' stands in the index more than once",
        ),
        (pd.Series([], dtype=float), "no customer"),
    ]:
        with pytest.raises(InputError, match=message):
            value_tiers(bad)


def test_ranking_sensitivity():
    rng = np.random.default_rng(2)
    base = pd.Series(rng.gamma(1, 100, 400))
    scenarios = pd.DataFrame({"base": base, "double": 2 * base, "noise": rng.permutation(base)})
    table = ranking_sensitivity(scenarios)
    assert table.loc["double", ["rank_correlation", "top_kept"]].tolist() == pytest.approx([1, 1])
    assert abs(table.loc["noise", "rank_correlation"]) < 0.2
    assert table.loc["noise", "top_kept"] < 0.4
