"""A filter of system calls for what runs in a sandbox: what no notebook needs is refused.

The keyrings of the Linux kernel are shared by all processes of a user, and io_uring does its work
past the checks made here; the others reach parts of the kernel that are rarely used, and that is
where its faults are found. A filter holds for the process and all that it starts, for good.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from custlab.grading.isolate.linux import prctl

PR_SET_SECCOMP, FILTER = 22, 2
# linux/audit.h: what a call must say that it is made for, and where a column of REFUSED is.
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
X32 = 0x40000000  # the same calls under other numbers, on x86_64
REFUSED = {
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "kexec_load": (246, 104),
    "quotactl": (179, 60),
}
# linux/bpf_common.h: load a word; jump if equal, if not less; give the verdict.
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE = 0, 4  # where they stand in what the kernel shows of a call
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM


def refuse_rare_calls() -> None:
    """Refuse, from now on, what no notebook needs; on other processors than these nothing is.

    Raises
    ------
    OSError
        If Linux was built without filters.
    """
    if platform.machine() not in ARCHITECTURES:
        return
    code = _program(*ARCHITECTURES[platform.machine()])
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HP", len(code) // 8, ctypes.addressof(buffer))
    described = ctypes.create_string_buffer(program, len(program))
    prctl(PR_SET_SECCOMP, FILTER, ctypes.addressof(described))


def _program(architecture: int, column: int) -> bytes:
    """Write the filter: one step for each call that is refused."""
    numbers = [places[column] for places in REFUSED.values()]
    steps = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 0, len(numbers) + 3, architecture),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, len(numbers) + 1, 0, X32),
    ]
    # Each jumps to the last step, which refuses, over those that follow it and the one that allows.
    steps += [(EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    steps += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
