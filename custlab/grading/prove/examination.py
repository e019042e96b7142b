"""The grader's handle on examiners: one per submission, forked from a common ancestor."""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import json
import secrets
import socket
import threading
from dataclasses import replace

from custlab.exercises.attempt import Attempt
from custlab.grading.isolate.limits import Limits
from custlab.grading.isolate.sandbox import INSIDE, Sandbox, View
from custlab.grading.isolate.server import ForkServer
from custlab.grading.talk import wire
from custlab.i18n import _

ANCESTOR_SECONDS = 60
UNTOUCHED = Attempt()
AT_A_TIME = 64  # examiners for whose files there is room


class MachineTrouble(Exception):
    """Something of the machine is at fault, not the submission: it is not graded yet."""


class Examiners:
    """The ancestor of a grader's examiners, in a sandbox where no learner code ever runs.

    It holds every prepared test, so that none has to be sent for each learner, and forks an
    examiner for each submission.

    Parameters
    ----------
    server : ForkServer
        Where the ancestor is forked from.
    limits : Limits
        What each examiner may use.
    view : View
        What can be read.
    folder : str
        Where examiners have their folders; needed without a sandbox.
    """

    def __init__(self, server: ForkServer, limits: Limits, view: View, folder: str = INSIDE):
        self._server, self._limits, self._view, self._folder = server, limits, view, folder
        self._sandbox, self._child, self._control = None, None, None
        self._kept: dict[str, tuple[dict, bytes]] = {}
        self._lock = threading.Lock()  # several threads grade

    def keep(self, key: str, task: dict, prepared: bytes) -> None:
        """Keep a test for all examiners to come.

        Parameters
        ----------
        key : str
            What the test is asked for by.
        task : dict
            ``imports`` and ``constants`` of the master.
        prepared : bytes
            What an examiner has made of the test.
        """
        with self._lock:
            self._kept[key] = task, prepared
            if self._child is not None:
                self._hand_over(key)

    def fork(self, files: dict[str, bytes]) -> tuple[int, socket.socket]:
        """Fork an examiner; give its number and the connection to it.

        Parameters
        ----------
        files : dict of str to bytes
            What lies in its folder.

        Raises
        ------
        OSError, WireError
            If none can be had.
        """
        if sum(map(len, files.values())) > wire.MAX_TOTAL:
            raise OSError(_("the files that it needs are larger than allowed"))
        folder = f"{self._folder}/{secrets.token_hex(8)}"
        order = {"fork": {"folder": folder, "files": list(files)}}
        contents = list(files.values())
        control, theirs = socket.socketpair()
        with self._lock, theirs:
            try:
                answer = self._order(order, contents, theirs)
            except (wire.WireError, OSError):  # the ancestor is gone: from a new one, then
                self._close()
                answer = self._order(order, contents, theirs)
        if "pid" not in answer:
            control.close()
            raise OSError(answer["trouble"])
        return answer["pid"], control

    def end(self, pid: int) -> None:
        """End an examiner, whatever it is doing."""
        with self._lock, contextlib.suppress(wire.WireError, OSError):
            if self._child is not None:  # it takes a while, and nobody waits for it
                self._send({"end": pid})

    def _order(self, order: dict, buffers: list[bytes], passed_on=None) -> dict:
        if self._child is None:
            self._start()
        self._send(order, buffers, passed_on)
        return wire.receive(self._control)[0]

    def _send(self, order: dict, buffers: list[bytes] = (), passed_on=None) -> None:
        socket.send_fds(self._control, [b"!"], [passed_on.fileno()] if passed_on else [])
        wire.send(self._control, order, buffers)

    def _hand_over(self, key: str) -> None:
        task, prepared = self._kept[key]
        self._order({"keep": key, "task": task}, [prepared])

    def _start(self) -> None:
        if self._server.sandboxed and self._sandbox is None:
            # Each examiner's folder is emptied at its end; many may be at work at a time.
            room = replace(self._limits, folder_mb=AT_A_TIME * self._limits.folder_mb)
            self._sandbox = Sandbox(self._view, room)
        self._control, theirs = socket.socketpair()
        self._control.settimeout(ANCESTOR_SECONDS)
        with theirs:
            self._child = self._server.spawn(
                "examiner",
                {},
                {},
                [theirs.fileno()],
                self._limits,
                self._view,
                self._folder,
                self._sandbox,
            )
        for key in self._kept:
            self._hand_over(key)

    def _close(self) -> None:
        if self._child is not None:
            self._control.close()
            self._child.end()
        self._child, self._control = None, None

    def close(self) -> None:
        """End all examiners; the next one comes from a new ancestor in a new place."""
        with self._lock:
            self._close()
            if self._sandbox is not None:
                self._sandbox.close()
                self._sandbox = None


