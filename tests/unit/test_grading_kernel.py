"""What a learner's kernel shows of a cell, as formgrader and the feedback then show it."""

from __future__ import annotations

import sys

import pytest
from IPython.core import ultratb

from custlab.grading.isolate.limits import Limits
from custlab.grading.isolate.sandbox import View, python_folders
from custlab.grading.isolate.server import ForkServer
from custlab.grading.talk.learner_kernel import Budget, LearnerKernel, Outcome
from tests.apart import apart

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kernels are forked")
WRONG_COLUMN = 'import pandas as pd\ntable = pd.DataFrame({"a": [1]})\ntable["b"]'


def outcomes(*cells: str) -> list[Outcome]:
    async def run(server: ForkServer) -> list[Outcome]:
        kernel = LearnerKernel(server, Limits(), View(python_folders()), {}, Budget())
        try:
            await kernel.start()
            return [await kernel.run(cell) for cell in cells]
        finally:
            await kernel.close()

    server = ForkServer(["pandas"], sandboxed=False)
    try:
        return apart(run(server))
    finally:
        server.stop()


def test_errors_outputs_and_magics_are_shown_as_in_jupyter():
    wrong, syntax, shown, magic = outcomes(
        WRONG_COLUMN, "def f(:\n    pass", "x = 3\nprint('é')\nx", "%time y = 1\ny"
    )
    text = "\n".join(wrong.outputs[0]["traceback"])
    assert wrong.outputs[0]["ename"] == "KeyError"
    assert all(part in text for part in ("Cell", "frame.py"))
    assert syntax.outputs[0]["ename"] == "SyntaxError"
    assert [shown.outputs[0]["text"], shown.outputs[1]["data"]["text/plain"]] == ["é\n", "3"]
    assert magic.outputs[-1]["data"]["text/plain"] == "1"


def test_cells_may_await_and_cannot_ask_anybody():
    awaited, asked, magic, later = outcomes(
        "import asyncio\nawait asyncio.sleep(0)\n'done'", "x = 1\ninput()", "who", "x"
    )
    assert awaited.outputs[0]["data"]["text/plain"] == "'done'"
    assert asked.outputs[0]["ename"] == "StdinNotImplementedError"
    assert "asyncio" in magic.outputs[0]["text"]
    assert later.outputs[0]["data"]["text/plain"] == "1"


def test_ipython_still_has_the_switch_that_makes_tracebacks_cheap():
    assert isinstance(ultratb.FAST_THRESHOLD, int)


FORGED = """
from custlab.grading.talk import wire
connection = get_ipython().kernel.session.connection
frames = wire.packed({text!r}) * {times}
while True:
    connection.sendall(frames)
"""


@pytest.mark.parametrize(
    "text",
    [
        '{"number": -1, "kind": "stream", "content": {}}',
        '{"number": 1, "kind": "clear_output", "content": {}}',
        '{"number": 1, "kind": "stream", "content": {"name": "stdout", "text": ""}}',
    ],
)
def test_messages_that_are_no_output_are_counted_as_well(text):
    (forged,) = outcomes(FORGED.format(text=text, times=1000))
    assert forged.status == "flood"
    assert forged.seconds < 25
    assert len(str(forged.outputs)) < 4_000_000


def test_a_message_too_large_to_be_kept_is_not_looked_into():
    large, later = outcomes("print('x' * 5_000_000)\n1", "2")
    assert (large.status, later.status) == ("ok", "ok")
    assert "left out" in large.outputs[0]["text"]
    assert len(str(large.outputs)) < 1000


def test_the_outputs_of_all_cells_together_have_a_limit():
    found = outcomes(*["print('x' * 1_500_000)"] * 14)
    assert {outcome.status for outcome in found} == {"ok"}
    assert sum(len(str(outcome.outputs)) for outcome in found) < 17 * 1024 * 1024
    assert "left out" in str(found[-1].outputs)


def test_the_time_that_a_cell_computed_is_its_own():
    slept, computed = outcomes(
        "import time\ntime.sleep(1)", "import time\nwhile time.process_time() < 1.5: pass"
    )
    assert slept.computed < 0.5 < computed.computed
