"""``custlab report``: one page about the class."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import CourseFolder, open_course, say, tell_withdrawn
from custlab.cli.feedback import LESSONS


def report(
    assignment: Annotated[str, typer.Argument(help="The assignment, for example 03-role-types.")],
    to: Annotated[
        Path | None, typer.Option(help="The file to write; report.html, or report-names.html.")
    ] = None,
    names: Annotated[
        bool,
        typer.Option("--names/--anonymous", help="Name who should be looked at, or name nobody."),
    ] = False,
    lessons: Annotated[
        str, typer.Option(help="Address below which lessons open, for example on a JupyterHub.")
    ] = LESSONS,
    course: CourseFolder = Path(),
) -> None:
    """Write one page: marks, hard questions, commonest wrong answers; fit to be shown in class."""
    from custlab.grading.report import write_report
    from custlab.i18n import _

    opened = open_course(course)
    path = write_report(opened, assignment, to, names, lessons)
    say(_("Report written: {path}").format(path=path))
    tell_withdrawn(opened, assignment)
