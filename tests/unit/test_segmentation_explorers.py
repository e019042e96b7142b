"""Explorers of lessons 04-06: every control moves, pictures have texts, errors are sentences."""

import re
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from custlab import make_case
from custlab.customer_types import (
    TypeTree,
    apply_rules,
    behaviour_rules,
    customer_types,
    error_costs,
    repurchase_rhythm,
)
from custlab.explorers import customer_types as types
from custlab.explorers import segment_bases
from custlab.explorers import segmentation as segments
from custlab.plots import customer_types as plots
from custlab.plots import segmentation as segment_plots
from custlab.plots.drawing import shaded_table
from custlab.segmentation import MixedScaler, Segmenter, base_features, profile, recovery
from custlab.style import new_figure
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


def said(box):
    return re.sub("<[^>]+>", "", box.children[3].value)


@pytest.mark.parametrize("case", ["ecommerce", "software", "appliances"])
def test_sentences_of_types_follow_the_numbers(case):
    """ "-2 points are memory", "not what costs least" where it is, "too early" for nobody."""
    case = make_case(case, n_customers=900, seed=11)
    rhythm = types.rhythm_explorer(case)
    active, churned = controls(rhythm)
    limit = repurchase_rhythm(case.orders, case.as_of).loc["all", "churned_days"]
    assert churned.max < max(limit + 5, 181)
    for day in (churned.min, 90, churned.max):
        churned.value = day
        later = int(re.search(r"(\d+)% still come back", said(rhythm)).group(1))
        assert ("too early. " in said(rhythm) + " ") == (later >= 10)
        assert ("Nobody churns before" in said(rhythm)) == (day < active.value)

    depth = types.depth_explorer(case)
    for leaves in types.LEAVES:
        controls(depth)[0].value = leaves
        learned, later = map(int, re.findall(r"(\d+) % of", said(depth)))
        memory = re.search(r"(-?\d+) points of what it knows", said(depth))
        assert (int(memory.group(1)) == learned - later > 0) if memory else learned <= later

    cost = types.cost_explorer(case)
    missed, wasted = controls(cost)
    for missed.value, wasted.value in [(300, 40), (0, 500), (500, 0), (40, 300), (0, 0)]:
        text = said(cost)
        costs = re.search(r"cheapest type (\S+), the .*? type (\S+), one .*? all (\S+)", text)
        least, usual, base = (int(n.replace(",", "")) for n in costs.groups())
        right, usual_right = map(int, re.findall(r"(\d+)%", text))
        assert ("One type for all would have cost less" in text) == (base < least)
        assert ("is not what costs least" in text) == (least < usual and right < usual_right
                                                       and least <= base)  # fmt: skip

    rules = types.rules_explorer(case)
    differing = int(re.search(r"([\d,]+) of [\d,]+ customers have another", said(rules)).group(1))
    common = apply_rules(start := customer_types(case), behaviour_rules(
        active_days=controls(rules)[0].value, churned_days=controls(rules)[1].value))  # fmt: skip
    assert differing == (common != start["behaviour"]).sum()


def test_questions_do_not_ask_households_for_employees():
    facts = pd.DataFrame({"employees": [5.0, 50] * 20 + [np.nan] * 40})
    kinds = (["small", "large"] * 20) + ["small"] * 40
    picture = plots.tree(TypeTree(min_customers=2).fit(facts, kinds))
    assert "employees is known and\nabove 27?" in [t.get_text() for t in picture.axes[0].texts]
    lacking = plots.tree(TypeTree(min_customers=2).fit(facts, (["a", "b"] * 20) + ["b"] * 40))
    assert "employees is above 27\n(or unknown)?" in [t.get_text() for t in lacking.axes[0].texts]


