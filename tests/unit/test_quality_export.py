"""Files as programs export them: read whole, or said what is no data and what fits two readings."""

import datetime as dt
import re

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import custlab.quality
from custlab import own_case, quality
from custlab.customer_types import customer_types
from custlab.errors import InputError
from custlab.quality import read_export
from custlab.value import rfm_table, value_tiers

TABLE = pd.DataFrame(
    {"客户": ["张三", "李四", "王五"], "日期": ["2024-05-31"] * 3, "备注": ["a,b", "c;d", "e\tf"]}
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_encoding_and_separator_gives_the_same_table(tmp_path, encoding, separator, line_end):
    path = tmp_path / "orders.csv"
    TABLE.to_csv(path, sep=separator, encoding=encoding, index=False, lineterminator=line_end)
    export = read_export(path)
    pd.testing.assert_frame_equal(export.table.reset_index(drop=True), TABLE)
    assert export.report.ok
    assert export.table.index.tolist() == [2, 3, 4]


def read(tmp_path, content, **options):
    path = tmp_path / "orders.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_export(path, **options)


@pytest.mark.parametrize(
    ("content", "rows", "rules"),
    [
        ("id;price;sum\nC1;12,5;25,0\nC2;1,5;3,0\n", ["C1", "C2"], []),
        ("sep=;\nid;price;sum\nC1;12,5;25,0\n", ["C1"], []),
        ("Sales,,\n2024,,\n\nid,day,sum\nC1,x,2\n", ["C1"], ["title", "title"]),
        ("id,day,sum\nC1,x,2\n,,\nC2,y,3\nTotal,,5\n", ["C1", "C2"], ["row-empty", "total"]),
        ("id,sum\nC1,2\nC2,3\n合计,5\n", ["C1", "C2"], ["total"]),
        ("name,city,sum\nTotal,Paris,2\nShell,London,9\n", ["Total", "Shell"], ["total-kept"]),
        ("id,sum\nC1,5\nTotal,5\n", ["C1"], ["total"]),
        ("id,sum\nC1,5\nC2,7\nSubtotal,12\nC3,8\n总计：,20\n", ["C1", "C2", "C3"], ["total"] * 2),
        ("id,sum,2023,2024\nC1,5,1,2\n", ["C1"], []),
        ("id,sum\nC1,5\n\x1a", ["C1"], []),
        ("id,day,sum\nC1,x,2\nid,day,sum\nC2,y,3\n", ["C1", "C2"], ["header-again"]),
        ("id,day,sum\nC1,x,2\nMade by a program\n", ["C1"], ["note"]),
        ("id,name,sum\nC1,Ann,Ms,2\nC2,Bob,3\n", ["C2"], ["row-length"]),
        ("id,name,sum\nC1,Ann\nC2,Bob,3\n", ["C2"], ["row-length"]),
        ("id,name,note\nC1,Ann\nC2,Bob,\nC3,Cat,x\n", ["C1", "C2", "C3"], []),
        ("id,name,sum\nC1,Ann,2,,\nC2,Bob,3,,\nC3,Cat,Ms,4,\n", ["C1", "C2"], ["row-length"]),
        ("id,sum,sum,,\nC1,2,3,,\n", ["C1"], ["column-twice"]),
        ('id,name,sum\nC1,"An\nC2,Bob,3\nC3,Cat",4\n', ["C1"], ["quote-wide"]),
        ('id,name,sum\nC1,"Hill 1\nWuhan, Hubei\nChina",4\n', ["C1"], []),
    ],
)
def test_rows_that_are_no_data_are_set_aside_and_told(tmp_path, content, rows, rules):
    export = read(tmp_path, content)
    assert export.table.iloc[:, 0].tolist() == rows
    assert export.report.findings["rule"].tolist() == rules
    assert not export.report.findings["row"].isna().any()
    assert ("orders.csv" in repr(export)) == bool(rules)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n \n,,\n", "no column names"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no text"),
        (b"\xff\xd8\xff\xe0\x01\x02JFIF", "no text"),
        (b"PK\x03\x04nothing", "workbook"),
        ("<html><table><tr><td>1</td></tr></table>", "web page"),
        ("C1,2024-05-01,12\nC2,2024-05-02,13\n", "row 1: This row holds values"),
        ('id,name\n1,"Ann\n2,Bob\n3,Cat\n', "row 2: A quote opens"),
        ('id,name\n1,Ann\n2,"Bob\n3,"Cat"\n', "row 3: A quote opens"),
        ("Kunde;Summe\nMüller;5\n".encode("cp1252"), 'cp1252: Müller;5, .* encoding="cp1252"'),
        ("Имя,Сумма\nИванов,5\n".encode("cp1251"), "several ways"),
        ("名前,金額\n田中さん,12\n".encode("shift-jis"), "several ways"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(tmp_path, content, words):
    with pytest.raises(InputError, match=rf"orders\.csv.*{words}"):
        read(tmp_path, content)


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_is_read_as_excel_holds_it(tmp_path):
    day = dt.datetime(2024, 6, 5)
    head = [["Sales 2024"], [], ["id", "day", "amount"]]
    rows = [*head, [4.0, day, 1.234], ["K2", "2024-06-07", "7 €"], ["Total", None, 8.234]]
    path = workbook(tmp_path / "sales.xlsx", Sales=rows, Notes=[])
    export = read_export(path)
    assert export.report.findings[["row", "rule"]].to_numpy().tolist() == [
        [1, "title"],
        [6, "total"],
    ]
    # A cell that is a number or a date already fits one reading only.
    assert quality.parse_numbers(export.table["amount"]).tolist() == [1.234, 7]
    assert quality.parse_mixed_dates(export.table["day"]).dt.day.tolist() == [5, 7]
    two = workbook(tmp_path / "two.xlsx", Jan=rows, Feb=rows[2:])
    with pytest.raises(InputError, match=r"2 sheets with data: Jan, Feb.*sheet='Jan'"):
        read_export(two)
    assert len(read_export(two, sheet="Feb").table) == 2
    deals = [["Record Id", "Account Name.id", "Stage", "Amount", "Closing Date"],
             [17, 4.0, "Closed Won", 1.234, day]]  # fmt: skip
    deal = (
        quality.read_zoho(deals=workbook(tmp_path / "deals.xlsx", a=deals)).tables["deals"].loc[0]
    )
    assert (deal["deal_id"], deal["customer_id"], deal["amount"]) == ("17", "4", 1.234)


def test_what_is_asked_for_is_used(tmp_path):
    german = "Kunde;Summe\nMüller;5\n".encode("cp1252")
    assert read(tmp_path, german, encoding="cp1252").table.iloc[0, 0] == "Müller"
    with pytest.raises(InputError, match="not in ascii"):
        read(tmp_path, german, encoding="ascii")
    with pytest.raises(InputError, match="is missing"):
        read_export(tmp_path / "none.csv")


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200) | st.text(',;"\n\tab1.', max_size=60).map(str.encode))
def test_no_bytes_break_the_reader(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    try:
        export = read_export(path)
    except InputError as refused:
        told = str(refused)
    else:
        told = "any.csv" if export.report.ok else repr(export)
        assert export.table.columns.is_unique
    assert "any.csv" in told


def test_a_firms_file_goes_from_disk_to_tiers_with_the_messages_alone(tmp_path):
    """300 customers, dd/mm dates, thousands signs, blank ids, returns, a row of totals.

    Each refusal is followed as it says: the code in it is run.
    """
    days = pd.date_range("2023-01-01", periods=900, freq="11h")
    lines = ["Auftrag;Kunde;Datum;Betrag"]
    for n, day in enumerate(days):
        who = "" if n % 97 == 0 else f"K{n * 7 % 300:03d}"
        money = f"{(n * 7919) % 4000 + 12.5:,.2f}".translate({44: ".", 46: ","})
        lines.append(f"A{n:04d};{who};{day:%d/%m/%Y};{money} €")
        if n % 41 == 0:
            lines.append(f"R{n:04d};{who};{day:%d/%m/%Y};-{money} €")
    lines += [";;;", "Summe;;;1.234.567,00 €"]
    export = read(tmp_path, "\n".join(lines))
    assert export.report.findings["rule"].tolist() == ["row-empty", "total"]
    names = {"Auftrag": "order_id", "Kunde": "customer_id", "Datum": "order_date",
             "Betrag": "amount"}  # fmt: skip
    orders = export.table.rename(columns=names)
    for column in ("order_date", "amount"):
        with pytest.raises(InputError) as refused:
            rfm_table(orders)
        advice = re.search(r"custlab\.quality\.\w+\(.*?\]\)", str(refused.value))[0]
        orders[column] = eval(advice, {"custlab": custlab, "orders": orders})
    assert (orders["order_date"].notna() & orders["amount"].notna()).all()
    with pytest.raises(InputError, match="kind must be one of household"):
        own_case(orders)
    case = own_case(orders, kind="household", currency="EUR")
    assert "order lines without customer_id were set aside" in case.description
    assert "negative lines took an earlier line back" in case.description
    kept = case.orders[~case.orders["returned"]]
    sure = [n for n in range(900) if n % 97 and n % 41]
    assert kept["amount"].sum() == pytest.approx(sum(n * 7919 % 4000 + 12.5 for n in sure))
    assert set(customer_types(case)["value"]) == {"high", "medium", "low"}
    tiers = value_tiers(kept.groupby("customer_id")["amount"].sum())
    assert len(tiers) == 300
