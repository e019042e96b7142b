"""The kernel that ``custlab grade`` talks to: an IPython kernel without ZeroMQ's sockets.

Signing, dating and routing each message over five sockets, as notebooks in a browser need it,
costs more than most cells. Here one stream brings cells in, and one takes outputs and replies out.
The kernel itself, with all that learners' code may ask of it, is ipykernel's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import threading
import time
from types import SimpleNamespace

from ipykernel.jsonutil import json_clean
from jupyter_client.session import Session, json_default
from tornado.ioloop import IOLoop
from traitlets import Any

from custlab.grading.isolate.kernel_process import (
    NoSubshells,
    SubmissionKernel,
    SubmissionKernelApp,
)
from custlab.grading.prove.witness import serve
from custlab.grading.talk import wire
from custlab.grading.talk.plain_cells import is_plain, may_await

PASSED_ON = {
    "stream", "display_data", "execute_result", "error", "update_display_data", "clear_output",
}  # fmt: skip
FLUSH_SECONDS, FLUSH_SIZE = 0.2, 64 * 1024
MAX_TEXT = 2000


class StreamSession(Session):
    """Passes a kernel's messages on over one stream; what a notebook does not show stays here."""

    connection = Any()
    request = 0  # the number of the cell that is running

    def __init__(self, connection: socket.socket | None, **kwargs):
        super().__init__(connection=connection, **kwargs)
        self._lock = threading.Lock()  # learners' threads print, too

    def msg(self, msg_type, content=None, parent=None, header=None, metadata=None) -> dict:
        """Make a message, with as much of a header as code inside the kernel may look at."""
        header = header or {"msg_id": str(self.request), "msg_type": msg_type}
        parts = {"header": header, "msg_id": header["msg_id"], "msg_type": msg_type}
        parent_header = (parent or {}).get("header", parent or {})
        return parts | {
            "parent_header": parent_header,
            "content": {} if content is None else content,
            "metadata": metadata or {},
        }

    def send(self, stream, msg_or_type, content=None, parent=None, *args, **kwargs) -> dict:
        """Pass a message on to the grader, if it is one that a notebook shows."""
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(msg_or_type, content, parent)
        kind = message["header"]["msg_type"]
        if kind in PASSED_ON:
            self.tell(kind, message["content"])
        return message

    def tell(self, kind: str, content: dict) -> None:
        """Send one frame."""
        frame = {"kind": kind, "number": self.request, "content": content}
        try:
            text = json.dumps(frame, separators=(",", ":"))
        except (TypeError, ValueError):
            frame["content"] = json_clean(content)
            text = json.dumps(frame, separators=(",", ":"), default=json_default)
        with self._lock:
            self.connection.sendall(wire.packed(text))


