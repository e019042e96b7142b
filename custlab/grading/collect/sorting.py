"""Sorting files by learner: what cannot be given to one for certain is kept apart."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath

from custlab.grading.collect.archive import READING_ERRORS, Found
from custlab.grading.collect.names import (
    Named,
    beside_notebook,
    ending_of,
    notebook_stem,
    read_name,
    split_version,
)
from custlab.grading.collect.plan import HandedIn, Plan, Version
from custlab.grading.collect.roster import Match, Person, Roster
from custlab.i18n import _, ngettext

ANSWERS = ".answers.json"
WANTED = (".ipynb", ANSWERS)
UNFIT = re.compile(r'[<>:"|?*\\\x00-\x1f]')
MAX_NAME = 255  # bytes of a file's name, on any usual disk


class Sorter:
    """Gives each file to its learner, and keeps what cannot be given for certain.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.
    roster : Roster
        Its learners.
    pattern, add_learners, who
        As for `make_plan`.
    """

    def __init__(
        self, course, assignment: str, roster: Roster, pattern=None, add_learners=False, who=None
    ):
        self.assignment, self.roster, self.pattern = assignment, roster, pattern
        self.add_learners, self.told = add_learners, who or {}
        self.own = _own_cells(course, assignment)
        self.others = _others(course, assignment)
        self.versions: dict[str, dict[str, list[Version]]] = defaultdict(lambda: defaultdict(list))
        self.remarks: dict[str, list[str]] = defaultdict(list)
        self.unmatched: list[tuple[str, str]] = []
        self.proposals: dict[str, None] = {}
        self._matches: dict[Person, Match] = {}

    def sort(self, files: list[Found]) -> None:
        """Find out whose files these are, all together: two people may have one name."""
        read = [(found, self._readings(found)) for found in files]
        read = [(found, readings) for found, readings in read if not self._other(found, readings)]
        level = self._level([readings for _found, readings in read])
        given = [(*pair, *self._owner(pair[1], level)) for pair in read]
        people, numbers = defaultdict(set), defaultdict(set)
        certain = {
            match.learners[0].id for *_what, match in given if match.certain and not match.why
        }
        for _file, _readings, named, match in given:
            if named.lms:
                numbers[named.who].add(named.number)
                people.update({one.id: people[one.id] | {named.number} for one in match.learners})
        for found, readings, named, match in given:
            if named.lms and match.learners and not match.certain and not match.why:
                match = _alone(match, people[match.learners[0].id])
            if not match.why:
                self.give(found, match.learners[0].id, named)
            elif self.add_learners and not match.learners and len(numbers[named.who]) < 2:
                self._add(found, readings, level, match)
            else:
                text = _("{why}; if the zip file holds a whole class, name it with --from")
                whole = found.zipped and not named.lms and not match.learners
                why = text.format(why=match.why) if whole else match.why
                self.unmatched.append((found.path, why))
                self._propose(named, match, certain)

    def _readings(self, found: Found) -> list[Named]:
        """Read a path; what stands beside the notebook's name may be the learner, too."""
        readings = read_name(found.path, self.pattern, found.zipped)
        parts = PurePosixPath(found.path).parts
        level = (found.zipped or len(parts)) - 1
        if self.pattern or any(reading.lms for reading in readings):
            return readings
        ending = "" if found.zipped else ending_of(parts[-1])
        beside = []
        for side, rest in beside_notebook(parts[level].removesuffix(ending), set(self.own)):
            rest = "/".join(parts[found.zipped :]) if found.zipped else rest + ending
            beside.append(Named((side,), rest, level=level, person=Person(texts=(side,))))
        return [*beside, *readings]

    def _other(self, found: Found, readings: list[Named]) -> bool:
        """Tell whether a file lies in the folder of another assignment."""
        by_lms = any(reading.lms for reading in readings)
        return not by_lms and bool(self.others.intersection(PurePosixPath(found.path).parts))

    def _match(self, named: Named) -> Match:
        if named.lms and named.number in self.told:
            return Match([self.roster.learners[self.told[named.number]]], certain=True)
        if named.person not in self._matches:
            self._matches[named.person] = self.roster.match(named.person)
        return self._matches[named.person]

    def _level(self, read: list[list[Named]]) -> int:
        """Find out which part of the paths names learners, so that no deeper one is believed."""
        people = defaultdict(set)
        for readings in read:
            for named in sorted(readings, key=lambda one: one.level):
                if named.lms or self._match(named).learners:
                    people[named.level].add((named.who, named.number))
                    break
        # One may be chance or a trick; where two are named, all are.
        counts = {level: min(len(who), 2) for level, who in people.items()}
        return min(counts, key=lambda level: (-counts[level], level), default=-1)

    def _owner(self, readings: list[Named], level: int) -> tuple[Named, Match]:
        """Say whose a file is by what stands at that level of its path."""
        there = [named for named in readings if level in (-1, named.level)]
        lms = [named for named in there if named.lms]
        matches = [(named, self._match(named)) for named in lms[:1] or there]
        learners = {one.id: one for _named, match in matches for one in match.learners}
        if len(learners) == 1:
            return next(pair for pair in matches if pair[1].learners)
        named, match = matches[0] if matches else (Named((), ""), self.roster.match(Person()))
        if len(matches) > 1 and learners:
            names = ", ".join(learners)
            text = _("several learners are named: {names}")
            match = Match([*learners.values()], why=text.format(names=names))
        return named, match

    def _propose(self, named: Named, match: Match, known: set[str]) -> None:
        """Propose what tells two people of one name apart."""
        if named.lms == "moodle":
            others = (one.id for one in match.learners if one.id not in known)
            told = [f"--is {named.number}={student}" for student in others]
        else:
            told = self.roster.proposals(named.person, known) if named.lms else []
        self.proposals |= dict.fromkeys(told)

    def _add(self, found: Found, readings: list[Named], level: int, match: Match) -> None:
        """Take in somebody who is not in the gradebook under the name in the path."""
        there = [named for named in readings if level in (-1, named.level)]
        flat = max((named.level for named in there), default=0)
        for named in sorted(there, key=lambda one: (not one.lms, one.level == flat, -one.level)):
            name = named.who[0].strip()
            fit = 0 < len(name) <= 128 and not UNFIT.search(name) and not name.startswith(".")
            if fit and "/" not in name and name != self.assignment and name.isprintable():
                self.give(found, name, named)
                return
        self.unmatched.append((found.path, match.why))

    def give(self, found: Found, student: str, named: Named) -> None:
        """Put a file among a learner's.

        Parameters
        ----------
        found : Found
            The file.
        student : str
            Whose it is.
        named : Named
            What its path says.
        """
        parts = [part for part in PurePosixPath(named.rest).parts if part not in ("..", "/", ".")]
        parts = parts[1:] if parts[:1] == [self.assignment] else parts
        parts = [UNFIT.sub("_", part) for part in parts or [PurePosixPath(found.path).name]]
        target, number = self._target(found, parts[-1], student) or ("/".join(parts), 0)
        if target.casefold() == "timestamp.txt":
            text = _("{file} was left out: the learner may have written it")
            self.remarks[student].append(text.format(file=found.path))
        elif max(len(part.encode(errors="replace")) for part in parts) > MAX_NAME:
            self.unmatched.append((found.path, _("its name is too long")))
        elif target:
            attempt = number if named.counts_versions else 0
            rank = (attempt, named.file, found.time, found.packed, number)
            self.versions[student][target].append(Version(found, rank, named.timestamp))

    def _target(self, found: Found, name: str, student: str) -> tuple[str, int] | None:
        """Say what a notebook or its answers will be called, and which version it is.

        None stands for any other file, an empty name for a notebook that is not to be used.
        """
        ending, own = ending_of(name).lower(), set(self.own)
        if ending.startswith(ANSWERS):
            stems = {f"{name}.answers" for name in own}
            stem = re.sub(r"(\.json|\.txt)+$", "", name, flags=re.IGNORECASE)
            known = split_version(stem, stems) or split_version(stem[: -len(".answers")], own)
            return known and (f"{known[0].removesuffix('.answers')}{ANSWERS}", known[1])
        stem = notebook_stem(name)
        known = split_version(stem, own) if stem else None
        if known and ending == ".ipynb":
            return f"{known[0]}.ipynb", known[1]
        cells = _grade_ids(_content(found)) if stem else set()
        likely = [one for one, ids in self.own.items() if ids and 2 * len(ids & cells) >= len(ids)]
        likely = [known[0]] if known and known[0] in likely else likely
        if len(likely) == 1:
            text = _("{file} was taken for {notebook} by what is in it")
            self.remarks[student].append(text.format(file=found.path, notebook=likely[0]))
            return f"{likely[0]}.ipynb", known[1] if known else 0
        if ending.startswith(".ipynb"):
            self.unmatched.append((found.path, _("not a notebook of this assignment")))
            return "", 0
        return None

    def plan(self, refused: list[tuple[str, str]]) -> Plan:
        """Choose the latest of each file and give the whole."""
        done = Plan(self.assignment, [], self.unmatched, refused, list(self.proposals))
        for student in sorted(self.versions):
            handed = HandedIn(student, remarks=self.remarks[student])
            files = self.versions[student]
            folders = {above.as_posix() for name in files for above in PurePosixPath(name).parents}
            for name in folders & set(files):
                text = _("{student} handed in a folder of the same name")
                reason = text.format(student=student)
                done.unmatched += [(v.file.path, reason) for v in files.pop(name)]
            for target, versions in sorted(files.items()):
                handed.files[target] = max(versions, key=lambda version: version.rank)
                if len(versions) > 1:
                    handed.remarks.append(_said(target, versions, handed.files[target]))
            wanted = [name for name in handed.files if name.endswith(WANTED)]
            if wanted:
                done.handed_in.append(handed)
            else:
                text = _("{student} handed in no notebook of this assignment")
                reason = text.format(student=student)
                done.unmatched += [(v.file.path, reason) for v in handed.files.values()]
        return done


def _alone(match: Match, numbers: set[str]) -> Match:
    """Leave it open who somebody is if another person of that name handed in as well."""
    if len(numbers) < 2:
        return match
    text = _("several people are called as {id}, by the LMS's numbers: {numbers}")
    told = text.format(id=match.learners[0].id, numbers=", ".join(sorted(numbers)))
    return replace(match, why=told)


def _content(found: Found) -> bytes:
    """Read a file to see what it is; what cannot be read is said when it is collected."""
    try:
        return found.read()
    except READING_ERRORS:
        return b""


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


def _own_cells(course, assignment: str) -> dict[str, set[str]]:
    """Give the names of an assignment's notebooks, each with nbgrader's names of its cells."""
    return {path.stem: _grade_ids(path.read_bytes()) for path in course.masters(assignment)}


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
