"""``custlab feedback``: a page for each learner."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import CourseFolder, Who, open_course, say, tell_withdrawn, told_who

LESSONS = "http://localhost:8888/lab/tree/notebooks"


def feedback(
    assignment: Annotated[str, typer.Argument(help="The assignment, for example 03-role-types.")],
    student: Annotated[
        list[str] | None, typer.Option(help="Only this learner; may be given several times.")
    ] = None,
    lessons: Annotated[
        str, typer.Option(help="Address below which lessons open, for example on a JupyterHub.")
    ] = LESSONS,
    answers: Annotated[
        bool, typer.Option(help="Say what was expected; without it only what is wrong, and why.")
    ] = True,
    parcel: Annotated[
        Path | None, typer.Option("--zip", help="Pack the pages for Moodle or Canvas (--like).")
    ] = None,
    like: Annotated[
        Path | None, typer.Option(help="The zip file of submissions that the LMS gave.")
    ] = None,
    who: Who = None,
    course: CourseFolder = Path(),
) -> None:
    """Write feedback pages: what was expected, why, where to reread; never a test's source."""
    from custlab.grading.feedback import write_feedback
    from custlab.i18n import _, ngettext

    opened = open_course(course)
    written = write_feedback(opened, assignment, student, lessons, answers)
    text = ngettext(
        "{n} feedback page written: {path}",
        "{n} feedback pages written: {path}",
        len(written),
    )
    say(text.format(n=len(written), path=opened.folder("feedback", "*", assignment)))
    missing = _pack(opened, assignment, parcel, like, written, who) if parcel else []
    say(
        _("On an exchange, `nbgrader release_feedback {name}` hands them out.").format(
            name=assignment
        )
    )
    tell_withdrawn(opened, assignment)
    raise typer.Exit(code=int(bool(missing)))


def _pack(course, assignment: str, path: Path, like: Path | None, written, who) -> list[str]:
    """Write the zip file for an LMS; give the learners who have no place in it."""
    from custlab.errors import CustLabError
    from custlab.files import write_atomic
    from custlab.grading.feedback.parcel import pack_feedback
    from custlab.i18n import _, ngettext

    if like is None:
        raise CustLabError(_("--zip needs the zip file that the LMS gave: --like FILE."))
    if path.exists():
        raise CustLabError(_("{path} is there already: name another file.").format(path=path))
    packed = pack_feedback(course, assignment, like, written, told_who(who))
    write_atomic(path, packed.content)
    count = len(packed.inside)
    text = ngettext(
        "{n} learner's pages packed: {path}", "{n} learners' pages packed: {path}", count
    )
    say(text.format(n=count, path=path))
    say(
        _(
            "Moodle takes it by “Upload multiple feedback files in a zip”, Canvas by “Upload "
            "submissions”."
        )
    )
    if packed.missing:
        text = _("Not in {like} for certain, so not packed: {names}")
        say(text.format(like=like, names=", ".join(packed.missing)))
    return packed.missing
