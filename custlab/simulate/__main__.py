"""``python -m custlab.simulate [folder]``: write the three cases anew."""

import sys
from pathlib import Path

from custlab.cases import CASE_NAMES
from custlab.files import datasets_dir

from .write import write_case


def main(arguments):
    """Write every case and say how large it is."""
    folder = Path(arguments[0]) if arguments else datasets_dir()
    for name in CASE_NAMES:
        paths = write_case(name, folder)
        size = sum(path.stat().st_size for path in paths) / 1e6
        print(f"{name}: {len(paths)} files, {size:.1f} MB in {folder / name}")


if __name__ == "__main__":
    main(sys.argv[1:])
