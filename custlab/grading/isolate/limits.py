"""How much a submission may use, and how many cores there are."""

from __future__ import annotations

import os
import resource
from dataclasses import asdict, dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one submission may use of the machine.

    Parameters
    ----------
    memory_mb : int
        Memory that a process may take beyond what the kernel has at its start, and, checked
        five times a second, that the whole submission may take (MB).
    cpu_seconds : int
        Processor time of one process (s).
    cell_seconds : float
        Time that one cell may run (s).
    total_seconds : float
        Time that one submission may take altogether (s).
    processes : int
        Processes and threads at one time.
    open_files : int
        Files that one process may hold open.
    file_mb : int
        Size of one file that is written (MB).
    folder_mb : int
        Size of all files in the submission's folder (MB); again for its temporary folder.
    output_kb : int
        Text and pictures that one cell may put out (KB).
    restarts : int
        How often a kernel is started anew for one submission after cells that crashed it.

    Examples
    --------
    >>> Limits(memory_mb=512).memory_mb
    512
    """

    memory_mb: int = 2048
    cpu_seconds: int = 120
    cell_seconds: float = 30.0
    total_seconds: float = 300.0
    processes: int = 128
    open_files: int = 512
    file_mb: int = 64
    folder_mb: int = 256
    output_kb: int = 2048
    restarts: int = 4

    def as_dict(self) -> dict:
        """Give the limits as a plain dictionary, for messages to other processes."""
        return asdict(self)

    def apply(self) -> None:
        """Set the limits on this process and on all that it starts; they cannot be raised again."""
        address_space, data = _own_size()
        room = self.memory_mb * MB
        wanted = {
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_CPU: self.cpu_seconds,
            resource.RLIMIT_NPROC: self.processes,
            resource.RLIMIT_NOFILE: self.open_files,
            resource.RLIMIT_FSIZE: self.file_mb * MB,
            # Threads reserve address space that they never use, so it gets twice the room.
            resource.RLIMIT_AS: address_space + 2 * room,
            resource.RLIMIT_DATA: data + room,
        }
        for kind, value in wanted.items():
            hard = resource.getrlimit(kind)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (value, value))


def _own_size() -> tuple[int, int]:
    """Read this process's address space and private data (bytes); limits come on top of them."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
            sizes = dict(line.split(":", 1) for line in status if line.startswith("Vm"))
    except OSError:  # macOS has no /proc; its limits are then counted from nothing
        return 1024 * MB, 512 * MB
    return tuple(int(sizes[name].split()[0]) * 1024 for name in ("VmSize", "VmData"))


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
