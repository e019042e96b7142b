"""What the benchmarks share: rivals' environments, fair pairs of runs, the page of results.

Each run is a fresh process with one thread per library, so that memory is its own and nothing is
warm. Sides take turns; the page gives medians and the ratio of each pair's times.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENTS = HERE / ".venvs"
CACHE = HERE / ".cache"
ROOT = HERE.parent.parent


def environment(name: str, requirements: list[str]) -> Path:
    """Make a rival's own environment once, and give its Python."""
    folder = ENVIRONMENTS / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "requirements.txt"
    wanted = "\n".join(requirements)
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted):
        print(f"making the environment of {name} …", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def run(
    script: str, *arguments, python: Path | str = sys.executable, fail_ok: bool = False
) -> dict:
    """Run one side in a fresh process; it prints one line of JSON."""
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    path = {"PYTHONPATH": str(ROOT)} if str(python) == sys.executable else {}
    result = subprocess.run(
        [python, HERE / "sides" / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **threads, **path},
        check=False,
    )
    if result.returncode:
        if fail_ok:
            return {"error": result.stderr.strip().splitlines()[-1]}
        raise RuntimeError(f"{script} {arguments} failed:\n{result.stderr}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def in_turns(sides: dict, rounds: int) -> dict[str, list[dict]]:
    """Run all sides one after the other, several times over."""
    results: dict[str, list[dict]] = {name: [] for name in sides}
    for turn in range(rounds):
        for name, side in sides.items():
            results[name].append(side())
            print(f"round {turn + 1}: {name} {results[name][-1]['seconds']:.2f} s", flush=True)
    return results


def median(results: list[dict], key: str = "seconds") -> float:
    """The middle value of one figure over the runs."""
    return statistics.median(result[key] for result in results)


def ratio(slow: list[dict], fast: list[dict]) -> tuple[float, float, float]:
    """Median, smallest and largest of the pairs' ratios of seconds."""
    ratios = [a["seconds"] / b["seconds"] for a, b in zip(slow, fast, strict=True)]
    return statistics.median(ratios), min(ratios), max(ratios)


def table(header: list[str], rows: list[list]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def machine() -> str:
    """One line on where this was measured."""
    return (
        f"{time.strftime('%Y-%m-%d', time.gmtime())}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, one thread per library "
        "unless said otherwise."
    )


def write_page(name: str, text: str) -> None:
    """Write the benchmark's page; it is made by the benchmark and never by hand."""
    path = HERE / f"RESULTS-{name}.md"
    path.write_text(text.strip() + "\n", encoding="utf-8", newline="\n")
    print(f"\n{text.strip()}\n\nwritten to {path.relative_to(ROOT)}")
