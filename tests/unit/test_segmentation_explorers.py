"""Explorers of lessons 04-06: every control moves, pictures have texts, errors are sentences."""

import pytest

from custlab.customer_types import error_costs
from custlab.explorers import customer_types as types
from custlab.explorers import segmentation as segments
from custlab.segmentation import MixedScaler, base_features
from tests.unit.fixtures_types import small_case


def scaled():
    features = base_features(small_case(), "psychographic")
    return MixedScaler().set_output(transform="pandas").fit_transform(features)


EXPLORERS = {
    "rhythm": lambda: types.rhythm_explorer(small_case()),
    "rules": lambda: types.rules_explorer(small_case()),
    "depth": lambda: types.depth_explorer(small_case()),
    "cost": lambda: types.cost_explorer(small_case()),
    "approach": lambda: types.approach_explorer(small_case()),
    "category": lambda: segments.category_explorer(small_case()),
    "factors": lambda: segments.factors_explorer(small_case()),
    "bases": lambda: segments.bases_explorer(small_case()),
    "scale": lambda: segments.scale_explorer(small_case()),
    "k": lambda: segments.k_explorer(scaled()),
    "outlier": lambda: segments.outlier_explorer(scaled()),
    "starts": lambda: segments.starts_explorer(scaled()),
}


def controls(box):
    return box.children[1].children


def other_values(control):
    """Give the ends of a slider, or the last option of a list."""
    if hasattr(control, "options"):
        last = control.options[-1]
        return [last[1] if isinstance(last, tuple) else last]
    return [control.min, control.max]


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_control_answers(name):
    box = EXPLORERS[name]()
    assert all(control.description for control in controls(box))
    for control in controls(box):
        before, start = box.children[2].value + box.children[3].value, control.value
        for value in other_values(control):
            control.value = value
            assert 'alt="' in box.children[2].value
            # Shares in the wrong order: the fields allow them, the rules do not.
            assert name == "rules" or "⚠" not in box.children[3].value
        moved = box.children[2].value + box.children[3].value
        assert moved != before or control.value == start
        control.value = start


def test_impossible_rules_are_told_in_a_sentence():
    box = types.rules_explorer(small_case())
    by_name = {control.description: control for control in controls(box)}
    by_name["High: down to (%)"].value = 99
    assert "0 &lt; high &lt; medium" in box.children[3].value


def test_unscaled_money_owns_the_distance():
    box = segments.scale_explorer(small_case())
    scale, __ = controls(box)
    assert "Money makes up <b>99" in box.children[3].value or "<b>100.0%" in box.children[3].value
    scale.value = "standardised"
    assert "Money makes up <b>50.0%" in box.children[3].value


def test_costs_of_errors_grow_with_the_distance():
    costs = error_costs(300, 40)
    assert (costs.loc["high", "low"], costs.loc["low", "high"]) == (300, 40)
    assert costs.loc["high", "medium"] < costs.loc["high", "low"]
    assert (costs.to_numpy().diagonal() == 0).all()
