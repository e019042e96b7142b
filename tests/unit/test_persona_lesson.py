"""Lesson 09 and its exercise: what they say agrees with the data, and their pictures."""

import pandas as pd
import pytest

from custlab import load_case
from custlab.errors import InputError
from custlab.persona import Persona, Trait, check_persona, trait_table
from custlab.plots import persona as plots


@pytest.fixture(scope="module")
def price_minded():
    """Give the table of evidence that question 5 of the exercise shows."""
    shop = load_case("ecommerce")
    price = shop.survey.set_index("customer_id")["need_price"].dropna()
    return trait_table(shop, price.index[price >= 6], rest=price.index, least="moderate")


def _line(table, column, level=""):
    found = table[(table["column"] == column) & (table["level"] == level)]
    assert len(found) == 1, f"{column} {level} is not in the table that learners read"
    return found.iloc[0]


def test_key_of_the_card_is_what_the_data_say(price_minded):
    """The options that question 5 takes for right hold for half of the segment, the others not."""
    assert not (price_minded.query("dimension == 'demographic'")["share"] >= 0.5).any()
    for column, level in (
        ("occupation", "student"),
        ("income_band", "low"),
        ("city_tier", "4"),
        ("channel", "live stream"),
        ("acquisition_channel", "social media"),
    ):
        assert _line(price_minded, column, level)["share"] < 0.5
    spends = price_minded[price_minded["text"].str.startswith("Spend less on an order")].iloc[0]
    assert spends["share"] >= 0.5
    pain = price_minded[price_minded["kind"] == "pain point"]
    assert pain["text"].tolist() == ["Think less of our price than others do"]
    assert pain["share"].iloc[0] >= 0.5
    for need in ("need_delivery", "need_design"):
        assert _line(price_minded, need)["effect"] < 0


def test_mean_of_the_card_is_the_one_that_learners_read(price_minded):
    survey = load_case("ecommerce").survey
    marked = survey.loc[survey["need_price"] >= 6, "lifestyle_thrift"].dropna().astype(float).mean()
    assert _line(price_minded, "lifestyle_thrift")["value"] == pytest.approx(marked)


@pytest.mark.parametrize("case", ["appliances", "ecommerce", "software"])
def test_the_poster_is_found_out_on_every_case(case):
    lines = ("A woman of 29, single", "Has a degree and lives in a big city", "Hates waiting")
    traits = tuple(Trait(f"line-{n}", "psychology", "", text) for n, text in enumerate(lines))
    codes = set(
        check_persona(Persona("tina", case, "", "Tina", traits=traits), load_case(case))["code"]
    )
    assert {"stereotype", "assumed", "small", "missing"} <= codes


def test_bars_of_left_over_say_number_and_share():
    picture = plots.left_over(
        pd.Series({"private customers": 2000, "a woman": 1100, "and single": 40})
    )
    bars = [bar.get_width() for bar in picture.axes[0].patches]
    assert bars == [2000, 1100, 40]
    assert "and single: 40 (2 %)" in picture.alt


def test_effects_keep_the_largest_and_fill_the_strong_ones(price_minded):
    picture = plots.effects(price_minded, top=5)
    shown = {label.get_text() for label in picture.axes[0].get_yticklabels()}
    largest = price_minded.loc[price_minded["effect"].abs().nlargest(5).index]
    assert {text[:40] for text in shown} == {text[:40] for text in largest["text"]}
    marks = [line for line in picture.axes[0].lines if line.get_marker() not in ("None", "", None)]
    filled = [
        line for line in marks if len(line.get_xdata()) and line.get_markerfacecolor() != "white"
    ]
    assert len(filled) == (largest["strength"] == "strong").sum()


def test_predictions_show_the_share_of_the_loss_that_is_saved():
    gains = {"gain": 0.06, "gain_low": 0.03, "gain_high": 0.09, "log_loss_none": 0.6}
    table = pd.DataFrame([{"campaign": "A", **gains}])
    assert "A, by needs: +10.0 % (+5.0 to +15.0)" in plots.predictions({"by needs": table}).alt


def test_pictures_say_what_is_missing(price_minded):
    with pytest.raises(InputError, match="No trait"):
        plots.effects(price_minded.iloc[:0])
    with pytest.raises(InputError, match="no campaign"):
        plots.predictions({"by needs": pd.DataFrame()})
