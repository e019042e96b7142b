"""Validation: every kind of damage is found, with file, column, row and what to do."""

import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custlab.cases import CASE_NAMES, load_case, make_case
from custlab.errors import InputError
from custlab.files import datasets_dir
from custlab.quality import validate

FEW = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def clean_folder(tmp_path_factory):
    """A small copy of a case: the first customers with all that belongs to them."""
    folder = tmp_path_factory.mktemp("small") / "case"
    shutil.copytree(datasets_dir() / "appliances", folder)
    customers = _rows(folder / "customers.csv")
    keep = {line.split(",")[0] for line in customers[1:41]}
    for name in ("customers", "people", "interactions", "orders", "survey", "campaign"):
        head, *body = _rows(folder / f"{name}.csv")
        place = head.split(",").index("customer_id")
        body = [line for line in body if line.split(",")[place] in keep]
        _write(folder / f"{name}.csv", [head, *body])
    return folder


@pytest.fixture
def folder(clean_folder, tmp_path):
    return shutil.copytree(clean_folder, tmp_path / "case")


def _rows(path):
    return path.read_text(encoding="utf-8").splitlines()


def _write(path, rows):
    path.write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")


def _set(path, row, column, value):
    """Change one cell; rows are counted as in a spreadsheet."""
    rows = _rows(path)
    place = rows[0].split(",").index(column)
    cells = rows[row - 1].split(",")
    cells[place] = value
    rows[row - 1] = ",".join(cells)
    _write(path, rows)


@pytest.mark.parametrize("name", CASE_NAMES)
def test_shipped_cases_and_cases_in_memory_are_in_order(name):
    report = validate(datasets_dir() / name)
    assert report.ok
    assert report.checked["orders.csv"] == len(load_case(name).orders)
    assert validate(make_case(name, n_customers=60, seed=8)).ok


@pytest.mark.parametrize(
    ("file", "column", "value", "rule", "words"),
    [
        ("customers.csv", "kind", "houshold", "category", "Did you mean 'household'?"),
        ("customers.csv", "age", "forty", "type", "not a whole number"),
        ("customers.csv", "age", "199", "maximum", "above the largest allowed value 95"),
        ("customers.csv", "city_tier", "0", "minimum", "below the smallest allowed value 1"),
        ("customers.csv", "customer_since", "2024-02-30", "type", "not a date that exists"),
        ("customers.csv", "customer_since", "2051-01-05", "maximum", "above the largest"),
        ("customers.csv", "customer_since", "31.05.2020", "type", "a date in another form"),
        ("customers.csv", "customer_since", "2020-5-1", "type", "YYYY-MM-DD"),
        ("customers.csv", "marketing_consent", "yes", "type", "neither true nor false"),
        ("customers.csv", "city", "", "missing", "a value is required"),
        ("customers.csv", "customer_id", "a-c00001", "pattern", "the form of such a key"),
        ("orders.csv", "amount", "1 299", "type", "not a number"),
        ("orders.csv", "amount", "nan", "type", "not a number"),
        ("orders.csv", "quantity", "2.5", "type", "not a whole number"),
        ("orders.csv", "customer_id", "A-C99999", "key-broken", "does not stand in customers.csv"),
        ("orders.csv", "product_id", "A-SKU77", "key-broken", "products.csv"),
        ("interactions.csv", "timestamp", "2024-05-31 25:10", "type", "YYYY-MM-DD HH:MM"),
    ],
)
def test_a_wrong_cell_is_found_where_it_is(folder, file, column, value, rule, words):
    _set(folder / file, 7, column, value)
    findings = validate(folder).findings
    place = (findings["file"] == file) & (findings["row"] == 7)
    own = findings[place & (findings["column"] == column)]
    assert rule in set(own["rule"])
    told = own[own["rule"] == rule].iloc[0]
    assert words in f"{told['problem']} {told['remedy']}"
    assert len(told["remedy"]) > 10


def test_a_key_that_stands_twice_names_the_first_row(folder):
    rows = _rows(folder / "people.csv")
    rows.insert(9, rows[4])
    _write(folder / "people.csv", rows)
    finding = validate(folder).findings.iloc[0]
    assert (finding["rule"], finding["row"]) == ("key-repeated", 10)
    assert "row 5" in finding["problem"]


def test_columns_missing_renamed_or_twice(folder):
    path = folder / "products.csv"
    rows = _rows(path)
    _write(path, [rows[0].replace("unit_cost", "Unit Cost"), *rows[1:]])
    finding = validate(folder).findings.iloc[0]
    assert (finding["rule"], finding["column"]) == ("column-missing", "unit_cost")
    assert "'Unit Cost': rename it" in finding["remedy"]
    _write(path, [rows[0].replace("unit_cost", "list_price"), *rows[1:]])
    assert {"column-twice", "column-missing"} <= set(validate(folder).findings["rule"])


