"""A firm's own exports, of many makes and each with its dirt: mapped, asked about, opened."""

import datetime as dt
import re
from importlib.metadata import distribution

import pandas as pd
import pytest
from typer.testing import CliRunner

from custlab import load_case
from custlab.cases import CASE_NAMES
from custlab.cli.app import app
from custlab.customer_types import customer_types
from custlab.errors import InputError
from custlab.own import load_mapping, open_own, propose

# What every file below holds: (key, day, sum), one blank key and one line taken back.
MEANT = [("7", dt.date(2024, 5, 31), 1234.5), ("8", dt.date(2024, 6, 5), 99.0),
         ("7", dt.date(2024, 6, 12), 1000.0)]  # fmt: skip
MAKES = {
    "excel-german": (
        "cp1252",
        "Umsätze 2024;;;\nAuftrag;Kundennummer;Belegdatum;Betrag\nA1;7;31.05.2024;1.234,50 €\n"
        "A2;8;05.06.2024;99,00 €\nA3;;06.06.2024;5,00 €\nA4;7;12.06.2024;1.000,00 €\n"
        "Summe;;;2.338,50 €\n",
    ),
    "sap": (
        "utf-16",
        "Sales Document\tSold-to party\tDocument Date\tNet Value\nA1\t7\t31.05.2024\t1.234,50\n"
        "A2\t8\t05.06.2024\t99,00\nA3\t\t06.06.2024\t5,00\nA4\t7\t12.06.2024\t1.000,00\n",
    ),
    "shopify": (
        "utf-8",
        "Order ID,Customer ID,Created at,Currency,Total,Notes\n"
        'A1,7,2024-05-31 22:15:00 +0800,EUR,1234.50,"two\nlines"\n'
        "A2,8,2024-06-05 09:00:00 +0800,EUR,99.00,\nA3,,2024-06-06 09:00:00 +0800,EUR,5.00,\n"
        "A4,7,2024-06-12 09:00:00 +0800,EUR,1000.00,\n",
    ),
    "woocommerce": (
        "utf-8-sig",
        "Order Number,Customer ID,Order Date,Order Total\n"
        'A1,7,"May 31, 2024 10:15 PM","$1,234.50"\n'
        'A2,8,"June 5, 2024",$99.00\nA3,,"June 6, 2024",$5.00\nA4,7,"June 12, 2024","$1,000.00"\n',
    ),
    "fxiaoke": (
        "utf-8",
        "name,account_id,order_time,order_amount\nA1,7,1717084800000,1234.5\n"
        "A2,8,1717516800000,99\nA3,,1717603200000,5\nA4,7,1718121600000,1000\n",
    ),
    "till": (
        "gb18030",
        "某某公司销售明细,,,\n\n订单编号,客户编号,下单时间,实付金额\n"
        "A1,7,2024/5/31 下午10:15,￥１２３４．５\n"
        "A2,8,2024年6月5日,99元\nA3,,2024年6月6日,5元\nA4,7,45455,1000\n合计,,,2338.5\n",
    ),
    "american": (
        "utf-8",
        "Invoice,Customer,Invoice Date,Amount\nA1,7,5/31/2024 22:15,1234.50\n"
        "A2,8,6/5/2024 9:00,99.00\n,,,\nA3,,6/6/2024 9:00,5.00\n"
        "A4,7,6/12/2024 9:00,1000.00\nTotal,,,2338.50\n",
    ),
    "swiss": (
        "utf-8",
        "Bestellnummer;Kunde;Datum;Umsatz\nA1;7;31-May-2024;CHF 1'234.50\n"
        "A2;8;05-Jun-2024;CHF 99.–\n"
        "A3;;06-Jun-2024;CHF 5.–\nA4;7;12-Jun-2024;CHF 1'000.–\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("make", MAKES)
def test_files_of_every_make_give_the_same_case(tmp_path, make):
    encoding, text = MAKES[make]
    path = tmp_path / f"{make}.csv"
    path.write_bytes(text.encode(encoding))
    known = {"excel-german": {"encoding": "cp1252"}, "fxiaoke": {"time_zone": "Asia/Shanghai"}}
    mapping = propose(path, **known.get(make, {}))
    mapping.kind = "household"
    if make == "fxiaoke":
        mapping.sources[0].columns |= {"order_id": "name"}
    opened = open_own(path, mapping, keep_keys=True)
    orders = opened.case.orders
    found = zip(orders["customer_id"], orders["order_date"].dt.date, orders["amount"], strict=True)
    assert list(found) == MEANT
    assert "1 of 4 order lines without customer_id" in opened.case.description
    assert path.read_bytes() == text.encode(encoding)


@pytest.mark.parametrize("name", CASE_NAMES)
def test_the_courses_firms_as_foreign_files_give_what_the_lessons_give(tmp_path, name):
    case = load_case(name)
    lines = case.orders.assign(
        order_date=case.orders["order_date"].dt.strftime("%d.%m.%Y"),
        amount=[f"{x:,.2f}".translate({44: ".", 46: ","}) for x in case.orders["amount"]],
        discount=[f"{x:.2f}".replace(".", ",") for x in case.orders["discount"]],
        unit_price=[f"{x:.2f}".replace(".", ",") for x in case.orders["unit_price"]],
        returned=case.orders["returned"].map({True: "ja", False: "nein"}),
    ).rename(columns={"customer_id": "Kunde", "order_date": "Datum", "amount": "Betrag",
                      "order_id": "Auftrag", "returned": "Retoure"})  # fmt: skip
    lines.to_csv(tmp_path / "a.csv", sep=";", index=False, encoding="gb18030")
    people = case.customers.rename(columns={"customer_id": "Kunde"})
    people.to_csv(tmp_path / "b.csv", index=False)
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    opened = open_own(files, propose(*files), keep_keys=True, as_of=case.as_of)
    own, meant = customer_types(opened.case), customer_types(case)
    pd.testing.assert_frame_equal(own, meant, check_index_type=False, check_dtype=False)


def test_the_cdnow_transactions_are_opened():
    path = distribution("lifetimes").locate_file("lifetimes/datasets/CDNOW_master.txt")
    mapping = propose(path)
    assert mapping.sources[0].columns["order_date"] == "date"
    assert any("which column is amount" in asked for asked in mapping.questions)
    mapping.sources[0].columns["amount"] = "dollar_value"
    mapping.kind = "household"
    opened = open_own(path, mapping)
    # 23,570 customers with 69,659 transactions from January 1997 to June 1998 (Fader and Hardie).
    assert (len(opened.case.customers), len(opened.case.orders)) == (23570, 69659)
    assert opened.case.as_of == pd.Timestamp("1998-06-30")
    assert opened.report.ok


def test_what_fits_two_readings_is_asked_written_down_and_used_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "may.csv").write_text("Client;Tag;Wert;Mail\n7;05/06/2024;1.234;x@example.com\n")
    run = CliRunner().invoke(app, ["own", "may.csv"])
    assert run.exit_code == 0, run.output
    assert "2024-06-05 (day_first=True) or 2024-05-06" in run.output
    kept = (tmp_path / "own.yml").read_text(encoding="utf-8")
    assert "customer_id: Client" in kept
    assert "the only column that can be read so" in kept
    assert "# Not used: Mail" in kept
    assert "x@example.com" not in kept
    run = CliRunner().invoke(app, ["own", "may.csv"])
    assert "may.csv: Tag" in str(run.exception)
    told = {"day_first: null": "day_first: false", "decimal: null": 'decimal: ","',
            "kind: null": "kind: household", "currency: ''": "currency: EUR"}  # fmt: skip
    for asked, answer in told.items():
        kept = kept.replace(asked, answer)
    (tmp_path / "own.yml").write_text(kept, encoding="utf-8")
    (tmp_path / "june.csv").write_text("Wert;Tag;Client\n2.000;06/07/2024;8\nmuch;06/08/2024;9\n")
    run = CliRunner().invoke(app, ["own", "june.csv"])
    assert run.exit_code == 0, run.output
    assert "2024-06-07 to 2024-06-07, amounts in EUR" in run.output
    assert re.search(r"june.csv, column Wert, row 3: 'much' could not be read", run.output)
    orders = open_own(["may.csv", "june.csv"], "own.yml").case.orders
    assert orders["amount"].tolist() == [1234, 2000]
    assert not orders["customer_id"].isin(["7", "8"]).any()
    same = [open_own("may.csv", "own.yml", secret="kept in the safe").case for _once in range(2)]
    assert same[0].orders.equals(same[1].orders)


@pytest.mark.parametrize(
    ("yaml", "words"),
    [
        (None, "no mapping"),
        ("sources: 5", "is no mapping"),
        ("a: [", "is no mapping"),
        ("sources: [{table: sales, columns: {}}]", "no table 'sales'"),
        ("sources: [{table: orders, columns: {amount: c}}]", "which column .* customer_id"),
        ("sources: [{table: orders, columns: {customer_id: x, order_date: b, amount: c}}]",
         "a.csv does not have the columns of the mapping: orders: x"),
        ("sources: [{table: orders, columns: {customer_id: a, order_date: b, amount: c}, "
         "colour: red}]", "colour: 'red' is no setting"),
        ("sources: [{table: orders, columns: {customer_id: a, order_date: b, amount: c}}]",
         "kind must be one of"),
        ("kind: household\nsources: [{table: orders, columns: {customer_id: a, order_date: b, "
         "amount: d}}]", "several currencies .*EUR: 1"),
        ("sources: [{table: customers, columns: {customer_id: a}}]", "holds orders"),
    ],
)  # fmt: skip
def test_a_mapping_that_does_not_fit_is_refused_in_a_sentence(tmp_path, yaml, words):
    (tmp_path / "a.csv").write_text("a,b,c,d\nK1,2024-05-31,5,€ 5\nK2,2024-06-01,6,$ 6\n")
    if yaml is not None:
        (tmp_path / "own.yml").write_text(yaml)
    with pytest.raises(InputError, match=words):
        open_own(tmp_path / "a.csv", tmp_path / "own.yml")


def test_days_in_utc_are_told_or_told_elsewhere(tmp_path):
    (tmp_path / "a.csv").write_text("customer,date,amount\nK1,2024-05-31T22:00:00Z,5\n")
    mapping = propose(tmp_path / "a.csv")
    mapping.kind = "household"
    opened = open_own(tmp_path / "a.csv", mapping)
    assert "moments in UTC" in repr(opened)
    mapping.sources[0].settings["time_zone"] = "Asia/Shanghai"
    there = open_own(tmp_path / "a.csv", mapping)
    assert there.report.ok
    assert there.case.as_of == opened.case.as_of + pd.Timedelta(days=1)


def test_files_without_a_known_column_and_places_that_cannot_be_written(tmp_path):
    (tmp_path / "a.csv").write_text("colour,shape\nred,round\n")
    with pytest.raises(InputError, match="no column is known"):
        propose(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text("customer,day\nK1,2024-05-31\n")
    mapping = propose(tmp_path / "b.csv")
    assert any("b.csv: which column is amount" in asked for asked in mapping.questions)
    with pytest.raises(InputError, match="say which column of the file is amount"):
        load_mapping(mapping.save(tmp_path / "own.yml"))
    with pytest.raises(InputError, match="cannot be written"):
        mapping.save(tmp_path / "none" / "own.yml")
