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
DATE_FORMS = {
    "iso": lambda d: d.isoformat(),
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "points": lambda d: f"{d.day:02d}.{d.month:02d}.{d.year}",
    "day first": lambda d: f"{d.day}/{d.month}/{d.year}",
    "month first": lambda d: f"{d.month:02d}-{d.day:02d}-{d.year}",
    "short": lambda d: f"{d.day:02d}/{d.month:02d}/{d.year % 100:02d}",
    "American": lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    "British": lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    "Oracle": lambda d: f"{d.day:02d}-{MONTHS[d.month - 1].upper()}-{d.year}",
    "compact": lambda d: f"{d.year}{d.month:02d}{d.day:02d}",
    "Chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "blanks": lambda d: f"\u3000{d.isoformat()} ",
    "Excel": lambda d: str((d - dt.date(1899, 12, 30)).days),
}
CLOCKS = {
    "": lambda t: "",
    "24": lambda t: f" {t.hour}:{t.minute:02d}",
    "iso": lambda t: f"T{t.isoformat()}",
    "12": lambda t: f" {t.hour % 12 or 12}:{t.minute:02d} {'AM' if t.hour < 12 else 'PM'}",
    "zh": lambda t: f" {'上午' if t.hour < 12 else '下午'}{t.hour % 12 or 12}:{t.minute:02d}",
}
UNCLEAR = {"day first", "month first", "short"}


def read_or_asked(read, column):
    """Give what a reader reads, or else what it asks."""
    try:
        return read(column), ""
    except InputError as asked:
        return None, str(asked)


@settings(max_examples=200, deadline=None)
@given(
    days=st.lists(st.dates(dt.date(1970, 1, 1), dt.date(2060, 12, 31)), min_size=1, max_size=8),
    form=st.sampled_from(sorted(DATE_FORMS)),
    clock=st.sampled_from(sorted(CLOCKS)),
    time=st.times().map(lambda t: t.replace(microsecond=0, second=0)),
)
def test_a_column_of_dates_is_read_back_or_asked_about(days, form, clock, time):
    clock = "" if form in ("Excel", "compact") else clock
    column = pd.Series([DATE_FORMS[form](day) + CLOCKS[clock](time) for day in days], name="day")
    time = time if clock else dt.time()
    read, asked = read_or_asked(quality.parse_mixed_dates, column)
    if asked:
        assert form in UNCLEAR, column
        assert "row" in asked
        assert "day_first=True" in asked
        read = quality.parse_mixed_dates(column, day_first=form != "month first")
    assert read.dt.to_pydatetime().tolist() == [dt.datetime.combine(day, time) for day in days]


def test_day_or_month_first_is_decided_by_the_column_and_never_guessed():
    zoho = pd.Series(["05/06/2024 10:15 AM", None, "07/06/2024 09:00 PM"], name="Created Time")
    with pytest.raises(InputError, match=r"'Created Time': 2 of 3 .* 2024-06-05 10:15:00"):
        quality.parse_mixed_dates(zoho)
    read = quality.parse_mixed_dates(pd.concat([zoho, pd.Series(["05/31/2024"])]))
    assert read.iloc[0] == pd.Timestamp("2024-05-06 10:15")
    # What contradicts itself decides nothing; what is written otherwise has no vote.
    for others in (["05/31/2024", "31/05/2024"], ["31.05.2024"], ["2024-05-31"], ["31-05-2024"]):
        with pytest.raises(InputError, match="05/06/2024"):
            quality.parse_mixed_dates(["05/06/2024", *others])
    assert quality.parse_mixed_dates(["05/31/2024", "31/05/2024"]).nunique() == 1
    assert quality.parse_mixed_dates(["05.06.2024"])[0] == pd.Timestamp("2024-06-05")
    assert quality.parse_mixed_dates(["05.06.2024", "05.31.2024"])[0] == pd.Timestamp("2024-05-06")
    with pytest.raises(InputError, match="four digits for the year"):
        quality.parse_mixed_dates(["24/05/06"])
    both = pd.Series(["05/06/2024", "2024-07-01"])
    assert quality.parse_mixed_dates(both, day_first=True)[0] == pd.Timestamp("2024-06-05")
    assert quality.parse_mixed_dates(both, day_first=False)[0] == pd.Timestamp("2024-05-06")


