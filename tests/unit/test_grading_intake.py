"""What is handed in is looked through before anything runs; what cannot be used is named."""

from __future__ import annotations

import json
import time

import pytest

from custlab.errors import CustLabError
from custlab.grading.isolate.sandbox import View, bubblewrap_missing
from custlab.grading.prove.examination import needs_learner
from custlab.grading.read.intake import joined_answers, read_submission
from custlab.grading.read.notebooks import Unreadable, read_cells
from custlab.grading.read.tamper import findings, tamper_report
from custlab.grading.stock.results import (
    CellResult,
    NotebookResult,
    Results,
    read_results,
    write_results,
)


def test_files_that_could_replace_something_are_set_aside_and_named(tmp_path):
    for name in ("sheet.ipynb", "pandas.py", "notes.txt", "data.csv", "helper.py", "other.ipynb"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "timestamp.txt").write_text("2026-01-01 09:00:00 UTC", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    found = read_submission(tmp_path, "alice", {"sheet"}, {"data.csv": b"the master's"})
    assert set(found.notebooks) == {"sheet"}
    assert found.files["data.csv"] == b"the master's"
    assert set(found.files) == {"notes.txt", "helper.py", "data.csv"}
    assert {name for name, _reason in found.set_aside} == {
        "pandas.py",
        "data.csv",
        "other.ipynb",
        "link.csv",
    }
    assert found.timestamp == "2026-01-01 09:00:00 UTC"


def test_the_fingerprint_changes_with_what_was_handed_in(tmp_path):
    (tmp_path / "sheet.ipynb").write_text("{}", encoding="utf-8")
    before = read_submission(tmp_path, "alice", {"sheet"}, {}).fingerprint()
    assert before == read_submission(tmp_path, "alice", {"sheet"}, {}).fingerprint()
    (tmp_path / "sheet.answers.json").write_text("{}", encoding="utf-8")
    assert read_submission(tmp_path, "alice", {"sheet"}, {}).fingerprint() != before


def payload(value, at):
    entry = {"kind": "choose_one", "value": value, "at": f"2026-01-0{at}T00:00:00.000000Z"}
    return {"format": "custlab-answers", "version": 2, "sheet": "sheet", "answers": {"q": entry}}


@pytest.mark.parametrize(("file_day", "receipt_day", "wins"), [(2, 1, "file"), (1, 2, "receipt")])
def test_the_newest_answer_counts_wherever_it_stands(tmp_path, file_day, receipt_day, wins):
    data = {"application/vnd.custlab.answers+json": payload("receipt", receipt_day)}
    notebook = {"cells": [{"cell_type": "code", "outputs": [{"data": data}]}]}
    (tmp_path / "sheet.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (tmp_path / "sheet.answers.json").write_text(json.dumps(payload("file", file_day)), "utf-8")
    content, remark = joined_answers(read_submission(tmp_path, "a", {"sheet"}, {}), "sheet")
    assert json.loads(content)["answers"]["q"]["value"] == wins
    assert remark == ""


def test_a_view_that_would_show_the_masters_is_refused(tmp_path):
    with pytest.raises(CustLabError, match="must not"):
        View((tmp_path,), (tmp_path / "solutions",)).check()
    View((tmp_path / "datasets",), (tmp_path / "solutions",)).check()


def test_without_bubblewrap_grading_stops_with_a_sentence(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert "--sandbox none" in bubblewrap_missing()
    assert "bubblewrap" in bubblewrap_missing()


@pytest.mark.parametrize(
    ("source", "needs"),
    [
        ("from custlab.exercises import mark\nmark('s', 'q', points=1)", False),
        ("import pandas as pd\nx = [y for y in (1, 2)]\nlen(x)", False),
        ("assert total == 3", True),
        ("marks = Marks(points=1, names=globals())\nmarks.total()", True),
        ("np.sum([1])", False),
        ("def check(f):\n    return f(answer)\ncheck(abs)", True),
    ],
)
def test_only_tests_that_look_at_the_learners_work_need_a_kernel(source, needs):
    assert needs_learner(source, {"np": "numpy", "Marks": "custlab.exercises.code:Marks"}) is needs


def test_results_are_read_as_they_were_written(tmp_path):
    cells = [CellResult("test-q", "test", 2.0, 1.5, "passed", marks=[{"question": "q"}])]
    part = NotebookResult(cells=cells, repairs=[{"cell": "test-q", "what": "was missing"}])
    results = Results("01", "李 雷", "abc", notebooks={"01": part})
    assert read_results(write_results(tmp_path, results)) == results
    assert results.points == 1.5
    for text in ("", "{}", '{"format": "custlab-results", "version": 99}'):
        (tmp_path / "bad.json").write_text(text, encoding="utf-8")
        with pytest.raises(CustLabError, match=r"bad\.json"):
            read_results(tmp_path / "bad.json")


def test_the_report_says_what_was_found_and_nothing_of_why():
    part = NotebookResult(
        repairs=[{"cell": "test-q", "what": "was changed; the original was used"}]
    )
    results = Results("01", "alice", "", notebooks={"01": part})
    assert findings(results) == ["The cell test-q was changed; the original was used."]
    text = tamper_report([results, Results("01", "bob", "")])
    assert "## alice" in text
    assert "bob" not in text
    for word in ("cheat", "attack", "tamper", "suspicious", "fraud"):
        assert word not in text.lower()


def test_what_the_grader_reads_has_limits(tmp_path):
    (tmp_path / "sheet.ipynb").write_text("{}", encoding="utf-8")
    with (tmp_path / "timestamp.txt").open("wb") as file:
        file.write(b"2026-01-01 09:00:00 UTC\n")
        file.truncate(1_500_000_000)
    for number in range(5100):
        (tmp_path / f"{number}").touch()
    began = time.monotonic()
    found = read_submission(tmp_path, "alice", {"sheet"}, {})
    assert time.monotonic() - began < 10
    assert found.timestamp.startswith("2026-01-01 09:00:00 UTC")
    assert len(found.timestamp) <= 100
    assert len(found.set_aside) < 5100
    assert any("the rest was not looked at" in reason for _name, reason in found.set_aside)


@pytest.mark.parametrize(
    "content",
    [
        '{"cells": [' + "[]," * 2_500_000 + "0]}",
        '{"cells": [' + "0," * 6_000_000 + "0]}",
        '{"cells": [' + '{"cell_type": "code", "source": "%s"},' % ("x" * 900_000) * 12 + "0]}",
    ],
)
def test_a_notebook_that_would_fill_the_memory_is_refused_with_a_sentence(content):
    with pytest.raises(Unreadable, match=r"too many parts|million characters"):
        read_cells(content.encode())


def test_answers_too_large_for_a_file_are_left_out_and_named(tmp_path):
    value = [[[0] * 30] * 30] * 30
    entries = {
        f"q{n}": {"kind": "x", "value": value, "at": "2026-01-01T00:00:00.000000Z"}
        for n in range(60)
    }
    large = {"format": "custlab-answers", "version": 2, "sheet": "sheet", "answers": entries}
    data = {"application/vnd.custlab.answers+json": large}
    notebook = {"cells": [{"cell_type": "code", "outputs": [{"data": data}]}]}
    (tmp_path / "sheet.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    content, remark = joined_answers(read_submission(tmp_path, "a", {"sheet"}, {}), "sheet")
    assert content is None or len(content) <= 4_000_000
    assert "larger than" in remark or content is None


@pytest.mark.parametrize("name", ["sheet.answers.json/a", "data", "data/x.csv/b", "sheet.ipynb/a"])
def test_a_file_in_the_place_of_a_folder_is_set_aside(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("1", encoding="utf-8")
    found = read_submission(tmp_path, "a", {"sheet"}, {"data/x.csv": b"the master's"})
    assert set(found.files) == {"data/x.csv"}
    assert [n for n, _reason in found.set_aside] == [name]


def test_an_old_notebook_is_read_without_its_outputs():
    cell = {"cell_type": "code", "language": "python", "input": "x = 1", "metadata": {}}
    shown = [{"output_type": "stream", "stream": "stdout", "text": "a"}] * 200_000
    title = {"cell_type": "heading", "level": 2, "source": "Title", "metadata": {}}
    sheets = [{"cells": [title, cell | {"outputs": shown}]}]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets}
    began = time.monotonic()
    assert [one.source for one in read_cells(json.dumps(old).encode())] == ["## Title", "x = 1"]
    sheets[0]["cells"] = [cell | {"outputs": []}] * 100_000
    with pytest.raises(Unreadable, match="more than 2000 cells"):
        read_cells(json.dumps(old).encode())
    assert time.monotonic() - began < 5
