"""A kind of question is one file: one known only here is asked, saved, marked and reported."""

from dataclasses import dataclass

import pytest

from custlab.exercises import Sheet, mark
from custlab.exercises import result as results
from custlab.exercises.kinds import KINDS
from custlab.exercises.kinds.base import Question, kind
from custlab.exercises.values import UnfitAnswer
from custlab.grading.read.questions import Asked
from custlab.grading.report.wrong import wrong_parts


@pytest.fixture
def yes_no(monkeypatch):
    """Add a kind with a box to tick for as long as a test lasts."""

    @dataclass
    class YesNo(Question):
        kind = "yes_no"

        @staticmethod
        def ask(sheet, id, prompt, *, key=None, because=None, hints=()):
            sheet._ask("yes_no", id, prompt, key, because, hints)

        def inputs(self, w, report):
            return w.single(w.Checkbox(description="Yes"), report, blank=False)

        def example(self):
            return True

        def fit(self, value):
            if not isinstance(value, bool):
                raise UnfitAnswer("Say True or False.")
            return value

        def _say(self, value):
            return "yes" if value else "no"

        @staticmethod
        def check(answer, key, because=None):
            if answer == key:
                return results.correct()
            return results.incorrect(because or "", "turned round" if because else None)

        @staticmethod
        def right(key):
            return key

    kind(YesNo)
    monkeypatch.setattr(Sheet, "yes_no", YesNo.ask, raising=False)
    yield YesNo
    del KINDS["yes_no"]


def test_a_tenth_kind_is_asked_on_a_card_saved_and_marked(yes_no, tmp_path, capsys):
    sheet = Sheet("99-tenth", folder=tmp_path)
    sheet.yes_no("paid", "Has he paid?", key=True, because="He has.", hints=["Look."])
    card = sheet.cards["paid"]
    card.fill(True)
    assert (card.read(), sheet.answers) == (True, {"paid": True})
    card.button("Check").click()
    assert "Correct" in card.feedback
    sheet.answer("paid", False)
    assert "He has." in card.feedback
    capsys.readouterr()
    question = {"kind": "yes_no", "key": True, "because": "He has.", "folder": tmp_path}
    assert mark("99-tenth", "paid", points=2, **question) == 0.0
    assert "He has." in capsys.readouterr().out


def test_a_tenth_kind_says_its_answers_in_words_to_feedback_and_report(yes_no):
    question = yes_no("paid", "Has he paid?")
    assert question.right_lines(True) == ["yes"]
    asked = Asked("nb", "test-paid", 2, False, 1, question=question)
    asked.marking = {"key": True, "because": "He has."}
    assert wrong_parts(asked, False) == [("no", "He has.")]
