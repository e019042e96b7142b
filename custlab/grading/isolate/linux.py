"""The few Linux system calls that the sandbox needs and Python 3.11 does not offer."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from pathlib import Path

# linux/sched.h: cgroup, hostname, interprocess communication, user, process, network, mount
NAMESPACES = (
    0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x00020000
)
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_SECUREBITS = 28
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
CAPABILITY_VERSION_3 = 0x20080522
NO_SETUID_FIXUP = 1 << 2  # securebits.h: a change of user leaves the capabilities as they are
INNER_USER = 1000  # who learners' code is in a sandbox

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _call(name: str, *arguments) -> None:
    """Call the C library and raise OSError when it reports a failure."""
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def prctl(option: int, value: int = 0, more: int = 0) -> None:
    """Set an attribute of this process (see prctl(2))."""
    _call("prctl", option, *(ctypes.c_ulong(number) for number in (value, more, 0, 0)))


def enter_namespaces(pidfd: int) -> None:
    """Move this process into all namespaces of another; children land in its process namespace.

    There it is an ordinary user, also if the grader is root: Linux limits no processes of root.
    """
    _call("setns", pidfd, NAMESPACES)
    if os.getuid() == 0:
        prctl(PR_SET_SECUREBITS, NO_SETUID_FIXUP)  # `drop_capabilities` comes later
        os.setresuid(INNER_USER, INNER_USER, INNER_USER)
        prctl(PR_SET_DUMPABLE, 1)  # or its own files in /proc would not be its own


def drop_capabilities() -> None:
    """Give up every capability, for good: bounding, ambient, effective, permitted, inherited."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii"))
    for capability in range(last + 1):
        prctl(PR_CAPBSET_DROP, capability)
    with contextlib.suppress(OSError):  # kernels before 4.3 have no ambient set
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)())
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def adopt_orphans() -> None:
    """Become the parent of all descendants whose own parent ends, so that none escapes."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def descendants(roots: list[int]) -> set[int]:
    """List processes and everything that they started, as far as it can be seen."""
    found, left = set(), list(roots)
    while left:
        pid = left.pop()
        found.add(pid)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                children = (task / "children").read_text(encoding="ascii").split()
                left += [int(child) for child in children if int(child) not in found]
    return found


def put_last(processes: set[int]) -> None:
    """Let processes run only when nobody else wants to."""
    for pid in processes:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, 19)


def processor_seconds(pid: int) -> float:
    """Read the time that a process and its ended children have computed (s); 0 if it is gone."""
    with contextlib.suppress(OSError, ValueError):
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        fields = text.rpartition(")")[2].split()  # the name before it may hold anything
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def private_memory(pid: int) -> int:
    """Read a process's memory that is not of files (bytes); 0 if it has ended."""
    with contextlib.suppress(OSError, ValueError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        sizes = dict(line.split(":", 1) for line in status.splitlines() if line.startswith("Rss"))
        return (
            sum(int(sizes[name].split()[0]) for name in ("RssAnon", "RssShmem") if name in sizes)
            * 1024
        )
    return 0
