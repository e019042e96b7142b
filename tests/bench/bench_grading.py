"""``custlab grade`` against stock nbgrader, on the course's own exercises and one honest class.

Stock nbgrader as shipped, nbgrader at its best (two processes, one thread and one gradebook each)
and ``custlab grade`` mark the same submissions, one after the other. All of it takes an hour or
more, so it can be done in parts, each a stretch of its own; what earlier parts have found is kept
(``.cache/grading.json``) and the page is written anew after each::

    CUSTLAB_BENCH_PARTS=03-role-types,grow-1000 python -m tests.bench grading

Parts are the names of exercises, and ``grow-N`` for a class of N. ``CUSTLAB_BENCH_SUBMISSIONS``
says how many submissions of an exercise are marked (100).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path
from statistics import mean

import psutil

from tests.bench._honest_class import HonestClass, exercises, make_course, marks
from tests.bench._timing import CACHE, machine, table, write_page

TOTAL = int(os.environ.get("CUSTLAB_BENCH_SUBMISSIONS", "100"))
LARGE = "03-role-types"  # the exercise of the larger classes
SIZES = (10, 100, 1000)
GAVE_UP = (0, 1)  # nbgrader says 1 when it could not mark one of the submissions
LOOK_SECONDS = 3  # adding up the memory of all processes costs time itself
KEPT = CACHE / "grading.json"
BESIDE = Path(sys.executable).parent
ONE_THREAD = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
GRADE = (
    "import typer; from custlab.cli.grade import grade; "
    "app = typer.Typer(); app.command()(grade); app()"
)


def environment(**more: str) -> dict[str, str]:
    """Give the environment of a side: nbgrader finds its helpers beside Python."""
    # Nor without compiled modules: nobody runs Python like that but on a programmer's machine.
    unusual = {*ONE_THREAD, "PYTHONDONTWRITEBYTECODE"}
    free = {name: value for name, value in os.environ.items() if name not in unusual}
    return free | {"PATH": f"{BESIDE}{os.pathsep}{os.environ['PATH']}"} | more


def measured(start, memory: bool = False, codes: tuple = (0,)) -> tuple[float, float]:
    """Time what ``start`` begins (processes), and give the largest memory of all together (MB).

    ``codes`` are the exit codes that count as done.
    """
    began, peak = time.monotonic(), 0
    processes = start()
    stop = threading.Event()

    def watch():
        nonlocal peak
        while not stop.wait(LOOK_SECONDS if memory else None):
            found = set()
            for process in processes:
                try:
                    watched = psutil.Process(process.pid)
                    found |= {watched, *watched.children(recursive=True)}
                except psutil.NoSuchProcess:
                    continue
            sizes = 0
            for process in found:
                try:
                    sizes += process.memory_full_info().pss
                except (psutil.Error, AttributeError):
                    continue
            peak = max(peak, sizes)

    watcher = threading.Thread(target=watch)
    watcher.start()
    given = [process.wait() for process in processes]
    seconds = time.monotonic() - began
    stop.set()
    watcher.join()
    if not set(given) <= set(codes):
        raise RuntimeError(f"a side failed: {given}")
    return seconds, peak / 1e6


def quiet(command: list, folder: Path, **more: str) -> subprocess.Popen:
    """Start a side without its chatter."""
    nothing = subprocess.DEVNULL
    return subprocess.Popen(
        command, cwd=folder, env=environment(**more), stdout=nothing, stderr=nothing
    )


def stock(root: Path, assignment: str):
    """Mark with nbgrader as shipped."""
    command = [BESIDE / "nbgrader", "autograde", assignment]
    return measured(lambda: [quiet(command, root)], codes=GAVE_UP)


def tuned(halves: list[Path], assignment: str):
    """Mark with two nbgrader processes, one thread and one gradebook each."""
    command = [BESIDE / "nbgrader", "autograde", assignment]
    return measured(lambda: [quiet(command, half, **ONE_THREAD) for half in halves], codes=GAVE_UP)


def ours(root: Path, assignment: str, memory: bool = False):
    """Mark with custlab grade."""
    return measured(lambda: [quiet([sys.executable, "-c", GRADE, assignment], root)], memory)


def course_with(folder: Path, assignment: str, numbers) -> Path:
    """Make a course in which the learners of these numbers have handed in."""
    root = make_course(folder, [assignment])
    learners = HonestClass(root, assignment)
    for number in numbers:
        learners.hand_in(number)
    return root


def marked_learners(root: Path, assignment: str) -> int:
    """Count the learners who have marks."""
    found = marks(root, assignment)
    return len({learner for (learner, _cell), points in found.items() if points is not None})


def compare(folder: Path, assignment: str) -> dict:
    """Mark one exercise with all three sides; ours before, between and after theirs."""
    whole, between, again = (
        course_with(folder / f"ours{i}", assignment, range(TOTAL)) for i in range(3)
    )
    plain = course_with(folder / "stock", assignment, range(TOTAL))
    halves = [course_with(folder / f"half{i}", assignment, range(i, TOTAL, 2)) for i in (0, 1)]
    first, _memory = ours(whole, assignment)
    shipped, _memory = stock(plain, assignment)
    second, _memory = ours(between, assignment)
    tuned_at_best, _memory = tuned(halves, assignment)
    third, _memory = ours(again, assignment)
    given_up = 2 * TOTAL - sum(marked_learners(root, assignment) for root in (plain, *halves))
    if given_up > TOTAL / 20:
        raise RuntimeError(f"nbgrader left {given_up} submissions unmarked: its times say nothing")
    here, there = marks(whole, assignment), marks(plain, assignment)
    marked = {key: points for key, points in there.items() if points is not None}
    different = [" ".join(key) for key, points in marked.items() if here[key] != points]
    return {
        "submissions": TOTAL,
        "ours": [first, second, third],
        "shipped": shipped,
        "tuned": tuned_at_best,
        "marks": len(marked),
        "different": different,
        "given_up": given_up,
        "machine": machine(),
    }


def grow(folder: Path, size: int) -> dict:
    """Mark a class of some size; give time and memory."""
    root = course_with(folder, LARGE, range(size))
    seconds, memory = ours(root, LARGE, memory=True)
    return {"size": size, "seconds": seconds, "memory": memory}


def page(kept: dict) -> str:
    """Write down what all parts so far have found."""
    rows, growth = [], []
    for name, found in sorted(kept.items()):
        if "size" in found:
            size, seconds = found["size"], found["seconds"]
            growth.append(
                [size, f"{seconds:.1f}", f"{seconds / size:.3f}", f"{found['memory']:.0f}"]
            )
            continue
        rates = [
            60 * found["submissions"] / seconds
            for seconds in (mean(found["ours"]), found["shipped"], found["tuned"])
        ]
        times = [f"{rates[0] / rates[1]:.1f}", f"{rates[0] / rates[2]:.1f}"]
        rates = [f"{rate:.0f}" for rate in rates]
        checked = [found["marks"], len(found["different"]), found.get("given_up", 0)]
        runs = ", ".join(f"{seconds:.1f}" for seconds in found["ours"])
        rows.append([name, found["submissions"], *rates, *times, *checked, runs])
    growth.sort(key=lambda row: row[0])
    header = ["exercise", "submissions", "custlab grade, per minute", "nbgrader as shipped"]
    header += [
        "two tuned nbgraders",
        "times as shipped",
        "times tuned",
        "marks compared",
        "different",
        "given up by nbgrader",
        "seconds of each of our runs",
    ]
    growth_header = ["submissions", "seconds", "seconds each", "largest memory, MB"]
    return f"""# Grading: custlab grade against nbgrader {version("nbgrader")}

