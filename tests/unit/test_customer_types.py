"""Rules, rhythm, grid, tree and campaign: what a user of customer types would notice."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custlab import load_case
from custlab.cases import CASE_NAMES
from custlab.customer_types import (
    TypeTree,
    apply_rules,
    behaviour_rules,
    cheapest_type,
    clear_winners,
    customer_types,
    early_facts,
    entropy,
    evaluate,
    facts_of_today,
    first_value,
    information_gain,
    need_rules,
    repurchase_rhythm,
    response_by_type,
    return_curve,
    rules_in_words,
    split_in_time,
    type_grid,
    value_rules,
)
from custlab.errors import InputError
from tests.unit.fixtures_types import small_case

# Quinlan 1986, table 1: outlook, temperature, humidity, wind, class.
TENNIS = pd.DataFrame(
    [row.split() for row in """sunny hot high weak no|sunny hot high strong no
overcast hot high weak yes|rain mild high weak yes|rain cool normal weak yes
rain cool normal strong no|overcast cool normal strong yes|sunny mild high weak no
sunny cool normal weak yes|rain mild normal weak yes|sunny mild normal strong yes
overcast mild high strong yes|overcast hot normal weak yes|rain mild high strong no
""".replace("\n", "|").strip("|").split("|")],
    columns=["outlook", "temperature", "humidity", "wind", "play"],
)  # fmt: skip


def orders_of(*rows):
    table = pd.DataFrame(rows, columns=["customer_id", "order_date"])
    return table.assign(order_date=pd.to_datetime(table["order_date"]), amount=10.0)


# ---- rhythm and rules


def test_rhythm_counts_open_waits():
    """Customers who have not come back yet lengthen the rhythm; ignoring them would not."""
    rows = [(f"c{i}", "2024-01-01") for i in range(10)]
    rows += [(f"c{i}", f"2024-01-{2 + i:02d}") for i in range(5)]
    curve = return_curve(orders_of(*rows), "2024-06-30")
    assert curve.iloc[-1] < 1
    expected, alive = 1.0, 15
    for day in (1, 2, 3, 4, 5):
        expected *= 1 - 1 / alive
        alive -= 1
        assert curve.loc[day] == pytest.approx(1 - expected)


def test_rhythm_differs_between_groups():
    weekly = [("a", d) for d in pd.date_range("2024-01-01", periods=8, freq="7D")]
    yearly = [("b", d) for d in pd.date_range("2020-01-01", periods=5, freq="365D")]
    orders = orders_of(*weekly, *yearly).assign(line=["tea"] * 8 + ["fridge"] * 5)
    rhythm = repurchase_rhythm(orders, "2024-03-01", by="line")
    assert rhythm["active_days"].to_dict() == {"tea": 7, "fridge": 365}


def test_nothing_after_the_day_of_analysis_is_used():
    orders = orders_of(("a", "2024-01-01"), ("a", "2024-01-11"), ("a", "2024-09-01"))
    rhythm = repurchase_rhythm(orders, "2024-02-01")
    assert rhythm.loc["all", ["returns", "active_days"]].tolist() == [1, 10]


def test_without_returns_there_is_no_rhythm():
    with pytest.raises(InputError, match="second time"):
        repurchase_rhythm(orders_of(("a", "2024-01-01"), ("b", "2024-01-01")), "2024-02-01")


def test_limits_belong_to_the_better_type_and_missing_is_potential():
    table = pd.DataFrame({"recency": pd.array([0, 60, 61, 120, 121, None], dtype="Int64")})
    types = apply_rules(table, behaviour_rules(active_days=60, churned_days=120))
    assert types.tolist() == ["active", "active", "at risk", "at risk", "churned", "potential"]


def test_rules_can_be_edited_like_any_table():
    rules = need_rules()
    rules.loc[0] = ["employees", "at least", 1000, "key account"]
    rules = rules.sort_index()
    table = pd.DataFrame({"kind": ["enterprise", "enterprise"], "employees": [2000, 10]})
    assert apply_rules(table, rules).tolist() == ["key account", "enterprise"]


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (pd.DataFrame({"column": ["a"]}), "no column test"),
        (need_rules().assign(test="about"), "test must be one of .*, not 'about'"),
        (behaviour_rules(active_days=1, churned_days=2).assign(value="soon"), "must be numbers"),
    ],
)
def test_bad_rules_are_refused(rules, sentence):
    with pytest.raises(InputError, match=sentence):
        apply_rules(pd.DataFrame({"kind": ["household"], "recency": [3]}), rules)


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=40), st.sampled_from(["pareto", "quantile"])
)
def test_equal_customers_have_equal_value_types(amounts, method):
    amounts = pd.Series(amounts, dtype=float)
    types = apply_rules(amounts.to_frame("monetary"), value_rules(amounts, method))
    assert (types.groupby(amounts).nunique() == 1).all()
    order = types.map({"low": 0, "medium": 1, "high": 2})
    assert order[amounts.sort_values().index].is_monotonic_increasing
    if method == "pareto":
        high = amounts[types == "high"]
        assert high.sum() >= 0.8 * amounts.sum() - 1e-9
        less = amounts[amounts > high.min()].sum()
        assert less < 0.8 * amounts.sum()


def test_types_of_a_case_add_up():
    types = customer_types(small_case())
    assert types.index.is_unique
    assert types[["need", "behaviour", "value"]].notna().all().all()
    assert ((types["behaviour"] == "potential") == (types["value"] == "none yet")).all()
    grid = type_grid(types)
    assert grid.to_numpy().sum() == len(types)
    money = type_grid(types, what="monetary")
    assert money.to_numpy().sum() == pytest.approx(float(types["monetary"].sum()))


def test_types_on_an_earlier_day_know_nothing_of_later_orders():
    case = small_case()
    day = pd.Timestamp("2024-02-26")
    early = customer_types(case, day)
    ordered = case.orders.loc[
        (case.orders["order_date"] <= day) & ~case.orders["returned"], "customer_id"
    ].unique()
    assert set(early.index[early["behaviour"] != "potential"]) == set(ordered)


# ---- tree


def test_quinlans_tennis_table():
    assert entropy(TENNIS["play"]) == pytest.approx(0.940286, abs=5e-7)
    gains = {name: information_gain(TENNIS["play"], TENNIS[name]) for name in TENNIS.columns[:4]}
    assert gains == pytest.approx(
        {"outlook": 0.246750, "humidity": 0.151836, "wind": 0.048127, "temperature": 0.029223},
        abs=5e-7,
    )


def test_gain_of_a_fact_with_gaps():
    """What nobody knows tells nothing: .98 bits came from a fact missing for all but one."""
    types = ["yes", "no"] * 500
    for empty in ([np.nan] * 1000, [None] * 1000, pd.Series([pd.NA] * 1000, dtype="Int64")):
        assert information_gain(types, empty) == 0
    assert information_gain(types, [1.0] + [np.nan] * 999) == pytest.approx(0.001, abs=2e-4)
    # Unknown is a value like others: no more, no less than the same written out.
    told = pd.Series(["sunny", None, "rain", None] * 250)
    random = pd.Series(types).sample(frac=1, random_state=0).tolist()
    assert information_gain(random, told) == pytest.approx(
        information_gain(random, told.fillna("unknown"))
    )
    with pytest.raises(InputError, match="Of 2 customers 1 have no type"):
        information_gain(["yes", None], ["a", "b"])
    with pytest.raises(InputError, match="2 types and 1 values"):
        information_gain(["yes", "no"], ["a"])


@pytest.mark.parametrize("name", CASE_NAMES)
def test_the_first_question_of_a_tree_takes_away_most(name):
    """As lesson 04 says: of the best yes-or-no question about each fact, the tree asks the best."""
    case = load_case(name)
    value = first_value(case, within=180)
    facts = early_facts(case, days=14).loc[value.index]
    learn, _later = split_in_time(facts["decided_on"], horizon=166)
    facts = facts.loc[learn].drop(columns=["decided_on", "amount"])
    types = apply_rules(value[learn].to_frame(), value_rules(value[learn], "quantile"))
    bits = {}
    for fact in facts:
        question = TypeTree(max_leaves=2, min_customers=20).fit(facts[[fact]], types)
        bits[fact] = information_gain(types, question.predict_proba(facts[[fact]])[:, 0])
    tree = TypeTree(max_leaves=6, min_customers=20).fit(facts, types)
    first = tree.columns_[tree.tree_.tree_.feature[0]].fact
    assert bits[first] == pytest.approx(max(bits.values()))


def test_tree_says_tennis_in_words():
    tree = TypeTree(max_leaves=9, min_customers=1).fit(TENNIS.drop(columns="play"), TENNIS["play"])
    assert (tree.predict(TENNIS.drop(columns="play")) == TENNIS["play"]).all()
    rules = rules_in_words(tree)
    assert "If outlook is overcast, then yes." in rules["rule"].tolist()
    assert rules["customers"].sum() == 14


def test_every_sentence_holds_for_its_customers():
    """Each rule's conditions, read back by hand, select exactly as many customers as it says."""
    facts = pd.DataFrame(
        {"orders": [1, 2, 3, 4, 5, 6, 7, 8] * 5, "age": [20.0, 60, np.nan, 30] * 10}
    )
    types = np.where((facts["orders"] > 4) & (facts["age"] < 40), "high", "low")
    rules = rules_in_words(TypeTree(max_leaves=4, min_customers=2).fit(facts, types))
    for rule in rules.itertuples():
        chosen = pd.Series(True, index=facts.index)
        for condition in rule.rule[3:].split(", then")[0].split(" and "):
            unknown = condition.endswith("(or unknown)")
            name, limit = condition.replace(" (or unknown)", "").split(" is ")
            number = float(limit.split()[-1])
            holds = facts[name] <= number if "most" in limit else facts[name] > number
            chosen &= holds | (facts[name].isna() & unknown)
        assert chosen.sum() == rule.customers


