"""Submissions that try to harm the machine, the grader or others, or that simply run wild."""

import os
from pathlib import Path

from tests.red_team.attack import NOTHING, Attack, without
from tests.red_team.course import ASSIGNMENT

RIGHT = 'totals = orders.groupby("customer")["amount"].sum().reset_index()\n'
FORK_BOMB = """
import os
totals = None
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
THREAD_BOMB = """
import threading, time
totals = None
while True:
    try:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError:
        break
"""
MEMORY = """
totals = None
hoard = []
while True:
    hoard.append(bytearray(50_000_000))
"""
SHARED_MEMORY = """
import mmap
totals = None
hoard = []
try:
    while True:
        hoard.append(mmap.mmap(-1, 100_000_000)); hoard[-1].write(b"x" * 100_000_000)
except (OSError, MemoryError, ValueError) as error:
    print(type(error).__name__)
"""
DEAF = """
import signal
totals = None
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals) - {signal.SIGKILL})
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
FLOOD = "totals = None\nwhile True:\n    print('x' * 100_000)"
BIG_OUTPUT = RIGHT + "print('x' * 60_000_000)"
LARGE_OUTPUT = RIGHT + "for number in range(40):\n    print('x' * 100_000)"
MESSAGES = """
kernel = get_ipython().kernel
for number in range(3000):
    kernel.session.send(kernel.iopub_socket, "execute_result", {"no": "data"}, kernel.get_parent())
    kernel.iopub_socket.send_multipart([b"rubbish", b"<IDS|MSG>", b"", b"{", b"[" * 9000, b"", b""])
totals = None
"""
DISK = """
totals = None
try:
    for number in range(10_000):
        with open(f"/tmp/{number}", "wb") as file:
            file.write(b"x" * 10_000_000)
except OSError as error:
    print("stopped:", error.errno)
"""
FILES = """
totals = None
held = []
try:
    while True:
        held.append(open("/dev/null"))
except OSError as error:
    print("stopped")
"""
NETWORK = """
import os, socket
totals = None
tries = [(socket.AF_INET, ("127.0.0.1", 22)), (socket.AF_INET, ("1.1.1.1", 53)),
         (socket.AF_INET6, ("::1", 22)), (socket.AF_UNIX, "/var/run/docker.sock"),
         (socket.AF_UNIX, "\\0/tmp/.X11-unix/X0"), (socket.AF_UNIX, "\\0custlab-red-team")]
for family, address in tries:
    try:
        socket.socket(family).connect(address)
        print("GOT", address)
    except OSError as error:
        print(type(error).__name__)
"""
OUTSIDE = """
import os, pathlib
totals = None
for place in ["ROOT/course/x", "/usr/x", "/etc/x", "/x", "/root/x", "/var/x", "/dev/x",
              os.path.dirname(os.__file__) + "/x", os.path.dirname(pd.__file__) + "/x"]:
    try:
        pathlib.Path(place).write_text("x")
        print("GOT", place)
    except OSError as error:
        print(type(error).__name__)
"""
ESCAPE = """
import ctypes, os
totals = None
libc = ctypes.CDLL(None, use_errno=True)
for name, arguments in [
    ("unshare", (0x10000000 | 0x20000,)), ("unshare", (0x10000000,)), ("setuid", (0,)),
    ("mount", (b"/", b"/tmp", None, 4096, None)), ("umount2", (b"/proc", 2)),
    ("chroot", (b"/",)), ("setns", (0, 0)),
]:
    print("GOT" if libc[name](*arguments) == 0 else "refused", name)
for pid in (1, 2, -1):
    try:
        os.kill(pid, 0)
    except OSError as error:
        print(type(error).__name__)
try:
    print("GOT", os.listdir("ROOT"))
except OSError as error:
    print(type(error).__name__)
"""
DAEMON = """
import os, time
totals = None
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "86399.4"])
    os._exit(0)
"""
KILL_ALL = """
import os, signal
try:
    os.kill(-1, signal.SIGKILL)
finally:
    os.kill(os.getpid(), signal.SIGKILL)
"""
SUICIDE = "import os, signal\ntotals = None\nos.kill(os.getpid(), signal.SIGKILL)"
SEGFAULT = "import ctypes\ntotals = None\nctypes.string_at(0)"
HANG_IN_TEST = """
def days_since(dates, today):
    while True:
        try:
            while True:
                pass
        except KeyboardInterrupt:
            pass
"""
DIE_IN_TEST = "import os\ndef days_since(dates, today):\n    os._exit(0)"
MUTE = (
    RIGHT
    + """
import time, custlab.grading.prove.witness as witness
witness.wire.send = lambda *a: None
"""
)
HUGE = "totals = pd.DataFrame({'amount': np.zeros(60_000_000)})"
DEEP = "totals = []\nfor _ in range(100_000):\n    totals = [totals]"
SHUTDOWN = """
totals = None
kernel = get_ipython().kernel
get_ipython().ask_exit(); exit()
"""


