"""What a learner handed in, looked through before anything of it is run."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path, PurePosixPath

from custlab.exercises.answers import UnreadableAnswersError, from_bytes
from custlab.grading.read.notebooks import Unreadable, parse
from custlab.i18n import _

MAX_NOTEBOOK = 50_000_000
MAX_FILE = 20_000_000
MAX_TOTAL = 100_000_000
MAX_FILES = 500
MAX_SEEN = 5000  # files looked at altogether
MAX_PATH = 1000  # bytes of a path inside the folder
MAX_TIMESTAMP = 100
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
    ours = {*given, "timestamp.txt", *(f"{name}.ipynb" for name in notebooks)}
    ours |= {f"{name}.answers.json" for name in notebooks}
    for path in _walk(folder, found, ours):
        name = path.relative_to(folder).as_posix()
        if path.name == "timestamp.txt" and path.parent == folder:
            found.timestamp = _read_timestamp(path)
            if time_of(found.timestamp) is None:
                text = _("no time can be read in it, so the work was not taken to be late")
                found.set_aside.append((path.name, text))
            continue
        reason = _unfit(path, name, notebooks)
        size = path.stat().st_size
        if not reason and (total + size > MAX_TOTAL or len(found.files) >= MAX_FILES):
            reason = _("too many or too large files altogether")
        if not reason and _in_the_way(name, ours):
            reason = _("stands where a file of the assignment belongs")
        if not reason and name in given and not _same(path, given[name]):
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


def _read_timestamp(path: Path) -> str:
    """Read when it was handed in; the file is a few bytes, or it is not what it should be."""
    with path.open("rb") as file:
        content = file.read(4 * MAX_TIMESTAMP)
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16" if wide else "utf-8-sig", "replace")
    return text.strip().strip("\x00")[:MAX_TIMESTAMP]


def time_of(timestamp: str) -> datetime | None:
    """Read a time as nbgrader writes it.

    Parameters
    ----------
    timestamp : str
        What ``timestamp.txt`` says. Anything may stand in it.

    Returns
    -------
    datetime or None
        The time (UTC); None if it is none.

    Examples
    --------
    >>> time_of("2026-03-01 18:00:00 UTC")
    datetime.datetime(2026, 3, 1, 18, 0)
    >>> time_of("gestern")
    """
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(timestamp) if timestamp else None
    except Exception:  # a parser of dates that meets just anything fails in many ways
        return None


def _same(path: Path, content: bytes) -> bool:
    return path.stat().st_size == len(content) and path.read_bytes() == content


def _in_the_way(name: str, ours: set[str]) -> bool:
    """Tell whether a file has the name of a folder that is needed, or the other way round."""
    folders = {parent.as_posix() for file in ours for parent in PurePosixPath(file).parents}
    above = {parent.as_posix() for parent in PurePosixPath(name).parents}
    return name in folders or bool(above & ours)


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
    left = MAX_TOTAL
    for path in sorted(islice(folder.glob("*.ipynb"), MAX_FILES)):
        with contextlib.suppress(OSError):
            known = path.lstat()
            if stat.S_ISREG(known.st_mode) and known.st_size <= min(MAX_NOTEBOOK, left):
                left -= known.st_size
                yield path.read_bytes()


def _walk(folder: Path, found: Submission, first: set[str]):
    """Go through ordinary files; set links and special files aside.

    What the assignment needs comes first, so that nothing else uses up what may be read.
    """
    seen = 0
    for place, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in IGNORED)
        for name in list(folders):
            if (Path(place) / name).is_symlink():
                folders.remove(name)
                files.append(name)
        for name in sorted(files, key=lambda name: (name not in first, name)):
            seen += 1
            if seen > MAX_SEEN:
                text = _("one of more than {n} files; the rest was not looked at")
                found.set_aside.append((_printable(name), text.format(n=MAX_SEEN)))
                return
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
    if len(os.fsencode(name)) > MAX_PATH:
        return _("its name is too long")
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
    from custlab.exercises.notebook import receipts_in

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
    text = formats.to_text(notebook, formats.merge(saved, receipt))
    joined = text.encode("utf-8", "replace")
    if len(joined) > formats.MAX_BYTES:
        remark = _("the answers in the notebook are larger than {n} MB; they were left out")
        return content if saved else None, remark.format(n=formats.MAX_BYTES // 1_000_000)
    return joined, remark


def _as_json(content: bytes):
    try:
        return parse(content)
    except Unreadable:
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
