"""Reading other people's files on a disk: no link is followed, even one made at that moment."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from custlab.i18n import _

JUNK = {"__MACOSX", ".ipynb_checkpoints", "__pycache__", ".git"}
JUNK_FILES = {".DS_Store", "Thumbs.db", "desktop.ini"}
# Windows has none of these, and no links that an ordinary user can make.
NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
BY_HANDLE = os.open in os.supports_dir_fd


class NotAFileError(OSError):
    """What stands there is no file that may be read; says why."""


def walk(root: Path, below: str = "") -> Iterator[tuple[str, os.stat_result | None]]:
    """List what lies in a folder; folders that are links are listed, not entered.

    Parameters
    ----------
    root : Path
        A folder that is trusted.
    below : str
        A folder in it that is not; the whole of ``root`` by default.

    Yields
    ------
    tuple of str and (os.stat_result or None)
        The path from ``root``, with ``/`` between its parts, and what is known of it: None for
        a folder that cannot be read.
    """
    top = root / below
    if below and top.is_symlink():
        yield below, top.lstat()
        return
    closed: list[OSError] = []
    for place, folders, files in os.walk(top, onerror=closed.append, followlinks=False):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        folders[:] = sorted(
            name for name in folders if name not in {*JUNK, *links} and not name.startswith(".")
        )
        for name in sorted([*files, *links]):
            path = Path(place) / name
            if name not in JUNK_FILES:
                yield path.relative_to(root).as_posix(), path.lstat()
    for error in closed:
        yield Path(error.filename).relative_to(root).as_posix(), None


def read_file(root: Path, name: str, most: int) -> bytes:
    """Read a file below a folder, step by step, so that no part of its path can be a link.

    Parameters
    ----------
    root : Path
        A folder that is trusted.
    name : str
        The path from there.
    most : int
        How many bytes it may have.

    Returns
    -------
    bytes
        Its content.

    Raises
    ------
    NotAFileError
        If it is no ordinary file, a second name of somebody else's file, or too large.
    OSError
        If it cannot be read, or a part of its path is a link.
    """
    parts = PurePosixPath(name).parts
    place = os.open(root, os.O_RDONLY | os.O_DIRECTORY) if BY_HANDLE else None
    try:
        for part in parts[:-1] if BY_HANDLE else ():
            deeper = os.open(part, os.O_RDONLY | os.O_DIRECTORY | NO_LINK, dir_fd=place)
            os.close(place)
            place = deeper
        owner = os.fstat(place).st_uid if BY_HANDLE else None
        last = parts[-1] if BY_HANDLE else root / name
        handle = os.open(last, os.O_RDONLY | NO_LINK, dir_fd=place)
    finally:
        if place is not None:
            os.close(place)
    with os.fdopen(handle, "rb") as file:
        known = os.fstat(handle)
        if not stat.S_ISREG(known.st_mode):
            raise NotAFileError(_("not an ordinary file"))
        if known.st_nlink > 1 and owner not in (None, known.st_uid):
            raise NotAFileError(_("a second name of somebody else's file"))
        content = file.read(most + 1)
    if len(content) > most:
        raise NotAFileError(too_large(most))
    return content


def too_large(most: int) -> str:
    """Say that something is larger than so many bytes."""
    return _("larger than {n} MB").format(n=most // 1_000_000)
