"""The planted structure: coherent, believable, and found by good methods but not perfectly."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from custlab.cases import CASE_NAMES, load_case
from custlab.simulate import simulate, truth
from custlab.simulate.firm import load_firm

CORE = ["decider", "user", "influencer", "buyer"]
TELLING = {
    "decider": ["negotiates price", "chooses model", "approves budget", "agrees to price",
                "signs contract", "compares models"],
    "user": ["tries demo", "installs", "uses feature", "rates product", "asks for help",
             "reports fault"],
    "influencer": ["reads reviews", "shares link", "recommends"],
    "buyer": ["requests quote", "places order", "pays", "tracks delivery"],
}  # fmt: skip


@pytest.fixture(scope="module", params=CASE_NAMES)
def case(request):
    return load_case(request.param)


@pytest.fixture(scope="module")
def large():
    """A large online shop, where effects of campaigns stand out from chance."""
    return simulate("ecommerce", 14_000, 5)


def test_every_buying_unit_is_coherent(case):
    roles = truth(case.name).roles
    units = roles.groupby("customer_id")
    assert units[["decider", "user", "buyer"]].any().all(axis=None)
    assert (roles["main_role"] == "decider").groupby(roles["customer_id"]).sum().max() == 1
    for role in CORE:
        assert roles.loc[roles["main_role"] == role, role].all()
    alone = roles[units["person_id"].transform("size") == 1]
    assert alone[CORE].all(axis=None)
    people = case.people.merge(roles, on=["person_id", "customer_id"])
    children = people[(people["age"] < 12) & people["department"].isna()]
    assert not children[["decider", "buyer", "gatekeeper"]].any(axis=None)
    several = roles[units["person_id"].transform("size") > 1][CORE].sum(axis=1)
    assert 0.2 < (several >= 2).mean() < 0.6


def test_a_simple_rule_names_most_roles_and_a_title_does_not(case):
    roles = truth(case.name).roles.set_index("person_id")
    counts = pd.crosstab(case.interactions["person_id"], case.interactions["action"])
    size = case.people.groupby("customer_id")["person_id"].transform("size")
    together = case.people.loc[size > 1, "person_id"]
    counts = counts[counts.index.isin(together)]
    shares = counts.div(counts.sum(axis=1), axis=0)
    score = pd.DataFrame({r: shares[shares.columns.intersection(a)].sum(axis=1)
                          for r, a in TELLING.items()})  # fmt: skip
    named = (score / score.mean()).idxmax(axis=1)
    right = named == roles.loc[named.index, "main_role"]
    assert 0.70 < right.mean() < 0.88
    assert 0.78 < right[counts.sum(axis=1) >= 5].mean() < 0.93
    known = case.people[case.people["person_id"].isin(named.index)]
    by_title = pd.crosstab(known["title"], roles.loc[known["person_id"], "main_role"].to_numpy())
    assert by_title.max(axis=1).sum() / len(known) < 0.55
    silent = ~case.people["person_id"].isin(case.interactions["person_id"])
    assert 0.03 < silent.mean() < 0.2


def test_segments_are_found_in_part(case):
    survey = case.survey.set_index("customer_id")
    segment = truth(case.name).segments.set_index("customer_id").loc[survey.index, "segment"]
    items = survey.filter(regex="^(need|lifestyle)_").astype(float)
    items = items.fillna(items.mean())
    scaled = StandardScaler().fit_transform(items)
    found = KMeans(segment.nunique(), n_init=10, random_state=0).fit_predict(scaled)
    assert 4 <= segment.nunique() <= 6
    assert 0.45 < adjusted_rand_score(segment, found) < 0.78
    bought = case.orders.merge(case.products[["product_id", "line"]])
    lines = pd.crosstab(bought["customer_id"], bought["line"], normalize="index")
    who = case.customers.set_index("customer_id").loc[survey.index]
    known = items.join(lines).fillna(0).assign(
        age=who["age"].astype(float).fillna(-1), tier=who["city_tier"],
        income=who["income_band"].cat.codes, home=who["kind"] == "household",
    )  # fmt: skip
    tree = DecisionTreeClassifier(max_depth=8, min_samples_leaf=10, random_state=0)
    assert 0.68 < cross_val_score(tree, known, segment, cv=5).mean() < 0.9


def test_segments_differ_on_several_bases(case):
    who = case.customers.merge(truth(case.name).segments, on="customer_id")
    homes = who[who["kind"] == "household"]
    tiers = who.groupby("segment")["city_tier"].mean()
    ages = homes.groupby("segment")["age"].mean().astype(float)
    assert tiers.max() - tiers.min() > 0.3
    assert ages.max() - ages.min() > 10
    needs = case.survey.merge(who[["customer_id", "segment"]], on="customer_id")
    means = needs.groupby("segment")[["need_price", "need_innovation"]].mean()
    assert ((means.max() - means.min()) > 1.2).all()


def test_value_is_uneven_and_the_past_does_not_settle_the_future(case):
    spent = case.orders.groupby("customer_id")["amount"].sum()
    best = spent.sort_values(ascending=False).head(len(spent) // 5).sum() / spent.sum()
    assert 0.6 < best < 0.8
    value = truth(case.name).value.set_index("customer_id")
    assert set(value.index) == set(case.customers["customer_id"])
    future = value.loc[spent.index, "future_amount"]
    assert 0.15 < spent.corr(future, method="spearman") < 0.85
    assert (value.loc[~value["alive"] & value.index.isin(spent.index), "future_orders"] == 0).all()
    never = ~case.customers["customer_id"].isin(spent.index)
    assert 0.15 < never.mean() < 0.4
    assert not value.loc[case.customers.loc[never, "customer_id"], "alive"].any()
    stopped = 1 - value.loc[spent.index, "alive"].mean()
    assert 0.1 < stopped < 0.5


def test_some_good_customers_cost_more_than_they_bring(case):
    rate = case.costs.set_index("item")["cost"]
    lines = case.orders.merge(case.products[["product_id", "unit_cost"]])
    earned = lines["amount"] - lines["quantity"] * lines["unit_cost"]
    lines["margin"] = np.where(lines["returned"], -rate["return_handling"], earned)
    sums = lines.groupby("customer_id").agg(
        amount=("amount", "sum"), margin=("margin", "sum"), orders=("order_id", "nunique")
    )
    calls = case.interactions.query("stage == 'service'").groupby("customer_id").size()
    profit = (
        sums["margin"]
        - sums["orders"] * rate["order_handling"]
        - calls.reindex(sums.index, fill_value=0) * rate["service_contact"]
    )
    top = sums["amount"] > sums["amount"].quantile(0.8)
    assert 1 <= (profit[top] < 0).sum() < 0.15 * top.sum()
    assert 0.04 < (profit < 0).mean() < 0.25


def test_amounts_dates_and_people_agree(case):
    orders = case.orders
    expected = orders["quantity"] * orders["unit_price"] - orders["discount"]
    assert (orders["amount"] - expected).abs().max() < 0.006
    since = case.customers.set_index("customer_id")["customer_since"]
    assert (orders["order_date"] >= since.loc[orders["customer_id"]].to_numpy()).all()
    unit = case.people.set_index("person_id")["customer_id"]
    for table in (orders, case.interactions, case.survey):
        assert (unit.loc[table["person_id"]].to_numpy() == table["customer_id"].to_numpy()).all()
    sold = orders.merge(case.products)
    assert (sold["order_date"] >= sold["launched"]).all()
    own = case.interactions.dropna(subset="order_id")
    whose = orders.drop_duplicates("order_id").set_index("order_id")["customer_id"]
    assert (whose.loc[own["order_id"]].to_numpy() == own["customer_id"].to_numpy()).all()


def test_responses_can_be_recomputed_from_the_orders(case):
    orders = case.orders
    if case.name == "software":
        bought = orders.merge(case.products[["product_id", "line"]])
        first = bought.groupby("customer_id")["order_date"].transform("min")
        orders = bought[(bought["line"] != "subscription") | (bought["order_date"] == first)]
    sheet = case.campaign.reset_index()
    pairs = sheet.merge(orders[["customer_id", "order_date", "amount"]], on="customer_id")
    inside = pairs[pairs["order_date"].between(pairs["sent_on"], pairs["closed_on"])]
    amount = inside.groupby("index")["amount"].sum().reindex(sheet.index, fill_value=0)
    assert (amount - sheet["response_amount"]).abs().max() < 0.01
    assert (sheet["responded"] == sheet.index.isin(inside["index"])).all()


def test_campaigns_are_drawn_at_random_among_those_who_agreed(case):
    who = case.campaign.merge(case.customers, on="customer_id")
    assert who["marketing_consent"].all()
    assert (who["customer_since"] <= who["sent_on"]).all()
    for _, sheet in who.groupby("campaign_id", observed=True):
        groups = sheet.groupby("treatment", observed=True)["city_tier"]
        error = np.sqrt((groups.var() / groups.size()).sum())
        assert abs(groups.mean().diff().iloc[-1]) < 4 * error
    new = who[who["audience"] == "new"]
    before = new.merge(case.orders[["customer_id", "order_date"]], on="customer_id")
    assert (before["order_date"] >= before["sent_on"]).all()


def test_the_membership_campaign_works_differently_by_segment(large):
    sheet = large.tables["campaign"].merge(large.truth.segments, on="customer_id")
    sheet = sheet[sheet["campaign_id"] == "E-MEMBER24"]
    share = sheet.pivot_table(
        index="segment", columns="treatment", values="responded", observed=True
    )
    seen = share["treated"] - share["control"]
    planted = large.truth.uplift.merge(large.truth.segments).groupby("segment")["uplift"].mean()
    assert (seen - planted).abs().max() < 0.08
    assert planted["campus bargain hunters"] < -0.03
    assert planted["small-town sharers"] == 0
    assert planted["careful parents"] > 0.1
    assert seen.idxmin() == "campus bargain hunters"


def test_the_best_opening_depends_on_the_segment(large):
    sheet = large.tables["campaign"].merge(large.truth.segments, on="customer_id")
    new = sheet[(sheet["audience"] == "new") & (sheet["treatment"] == "treated")]
    share = new.pivot_table(index="segment", columns="approach", values="responded", observed=True)
    best = share[["advice", "price", "demo"]].idxmax(axis=1)
    assert best["campus bargain hunters"] == "price"
    assert best["first-job strivers"] == "demo"
    assert best["careful parents"] == "advice"
    control = sheet[(sheet["audience"] == "new") & (sheet["treatment"] == "control")]
    assert control["responded"].mean() < 0.5 * new["responded"].mean()


def test_a_bigger_effect_is_what_the_treated_have_over_the_control(large):
    sheet = large.truth.responses
    assert sheet["uplift"].between(-1, 1).all()
    assert sheet["base"].between(0, 1).all()
    observed = large.tables["campaign"].assign(base=sheet["base"])
    control = observed[observed["treatment"] == "control"]
    assert abs(control["base"].mean() - control["responded"].mean()) < 0.03


def test_the_year_has_its_seasons():
    shop = load_case("ecommerce").orders
    home = shop[shop["order_date"].dt.year == 2024]
    day = home["order_date"]
    festival = ((day.dt.month == 6) & (day.dt.day <= 18)) | (
        (day.dt.month == 11) & (day.dt.day <= 11)
    )
    assert festival.sum() / (18 + 11) > 1.6 * (~festival).sum() / (366 - 29)
    case = load_case("appliances")
    sold = case.orders.merge(case.products[["product_id", "category"]])
    summer = sold["order_date"].dt.month.isin([5, 6, 7, 8])
    cool = sold["category"] == "air conditioner"
    assert summer[cool].mean() > 1.4 * summer[~cool].mean()
    new_year = day.between("2024-02-09", "2024-02-17").sum() / 9
    assert new_year < 0.8 * day.between("2024-01-15", "2024-02-05").sum() / 22


def test_returns_and_missing_answers_follow_the_trade():
    shop = load_case("ecommerce")
    sold = shop.orders.merge(shop.products[["product_id", "category"]])
    rate = sold.groupby("category", observed=True)["returned"].mean()
    assert rate["clothing"] > 0.1 > 0.03 > rate["food"]
    products = load_firm("ecommerce").products
    margin = 1 - products["unit_cost"] / products["list_price"]
    assert margin.between(0, 0.7, inclusive="neither").all()
    homes = shop.customers[shop.customers["kind"] == "household"]
    assert 0.05 < homes["income_band"].isna().mean() < 0.25
    skipped = shop.survey["wallet_share"].isna()
    assert 0.35 < skipped.mean() < 0.75
    ordered = shop.survey["customer_id"].isin(shop.orders["customer_id"])
    assert shop.survey.loc[~ordered, "satisfaction"].isna().all()


def test_retention_rises_with_the_age_of_a_cohort():
    made = simulate("software", 9_000, 5)
    table = made.tables["subscriptions"]
    yearly = table[table["plan"].isin(["Business", "Enterprise"])]
    yearly = yearly[yearly["started_on"] < "2020-12-31"]
    ended = yearly["ended_on"].fillna(pd.Timestamp("2026-01-01"))
    years = (ended - yearly["started_on"]).dt.days
    alive = [(years >= 365 * n).mean() for n in (0, 1, 2, 3, 4)]
    kept = [later / earlier for earlier, later in pairwise(alive)]
    assert kept[0] < kept[1] < kept[3]
    assert 0.7 < kept[0] < 0.95
    assert table["ended_on"].max() <= pd.Timestamp("2024-12-31")
    assert (table["end_reason"].notna() == table["ended_on"].notna()).all()


def test_deals_and_subscriptions_agree_with_the_orders():
    case = load_case("software")
    deals = case.deals
    assert (deals["closed_on"].isna() == (deals["stage"] == "open")).all()
    assert (deals["loss_reason"].notna() == (deals["stage"] == "lost")).all()
    kinds = case.customers.set_index("customer_id")["kind"]
    assert (kinds.loc[deals["customer_id"]] != "household").all()
    length = (deals["closed_on"] - deals["opened_on"]).dt.days[deals["stage"] == "won"]
    by_kind = length.groupby(kinds.loc[deals["customer_id"]].to_numpy()[deals["stage"] == "won"],
                             observed=True).median()  # fmt: skip
    assert by_kind["government"] > 1.5 * by_kind["enterprise"] > 20
    plans = case.orders.merge(case.products.query("line == 'subscription'")[["product_id"]])
    ends = case.subscriptions.set_index("customer_id")["ended_on"].fillna(
        pd.Timestamp("2099-01-01")
    )
    assert (plans["order_date"] <= ends.loc[plans["customer_id"]].to_numpy()).all()
    assert set(plans["customer_id"]) == set(case.subscriptions["customer_id"])