def test_new_values_do_not_break_the_tree():
    facts = pd.DataFrame({"channel": ["app", "store"] * 30})
    tree = TypeTree().fit(facts, ["a", "b"] * 30)
    assert len(tree.predict(pd.DataFrame({"channel": ["visit", None]}))) == 2


# ---- facts, hold-out, evaluation


def test_early_facts_hold_nothing_known_later():
    case = small_case()
    facts = early_facts(case, days=30)
    one = facts.index[facts["orders"] >= 2][0]
    own = case.orders[(case.orders["customer_id"] == one) & ~case.orders["returned"]]
    until = own["order_date"].min() + pd.Timedelta(days=30)
    assert facts.loc[one, "decided_on"] == until
    assert facts.loc[one, "amount"] == pytest.approx(
        own[own["order_date"] <= until]["amount"].sum()
    )
    contacts = case.interactions[case.interactions["customer_id"] == one]["timestamp"]
    assert facts.loc[one, "contacts"] == (contacts < until + pd.Timedelta(days=1)).sum()
    value = first_value(case, within=90)
    end = own["order_date"].min() + pd.Timedelta(days=90)
    assert value[one] == pytest.approx(own[own["order_date"] <= end]["amount"].sum())


def test_hold_out_lies_after_everything_learned():
    facts = early_facts(small_case())
    later = first_value(small_case(), within=104)
    days = facts.loc[later.index, "decided_on"]
    learn, test = split_in_time(days, horizon=90)
    assert days[learn].max() + pd.Timedelta(days=90) <= days[test].min()
    assert not set(learn) & set(test)


