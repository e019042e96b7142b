"""The part of a test that is worked out once gives what working it out each time would give."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path

import nbformat
import pytest

from custlab.grading.read.prefix import split

SOLUTIONS = Path(__file__).parents[2] / "solutions"
WHOLE = """
import math

limits = [1, 4, 9]
low, high = min(limits), max(limits)


def root(value, places=len(limits)):
    return round(math.sqrt(value), places)


roots = [root(value) for value in limits]
known = {"squares": limits}
if low < 2:
    known["small"] = (low, "small")
total = 0
for value in limits:
    total += value
total += mine
"""


def outcome(source: str, **given) -> dict:
    namespace = dict(given)
    exec(source, namespace)
    return {name: namespace[name] for name in ("low", "high", "roots", "known", "total")}


def test_a_test_in_two_parts_does_what_the_whole_does():
    parts = split(WHOLE + "\ntotal", {}, {})
    assert "mine" not in parts.head
    assert "sqrt(value)" in parts.head
    head = {}
    exec(parts.head, head)
    prepared = pickle.loads(pickle.dumps({name: head[name] for name in parts.names}))
    namespace = prepared | {"mine": 5}
    exec(parts.rest, namespace)
    assert namespace["total"] == outcome(WHOLE, mine=5)["total"] == 19


@pytest.mark.parametrize(
    "statement",
    [
        "theirs = answer",  # the learner's
        "CASES['x'] = 1",  # changes what is not its own
        "print('seen')",  # has an effect
        "text = open('file').read()",
        "saved = read('03.answers.json')",  # the learner's answers
        "def f():\n    global mine\n    mine = 1",
        "for x in answers:\n    pass",
        "with x:\n    y = 1",
        "class A:\n    pass",
    ],
)
def test_what_is_not_the_same_for_everybody_is_left_to_each(statement):
    source = f"right = len('abc')\n{statement}\nlast = right\nlast"
    parts = split(source, {}, {"CASES": 1})
    assert parts.names == ("right",)
    assert ast.unparse(ast.parse(statement)) in parts.rest


def test_a_case_is_loaded_again_only_where_it_is_needed():
    source = "case = load_case('a')\nn = len(case.orders)\nmarks = n == {}\nmarks"
    imports = {"load_case": "custlab:load_case"}
    assert "load_case" not in split(source.format("mine"), imports, {}).rest
    assert "load_case" in split(source.format("mine(case)"), imports, {}).rest


@pytest.mark.parametrize("path", sorted(SOLUTIONS.glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_no_test_of_the_course_keeps_anything_of_the_answers(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and "HIDDEN TESTS" in cell.source:
            parts = split(cell.source, {"load_case": "custlab:load_case"}, {"CASE": "ecommerce"})
            assert "mark(" not in parts.head
            assert "Marks(" not in parts.head
            assert "answers.json" not in parts.head
