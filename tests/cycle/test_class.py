"""A whole class through nbgrader: every mark is the one that it should be."""

import re

import pytest

from tests.demo.classroom import Classroom, whole_class
from tests.demo.learners import LEARNERS
from tests.hygiene import ROOT

MASTERS = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))
TAG = re.compile(r"<[^>]+>")
FAST_CLASS = ("expert", "blank", "bare-notebook", "misled-1")


def _play(room):
    room.prepare()
    room.generate()
    room.release()
    room.work(lambda: None)
    room.collect()
    room.autograde()
    room.mark_essays()
    room.give_feedback()
    return room.export()


def _check(room, exported):
    marks, expected = room.marks(), room.expected_marks()
    got = marks.loc[expected.index, expected.columns]
    differing = (got - expected).abs() > 1e-9
    assert not differing.to_numpy().any(), (
        f"got\n{got[differing.any(axis=1)]}\nexpected\n{expected[differing.any(axis=1)]}"
    )
    assert list(marks.loc["blank"]) == [0.0] * marks.shape[1]
    assert len(room.feedback_pages()) == len(room.learners)
    for page in room.feedback_pages():
        shown = TAG.sub("", page.read_text(encoding="utf-8"))
        assert "HIDDEN TESTS" not in shown, f"{page} shows hidden tests"
        assert "because=" not in shown, f"{page} shows keys"
    assert exported["score"].to_dict() == pytest.approx(expected.sum(axis=1).to_dict())


@pytest.mark.timeout(900)
def test_a_small_class_gets_the_right_marks(tmp_path):
    learners = [learner for learner in LEARNERS if learner.name in FAST_CLASS]
    room = Classroom(tmp_path, "03-role-types", learners)
    _check(room, _play(room))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("assignment", MASTERS)
def test_the_whole_class_gets_the_right_marks(assignment, tmp_path):
    assert len(LEARNERS) >= 12
    room = whole_class(tmp_path, assignment)
    _check(room, _play(room))
