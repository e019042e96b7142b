"""What the grading commands share: the course's folder, and plain lines on the screen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

# Control signs, marks of the direction of writing, other ends of lines, halves of pairs.
STEERING = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)

CourseFolder = Annotated[
    Path, typer.Option(help="The folder with nbgrader_config.py; by default this one.")
]
Who = Annotated[
    list[str] | None,
    typer.Option("--is", help="Whose work an LMS's number stands for, of namesakes: 4711=li-na."),
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


def told_who(who: list[str] | None) -> dict[str, str]:
    """Read the pairs of ``--is``: ids of learners by number."""
    from custlab.errors import CustLabError
    from custlab.i18n import _

    pairs = [text.partition("=") for text in who or ()]
    for number, _sign, student in pairs:
        if not number.strip().isdigit() or not student.strip():
            raise CustLabError(_("--is needs a number and a learner, for example 4711=li-na."))
    return {number.strip(): student.strip() for number, _sign, student in pairs}


def say(line: str) -> None:
    """Print one line as it is, whatever the width; what it quotes cannot steer the screen."""
    typer.echo(printable(line).replace("\n", "\\n"))


def tell_withdrawn(course, assignment: str) -> None:
    """Say whose marks are of work that is no longer there."""
    from custlab.grading.stock.marks import withdrawn
    from custlab.i18n import _

    if names := withdrawn(course, assignment):
        text = _(
            "Marks of {assignment} whose work is no longer in {folder}: {names}. If it was "
            "withdrawn, take the marks away: custlab collect {assignment} --withdraw LEARNER"
        )
        folder = course.folder("submitted", "*", assignment)
        say(text.format(assignment=assignment, folder=folder, names=", ".join(names)))


def printable(text: str) -> str:
    r"""Show signs that steer a terminal, or turn the direction of writing, as what they are.

    Names of files, errors and answers are other people's words, and go to the screen and the log.

    Parameters
    ----------
    text : str
        What will be printed.

    Returns
    -------
    str
        The same with escapes in place of control signs; line ends and tabulators stay.

    Examples
    --------
    >>> printable("李娜\x1b[2J.ipynb")
    '李娜\\x1b[2J.ipynb'
    """
    return STEERING.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