def test_cost_of_errors_by_hand():
    costs = pd.DataFrame({"high": [0, 10], "low": [100, 0]}, index=["high", "low"])
    found = evaluate(
        ["high", "high", "low", "low"],
        ["high", "low", "high", "low"],
        ["low", "low", "high"],
        costs,
    )
    assert found.confusion.loc["high", "low"] == 1
    assert found.cost == pytest.approx((100 + 10) / 4)
    assert found.baseline_cost == pytest.approx(20 / 4)  # learned: treat all as high
    assert (found.accuracy, found.baseline) == (0.5, 0.5)
    assert cheapest_type([[0.05, 0.95], [0.2, 0.8]], ["high", "low"], costs).tolist() == [
        "low",
        "high",
    ]
    with pytest.raises(InputError, match="type 'medium'"):
        cheapest_type([[1.0]], ["medium"], costs)


# ---- campaign


def test_difference_of_rates_has_newcombes_interval():
    """Newcombe 1998, table II, row (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    arms = [("treated", "advice", 70, 56), ("control", "none", 80, 48)]
    rows = [
        (f"{treatment}{i}", treatment, approach, i < hits)
        for treatment, approach, n, hits in arms
        for i in range(n)
    ]
    campaign = pd.DataFrame(rows, columns=["customer_id", "treatment", "approach", "responded"])
    campaign["campaign_id"] = "X"
    types = pd.Series("household", index=campaign["customer_id"])
    line = response_by_type(campaign, types, "X").iloc[0]
    assert line[["low", "high"]].tolist() == pytest.approx([0.0524, 0.3339], abs=5e-5)
    assert line["rate"] == pytest.approx(0.8)


def responses(cells: dict, customers=100, control=(100, 20)):
    """As from response_by_type: responses by (type, approach)."""
    index = pd.MultiIndex.from_tuples(cells, names=["type", "approach"])
    table = pd.DataFrame({"responses": list(cells.values())}, index=index)
    rate = control[1] / control[0]
    table = table.assign(customers=customers, control_customers=control[0], control_rate=rate)
    return table.assign(difference=table["responses"] / table["customers"] - rate)


def test_no_approach_is_named_without_evidence():
    advice = clear_winners(responses({("a", "price"): 50, ("b", "price"): 24}))["advice"]
    assert advice["a"] == "use price"
    assert advice["b"].startswith("no clear effect")
    worse = responses({("a", "price"): 4, ("a", "demo"): 2})
    assert clear_winners(worse)["advice"]["a"].startswith("avoid all: even price")
    with pytest.raises(InputError, match="response has no column customers"):
        clear_winners(worse.drop(columns="customers"))


def test_the_best_of_several_approaches_is_no_winner_by_chance():
    """Four approaches that do nothing: the best was called a winner in 6 % of campaigns."""
    rng = np.random.default_rng(0)
    named = {1: 0, 4: 0}
    for __ in range(1500):
        control = rng.binomial(200, 0.2)
        for tried in named:
            cells = {("a", f"way {k}"): rng.binomial(200, 0.2) for k in range(tried)}
            advice = clear_winners(responses(cells, 200, (200, control)))["advice"]["a"]
            named[tried] += advice.startswith("use")
    assert named[1] / 1500 < 0.04
    assert named[4] / 1500 < 0.04
    single = clear_winners(responses({("a", "price"): 32}))
    four = clear_winners(
        responses({("a", name): n for name, n in zip("wxyz", [32, 20, 20, 20], strict=True)})
    )
    assert single["low"].item() > four["low"].item()
    assert "best of 4 looks good by chance" in four["advice"].item()


def test_campaign_errors_are_sentences():
    campaign = small_case().campaign
    types = pd.Series("x", index=campaign["customer_id"].unique())
    with pytest.raises(InputError, match="No campaign is called 'Z'"):
        response_by_type(campaign, types, "Z")
    with pytest.raises(InputError, match="no column treatment"):
        response_by_type(campaign.drop(columns="treatment"), types, "Z")


# ---- tables of one's own


OWN = SimpleNamespace(
    customers=pd.DataFrame({"customer_id": list("abcd"), "age": [30, 40, 50, 60]}),
    orders=orders_of(("a", "2024-01-01"), ("a", "2024-01-20"), ("b", "2024-02-01")),
    as_of="2024-03-31",
)


def changed(**tables):
    return SimpleNamespace(**{**vars(OWN), **tables})


def test_own_tables_become_types():
    types = customer_types(OWN)
    assert types["behaviour"].tolist()[2:] == ["potential", "potential"]
    dated = changed(customers=OWN.customers.assign(customer_since=pd.Timestamp("2024-01-05")))
    assert len(customer_types(dated)) == 4
    late = changed(customers=dated.customers.assign(
        customer_since=pd.to_datetime(["2024-01-01"] * 3 + ["2024-06-01"]).tz_localize("Asia/Tokyo")
    ))  # fmt: skip
    assert list(customer_types(late).index) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        (OWN.orders, "A case with customers, orders, as_of is needed, but this DataFrame lacks"),
        (SimpleNamespace(orders=OWN.orders), "this SimpleNamespace lacks customers, as_of"),
        (None, "this NoneType lacks customers, orders, as_of"),
        (changed(customers=OWN.customers.drop(columns="customer_id")), "Table customers has no"),
        (changed(customers=OWN.customers.iloc[1:]), "1 customers with orders are not in .* a"),
        (changed(customers=pd.concat([OWN.customers] * 2)), "'a' stands in more than one row"),
        (changed(customers=OWN.customers.assign(customer_since="1/5/2024")), "holds '1/5/2024', n"),
        (changed(customers=OWN.customers.assign(customer_since=pd.NaT)), "missing in 4 of 4 rows"),
        (changed(as_of="31.03.2024"), "'31.03.2024' is not a date"),
    ],
)
def test_what_own_tables_lack_is_said_in_a_sentence(case, sentence):
    with pytest.raises(InputError, match=sentence):
        customer_types(case)


def test_other_functions_of_a_case_refuse_bare_tables_too():
    for use in (early_facts, facts_of_today, first_value):
        with pytest.raises(InputError, match=r"A case with .* is needed, but this DataFrame lacks"):
            use(OWN.orders)


def test_nobody_falls_out_of_the_grid():
    types = pd.DataFrame({"behaviour": ["active", None], "value": ["high", "low"]})
    assert type_grid(types).loc["no type"].tolist() == [0, 1]
    with pytest.raises(InputError, match="what must be one of customers, monetary, not 'money'"):
        type_grid(types, what="money")
    with pytest.raises(InputError, match="no column monetary"):
        type_grid(types, what="monetary")


def test_gaps_are_refused_wherever_they_would_become_a_number():
    gap = ["high", None]
    for use in (
        lambda: evaluate(gap, ["high", "low"], ["high"]),
        lambda: evaluate(["high", "low"], gap, ["high"]),
        lambda: evaluate(["high"], ["high"], gap),
    ):
        with pytest.raises(InputError, match="1 of 2 types are missing"):
            use()
    costs = pd.DataFrame({"high": [0, np.nan], "low": [9, 0]}, index=["high", "low"])
    for use in (
        lambda: cheapest_type([[0.5, 0.5]], ["high", "low"], costs),
        lambda: cheapest_type([[0.5, np.nan]], ["high", "low"], costs.fillna(1)),
        lambda: split_in_time(pd.Series(pd.to_datetime(["2024-01-01", None]))),
        lambda: value_rules(pd.Series([1.0, np.inf])),
    ):
        with pytest.raises(InputError, match=r"missing|infinite"):
            use()
    campaign = pd.DataFrame(
        {"customer_id": list("abcd"), "campaign_id": "X",
         "treatment": ["sent", "sent", None, "control"], "responded": True,
         "approach": ["call", None, "call", "none"]}
    )  # fmt: skip
    types = pd.Series("firm", index=list("abcd"))
    with pytest.raises(InputError, match="2 rows have no treatment or no approach, 1 are of the c"):
        response_by_type(campaign, types, "X")
    with pytest.raises(InputError, match=r"0 rows have .*, 0 are of the control group"):
        response_by_type(campaign.iloc[:1], types, "X")
    with pytest.raises(InputError, match="'a' has more than one type"):
        response_by_type(campaign.iloc[[0, 3]], pd.concat([types, types]), "X")
