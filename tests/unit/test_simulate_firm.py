"""The file of a firm: read, checked, and enough to make a case of."""

import pytest

from custlab.cases import CASE_NAMES
from custlab.errors import InputError
from custlab.simulate.firm import FOLDER, load_firm, read_firm


@pytest.mark.parametrize("name", CASE_NAMES)
def test_every_case_has_one_file_and_its_parts_fit_each_other(name):
    firm = load_firm(name)
    assert firm.name == name
    assert 4 <= len(firm.segments) <= 6
    assert set(firm.named_by_segments("lines")) <= set(firm.products["line"])
    assert all(brand.position.keys() == firm.brands[0].position.keys() for brand in firm.brands)
    for campaign in firm.campaigns:
        assert firm.effects(campaign).shape == (len(firm.segments), len(campaign.approaches))
    assert set(firm.comments["good"]) == set(firm.comments["bad"])


def test_the_files_are_the_cases():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(CASE_NAMES)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("promo = 1.25", "promotion = 1.25", "promotion"),
        ("seed = 20190617", "", "seed"),
        ("dropout = 0.16", "drop_out = 0.16", "drop_out"),
        ('product = "Plan Solo, per seat and month"', 'product = "Plan Duo"', "Plan Duo"),
        ("{advice = 0.1, price = 0.08, demo = 0.3}", "{advice = 0.1, price = 0.08}", "demo"),
        ("needs = {price = 4.3,", "needs = {cost = 4.3,", "needs must be"),
        ("costs = {service_contact = 520.0, ", "costs = {", "service_contact"),
    ],
)
def test_a_mistake_in_a_file_is_named(tmp_path, right, wrong, told):
    text = (FOLDER / "software.toml").read_text(encoding="utf-8")
    assert right in text
    path = tmp_path / "software.toml"
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(InputError, match=told) as error:
        read_firm(path)
    assert "software.toml" in str(error.value)


def test_allowed_values_come_from_the_description_of_the_tables():
    bands = load_firm("ecommerce").allowed("customers", "income_band")
    assert bands == ["low", "lower-middle", "middle", "upper-middle", "high"]


def test_only_a_firm_with_plans_has_deals_and_subscriptions():
    tables = {name: {r["name"] for r in load_firm(name).resources} for name in CASE_NAMES}
    assert tables["software"] - tables["appliances"] == {"deals", "subscriptions"}
    assert tables["ecommerce"] == tables["appliances"]