def test_the_wrong_file_is_recognised(folder):
    shutil.copy(folder / "orders.csv", folder / "people.csv")
    report = validate(folder)
    finding = report.findings[report.findings["file"] == "people.csv"].iloc[0]
    assert finding["rule"] == "wrong-file"
    assert "'orders'" in finding["problem"]
    assert len(report.findings[report.findings["file"] == "people.csv"]) == 1


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "file-empty"),
        (b"\n \n", "file-empty"),
        ("item,cost,unit,description\n订单,1,个,说明\n".encode("gbk"), "encoding"),
        ("item,cost,unit,description\n".encode("utf-16"), "encoding"),
        (b"item;cost;unit;description\na;1;b;c\n", "delimiter"),
        (b"item\tcost\tunit\tdescription\n", "delimiter"),
        (b"PK\x03\x04rest of a workbook", "not-csv"),
        (b"item,cost,unit,description\na,1,b\n", "row-length"),
        (b'item,cost,unit,description\na,1,b,"c\nd,2,b,c\ne,3,b,c\n', "quote-open"),
        (b'item,cost,unit,description\na,1,b,"c\nd,2,b,c\ne,3,b,c"\n', "quote-wide"),
        (b"item,cost,unit,description\n,,,\na,1,b,c\n", "row-empty"),
    ],
)
def test_a_file_that_is_no_such_table_is_told_from_its_bytes(folder, content, rule):
    (folder / "costs.csv").write_bytes(content)
    findings = validate(folder).findings
    own = findings[findings["file"] == "costs.csv"]
    assert own.iloc[0]["rule"] == rule
    assert (findings["file"] == "costs.csv").all()


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(folder):
    path = folder / "products.csv"
    text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode("utf-8"))
    assert validate(folder).ok


def test_missing_files_folders_and_descriptions(folder, tmp_path):
    (folder / "survey.csv").rename(folder / "surveys.csv")
    finding = validate(folder).findings.iloc[0]
    assert (finding["rule"], finding["file"]) == ("file-missing", "survey.csv")
    assert "surveys.csv" in finding["remedy"]
    with pytest.raises(InputError, match="no folder or file"):
        validate(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="like="):
        validate(tmp_path / "empty")
    with pytest.raises(InputError, match="none of the files"):
        validate(tmp_path / "empty", like="software")
    (folder / "datapackage.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="not a Data Package description"):
        validate(folder)


def test_tables_and_single_files_are_checked_like_a_case(folder):
    orders = load_case("ecommerce").orders.head(50).copy()
    orders.loc[3, "amount"] = -5.0
    report = validate({"orders": orders}, like="ecommerce")
    assert report.findings[["row", "column", "rule"]].to_numpy().tolist() == [
        [5, "amount", "minimum"]
    ]
    assert validate(folder / "products.csv", like="appliances").ok
    with pytest.raises(InputError, match="no table 'sales'"):
        validate({"sales": orders}, like="ecommerce")
    with pytest.raises(InputError, match="name of a table"):
        validate(shutil.copy(folder / "products.csv", folder / "mine.csv"), like="appliances")


def test_a_report_reads_well(folder):
    for row in range(2, 30):
        _set(folder / "customers.csv", row, "gender", "f")
    report = validate(folder)
    assert "customers.csv, column gender, row 2, 28 times: 'f' is not an allowed" in repr(report)
    assert ".findings" in repr(report)
    assert report.findings["row"].tolist() == list(range(2, 30))
    assert "<table" in report._repr_html_()
    assert report.summary["times"].tolist() == [28]
    assert "All in order" in validate(datasets_dir() / "ecommerce")._repr_html_()


@FEW
@given(data=st.binary(max_size=300))
def test_no_bytes_break_the_check(folder, data):
    (folder / "costs.csv").write_bytes(data)
    report = validate(folder / "costs.csv", like="appliances")
    assert set(report.findings["file"]) == {"costs.csv"}


@FEW
@given(
    text=st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters='\r\n,"'),
                 max_size=12),
    column=st.sampled_from(["age", "customer_since", "kind", "acquisition_cost"]),
)  # fmt: skip
def test_any_text_in_a_cell_is_accepted_or_reported_at_its_row(folder, text, column):
    before = _rows(folder / "customers.csv")
    _set(folder / "customers.csv", 5, column, text)
    report = validate(folder / "customers.csv", like="appliances")
    _write(folder / "customers.csv", before)
    assert report.ok or set(report.findings["row"]) == {5}


def test_pandas_is_not_needed_to_read_a_finding():
    report = validate({"costs": pd.DataFrame({"item": [None], "cost": [1.0], "unit": ["x"],
                                              "description": ["y"]})}, like="software")  # fmt: skip
    assert repr(report).count("row 2") == 1
