"""Every autograded question is tried on blank, right and wrong answers (tests/bank/*.yml).

The format: {grade_id of the test cell: {question: id on the sheet, right: [{answer: …}],
wrong: [{name: misconception, answer: …, message: fragment, points: 0}]}}; a code question has
`code` in place of `answer`, and no `question`.
"""

from __future__ import annotations

import ast
import re

import pytest
import yaml

from custlab.exercises import notebook
from tests.bank.runner import BLANK_CODE, Master
from tests.hygiene import ROOT

MASTERS = {path.stem: path for path in sorted((ROOT / "solutions").glob("*/*.ipynb"))}
FEWEST_RIGHT, FEWEST_WRONG = 2, 3


def _bank(name):
    path = ROOT / "tests" / "bank" / f"{name}.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _cases():
    """List every answer of every bank as one test."""
    for name in MASTERS:
        for test, entry in _bank(name).items():
            yield pytest.param(name, test, entry, None, id=f"{name}-{test}-blank")
            for number, right in enumerate(entry.get("right", []), start=1):
                yield pytest.param(name, test, entry, right, id=f"{name}-{test}-right-{number}")
            for wrong in entry.get("wrong", []):
                yield pytest.param(name, test, entry, wrong, id=f"{name}-{test}-{wrong['name']}")


@pytest.fixture(scope="module")
def masters(tmp_path_factory):
    """Give masters by name, each run once, with its answers in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NBGRADER_EXECUTION", "bank")
        ready = {}

        def master(name):
            if name not in ready:
                ready[name] = Master(MASTERS[name], tmp_path_factory.mktemp(name))
            patch.setattr(notebook, "NOTEBOOK_FOLDER", ready[name].folder)
            return ready[name]

        yield master


@pytest.mark.skipif(not MASTERS, reason="there is no master in solutions/ yet")
@pytest.mark.parametrize("name", MASTERS)
def test_every_autograded_cell_is_in_the_bank(name, tmp_path):
    bank, master = _bank(name), Master(MASTERS[name], tmp_path)
    assert set(bank) == set(master.graded)
    for test, entry in bank.items():
        right, wrong = entry.get("right", []), entry.get("wrong", [])
        assert len({repr(answer) for answer in right}) >= FEWEST_RIGHT, f"{test}: right answers"
        assert len({answer["name"] for answer in wrong}) >= FEWEST_WRONG, f"{test}: wrong answers"
        assert all(answer.get("message") for answer in wrong), f"{test}: a message for each"


@pytest.mark.skipif(not MASTERS, reason="there is no master in solutions/ yet")
@pytest.mark.parametrize("name", MASTERS)
def test_points_agree_and_questions_hold_no_key(name, tmp_path):
    for cell in Master(MASTERS[name], tmp_path).cells:
        if cell.cell_type != "code":
            continue
        for call in _calls(cell.source):
            named = {word.arg: word.value for word in call.keywords}
            told = cell.metadata.get("nbgrader", {})
            if _name_of(call) in ("mark", "Marks"):
                points = named.get("points") or call.args[2 if _name_of(call) == "mark" else 0]
                assert ast.literal_eval(points) == told["points"], cell.id
            elif getattr(getattr(call.func, "value", None), "id", "") == "sheet":
                secret = {"key", "because", "rules", "tolerance"} & set(named)
                assert not secret, f"{cell.id} would show learners {secret}"


def _calls(source):
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]


def _name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


@pytest.mark.parametrize(("name", "test", "entry", "given"), list(_cases()))
def test_answer_earns_what_the_bank_says(name, test, entry, given, masters):
    master, question = masters(name), entry.get("question")
    if given is None:
        marked, points, message = master.mark_blank(test, question), 0, "not attempted"
    else:
        if "code" in given:
            marked = master.mark_code(test, given["code"], entry.get("cell"))
        else:
            marked = master.mark_answer(test, question, given["answer"])
        full = "name" not in given
        points = master.points(test) if full else given.get("points", 0)
        message = given.get("message", "")
    assert marked.warned == [], "nbgrader gives no points to a test cell that warns"
    assert type(marked.points) is float, "the last expression must be the points"
    assert marked.points == points, marked.said
    assert message.casefold() in marked.said.casefold()


def _failures():
    """List every code question with ways in which an attempt at it fails."""
    for name in MASTERS:
        for test, entry in _bank(name).items():
            if "question" not in entry:
                right = entry["right"][0]["code"]
                for way, code, told in [
                    ("misspelt", "answer = cas.orders", "NameError: name 'cas' is not defined"),
                    ("syntax", "answer = (case.orders", "SyntaxError"),
                    ("stub left above", f"{BLANK_CODE}\n{right}", "raise NotImplementedError()"),
                    ("other name", "my_own_name = 3", "is the name spelt as asked for"),
                ]:
                    yield pytest.param(name, test, code, told, id=f"{name}-{test}-{way}")


@pytest.mark.parametrize(("name", "test", "code", "told"), list(_failures()))
def test_an_attempt_that_fails_is_an_attempt_and_its_error_is_shown(
    name, test, code, told, masters
):
    marked = masters(name).mark_code(test, code)
    assert (marked.points, marked.warned) == (0.0, [])
    assert "Not attempted" not in marked.said
    assert told in marked.said


ODD = [
    "1", "pd.DataFrame()", "case.orders", "0", "True", "''", "'x'", "[]", "{}", "set()", "...",
    "float('nan')", "[0] * 200", "['x'] * 200", "pd.Series(dtype=float)", "case", "case.customers",
    "pd.DataFrame({'a': [1, 2]})", "pd.Series([1, 2, 3, 4])", "case.customers['customer_id']",
]  # fmt: skip
FEW = [*ODD[:3], "lambda *given: 1"]
EVERY = [*ODD, "lambda *given: given[0]", *(f"lambda *given: {odd}" for odd in ODD)]


def _asked(cell):
    """Name what a learner is asked to make: what is handed to ``marks.part``."""
    return set(re.findall(r'marks\.part\(\s*"(\w+)"', cell.source))


@pytest.mark.skipif(not MASTERS, reason="there is no master in solutions/ yet")
@pytest.mark.parametrize("name", MASTERS)
def test_no_test_makes_what_a_later_one_asks_for(name, tmp_path):
    tests = Master(MASTERS[name], tmp_path).graded.values()
    asked = set().union(*map(_asked, tests))
    for cell in tests:
        body = [
            node for node in ast.parse(cell.source).body if not isinstance(node, ast.FunctionDef)
        ]
        names = [n for node in body for n in ast.walk(node) if isinstance(n, ast.Name)]
        made = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        assert not made & asked, f"{cell.id} would pass for an answer to another question"


def _code_questions():
    for name in MASTERS:
        for test, entry in _bank(name).items():
            if "question" not in entry:
                yield pytest.param(name, test, id=f"{name}-{test}")


@pytest.mark.parametrize("values", [FEW, pytest.param(EVERY, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("name", "test"), list(_code_questions()))
def test_an_odd_value_in_place_of_an_answer_earns_nothing(name, test, values, masters):
    master = masters(name)
    asked = _asked(master.graded[test])
    assert asked
    for value in values:
        code = "\n".join(["import pandas as pd", *(f"{word} = {value}" for word in asked)])
        marked = master.mark_code(test, code)
        assert (marked.points, marked.warned) == (0.0, []), (value, marked.said)
