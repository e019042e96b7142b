"""A learner's kernel as the grader uses it: cells run one after the other, whatever they do.

Messages from a kernel are a learner's words: a missing field, a forged reply or a flood of them
must not stop the grader, and nothing that is read here is ever taken for a mark.
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field

import zmq.asyncio

from custlab.grading.kernels import WarmKernelManager
from custlab.grading.limits import Limits
from custlab.grading.sandbox import View
from custlab.grading.server import ForkServer
from custlab.i18n import _

SERVE = "custlab_serve_request"
READY_SECONDS = 30
GRACE_SECONDS = 3.0
LOOK_SECONDS = 0.2  # how often the size of the whole submission is looked at
STRAGGLERS_SECONDS = 2.0  # for output that is still on its way when the cell has ended
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
    """

    status: str = "ok"
    outputs: list = field(default_factory=list)
    seconds: float = 0.0

    @property
    def lost_kernel(self) -> bool:
        """Whether the kernel is gone, or of no more use."""
        return self.status not in ("ok", "error")


class Collector:
    """Gathers a cell's outputs, up to the size allowed."""

    def __init__(self, displays: dict[str, list], limit: int):
        self.outputs: list[dict] = []
        self.displays, self.limit, self.size = displays, limit, 0
        self._clear_next = False

    def add(self, message: dict) -> None:
        """Take one message of the output channel."""
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "clear_output":
            self._clear_next = True
            if not content.get("wait"):
                self._clear()
        elif kind == "update_display_data":
            self._update(content)
        elif kind in OUTPUTS:
            self._append(message, content)

    def _clear(self) -> None:
        self.outputs.clear()
        self._clear_next = False

    def _update(self, content: dict) -> None:
        self.size += len(str(content["data"]))
        if self.size <= self.limit:
            for output in self.displays.get(content["transient"]["display_id"], []):
                output["data"] = dict(content["data"])

    def _append(self, message: dict, content: dict) -> None:
        size = len(content["text"]) if "text" in content else len(str(content))
        too_much = self.size + size > self.limit
        if too_much and self.size <= self.limit:
            text = _("[The rest of the output is left out: more than {n} KB.]\n")
            text = text.format(n=self.limit // 1024)
            self.outputs.append({"output_type": "stream", "name": "stdout", "text": text})
        self.size += size
        if too_much:
            return
        if self._clear_next:
            self._clear()
        output = _as_output(message["header"]["msg_type"], content)
        last = self.outputs[-1] if self.outputs else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
            return
        self.outputs.append(output)
        display = (content.get("transient") or {}).get("display_id")
        if isinstance(display, str):
            self.displays.setdefault(display, []).append(output)


def _reached_limit(reply: dict) -> bool:
    """Tell whether a cell ended because a limit was reached: what it holds would hinder others."""
    told = str(reply.get("evalue"))
    return reply.get("ename") == "MemoryError" or any(text in told for text in EXHAUSTED)


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
    """

    def __init__(self, server: ForkServer, limits: Limits, view: View, files: dict[str, bytes]):
        self.limits = limits
        self.manager = WarmKernelManager(
            kernel_name="python3", server=server, limits=limits, view=view, files=files
        )
        self.client = None
        self._displays: dict[str, list] = {}
        self._exhausted = False

    async def start(self) -> None:
        """Fork the kernel and wait until it is ready."""
        await self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels(stdin=False, control=False)
        await self.client.wait_for_ready(timeout=READY_SECONDS)

    @property
    def child(self):
        """The kernel's process, as the fork server knows it."""
        return self.manager.provisioner.child

    @property
    def bridge(self):
        """The examiner's end of the way into the kernel."""
        return self.manager.provisioner.bridge

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
        collector = Collector(self._displays, self.limits.output_kb * 1024)
        began = time.monotonic()
        asked = self.client.execute(source, allow_stdin=False, stop_on_error=False)
        status = await self._follow(asked, self.limits.cell_seconds, collector)
        if status == "error" and self._exhausted:
            status = "exhausted"
        return Outcome(status, collector.outputs, time.monotonic() - began)

    async def testify(self, seconds: float) -> str:
        """Let the kernel answer the examiner's questions until it says that it is done.

        Returns
        -------
        str
            As the status of an `Outcome`.
        """
        message = self.client.session.msg(SERVE, {})
        self.client.shell_channel.send(message)
        return await self._follow(message["header"]["msg_id"], seconds, None)

    async def _follow(self, asked: str, seconds: float, collector: Collector | None) -> str:
        """Read messages until the request is answered and the kernel is idle again."""
        shell, iopub = self.client.shell_channel, self.client.iopub_channel
        poller = zmq.asyncio.Poller()
        for channel in (shell, iopub):
            poller.register(channel.socket, zmq.POLLIN)
        status, ended, waiting, unreadable = "ok", "", {"reply", "idle"}, 0
        deadline = time.monotonic() + seconds
        look = time.monotonic() + LOOK_SECONDS
        while waiting:
            left = deadline - time.monotonic()
            if left <= 0 and "reply" not in waiting:
                return ended or status  # its output was too large to arrive
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
            ready = dict(await poller.poll(min(left, 0.1) * 1000))
            if not ready and self.child.poll() is not None:
                return "died"
            for channel in (iopub, shell):
                if channel.socket in ready:
                    try:
                        message = await channel.get_msg(timeout=0)
                        heard = self._hear(message, asked, collector)
                    except Exception:
                        heard, unreadable = "", unreadable + 1
                    if heard == "error":
                        status = "error"
                    if heard in ("reply", "error"):
                        waiting.discard("reply")
                        deadline = min(deadline, time.monotonic() + STRAGGLERS_SECONDS)
                    waiting.discard(heard)
            flooded = collector and collector.size > FLOOD * collector.limit
            if not ended and (flooded or unreadable > MAX_UNREADABLE):
                ended, deadline = "flood", time.monotonic() + GRACE_SECONDS
                self.child.signal(signal.SIGINT)
        return ended or status

    def _hear(self, message: dict, asked: str, collector: Collector | None) -> str:
        """Take one message; say whether it was the reply (``reply``, ``error``) or ``idle``."""
        if message["parent_header"].get("msg_id") != asked:
            return ""
        kind, content = message["header"]["msg_type"], message["content"]
        if kind.endswith("_reply"):
            self._exhausted = _reached_limit(content)
            return "error" if content["status"] == "error" else "reply"
        if kind == "status":
            return "idle" if content["execution_state"] == "idle" else ""
        if collector is not None:
            collector.add(message)
        return ""

    async def close(self) -> None:
        """End the kernel and everything it started."""
        if self.client is not None:
            self.client.stop_channels()
        if self.manager.has_kernel:
            await self.manager.shutdown_kernel(now=True)
