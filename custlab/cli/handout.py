"""``custlab handout``: a lesson as one page, to print or to hand out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custlab.cli.common import say


def handout(
    lesson: Annotated[str, typer.Argument(help="The lesson, for example 03-role-types.")],
    to: Annotated[
        Path | None, typer.Option(help="The file to write; LESSON.html in this folder.")
    ] = None,
) -> None:
    """Write a lesson as one HTML page: questions without their keys, pictures, no folded code."""
    from custlab.errors import CustLabError
    from custlab.exercises.handout import lesson_page
    from custlab.files import course_root, write_atomic
    from custlab.i18n import _

    folder = course_root() / "notebooks"
    path = folder / f"{lesson}.ipynb"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in folder.glob("*.ipynb")))
        text = _("There is no lesson “{lesson}”. There are: {known}.")
        raise CustLabError(text.format(lesson=lesson, known=known))
    to = to or Path(f"{lesson}.html")
    try:
        write_atomic(to, lesson_page(path))
    except OSError as error:
        text = _("{path} cannot be written ({why}). Choose another place with --to.")
        raise CustLabError(text.format(path=to, why=error.strerror)) from error
    say(_("Page written: {path}").format(path=to))
