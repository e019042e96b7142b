"""What the sandbox shows, and how many processes it allows, whoever grades."""

from __future__ import annotations

import errno
import json
import platform
from pathlib import Path

import pytest

from custlab.errors import CustLabError
from custlab.grading.isolate.limits import Limits
from custlab.grading.isolate.sandbox import View, python_folders
from custlab.grading.isolate.syscalls import ARCHITECTURES, REFUSED
from custlab.grading.talk.kernels import WarmKernelManager
from tests.apart import apart

# Bounded: on a machine that does not hold it, it ends by itself.
CROWD = """
import os, time
started = []
try:
    for number in range(400):
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        started.append(child)
except OSError:
    pass
for child in started:
    os.kill(child, 9)
    os.waitpid(child, 0)
try:
    os.setuid(0)
except OSError as error:
    again = type(error).__name__
else:
    again = "root"
import json, pathlib
rights = [line for line in open("/proc/self/status") if line.startswith(("CapEff", "NoNew"))]
own = pathlib.Path("mine.txt").write_text("mine")
print(json.dumps([len(started), os.getuid(), again, "".join(rights).split(), own]))
"""
SECRET = "the password of the gradebook"
READ = """
import json, pathlib
seen = {{}}
for path in {paths!r}:
    try:
        seen[path] = pathlib.Path(path).read_text()
    except OSError as error:
        seen[path] = type(error).__name__
print(json.dumps(seen))
"""


def inside(code: str, view: View, limits: Limits | None = None):
    """Run code in a learner's kernel; give what it prints, a JSON value."""

    async def run() -> str:
        manager = WarmKernelManager(limits=limits or Limits(), view=view)
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        printed: list[str] = []
        try:
            await client.wait_for_ready(timeout=60)
            await client.execute_interactive(
                code, output_hook=lambda m: printed.append(m["content"].get("text", "")), timeout=60
            )
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
        return "".join(printed)

    return json.loads(apart(run()))


@pytest.mark.sandbox
def test_no_more_processes_than_allowed_also_for_a_grader_that_is_root():
    limits = Limits(processes=40)
    started, user, again, rights, own = inside(CROWD, View(python_folders()), limits)
    assert 20 < started <= limits.processes
    assert user == 1000
    assert again == "PermissionError" or again == "OSError"
    assert rights == ["CapEff:", "0" * 16, "NoNewPrivs:", "1"]
    assert own == 4


@pytest.mark.sandbox
def test_a_hidden_file_in_a_folder_that_is_shown_is_covered(tmp_path):
    for name, text in {"nbgrader_config.py": SECRET, "open.txt": "open"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("nbgrader_config.py", "open.txt")]
    view = View((*python_folders(), tmp_path), hidden=(Path(paths[0]),))
    seen = inside(READ.format(paths=paths), view)
    assert seen[paths[0]] in ("", "PermissionError")
    assert seen[paths[1]] == "open"


def test_a_hidden_folder_among_what_is_shown_stops_grading(tmp_path):
    (tmp_path / "solutions").mkdir()
    with pytest.raises(CustLabError, match="Move one of the two"):
        View((tmp_path,), hidden=(tmp_path / "solutions",)).check()
    # The whole of /usr is shown: a course may not lie there, as some container images have it.
    with pytest.raises(CustLabError, match=r"/usr must be visible"):
        View((), hidden=(Path("/usr/share"),)).check()


CALLS = """
import ctypes, errno, json
libc = ctypes.CDLL(None, use_errno=True)
room = ctypes.create_string_buffer(4096)
seen = {{}}
for name, number in {numbers!r}.items():
    ctypes.set_errno(0)
    libc.syscall(number, 0, room, 0, 0, 0, 0)
    seen[name] = ctypes.get_errno()
print(json.dumps(seen))
"""


@pytest.mark.sandbox
@pytest.mark.skipif(platform.machine() not in ARCHITECTURES, reason="no filter for it")
def test_calls_that_no_notebook_needs_are_refused_and_the_others_are_not():
    _mark, column = ARCHITECTURES[platform.machine()]
    numbers = {name: places[column] for name, places in REFUSED.items()}
    if platform.machine() == "x86_64":
        numbers |= {"keyctl by its other number": 250 | 0x40000000, "getpid": 39}
    seen = inside(CALLS.format(numbers=numbers), View(python_folders()))
    assert seen.pop("getpid", 0) == 0
    assert set(seen.values()) == {errno.EPERM}


@pytest.mark.sandbox
def test_the_keyring_of_the_grader_is_not_to_be_had():
    code = (
        "import ctypes, json\nlibc = ctypes.CDLL(None)\n"
        "print(json.dumps(libc.syscall({add}, b'user', b'k', b'v', 1, -3)))"
    )
    add = REFUSED["add_key"][ARCHITECTURES[platform.machine()][1]]
    assert inside(code.format(add=add), View(python_folders())) == -1
