"""Exports of Zoho CRM and Fxiaoke: read by column names, and said what was not understood."""

import pandas as pd
import pytest

from custlab.cases import load_case
from custlab.errors import InputError
from custlab.files import datasets_dir
from custlab.quality import read_fxiaoke, read_zoho

CRM = datasets_dir() / "software" / "crm"


def zoho():
    return read_zoho(CRM / "zoho_accounts.csv", CRM / "zoho_contacts.csv", CRM / "zoho_deals.csv")


def fxiaoke():
    return read_fxiaoke(
        CRM / "fxiaoke_accounts.csv", CRM / "fxiaoke_contacts.csv", CRM / "fxiaoke_orders.csv"
    )


def test_zoho_samples_become_the_tables_of_a_case():
    tables = zoho().tables
    case = load_case("software")
    assert set(tables) == {"customers", "people", "deals"}
    for name, table in tables.items():
        wanted = set(case.tables[name].columns)
        assert set(table.columns) - wanted <= {"reports_to"}
    assert set(tables["customers"]["kind"]) == {"enterprise", "government"}
    assert set(tables["deals"]["stage"]) == {"won", "lost", "open"}
    keys = set(tables["customers"]["customer_id"])
    assert set(tables["deals"]["customer_id"]) <= keys
    assert set(tables["people"]["customer_id"]) <= keys
    assert set(tables["deals"]["person_id"]) <= set(tables["people"]["person_id"])
    assert (tables["deals"]["closed_on"].isna() == (tables["deals"]["stage"] == "open")).all()


def test_the_two_systems_tell_the_same_story():
    first, second = zoho().tables["customers"], fxiaoke().tables["customers"]
    for column in ("kind", "industry", "employees", "customer_since", "province", "city"):
        assert first[column].tolist() == second[column].tolist()
    number = pd.read_csv(CRM / "fxiaoke_accounts.csv")["account_no"]
    truth = load_case("software").customers.set_index("customer_id").loc[number]
    assert truth["kind"].astype(str).tolist() == second["kind"].tolist()
    assert truth["customer_since"].tolist() == second["customer_since"].tolist()


def test_fxiaoke_orders_keep_their_sums_and_days():
    orders = fxiaoke().tables["orders"].set_index("order_id")
    lines = load_case("software").orders.groupby("order_id")
    assert (orders["amount"] - lines["amount"].sum().loc[orders.index]).abs().max() < 0.01
    assert (orders["order_date"] == lines["order_date"].first().loc[orders.index]).all()


def test_what_was_not_recognised_or_is_missing_is_said():
    read = zoho()
    assert read.not_recognised["column"].tolist() == ["Trade Fair Badge"]
    assert "zoho_accounts.csv: not recognised: Trade Fair Badge" in repr(read)
    assert "not there, left empty: Lead Source" in repr(read)
    assert "<li>" in read._repr_html_()
    assert fxiaoke().not_recognised["column"].tolist() == ["visit_rhythm__c"]


def test_names_and_numbers_of_people_stay_out_unless_asked_for():
    people = zoho().tables["people"]
    assert not people.astype(str).apply(lambda c: c.str.contains("@")).any(axis=None)
    told = zoho().columns.set_index("column")["became"]
    assert (told[["Email", "Mobile", "First Name"]] == "left out: personal").all()
    kept = read_zoho(contacts=CRM / "zoho_contacts.csv", keep_personal=True).tables["people"]
    assert kept["email"].str.endswith("@example.com").all()
    assert {"first_name", "mobile"} <= set(kept)


@pytest.mark.parametrize(
    "names",
    [
        {"id": "Deal Id", "account": "Company Name.id", "stage": "Stage"},
        {"id": "Record Id", "account": "Account_Name.id", "stage": "STAGE"},
        {"id": "record id", "account": "Account Name", "stage": " Stage "},
    ],
)
def test_variants_of_column_names_are_understood(names):
    export = pd.DataFrame(
        {names["id"]: ["zcrm_1"], names["account"]: ["zcrm_7"], names["stage"]: ["Closed Lost"]}
    )
    deal = read_zoho(deals=export).tables["deals"].iloc[0]
    assert (deal["deal_id"], deal["customer_id"], deal["stage"]) == ("zcrm_1", "zcrm_7", "lost")
    assert pd.isna(deal["amount"])


def test_leads_are_potential_customers():
    leads = pd.DataFrame(
        {"Record Id": ["zcrm_3"], "Company": ["Sample Ltd"], "Email": ["a@example.com"],
         "Lead Source": ["Trade Show"], "State": ["Hubei"], "City": ["Wuhan"],
         "Created Time": ["2024-03-05 10:11:12"]}
    )  # fmt: skip
    accounts = pd.DataFrame({"Record Id": ["zcrm_4"], "Ownership": ["Government"]})
    table = read_zoho(accounts=accounts, leads=leads).tables["customers"]
    assert table["customer_id"].tolist() == ["zcrm_4", "zcrm_3"]
    assert table["kind"].tolist() == ["government", "enterprise"]
    assert table.loc[1, "customer_since"] == pd.Timestamp("2024-03-05")


