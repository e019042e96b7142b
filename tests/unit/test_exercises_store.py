"""Answers are never lost: damaged files, older and newer kits, read-only folders, two copies."""

import contextlib
import json
import os
import sys
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custlab.errors import InputError
from custlab.exercises import answers as formats
from custlab.exercises.answers import MIME, Answer, DamagedAnswersError
from custlab.exercises.store import Store, answers_path, read_answers

SHEET = "03-role-types"
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=30)
    | st.floats(-1e9, 1e9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)  # fmt: skip


def _values(answers):
    return {name: answer.value for name, answer in answers.items()}


def _notebook(folder, answers, name=f"{SHEET}.ipynb"):
    """Write a notebook that carries a receipt."""
    output = {"output_type": "display_data", "data": {MIME: formats.to_payload(SHEET, answers)}}
    cells = [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": [output]}]
    (folder / name).write_text(json.dumps({"cells": cells}), encoding="utf-8")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(saved=st.dictionaries(st.text(max_size=12).filter(str.isalnum), values, max_size=6))
def test_what_is_saved_is_read_again(saved, tmp_path):
    from custlab.exercises.values import tidy

    answers = {name: Answer("number", tidy(value), formats.now()) for name, value in saved.items()}
    assert formats.from_bytes(formats.to_text(SHEET, answers).encode()) == answers


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_corruption_never_raises_and_never_overwrites(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    Store(SHEET, folder).put("who", "choose_one", "b")
    path = answers_path(SHEET, folder)
    good = path.read_bytes()
    at = data.draw(st.integers(0, len(good)))
    length = data.draw(st.integers(0, 40))
    damaged = good[:at] + data.draw(st.binary(max_size=40)) + good[at + length :]
    path.write_bytes(damaged)
    readable = read_answers(SHEET, folder)
    store = Store(SHEET, folder)
    store.put("other", "number", 1)
    assert _values(store.answers) == _values(readable) | {"other": 1}
    kept = [p.read_bytes() for p in folder.iterdir() if "answers.json." in p.name]
    assert not kept or (kept == [damaged] and store.notices), "set aside, whole, and told"
    if not kept:
        assert set(_values(readable)) <= set(_values(Store(SHEET, folder).answers))


POISON = {
    "empty": b"",
    "no json": b"\xff\xfe\x00",
    "deep": b'{"format": "custlab-answers", "version": 2, "answers": ' + b"[" * 100_000,
    "deep value": b'{"format":"custlab-answers","version":2,"answers":{"q":{"value":'
    + b"[" * 50 + b"]" * 50 + b"}}}",
    "not a number": b'{"format":"custlab-answers","version":2,"answers":{"q":{"value":NaN}}}',
    "endless": b'{"format":"custlab-answers","version":2,"answers":{"q":{"value":1e999}}}',
    "doubled": b'{"format":"custlab-answers","version":2,"answers":{},"answers":{}}',
    "list": b"[1, 2]",
    "other format": b'{"format":"x","version":2,"answers":{}}',
    "bad entries": b'{"format":"custlab-answers","version":2,"answers":{"q":3}}',
    "huge": b" " * 10_000_000,
    "huge number": b'{"format":"custlab-answers","version":2,"answers":{"q":{"value":'
    + b"9" * 5000 + b"}}}",
    "true version": b'{"format":"custlab-answers","version":true,"answers":{}}',
    "too many": json.dumps({"format": "custlab-answers", "version": 1,
                            "answers": {str(n): 1 for n in range(600)}}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", POISON)
def test_poisoned_files_are_set_aside(name, tmp_path):
    path = answers_path(SHEET, tmp_path)
    path.write_bytes(POISON[name])
    assert read_answers(SHEET, tmp_path) == {}
    assert path.read_bytes() == POISON[name], "marking changes nothing"
    store = Store(SHEET, tmp_path)
    store.put("who", "choose_one", "b")
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes() == POISON[name]
    assert aside.name in store.notices[0]
    assert _values(Store(SHEET, tmp_path).answers) == {"who": "b"}


def test_half_characters_can_be_saved_and_read(tmp_path):
    store = Store(SHEET, tmp_path)
    store.put("why", "free_text", "half \ud800 character, 客户")
    assert Store(SHEET, tmp_path).answers["why"].value == "half ? character, 客户"


def test_a_newer_kits_file_is_set_aside(tmp_path):
    newer = {"format": "custlab-answers", "version": 99, "answers": {"who": {"value": "b"}}}
    answers_path(SHEET, tmp_path).write_text(json.dumps(newer), encoding="utf-8")
    store = Store(SHEET, tmp_path)
    store.put("who", "choose_one", "a")
    (aside,) = tmp_path.glob("*.newer-*")
    assert json.loads(aside.read_text(encoding="utf-8")) == newer
    assert "newer version" in store.notices[0]


def test_an_older_kits_file_is_read_and_kept(tmp_path):
    older = {"format": "custlab-answers", "version": 1, "answers": {"who": "b", "gone": [1]}}
    answers_path(SHEET, tmp_path).write_text(json.dumps(older), encoding="utf-8")
    store = Store(SHEET, tmp_path)
    store.put("more", "number", 3)
    assert not store.notices
    assert _values(read_answers(SHEET, tmp_path)) == {"who": "b", "gone": [1], "more": 3}


def test_damaged_file_falls_back_on_the_receipt(tmp_path):
    _notebook(tmp_path, {"who": Answer("choose_one", "b", formats.now())})
    answers_path(SHEET, tmp_path).write_bytes(b"{")
    assert _values(read_answers(SHEET, tmp_path)) == {"who": "b"}
    assert _values(Store(SHEET, tmp_path).answers) == {"who": "b"}


@pytest.fixture
def started_in(monkeypatch):
    """Let the kernel have started in a folder, its editor naming a notebook or none."""

    def start(folder, notebook=None):
        monkeypatch.setattr("custlab.exercises.notebook.NOTEBOOK_FOLDER", folder)
        monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
        monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
        if notebook:
            monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))

    return start


def _answered(value):
    return {"who": Answer("choose_one", value, formats.now())}


@pytest.mark.parametrize("name", ["my homework 1.ipynb", f"Copy of {SHEET}.ipynb", "作业.ipynb"])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["its folder", "another folder"])
def test_a_renamed_notebook_keeps_its_answers(name, elsewhere, tmp_path, started_in):
    home, other = tmp_path / "home", tmp_path / "other"
    home.mkdir()
    other.mkdir()
    _notebook(home, _answered("b"), name)
    started_in(other if elsewhere else home, home / name if elsewhere else None)
    store = Store(SHEET)
    assert _values(store.answers) == {"who": "b"}
    assert (store.path.parent, store.notices) == (home, [])
    assert _values(read_answers(SHEET)) == {"who": "b"}


def test_vs_code_names_the_notebook(tmp_path, started_in, monkeypatch):
    _notebook(tmp_path, _answered("b"), "mine.ipynb")
    started_in(tmp_path.parent)
    told = str(tmp_path / "mine.ipynb")
    monkeypatch.setattr(sys.modules["__main__"], "__vsc_ipynb_file__", told, raising=False)
    assert _values(Store(SHEET).answers) == {"who": "b"}


def test_another_persons_notebook_is_not_read(tmp_path, started_in):
    _notebook(tmp_path, _answered("a"), "anna.ipynb")
    _notebook(tmp_path, _answered("b"), "ben.ipynb")
    started_in(tmp_path, tmp_path / "anna.ipynb")
    assert _values(Store(SHEET).answers) == {"who": "a"}
    started_in(tmp_path)
    unknown = Store(SHEET)
    assert unknown.answers == {}
    assert "anna.ipynb, ben.ipynb" in unknown.notices[0]
    assert "close it without saving" in unknown.notices[1]


def test_who_cannot_find_the_answers_says_so_and_the_remedy_works(tmp_path, started_in):
    home = tmp_path / "drive"
    home.mkdir()
    _notebook(home, _answered("b"), "mine.ipynb")
    started_in(tmp_path)
    lost = Store(SHEET)
    assert "there is no notebook" in lost.notices[0]
    assert _values(Store(SHEET, str(home)).answers) == {"who": "b"}
    (home / "mine.ipynb").rename(tmp_path / f"{SHEET}.ipynb")
    assert _values(Store(SHEET).answers) == {"who": "b"}


def test_a_new_notebook_is_not_warned(tmp_path, started_in):
    (tmp_path / f"{SHEET}.ipynb").write_text('{"cells": []}', encoding="utf-8")
    started_in(tmp_path)
    assert Store(SHEET).notices == []


def test_a_graders_own_notebook_is_not_the_learners(tmp_path, started_in):
    desk, work = tmp_path / "desk", tmp_path / "work"
    desk.mkdir()
    work.mkdir()
    (desk / "grade-all.ipynb").write_text('{"cells": []}', encoding="utf-8")
    _notebook(work, _answered("b"))
    started_in(work, desk / "grade-all.ipynb")
    assert _values(Store(SHEET).answers) == {"who": "b"}


def test_visitors_of_a_served_page_share_nothing(tmp_path, started_in, monkeypatch):
    from custlab.exercises import notebook

    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.8")
    _notebook(tmp_path, _answered("b"))
    started_in(tmp_path)
    folders = []
    for _visitor in range(2):
        notebook.visitors_folder.cache_clear()  # each visitor has a kernel of its own
        mine = Store(SHEET)
        assert mine.answers == {}
        mine.put("who", "choose_one", "a")
        folders.append(mine.path.parent)
    assert len({*folders, tmp_path}) == 3


def test_the_newest_of_file_and_receipt_wins(tmp_path):
    store = Store(SHEET, tmp_path)
    store.put("who", "choose_one", "a")
    newer = Answer("choose_one", "b", formats.now(after=store.answers["who"].at))
    older = Answer("choose_one", "c")
    _notebook(tmp_path, {"who": newer}, f"{SHEET} (1).ipynb")
    _notebook(tmp_path, {"who": older})
    assert _values(Store(SHEET, tmp_path).answers) == {"who": "b"}
    same = Answer("choose_one", "z", newer.at)
    assert formats.merge({"who": newer}, {"who": same})["who"].value == "b", "a tie: the file"


def test_a_time_from_the_future_does_not_outlive_new_answers(tmp_path):
    late = {"who": {"kind": "choose_one", "value": "a", "at": "9999-12-31T00:00:00Z"}}
    payload = {"format": "custlab-answers", "version": 2, "answers": late}
    answers_path(SHEET, tmp_path).write_text(json.dumps(payload), encoding="utf-8")
    Store(SHEET, tmp_path).put("who", "choose_one", "b")
    assert _values(read_answers(SHEET, tmp_path)) == {"who": "b"}


def test_two_open_copies_lose_nothing(tmp_path):
    one, two = Store(SHEET, tmp_path), Store(SHEET, tmp_path)
    one.put("first", "choose_one", "a")
    assert two.put("second", "choose_one", "b") == ["first"]
    assert one.put("third", "number", 3) == ["second"]
    assert _values(read_answers(SHEET, tmp_path)) == {"first": "a", "second": "b", "third": 3}
    two.put("first", "choose_one", "c")
    assert two.answers["first"].value == "c"
    assert not two.notices, "the first answer had been seen here"


def test_an_answer_nobody_saw_is_kept_when_it_is_replaced(tmp_path):
    one, two = Store(SHEET, tmp_path), Store(SHEET, tmp_path)
    one.put("who", "choose_one", "a")
    two.put("who", "choose_one", "b")
    saved = read_answers(SHEET, tmp_path)["who"]
    assert (saved.value, saved.earlier) == ("b", ["a"])
    assert "Another open copy" in two.notices[0]
    assert one.put("more", "number", 1) == ["who"]
    assert one.answers["who"].value == "b"
    one.note("who", tries=2, hints=1)
    assert read_answers(SHEET, tmp_path)["who"].value == "b"


def test_many_at_once_lose_nothing(tmp_path):
    def answer(number):
        store = Store(SHEET, tmp_path)
        for step in range(5):
            store.put(f"q{number}-{step}", "number", step)

    threads = [threading.Thread(target=answer, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_answers(SHEET, tmp_path)) == 30


@pytest.fixture
def read_only(tmp_path, monkeypatch):
    """Give a folder that cannot be written to, also for root."""
    import custlab.exercises.store as store

    def refuse(*_anything):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(store, "write_atomic", refuse)
    monkeypatch.setattr(store.os, "replace", refuse)
    return tmp_path


def test_read_only_folder_is_told_once_and_answers_stay(read_only):
    store = Store(SHEET, read_only)
    store.put("who", "choose_one", "b")
    store.put("more", "number", 1)
    assert _values(store.answers) == {"who": "b", "more": 1}
    assert not store.writable
    assert len(store.notices) == 1
    assert "read-only" in store.notices[0]


def test_damaged_file_in_a_read_only_folder_is_left_alone(read_only):
    path = answers_path(SHEET, read_only)
    path.write_bytes(b"{damaged")
    store = Store(SHEET, read_only)
    store.put("who", "choose_one", "b")
    assert path.read_bytes() == b"{damaged"
    assert _values(store.answers) == {"who": "b"}


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs file permissions")
def test_a_truly_read_only_folder(tmp_path):
    tmp_path.chmod(0o500)
    try:
        store = Store(SHEET, tmp_path)
        store.put("who", "choose_one", "b")
        assert not store.writable
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("name", ["../x", "a/b", "", "x" * 80, None, "a\\b", ".hidden"])
def test_a_sheets_name_cannot_leave_the_folder(name, tmp_path):
    with pytest.raises(InputError):
        answers_path(name, tmp_path)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(DamagedAnswersError):
        assert formats.from_bytes(data) == {}
