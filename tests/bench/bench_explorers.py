"""How fast the explorers answer: every control of every explorer, moved through its values.

Each lesson runs cell by cell, as its reader would run it. An answer is the time from the change of
a control's value until the picture and the sentence are new: computing and drawing, but not the
browser. The issue's limit is 0.2 s. ``CUSTLAB_BENCH_LESSONS`` (for example ``05,06``) and
``CUSTLAB_BENCH_CASES`` choose; the page is written only when all are measured.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench._timing import HERE, ROOT, machine, table, write_page

LIMIT = 0.2
CASES = os.environ.get("CUSTLAB_BENCH_CASES", "appliances,ecommerce,software").split(",")
LESSONS = os.environ.get("CUSTLAB_BENCH_LESSONS", "").split(",")


def lessons() -> list[Path]:
    """The lessons asked for."""
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    return [path for path in paths if any(path.stem.startswith(number) for number in LESSONS)]


def measure(lesson: Path, case: str) -> list[dict]:
    """Run one lesson on one case in a fresh process; give each explorer's answers in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            [sys.executable, HERE / "sides" / "explorers.py", lesson, case],
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT),
                 "CUSTLAB_HOME": str(ROOT)},
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
    if result.returncode:
        raise RuntimeError(f"{lesson.name} on {case} failed:\n{result.stderr}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def main() -> None:
    """Measure all and write the page."""
    rows, slow = [], 0
    for lesson in lessons():
        for case in CASES:
            for found in measure(lesson, case):
                seconds = found["seconds"]
                slow += max(seconds) > LIMIT
                row = [lesson.stem, case, found["explorer"], len(seconds),
                       f"{statistics.median(seconds):.3f}", f"{max(seconds):.3f}"]  # fmt: skip
                rows.append(row)
                print(*row, sep="  ", flush=True)
    text = "\n\n".join(
        [
            "# How fast the explorers answer",
            "Made by `python -m tests.bench explorers`. Every control moved through up to eight of "
            "its values; seconds from the change to the new picture, without the browser's part "
            f"(limit {LIMIT} s; {slow} of {len(rows)} rows hold a slower move).",
            machine(),
            table(["lesson", "case", "explorer", "moves", "median s", "slowest s"], rows),
        ]
    )
    if lessons() == sorted((ROOT / "notebooks").glob("*.ipynb")) and len(CASES) == 3:
        write_page("explorers", text)
