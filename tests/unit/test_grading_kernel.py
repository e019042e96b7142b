"""What a learner's kernel shows of a cell, as formgrader and the feedback then show it."""

from __future__ import annotations

import sys

import pytest
from IPython.core import ultratb

from custlab.grading.isolate.limits import Limits
from custlab.grading.isolate.sandbox import View, python_folders
from custlab.grading.isolate.server import ForkServer
from custlab.grading.talk.learner_kernel import LearnerKernel, Outcome
from tests.apart import apart

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kernels are forked")
WRONG_COLUMN = 'import pandas as pd\ntable = pd.DataFrame({"a": [1]})\ntable["b"]'


def outcomes(*cells: str) -> list[Outcome]:
    async def run(server: ForkServer) -> list[Outcome]:
        kernel = LearnerKernel(server, Limits(), View(python_folders()), {})
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
