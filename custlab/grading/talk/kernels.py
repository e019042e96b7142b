"""Warm kernels for anything that speaks to kernels through jupyter_client.

One line in ``nbgrader_config.py`` gives them to the stock ``nbgrader autograde`` and to the
button in formgrader::

    c.Execute.kernel_manager_class = "custlab.grading.talk.kernels.WarmKernelManager"
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import shutil
import socket
import tempfile
import time
from functools import lru_cache
from pathlib import Path

import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Any, Enum, Instance, List, Unicode, default

from custlab.errors import CustLabError
from custlab.grading.isolate.limits import MB, Limits
from custlab.grading.isolate.sandbox import INSIDE, View, bubblewrap_missing, python_folders
from custlab.grading.isolate.server import ForkServer, often_used

CHANNELS = ("shell", "iopub", "stdin", "control")
MAX_MESSAGE = 32 * MB  # a larger message from a kernel ends its connection
WAITING_MESSAGES = 200
_shared: dict[tuple, ForkServer] = {}


def shared_server(sandboxed: bool, modules=(), course: Path | None = None) -> ForkServer:
    """Give this process's fork server, started at the first call."""
    key = (sandboxed, tuple(modules), course)
    if key not in _shared:
        if sandboxed and (missing := bubblewrap_missing()):
            raise CustLabError(missing)
        _shared[key] = ForkServer([*often_used(), *modules], sandboxed, course)
        atexit.register(_shared[key].stop)
    return _shared[key]


@lru_cache(maxsize=1)
def _context() -> zmq.asyncio.Context:
    """Give this process's messaging context, in which no kernel can send without bounds."""
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE)
    context.setsockopt(zmq.RCVHWM, WAITING_MESSAGES)
    return context


class WarmClient(AsyncKernelClient):
    """A client that knows when a kernel is ready instead of waiting a while.

    jupyter_client's own waits 0.2 s for silence on the output channel after every start. Here
    the kernel's welcome on that channel says that nothing will be missed from now on.
    """

    @default("context")
    def _bounded_context(self):
        return _context()

    def start_channels(self, shell=True, iopub=True, stdin=True, hb=True, control=True):
        """Open the channels; there is no heartbeat, the provisioner knows whether it lives."""
        super().start_channels(shell=shell, iopub=iopub, stdin=stdin, hb=False, control=control)

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        deadline = time.monotonic() + (timeout or 60)
        await self._await(self.iopub_channel, lambda m: m["msg_type"] == "iopub_welcome", deadline)
        asked = self.kernel_info()
        mine = lambda m: m["parent_header"].get("msg_id") == asked  # noqa: E731
        self._handle_kernel_info_reply(await self._await(self.shell_channel, mine, deadline))
        await self._await(
            self.iopub_channel,
            lambda m: mine(m) and m["content"].get("execution_state") == "idle",
            deadline,
        )

    wait_for_ready = _async_wait_for_ready

    async def _await(self, channel, wanted, deadline: float) -> dict:
        """Read a channel until the wanted message comes."""
        while time.monotonic() < deadline:
            if await channel.socket.poll(200):
                message = await channel.get_msg(timeout=1)
                if wanted(message):
                    return message
            elif not await self._async_is_alive():
                raise RuntimeError("Kernel died before it was ready")
        raise RuntimeError("Kernel was not ready in time")


class WarmProvisioner(KernelProvisionerBase):
    """Provides kernels by forking them from the fork server."""

    child = Any(None, allow_none=True)
    server = Instance(ForkServer, allow_none=True)
    limits = Instance(Limits, ())
    view = Instance(View, allow_none=True)
    files = Any(None, allow_none=True)
    folder = None

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel."""
        return self.child is not None

    async def poll(self):
        """Give the kernel's exit code, None while it lives."""
        return self.child.poll() if self.child else 0

    async def wait(self):
        """Wait for the end of the kernel and put everything of it away."""
        if self.child is None:
            return 0
        while (code := self.child.poll()) is None:
            await asyncio.sleep(0.01)
        self.child.end()
        self.child = None
        return code

    async def send_signal(self, signum: int) -> None:
        """Send the kernel a signal."""
        if self.child:
            self.child.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel with everything that it started."""
        if self.child:
            self.child.end()

    terminate = kill

    async def pre_launch(self, **kwargs):
        """Choose where the sockets lie and make the key; no connection file is written."""
        manager = self.parent
        self.folder = tempfile.mkdtemp(prefix="custlab-")
        manager.transport, manager.ip = "ipc", f"{self.folder}/k"
        for number, name in enumerate(CHANNELS, start=1):
            setattr(manager, f"{name}_port", number)
        manager.hb_port = len(CHANNELS) + 1
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd, **kwargs):
        """Fork the kernel; the sockets are opened here and handed to it."""
        folder = kwargs.get("cwd")
        files = self.files if self.files is not None else _files_of(folder)
        listeners = [self._listen(number) for number in range(1, len(CHANNELS) + 1)]
        try:
            self.child = self.server.spawn(
                "kernel",
                {"ip": self.parent.ip, "key": self.parent.session.key.decode()},
                files,
                [listener.fileno() for listener in listeners],
                self.limits,
                self.view or View(python_folders()),
                folder=INSIDE if self.server.sandboxed else f"{self.folder}/submission",
            )
        finally:
            for opened in listeners:
                opened.close()
        return self.parent.get_connection_info()

    def _listen(self, number: int) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{self.folder}/k-{number}")
        listener.listen(8)
        return listener

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the sockets and whatever the kernel left."""
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


class WarmKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels are forked, sandboxed and ready at once."""

    sandbox = Enum(
        ["bubblewrap", "none"],
        "bubblewrap",
        help="How learners' code is contained. It never falls back to 'none' by itself.",
    ).tag(config=True)
    modules = List(Unicode(), help="More modules to import before kernels are forked.").tag(
        config=True
    )
    client_class = "custlab.grading.talk.kernels.WarmClient"
    client_factory = WarmClient
    limits = Instance(Limits, ())
    view = Instance(View, allow_none=True)
    files = Any(None, allow_none=True)
    server = Instance(ForkServer, allow_none=True)

    async def _async_pre_start_kernel(self, **kwargs):
        if self.provisioner is None:
            server = self.server or shared_server(self.sandbox == "bubblewrap", self.modules)
            self.provisioner = WarmProvisioner(
                parent=self,
                kernel_id=self.kernel_id,
                kernel_spec=self.kernel_spec,
                server=server,
                limits=self.limits,
                view=self.view,
                files=self.files,
            )
        return await super()._async_pre_start_kernel(**kwargs)

    async def _async_shutdown_kernel(self, now: bool = False, restart: bool = False):
        """End the kernel at once: nothing in it is worth a polite goodbye."""
        await super()._async_shutdown_kernel(now=True, restart=restart)

    shutdown_kernel = _async_shutdown_kernel


def _files_of(folder: str | None) -> dict[str, bytes]:
    """Read what lies beside a notebook that stock nbgrader runs; not the notebooks themselves."""
    found = {}
    root = Path(folder) if folder else None
    for path in sorted(root.rglob("*")) if root else []:
        if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb":
            with contextlib.suppress(OSError):
                found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found
