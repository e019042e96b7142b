"""What all tests share: which ones run here, and one thread a process."""

from __future__ import annotations

import os
import shutil
import sys

import pytest
from hypothesis import settings

# Set before NumPy is imported: two cores are shared by several kernels.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("course", deadline=None)  # how long an example takes says nothing here
settings.load_profile("course")

COMPULSORY = os.environ.get("CUSTLAB_REQUIRE_ALL") == "1"


def _missing(marker: str) -> str:
    """Say why a test that carries a marker cannot run here; an empty text if it can."""
    if marker == "browser" and not (shutil.which("chromium") or shutil.which("google-chrome")):
        return "Chromium is not installed"
    if marker == "sandbox" and not shutil.which("bwrap"):
        return "bubblewrap is not installed"
    if marker == "slow" and os.environ.get("CUSTLAB_SLOW") != "1":
        return "slow: set CUSTLAB_SLOW=1 to run it"
    return ""


def pytest_runtest_setup(item):
    """Skip what this machine cannot run; where all is compulsory, fail instead."""
    for marker in ("slow", "browser", "sandbox"):
        reason = _missing(marker) if item.get_closest_marker(marker) else ""
        if reason and COMPULSORY and marker != "slow":
            pytest.fail(f"{reason}, and CUSTLAB_REQUIRE_ALL=1 makes this test compulsory")
        if reason:
            pytest.skip(reason)


@pytest.fixture(autouse=True)
def no_shell_left():
    """End IPython's shell with the test that started it: with one, widgets display themselves."""
    yield
    if shells := sys.modules.get("IPython.core.interactiveshell"):
        shells.InteractiveShell.clear_instance()