def test_moments_with_a_zone_keep_their_day_or_are_told_elsewhere():
    late = ["2024-05-31T22:30:00+08:00", "2024-05-31 23:00:00 +0800"]
    assert (quality.parse_mixed_dates(late).dt.day == 31).all()
    assert (quality.parse_mixed_dates(late, time_zone="Europe/Berlin").dt.hour <= 17).all()
    for utc in (
        ["2024-05-31T22:30:00Z"],
        pd.to_datetime(pd.Series(["2024-05-31 22:30"]), utc=True),
    ):
        with pytest.warns(quality.UnreadCells, match="UTC"):
            assert quality.parse_mixed_dates(utc)[0] == pd.Timestamp("2024-05-31 22:30")
        there = quality.parse_mixed_dates(utc, time_zone="Asia/Shanghai")
        assert there[0] == pd.Timestamp("2024-06-01 06:30")
    assert quality.parse_mixed_dates(["1717084800000"], time_zone="Asia/Shanghai")[
        0
    ] == pd.Timestamp("2024-05-31")
    assert "time_zone" in quality.read_dates(["1717084800000"]).unread["why"][0]
    with pytest.raises(InputError, match="'China' is not known"):
        quality.parse_mixed_dates(late, time_zone="China")


@pytest.mark.filterwarnings("ignore::custlab.quality.UnreadCells")
@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=12) | st.text("0123456789.,/-: ()%¥$€kmAP年月日上午", max_size=12))
def test_no_text_breaks_the_readers(text):
    column = pd.Series([text, "2024-05-31"])
    for read in (quality.read_dates, quality.read_numbers):
        cells, asked = read_or_asked(read, column)
        if asked:
            assert "more than one" in asked or "percentages" in asked
            continue
        lost = set(cells.unread["row"])
        blank = not text.strip()
        assert all(
            cells.values.isna()[row] == (row in lost or (blank and row == 0)) for row in (0, 1)
        )
    assert quality.standardise_category(column, ["a", "b"])[1] == "2024-05-31"


def test_what_could_not_be_read_is_counted_and_told():
    days = pd.Series(["2024-02-30", "2023-13-05", "31.04.2024", "soon", "", None], name="day")
    with pytest.warns(quality.UnreadCells, match=r"'day': 4 of 6 .* row 0 '2024-02-30' \(no such"):
        assert quality.parse_mixed_dates(days).isna().all()
    sums = pd.Series(["12O0", "nan", "inf", "1.2.3", "", None, "twelve"], index=list("abcdefg"))
    with pytest.warns(quality.UnreadCells, match=r"5 of 7 .* row a '12O0'"):
        assert quality.parse_numbers(sums).isna().all()
    assert quality.read_numbers(sums).unread["row"].tolist() == ["a", "b", "c", "d", "g"]
    assert quality.parse_numbers(pd.Series([1.5, 2])).tolist() == [1.5, 2.0]
    with pytest.raises(InputError, match="column"):
        quality.parse_numbers("12")


NUMBER_FORMS = {
    "plain": lambda x: f"{x:.2f}",
    "English": lambda x: f"{x:,.2f}",
    "German": lambda x: f"{x:,.2f}".translate({44: ".", 46: ","}),
    "French": lambda x: f"{x:,.2f}".translate({44: "\u202f", 46: ","}),
    "Swiss": lambda x: f"{x:,.2f}".replace(",", "’"),
    "money": lambda x: f"¥{x:,.2f}",
    "euro": lambda x: f"{x:,.2f} €".translate({44: ".", 46: ","}),
    "yuan": lambda x: f"{x:.2f}元",
    "code": lambda x: f"CNY {x:,.2f}",
    "SAP": lambda x: f"{abs(x):,.2f}{'-' if x < 0 else ''}".translate({44: ".", 46: ","}),
    "accounts": lambda x: f"(${-x:,.2f})" if x < 0 else f"${x:,.2f}",
    "full-width": lambda x: f"{x:.2f}".translate({n: n + 0xFEE0 for n in range(0x2B, 0x3A)}),
    "percent": lambda x: f"{x:.2f} %",
    "thousandths": lambda x: f"{x:.3f}",
    "whole": lambda x: f"{round(x):,}",
    "whole points": lambda x: f"{round(x):,}".replace(",", "."),
}


