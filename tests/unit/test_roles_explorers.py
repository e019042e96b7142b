"""Pictures and explorers of roles: they say in words what they show, and answer every control."""

import re

import pandas as pd
import pytest

from custlab import load_case, roles
from custlab.customer_types import rules_in_words
from custlab.explorers import roles as explorers
from custlab.plots import customer_types as type_plots
from custlab.plots import roles as plots
from custlab.plots.buying_unit import draw_unit
from custlab.simulate import truth
from custlab.style import new_figure


@pytest.fixture(scope="module")
def case():
    return load_case("software")


@pytest.fixture(scope="module")
def true():
    return truth("software").roles


def controls(box):
    return {control.description: control for control in box.children[1].children}


def sentence(box):
    return re.sub(r"<[^>]+>", "", box.children[-1].value)


def test_picture_of_a_buying_unit_says_everybody_in_words(case):
    customer = roles.instructive_units(case, n=1)[0]
    picture = plots.buying_unit(case, customer)
    unit = roles.buying_unit(case, customer)
    assert all(title in picture.alt for title in unit["title"])
    drawn = {text.get_text() for text in picture.axes[0].texts}
    assert "D" in {text[0] for text in drawn if text}


def test_units_of_every_size_can_be_drawn(case):
    sizes = case.people.groupby("customer_id", observed=True).size()
    for size in sorted(sizes.unique()):
        customer = sizes.index[sizes == size][0]
        unit = roles.buying_unit(case, customer)
        labels = " ".join(
            text.get_text() for text in plots.buying_unit(case, customer).axes[0].texts
        )
        assert all(title.split()[0] in labels for title in unit["title"])
        bars = plots.profile_bars(case, customer)
        assert len(bars.axes[0].get_yticklabels()) == len(unit) == size


def test_arrows_are_drawn_for_roles_that_are_played(case):
    """A user had an arrow of authority, and a decider advised the decider."""
    person = {"title": "x", "strength": "strong", "telling": 9} | dict.fromkeys(roles.KINDS, 0.25)
    unit = pd.DataFrame(
        [person | {"main_role": "user", "also": ""},
         person | {"main_role": "decider", "also": "influencer, gatekeeper"}]
    )  # fmt: skip
    kinds = {row: draw_unit(new_figure(3, 2)[1], unit.iloc[[row]]) for row in (0, 1)}
    assert kinds == {0: {"usage"}, 1: {"authority", "access"}}


def test_learned_tree_is_told_in_words(case, true):
    """The lesson printed it as a raw tree of bars and signs."""
    profile = roles.role_profile(case.interactions, case.people)
    tree = roles.learn_tree(profile, true, max_depth=3)
    rules = rules_in_words(tree, {"payment": "share of payments"})
    assert rules["rule"].str.fullmatch(r"If .* is (at most|above) [\d.]+.*, then \w+\.").all()
    assert rules["rule"].str.contains("share of payments is").any()
    assert "|---" not in " ".join(rules["rule"])
    assert rules_in_words(tree)["rule"].iloc[0] in type_plots.tree(tree).alt


def test_titles_explorer_hides_the_roles_until_they_are_asked_for(case):
    box = explorers.titles_explorer(case)
    step = controls(box)["Show"]
    assert "decider" not in box.children[2].value.split("base64")[0]
    step.value = "roles"
    assert "decider" in box.children[2].value.split("base64")[0]
    assert "telling actions" in sentence(box)


def test_weights_explorer_starts_from_the_rule_and_follows_the_sliders(case, true):
    box = explorers.weights_explorer(case, true)
    found = roles.assign_roles(
        roles.role_scores(roles.role_profile(case.interactions, case.people))
    )
    right = roles.accuracy(true, found)["accuracy"]
    assert f"{right:.0%}" in sentence(box)
    named = lambda: int(re.search(r"(\d+) deciders", sentence(box)).group(1))  # noqa: E731
    before = named()
    controls(box)["Weight of authority"].value = 3.0
    assert named() > before
    controls(box)["Weight of authority"].value = 0.0
    assert named() == 0


def test_minimum_explorer_trades_coverage_for_accuracy(case, true):
    box = explorers.minimum_explorer(case, true)
    slider = controls(box)["Telling actions asked for"]
    rest = []
    for least in (1, 3, 6, slider.max):
        slider.value = least
        rest.append(int(re.search(r"; (\d+) get “not", sentence(box)).group(1)))
    assert rest == sorted(rest)
    assert rest[0] < rest[-1]
    slider.value = 3
    before = sentence(box)
    controls(box)["Lead asked for (score)"].value = 0.5
    counts = [list(map(int, re.findall(r"\d+", text)[:3])) for text in (before, sentence(box))]
    (named, _all, wrong), (fewer, _all, fewer_wrong) = counts
    assert fewer < named
    assert fewer_wrong / fewer < wrong / named


def test_contacts_explorer_names_whom_to_call(case):
    box = explorers.contacts_explorer(case)
    aim = controls(box)["You want to"]
    said = set()
    for value in ("sell", "close", "serve"):
        aim.value = value
        said.add(sentence(box))
        assert "Start with:" in sentence(box)
    assert len(said) > 1


@pytest.mark.parametrize(
    "make",
    [
        lambda case, true: explorers.titles_explorer(case),
        lambda case, true: explorers.contacts_explorer(case),
        explorers.weights_explorer,
        explorers.minimum_explorer,
    ],
)
def test_every_control_has_a_label_and_the_picture_has_words(make, case, true):
    box = make(case, true)
    assert all(controls(box))
    assert re.search(r'<img alt="[^"]{20,}', box.children[2].value)