class Output:
    """What ``print`` writes to: kept until there is enough of it, then sent."""

    encoding, errors, newlines, closed = "utf-8", "strict", None, False

    def __init__(self, name: str, session: StreamSession, descriptor: int):
        self.name, self._session, self._descriptor = name, session, descriptor
        self._parts: list[str] = []
        self._size, self._sent, self._lock = 0, time.monotonic(), threading.RLock()

    def write(self, text: str) -> int:
        """Take a text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        with self._lock:
            self._parts.append(text)
            self._size += len(text)
            due = time.monotonic() - self._sent > FLUSH_SECONDS
            if due or self._size > FLUSH_SIZE:
                self.flush()
        return len(text)

    def writelines(self, lines) -> None:
        """Take several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Send what has been written."""
        with self._lock:
            text, self._parts, self._size = "".join(self._parts), [], 0
            self._sent = time.monotonic()
            if text:
                self._session.tell("stream", {"name": self.name, "text": text})

    def fileno(self) -> int:
        """Give the descriptor that programs started from here write to."""
        return self._descriptor

    def isatty(self) -> bool:
        """Say that nobody sits at a terminal."""
        return False

    def readable(self) -> bool:
        """Say that nothing can be read."""
        return False

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def close(self) -> None:
        """Stay open: the next cell prints, too."""


class Descriptors:
    """What programs and C code write past ``print``: caught in a file, sent when the cell ends."""

    def __init__(self, output: Output):
        self._output = output
        self._file = os.memfd_create("output") if hasattr(os, "memfd_create") else None
        if self._file is not None:
            for number in (1, 2):
                os.dup2(self._file, number)

    def flush(self) -> None:
        """Send what has come together, and begin anew."""
        if self._file is None:
            return
        size = os.lseek(self._file, 0, os.SEEK_CUR)
        if size:
            text = os.pread(self._file, size, 0).decode(errors="replace")
            os.ftruncate(self._file, 0)
            os.lseek(self._file, 0, os.SEEK_SET)
            self._output.write(text)


def prepare() -> None:
    """Build the kernel before forking; each child says where its messages go."""
    app = SubmissionKernelApp.instance()
    app.kernel = SubmissionKernel.instance(
        parent=app,
        session=StreamSession(None, packer="json"),
        iopub_socket=SimpleNamespace(),
        profile_dir=app.profile_dir,
        user_ns=app.user_ns,
        shell_channel_thread=NoSubshells(),
        log=app.log,
    )
    app.kernel.shell.kernel = app.kernel
    app.init_shell()


class CellKernel:
    """Runs cells, and answers the examiner, as the grader asks for it."""

    def __init__(self, connection: socket.socket, examiner: socket.socket):
        self.kernel = SubmissionKernel.instance()
        self.session = self.kernel.session
        self.session.connection = connection
        sys.stdout = Output("stdout", self.session, 1)
        sys.stderr = Output("stderr", self.session, 2)
        self.outputs = sys.stdout, sys.stderr  # a learner's code may put others into their place
        self.descriptors = Descriptors(sys.stdout)
        self.kernel.io_loop = IOLoop.current()  # a cell that awaits is interrupted through it
        self.kernel._forward_input(allow_stdin=False)  # input() says that nobody can answer
        self._examiner = examiner

    async def run(self, request: dict) -> dict:
        """Do what one request asks for; give the reply."""
        self.session.request = request["number"]
        self.kernel.set_parent([], {"header": {"msg_id": str(request["number"])}})
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            if "source" not in request:
                serve(self._examiner, self.kernel.shell.user_ns)
                return {"status": "ok"}
            reply = await self._execute(request["source"])
            told = {"ename": reply.get("ename"), "evalue": str(reply.get("evalue"))[:MAX_TEXT]}
            os.close(os.open(os.devnull, os.O_RDONLY))  # says so if no file can be opened
            return {"status": reply["status"]} | told
        except (Exception, KeyboardInterrupt, asyncio.CancelledError) as error:
            told = {"ename": type(error).__name__, "evalue": str(error)[:MAX_TEXT]}
            return {"status": "error"} | told
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._flush()

    async def _execute(self, source: str) -> dict:
        """Run a cell; give ``status`` and, of an error, ``ename`` and ``evalue``."""
        if may_await(source) or not is_plain(source):
            return await self.kernel.do_execute(
                source, silent=False, store_history=True, allow_stdin=False
            )
        # What it comes down to, without asking anew for each cell what kind of shell this is.
        shell = self.kernel.shell
        found = shell.run_cell(source, store_history=True)
        if found.success and not getattr(shell, "_last_traceback_during_displayhook", False):
            return {"status": "ok"}
        error = found.error_before_exec or found.error_in_exec
        return {"status": "error", "ename": type(error).__name__, "evalue": str(error)}

    def _flush(self) -> None:
        with contextlib.suppress(Exception):
            self.descriptors.flush()
        for output in self.outputs:
            output.flush()

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Take requests until the grader hangs up."""
        self.session.tell("ready", {})
        while True:
            try:
                request, _buffers = await wire.read(reader)
            except wire.WireError:
                return
            reply = await self.run(request)
            self.session.tell("reply", reply)


async def _main(examiner, requests, outputs) -> None:
    # With a handler of its own for any signal, the loop wakes up at every signal, so that one can
    # interrupt a cell that awaits.
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, lambda: None)
    reader, _writer = await asyncio.open_unix_connection(sock=requests)
    await CellKernel(outputs, examiner).serve(reader)


def run(_request: dict, descriptors: list[int]) -> None:
    """Be the kernel of one submission until the sandbox is closed."""
    sockets = [socket.socket(fileno=number) for number in descriptors]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(_main(*sockets))
