"""``custlab extend``: more time for single learners."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import CourseFolder, open_course, say


def extend(
    assignment: Annotated[str, typer.Argument(help="The assignment, for example 03-role-types.")],
    student: Annotated[
        list[str] | None, typer.Argument(help="Who; without anybody, all extensions are listed.")
    ] = None,
    hours: Annotated[float, typer.Option(help="How many hours more.")] = 0.0,
    days: Annotated[float, typer.Option(help="How many days more.")] = 0.0,
    course: CourseFolder = Path(),
) -> None:
    """Give single learners more time, before or after they hand in; 0 hours takes it back."""
    from custlab.grading.stock.extensions import grant_extension, read_extensions
    from custlab.i18n import _

    opened = open_course(course)
    for name in student or ():
        grant_extension(opened, assignment, name, hours + 24 * days)
    for name, more in sorted(read_extensions(opened, assignment).items()):
        if more:
            text = _("{student}: {hours:g} hours more")
            say(text.format(student=name, hours=more.total_seconds() / 3600))
