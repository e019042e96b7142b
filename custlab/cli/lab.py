"""Open the course in JupyterLab."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path

from custlab.errors import CustLabError
from custlab.files import course_root, write_atomic
from custlab.i18n import _

START_PAGE = "notebooks/00-start-here.ipynb"
FIRST_PORT = 8888
SECONDS_TO_END = 10
LAB_EXTENSIONS = Path(__file__).resolve().parent.parent / "labextensions"
SERVER_SETTINGS = {
    # A saved notebook always carries the newest answers, also after its page was loaded again.
    "ContentsManager": {"pre_save_hook": "custlab.exercises.receipt_hook.refresh_receipts"},
    # A lesson exported as a page shows its questions, not their keys.
    "HTMLExporter": {"preprocessors": ["custlab.exercises.handout.Handout"]},
    # Links from feedback pages lead to a heading, which JupyterLab by itself does not go to.
    "LabApp": {"extra_labextensions_path": [str(LAB_EXTENSIONS)]},
}
# A newcomer should meet the course, not questions about news and updates.
QUIET_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "fetchNews": "false",
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 30},
}
# The instructor's tools of nbgrader, which would only puzzle a learner, or mislead one.
INSTRUCTOR_TOOLS = (
    "create-assignment", "formgrader", "course-list", "assignment-list", "menu",
    # Without the hidden tests it would call a blank exercise a success.
    "validate-assignment",
)  # fmt: skip


def open_course(port: int | None = None, browser: bool = True, instructor: bool = False) -> None:
    """Check the machine and run JupyterLab on the course's start page until it is stopped.

    Parameters
    ----------
    port : int, optional
        Where to serve; the first free port from 8888 if not given.
    browser : bool
        Whether to open a browser window.
    instructor : bool
        Whether to show nbgrader's tools for making and marking assignments.

    Raises
    ------
    CustLabError
        If the machine lacks something, or the port is taken.
    """
    from custlab.cli.check import run_checks, show

    results = run_checks()
    show(results)
    if any(need.needed and not need.ok for need in results):
        raise CustLabError(_("The course was not opened: mend the lines marked FAIL first."))
    root = course_root()
    port = free_port(port)
    token = secrets.token_urlsafe(16)
    address = f"http://localhost:{port}/lab/tree/{START_PAGE}?token={token}"
    browser = browser and _has_browser()
    print(_("\nOpening the course. Its address is:\n  {address}").format(address=address))
    if not browser:
        print(_("Open that address in a browser on this machine."))
    print(_("Leave this window open while you work; Ctrl-C here ends the course.\n"), flush=True)
    command = server_command(root, port, token, browser)
    environment = server_environment(root, instructor)
    status = _run_until_ended(command, root, environment)
    if status != 0:
        raise CustLabError(
            _("JupyterLab ended with status {status}; its own words are above.").format(
                status=status
            )
        )


def _run_until_ended(command: list[str], root: Path, environment: dict[str, str]) -> int:
    """Run JupyterLab; whatever ends this command ends it too."""
    asked = False
    with subprocess.Popen(command, cwd=root, env=environment) as server:

        def end(*_signal: object) -> None:
            nonlocal asked
            asked = True
            server.terminate()

        for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), end)
        status = 0
        try:
            status = server.wait()
        except KeyboardInterrupt:
            end()  # JupyterLab itself would ask first, and go on when nobody answers
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(SECONDS_TO_END)
            server.kill()
    return 0 if asked else status


def free_port(wanted: int | None) -> int:
    """Find a port to serve on.

    Parameters
    ----------
    wanted : int or None
        The port that was asked for, if any.

    Returns
    -------
    int
        That port, or the first free one from 8888.

    Raises
    ------
    CustLabError
        If the port asked for is taken, or none is free.

    Examples
    --------
    >>> free_port(None) >= 8888
    True
    """
    candidates = [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + 50)
    for port in candidates:
        if _is_free(port):
            return port
    if wanted:
        raise CustLabError(
            _(
                "Port {port} is taken, perhaps by a course that is already open. Leave --port "
                "out and a free one is found."
            ).format(port=wanted)
        )
    raise CustLabError(
        _("No free port from {first} on: close other Jupyter windows.").format(first=FIRST_PORT)
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("localhost", port))
        except OSError:
            return False
    return True


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def server_command(root: Path, port: int, token: str, browser: bool) -> list[str]:
    """Say how JupyterLab is called for the course.

    Parameters
    ----------
    root : Path
        The course's folder.
    port : int
        Where to serve.
    token : str
        What the address must carry.
    browser : bool
        Whether JupyterLab opens a browser.

    Returns
    -------
    list of str
        The command.

    Examples
    --------
    >>> "--no-browser" in server_command(Path("."), 8888, "x", browser=False)
    True
    """
    command = [sys.executable, "-m", "jupyterlab"]
    command += [f"--ServerApp.root_dir={root}", f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [f"--LabApp.default_url=/lab/tree/{START_PAGE}", "--Application.log_level=ERROR"]
    if _can_encrypt():
        # Otherwise every kernel start prints a warning that a newcomer cannot act on.
        command.append("--KernelManager.transport_encryption=auto")
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Containers and Binder run as root; Jupyter would refuse.
        command.append("--allow-root")
    return command


def _can_encrypt() -> bool:
    """Whether kernels can be talked to over encrypted sockets (jupyter_client 8.9 and newer)."""
    import zmq
    from jupyter_client.manager import KernelManager

    return zmq.has("curve") and KernelManager.class_traits().get("transport_encryption") is not None


def server_environment(root: Path, instructor: bool = False) -> dict[str, str]:
    """Give JupyterLab's environment: quiet settings, and the course's folder for every kernel.

    Parameters
    ----------
    root : Path
        The course's folder.
    instructor : bool
        Whether to show nbgrader's tools.

    Returns
    -------
    dict of str
        The environment variables.

    Examples
    --------
    >>> environment = server_environment(course_root())
    >>> "CUSTLAB_HOME" in environment
    True
    """
    folder = root / ".jupyter-state"
    write_settings(folder, instructor)
    paths = [str(folder), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {
        **os.environ,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path),
        "CUSTLAB_HOME": str(root),
    }


def write_settings(folder: Path, instructor: bool = False) -> list[Path]:
    """Write what JupyterLab needs for the course into a folder of Jupyter's configuration.

    Parameters
    ----------
    folder : Path
        The course's own, or ``/etc/jupyter`` where many work on one server. Settings that are
        there already and are not the course's are kept.
    instructor : bool
        Whether to show nbgrader's tools.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    CustLabError
        If a file that is there is no JSON.
    """
    hidden = {f"@jupyter/nbgrader:{tool}": not instructor for tool in INSTRUCTOR_TOOLS}
    (folder / "labconfig").mkdir(parents=True, exist_ok=True)
    return [
        write_atomic(folder / name, json.dumps(_joined(folder / name, content), indent=2) + "\n")
        for name, content in {
            "labconfig/default_setting_overrides.json": QUIET_SETTINGS,
            "labconfig/page_config.json": {"disabledExtensions": hidden},
            "jupyter_server_config.json": SERVER_SETTINGS,
        }.items()
    ]


def _joined(path: Path, settings: dict) -> dict:
    """Give the settings of a file with ours in their places."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return known | {name: known.get(name, {}) | part for name, part in settings.items()}
    except FileNotFoundError:
        return settings
    except (ValueError, AttributeError, TypeError) as error:
        text = _("{path} cannot be read as settings ({why}). Mend or remove it, then try again.")
        raise CustLabError(text.format(path=path, why=error)) from error
