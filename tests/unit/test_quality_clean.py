"""Cleaners: one idea each, and together they mend the dirty export."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlab import quality
from custlab.cases import CASE_NAMES, load_case
from custlab.errors import InputError
from custlab.files import datasets_dir
from custlab.quality.dirty import NOT_RECOVERABLE

SYNONYMS = {
    "kind": {"HH": "household", "家庭": "household", "company": "enterprise",
             "企业": "enterprise", "gov": "government", "政府": "government"},
    "gender": {"F": "female", "woman": "female", "女": "female", "M": "male", "man": "male",
               "男": "male"},
    "payment": {"wallet": "mobile wallet", "card": "bank card", "transfer": "bank transfer"},
}  # fmt: skip
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
DATE_FORMS = (
    lambda d: d.isoformat(),
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.day:02d}.{d.month:02d}.{d.year}",
    lambda d: f"{d.day}/{d.month}/{d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d.year}{d.month:02d}{d.day:02d}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f" {d.isoformat()} ",
    lambda d: str((d - dt.date(1899, 12, 30)).days),
)


@settings(max_examples=150, deadline=None)
@given(day=st.dates(dt.date(1950, 1, 1), dt.date(2060, 12, 31)), form=st.sampled_from(DATE_FORMS))
def test_a_date_is_read_in_every_form(day, form):
    assert quality.parse_mixed_dates(pd.Series([form(day)]))[0].date() == day


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=12))
def test_no_text_breaks_the_readers(text):
    column = pd.Series([text, "2024-05-31"])
    assert quality.parse_mixed_dates(column)[1] == pd.Timestamp("2024-05-31")
    assert len(quality.parse_numbers(column)) == 2
    assert quality.standardise_category(column, ["a", "b"])[1] == "2024-05-31"


def test_dates_that_do_not_exist_or_may_mean_two_things():
    bad = ["2024-02-30", "2023-13-05", "31.04.2024", "soon", "", None]
    assert quality.parse_mixed_dates(pd.Series(bad)).isna().all()
    both = pd.Series(["05/06/2024"])
    assert quality.parse_mixed_dates(both)[0] == pd.Timestamp("2024-06-05")
    assert quality.parse_mixed_dates(both, day_first=False)[0] == pd.Timestamp("2024-05-06")


@settings(max_examples=100, deadline=None)
@given(
    value=st.decimals(0, 10**8, places=2, allow_nan=False),
    form=st.sampled_from(("{:.2f}", "{:,.2f}", "¥{:.2f}", "CNY {:,.2f}", "{:.2f}元", " {:.2f} ")),
)
def test_a_number_is_read_in_every_form(value, form):
    read = quality.parse_numbers(pd.Series([form.format(value)]))[0]
    assert read == pytest.approx(float(value))


def test_words_are_no_numbers():
    column = pd.Series(["12O0", "nan", "inf", "1.2.3", "", None, "twelve"])
    assert quality.parse_numbers(column).isna().all()
    assert quality.parse_numbers(pd.Series([1.5, 2])).tolist() == [1.5, 2.0]


def test_categories_keep_what_they_cannot_read():
    column = pd.Series(["female", "F", "femal", "diverse", None])
    mended = quality.standardise_category(column, ["female", "male"], SYNONYMS["gender"])
    assert mended.tolist()[:4] == ["female", "female", "female", "diverse"]
    assert pd.isna(mended[4])
    again = quality.standardise_category(mended, ["female", "male"], SYNONYMS["gender"])
    pd.testing.assert_series_equal(mended, again)


def test_a_missing_column_is_named():
    with pytest.raises(InputError, match="no column amount"):
        quality.find_unit_slips(pd.DataFrame({"quantity": [1], "unit_price": [2], "discount": [0]}))
    with pytest.raises(InputError, match="example"):
        quality.mend_keys(pd.Series(["A-C00001"]), "C1")


def clean_up(name):
    """Clean a dirty export as the lesson does."""
    case = load_case(name)
    tables = quality.read_dirty(name)
    people, lines = tables["customers"].copy(), tables["orders"].copy()
    people["city"] = quality.standardise_category(people["city"], case.customers["city"].unique())
    kinds = case.customers["kind"].cat.categories
    people["kind"] = quality.standardise_category(people["kind"], kinds, SYNONYMS["kind"])
    people["gender"] = quality.standardise_category(
        people["gender"], ["female", "male"], SYNONYMS["gender"], cutoff=0.9
    )
    people["education"] = quality.blank_placeholders(people["education"])
    age = quality.parse_numbers(quality.blank_placeholders(people["age"]))
    people["age"] = age.mask(quality.flag_out_of_range(age, 18, 95))
    people["customer_since"] = quality.parse_mixed_dates(people["customer_since"])
    regions = case.customers["region"].cat.categories
    rows = quality.find_swapped(people, "region", "province", regions).index
    people.loc[rows, ["region", "province"]] = people.loc[rows, ["province", "region"]].to_numpy()
    people, new_key = quality.merge_duplicates(people, "customer_id")

    dates = quality.parse_mixed_dates(lines["order_date"])
    lines["order_date"] = dates.mask(quality.flag_out_of_range(dates, *case.period))
    for column in ("quantity", "unit_price", "discount", "amount"):
        lines[column] = quality.parse_numbers(lines[column])
    lines["quantity"] = lines["quantity"].abs()
    slips = quality.find_unit_slips(lines)
    lines.loc[slips.index, "amount"] = slips["expected"].round(2)
    example = case.customers["customer_id"].iloc[0]
    lines["customer_id"] = quality.repoint(
        quality.mend_keys(lines["customer_id"], example), new_key
    )
    methods = case.orders["payment"].cat.categories
    lines["payment"] = quality.standardise_category(lines["payment"], methods, SYNONYMS["payment"])
    lines = lines.drop(index=quality.find_duplicates(lines)["row"])
    lines = lines.drop(index=quality.find_orphans(lines, people, "customer_id").index)
    return {"customers": people, "orders": lines}


@pytest.mark.parametrize("name", CASE_NAMES)
def test_the_cleaners_together_mend_everything_and_spoil_nothing(name):
    marks = quality.score_cleaning(clean_up(name), name)
    assert (marks["share"] == 1).all(), marks


@pytest.mark.parametrize("name", CASE_NAMES)
def test_untouched_dirt_is_still_there(name):
    marks = quality.score_cleaning(quality.read_dirty(name), name)
    kinds = marks.drop(index=["clean cells", "clean rows", "missing not at random"])
    assert (kinds["mended"] == 0).all(), marks
    assert marks.loc["clean cells", "share"] == 1


def test_careless_cleaning_loses_marks():
    tables = quality.read_dirty("appliances")
    dropped = {
        name: table.dropna(subset=list(table)[-1:]).head(200) for name, table in tables.items()
    }
    marks = quality.score_cleaning(dropped, "appliances")
    assert marks.loc["clean rows", "share"] < 0.5
    filled = clean_up("appliances")
    filled["customers"]["age"] = filled["customers"]["age"].fillna(44)
    marks = quality.score_cleaning(filled, "appliances")
    assert marks.loc["impossible age", "share"] < 0.5
    assert marks.loc["clean cells", "share"] < 1
    with pytest.raises(InputError, match="orders"):
        quality.score_cleaning({"customers": filled["customers"]}, "appliances")
    with pytest.raises(InputError, match="customer_id"):
        quality.score_cleaning(filled | {"customers": pd.DataFrame({"age": [1]})}, "appliances")


@pytest.mark.parametrize("name", CASE_NAMES)
def test_the_log_tells_exactly_what_is_in_the_files(name):
    log, dirty, clean = quality.defect_log(name), quality.read_dirty(name), quality.read_clean(name)
    assert len(log) >= 150
    assert log["kind"].nunique() >= 8
    assert (log.groupby("kind").size() >= 8).all()
    cells = log[log["column"] != ""]
    for defect in cells.itertuples():
        value = dirty[defect.table].at[defect.row, defect.column]
        assert (pd.isna(value) and pd.isna(defect.dirty_value)) or value == defect.dirty_value
        assert str(defect.dirty_value) != str(defect.true_value)
    assert not log.duplicated(["table", "row", "column"]).any()
    assert (
        len(dirty["customers"])
        == len(clean["customers"]) + (log["kind"] == "duplicate customer").sum()
    )
    assert len(dirty["orders"]) == len(clean["orders"]) + (log["kind"] == "duplicate row").sum()
    assert {"impossible age", "missing not at random"} <= set(NOT_RECOVERABLE) & set(log["kind"])


@pytest.mark.parametrize("name", CASE_NAMES)
def test_dirt_changes_who_looks_valuable_and_active(name):
    """The defects matter: they move customers between types (T14 of the course)."""
    clean, dirty = quality.read_clean(name)["orders"], quality.read_dirty(name)["orders"]
    true = clean.groupby("customer_id")["amount"].sum()
    seen = pd.to_numeric(dirty["amount"], errors="coerce").groupby(dirty["customer_id"]).sum()
    levels = pd.concat([true.rank(pct=True) > 0.8, seen.rank(pct=True) > 0.8], axis=1).dropna()
    assert (levels.iloc[:, 0] != levels.iloc[:, 1]).mean() > 0.02
    assert len(seen) > 1.05 * len(true)


def test_findings_are_marked_by_kind():
    report = quality.validate(datasets_dir() / "software" / "dirty")
    marks = quality.score_findings(report.findings, "software")
    assert marks.loc["total", "precision"] == 1
    assert marks.loc["spelling variant", "recall"] == 1
    assert marks.loc["duplicate customer", "recall"] == 0
    guess = pd.DataFrame({"table": "orders", "row": range(2, 102), "kind": "unit slip"})
    marks = quality.score_findings(guess, "software")
    assert 0 < marks.loc["unit slip", "precision"] < 0.2
    assert np.isnan(marks.loc["impossible age", "precision"])
    with pytest.raises(InputError, match="row"):
        quality.score_findings(guess.drop(columns="row"), "software")


def test_missing_at_random_or_not_is_visible():
    people = quality.read_dirty("appliances")["customers"]
    old = pd.to_numeric(quality.read_clean("appliances")["customers"]["age"]) >= 50
    keys = quality.read_clean("appliances")["customers"].loc[old, "customer_id"]
    homes = people[people["life_stage"].notna()]
    share = quality.missing_by(homes, "age", homes["customer_id"].isin(keys))["share_missing"]
    assert share[True] > share[False] + 0.2
