"""``custlab grade`` against stock nbgrader, on the course's own exercises and one honest class.

Stock nbgrader as shipped, nbgrader at its best (two processes, one thread and one gradebook each)
and ``custlab grade`` mark the same submissions, one after the other. Environment variables make it
shorter: ``CUSTLAB_BENCH_SUBMISSIONS`` (default 100), ``CUSTLAB_BENCH_SIZES`` (default 10,100,1000)
and ``CUSTLAB_BENCH_STOCK`` (how many of the submissions stock nbgrader marks; default all).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

import psutil

from tests.bench._honest_class import HonestClass, exercises, make_course, marks
from tests.bench._timing import machine, table, write_page

TOTAL = int(os.environ.get("CUSTLAB_BENCH_SUBMISSIONS", "100"))
STOCK = int(os.environ.get("CUSTLAB_BENCH_STOCK", str(TOTAL)))
SIZES = [int(n) for n in os.environ.get("CUSTLAB_BENCH_SIZES", "10,100,1000").split(",")]
BESIDE = Path(sys.executable).parent
ONE_THREAD = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
GRADE = (
    "import typer; from custlab.cli.grade import grade; "
    "app = typer.Typer(); app.command()(grade); app()"
)


def environment(**more: str) -> dict[str, str]:
    """Give the environment of a side: nbgrader finds its helpers beside Python."""
    free = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    return free | {"PATH": f"{BESIDE}{os.pathsep}{os.environ['PATH']}"} | more


def measured(start) -> tuple[float, float]:
    """Time what ``start`` begins (processes), and give the largest memory of all together (MB)."""
    began, peak = time.monotonic(), 0
    processes = start()
    stop = threading.Event()

    def watch():
        nonlocal peak
        while not stop.wait(0.5):
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
    codes = [process.wait() for process in processes]
    seconds = time.monotonic() - began
    stop.set()
    watcher.join()
    if any(codes):
        raise RuntimeError(f"a side failed: {codes}")
    return seconds, peak / 1e6


def quiet(command: list, folder: Path, **more: str) -> subprocess.Popen:
    """Start a side without its chatter."""
    nothing = subprocess.DEVNULL
    return subprocess.Popen(
        command, cwd=folder, env=environment(**more), stdout=nothing, stderr=nothing
    )


def stock(root: Path, assignment: str):
    """Mark with nbgrader as shipped."""
    return measured(lambda: [quiet([BESIDE / "nbgrader", "autograde", assignment], root)])


def tuned(halves: list[Path], assignment: str):
    """Mark with two nbgrader processes, one thread and one gradebook each."""
    command = [BESIDE / "nbgrader", "autograde", assignment]
    return measured(lambda: [quiet(command, half, **ONE_THREAD) for half in halves])


def ours(root: Path, assignment: str):
    """Mark with custlab grade."""
    return measured(lambda: [quiet([sys.executable, "-c", GRADE, assignment], root)])


def course_with(folder: Path, assignment: str, numbers) -> Path:
    """Make a course in which the learners of these numbers have handed in."""
    root = make_course(folder, [assignment])
    learners = HonestClass(root, assignment)
    for number in numbers:
        learners.hand_in(number)
    return root


def compare(folder: Path, assignment: str, count: int) -> list:
    """Mark one exercise with all three; give a row of the table."""
    few = min(count, max(2, STOCK * count // TOTAL))
    whole = course_with(folder / "ours", assignment, range(count))
    plain = course_with(folder / "stock", assignment, range(few))
    halves = [course_with(folder / f"half{i}", assignment, range(i, few, 2)) for i in (0, 1)]
    seconds_ours, _memory = ours(whole, assignment)
    seconds_stock, _memory = stock(plain, assignment)
    seconds_tuned, _memory = tuned(halves, assignment)
    here, there = marks(whole, assignment), marks(plain, assignment)
    different = [key for key, points in there.items() if here[key] != points]
    rates = [60 * count / seconds_ours, 60 * few / seconds_stock, 60 * few / seconds_tuned]
    print(assignment, [f"{rate:.0f}" for rate in rates], different, flush=True)
    return [assignment, count, few, *rates, len(there), len(different)]


def grow(folder: Path, assignment: str) -> list[list]:
    """Mark ever larger classes; give rows of time and memory."""
    rows = []
    for size in SIZES:
        root = course_with(folder / f"size{size}", assignment, range(size))
        seconds, memory = ours(root, assignment)
        rows.append([size, f"{seconds:.1f}", f"{seconds / size:.3f}", f"{memory:.0f}"])
        print(rows[-1], flush=True)
        shutil.rmtree(root)
    return rows


def main() -> None:
    """Run everything and write the page."""
    names = exercises()
    folder = Path(tempfile.mkdtemp(prefix="custlab-bench-"))
    try:
        rows = [compare(folder / name, name, max(2, TOTAL // len(names))) for name in names]
        growth = grow(folder, names[0])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    spent = [sum(60 * row[at] / row[rate] for row in rows) for at, rate in ((1, 3), (2, 4), (2, 5))]
    done = [sum(row[at] for row in rows) for at in (1, 2, 2)]
    whole = [60 * number / seconds for number, seconds in zip(done, spent, strict=True)]
    lines = [
        [row[0], *(f"{x:.0f}" if isinstance(x, float) else x for x in row[1:])] for row in rows
    ]
    lines.append(["all", *done[:2], *(f"{rate:.0f}" for rate in whole), "", ""])
    header = ["exercise", "submissions", "of these by nbgrader", "custlab grade, per minute"]
    header += ["nbgrader as shipped", "two tuned nbgraders", "marks compared", "different"]
    growth_header = ["submissions", "seconds", "seconds each", "largest memory, MB"]
    write_page(
        "grading",
        f"""# Grading: custlab grade against nbgrader {version("nbgrader")}

{machine()} All sides mark the same submissions of the course's own exercises, answered rightly,
wrongly or not at all as in the answer banks; times include every start. Sandbox: bubblewrap.

{table(header, lines)}

Against nbgrader as shipped: **{whole[0] / whole[1]:.1f} times** the submissions per minute (wanted:
15, aim 20). Against two tuned nbgraders: **{whole[0] / whole[2]:.1f} times** (wanted: 8).

Larger classes ({names[0]}; memory is the proportional share of all processes together):

{table(growth_header, growth)}
""",
    )


if __name__ == "__main__":
    main()
