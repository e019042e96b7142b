"""The grader's handle on examiners: start one per submission, put tests to it."""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import secrets
import socket

from custlab.grading import wire
from custlab.grading.limits import Limits
from custlab.grading.sandbox import INSIDE, Sandbox, View
from custlab.grading.server import ForkServer
from custlab.i18n import _


class Examination:
    """One examiner, which runs the hidden tests of one submission.

    All examiners of a grader share one sandbox: none of them ever runs learner code.

    Parameters
    ----------
    server : ForkServer
        Where examiners are forked from.
    sandbox : Sandbox or None
        The examiners' sandbox.
    limits : Limits
        What an examiner may use.
    files : dict of str to bytes
        The answers files and the files that come with the assignment.
    """

    def __init__(
        self,
        server: ForkServer,
        sandbox: Sandbox | None,
        limits: Limits,
        view: View,
        files: dict[str, bytes],
        folder: str = INSIDE,
    ):
        self._arguments = (server, sandbox, limits, view, files, folder)
        self._child, self._control = None, None
        self.trouble = ""

    def _start(self) -> None:
        server, sandbox, limits, view, files, folder = self._arguments
        self._control, theirs = socket.socketpair()
        try:
            self._child = server.spawn(
                "examiner",
                {},
                files,
                [theirs.fileno()],
                limits,
                view,
                folder=f"{folder}/{secrets.token_hex(8)}",
                sandbox=sandbox,
            )
        finally:
            theirs.close()

    async def prepare(self, task: dict, seconds: float) -> bytes:
        """Have a test made ready for all learners; empty if that fails."""
        answer = await self._put(task, b"", None, seconds)
        return answer[1][0] if answer and answer[1] else b""

    async def examine(
        self, task: dict, prepared: bytes, bridge: socket.socket | None, seconds: float
    ) -> dict:
        """Run one test.

        Parameters
        ----------
        task : dict
            ``imports`` and ``constants`` of the master.
        prepared : bytes
            What `prepare` gave for the test.
        bridge : socket.socket or None
            The way to the learner's kernel, if the test needs it and there is one.
        seconds : float
            How long it may take.

        Returns
        -------
        dict
            The examiner's report; ``failed`` says why there is none.
        """
        answer = await self._put(task, prepared, bridge, seconds)
        return answer[0] if answer else {"passed": False, "failed": self.trouble}

    async def _put(self, task: dict, prepared: bytes, bridge, seconds: float):
        """Send a task and wait for the answer; None if there is none."""
        if self._child is None:
            self._start()
        try:
            socket.send_fds(self._control, [b"!"], [bridge.fileno()] if bridge else [])
            wire.send(self._control, task, [prepared])
            answer = asyncio.to_thread(wire.receive, self._control)
            return await asyncio.wait_for(answer, seconds)
        except TimeoutError:
            self.trouble = _("the test took too long")
        except (wire.WireError, OSError) as error:
            self.trouble = _("the examiner ended unexpectedly ({error})").format(error=error)
        self.close()
        return None

    def close(self) -> None:
        """End the examiner; the next test gets a new one."""
        if self._control is not None:
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)
            self._control.close()
        if self._child is not None:
            self._child.end()
        self._child, self._control = None, None


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
