"""What the grading commands share: the course's folder, and plain lines on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CourseFolder = Annotated[
    Path, typer.Option(help="The folder with nbgrader_config.py; by default this one.")
]


def open_course(folder: Path):
    """Open the course in a folder.

    Parameters
    ----------
    folder : Path
        The folder that holds ``nbgrader_config.py``.

    Returns
    -------
    Course
        The course.

    Raises
    ------
    CustLabError
        If there is no course.
    """
    from custlab.errors import CustLabError
    from custlab.grading.stock.course import Course
    from custlab.i18n import _

    if not (Path(folder) / "nbgrader_config.py").is_file():
        raise CustLabError(
            _(
                "There is no nbgrader_config.py in {folder}. Start in the course's folder, or name "
                "it: --course FOLDER."
            ).format(folder=Path(folder).resolve())
        )
    return Course(folder)


def say(line: str) -> None:
    """Print one line as it is, whatever the screen's width."""
    typer.echo(line)
