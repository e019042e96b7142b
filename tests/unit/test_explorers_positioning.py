"""The explorers of lesson 01 answer their controls, in words and in a picture, on every case."""

import re

import pandas as pd
import pytest

from custlab import load_case, make_case, positioning
from custlab.explorers import positioning as explorers


def controls(box):
    return {control.description: control for control in box.children[1].children}


def words(box):
    return re.sub(r"<[^>]+>", "", box.children[-1].value)


def picture(box):
    return box.children[2].value


@pytest.fixture(scope="module", params=["appliances", "ecommerce", "software"])
def case(request):
    return load_case(request.param)


@pytest.fixture(scope="module")
def newcomers(case):
    return positioning.trial(make_case(case.name, 6000, seed=1))


def test_a_longer_offer_reaches_more_roads(case):
    box = explorers.road_explorer(case)
    days = controls(box)["The offer runs (days)"]
    reached = []
    for value in (days.min, days.max // 2, days.max):
        days.value = value
        reached.append(int(re.search(r"(\d+) of 100 roads", words(box)).group(1)))
    assert reached == sorted(reached)
    assert reached[-1] > 90 > reached[0]


def test_organisations_take_longer_roads(case):
    box = explorers.road_explorer(case)
    middle = {}
    for kind in ("household", "government"):
        controls(box)["Customers"].value = kind
        middle[kind] = int(re.search(r"take (\d+) days", words(box)).group(1))
        assert kind in words(box)
    assert middle["government"] > middle["household"]


def test_every_split_gives_a_plan_and_its_gain_on_paper(case, newcomers):
    box = explorers.split_explorer(newcomers, case.customers)
    seen = set()
    for _label, basis in controls(box)["Split newcomers by"].options:
        controls(box)["Split newcomers by"].value = basis
        more = int(re.search(r"On paper that is (-?\d+) more", words(box)).group(1))
        for_all, for_each = (
            int(re.search(before + r"\D*: (\d+)", words(box)).group(1))
            for before in ("for all", "each group")
        )
        assert more == for_each - for_all >= 0
        groups = positioning.group_by(newcomers, basis, case.customers).dropna().unique()
        seen.add(picture(box))
        assert all(str(group) in box.children[-1].value.replace("&#x27;", "'") for group in groups)
    assert len(seen) == 5


def test_dearer_contacts_pay_in_fewer_groups(case, newcomers):
    groups = positioning.group_by(newcomers, "who", case.customers)
    rates = positioning.response_rates(newcomers, groups)
    plan = positioning.best_for_each(rates)
    box = explorers.contact_explorer(rates, plan, cost=40.0, margin=500.0)
    cost = controls(box)["Cost of a contact (CNY)"]
    paying = []
    for value in (0, cost.max):
        cost.value = value
        paying.append(int(re.search(r"pays in (\d+) of", words(box)).group(1)))
    assert paying[0] > paying[1] == 0


def test_a_group_too_small_to_judge_is_named_instead_of_a_number():
    trial = pd.DataFrame(
        {"approach": ["price", "demo", "none"], "cost": 5.0, "responded": [True, False, False],
         "kind": "household", "income_band": ["low", "high", "high"]}
    )  # fmt: skip
    case = load_case("appliances")
    box = explorers.split_explorer(trial.assign(age=40, employees=pd.NA, city_tier=1,
        acquisition_channel="store"), case.customers)  # fmt: skip
    controls(box)["Split newcomers by"].value = "income"
    assert "Nobody in the group" in words(box)


def test_a_response_counts_only_above_the_control_group():
    """All respond, letter or not: the letter changes nothing, so it never pays."""
    trial = pd.DataFrame({"approach": ["price", "none"], "responded": [True, True]})
    rates = positioning.response_rates(trial, pd.Series(["all", "all"]))
    box = explorers.contact_explorer(rates, pd.Series({"all": "price"}), cost=5.0, margin=100.0)
    assert "0 of 1 groups" in words(box)


def test_larger_trials_can_be_trusted_more(case, newcomers):
    box = explorers.trial_size_explorer(newcomers, newcomers, case.customers)
    size = controls(box)["Newcomers contacted"]
    good, exaggerated = [], []
    for value in (size.options[0], size.options[-1]):
        size.value = value
        found = re.search(r"promise (\d+) more of 1,000 and keep (-?\d+)", words(box)).groups()
        exaggerated.append(int(found[0]) - int(found[1]))
        good.append(int(re.search(r"(\d+) of 100 trials", words(box)).group(1)))
    assert good[1] > good[0]
    assert exaggerated[0] > exaggerated[1] >= 0


def test_no_trial_is_drawn_that_is_larger_than_the_one_it_is_drawn_from(case, newcomers):
    box = explorers.trial_size_explorer(newcomers, newcomers, case.customers)
    contacted = (newcomers["approach"] != "none").sum()
    assert max(controls(box)["Newcomers contacted"].options) <= contacted
    assert f"{contacted:,} newcomers" in box.children[0].value


def test_pictures_have_words_for_those_who_cannot_see_them(case, newcomers):
    boxes = [
        explorers.road_explorer(case),
        explorers.split_explorer(newcomers, case.customers),
        explorers.trial_size_explorer(newcomers, newcomers, case.customers),
    ]
    for box in boxes:
        assert len(re.search(r'alt="([^"]+)"', picture(box)).group(1)) > 30
        assert all(control.description for control in box.children[1].children)
