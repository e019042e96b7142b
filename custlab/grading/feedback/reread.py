"""Where to reread: links from questions to headings of the lessons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import yaml

from custlab.errors import CustLabError
from custlab.i18n import _

FILE = Path("course") / "instructor" / "reread.yml"
SYLLABUS = Path("course") / "syllabus.yml"
# Where `custlab lab` serves a learner's own copy of the course.
LESSONS = "http://localhost:8888/lab/tree/notebooks"


@dataclass(frozen=True)
class Place:
    """A place in a lesson: the lesson's name, a heading (empty: all of it), and a link to it."""

    lesson: str
    heading: str
    link: str

    @property
    def words(self) -> str:
        """The place in words."""
        if not self.heading:
            return _("Lesson {lesson}").format(lesson=self.lesson)
        return _("Lesson {lesson}, “{heading}”").format(lesson=self.lesson, heading=self.heading)


class Places:
    """The places to reread of a course.

    Parameters
    ----------
    root : Path
        The course's folder.
    lessons : str
        The address below which lessons open, for example that of a JupyterHub.
    """

    def __init__(self, root: Path, lessons: str = LESSONS):
        self.root, self.lessons = Path(root), lessons.rstrip("/")
        known = _read(self.root / FILE)
        self.known = {str(name): dict(cells or {}) for name, cells in known.items()}
        syllabus = _read(self.root / SYLLABUS).get("lessons") or []
        self.titles = {lesson.get("id"): lesson.get("title") for lesson in syllabus}

    def find(self, notebook: str, cell: str) -> Place | None:
        """Give the place to reread for a marked cell; None if the course has no such lesson.

        Parameters
        ----------
        notebook, cell : str
            The exercise and nbgrader's name of the cell.

        Returns
        -------
        Place or None
            The place.
        """
        told = str(self.known.get(notebook, {}).get(cell, ""))
        lesson, hash_sign, heading = told.partition("#")
        if not hash_sign:
            lesson, heading = notebook, told
        if not told and not (self.root / "notebooks" / f"{notebook}.ipynb").is_file():
            return None
        # JupyterLab names a heading by its text with hyphens for spaces; the extension that
        # `custlab lab` brings goes there.
        anchor = "#" + quote(heading.replace(" ", "-")) if heading else ""
        number, title = lesson.partition("-")[0], self.titles.get(lesson)
        name = f"{number} {title}" if title else lesson
        return Place(name, heading, f"{self.lessons}/{quote(lesson)}.ipynb{anchor}")


def _read(path: Path) -> dict:
    """Read a YAML file; without one there is nothing to know."""
    if not path.is_file():
        return {}
    try:
        known = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        return dict(known)
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise CustLabError(
            _("{path} cannot be read as a table: {error}").format(path=path, error=error)
        ) from None
