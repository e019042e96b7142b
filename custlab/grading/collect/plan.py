"""Deciding what becomes whose submission, before anything is written."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from custlab.errors import CustLabError
from custlab.grading.collect.archive import Found, read_contents
from custlab.grading.collect.names import (
    beside_notebook,
    ending_of,
    read_name,
    read_pattern,
    split_version,
)
from custlab.grading.collect.roster import Roster, read_roster
from custlab.i18n import _, ngettext

ANSWERS = ".answers.json"
UNFIT = re.compile(r'[<>:"|?*\\\x00-\x1f]')


@dataclass
class Version:
    """One file of a learner's, and what speaks for its being the latest."""

    file: Found
    rank: tuple[int, float, int]
    timestamp: str = ""


@dataclass
class HandedIn:
    """What one learner handed in.

    Attributes
    ----------
    student : str
        The learner's id.
    files : dict of str to Version
        The latest version of each file, by its path in the submission.
    remarks : list of str
        What the instructor should know, a sentence each.
    """

    student: str
    files: dict[str, Version] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def time(self) -> float:
        """When the newest file was changed; 0 if that is not known."""
        return max((version.file.time for version in self.files.values()), default=0.0)

    @property
    def timestamp(self) -> str:
        """When it was handed in, if a file's name or ``timestamp.txt`` says so."""
        return max((version.timestamp for version in self.files.values()), default="")


@dataclass
class Plan:
    """What will be collected, and what will not."""

    assignment: str
    handed_in: list[HandedIn] = field(default_factory=list)
    unmatched: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def make_plan(
    course, assignment: str, source: Path, pattern: str = "", add_learners: bool = False
) -> Plan:
    """Look through a folder or a zip file; nothing is written.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.
    source : Path
        A folder, or a zip file as an LMS gives it.
    pattern : str, optional
        A regular expression with the groups of ``nbgrader zip_collect``, for other layouts.
    add_learners : bool
        Whether learners who are not in the gradebook are taken in under the name that stands in
        the path.

    Returns
    -------
    Plan
        Who handed in what.

    Raises
    ------
    CustLabError
        If there is no such assignment, or the source cannot be read.
    """
    own = _own_cells(course, assignment)
    compiled = read_pattern(pattern)
    contents = read_contents(source)
    sorter = _Sorter(read_roster(course), own, assignment, _others(course, assignment))
    for found in contents.files:
        sorter.add(found, compiled, add_learners)
    return sorter.plan(contents.refused)


def _own_cells(course, assignment: str) -> dict[str, set[str]]:
    """Give the names of an assignment's notebooks, each with nbgrader's names of its cells."""
    folder = course.folder("source", ".", assignment)
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise CustLabError(
            _("There is no assignment {name}: no notebook lies in {folder}.").format(
                name=assignment, folder=folder
            )
        )
    return {path.stem: _grade_ids(path.read_bytes()) for path in paths}


def _others(course, assignment: str) -> set[str]:
    folder = course.folder("source", ".", assignment).parent
    return {path.name for path in folder.iterdir() if path.is_dir()} - {assignment}


def _grade_ids(content: bytes) -> set[str]:
    try:
        cells = json.loads(content)["cells"]
        found = {cell["metadata"].get("nbgrader", {}).get("grade_id", "") for cell in cells}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return set()
    return {name for name in found if isinstance(name, str) and name}


