"""``custlab feedback``: a page for each learner."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import CourseFolder, open_course, say, tell_withdrawn

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
    say(
        _("On an exchange, `nbgrader release_feedback {name}` hands them out.").format(
            name=assignment
        )
    )
    tell_withdrawn(opened, assignment)
