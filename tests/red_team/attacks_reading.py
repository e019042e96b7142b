"""Submissions that try to read what is not theirs."""

from tests.red_team.attack import Attack, without
from tests.red_team.course import SECRET

# Written backwards, so that the attack's own source is not what it finds.
PIECES = f"needle = {SECRET[::-1]!r}[::-1]\n"

READ_FILES = """
import os
for path in ["ROOT/solutions", "ROOT/course/gradebook.db", "ROOT/course/submitted", "ROOT",
             "/etc/passwd", "/etc/shadow", "/home", "/var", "/mnt", "/run"]:
    try:
        print("GOT", path, os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(99))
    except OSError as error:
        print(type(error).__name__)
for place in ["/tmp", "/submission", "/dev", "/etc"]:
    for folder, folders, files in os.walk(place):
        if "site-packages" in folder:  # the libraries are public; nbgrader ships a sample gradebook
            continue
        found = [f for f in files if f in ("gradebook.db", "01-demo.ipynb")]
        print("GOT " + folder if found else "nothing")
totals = None
"""

SEARCH_MEMORY = (
    PIECES
    + """
import gc, re
for thing in gc.get_objects():
    try:
        if isinstance(thing, dict) and thing is not globals():
            if any(isinstance(v, str) and needle in v for v in thing.values()):
                print("GOT", str(thing)[:500])
    except Exception:
        pass
for line in open("/proc/self/maps"):
    start, end, rights = re.match(r"(\\w+)-(\\w+) (\\S+)", line).groups()
    if rights.startswith("rw"):
        with open("/proc/self/mem", "rb") as memory:
            try:
                memory.seek(int(start, 16))
                found = memory.read(min(int(end, 16) - int(start, 16), 1 << 26))
            except (OSError, ValueError):
                continue
            pattern = b"secret_of_[qrg][u-v,e,r]\\w+ = [^ ]the-"
            around = [m.start() for m in re.finditer(pattern, found)]
            if around:
                print("GOT", found[around[0]:around[0] + 200])
totals = None
"""
)

WATCH_TESTS = """
import sys, threading
heard = []
def spy(frame, event, argument):
    if len(heard) < 5000:
        heard.append((frame.f_code.co_filename, dict(frame.f_locals)))
    return spy
sys.setprofile(spy); threading.setprofile(spy); sys.settrace(spy)
def days_since(dates, today):
    frame = sys._getframe()
    while frame:
        heard.append(("frame", dict(frame.f_locals), dict(frame.f_globals)))
        frame = frame.f_back
    return dates * 0
"""
TELL_HEARD = (
    PIECES
    + """
import sys
sys.setprofile(None); sys.settrace(None)
texts = [v for item in list(heard) for part in item[1:] for v in list(part.values())[:300]]
texts = [t for t in texts if isinstance(t, str) and t is not needle]
print("GOT" if any(needle in t for t in texts) else "nothing")
from sklearn.cluster import KMeans
model = KMeans(2, n_init=5, random_state=0).fit(points)
"""
)

TRACEBACK = """
import sys, traceback
def days_since(dates, today):
    lines = []
    try:
        raise ValueError
    except ValueError as error:
        frame = error.__traceback__.tb_frame
        while frame:
            lines.append(repr(frame.f_locals)[:3000] + repr(frame.f_code.co_consts))
            frame = frame.f_back
    raise RuntimeError("GOT " + " ".join(lines)[:1500] + "".join(traceback.format_stack())[:300])
"""

OTHER_PROCESSES = (
    PIECES
    + """
import os
for pid in filter(str.isdigit, os.listdir("/proc")):
    for name in ("environ", "cmdline", "mem"):
        try:
            content = open(f"/proc/{pid}/{name}", "rb").read(1 << 20)
        except OSError:
            continue
        if {"environ": b"gradebook", "cmdline": b"solutions"}.get(name, b"secret_of_[") in content:
            print("GOT", pid, name, content[:200])
print(len(list(filter(str.isdigit, os.listdir("/proc")))), "processes")
totals = None
"""
)

DESCRIPTORS = """
import os, socket, threading
found = []
def listen(number):
    try:
        line = socket.socket(fileno=os.dup(number))
        line.settimeout(2)
        found.append(line.recv(100000, socket.MSG_PEEK))
    except OSError:
        pass
for number in map(int, os.listdir("/proc/self/fd")):
    threading.Thread(target=listen, args=(number,), daemon=True).start()
totals = None
"""
TELL_FOUND = (
    PIECES
    + """
print("GOT" if any(needle.encode() in text for text in found) else "nothing")
def days_since(dates, today):
    return (today - dates).dt.days
"""
)

HISTORY = (
    PIECES
    + """
shell = get_ipython()
seen = repr(In) + repr(dir(shell.user_module)) + repr(shell.user_ns.get("_ih"))
print("GOT" if needle in seen.replace("needle", "") else "nothing")
try:
    import custlab.grading.prove.examiner as examiner
    print("GOT" if needle in repr(vars(examiner)) else "nothing")
except ImportError:
    print("nothing")
totals = None
"""
)

READING = [
    Attack(
        "reads-files",
        "masters, gradebook and others' folders cannot be seen",
        without("test-totals"),
        {"totals": READ_FILES},
    ),
    Attack(
        "searches-memory",
        "hidden tests are not in the kernel's memory",
        without("test-totals"),
        {"totals": SEARCH_MEMORY},
    ),
    Attack(
        "watches-frames",
        "trace hooks and frames show no hidden test",
        without("test-days-since"),
        {"days-since": WATCH_TESTS, "groups": TELL_HEARD},
    ),
    Attack(
        "reads-tracebacks",
        "a traceback inside a tested function shows no hidden test",
        without("test-days-since"),
        {"days-since": TRACEBACK},
    ),
    Attack(
        "reads-processes",
        "no process of the grader or of another learner can be seen",
        without("test-totals"),
        {"totals": OTHER_PROCESSES},
    ),
    Attack(
        "listens-on-descriptors",
        "open sockets carry questions for values, never a test",
        {"test-totals": 0, "test-who-decides": 2},
        {"totals": DESCRIPTORS, "days-since": TELL_FOUND},
    ),
    Attack(
        "reads-history",
        "the notebook's history and the kit's modules hold no hidden test",
        without("test-totals"),
        {"totals": HISTORY},
    ),
]
