"""Examiners come from one ancestor: each is ended alone, and a lost ancestor is replaced."""

from __future__ import annotations

import os
import signal
import sys
import time

import psutil
import pytest

from custlab.grading.isolate.limits import Limits
from custlab.grading.isolate.sandbox import View, python_folders
from custlab.grading.isolate.server import ForkServer
from custlab.grading.job import judge
from custlab.grading.prove.examination import Examination, Examiners
from custlab.grading.read.master import MasterCell
from tests.apart import apart

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="examiners are forked")
TESTS = {
    "right": "points = 2.0\npoints",
    "endless": "while True:\n    pass",
    "no data": "from custlab import load_case\nload_case('nowhere')\n2.0",
    "full": "import errno\nraise OSError(errno.ENOSPC, 'No space left on device')",
    "no module": "import a_module_that_is_not_there\n1.0",
    "no file": "try:\n    open('/nowhere')\n"
    "except OSError as error:\n    raise ValueError('no data') from error\n1.0",
    "temporary": "import tempfile\nprint(tempfile.mkdtemp())\n1.0",
    "hungry": "x = bytearray(10**14)\n1.0",
    "file": "from pathlib import Path\nlen(Path('answers.json').read_text())",
}


@pytest.fixture
def examiners(tmp_path):
    server = ForkServer([], sandboxed=False)
    examiners = Examiners(server, Limits(), View(python_folders()), str(tmp_path))

    async def prepare():
        for key, source in TESTS.items():
            task = {"imports": {}, "constants": {}}
            test = {"source": source, "head": "", "rest": source, "names": ()}
            one = Examination(examiners, {})
            examiners.keep(key, task, await one.prepare(task | test, 20))
            one.close()

    apart(prepare())
    yield examiners
    examiners.close()
    server.stop()


def test_each_submission_has_an_examiner_with_its_own_files(examiners):
    async def both():
        first = Examination(examiners, {"answers.json": b"{}"})
        second = Examination(examiners, {"answers.json": b"{   }"})
        reports = [await first.examine("file", None, 20), await second.examine("file", None, 20)]
        first.close()
        second.close()
        return [report["value"] for report in reports]

    assert apart(both()) == [2, 5]


def test_an_endless_test_is_ended_and_harms_no_other(examiners):
    async def all_three():
        other = Examination(examiners, {})
        await other.examine("right", None, 20)
        endless = Examination(examiners, {})
        report = await endless.examine("endless", None, 0.5)
        again = await endless.examine("right", None, 20)
        still = await other.examine("right", None, 20)
        other.close()
        endless.close()
        return report, again["value"], still["value"]

    report, again, still = apart(all_three())
    assert report["failed"] == "the test took too long"
    assert (again, still) == (2, 2)
    ancestor = psutil.Process(examiners._child.pid)
    deadline = time.monotonic() + 10
    while (left := ancestor.children()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left


def test_a_lost_ancestor_is_replaced_by_one_that_knows_the_tests(examiners):
    async def one():
        examination = Examination(examiners, {})
        report = await examination.examine("right", None, 20)
        examination.close()
        return report["value"]

    assert apart(one()) == 2
    os.kill(examiners._child.pid, signal.SIGKILL)
    assert apart(one()) == 2


def test_a_test_without_its_data_is_for_a_person_and_says_why(examiners):
    async def one():
        examination = Examination(examiners, {})
        report = await examination.examine("no data", None, 20)
        examination.close()
        return report

    found = judge(MasterCell("a", "q", "code", "test", "", "", 2.0), apart(one()))
    assert (found.points, found.review, found.status) == (0, True, "unproven")
    assert "nowhere" in found.reason


def examined(examiners, key: str, files: dict[str, bytes]) -> dict:
    async def one():
        examination = Examination(examiners, files)
        report = await examination.examine(key, None, 20)
        examination.close()
        return report

    return apart(one())


def test_nothing_of_an_examiner_is_left_when_it_ends(examiners, tmp_path):
    assert examined(examiners, "right", {"data.bin": b"x" * 1000})["value"] == 2
    report = examined(examiners, "temporary", {"a/b/data.bin": b"x"})
    assert str(tmp_path) in report["outputs"][0]["text"]
    deadline = time.monotonic() + 10
    while list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []


def test_what_the_machine_has_run_out_of_is_told_apart_from_wrong_answers(examiners, tmp_path):
    assert "No space left" in examined(examiners, "full", {})["machine"]
    assert "a_module_that_is_not_there" in examined(examiners, "no module", {})["machine"]
    assert "/nowhere" in examined(examiners, "no file", {})["machine"]
    hungry = examined(examiners, "hungry", {})
    assert "memory" in hungry["failed"]
    assert not hungry.get("machine"), "the answer may be what is so large"
    assert examined(examiners, "right", {"a": b"", "a/b": b""})["machine"], "no folder for it"
    assert not examined(examiners, "right", {}).get("machine")