class Examination:
    """One examiner, which runs the hidden tests of one submission.

    Parameters
    ----------
    examiners : Examiners
        Where it is forked from.
    files : dict of str to bytes
        The answers files and the files that come with the assignment.
    """

    def __init__(self, examiners: Examiners, files: dict[str, bytes]):
        self._examiners, self._files = examiners, files
        self._pid, self._control, self._reader, self._writer = None, None, None, None
        self.trouble, self.machine = "", ""  # the machine's fault stands in both

    async def prepare(self, task: dict, seconds: float) -> bytes:
        """Have a test made ready for all learners; empty if that fails."""
        answer = await self._put(task, None, seconds)
        return answer[1][0] if answer and answer[1] else b""

    async def examine(
        self, key: str, bridge: socket.socket | None, seconds: float, attempt: Attempt = UNTOUCHED
    ) -> dict:
        """Run one test.

        Parameters
        ----------
        key : str
            The test, as the examiners' ancestor keeps it.
        bridge : socket.socket or None
            The way to the learner's kernel, if the test needs it and there is one.
        seconds : float
            How long it may take.
        attempt : Attempt, optional
            What became of the cells above it.

        Returns
        -------
        dict
            The examiner's report; ``failed`` says why there is none, and ``machine`` that this
            is no fault of the submission's.
        """
        task = {"key": key, "attempt": attempt._asdict()}
        answer = await self._put(task, bridge, seconds)
        if answer and "failed" in answer[0]:
            return answer[0]
        return {"passed": False, "failed": self.trouble, "machine": self.machine}

    async def _put(self, task: dict, bridge: socket.socket | None, seconds: float):
        """Send a task and wait for the answer; None if there is none."""
        try:
            if self._pid is None:
                await self._fork()
            socket.send_fds(self._control, [b"!"], [bridge.fileno()] if bridge else [])
            self._writer.write(wire.packed(json.dumps(task)))
            answer = await asyncio.wait_for(wire.read(self._reader, most=1), seconds)
            self.machine = answer[0].get("machine", "")
            self.trouble = self.machine
            return answer
        except MachineTrouble as error:
            self.trouble = self.machine = str(error)
        except TimeoutError:
            self.trouble = _("the test took too long")
        except (wire.WireError, OSError) as error:
            self.trouble = _("the examiner ended unexpectedly ({error})").format(error=error)
        self.close()
        return None

    async def _fork(self) -> None:
        try:
            self._pid, self._control = self._examiners.fork(self._files)
        except (wire.WireError, OSError) as error:
            text = _("no examiner could be started ({error})")
            raise MachineTrouble(text.format(error=error)) from error
        opened = await asyncio.open_unix_connection(sock=self._control)
        self._reader, self._writer = opened

    def close(self) -> None:
        """End the examiner; the next test gets a new one."""
        if self._control is not None:
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)
            if self._writer is not None:
                self._writer.transport.abort()  # whatever has not been sent
            self._control.close()
            self._examiners.end(self._pid)
        self._pid, self._control, self._reader, self._writer = None, None, None, None


def needs_learner(source: str, imports: dict[str, str]) -> bool:
    r"""Tell whether a test looks at anything of the learner's besides the saved answers.

    Examples
    --------
    >>> needs_learner("from custlab.exercises import mark\nmark('s', 'q', points=1)", {})
    False
    >>> needs_learner("assert total == 3", {})
    True
    """
    tree = ast.parse(source)
    bound = {"__name__", *imports}
    loaded = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    looks_around = loaded & {"globals", "locals", "vars", "eval", "exec"}
    return bool(looks_around or loaded - bound - set(dir(builtins)))
