"""All hostile and broken submissions of a class, graded in one run beside honest ones."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import warnings

import nbformat
import pytest

from tests.red_team.accidents import ACCIDENTS
from tests.red_team.attacks_breaking import BREAKING
from tests.red_team.attacks_forging import FORGING
from tests.red_team.attacks_reading import READING
from tests.red_team.attacks_wasting import WASTING
from tests.red_team.course import ASSIGNMENT, SECRET, make_course, marks

pytestmark = pytest.mark.sandbox
EVERYTHING = [*ACCIDENTS[:-1], *READING, *FORGING, *BREAKING, *WASTING, ACCIDENTS[-1]]
HOSTILE = [*READING, *FORGING, *BREAKING, *WASTING]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade the whole class once; give the folder, the marks, the findings and the summary."""
    from custlab.grading.isolate.limits import Limits
    from custlab.grading.read.tamper import findings
    from custlab.grading.run import Run, Settings
    from custlab.grading.stock.course import Course
    from custlab.grading.stock.results import read_all_results

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        root = make_course(tmp_path_factory.mktemp("class"))
        for attack in EVERYTHING:
            attack.hand_in(root)
        limits = Limits(
            cell_seconds=6, total_seconds=120, memory_mb=500, cpu_seconds=30, folder_mb=64
        )
        run = Run(Course(root), ASSIGNMENT, Settings(limits=limits))
        summary = run.start()
        found = {one.student: findings(one) for one in read_all_results(run.folder)}
        return root, marks(root), found, summary


def test_the_run_was_not_stopped(graded):
    _root, book, _found, summary = graded
    assert summary.failed == {}
    assert set(book) == {attack.name for attack in EVERYTHING}


def test_there_are_at_least_forty_attacks():
    assert len({attack.name for attack in HOSTILE}) >= 40
    assert len({attack.name for attack in EVERYTHING}) == len(EVERYTHING)


@pytest.mark.parametrize("attack", EVERYTHING, ids=lambda attack: attack.name)
def test_what_must_happen(graded, attack):
    _root, book, found, _summary = graded
    got = {name: book[attack.name][name][0] for name in attack.marks}
    assert got == attack.marks, (attack.must, found[attack.name])
    for name in attack.review:
        assert book[attack.name][name][1], f"{name} must be flagged for a person"
    for words in attack.said:
        assert any(words in sentence for sentence in found[attack.name]), found[attack.name]


@pytest.mark.parametrize("attack", HOSTILE, ids=lambda attack: attack.name)
def test_nothing_was_seen_that_must_not_be(graded, attack):
    root, book = graded[:2]
    path = root / "course" / "autograded" / attack.name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    if not path.exists():  # refused whole: nothing is shown, and nothing may be earned either
        assert {points for points, _review in book[attack.name].values()} == {0}
        return
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            shown = json.dumps(cell.outputs)
            assert SECRET not in shown
            assert "GOT" not in shown, shown[:2000]


def test_no_process_and_no_file_is_left(graded):
    root = graded[0]
    for _attempt in range(20):
        left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
        if "sleep 86399.4" not in left and "custlab.grading.isolate.forkserver" not in left:
            break
        time.sleep(0.2)
    assert "sleep 86399.4" not in left
    assert not list(root.rglob("*.tmp"))
    handed_in = root / "course" / "submitted" / "shadow-modules" / ASSIGNMENT / "pandas.py"
    assert handed_in.exists(), "what was handed in is never deleted"


def test_a_secret_does_stand_in_the_master(graded):
    """Otherwise the tests above would prove nothing."""
    root = graded[0]
    path = root / "course" / "autograded" / "honest-first" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    assert path.read_text(encoding="utf-8").count(SECRET) == 4
    assert sys.executable