{machine()}
All sides mark the same submissions of the course's own exercises, answered rightly, wrongly or not
at all as in the answer banks; times include every start, so that few submissions look slower than
many. custlab grade runs before, between and after the others, in its sandbox, and the mean of its
runs counts. "Given up by nbgrader" counts submissions that it could not mark, in both of its forms
together: now and then one of its kernels does not answer in time.

{table(header, rows)}

Wanted: 15 times nbgrader as shipped (aim 20), 8 times the tuned form, no different mark.

Larger classes ({LARGE}; memory is the proportional share of all processes together):

{table(growth_header, growth)}
"""


def main() -> None:
    """Run the parts asked for and write the page."""
    known = [*exercises(), *(f"grow-{size}" for size in SIZES)]
    parts = [part for part in os.environ.get("CUSTLAB_BENCH_PARTS", "").split(",") if part]
    if unknown := set(parts) - set(known):
        raise SystemExit(f"no such parts: {', '.join(unknown)}; there are: {', '.join(known)}")
    CACHE.mkdir(exist_ok=True)
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    for part in parts or known:
        folder = Path(tempfile.mkdtemp(prefix="custlab-bench-"))
        try:
            grows = part.startswith("grow-")
            size = int(part.removeprefix("grow-")) if grows else 0
            kept[part] = grow(folder / "c", size) if grows else compare(folder, part)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print(part, kept[part], flush=True)
        KEPT.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        write_page("grading", page(kept))


if __name__ == "__main__":
    main()
