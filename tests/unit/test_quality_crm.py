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
    path.write_bytes("name,account_type\n示例公司,企业\n".encode("gbk"))
    with pytest.raises(InputError, match="GBK"):
        read_fxiaoke(accounts=path)
    path.write_text("name,account_type\n示例公司,政府\n", encoding="utf-8-sig")
    assert read_fxiaoke(accounts=path).tables["customers"]["kind"].tolist() == ["government"]
    with pytest.raises(InputError, match="is missing"):
        read_fxiaoke(accounts=tmp_path / "nothing.csv")
