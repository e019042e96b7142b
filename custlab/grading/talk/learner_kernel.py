"""A learner's kernel as the grader uses it: cells run one after the other, whatever they do.

Messages from a kernel are a learner's words: a missing field, a forged reply or a flood of them
must not stop the grader, and nothing that is read here is ever taken for a mark.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import tempfile
import time
from dataclasses import dataclass, field

from custlab.grading.isolate.limits import MB, Limits
from custlab.grading.isolate.linux import processor_seconds
from custlab.grading.isolate.sandbox import INSIDE, View
from custlab.grading.isolate.server import ForkServer
from custlab.grading.talk import wire
from custlab.i18n import _

READY_SECONDS = 30
GRACE_SECONDS = 3.0
LOOK_SECONDS = 0.2  # how often the size of the whole submission is looked at
MAX_HEARD = 256 * MB  # of all that one kernel may send
LEAST_FRAME = 2048  # bytes that a message counts, however small it is: reading it costs as much
LEAST_OUTPUT = 100  # bytes that an output counts, however little is in it
MAX_KEPT = 16 * MB  # of the outputs of all cells of a notebook
WAITING = 2  # messages read ahead
FLOOD = 8  # so many times the output allowed ends the cell
MAX_UNREADABLE = 50
EXHAUSTED = ("can't start new thread", "Too many open files", "Resource temporarily unavailable")
OUTPUTS = ("stream", "execute_result", "display_data", "error")


@dataclass
class Outcome:
    """What became of one cell.

    Attributes
    ----------
    status : str
        ``ok``, ``error`` (its code raised), ``timeout`` (was interrupted), ``flood`` (put out too
        much), ``exhausted`` (reached a limit of memory, threads or files), ``hung`` (could not be
        interrupted) or ``died``. After all but the first two a new kernel is needed.
    outputs : list
        In notebook form.
    seconds : float
        How long it took.
    computed : float
        Time of the processor that it had (s).
    """

    status: str = "ok"
    outputs: list = field(default_factory=list)
    seconds: float = 0.0
    computed: float = 0.0

    @property
    def lost_kernel(self) -> bool:
        """Whether the kernel is gone, or of no more use."""
        return self.status not in ("ok", "error")


@dataclass
class Budget:
    """What the outputs of all cells of a notebook may still take up (bytes)."""

    left: int = MAX_KEPT


class Collector:
    """Gathers a cell's outputs, up to the size allowed."""

    def __init__(self, displays: dict[str, list], limit: int, budget: Budget | None = None):
        self.outputs: list[dict] = []
        self.displays, self.size = displays, 0
        self._budget = budget or Budget()
        self.flood = FLOOD * limit
        self.limit = min(limit, max(0, self._budget.left))
        self._clear_next = False

    def close(self) -> None:
        """Take what was kept out of the budget."""
        self._budget.left -= sum(LEAST_OUTPUT + len(str(output)) for output in self.outputs)

    def add(self, kind: str, content: dict) -> None:
        """Take one message of the kernel's."""
        if kind == "clear_output":
            self._clear_next = True
            if not content.get("wait"):
                self._clear()
        elif kind == "update_display_data":
            self._update(content)
        elif kind in OUTPUTS:
            self._append(kind, content)

    def _clear(self) -> None:
        self.outputs.clear()
        self._clear_next = False

    def _update(self, content: dict) -> None:
        self.size += LEAST_OUTPUT + len(str(content["data"]))
        if self.size <= self.limit:
            for output in self.displays.get(content["transient"]["display_id"], []):
                output["data"] = dict(content["data"])

    def _append(self, kind: str, content: dict) -> None:
        output = _as_output(kind, content)
        last = self.outputs[-1] if self.outputs else {}
        goes_on = kind == "stream" and last.get("name") == output["name"]
        size = len(output["text"]) if goes_on else LEAST_OUTPUT + len(str(output))
        if self.leave_out(size):
            return
        if self._clear_next:
            self._clear()
            goes_on = False
        if goes_on:
            last["text"] += output["text"]
            return
        self.outputs.append(output)
        display = (content.get("transient") or {}).get("display_id")
        if isinstance(display, str):
            self.displays.setdefault(display, []).append(output)

    def leave_out(self, size: int) -> bool:
        """Count an output of a size; tell whether it is too much, and say so in its place once."""
        too_much = self.size + size > self.limit
        if too_much and self.size <= self.limit:
            text = _("[The rest of the output is left out: more than {n} KB.]\n")
            text = text.format(n=self.limit // 1024)
            self.outputs.append({"output_type": "stream", "name": "stdout", "text": text})
        self.size += size
        return too_much


def _status(reply: dict) -> str:
    """Read the status off a reply; a cell that reached a limit still holds what it took."""
    if reply["status"] != "error":
        return "ok"
    told = str(reply.get("evalue"))
    spent = reply.get("ename") == "MemoryError" or any(text in told for text in EXHAUSTED)
    return "exhausted" if spent else "error"


def _as_output(kind: str, content: dict) -> dict:
    """Turn a message's content into an output of a notebook, in plain dictionaries."""
    names = {
        "stream": ("name", "text"),
        "error": ("ename", "evalue", "traceback"),
        "display_data": ("data", "metadata"),
        "execute_result": ("data", "metadata", "execution_count"),
    }[kind]
    return {"output_type": kind} | {name: content[name] for name in names}


class LearnerKernel:
    """One fresh kernel of one submission.

    Parameters
    ----------
    server : ForkServer
        Where it is forked from.
    limits : Limits
        What it may use.
    view : View
        What it can read.
    files : dict of str to bytes
        What lies in its folder.
    budget : Budget, optional
        For the outputs of all cells.
    """

    def __init__(
        self,
        server: ForkServer,
        limits: Limits,
        view: View,
        files: dict[str, bytes],
        budget: Budget | None = None,
    ):
        self.limits, self._budget = limits, budget or Budget()
        self._server, self._view, self._files = server, view, files
        self._folder = None
        self.child = None
        self.bridge: socket.socket | None = None  # the examiner's end of the way into the kernel
        self._writers: list[asyncio.StreamWriter] = []
        self._reading: asyncio.Task | None = None
        self._messages: asyncio.Queue[dict] = asyncio.Queue(WAITING)
        self._news = asyncio.Event()  # a message, or that there will be none any more
        self._requests = 0
        self._displays: dict[str, list] = {}

    async def start(self) -> None:
        """Fork the kernel and wait until it is ready."""
        self.bridge, examined = socket.socketpair()
        requests, asked = socket.socketpair()
        outputs, told = socket.socketpair()
        theirs = (examined, asked, told)
        folder = INSIDE
        if not self._server.sandboxed:
            self._folder = tempfile.TemporaryDirectory(
                prefix="custlab-", ignore_cleanup_errors=True
            )
            folder = f"{self._folder.name}/submission"
        try:
            descriptors = [end.fileno() for end in theirs]
            self.child = self._server.spawn(
                "cells", {}, self._files, descriptors, self.limits, self._view, folder
            )
        finally:
            for end in theirs:
                end.close()
            opened = [await asyncio.open_unix_connection(sock=end) for end in (requests, outputs)]
            self._writers = [writer for _reader, writer in opened]
            self._reading = asyncio.create_task(self._read(opened[1][0]))
        message = await self._message(READY_SECONDS)
        if not message or message.get("kind") != "ready":
            raise RuntimeError("The kernel was not ready in time.")

    async def run(self, source: str) -> Outcome:
        """Run one cell.

        Parameters
        ----------
        source : str
            Its code.

        Returns
        -------
        Outcome
            Always; never an exception, whatever the cell does.
        """
        collector = Collector(self._displays, self.limits.output_kb * 1024, self._budget)
        began, computed = time.monotonic(), processor_seconds(self.child.pid)
        status = await self._ask({"source": source}, self.limits.cell_seconds, collector)
        collector.close()
        computed = max(0.0, processor_seconds(self.child.pid) - computed)
        return Outcome(status, collector.outputs, time.monotonic() - began, computed)

    async def testify(self, seconds: float) -> str:
        """Let the kernel answer the examiner's questions until it says that it is done.

        Returns
        -------
        str
            As the status of an `Outcome`.
        """
        return await self._ask({}, seconds, None)

    async def _ask(self, request: dict, seconds: float, collector: Collector | None) -> str:
        """Send a request and read messages until it is answered."""
        self._requests += 1
        text = json.dumps(request | {"number": self._requests})
        self._writers[0].write(wire.packed(text))
        ended, deadline = "", time.monotonic() + seconds
        look, unreadable = time.monotonic() + LOOK_SECONDS, 0
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                if ended:
                    return "hung"
                ended, deadline = "timeout", time.monotonic() + GRACE_SECONDS
                self.child.signal(signal.SIGINT)
                continue
            if time.monotonic() > look:
                look = time.monotonic() + LOOK_SECONDS
                if self.child.too_large(self.limits):
                    return "exhausted"
            try:
                message = await self._message(min(left, 0.1))
                answer = self._hear(message, collector) if message else ""
            except wire.WireError as error:
                return "flood" if "larger" in str(error) else "died"
            except Exception:  # a learner's code may send what it likes
                answer, unreadable = "", unreadable + 1
            if answer:
                return ended or answer
            flooded = collector and collector.size > collector.flood
            if not ended and (flooded or unreadable > MAX_UNREADABLE):
                ended, deadline = "flood", time.monotonic() + GRACE_SECONDS
                self.child.signal(signal.SIGINT)

    async def _read(self, outputs: asyncio.StreamReader) -> None:
        """Take in what the kernel sends; it has to wait when nobody listens.

        A message too large to be kept is not looked into: only its size is passed on.
        """
        heard, largest = 0, 2 * self.limits.output_kb * 1024
        try:
            while True:
                message, size = await wire.read_or_skip(outputs, largest, MAX_HEARD)
                heard += max(size, LEAST_FRAME)
                if heard > MAX_HEARD:
                    raise wire.WireError(wire.TOO_LARGE)
                await self._messages.put({"skipped": size} if message is None else message)
                self._news.set()
        except (RecursionError, MemoryError) as error:
            raise wire.WireError("The message cannot be read.") from error
        finally:
            self._news.set()

    async def _message(self, seconds: float) -> dict | None:
        """Give the next message, or None if there is none in time.

        Raises
        ------
        WireError
            If there will be none any more.
        """
        if self._messages.empty() and not self._reading.done():
            self._news.clear()
            alarm = asyncio.get_running_loop().call_later(seconds, self._news.set)
            await self._news.wait()
            alarm.cancel()
        if not self._messages.empty():
            return self._messages.get_nowait()
        if self._reading.done():
            self._reading.result()
        if self.child.poll() is not None:
            raise wire.WireError("The kernel has ended.")
        return None

    def _hear(self, message: dict, collector: Collector | None) -> str:
        """Take one message; give the status if it is the reply."""
        if "skipped" in message and collector is not None:
            collector.leave_out(int(message["skipped"]))
            return ""
        if message["number"] != self._requests:
            return ""  # a thread of an earlier cell's
        if message["kind"] == "reply":
            return _status(message["content"])
        if collector is not None:
            collector.add(message["kind"], message["content"])
        return ""

    async def close(self) -> None:
        """End the kernel and everything it started."""
        if self.child is not None:
            self.child.end()
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, wire.WireError):
                await self._reading
        for end in (self.bridge, *self._writers):
            if end is not None:
                end.close()
        if self._folder is not None:
            self._folder.cleanup()
