"""``custlab collect``: what is typed, and what is said about what was collected."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import CourseFolder, Who, open_course, say, told_who


def collect(
    assignment: Annotated[str, typer.Argument(help="The assignment, for example 03-role-types.")],
    source: Annotated[
        str,
        typer.Option(
            "--from", help="exchange, a folder, or a zip file as Moodle or Canvas gives it."
        ),
    ] = "exchange",
    pattern: Annotated[
        str,
        typer.Option(
            help="For other layouts: a regular expression for the path, with the named groups of "
            "nbgrader zip_collect, such as (?P<student_id>[^_]+)_(?P<file_id>.+)."
        ),
    ] = "",
    add_learners: Annotated[
        bool,
        typer.Option("--add-learners", help="Take in learners who are not in the gradebook yet."),
    ] = False,
    who: Who = None,
    times: Annotated[
        bool,
        typer.Option("--times", help="Record the files' times as the time of handing in."),
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace a submission also by one that is not newer."),
    ] = False,
    withdraw: Annotated[
        list[str] | None,
        typer.Option(help="Collect nothing; take this learner's work back, and the marks for it."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")
    ] = False,
    course: CourseFolder = Path(),
) -> None:
    """Collect what was handed in; nothing is overwritten. Exit code 1: something was left out."""
    from custlab.errors import CustLabError
    from custlab.grading.collect import Plan, carry_out, make_plan, plan_exchange
    from custlab.grading.collect.exchange import collect_by_plugin
    from custlab.i18n import _

    opened = open_course(course)
    if withdraw and dry_run:
        raise CustLabError(_("--withdraw takes work away, with copies kept: not with --dry-run."))
    if withdraw:
        raise typer.Exit(code=_take_back(opened, assignment, withdraw))
    if source == "exchange":
        plan = plan_exchange(opened, assignment)
        if not isinstance(plan, Plan):
            outcomes = collect_by_plugin(opened, assignment, plan, dry_run)
            raise typer.Exit(code=_tell(outcomes, dry_run))
    else:
        plan = make_plan(opened, assignment, Path(source), pattern, add_learners, told_who(who))
    outcomes = carry_out(opened, plan, force, times, dry_run)
    if source == "exchange":
        _tell_open(opened)
    raise typer.Exit(code=_tell(outcomes, dry_run, plan, times))


def _take_back(course, assignment: str, students: list[str]) -> int:
    from custlab.grading.collect.place import withdraw
    from custlab.i18n import _

    nothing = False
    for student in students:
        done = withdraw(course, assignment, student)
        nothing |= not done
        for line in done or [_("{student} has neither work nor marks.").format(student=student)]:
            say(line)
    return int(nothing)


def _tell_open(course) -> None:
    """Say what learners on this machine could read."""
    import shlex

    from custlab.grading.collect.place import open_to_others
    from custlab.i18n import _

    if places := open_to_others(course):
        named = " ".join(shlex.quote(str(path)) for path in places)
        say(_("Every account on this machine can read: {paths}").format(paths=named))
        say(_("Close it: {command}").format(command=f"chmod -R go-rwx {named}"))


def _tell(outcomes, dry_run: bool, plan=None, times: bool = False) -> int:
    """Say what was collected and what was not; give the exit code."""
    from custlab.grading.collect.place import FAILED, NEW, OLDER, REPLACED, SAME
    from custlab.i18n import _, ngettext

    count = len([outcome for outcome in outcomes if outcome.what in (NEW, REPLACED)])
    if dry_run:
        text = ngettext(
            "{n} submission would be collected; nothing was written.",
            "{n} submissions would be collected; nothing was written.",
            count,
        )
    else:
        text = ngettext("{n} submission collected.", "{n} submissions collected.", count)
    say(text.format(n=count))
    details = {
        NEW: _("{student}: new"),
        REPLACED: _("{student}: replaced; the earlier one is kept in {detail}"),
        OLDER: _("{student}: NOT taken, older than the one that is there (--force takes it)"),
        FAILED: _("{student}: NOT taken: {detail}"),
    }
    remarks = {handed.student: handed.remarks for handed in plan.handed_in} if plan else {}
    for outcome in outcomes:
        told = remarks.get(outcome.student, [])
        if outcome.what in details and (outcome.what != NEW or told or dry_run):
            line = details[outcome.what].format(student=outcome.student, detail=outcome.detail)
            say("  " + line)
        for remark in told:
            say("    " + remark)
    same = len([outcome for outcome in outcomes if outcome.what == SAME])
    if same:
        text = ngettext("{n} is there already.", "{n} are there already.", same)
        say(text.format(n=same))
    left_out = [*plan.unmatched, *plan.refused] if plan else []
    if left_out:
        say(_("Not collected:"))
        for path, reason in left_out:
            say(f"  {path}: {reason}")
    if plan and plan.proposals:
        say(_("If one of these is true, type it and collect again (--is goes with this command):"))
        for line in plan.proposals:
            say(f"  {line}")
    if plan and plan.unmatched:
        say(
            _(
                "Enter missing learners with `nbgrader db student add`, or pass --add-learners; "
                "for other file names there is --pattern."
            )
        )
    if plan and count and not times and not any(handed.timestamp for handed in plan.handed_in):
        say(_("No time of handing in is recorded; --times takes the files' own."))
    return int(bool(left_out) or any(outcome.what in (OLDER, FAILED) for outcome in outcomes))
