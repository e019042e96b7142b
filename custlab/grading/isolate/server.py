"""The grader's handle on the fork server: start it, ask it for children, stop it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import custlab
from custlab.errors import CustLabError
from custlab.grading.isolate import linux
from custlab.grading.isolate.limits import MB, Limits
from custlab.grading.isolate.sandbox import INSIDE, Sandbox, View
from custlab.grading.talk import wire
from custlab.i18n import _

# What every notebook of the course needs; `custlab grade` adds what the masters import.
MODULES = (
    "numpy",
    "pandas",
    "custlab.exercises:Sheet",
    "custlab.exercises:mark",
    "custlab.exercises:check",
    "custlab.exercises:code",
    "filelock",
)
# What is worth importing beforehand as soon as one learner's notebook names the package.
OFTEN_USED = {
    "matplotlib": ("matplotlib.pyplot", "matplotlib_inline.backend_inline"),
    "seaborn": ("matplotlib.pyplot", "matplotlib_inline.backend_inline", "seaborn"),
    "scipy": ("scipy.stats",),
    "sklearn": (
        "sklearn.cluster",
        "sklearn.metrics",
        "sklearn.pipeline",
        "sklearn.preprocessing",
    ),
    "ipywidgets": ("ipywidgets",),
}
CROWD = 16  # processes; more than that wait for everybody else's
PASSED_ON = ("LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT", "CUSTLAB_LANG")
ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
)


def often_used(notebooks: Iterable[bytes] | None = None) -> list[str]:
    """Choose which packages to import beforehand.

    Only names that stand in `OFTEN_USED` are ever chosen: no learner decides what is imported.

    Parameters
    ----------
    notebooks : iterable of bytes, optional
        What was handed in; without it everything is chosen.

    Returns
    -------
    list of str
        Modules.

    Examples
    --------
    >>> often_used([b"import seaborn as sns", b"import os"])
    ['matplotlib.pyplot', 'matplotlib_inline.backend_inline', 'seaborn']
    """
    open_names = set(OFTEN_USED) if notebooks is not None else set()
    for content in notebooks or ():
        open_names -= {name for name in open_names if name.encode() in content}
        if not open_names:
            break
    chosen = [modules for name, modules in OFTEN_USED.items() if name not in open_names]
    return list(dict.fromkeys(chain.from_iterable(chosen)))


class Child:
    """A process forked for one submission.

    Parameters
    ----------
    connection : socket.socket
        The way to its keeper; closing it ends the child.
    sandbox : Sandbox or None
        What it runs in, if that is its alone.
    """

    def __init__(self, connection: socket.socket, sandbox: Sandbox | None):
        self.connection, self.sandbox = connection, sandbox
        self.exit_code: int | None = None
        try:
            message, _buffers = wire.receive(connection)
            self.pid = message["pid"]
            self.size_at_start = linux.private_memory(self.pid)
        except wire.WireError as error:
            self.end()
            raise CustLabError(
                _("The fork server could not start a kernel: {error}").format(error=error)
            ) from error

    def poll(self) -> int | None:
        """Give the exit code if the child has ended, None while it lives."""
        if self.exit_code is None and select.select([self.connection], [], [], 0)[0]:
            try:
                message, _buffers = wire.receive(self.connection)
                self.exit_code = int(message["exit"])
            except wire.WireError:
                self.exit_code = -signal.SIGKILL
        return self.exit_code

    def too_large(self, limits: Limits) -> bool:
        """Tell whether all its processes together exceed the limits, which hold for each alone."""
        roots = [self.pid] + ([self.sandbox.pid] if self.sandbox else [])
        processes = linux.descendants(roots)
        if len(processes) > CROWD:
            linux.put_last(processes)
        return (
            len(processes) > limits.processes
            or sum(map(linux.private_memory, processes))
            > limits.memory_mb * MB + self.size_at_start
        )

    def signal(self, number: int) -> None:
        """Send the child a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, number)

    def end(self) -> None:
        """End the child and everything that it started."""
        if self.sandbox is not None:
            self.sandbox.close()
        self.connection.close()
        if self.exit_code is None:
            self.exit_code = -signal.SIGKILL


