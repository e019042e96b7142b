"""Where the course lies, and how its files are written."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from custlab.errors import CustLabError
from custlab.i18n import _

MARK_OF_A_COURSE = Path("course") / "syllabus.yml"


def course_root(start: Path | None = None) -> Path:
    """Find the folder that holds ``notebooks/``, ``datasets/`` and ``course/``.

    The environment variable ``CUSTLAB_HOME`` wins; then the current folder and the folders
    above it are searched; then the folder that the library itself lies in.

    Parameters
    ----------
    start : Path, optional
        Where to begin; the current folder by default.

    Returns
    -------
    Path
        The course's folder.

    Raises
    ------
    CustLabError
        If no course is found.

    Examples
    --------
    >>> (course_root() / "datasets").name
    'datasets'
    """
    here = Path(start or Path.cwd()).resolve()
    beside_library = Path(__file__).resolve().parent.parent
    named = os.environ.get("CUSTLAB_HOME")
    candidates = [Path(named)] if named else [here, *here.parents, beside_library]
    for folder in candidates:
        if (folder / MARK_OF_A_COURSE).is_file():
            return folder
    raise CustLabError(
        _(
            "No course found from {folder} upwards (looked for {mark}). Start from inside the "
            "course's folder, or set CUSTLAB_HOME to it."
        ).format(folder=named or here, mark=MARK_OF_A_COURSE.as_posix())
    )


def datasets_dir() -> Path:
    """Give the folder of the shipped case data.

    Returns
    -------
    Path
        The folder ``datasets`` of the course.

    Examples
    --------
    >>> datasets_dir().name
    'datasets'
    """
    return course_root() / "datasets"


def write_atomic(path: str | Path, content: str | bytes) -> Path:
    """Write a file whole or not at all.

    The content goes to a temporary file in the same folder, which then takes the place of the
    old one: a crash half-way leaves the old file as it was.

    Parameters
    ----------
    path : str or Path
        The file to write; its folder must exist.
    content : str or bytes
        Text is written as UTF-8 with the line ends that it has.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OSError
        If the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomic(Path(folder) / "a.txt", "客户").read_text(encoding="utf-8")
    '客户'
    """
    path = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    # A name may be as long as the file system allows: the temporary one takes a part of it only.
    prefix = f".{path.name[:40]}."
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _keep_mode(path, name)
        _replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def _keep_mode(path: Path, temporary: str) -> None:
    """Give the new file the old one's permissions (mkstemp makes files private)."""
    if os.name == "posix":
        umask = os.umask(0)
        os.umask(umask)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask
        Path(temporary).chmod(mode)


def _replace(temporary: str, path: Path) -> None:
    """Replace a file; on Windows a virus scanner may hold it for a moment, so try again."""
    attempts = 10 if sys.platform == "win32" else 1
    for attempt in range(attempts):
        try:
            os.replace(temporary, path)
            return
        except PermissionError:
            if attempt == attempts - 1:
                raise
            time.sleep(0.05)
