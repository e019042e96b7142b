"""The fork server: a process that imports the libraries once and forks a child per submission.

It never runs learner code and never fits a model: a process that has run a parallel region of
OpenMP cannot be forked safely, its child would hang in the next one. It holds no secret either:
started with a bare environment, it knows neither the masters nor the gradebook.

For each child there are two forks. The first, the *keeper*, moves into the namespaces of the
submission's sandbox, forks the child there, and stays outside its view to report how it ended.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path

from custlab.grading.isolate import linux
from custlab.grading.isolate.limits import Limits
from custlab.grading.isolate.syscalls import refuse_rare_calls
from custlab.grading.isolate.unpacking import unpack
from custlab.grading.talk import wire

MAX_DESCRIPTORS = 8


def main(listener_fd: int, modules: list[str]) -> None:
    """Prepare everything a kernel or an examiner needs, then serve requests until the end.

    Parameters
    ----------
    listener_fd : int
        A listening Unix socket, inherited from the process that started the server.
    modules : list of str
        What to import beforehand, as ``module`` or ``module:name``, and what to call there, as
        ``module:function(text)``; what is not there is left to the learner's own import. The
        first line of standard input names more: the grader knows them when it has read the
        masters.
    """
    from custlab.grading.isolate import cell_process, kernel_process
    from custlab.grading.prove import examiner  # noqa: F401, for children

    kernel_process.prepare()  # makes the shell, which pyplot looks for when it is imported
    cell_process.prepare()
    _import(modules)
    kernel_process.warm_up()  # while the grader is still reading the masters
    told = sys.stdin.readline()
    if not told:
        return  # the grader is gone
    _import(json.loads(told))
    kernel_process.warm_up_packages()
    gc.collect()
    gc.freeze()  # children share the pages of all these objects instead of copying them
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    serve(socket.socket(fileno=listener_fd))


def _import(modules: list[str]) -> None:
    for path in modules:
        path, _bracket, argument = path.partition("(")
        module, _colon, name = path.partition(":")
        with contextlib.suppress(ImportError, AttributeError):
            found = importlib.import_module(module)
            found = getattr(found, name or "__name__")  # custlab loads its modules at first use
            if argument:
                found(argument.removesuffix(")"))


def serve(listener: socket.socket) -> None:
    """Fork a keeper for each connection; it reads the request itself, so that none is held up.

    Standard input is a pipe from the grader: when it is closed, the grader is gone.
    """
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        connection, _address = listener.accept()
        if os.fork() == 0:
            listener.close()
            with contextlib.suppress(BaseException):
                keep(connection)
            os._exit(0)
        connection.close()


def keep(connection: socket.socket) -> None:
    """Start one child as asked for and report its process id and, later, its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _byte, descriptors, _flags, _address = socket.recv_fds(connection, 1, MAX_DESCRIPTORS)
    request, buffers = wire.receive(connection)
    if request["sandboxed"]:
        os.setgroups([]) if os.geteuid() == 0 else None
        linux.enter_namespaces(descriptors.pop(0))
    elif sys.platform == "linux":
        linux.adopt_orphans()
    child = os.fork()
    if child == 0:
        connection.close()
        _become(request, buffers, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    wire.send(connection, {"pid": child})
    _wait(child, connection)
    status = _end(child)
    with contextlib.suppress(OSError):
        wire.send(connection, {"exit": status})


def _wait(child: int, connection: socket.socket) -> None:
    """Wait until the child has ended or the grader has hung up."""
    if hasattr(os, "pidfd_open"):
        handle = os.pidfd_open(child)
        select.select([handle, connection], [], [])
        return
    while not select.select([connection], [], [], 0.05)[0]:  # macOS
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return


def _end(child: int) -> int:
    """End the child, its process group and all orphans it left; give its exit code."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and (left := _children()):
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)
    return os.waitstatus_to_exitcode(status)


def _children() -> list[int]:
    """List the processes that this one has (adopted); Linux only."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:  # noqa: PTH123
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def _become(request: dict, buffers: list[bytes], descriptors: list[int]) -> None:
    """Turn this process into the kernel or examiner asked for; never returns."""
    status = 1
    try:
        os.setpgid(0, 0)
        unpack(Path(request["folder"]), request["files"], buffers)
        os.environ.update(request.get("environment", {}))
        _limit(request)
        if request["role"] == "kernel":
            from custlab.grading.isolate.kernel_process import run
        elif request["role"] == "cells":
            from custlab.grading.isolate.cell_process import run
        else:
            from custlab.grading.prove.examiner import run
        run(request, descriptors)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(status & 0xFF)


def _limit(request: dict) -> None:
    """Apply the limits, then give up every capability that entering the sandbox gave."""
    limits = Limits(**request["limits"])
    if request["sandboxed"]:
        # Since Linux 6.14 a process namespace has a ceiling of its own. It holds where the limit
        # per user does not. The numbers below 300 are given once only, so they come on top.
        with contextlib.suppress(OSError):
            Path("/proc/sys/kernel/pid_max").write_text(str(300 + limits.processes))
        # No namespaces inside the namespaces: much of the system could only be reached there.
        with contextlib.suppress(OSError):  # where /proc/sys cannot be written at all
            Path("/proc/sys/user/max_user_namespaces").write_text("0")
    with contextlib.suppress(OSError):  # if memory runs out, these processes go first
        Path("/proc/self/oom_score_adj").write_text("1000")
    limits.apply()
    if request["sandboxed"]:
        linux.drop_capabilities()
        refuse_rare_calls()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
