"""How fast the explorers answer: every control of every explorer, moved through its values.

Each lesson runs cell by cell, as its reader would run it. An answer is the time from the change of
a control's value until the picture and the sentence are new: computing and drawing, but not the
browser. The limit is 0.2 s. All of it takes ten minutes or more, so it can be done in stretches:
``CUSTLAB_BENCH_LESSONS`` (for example ``05,06``) and ``CUSTLAB_BENCH_CASES`` choose, what has been
found is kept (``.cache/explorers.json``) as long as the explorers and the lesson stay the same, and
the page is written when all is measured.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench._timing import CACHE, HERE, ROOT, machine, table, write_page

LIMIT = 0.2
KEPT = CACHE / "explorers.json"
ALL_LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ALL_CASES = ["appliances", "ecommerce", "software"]
CASES = os.environ.get("CUSTLAB_BENCH_CASES", ",".join(ALL_CASES)).split(",")
LESSONS = os.environ.get("CUSTLAB_BENCH_LESSONS", "").split(",")


def lessons() -> list[Path]:
    """The lessons asked for."""
    return [path for path in ALL_LESSONS if path.stem.startswith(tuple(LESSONS))]


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


def digest(lesson: Path) -> str:
    """Sum up what the figures of a lesson rest on: they are measured anew when it changes."""
    parts = [ROOT / "custlab" / "style.py", HERE / "sides" / "explorers.py", lesson]
    for folder in ("explorers", "plots"):
        parts += sorted((ROOT / "custlab" / folder).glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in parts)).hexdigest()


def kept() -> dict[str, dict]:
    """Give what earlier stretches have found, as far as it still holds."""
    found = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    return {
        f"{lesson.stem} {case}": found[f"{lesson.stem} {case}"]
        for lesson in ALL_LESSONS
        for case in ALL_CASES
        if found.get(f"{lesson.stem} {case}", {}).get("digest") == digest(lesson)
    }


def page(found: dict[str, dict]) -> str:
    """Write down every explorer on every case."""
    rows, slow = [], 0
    for name in sorted(found):
        for one in found[name]["explorers"]:
            seconds = one["seconds"]
            slow += max(seconds) > LIMIT
            rows.append([*name.split(), one["explorer"], len(seconds),
                         f"{statistics.median(seconds):.3f}", f"{max(seconds):.3f}"])  # fmt: skip
    moves = [s for part in found.values() for one in part["explorers"] for s in one["seconds"]]
    within = sum(seconds <= LIMIT for seconds in moves) / len(moves)
    return "\n\n".join(
        [
            "# How fast the explorers answer",
            "Made by `python -m tests.bench explorers`. Every control moved through up to eight of "
            "its values; seconds from the change to the new picture, without the browser's part. "
            f"The limit is {LIMIT} s: {within:.1%} of {len(moves):,} moves are within it; the "
            f"median move takes {statistics.median(moves):.3f} s; {slow} of {len(rows)} rows hold "
            "a slower move. Explorers with a handful of pictures draw them all when they appear, "
            "and then answer in no time; what their first appearance takes is not counted here.",
            machine(),
            table(["lesson", "case", "explorer", "moves", "median s", "slowest s"], rows),
        ]
    )


def main() -> None:
    """Measure what was asked for; write the page when everything has been measured."""
    found = kept()
    CACHE.mkdir(exist_ok=True)
    for lesson in lessons():
        for case in CASES:
            explorers = measure(lesson, case)
            found[f"{lesson.stem} {case}"] = {"digest": digest(lesson), "explorers": explorers}
            KEPT.write_text(json.dumps(found), encoding="utf-8")
            for one in explorers:
                middle, worst = statistics.median(one["seconds"]), max(one["seconds"])
                print(lesson.stem, case, one["explorer"], f"{middle:.3f} {worst:.3f}", flush=True)
    missing = len(ALL_LESSONS) * len(ALL_CASES) - len(found)
    if missing:
        print(f"{missing} pairs of lesson and case are still to be measured: no page yet.")
    else:
        write_page("explorers", page(found))