@settings(max_examples=300, deadline=None)
@given(
    values=st.lists(st.decimals(-(10**8), 10**8, places=2), min_size=1, max_size=6),
    form=st.sampled_from(sorted(NUMBER_FORMS)),
)  # fmt: skip
def test_a_column_of_numbers_is_read_back_or_asked_about(values, form):
    column = pd.Series([NUMBER_FORMS[form](value) for value in values], name="amount")
    sign = "," if form in ("German", "French", "euro", "SAP", "whole points") else "."
    read, asked = read_or_asked(quality.parse_numbers, column)
    if asked:
        assert form in ("thousandths", "whole", "whole points"), column
        assert "decimal=" in asked
        read = quality.parse_numbers(column, decimal=sign)
    meant = [round(x) if "whole" in form else float(x) for x in values]
    meant = [x / 100 for x in meant] if form == "percent" else meant
    assert read.tolist() == pytest.approx(meant)


def test_comma_or_point_is_decided_by_the_column_and_never_guessed():
    assert quality.parse_numbers(["1234,56", "12,5"]).tolist() == [1234.56, 12.5]
    assert quality.parse_numbers(["1.234", "12,5"]).tolist() == [1234, 12.5]
    assert quality.parse_numbers(["1.234", "12.5"]).tolist() == [1.234, 12.5]
    assert quality.parse_numbers(["0.125", "1.234"]).tolist() == [0.125, 1.234]
    for column in (["1.234"], ["1,234", "25"], ["1,234", "12,5", "12.5"]):
        with pytest.raises(InputError, match=r"may be .* \(decimal="):
            quality.parse_numbers(column)
    assert quality.parse_numbers(["1.234", 1.234], decimal=",").tolist() == [1234, 1.234]
    assert quality.parse_numbers(["120.–", "12,34,567.50"]).tolist() == [120, 1234567.5]
    with pytest.raises(InputError, match="percentages"):
        quality.parse_numbers(["12 %", "25"])
    with pytest.warns(quality.UnreadCells, match="several currencies"):
        assert quality.parse_numbers(["$1,200.00", "€ 99"]).tolist() == [1200, 99]
    assert quality.parse_numbers(["¥5", "CNY 6", "7元"]).tolist() == [5, 6, 7]


def test_copies_are_merged_by_place_whatever_the_labels_of_the_rows():
    shops = pd.DataFrame({"id": ["a", "b"], "city": ["Wuhan", "Xi'an"]})
    table = pd.concat([shops, pd.DataFrame({"id": ["c", "d"], "city": ["Hefei", "Wuhan"]})])
    kept, new_key = quality.merge_duplicates(table, "id")
    assert kept["id"].tolist() == ["a", "b", "c"]
    assert new_key.to_dict() == {"d": "a"}
    with pytest.raises(InputError, match="reset_index"):
        quality.find_duplicates(table, ignore="id")
    # Nobody's orders go to somebody else: rows without a key link nothing, and a key that stands
    # on two different customers is refused.
    nobody = pd.DataFrame({"id": [None, "b", None], "city": ["Wuhan"] * 3})
    kept, new_key = quality.merge_duplicates(nobody, "id")
    assert (kept["id"].tolist(), len(new_key)) == (["b"], 0)
    shared = pd.DataFrame({"id": ["a", "c", "c"], "city": ["Wuhan", "Wuhan", "Hefei"]})
    with pytest.raises(InputError, match="Key 'c'"):
        quality.merge_duplicates(shared, "id")


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

    with pytest.warns(quality.UnreadCells, match="'order_date'"):
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


@pytest.mark.parametrize("name", ["appliances", "ecommerce", "software"])
def test_what_lesson_02_says_of_a_dirty_export_can_be_seen_in_it(name):
    orders = quality.read_dirty(name)["orders"]
    blanks = quality.missing_by(orders, "amount", "channel")["missing"]
    by_customers = {"app", "website", "mini-program", "email"}  # nobody of the firm types these in
    assert set(blanks.index[blanks == 0]) == by_customers & set(blanks.index)
    shapes = orders["order_date"].str.replace(r"\d", "9", regex=True).value_counts()
    assert (shapes > 5).sum() >= 4
    people = load_case(name).customers.dropna(subset=["age"])
    alone = [
        (people.groupby(["education", "gender", "city"], dropna=drop, observed=True).size() == 1)
        for drop in (True, False)
    ]
    assert alone[0].sum() < alone[1].sum()
