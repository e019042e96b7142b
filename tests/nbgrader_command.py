"""Run nbgrader as a person with the environment active would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.hygiene import ROOT


def nbgrader(*words: str, cwd: Path) -> None:
    """Run an nbgrader command; a failing one is raised with its own words."""
    # nbgrader calls alembic by name, so the environment's programs must be on the path.
    programs = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([programs, os.environ.get("PATH", "")]),
        "CUSTLAB_HOME": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"nbgrader {' '.join(words)} failed:\n{done.stderr[-3000:]}")
