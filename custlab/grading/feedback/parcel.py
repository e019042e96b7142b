"""Feedback for an LMS: all pages in one zip file, in the layout in which it gave the work."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from custlab.errors import CustLabError
from custlab.grading.collect import make_plan
from custlab.grading.collect.names import answer_path
from custlab.i18n import _


@dataclass
class Parcel:
    """The zip file, who is in it, and who has a page but no place in it."""

    content: bytes = b""
    inside: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def pack_feedback(
    course, assignment: str, like: Path, students: list[str], who: dict[str, str] | None = None
) -> Parcel:
    """Pack feedback pages so that Moodle or Canvas hands each to its learner.

    Moodle takes the file by "Upload multiple feedback files in a zip"; it knows people by the
    number in a folder's name. Canvas takes it by "Upload submissions"; it knows them by the two
    numbers in a file's name.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.
    like : Path
        The zip file of submissions that the LMS gave.
    students : list of str
        Who has a page.
    who : dict of str to str, optional
        Ids of learners, by the numbers in that file.

    Returns
    -------
    Parcel
        The zip file.

    Raises
    ------
    CustLabError
        If no path in the file is of Moodle's or Canvas's making.
    """
    plan = make_plan(course, assignment, like, who=who)
    layouts = {}
    for handed in plan.handed_in:
        files = [version.file for version in handed.files.values()]
        paths = {answer_path(file.path, file.zipped, "{name}") for file in files} - {""}
        layouts |= {handed.student: min(paths)} if paths else {}
    if not layouts:
        raise CustLabError(
            _("{path} is not a zip file of this assignment as Moodle or Canvas gives it.").format(
                path=like
            )
        )
    parcel, content = Parcel(), io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for student in students:
            pages = sorted(course.folder("feedback", student, assignment).glob("*.html"))
            if student not in layouts or not pages:
                parcel.missing.append(student)
                continue
            parcel.inside.append(student)
            for path in pages:
                name = layouts[student].replace("{name}", path.name)
                archive.writestr(name, path.read_bytes())
    parcel.content = content.getvalue()
    return parcel
