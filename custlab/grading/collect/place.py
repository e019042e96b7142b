"""Putting submissions where nbgrader expects them; an earlier one is kept, never overwritten."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from custlab.grading.collect.archive import READING_ERRORS
from custlab.grading.collect.plan import HandedIn, Plan
from custlab.grading.collect.sorting import WANTED
from custlab.grading.read.intake import MAX_FILES, MAX_TOTAL, time_of
from custlab.i18n import _

EARLIER = ".earlier"
NEW, REPLACED, SAME, OLDER, FAILED = "new", "replaced", "same", "older", "failed"


@dataclass
class Outcome:
    """What became of one learner's submission: one of the words above, and a detail."""

    student: str
    what: str
    detail: str = ""


def carry_out(
    course, plan: Plan, force: bool = False, times: bool = False, dry_run: bool = False
) -> list[Outcome]:
    """Write the submissions of a plan.

    Parameters
    ----------
    course : Course
        The course.
    plan : Plan
        Who handed in what.
    force : bool
        Whether a submission that is not newer replaces the one that is there.
    times : bool
        Whether the files' own times are recorded as the time of handing in.
    dry_run : bool
        Whether to say only what would happen.

    Returns
    -------
    list of Outcome
        By learner.
    """
    return [_one(course, plan, handed, force, times, dry_run) for handed in plan.handed_in]


def _one(course, plan: Plan, handed: HandedIn, force: bool, times: bool, dry_run: bool) -> Outcome:
    target = course.folder("submitted", handed.student, plan.assignment)
    try:
        contents = _read(handed)
        if handed.timestamp:
            contents["timestamp.txt"] = handed.timestamp.encode()
        elif times and handed.time:
            contents["timestamp.txt"] = as_nbgrader_time(handed.time).encode()
        what = _compare(target, contents, handed, force)
        kept = earlier_folder(course, handed.student, plan.assignment) if what == REPLACED else None
        if not dry_run and what in (NEW, REPLACED):
            _write(target, contents, handed, kept, course.directories.groupshared)
            keep_private(course)
    except READING_ERRORS as error:  # one submission may only ever stop itself
        return Outcome(handed.student, FAILED, str(error).rstrip("."))
    return Outcome(handed.student, what, str(kept.relative_to(course.root)) if kept else "")


def _read(handed: HandedIn) -> dict[str, bytes]:
    """Read a learner's files, what the assignment needs first; say what is too much."""
    contents, total = {}, 0
    for name in sorted(handed.files, key=lambda name: (not name.endswith(WANTED), name)):
        content = handed.files[name].file.read()
        total += len(content)
        if total > MAX_TOTAL or len(contents) == MAX_FILES:
            text = _("only {n} files of {size} MB together are collected; {file} was left out")
            size = MAX_TOTAL // 1_000_000
            handed.remarks.append(text.format(n=MAX_FILES, size=size, file=name))
            total -= len(content)
        else:
            contents[name] = content
    return contents


def as_nbgrader_time(seconds: float) -> str:
    """Write a time as nbgrader does in ``timestamp.txt``.

    Examples
    --------
    >>> as_nbgrader_time(0)
    '1970-01-01 00:00:00.000000 UTC'
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def earlier_folder(course, student: str, assignment: str) -> Path:
    """Give a new folder for a submission that is replaced; no grader looks there."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    place = course.folder("submitted", EARLIER, student) / assignment
    number, folder = 1, place / stamp
    while folder.exists():
        number += 1
        folder = place / f"{stamp}-{number}"
    return folder


def _compare(target: Path, contents: dict[str, bytes], handed: HandedIn, force: bool) -> str:
    """Compare what came with what is there."""
    if not target.is_dir() or not any(target.iterdir()):
        return NEW
    there = {
        path.relative_to(target).as_posix(): path.read_bytes()
        for path in target.rglob("*")
        if path.is_file()
    }
    before, now = there.pop("timestamp.txt", None), dict(contents)
    timestamp = now.pop("timestamp.txt", None)
    if there == now and (timestamp is None or before == timestamp):
        return SAME
    old = _seconds(before) or max(path.stat().st_mtime for path in target.rglob("*"))
    new = _seconds(timestamp) or handed.time
    return REPLACED if force or not new or there == now or new >= old - 2 else OLDER


def _seconds(timestamp: bytes | None) -> float:
    told = time_of((timestamp or b"").decode("utf-8", "replace").strip())
    return told.replace(tzinfo=UTC).timestamp() if told else 0.0


def withdraw(course, assignment: str, student: str) -> list[str]:
    """Take a learner's work back, with marks, marked notebooks and feedback.

    Parameters
    ----------
    course : Course
        The course.
    assignment, student : str
        Whose work.

    Returns
    -------
    list of str
        What was taken away, and where a copy is. Empty if there was nothing.
    """
    from nbgrader.api import MissingEntry

    from custlab.grading.regrade import copy_gradebook
    from custlab.grading.stock.results import results_path

    done = []
    submitted = course.folder("submitted", student, assignment)
    if submitted.is_dir():
        kept = earlier_folder(course, student, assignment)
        kept.parent.mkdir(parents=True, exist_ok=True)
        os.replace(submitted, kept)
        text = _("{student}'s work is kept in {path}")
        done.append(text.format(student=student, path=kept.relative_to(course.root)))
    with course.gradebook() as book:
        try:
            book.find_submission(assignment, student)
        except MissingEntry:
            return done
        copy = copy_gradebook(course)
        book.remove_submission(assignment, student)
    for step in ("autograded", "feedback"):
        shutil.rmtree(course.folder(step, student, assignment), ignore_errors=True)
    results_path(course.results(assignment), student).unlink(missing_ok=True)
    text = _("{student}'s marks are gone; the gradebook as it was: {path}")
    return [*done, text.format(student=student, path=copy)]


def keep_private(course) -> None:
    """Let nobody but the instructor into the folder of submissions.

    Courses that several instructors share, by nbgrader's setting ``groupshared``, stay open to
    their group.

    Parameters
    ----------
    course : Course
        The course.
    """
    top = course.folder("submitted", ".", ".").resolve()
    if top.is_dir() and top != course.root:
        with suppress(PermissionError):  # another instructor's: theirs to close
            top.chmod(0o2770 if course.directories.groupshared else 0o700)


def open_to_others(course) -> list[Path]:
    """List what only instructors should read and any account on this machine can.

    Parameters
    ----------
    course : Course
        The course.

    Returns
    -------
    list of Path
        Masters, gradebook, submissions, marked work and feedback, as far as they lie open.
    """
    if os.name != "posix":
        return []
    places = [path for path in course.hidden() if path.exists() and path.suffix != ".py"]
    return [
        path
        for path in places
        if path.stat().st_mode & 0o007
        and all(above.stat().st_mode & 0o001 for above in path.resolve().parents)
    ]


def _write(
    target: Path, contents: dict[str, bytes], handed: HandedIn, kept: Path | None, group: bool
) -> None:
    """Make the folder complete beside its place, then put it there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for stale in target.parent.glob(f".{target.name}.*.tmp"):
        shutil.rmtree(stale, ignore_errors=True)
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        for name, content in contents.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            version = handed.files.get(name)
            if version and version.file.time:
                os.utime(path, (version.file.time, version.file.time))
        for path in (fresh, *fresh.rglob("*")):
            mode = 0o700 if path.is_dir() else 0o600
            path.chmod(mode | (mode >> 3) | (0o2000 if path.is_dir() else 0) if group else mode)
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            os.replace(target, kept)
        elif target.exists():
            target.rmdir()  # it is empty
        os.replace(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