def test_wrong_files_are_refused_in_words(tmp_path):
    with pytest.raises(InputError, match=r"accounts=\.\.\."):
        read_zoho()
    with pytest.raises(InputError, match="no column that such an export has"):
        read_zoho(deals=datasets_dir() / "software" / "costs.csv")
    path = tmp_path / "accounts.csv"
    path.write_bytes("name,account_type\n示例公司,政府\n".encode("gbk"))
    assert read_fxiaoke(accounts=path).tables["customers"]["kind"].tolist() == ["government"]
    path.write_bytes("name,account_type\nMüller,firm\n".encode("cp1252"))
    with pytest.raises(InputError, match="cp1252: Müller"):
        read_fxiaoke(accounts=path)
    path.write_text("name,account_type\n示例公司,政府\n", encoding="utf-8-sig")
    assert read_fxiaoke(accounts=path).tables["customers"]["kind"].tolist() == ["government"]
    with pytest.raises(InputError, match="is missing"):
        read_fxiaoke(accounts=tmp_path / "nothing.csv")


DEALS = "Record Id,Account Name.id,Stage,Amount,Closing Date,Created Time\n"


def deals(tmp_path, *rows, **options):
    path = tmp_path / "deals.csv"
    path.write_text(DEALS + "\n".join(rows) + "\n", encoding="utf-8")
    return read_zoho(deals=path, **options)


def test_stages_are_understood_however_written_and_never_guessed(tmp_path):
    won = ["Closed Won ", "Closed (Won)", "CLOSED-WON", "赢单", "已成交"]
    lost = ["Closed Lost", "Closed-Lost to Competition", " 输单", "未成交"]
    open_ = ["Qualification", "Proposal/Price Quote", "Negotiation/Review", "需求确定"]
    rows = [f"z{i},k1,{stage},5,2024-05-31," for i, stage in enumerate([*won, *lost, *open_])]
    table = deals(tmp_path, *rows).tables["deals"]
    assert table["stage"].tolist() == ["won"] * 5 + ["lost"] * 4 + ["open"] * 4
    assert table["closed_on"].notna().tolist() == [True] * 9 + [False] * 4
    read = deals(tmp_path, "z1,k1,Contract sent,5,2024-05-31,")
    assert read.tables["deals"]["stage"].isna().all()
    assert read.tables["deals"]["closed_on"].notna().all()
    assert "stages={'Contract sent'" in repr(read)
    read = deals(tmp_path, "z1,k1,Contract sent,5,2024-05-31,", stages={"Contract sent": "won"})
    assert read.tables["deals"]["stage"].tolist() == ["won"]


def test_rows_that_are_no_deals_and_cells_that_are_no_values_are_told(tmp_path):
    read = deals(
        tmp_path,
        'z1,k1,Closed Won,"$1,200.00",2024-05-31,05/31/2024 10:15 AM',
        "z2,k1,Closed Won,(99.50),soon,",
        ",,,,,",
        "z3,k1,Closed, Won,10,2024-05-31,",
        "z4,,Closed Won,12O0,,",
        "Total,,,1100.50,,",
    )
    table = read.tables["deals"]
    assert table["deal_id"].tolist() == ["z1", "z2", "z4"]
    assert table["amount"].tolist()[:2] == [1200, -99.5]
    assert table.loc[0, "opened_on"] == pd.Timestamp("2024-05-31")
    found = read.report.findings
    assert sorted(zip(found["row"], found["rule"], strict=True)) == [
        (3, "unread"), (4, "row-empty"), (5, "row-length"), (6, "missing"), (6, "unread"),
        (7, "total"),
    ]  # fmt: skip
    assert "'12O0' could not be read" in repr(read)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("z1,k1,Closed Won,5,05/06/2024,", r"closed_on.*05/06/2024.*day_first=True"),
        ('z1,k1,Closed Won,"1,234",2024-05-31,', r"amount.*1,234.*decimal="),
        ('z1,k1,"Closed Won,5,2024-05-31,', r"deals.csv, row 2: A quote opens"),
        ("z1,4.87607E+17,Closed Won,5,2024-05-31,", r"customer_id.*cut short by a spreadsheet"),
    ],
)
def test_what_fits_two_readings_or_is_lost_is_refused_where_it_stands(tmp_path, row, words):
    others = [f"z{i},k2,Closed Won,5,2024-05-31," for i in range(2, 50)]
    with pytest.raises(InputError, match=words):
        deals(tmp_path, row, *others)


def test_the_asked_for_reading_is_used(tmp_path):
    read = deals(tmp_path, 'z1,k1,Closed Won,"1,234",05/06/2024,', day_first=False, decimal=".")
    deal = read.tables["deals"].loc[0]
    assert (deal["amount"], deal["closed_on"]) == (1234, pd.Timestamp("2024-05-06"))
