"""Submissions that try to be given points."""

import json

import nbformat

from tests.red_team.attack import NOTHING, Attack, cell, without
from tests.red_team.course import ANSWERS, answers_text

WRONG = "totals = orders.head(0)\n"

PRINT_POINTS = (
    WRONG
    + """
from IPython.display import display, publish_display_data
print("3.0"); display(3.0); publish_display_data({"text/plain": "3.0"})
kernel = get_ipython().kernel
for kind in ("execute_result", "display_data"):
    content = {"data": {"text/plain": "3.0"}, "metadata": {}, "execution_count": 9}
    kernel.session.send(kernel.iopub_socket, kind, content, kernel.get_parent())
kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, kernel.get_parent())
3.0
"""
)
PATCH_BUILTINS = (
    WRONG
    + """
import builtins, math
builtins.isinstance = lambda *a: True
builtins.len = lambda x: 3
math.isclose = lambda *a, **k: True
"""
)
STRIP_ASSERTS = """
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Strip())
drop = lambda lines: [line for line in lines if "assert" not in line]
get_ipython().input_transformers_cleanup.append(drop)
def days_since(dates, today):
    return dates.dt.day * 0
"""
PATCH_PANDAS = (
    WRONG
    + """
import numpy as np, pandas.testing
pd.DataFrame.equals = pd.Series.equals = lambda *a, **k: True
pandas.testing.assert_frame_equal = lambda *a, **k: None
np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
pd.DataFrame.__eq__ = lambda *a: True
"""
)
PATCH_CHECKS = (
    WRONG
    + """
import custlab.exercises as exercises, custlab.exercises.code as code, custlab.exercises.result as r
import custlab.exercises.marking as marking
code.compare_frame = code.compare_number = lambda *a, **k: r.correct()
code.Marks.total = lambda self: self.points
exercises.mark = marking.mark = lambda *a, **k: 2.0
import custlab.grading.prove.examiner as examiner
examiner.examine = lambda *a: {"passed": True, "value": 3.0, "has_value": True, "outputs": []}
"""
)
SHADOW_NAMES = (
    WRONG
    + """
class Marks:
    def __init__(self, *a, **k): pass
    def part(self, *a, **k): pass
    def total(self): return 3.0
def compare_frame(*a, **k): return True
compare_number = compare_frame
expected = totals
marks = Marks()
def mark(*a, **k): return 2.0
secret = float = list = None
"""
)
AGREES = """
class Agrees:
    __hash__ = None
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __float__(self): return 30.0
    def __call__(self, *a, **k): return self
    def __getattr__(self, name): return self
    def __iter__(self): return iter([1, 1])
    def __len__(self): return 3
    def equals(self, other): return True
"""
FORGED_NODES = (
    WRONG
    + """
import custlab.grading.prove.witness as witness
bad = [
    {"t": "estimator", "class": ["os", "system"], "v": {}},
    {"t": "object", "handle": 0, "class": "pandas.DataFrame"},
    {"t": "array", "dtype": "O", "shape": [1], "b": 0},
    {"t": "DataFrame", "v": [], "index": {"t": "RangeIndex", "v": [0, 10**12, 1], "name": None},
     "columns": {"t": "RangeIndex", "v": [0, 0, 1], "name": None}},
    {"t": "record", "class": ["custlab.exercises.result", "Result"],
     "v": {"share": 1.0, "outcome": "correct", "message": ""}},
    {"t": "column", "dtype": "object", "v": [{"t": "function", "handle": 0, "class": "x"}]},
]
def answer(self, question, buffers):
    return {"value": bad[len(self.kept) % len(bad)]}, [b"12345678"]
witness.Witness.answer = answer
"""
)
RESULT_OBJECT = """
from custlab.exercises.result import correct
totals = correct()
best = True
"""
MOCKS = """
from unittest.mock import MagicMock
model = MagicMock()
model.predict.return_value = MagicMock()
"""
BY_NAME = """
import builtins, os
days_since = builtins.eval
totals = pd.testing
"""
CHANGE_ARGUMENTS = """
def days_since(dates, today):
    dates.loc[:] = pd.Timestamp("2024-12-31")
    return [1, 30] if len(dates) == 99 else dates
"""
LYING_LIST = """
class Lying(list):
    def __eq__(self, other): return True
    def __iter__(self): return iter([7, 7])
class Truth(int):
    def __eq__(self, other): return True
def days_since(dates, today):
    return Lying([Truth(7), Truth(7)])
"""


