"""A real JupyterLab with a real browser, for tests that click as a learner would."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.hygiene import ROOT

TOKEN = "browser-tests"
HOOK = "custlab.exercises.receipt_hook.refresh_receipts"  # as `custlab lab` has it
QUIET = {"fetchNews": "false", "checkForUpdates": False}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _settings(home: Path) -> dict[str, str]:
    """Keep the server away from the settings of whoever runs the tests; no pop-ups."""
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(QUIET), encoding="utf-8")
    return {
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "OMP_NUM_THREADS": "1",
    }


class Lab:
    """A running server: ``url``, and ``folder``, where its notebooks lie."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"

    def wait(self, process: subprocess.Popen, seconds: float = 60) -> None:
        """Wait until the server answers."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/api/status?token={TOKEN}", timeout=5)
                return
            except OSError:
                time.sleep(0.3)
        raise RuntimeError("JupyterLab did not start")


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Start JupyterLab in an empty folder; stop it, with its kernels, at the end."""
    home = tmp_path_factory.mktemp("jupyter")
    folder = tmp_path_factory.mktemp("course")
    server = Lab(folder, _free_port())
    command = [sys.executable, "-m", "jupyterlab", "--no-browser"]
    command += ["--LabApp.expose_app_in_browser=True"]
    command += [f"--ServerApp.port={server.url.rsplit(':')[-1]}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"]
    command.append(f"--ContentsManager.pre_save_hook={HOOK}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    with (home / "log.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, env=os.environ | _settings(home), stdout=log, stderr=log, cwd=folder
        )
        try:
            server.wait(process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def chromium():
    """Start one browser for all tests."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Notebook:
    """A notebook open in a browser tab, and what a learner does with it."""

    def __init__(self, page, lab: Lab, name: str) -> None:
        self.page, self.lab, self.name = page, lab, name
        page.set_default_timeout(90_000)  # other tests may keep the machine busy
        self.open()

    def open(self) -> None:
        """Open the notebook, or load its page again."""
        self.page.goto(f"{self.lab.url}/lab/tree/{self.name}?reset&token={TOKEN}")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        self.page.wait_for_function(
            "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel"
            "?.status === 'idle'",
            timeout=60_000,
        )

    def command(self, name: str, **arguments) -> None:
        """Give one of JupyterLab's commands and wait for its end."""
        self.page.evaluate(
            "([name, arguments]) => window.jupyterapp.commands.execute(name, arguments)"
            ".then(() => null)",
            [name, arguments],
        )

    def run_all(self) -> None:
        """Run all cells."""
        self.command("notebook:run-all-cells")

    def restart(self) -> None:
        """Restart the kernel, as the menu does."""
        self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"
            ".then(() => null)"
        )

    def save(self) -> dict:
        """Save the notebook; give what lies on disk then."""
        self.command("docmanager:save")
        return json.loads((self.lab.folder / self.name).read_text(encoding="utf-8"))

    def theme(self, name: str) -> None:
        """Change the theme, for example to JupyterLab Dark."""
        self.command("apputils:change-theme", theme=name)
        self.page.wait_for_selector(f'body[data-jp-theme-name="{name}"]', state="attached")


@pytest.fixture
def open_notebook(lab, chromium):
    """Give a function that opens a notebook of the lab's folder in a tab of its own."""
    contexts = []

    def opened(name: str) -> Notebook:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        return Notebook(context.new_page(), lab, name)

    yield opened
    for context in contexts:
        context.close()