class ForkServer:
    """A running fork server.

    Parameters
    ----------
    modules : list of str, optional
        What to import beforehand, besides what every notebook needs. Without it the server
        imports the latter and then waits for `complete`.
    sandboxed : bool
        Whether children run in bubblewrap; if not, that was somebody's explicit choice.
    course : Path, optional
        The course's folder, for the case data.
    """

    def __init__(self, modules=None, sandboxed=True, course: Path | None = None):
        self.sandboxed, self.course = sandboxed, course
        self._modules: list[str] = []
        self._start()
        if modules is not None:
            self.complete(modules)

    def complete(self, modules: Iterable[str]) -> None:
        """Say what else to import; from then on the server forks children."""
        self._modules = list(dict.fromkeys(modules))
        with contextlib.suppress(BrokenPipeError):  # why it has ended is told at the first fork
            self._process.stdin.write(json.dumps(self._modules).encode() + b"\n")
            self._process.stdin.flush()

    def _start(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="custlab-", ignore_cleanup_errors=True)
        self.address = Path(self._folder.name) / "server"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.address))
            listener.listen(64)
            command = [
                sys.executable,
                "-m",
                "custlab.grading.isolate.forkserver",
                str(listener.fileno()),
            ]
            self._process = subprocess.Popen(
                [*command, *MODULES],
                pass_fds=[listener.fileno()],
                stdin=subprocess.PIPE,  # first names modules; closed, it tells the server to end
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd=self._folder.name,
                env=self._environment(),
                start_new_session=True,  # Ctrl-C is for the grader, not for its kernels
            )

        # Also when nobody comes to stop it, because what was to be graded is not there.
        self._stopped = weakref.finalize(self, _stop, self._process, self._folder)

    def _environment(self) -> dict[str, str]:
        """Give a bare environment: nothing of the instructor's, one thread per process."""
        inside = INSIDE if self.sandboxed else self._folder.name
        temporary = "/tmp" if self.sandboxed else self._folder.name
        return (
            {name: os.environ[name] for name in PASSED_ON if name in os.environ}
            | dict.fromkeys(ONE_THREAD, "1")
            | {
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
                "HOME": inside,
                "TMPDIR": temporary,
                "IPYTHONDIR": f"{self._folder.name}/ipython",
                "MPLCONFIGDIR": f"{self._folder.name}/matplotlib",
                "JUPYTER_PLATFORM_DIRS": "1",
                "PYTHONPATH": str(Path(custlab.__file__).parent.parent),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONHASHSEED": "0",
                "JE_ARROW_MALLOC_CONF": "background_thread:false",
                "MALLOC_ARENA_MAX": "2",
                # Freed memory stays for the next table: a page taken anew is a page to be cleared.
                "MALLOC_MMAP_THRESHOLD_": str(64 * MB),
                "MALLOC_TRIM_THRESHOLD_": str(256 * MB),
                "ARROW_DEFAULT_MEMORY_POOL": "system",
                "NBGRADER_EXECUTION": "autograde",
            }
            | ({"CUSTLAB_HOME": str(self.course)} if self.course else {})
        )

    def spawn(
        self,
        role: str,
        request: dict,
        files: dict[str, bytes],
        descriptors: list[int],
        limits: Limits,
        view: View,
        folder: str = INSIDE,
        sandbox: Sandbox | None = None,
    ) -> Child:
        """Fork one child.

        Parameters
        ----------
        role : {"cells", "kernel", "examiner"}
            What it becomes; ``kernel`` is one that speaks over ZeroMQ.
        request : dict
            What the role needs to know.
        files : dict of str to bytes
            Files to put into its folder, by relative path.
        descriptors : list of int
            Sockets that it takes over.
        limits : Limits
            What it may use.
        view : View
            What it can see.
        folder : str
            Its folder.
        sandbox : Sandbox, optional
            A sandbox to share; by default it gets its own.

        Returns
        -------
        Child
            The running child.
        """
        own = Sandbox(view, limits) if self.sandboxed and sandbox is None else None
        used = sandbox or own
        message = request | {
            "role": role,
            "sandboxed": self.sandboxed,
            "folder": folder,
            "files": list(files),
            "limits": limits.as_dict(),
        }
        passed_on = ([used.pidfd] if used else []) + descriptors
        try:
            connection = self._connect()
            socket.send_fds(connection, [b"!"], passed_on)
            wire.send(connection, message, list(files.values()))
        except OSError as error:
            if own:
                own.close()
            raise CustLabError(self._why_dead(error)) from error
        return Child(connection, own)

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self.address))
        return connection

    def _why_dead(self, error: OSError) -> str:
        told = ""
        if self._process is not None and self._process.poll() is not None:
            # Its children hold the other end, so there is no end to wait for.
            os.set_blocking(self._process.stderr.fileno(), False)
            told = (self._process.stderr.read() or b"").decode(errors="replace").strip()[-800:]
        return _("The fork server does not answer ({error}). {told}").format(error=error, told=told)

    def revive(self) -> None:
        """Start the server again if it has ended: a machine short of memory ends what it likes."""
        if self._process is not None and self._process.poll() is not None:
            self._stopped()
            self._start()
            self.complete(self._modules)

    def stop(self) -> None:
        """Stop the server; once is enough."""
        if self._process is not None:
            self._stopped()
            self._process = None


def _stop(process: subprocess.Popen, folder: tempfile.TemporaryDirectory) -> None:
    process.kill()
    process.wait()
    process.stderr.close()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    folder.cleanup()