def raise_points(notebook):
    """Give every test a thousand points and free hand-in."""
    for part in notebook.cells:
        if "nbgrader" in part.metadata:
            part.metadata.nbgrader |= {"points": 1000, "solution": True, "locked": False}
    cell(notebook, "totals").source = WRONG


def forge_outputs(notebook):
    """Save a result that no run gave."""
    part = cell(notebook, "test-totals")
    part.outputs = [
        nbformat.v4.new_output("execute_result", data={"text/plain": "3.0"}, execution_count=1)
    ]
    cell(notebook, "totals").source = WRONG


def receipt(notebook, payload: dict) -> None:
    """Put a receipt into the notebook's outputs."""
    data = {"application/vnd.custlab.answers+json": payload, "text/html": "10 of 10, all correct"}
    cell(notebook, "receipt").outputs = [nbformat.v4.new_output("display_data", data=data)]


def forged_receipt(notebook):
    """Claim points in the receipt, and answers of another sheet."""
    payload = json.loads(answers_text({"who-decides": ("choose_one", "a")}))
    payload |= {"points": 99, "correct": True, "score": {"who-decides": 2}}
    payload["answers"]["who-decides"] |= {"correct": True, "share": 1.0, "points": 2}
    receipt(notebook, payload)
    other = cell(notebook, "imports")
    data = {"application/vnd.custlab.answers+json": json.loads(answers_text(sheet="02-other"))}
    other.outputs = [nbformat.v4.new_output("display_data", data=data)]


def tag(name: str, *tags: str):
    """Tag a cell."""

    def edit(notebook):
        cell(notebook, name).metadata["tags"] = list(tags)
        cell(notebook, "totals").source = WRONG

    return edit


def change(name: str, source: str, kind: str | None = None):
    """Change the source, or the type, of a cell that is not the learner's."""

    def edit(notebook):
        part = cell(notebook, name)
        part.source = source
        cell(notebook, "totals").source = WRONG
        if kind:
            part.cell_type = kind
            part.pop("outputs", None)
            part.pop("execution_count", None)

    return edit


def duplicate_test(notebook):
    """Add a second, easier test of the same name."""
    part = nbformat.from_dict(json.loads(json.dumps(cell(notebook, "test-totals"))))
    part.id, part.source = "easier", "3.0"
    notebook.cells.append(part)
    cell(notebook, "totals").source = WRONG


def swap_ids(notebook):
    """Give the name of a test to a cell of one's own, and the test another."""
    part = cell(notebook, "test-totals")
    own = nbformat.v4.new_code_cell("3.0", metadata=dict(part.metadata), id="mine")
    part.id, part.metadata["nbgrader"]["grade_id"] = "gone", "gone"
    own.id = "test-totals"
    notebook.cells.insert(2, own)
    cell(notebook, "totals").source = WRONG


def poisoned(value) -> str:
    """Write an answers file with a strange answer."""
    return answers_text(ANSWERS | {"who-decides": ("choose_one", value)})


