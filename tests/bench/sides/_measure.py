"""Time one piece of work and report it as one line of JSON (runs under any side's Python)."""

import json
import resource
import sys
import time


def report(work, **facts):
    """Run once, and print seconds, peak memory of the whole process (MiB) and the facts."""
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    facts = {name: fact(result) for name, fact in facts.items()}
    print(json.dumps({"seconds": seconds, "peak": peak(), **facts}))


def peak():
    """Peak resident memory in MiB; macOS counts bytes where Linux counts KiB.

    On Linux getrusage would still count the parent's memory from before this program started.
    """
    if sys.platform == "linux":
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1024 * 1024 if sys.platform == "darwin" else 1024)
