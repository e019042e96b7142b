"""What a learner handed in, looked through before anything of it is run."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from custlab.exercises.answers import UnreadableAnswersError, from_bytes
from custlab.i18n import _

MAX_NOTEBOOK = 50_000_000
MAX_FILE = 20_000_000
MAX_TOTAL = 100_000_000
MAX_FILES = 500
IGNORED = {".ipynb_checkpoints", "__pycache__", ".DS_Store", "timestamp.txt", "feedback"}
CODE = {".py", ".pyc", ".pyd", ".so", ".pth", ".egg", ".whl", ".zip", ".dll", ".dylib"}
STARTED_BY_PYTHON = {"sitecustomize", "usercustomize", "conftest", "ipython_config", "setup"}


@dataclass
class Submission:
    """What one learner handed in.

    Attributes
    ----------
    student : str
        The learner's id.
    notebooks : dict of str to bytes
        By notebook name.
    files : dict of str to bytes
        Everything else that will lie beside the notebook, by relative path.
    set_aside : list of tuple
        What will not be used, and why. Nothing is deleted: it stays where it was handed in.
    timestamp : str
        When it was handed in, if that is known.
    """

    student: str
    notebooks: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    set_aside: list[tuple[str, str]] = field(default_factory=list)
    timestamp: str = ""

    def fingerprint(self) -> str:
        """Give a text that changes when anything handed in changes."""
        digest = hashlib.sha256()
        for part in (self.notebooks, self.files):
            for name in sorted(part):
                content = part[name]
                digest.update(f"{name}\0{len(content)}\0".encode(errors="surrogateescape"))
                digest.update(content)
        digest.update(repr((sorted(self.set_aside), self.timestamp)).encode(errors="replace"))
        return digest.hexdigest()[:32]


def read_submission(
    folder: Path, student: str, notebooks: set[str], given: dict[str, bytes]
) -> Submission:
    """Read a learner's folder; never follow a link, never read something too large.

    Parameters
    ----------
    folder : Path
        The folder handed in.
    student : str
        The learner.
    notebooks : set of str
        The names of the assignment's notebooks.
    given : dict of str to bytes
        The files that come with the assignment: they are always the master's.

    Returns
    -------
    Submission
        What will be used, and what was set aside.
    """
    found = Submission(student)
    total = 0
    for path in _walk(folder, found):
        name = path.relative_to(folder).as_posix()
        if path.name == "timestamp.txt" and path.parent == folder:
            found.timestamp = path.read_text(encoding="utf-8", errors="replace").strip()[:100]
            continue
        reason = _unfit(path, name, notebooks)
        size = path.stat().st_size
        if not reason and (total + size > MAX_TOTAL or len(found.files) >= MAX_FILES):
            reason = _("too many or too large files altogether")
        if not reason and name in given and path.read_bytes() != given[name]:
            reason = _(
                "differs from the file that comes with the assignment, which is used instead"
            )
        if reason:
            found.set_aside.append((_printable(name), reason))
            continue
        total += size
        if path.suffix == ".ipynb":
            found.notebooks[path.stem] = path.read_bytes()
        else:
            found.files[name] = path.read_bytes()
    found.files |= given
    return found


def skim(folder: Path) -> Iterator[bytes]:
    """Give the notebooks in a learner's folder for a first look at what they import.

    Parameters
    ----------
    folder : Path
        The folder handed in.

    Yields
    ------
    bytes
        An ordinary file that is not too large.
    """
    for path in sorted(folder.glob("*.ipynb")):
        with contextlib.suppress(OSError):
            known = path.lstat()
            if stat.S_ISREG(known.st_mode) and known.st_size <= MAX_NOTEBOOK:
                yield path.read_bytes()


def _walk(folder: Path, found: Submission):
    """Go through ordinary files; set links and special files aside."""
    for place, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in IGNORED)
        for name in list(folders):
            if (Path(place) / name).is_symlink():
                folders.remove(name)
                files.append(name)
        for name in sorted(files):
            path = Path(place) / name
            if name in IGNORED and name != "timestamp.txt":
                continue
            mode = path.lstat().st_mode
            shown = _printable(path.relative_to(folder).as_posix())
            if stat.S_ISLNK(mode):
                found.set_aside.append((shown, _("a link to another place, not a file")))
            elif not stat.S_ISREG(mode):
                found.set_aside.append((shown, _("not an ordinary file")))
            elif not os.access(path, os.R_OK):
                found.set_aside.append((shown, _("cannot be read")))
            else:
                yield path


def _unfit(path: Path, name: str, notebooks: set[str]) -> str:
    """Say why a file is not used; an empty string if it is."""
    if name.encode(errors="replace").decode() != name or any(ord(sign) < 32 for sign in name):
        return _("its name cannot be read")
    if path.suffix == ".ipynb":
        if len(PurePosixPath(name).parts) > 1 or path.stem not in notebooks:
            return _("not a notebook of this assignment")
        return _("too large") if path.stat().st_size > MAX_NOTEBOOK else ""
    if path.stat().st_size > MAX_FILE:
        return _("too large")
    top = PurePosixPath(name).parts[0].split(".")[0]
    is_code = path.suffix.lower() in CODE
    if is_code and path.suffix != ".py":
        return _("compiled or packed code")
    if is_code and (top in STARTED_BY_PYTHON or top in module_names()):
        return _("has the name of a Python module, which it would replace")
    return ""


@lru_cache
def module_names() -> frozenset[str]:
    """List the top-level modules of Python and of everything installed."""
    from importlib.metadata import packages_distributions

    return frozenset({*sys.stdlib_module_names, *packages_distributions(), "custlab"})


def _printable(name: str) -> str:
    return (
        name.encode("utf-8", "replace").decode().encode("unicode_escape").decode()[:200]
        if any(ord(sign) < 32 or 0xD800 <= ord(sign) <= 0xDFFF for sign in name)
        else name[:200]
    )


def joined_answers(submission: Submission, notebook: str) -> tuple[bytes | None, str]:
    """Join a learner's answers file with the receipt inside the notebook, newest answers first.

    Parameters
    ----------
    submission : Submission
        What was handed in.
    notebook : str
        The notebook's name, which is the sheet's name.

    Returns
    -------
    tuple of bytes or None, and str
        The answers file to mark by (None if there are no answers at all), and a remark if a
        file had to be set aside.
    """
    from custlab.exercises import answers as formats
    from custlab.exercises.store import receipts_in

    saved, remark = {}, ""
    content = submission.files.get(f"{notebook}.answers.json")
    if content is not None:
        try:
            saved = formats.from_bytes(content)
        except formats.UnreadableAnswersError as error:
            remark = _("the answers file cannot be read ({error})").format(error=error)
    receipt = receipts_in(_as_json(submission.notebooks.get(notebook, b"")), notebook)
    if not saved and not receipt:
        return None, remark
    return formats.to_text(notebook, formats.merge(saved, receipt)).encode(), remark


def _as_json(content: bytes):
    import json

    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def answers_of(course, assignment: str, student: str, notebook: str) -> dict:
    """Read a learner's answers to widget questions, from the file or the receipt.

    Parameters
    ----------
    course : Course
        The course.
    assignment, student, notebook : str
        Whose answers.

    Returns
    -------
    dict
        Values by question; empty if there are none.
    """
    folder = course.folder("submitted", student, assignment)
    content, _remark = joined_answers(read_submission(folder, student, {notebook}, {}), notebook)
    try:
        return {name: answer.value for name, answer in from_bytes(content or b"{}").items()}
    except UnreadableAnswersError:
        return {}