def test_bases_agree_as_the_library_finds():
    """The explorer took three starts and the lesson ten: two figures for one agreement."""
    box = segments.bases_explorer(small_case())
    rows, columns, k = controls(box)
    k.value = 5
    ready = {
        name: MixedScaler().set_output(transform="pandas").fit_transform(
            base_features(small_case(), name))
        for name in (rows.value, columns.value)
    }  # fmt: skip
    one, two = (
        pd.Series(Segmenter(5, random_state=0).fit_predict(table), table.index)
        for table in ready.values()
    )
    both = one.index.intersection(two.index)
    assert f"index {recovery(one[both], two[both]):.2f} over {len(both):,} cust" in said(box)


def test_overlap_is_said_where_it_is():
    """ "The middle halves overlap" stood beside groups that do not."""
    box = segments.category_explorer(small_case())
    column, outcome = controls(box)
    case = small_case()
    facts = base_features(case, "geographic", "demographic")
    bought = base_features(case, "behavioural")
    for base, what in product(dict(column.options).values(), dict(outcome.options).values()):
        column.value, outcome.value = base, what
        both = facts.join(bought[[what]], how="inner").dropna(subset=[base])
        ranges = both.groupby(base, observed=True)[what].quantile([0.25, 0.75])
        pairs = list(combinations(ranges.unstack().to_numpy(), 2))
        apart = sum(one[0] > two[1] or two[0] > one[1] for one, two in pairs)
        assert ("All middle halves overlap" in said(box)) == (apart == 0)
        assert (f"{apart} have middle halves" in said(box)) == (0 < apart < len(pairs))
    assert segment_bases._overlap(3, 3).startswith("No middle halves overlap")


def test_ten_segments_have_ten_colours_and_marks():
    box = segments.k_explorer(scaled())
    controls(box)[0].value = 10
    picture = segment_plots.map_of(
        np.random.default_rng(0).normal(size=(200, 2)), np.arange(200) % 10
    )
    lines = picture.axes[0].get_lines()
    assert len({line.get_color() for line in lines}) == 10
    assert len({line.get_marker() for line in lines}) == 10


def test_axes_write_numbers_out_and_letters_stand_out():
    money = pd.Series(np.r_[np.arange(100.0), 2_700_000], name="monetary")
    picture = segment_plots.before_and_after(money, money, "CNY")
    picture.png()
    axis = picture.axes[0].xaxis
    assert axis.get_offset_text().get_text() == ""
    assert "1,000,000" in [label.get_text() for label in axis.get_ticklabels()]
    table = pd.DataFrame(np.linspace(-1.5, 1.5, 40).reshape(8, 5))
    for cmap in ("RdBu_r", "Blues", "PuOr_r", "Oranges"):
        __, ax = new_figure(4, 4)
        shaded_table(ax, table, table.map("{:.1f}".format), range(8), range(5), low=-1.5, high=1.5,
                     cmap=cmap)  # fmt: skip
        shades = ax.images[0].cmap(ax.images[0].norm(table.to_numpy())).reshape(-1, 4)
        for text, shade in zip(ax.texts, shades, strict=True):
            assert contrast(text.get_color(), shade) >= 4.5


def contrast(one, two):
    """WCAG 2.2: relative luminances, the lighter over the darker."""
    light = []
    for colour in (one, two):
        rgb = np.array(to_rgb(colour))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        light.append(linear @ [0.2126, 0.7152, 0.0722] + 0.05)
    return max(light) / min(light)


def test_effects_of_few_are_told_with_their_number():
    """An effect of three organisations stood in bold beside those of hundreds."""
    random = np.random.default_rng(0)
    labels = pd.Series(np.repeat([0, 1], 100))
    table = pd.DataFrame({"age": random.normal(size=200) + labels})
    table["industry"] = np.where(labels & (table.index > 196), "housing", None)
    table.loc[:60, "industry"] = random.choice(["housing", "hotel"], 61)
    picture = segment_plots.traits(profile(table, labels))
    weights = {text.get_text(): text.get_fontweight() for text in picture.axes[0].texts}
    few = [text for text in weights if text.endswith("(n = 3)")]
    assert few
    assert all(weights[text] == "normal" for text in few)
    assert "bold" in weights.values()
    assert "industry" not in picture.alt


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
