"""The syllabus and the lessons say the same: headings, minutes, concepts, trainer pages."""

import re
from itertools import pairwise

import nbformat
import pandas as pd
import pytest
import yaml

from tests.hygiene import ROOT

SYLLABUS = yaml.safe_load((ROOT / "course" / "syllabus.yml").read_text(encoding="utf-8"))
LESSONS = {lesson["id"]: lesson for lesson in SYLLABUS["lessons"]}
COVERAGE = pd.read_csv(ROOT / "course" / "coverage.csv", dtype="string")
TIMED = re.compile(r"^\|\s*(\d+)\s*[-–]\s*(\d+)\s*\|", flags=re.MULTILINE)


def _sections(lesson_id):
    """Give the text under each level-2 heading of a lesson."""
    book = nbformat.read(ROOT / "notebooks" / f"{lesson_id}.ipynb", as_version=4)
    sections, heading = {}, None
    for cell in book.cells:
        for line in cell.source.splitlines():
            if cell.cell_type == "markdown" and line.startswith("## "):
                heading = line[3:].strip()
                assert heading not in sections, f"{lesson_id}: the heading {heading!r} stands twice"
                sections[heading] = ""
            elif heading is not None:
                sections[heading] += line + "\n"
    return sections


def test_syllabus_lists_every_lesson_in_order():
    notebooks = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert list(LESSONS) == notebooks


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_headings_are_those_of_the_lesson(lesson_id):
    planned = [section["heading"] for section in LESSONS[lesson_id]["sections"]]
    assert planned == list(_sections(lesson_id))


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_minutes_add_up(lesson_id):
    lesson = LESSONS[lesson_id]
    assert sum(section["minutes"] for section in lesson["sections"]) == lesson["minutes"]
    assert lesson["objectives"]


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_each_concept_is_found_under_its_heading(lesson_id):
    sections = _sections(lesson_id)
    for section in LESSONS[lesson_id]["sections"]:
        text = sections[section["heading"]]
        for concept, term in section.get("concepts", {}).items():
            where = f"{lesson_id}, under {section['heading']!r}: {concept} ({term})"
            assert term.lower() in text.lower(), f"{where} is not mentioned"
            assert len(text.split()) >= 60, f"{where} is mentioned but not taught"


def test_lessons_teach_the_concepts_that_are_theirs():
    for lesson_id, lesson in LESSONS.items():
        wanted = set(COVERAGE.loc[COVERAGE["lesson"] == lesson_id[:2], "id"])
        taught = [c for section in lesson["sections"] for c in section.get("concepts", {})]
        assert sorted(taught) == sorted(wanted), f"{lesson_id} and coverage.csv differ"


def test_coverage_has_the_97_concepts_of_the_articles():
    assert len(COVERAGE) == 97
    assert COVERAGE["id"].is_unique


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_trainer_page_times_the_whole_lesson(lesson_id):
    """The page's table runs from minute 0 to the lesson's end in steps of five, without a gap."""
    page = ROOT / "course" / "trainer" / f"{lesson_id}.md"
    steps = [tuple(map(int, pair)) for pair in TIMED.findall(page.read_text(encoding="utf-8"))]
    assert steps, f"{page.name} has no table of minutes"
    assert steps[0][0] == 0
    assert all(end == start for (_, end), (start, _) in pairwise(steps))
    assert all(minute % 5 == 0 for step in steps for minute in step)
    assert steps[-1][1] >= LESSONS[lesson_id]["minutes"]


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_exercise_of_the_lesson_exists(lesson_id):
    exercise = LESSONS[lesson_id].get("exercise")
    master = ROOT / "solutions" / lesson_id / f"{lesson_id}.ipynb"
    assert (exercise is not None) == master.is_file()
    if exercise:
        book = nbformat.read(master, as_version=4)
        graded = [c.metadata.get("nbgrader", {}) for c in book.cells]
        assert exercise["points"] == sum(g.get("points", 0) for g in graded if g.get("grade"))
        assert exercise["minutes"] > 0