class _Sorter:
    """Puts files to learners, one after the other."""

    def __init__(self, roster: Roster, own: dict[str, set[str]], assignment: str, others: set[str]):
        self.roster, self.own, self.assignment, self.others = roster, own, assignment, others
        self.versions: dict[str, dict[str, list[Version]]] = defaultdict(lambda: defaultdict(list))
        self.remarks: dict[str, list[str]] = defaultdict(list)
        self.unmatched: list[tuple[str, str]] = []

    def add(self, found: Found, pattern, add_learners: bool) -> None:
        parts = PurePosixPath(found.path).parts
        if self.others.intersection(parts):
            return
        student, named_rest, counts, timestamp = self._who(found.path, pattern, add_learners)
        if not student:
            self.unmatched.append((found.path, named_rest))
            return
        target, number = self._target(found, named_rest, student)
        if target:
            rank = (number if counts else 0, found.time, number)
            self.versions[student][target].append(Version(found, rank, timestamp))

    def _who(self, path: str, pattern, add_learners: bool) -> tuple[str, str, bool, str]:
        """Find the learner; without one, the second item says why."""
        reason = _("nobody in the gradebook is called so")
        readings = read_name(path, pattern)
        for reading in readings:
            learners = self.roster.find(*reading.who, number=reading.number)
            if len(learners) == 1:
                known = reading.rest, reading.counts_versions, reading.timestamp
                return learners[0].id, *known
            if learners:
                names = ", ".join(learner.id for learner in learners)
                reason = _("several learners are called so: {names}").format(names=names)
        name = PurePosixPath(path).name
        ending = ending_of(name)
        flat = [] if pattern else beside_notebook(name.removesuffix(ending), set(self.own))
        for text, rest in flat:
            learners = self.roster.find(text)
            if len(learners) == 1:
                return learners[0].id, rest + ending, False, ""
        if add_learners and (new := self._new(readings, flat, ending)):
            return *new, False, ""
        return "", reason, False, ""

    def _new(self, readings, flat, ending: str) -> tuple[str, str] | None:
        """Choose an id for a learner who is not in the gradebook, and what is left of the path."""
        lms = [reading for reading in readings if reading.lms]
        named = [(reading.who[0], reading.rest) for reading in [*lms, *reversed(readings)]]
        for name, rest in [*named, *((text, rest + ending) for text, rest in flat)]:
            name = name.strip()
            fit = 0 < len(name) <= 128 and not UNFIT.search(name) and not name.startswith(".")
            if fit and "/" not in name and name != self.assignment and name.isprintable():
                return name, rest
        return None

    def _target(self, found: Found, rest: str, student: str) -> tuple[str, int]:
        """Say what a file will be called in the submission, and which version it is."""
        parts = [part for part in PurePosixPath(rest).parts if part not in ("..", "/", ".")]
        if parts[:1] == [self.assignment]:
            parts = parts[1:]
        name = parts[-1] if parts else PurePosixPath(found.path).name
        if name.endswith(".ipynb"):
            return self._notebook(found, name, student)
        stem = name.removesuffix(".json")
        answers = {f"{notebook}.answers" for notebook in self.own}
        if name.endswith(".json") and (known := split_version(stem, answers)):
            return f"{known[0]}.json", known[1]
        return "/".join(UNFIT.sub("_", part) for part in parts) or UNFIT.sub("_", name), 0

    def _notebook(self, found: Found, name: str, student: str) -> tuple[str, int]:
        if known := split_version(name.removesuffix(".ipynb"), set(self.own)):
            return f"{known[0]}.ipynb", known[1]
        cells = _grade_ids(found.read())
        likely = [own for own, ids in self.own.items() if ids and 2 * len(ids & cells) >= len(ids)]
        if len(likely) == 1:
            text = _("{file} was taken for {notebook} by what is in it")
            self.remarks[student].append(text.format(file=found.path, notebook=likely[0]))
            return f"{likely[0]}.ipynb", 0
        self.unmatched.append((found.path, _("not a notebook of this assignment")))
        return "", 0

    def plan(self, refused: list[tuple[str, str]]) -> Plan:
        """Choose the latest of each file and give the whole."""
        done = Plan(self.assignment, unmatched=self.unmatched, refused=refused)
        for student in sorted(self.versions):
            handed = HandedIn(student, remarks=self.remarks[student])
            for target, versions in sorted(self.versions[student].items()):
                handed.files[target] = max(versions, key=lambda version: version.rank)
                if len(versions) > 1:
                    handed.remarks.append(_said(target, versions, handed.files[target]))
            wanted = [name for name in handed.files if name.endswith((".ipynb", ANSWERS))]
            if wanted:
                done.handed_in.append(handed)
            else:
                text = _("{student} handed in no notebook of this assignment")
                reason = text.format(student=student)
                done.unmatched += [(v.file.path, reason) for v in handed.files.values()]
        return done


def _said(target: str, versions: list[Version], used: Version) -> str:
    """Say which of several versions is used."""
    count = len(versions) - 1
    text = ngettext(
        "of {target}, the latest is used ({path}{when}); {n} earlier version is left out",
        "of {target}, the latest is used ({path}{when}); {n} earlier versions are left out",
        count,
    )
    time = used.file.time
    when = datetime.fromtimestamp(time).strftime(", %Y-%m-%d %H:%M") if time else ""
    return text.format(target=target, path=used.file.path, when=when, n=count)
