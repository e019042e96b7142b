"""Collecting from nbgrader's exchange: what anybody could have put there is not trusted."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from custlab.errors import CustLabError
from custlab.grading.collect.archive import contents_of_folder
from custlab.grading.collect.names import Named
from custlab.grading.collect.place import (
    NEW,
    REPLACED,
    SAME,
    Outcome,
    carry_out,
    earlier_folder,
    keep_private,
)
from custlab.grading.collect.plan import Plan
from custlab.grading.collect.roster import read_roster
from custlab.grading.collect.sorting import UNFIT, Sorter
from custlab.i18n import _

LATER = timedelta(minutes=15)  # between what is said and what the disk says: nobody's fault yet


def collect_from_exchange(course, assignment: str, dry_run: bool = False) -> list[Outcome]:
    """Collect what learners submitted with ``nbgrader submit``.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.
    dry_run : bool
        Whether to say only what would happen.

    Returns
    -------
    list of Outcome
        By learner.

    Raises
    ------
    CustLabError
        If there is no exchange here.
    """
    plan = plan_exchange(course, assignment)
    if isinstance(plan, Plan):
        return carry_out(course, plan, dry_run=dry_run)
    return collect_by_plugin(course, assignment, plan, dry_run)


def plan_exchange(course, assignment: str):
    """Look through the exchange; nothing is written.

    nbgrader's collector copies what links lead to, and believes the name of a folder that anybody
    can make. It only finds the folders here.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.

    Returns
    -------
    Plan or nbgrader's collector
        Who handed in what; the collector itself if an exchange of another kind is set up.

    Raises
    ------
    CustLabError
        If there is no exchange here.
    """
    if sys.platform == "win32":
        raise CustLabError(
            _("nbgrader's exchange does not run on Windows: name a folder or a zip file, --from.")
        )
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeError, ExchangeFactory
    from nbgrader.exchange.default import ExchangeCollect

    app = course.app
    directories = course.directories
    directories.assignment_id = assignment
    factory = ExchangeFactory(parent=app)
    told = {"coursedir": directories, "authenticator": Authenticator(parent=app), "parent": app}
    collector = factory.Collect(**told)
    collector.update = True
    collector.log.disabled = True  # what it has to say is said here
    unread: list[tuple[str, str]] = []
    if isinstance(collector, ExchangeCollect):
        collector._path_to_record = lambda path: _record(path, assignment, unread)
    try:
        collector.init_src()
    except ExchangeError as error:
        raise CustLabError(
            _(
                "Nothing was collected from the exchange: {reason} Name a folder or a zip file "
                "with --from, or set the exchange up."
            ).format(reason=str(error).rstrip(".") + ".")
        ) from None
    finally:
        collector.log.disabled = False
    if not isinstance(collector, ExchangeCollect):
        return collector
    sorter = Sorter(course, assignment, read_roster(course))
    refused = unread
    for record in collector.src_records:
        if record["username"]:
            refused += _take(sorter, Path(collector.inbound_path), record, collector.check_owner)
    return sorter.plan(refused)


def _record(path: str, assignment: str, unread: list) -> dict:
    """Read the name of a folder in the exchange; one that is no submission stops nobody's."""
    from nbgrader.utils import parse_utc

    name = Path(path).name
    match = re.fullmatch(rf"(.+)\+{re.escape(assignment)}\+([^+]+)(?:\+[^+]*)?", name)
    student, said = match.groups() if match else ("", "")
    try:
        time = parse_utc(said)
    except (ValueError, OverflowError, TypeError):
        student, time = "", datetime.min
    if not student or student.startswith(".") or UNFIT.search(student) or "/" in student:
        unread.append((name, _("its name is not one that `nbgrader submit` gives")))
        student = ""
    return {"username": student, "filename": name, "timestamp": time, "said": said}


def _take(sorter: Sorter, inbound: Path, record: dict, check_owner: bool) -> Iterator:
    """Take one learner's folder, unless it is another learner's; give what is not used of it."""
    student, name = record["username"], record["filename"]
    known = (inbound / name).lstat()
    owner = _account(known.st_uid)
    if check_owner and owner != student and owner in sorter.roster.learners:
        text = _("it says that it is {student}'s, but it belongs to {owner}")
        yield name, text.format(student=student, owner=owner)
        return
    found = contents_of_folder(inbound, name)
    for file in found.files:
        rest = file.path.removeprefix(f"{name}/")
        sorter.give(file, student, Named((student,), rest, timestamp=record["said"]))
    written = datetime.fromtimestamp(known.st_ctime, UTC).replace(tzinfo=None)
    if written - record["timestamp"] > LATER:
        text = _("{said} is the learner's word; this disk says {written} UTC")
        shown = written.strftime("%Y-%m-%d %H:%M")
        sorter.remarks[student].append(text.format(said=record["said"], written=shown))
    yield from found.refused


def _account(uid: int) -> str:
    """Give the name of an account on this machine; empty if it has none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return ""


def collect_by_plugin(course, assignment: str, collector, dry_run: bool) -> list[Outcome]:
    """Let an exchange of another kind, such as ngshare, collect; earlier work is kept.

    Parameters
    ----------
    course, assignment, dry_run
        As for `collect_from_exchange`.
    collector : nbgrader.exchange.abc.ExchangeCollect
        Which knows already what it will collect.

    Returns
    -------
    list of Outcome
        By learner.
    """
    outcomes = []
    for record in collector.src_records:
        student = record["username"]
        target = course.folder("submitted", student, assignment)
        there = course.directories.get_existing_timestamp(str(target)) if target.is_dir() else None
        if not target.is_dir():
            outcomes.append(Outcome(student, NEW))
        elif there is not None and record["timestamp"] <= there:
            outcomes.append(Outcome(student, SAME))
        else:
            kept = earlier_folder(course, student, assignment)
            outcomes.append(Outcome(student, REPLACED, str(kept.relative_to(course.root))))
            if not dry_run:
                shutil.copytree(target, kept, symlinks=True)
    if not dry_run:
        collector.init_dest()
        collector.copy_files()
        keep_private(course)
    return sorted(outcomes, key=lambda outcome: outcome.student)
