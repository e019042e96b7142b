"""``custlab export``: marks as a table, or into the sheet of an LMS."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import CourseFolder, open_course, say, tell_withdrawn


class Form(StrEnum):
    """What can be written."""

    csv = "csv"
    moodle = "moodle"
    canvas = "canvas"


def export(
    assignment: Annotated[
        list[str] | None, typer.Argument(help="Assignments; all that have been handed in.")
    ] = None,
    to: Annotated[
        Form, typer.Option(help="A plain table, or the sheet of an LMS (with --into).")
    ] = Form.csv,
    into: Annotated[
        Path | None, typer.Option(help="The sheet that Moodle or Canvas exported, a CSV file.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; marks.csv, or SHEET-marks.csv.")
    ] = None,
    column: Annotated[str, typer.Option(help="Header of the sheet's column to fill.")] = "",
    scale: Annotated[
        bool, typer.Option("--scale", help="Convert points to the sheet's maximum.")
    ] = False,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Fill in marks that are not complete too.")
    ] = False,
    comments: Annotated[
        bool, typer.Option("--comments", help="Fill in feedback too: Moodle's Feedback comments.")
    ] = False,
    excel: Annotated[
        bool, typer.Option("--excel", help="Mark the table as UTF-8 so that Excel reads it.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it is there already.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")
    ] = False,
    course: CourseFolder = Path(),
) -> None:
    """Export marks. Exit code 1: somebody's marks could not be put into the sheet."""
    from custlab.errors import CustLabError
    from custlab.i18n import _

    opened = open_course(course)
    if to is Form.csv:
        if into:
            raise CustLabError(_("--into goes with --to moodle or --to canvas."))
        raise typer.Exit(_table(opened, assignment, output, excel, force, dry_run))
    if comments and to is not Form.moodle:
        raise CustLabError(
            _(
                "Only Moodle's sheet has room for comments. For Canvas: custlab feedback --zip "
                "FILE --like SUBMISSIONS.zip."
            )
        )
    if into is None or len(assignment or []) != 1:
        raise CustLabError(
            _(
                "For an LMS name one assignment and its own sheet: --to {to} --into SHEET.csv."
            ).format(to=to.value)
        )
    from custlab.grading.export import fill_sheet

    how = (column, scale, provisional, comments)
    filled = fill_sheet(opened, assignment[0], into, to.value, *how)
    path = output or into.with_name(f"{into.stem}-marks{into.suffix}")
    if not dry_run:
        _write(path, filled.sheet.to_bytes(), force)
    tell_withdrawn(opened, assignment[0])
    raise typer.Exit(_tell(filled, path, provisional, dry_run))


def _table(course, assignments, output: Path | None, excel: bool, force: bool, dry_run: bool):
    """Write the plain table and say what is in it."""
    from custlab.grading.export import export_table
    from custlab.i18n import _

    sheet, every = export_table(course, assignments, excel)
    path = output or Path("marks.csv")
    if not dry_run:
        _write(path, sheet.to_bytes(), force)
    for marks in every:
        waiting = int(marks.waiting.any(axis="columns").sum())
        absent = len(marks.learners) - len(marks.handed_in)
        text = _("{name}: {n} handed in, {absent} did not, {waiting} still wait for marks by hand.")
        say(text.format(name=marks.assignment, n=len(marks.handed_in), absent=absent,
                        waiting=waiting))  # fmt: skip
        tell_withdrawn(course, marks.assignment)
    text = _("Would be written: {path}") if dry_run else _("Written: {path}")
    say(text.format(path=path))
    return 0


def _write(path: Path, content: bytes, force: bool) -> None:
    from custlab.errors import CustLabError
    from custlab.files import write_atomic
    from custlab.i18n import _

    if path.exists() and not force:
        raise CustLabError(
            _("{path} is there already: --force replaces it, --output names another.").format(
                path=path
            )
        )
    if not path.parent.is_dir():
        raise CustLabError(_("There is no folder {path}.").format(path=path.parent))
    write_atomic(path, content)


def _tell(filled, path: Path, provisional: bool, dry_run: bool) -> int:
    """Say what was filled in and who is missing; give the exit code."""
    from custlab.i18n import _, ngettext

    count = len(filled.changes)
    text = ngettext("Column “{column}”: {n} mark.", "Column “{column}”: {n} marks.", count)
    say(text.format(column=filled.column, n=count))
    for student, old, new in filled.changes:
        if old.strip() or dry_run:
            say(f"  {student}: {old.strip() or '–'} → {new}")
    lists = (
        (_("With marks, but not in the sheet:"), filled.missing),
        (_("Marks not complete, filled in all the same:") if provisional
         else _("Marks not complete, left out (--provisional fills them in):"), filled.waiting),
        (_("Nothing handed in, left as it was:"), filled.absent),
    )  # fmt: skip
    if filled.doubts:
        say(_("In the sheet, but not (for certain) in the gradebook:"))
        for shown, why in filled.doubts:
            say(f"  {shown}: {why}")
    if filled.proposals:
        say(_("If one of these is true, type it and export again:"))
        for line in filled.proposals:
            say(f"  {line}")
    for student, reason in filled.kept:
        say(_("Left as it was: {student}: {reason}").format(student=student, reason=reason))
    for words, names in lists:
        if names:
            say(words + " " + ", ".join(names))
    text = _("Nothing was written; it would be: {path}") if dry_run else _("Written: {path}")
    say(text.format(path=path))
    return int(bool(filled.missing or filled.unmatched))