def link(name: str, target: str):
    """Put a symbolic link into the folder handed in."""

    def prepare(root: Path, folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target.replace("ROOT", str(root)))

    return prepare


def pipe(root: Path, folder: Path) -> None:
    """Put a named pipe into the folder: reading it would wait for ever."""
    os.mkfifo(folder / "data.csv")


def huge_file(root: Path, folder: Path) -> None:
    """Put a file of 3 GB into the folder that takes no room."""
    with (folder / "big.csv").open("wb") as file:
        file.truncate(3_000_000_000)


LOST = "test-totals"
EVIL = b"import os\nos._exit(0)\n"
NOTEBOOK = f"{ASSIGNMENT}.ipynb"
BREAKING = [
    Attack("fork-bomb", "ends with its submission", without(LOST), {"totals": FORK_BOMB}),
    Attack("thread-bomb", "ends with its submission", {LOST: 0}, {"totals": THREAD_BOMB}),
    Attack("memory-bomb", "is stopped at its limit", without(LOST), {"totals": MEMORY}),
    Attack("shared-memory", "is stopped at its limit", without(LOST), {"totals": SHARED_MEMORY}),
    Attack(
        "endless-loop",
        "is interrupted; later cells keep their marks",
        without(LOST),
        {"totals": "totals = None\nwhile True:\n    pass"},
        said=("was interrupted",),
    ),
    Attack(
        "endless-wait",
        "is interrupted; later cells keep their marks",
        without(LOST),
        {"totals": "import asyncio\ntotals = None\nawait asyncio.sleep(1000)"},
        said=("was interrupted",),
    ),
    Attack(
        "deaf-loop",
        "is ended; earlier cells are run again, later ones keep their marks",
        without(LOST),
        {"totals": DEAF},
        said=("could not be interrupted", "a new kernel was started"),
    ),
    Attack("output-flood", "is cut and interrupted", without(LOST), {"totals": FLOOD}),
    Attack(
        "output-giant",
        "harms no other cell",
        {"test-who-decides": 2, "test-days-since": 2, "test-groups": 2},
        {"totals": BIG_OUTPUT},
    ),
    Attack("output-large", "the output is cut, the marks stay", cells={"totals": LARGE_OUTPUT}),
    Attack(
        "message-rubbish", "unreadable messages are ignored", without(LOST), {"totals": MESSAGES}
    ),
    Attack("fills-disk", "its folder is full, no other", without(LOST), {"totals": DISK}),
    Attack("opens-files", "its own limit is reached", without(LOST), {"totals": FILES}),
    Attack("network", "there is no network", without(LOST), {"totals": NETWORK}),
    Attack(
        "writes-outside", "only its own folder can be written", without(LOST), {"totals": OUTSIDE}
    ),
    Attack("escapes", "no privilege can be gained", without(LOST), {"totals": ESCAPE}),
    Attack("daemon", "no process outlives the submission", without(LOST), {"totals": DAEMON}),
    Attack(
        "kills-all",
        "reaches nothing but itself and what it has started",
        without(LOST),
        {"totals": KILL_ALL},
        said=("ended its kernel",),
    ),
    Attack("suicide", "loses its own marks only", without(LOST), {"totals": SUICIDE}),
    Attack("segfault", "loses its own marks only", without(LOST), {"totals": SEGFAULT}),
    Attack("shuts-down", "loses its own marks only", without(LOST), {"totals": SHUTDOWN}),
    Attack(
        "hangs-in-test",
        "the test fails, the others count",
        without("test-days-since"),
        {"days-since": HANG_IN_TEST},
        review=("test-days-since",),
    ),
    Attack(
        "dies-in-test",
        "the test fails, the others count",
        without("test-days-since"),
        {"days-since": DIE_IN_TEST},
        review=("test-days-since",),
    ),
    Attack(
        "mute-witness",
        "no answer, no proof, no points",
        without(LOST, "test-days-since", "test-groups"),
        {"totals": MUTE},
        review=(LOST,),
    ),
    Attack("huge-answer", "too large to be checked: 0", {LOST: 0}, {"totals": HUGE}),
    Attack("deep-answer", "too deep to be checked: 0", without(LOST), {"totals": DEEP, "best": ""}),
    Attack(
        "shadow-modules",
        "files that replace modules are set aside",
        files={
            "pandas.py": EVIL,
            "custlab/__init__.py": EVIL,
            "sitecustomize.py": EVIL,
            "numpy.so": EVIL,
            "sklearn/cluster.py": EVIL,
        },
        said=("pandas.py was not used", "sitecustomize.py was not used", "numpy.so was not used"),
    ),
    Attack(
        "links-to-gradebook",
        "links are set aside, not followed",
        prepare=link("data.csv", "ROOT/course/gradebook.db"),
        said=("data.csv was not used: a link",),
    ),
    Attack(
        "links-to-folder",
        "links are set aside, not followed",
        prepare=link("all", "ROOT"),
        said=("all was not used: a link",),
    ),
    Attack(
        "linked-notebook",
        "a notebook that is a link to the master is no notebook",
        NOTHING,
        prepare=link(NOTEBOOK, f"ROOT/solutions/{ASSIGNMENT}/{NOTEBOOK}"),
        said=("was not used: a link",),
    ),
    Attack(
        "linked-answers",
        "answers that are a link to another learner's are not theirs",
        without("test-who-decides"),
        answers=None,
        prepare=link(
            f"{ASSIGNMENT}.answers.json",
            f"ROOT/course/submitted/honest-first/{ASSIGNMENT}/{ASSIGNMENT}.answers.json",
        ),
    ),
    Attack(
        "named-pipe", "is set aside, not waited for", prepare=pipe, said=("not an ordinary file",)
    ),
    Attack("oversized-file", "is set aside", prepare=huge_file, said=("too large",)),
    Attack(
        "no-notebook",
        "a file that is no notebook gets 0 and is looked at",
        NOTHING,
        raw=lambda notebook: "PK\x03\x04 this is a zip",
        review=(LOST,),
        said=("could not be read",),
    ),
    Attack(
        "deep-notebook",
        "a notebook nested without end gets 0 and is looked at",
        NOTHING,
        raw=lambda notebook: '{"cells":' + "[" * 200_000,
        review=(LOST,),
    ),
    Attack(
        "wrong-types",
        "a notebook with nonsense in every field is repaired from the master",
        NOTHING,
        raw=lambda notebook: (
            '{"cells": [1, {"cell_type": 7, "source": {"a": 1}, "metadata": []},'
            ' {"cell_type": "code", "id": ["x"], "metadata": {"nbgrader": 5, "tags": 3}}],'
            ' "nbformat": "x"}'
        ),
        answers=None,
    ),
]
