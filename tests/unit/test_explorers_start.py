"""The first page shows what is true of this course and this machine."""

import re

import pytest
import yaml

from custlab import load_case
from custlab.cases import CASE_NAMES
from custlab.cli.check import Need
from custlab.explorers import start
from tests.hygiene import ROOT


def words(box):
    return re.sub(r"<[^>]+>", "", box.children[-1].value)


def test_the_map_lists_the_lessons_of_the_syllabus_with_links_that_lead_somewhere():
    text = start.lesson_map().data
    lessons = yaml.safe_load((ROOT / "course/syllabus.yml").read_text(encoding="utf-8"))["lessons"]
    for lesson in lessons:
        assert lesson["title"] in text
        assert lesson["question"] in text
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) == len(lessons) + sum("exercise" in lesson for lesson in lessons)
    for link in links:
        assert (ROOT / "notebooks" / link).is_file(), link


def test_the_map_follows_a_changed_syllabus(tmp_path, monkeypatch):
    (tmp_path / "course").mkdir()
    syllabus = {
        "lessons": [
            {"id": "07-new", "title": "New", "question": "What now?", "minutes": 90,
             "exercise": {"points": 20, "minutes": 30}},
        ]
    }  # fmt: skip
    (tmp_path / "course/syllabus.yml").write_text(yaml.safe_dump(syllabus), encoding="utf-8")
    monkeypatch.setenv("CUSTLAB_HOME", str(tmp_path))
    text = start.lesson_map().data
    assert "[07 New](07-new.ipynb) | What now? | 90" in text
    assert "20 points, 30 minutes" in text
    assert "1.5 hours of lessons and 0.5 hours of exercises" in text
    assert "There is no lesson" not in text


def test_the_map_names_the_numbers_that_it_skips(tmp_path, monkeypatch):
    (tmp_path / "course").mkdir()
    lessons = "".join(
        f"  - {{id: {number}-x, title: X, question: Why, minutes: 9}}\n" for number in ("01", "04")
    )
    (tmp_path / "course/syllabus.yml").write_text(f"lessons:\n{lessons}", encoding="utf-8")
    monkeypatch.setenv("CUSTLAB_HOME", str(tmp_path))
    assert "There is no lesson 02, 03:" in start.lesson_map().data


def test_cases_stand_side_by_side_with_their_own_numbers():
    text = start.compare_cases().data
    for name in CASE_NAMES:
        assert f'load_case("{name}")' in text
        assert f"{len(load_case(name).customers):,}" in text
    assert "subscriptions" in text


def test_the_machine_check_shows_every_need_and_the_remedy(monkeypatch):
    needs = [Need("Python", True, "3.12"), Need("Data", False, "missing: <x>", "Get it again.")]
    monkeypatch.setattr("custlab.cli.check.run_checks", lambda: needs)
    text = start.check_machine().data
    assert "OK   Python: 3.12" in text
    assert "FAIL Data: missing: &lt;x&gt; → Get it again." in text


@pytest.mark.parametrize("name", CASE_NAMES)
def test_the_explorer_tells_the_share_that_counting_gives(name):
    case = load_case(name)
    box = start.concentration_explorer(case)
    kind, best = box.children[1].children
    best.value = 20
    spent = case.orders.groupby("customer_id")["amount"].sum().sort_values(ascending=False)
    share = spent.head(round(len(spent) * 0.2)).sum() / spent.sum() * 100
    assert f"{share:.0f} % of all sales" in words(box)
    for value in kind.options[1:]:
        kind.value = value
        ids = case.customers.loc[case.customers["kind"] == value, "customer_id"]
        assert f"these {len(spent[spent.index.isin(ids)]):,} customers" in words(box)


def test_all_customers_bring_all_sales():
    box = start.concentration_explorer(load_case("software"))
    box.children[1].children[1].value = 100
    assert "100 % of all sales" in words(box)
