"""The folder of one submission, as the processes that run there make it."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def unpack(folder: Path, names: list[str], contents: list[bytes]) -> None:
    """Write the submission's files to its own folder, which then is the current one.

    Parameters
    ----------
    folder : Path
        The folder; it is made.
    names : list of str
        The files' paths inside it.
    contents : list of bytes
        What is in them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in zip(names, contents, strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    os.chdir(folder)
    notebook = sys.modules.get("custlab.exercises.notebook")
    if notebook is not None:  # it noted the folder when imported: before this one was there
        notebook.NOTEBOOK_FOLDER = Path.cwd()