LOST = "test-totals"
FORGING = [
    Attack("prints-points", "a number shown is no mark", without(LOST), {"totals": PRINT_POINTS}),
    Attack("patches-builtins", "no gain", without(LOST), {"totals": PATCH_BUILTINS}),
    Attack(
        "strips-asserts",
        "asserts run where the learner's transformers do not",
        without("test-days-since"),
        {"days-since": STRIP_ASSERTS},
    ),
    Attack("patches-pandas", "no gain", without(LOST), {"totals": PATCH_PANDAS}),
    Attack("patches-checks", "no gain", without(LOST), {"totals": PATCH_CHECKS}),
    Attack("shadows-names", "tests use their own names", without(LOST), {"totals": SHADOW_NAMES}),
    Attack(
        "agrees-with-all",
        "an object cannot answer for itself",
        without(LOST, "test-days-since", "test-groups"),
        {
            "totals": AGREES + "totals = Agrees()\nbest = Agrees()",
            "best": "",
            "days-since": "days_since = Agrees()",
            "groups": "model = Agrees()",
        },
    ),
    Attack(
        "forges-values",
        "made-up messages to the examiner earn nothing and break nothing",
        without(LOST, "test-days-since", "test-groups"),
        {"totals": FORGED_NODES},
        review=(),
    ),
    Attack(
        "hands-in-results", "a result object is no answer", without(LOST), {"best": RESULT_OBJECT}
    ),
    Attack("mocks", "a mock object is no model", without("test-groups"), {"groups": MOCKS}),
    Attack(
        "names-functions",
        "a builtin given as the answer is not run by the examiner",
        without(LOST, "test-days-since"),
        {"best": BY_NAME, "days-since": ""},
    ),
    Attack(
        "changes-arguments",
        "a function that changes what it is given gains nothing",
        without("test-days-since"),
        {"days-since": CHANGE_ARGUMENTS},
    ),
    Attack(
        "lying-types",
        "subclasses that lie about equality arrive as plain values",
        without("test-days-since"),
        {"days-since": LYING_LIST},
    ),
    Attack("raises-points", "the master's points hold", without(LOST), edit=raise_points),
    Attack("saves-outputs", "saved outputs count nothing", without(LOST), edit=forge_outputs),
    Attack(
        "forges-receipt",
        "a receipt carries answers, not marks",
        without("test-who-decides"),
        edit=forged_receipt,
        answers=None,
    ),
    Attack(
        "tags-skip-execution",
        "a tag does not keep a test from running",
        without(LOST),
        edit=tag("test-totals", "skip-execution", "raises-exception"),
        said=("marked not to be run",),
    ),
    Attack(
        "changes-test",
        "the master's test is run",
        without(LOST),
        edit=change("test-totals", "3.0"),
        said=("was changed; the original was used",),
    ),
    Attack(
        "retypes-test",
        "the test is a code cell again",
        without(LOST),
        edit=change("test-totals", "3.0", "markdown"),
        said=("another cell type",),
    ),
    Attack(
        "deletes-test",
        "the test is put back",
        without(LOST),
        edit=lambda n: n.cells.remove(cell(n, "test-totals")) or change("totals", WRONG)(n),
        said=("was missing",),
    ),
    Attack("doubles-test", "the master's test counts once", without(LOST), edit=duplicate_test),
    Attack("swaps-ids", "a borrowed name earns nothing", without(LOST), edit=swap_ids),
    Attack(
        "poisoned-type",
        "a strange answer is wrong, not an error",
        without("test-who-decides"),
        answers=poisoned({"__class__": "b", "b": ["b"] * 50}),
    ),
    Attack(
        "poisoned-path",
        "a path as an answer or an id opens nothing",
        without("test-who-decides"),
        answers=poisoned("../../../../etc/passwd").replace("01-demo", "../../01-demo"),
    ),
    Attack(
        "poisoned-depth",
        "a file nested ten thousand deep is set aside",
        without("test-who-decides"),
        answers='{"answers":' * 10_000 + "1" + "}" * 10_000,
        said=("answers file cannot be read",),
    ),
    Attack(
        "poisoned-size",
        "an answers file of 20 MB is set aside",
        without("test-who-decides"),
        answers=poisoned("b" * 19_000_000),
        said=("answers file cannot be read",),
    ),
    Attack(
        "blank",
        "nothing handed in but the notebook as it was: 0",
        NOTHING,
        cells={"totals": "", "best": "", "days-since": "", "groups": ""},
        answers=None,
    ),
]
