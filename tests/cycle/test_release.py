"""The learner versions in exercises/ are exactly what nbgrader makes of the masters."""

import shutil

import pytest

from tests.hygiene import ROOT
from tests.nbgrader_command import nbgrader

MASTERS = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))


def _files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Run the real nbgrader on a copy of the masters; give the folder of the releases."""
    course = tmp_path_factory.mktemp("course")
    (course / "course").mkdir()
    shutil.copytree(ROOT / "solutions", course / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    for name in MASTERS:
        nbgrader("generate_assignment", name, "--force", cwd=course)
    return course / "exercises"


@pytest.mark.parametrize("name", MASTERS)
def test_release_equals_what_nbgrader_makes(name, released):
    assert _files(released / name) == _files(ROOT / "exercises" / name), (
        f"exercises/{name} is out of date: run 'nbgrader generate_assignment {name} --force'"
    )


@pytest.mark.parametrize("name", MASTERS)
def test_release_gives_no_answer_away(name):
    text = (ROOT / "exercises" / name / f"{name}.ipynb").read_text(encoding="utf-8")
    for secret in ("BEGIN HIDDEN TESTS", "BEGIN SOLUTION", "mark("):
        assert secret not in text


def test_exercises_hold_nothing_but_releases():
    assert sorted(p.name for p in (ROOT / "exercises").iterdir() if p.is_dir()) == MASTERS


def test_no_answers_file_lies_beside_masters_or_releases():
    """nbgrader would copy it over every learner's own answers before grading."""
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("solutions", "exercises")
        for path in (ROOT / folder).rglob("*.answers*")
        if folder == "solutions"
    ]
    assert found == []
