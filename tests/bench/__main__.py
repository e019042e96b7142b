"""`make bench` runs every benchmark; `python -m tests.bench value rfm` runs those two."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent


def names() -> list[str]:
    """List the benchmarks: the modules called bench_<name>.py."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def main(wanted: list[str]) -> int:
    """Run the benchmarks asked for, or all; an unknown name stops before anything runs."""
    unknown = [name for name in wanted if name not in names()]
    if unknown:
        print(f"No benchmark called {', '.join(unknown)}. There are: {', '.join(names())}.")
        return 2
    for name in wanted or names():
        print(f"\n== {name} ==", flush=True)
        importlib.import_module(f"tests.bench.bench_{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
