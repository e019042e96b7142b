"""What is due, what is drawn, what is done: read from lessons and saved answers."""

import json
from datetime import date, timedelta

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from custlab.cli.app import app
from custlab.exercises import review
from custlab.exercises.answers import Answer, now, to_text
from custlab.exercises.practised import practised_in
from custlab.exercises.store import Store, read_answers

TODAY = date.today()
LESSONS = {
    "01-first": [
        'sheet.choose_one("who", "Who decides?", {"x": "Father", "y": "Mother"}, key="y",'
        ' because={"x": "He pays."})',
        'sheet.number("share", "Share?", key=0.5, tolerance=0.01)',
        'sheet.number("computed", "How many?", key=len(case.orders))',
        'sheet.predict("guess", "How many?", kind="slider", low=0, high=9)',
    ],
    "02-second": [
        'sheet.match("roles", "Match", {"a": "Ann", "b": "Bo"}, {"u": "User", "d": "Decider"},'
        ' key={"a": "d", "b": "u"})',
        'sheet.choose_several("ticks", "Tick", {"a": "A", "b": "B", "c": "C"}, key=["a"])',
    ],
    "03-third": ['sheet.order("steps", "Order", {"p": "Pay", "n": "Need"}, key=["n", "p"])'],
}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of three small lessons."""
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "syllabus.yml").touch()
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name, sources in LESSONS.items():
        cells = [new_code_cell(source) for source in [*sources, "%%answer x\n1 +"]]
        cells[-2].metadata["tags"] = ["in-place"] if name == "01-first" else []
        (folder / f"{name}.ipynb").write_text(json.dumps(new_notebook(cells=cells)))
    monkeypatch.setenv("CUSTLAB_HOME", str(tmp_path))
    return folder


def save(folder, lesson, **answers):
    """Save answers, each as (value, share, tries, hints)."""
    made = {
        name: Answer("", value, now(), tries, hints, share)
        for name, (value, share, tries, hints) in answers.items()
    }
    (folder / f"{lesson}.answers.json").write_text(to_text(lesson, made), encoding="utf-8")


def due_on(folder, days):
    return {asked.name for asked in review.due(TODAY + timedelta(days=days), folder)}


def test_what_was_hard_comes_back_sooner_and_only_what_was_answered(course):
    save(course, "01-first", who=("x", 0.0, 3, 0), share=(0.5, 1.0, 2, 0), computed=(3, 1.0, 1, 0))
    save(course, "02-second", roles=({"a": "d", "b": "u"}, 1.0, 1, 0), ticks=(["a"], 1.0, 1, 2))
    assert due_on(course, 0) == set()
    assert due_on(course, 1) == {"01-first.who"}
    assert due_on(course, 3) == {"01-first.who", "01-first.share", "02-second.ticks"}
    assert due_on(course, 7) == due_on(course, 3) | {"02-second.roles"}


def test_a_right_answer_comes_back_later_each_time_and_a_wrong_one_tomorrow(course):
    save(course, "01-first", share=(0.5, 1.0, 1, 0))
    asked = next(a for a in practised_in("01-first", course) if a.question.id == "share")
    waits = []
    for share in (1.0, 1.0, 1.0, 0.5):
        review.note(Store(review.SHEET, course), asked, 1, 0, share)
        review.note(Store(review.SHEET, course), asked, 2, 0, 1.0)  # tried again: does not count
        waits.append(next(n for n in range(100) if due_on(course, n)))
    assert waits == [16, 35, 35, 1]


def test_warming_up_asks_earlier_lessons_the_same_all_day(course):
    drawn = [asked.name for asked in review.warm_up("03-third", n=2, folder=course)]
    assert drawn == [asked.name for asked in review.warm_up("03-third", n=2, folder=course)]
    assert {name.split(".")[0] for name in drawn} == {"01-first", "02-second"}
    assert review.warm_up("01-first", folder=course) == []
    everything = {asked.name for asked in review.warm_up("03-third", n=9, folder=course)}
    assert everything == {"01-first.who", "01-first.share", "02-second.roles", "02-second.ticks"}


def test_what_is_due_is_asked_first(course, monkeypatch):
    save(course, "01-first", who=("x", 0.0, 3, 0))
    monkeypatch.setattr(review, "DAYS", (0,))
    for lesson in ("02-second", "03-third"):
        assert review.warm_up(lesson, n=2, folder=course)[0].name == "01-first.who"


def test_progress_counts_every_question(course):
    save(course, "01-first", who=("x", 0.0, 3, 0), guess=(4, None, 0, 0), share=(0.5, 1.0, 1, 1))
    first, second, _third = review.progress(TODAY + timedelta(days=1), course)
    assert (first.questions, first.answered, first.right, first.due) == (4, 3, 1, 1)
    assert first.weak == ["who", "share"]
    assert (second.questions, second.answered, second.due) == (2, 0, 0)


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"\xff\xfe", b"[]", b'{"cells": [7, {"source": 3}]}']
)
def test_a_damaged_lesson_or_answers_file_stops_nothing(course, damage):
    (course / "01-first.ipynb").write_bytes(damage)
    (course / "02-second.answers.json").write_bytes(damage)
    (course / "review.answers.json").write_bytes(damage)
    assert len(review.progress(folder=course)) == 3
    assert review.due(folder=course) == []


def test_the_terminal_asks_what_is_due(course, monkeypatch):
    save(course, "01-first", who=("x", 0.0, 3, 0), share=(0.5, 0.0, 1, 0))
    save(course, "02-second", roles=({"a": "d"}, 0.5, 1, 0), ticks=(["a"], 0.0, 1, 0))
    monkeypatch.setattr(review, "DAYS", (0, 3, 7, 16, 35))
    told = CliRunner().invoke(app, ["review"], input="q\na\nhalf\n0,5\nb a\na\n")
    assert told.exit_code == 0, told.output
    for said in ("a) Father", "There is no “q” here", "He pays.", "Right would be: Mother",
                 "cannot be read as a number", "b) Decider"):  # fmt: skip
        assert said in told.output
    saved = read_answers(review.SHEET, course)
    streaks = {name: answer.value for name, answer in saved.items()}
    assert streaks == {
        "01-first.who": 0, "01-first.share": 1, "02-second.roles": 1, "02-second.ticks": 1
    }  # fmt: skip
    again = CliRunner().invoke(app, ["review"], input="\n")
    assert "1 questions are due" in again.output
    table = CliRunner().invoke(app, ["progress"]).output
    assert "01-first" in table
    assert "2/4" in table


def test_cards_save_how_it_went(course):
    from IPython.utils.capture import capture_output

    save(course, "01-first", who=("x", 0.0, 3, 0))
    waiting = review.due(TODAY + timedelta(days=1), course)
    with capture_output():
        cards = review.show(waiting, course)
    assert cards[0].value is None, "another day's answer is not shown"
    cards[0].fill("y")
    assert "Saved" not in cards[0].status
    assert "sheet.answer" not in str(
        [part.value for part in cards[0].box.children[2:] if hasattr(part, "value")]
    ), "it is on no sheet of this lesson"
    assert "Correct" in cards[0].check().outcome.words
    assert read_answers(review.SHEET, course)["01-first.who"].value == 1
