"""Cases as a learner meets them: loading, reading, mistakes."""

import copy
import os
import pickle
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from custlab.cases import CASE_NAMES, load_case, make_case
from custlab.cases.load import open_folder
from custlab.cases.schema import pandas_dtype
from custlab.errors import InputError
from custlab.files import datasets_dir
from custlab.quality import read_dirty
from tests.hygiene import ROOT

COMMON = {"customers", "people", "interactions", "orders", "products", "survey", "campaign"}


@pytest.mark.parametrize("name", CASE_NAMES)
def test_every_table_has_the_columns_and_dtypes_of_its_description(name):
    case = load_case(name)
    assert set(case.tables) >= COMMON
    assert 2000 <= len(case.customers) <= 5000
    assert (case.currency, case.as_of) == ("CNY", pd.Timestamp("2024-12-31"))
    for resource in case.package["resources"]:
        table = case.tables[resource["name"]]
        wanted = {f["name"]: pandas_dtype(f) for f in resource["schema"]["fields"]}
        assert list(table.columns) == list(wanted)
        for column, dtype in wanted.items():
            assert table[column].dtype == dtype, (resource["name"], column)
    assert case.customers["income_band"].cat.ordered


@pytest.mark.parametrize("name", CASE_NAMES)
def test_shipped_tables_are_what_the_simulator_makes(name):
    shipped, made = load_case(name), make_case(name)
    for table in shipped.tables:
        pd.testing.assert_frame_equal(shipped.tables[table], made.tables[table])


def test_the_same_code_runs_on_every_case():
    shared = set.intersection(
        *({(r["name"], f["name"]) for r in load_case(n).package["resources"]
           for f in r["schema"]["fields"]} for n in CASE_NAMES)
    )  # fmt: skip
    for name in CASE_NAMES:
        own = [
            (r["name"], f["name"])
            for r in load_case(name).package["resources"]
            for f in r["schema"]["fields"]
            if r["name"] not in ("deals", "subscriptions") and not f["name"].startswith("rate_")
        ]
        assert set(own) <= shared


@pytest.mark.parametrize(
    ("given", "meant"),
    [("applainces", "appliances"), ("E-Commerce", "ecommerce"), ("softwear", "software")],
)
def test_a_misspelt_name_brings_the_right_one(given, meant):
    with pytest.raises(InputError, match=f"Did you mean '{meant}'"):
        load_case(given)
    with pytest.raises(InputError, match=meant):
        make_case(given, n_customers=50)


def test_what_a_learner_changes_does_not_reach_the_next_load():
    case = load_case("appliances")
    case.orders["amount"] = 0.0
    made = make_case("appliances", n_customers=40)
    made.orders["amount"] = 0.0
    assert load_case("appliances").orders["amount"].sum() > 0
    assert make_case("appliances", n_customers=40).orders["amount"].sum() > 0


def test_a_case_is_not_changed_in_place():
    case = load_case("ecommerce")
    with pytest.raises(InputError, match=r"orders = case\.orders\.copy"):
        case.orders = pd.DataFrame()
    with pytest.raises(InputError):
        del case.name


def test_a_table_of_another_case_is_explained():
    with pytest.raises(InputError, match="software"):
        _ = load_case("appliances").deals
    with pytest.raises(AttributeError, match="customers, people"):
        _ = load_case("appliances").oders
    assert not hasattr(load_case("appliances"), "oders")
    assert len(load_case("software").subscriptions) > 500


def test_tables_are_read_when_they_are_needed(tmp_path):
    folder = shutil.copytree(datasets_dir() / "appliances", tmp_path / "copy")
    (folder / "survey.csv").unlink()
    case = open_folder(folder)
    assert len(case.products) == 30
    with pytest.raises(InputError, match=r"survey\.csv is missing"):
        _ = case.survey


def test_a_damaged_file_is_named_with_the_way_to_find_the_cell(tmp_path):
    folder = shutil.copytree(datasets_dir() / "software", tmp_path / "copy")
    path = folder / "products.csv"
    text = path.read_text(encoding="utf-8").replace("69.00", "much", 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"products\.csv .*validate"):
        _ = open_folder(folder).products
    (folder / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="JSON"):
        open_folder(folder)
    with pytest.raises(InputError, match=r"datapackage\.json"):
        open_folder(tmp_path)


def test_a_library_installed_without_the_course_has_its_cases(tmp_path):
    """As on a JupyterHub: the package in one place, a learner's notebooks in another."""
    shutil.copytree(ROOT / "custlab", tmp_path / "site" / "custlab")
    home = tmp_path / "home"
    home.mkdir()
    code = (
        "import custlab, sys; from custlab.quality import read_dirty\n"
        "case = custlab.load_case('software')\n"
        "print(custlab.__file__, len(case.orders), len(read_dirty(case)['orders']))"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    environment.pop("CUSTLAB_HOME", None)
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=home, env=environment, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    file, orders, dirty = told.stdout.split()
    assert file.startswith(str(tmp_path))
    expected = (len(load_case("software").orders), len(read_dirty("software")["orders"]))
    assert (int(orders), int(dirty)) == expected
    assert list(home.iterdir()) == []


def test_a_case_introduces_itself():
    case = load_case("software")
    text, html = repr(case), case._repr_html_()
    for part in (
        "simulated data",
        "2019-01-01 to 2024-12-31",
        "CNY",
        "subscriptions",
        str(len(case.deals)),
    ):
        assert part in text
        assert part in html
    assert "customers" in dir(case)
    assert case.brands[0] == "tessalyn"


@pytest.mark.parametrize("name", CASE_NAMES)
def test_the_dictionary_explains_every_column(name):
    case = load_case(name)
    described = case.dictionary
    for table in case.tables:
        rows = described[described["table"] == table]
        assert list(rows["column"]) == list(case.tables[table].columns)
    assert (described["description"].str.len() > 3).all()
    amount = described.query("table == 'orders' and column == 'amount'").iloc[0]
    assert (amount["unit"], amount["required"]) == ("CNY", True)
    key = described.query("table == 'orders' and column == 'customer_id'").iloc[0]["key"]
    assert key == "to customers"


def test_other_cohorts_are_repeatable_and_different():
    one, again = (make_case("appliances", n_customers=60, seed=3) for _ in range(2))
    other = make_case("appliances", n_customers=60, seed=4)
    pd.testing.assert_frame_equal(one.orders, again.orders)
    assert not one.customers.equals(other.customers)
    assert one.package["custlab"]["seed"] == 3


@pytest.mark.parametrize(
    "wrong", [{"n_customers": 5}, {"n_customers": 2.5}, {"n_customers": True}, {"seed": -1},
              {"seed": "x"}, {"n_customers": 10**7}]
)  # fmt: skip
def test_numbers_that_make_no_cohort_are_refused(wrong):
    with pytest.raises(InputError, match="whole number"):
        make_case("ecommerce", **wrong)


def test_a_case_can_be_copied_and_pickled():
    case = make_case("ecommerce", n_customers=40)
    for twin in (copy.deepcopy(case), pickle.loads(pickle.dumps(case))):
        pd.testing.assert_frame_equal(twin.orders, case.orders)
        twin.orders["amount"] = -1.0
    assert (case.orders["amount"] >= 0).all()
