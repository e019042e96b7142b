"""The course as nbgrader sees it: its folders, its settings, its gradebook."""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from functools import cached_property
from pathlib import Path

from custlab.errors import CustLabError
from custlab.grading.stock.address import why_closed
from custlab.i18n import _


class Course:
    """An nbgrader course, read from its ``nbgrader_config.py``.

    Parameters
    ----------
    root : Path
        The folder that holds ``nbgrader_config.py``.
    """

    def __init__(self, root: Path):
        self.root = Path(root).resolve()

    @cached_property
    def app(self):
        """The nbgrader application with all settings loaded."""
        from nbgrader.apps.baseapp import NbGrader

        paths = list(sys.path)
        app = NbGrader(log_level=logging.ERROR)
        sys.path.insert(0, str(self.root))  # the settings may import what lies beside them
        try:
            app.initialize([], root=str(self.root))
        except SystemExit as end:
            raise CustLabError(
                _("{file} could not be read; `nbgrader --version` says why.").format(
                    file=self.root / "nbgrader_config.py"
                )
            ) from end
        finally:
            sys.path[:] = paths
        app.coursedir.db_url = self._whole(app.coursedir.db_url)
        return app

    @property
    def prepares(self) -> str:
        """What reads data once for all submissions, as ``module:function``; the settings say so.

        It is called with the name of each folder in ``datasets`` that an assignment uses.
        """
        return str(self.app.config.get("CustLab", {}).get("prepare_data", ""))

    @property
    def directories(self):
        """The course's folders, as nbgrader names them."""
        return self.app.coursedir

    @property
    def db_url(self) -> str:
        """The gradebook's address."""
        return self.directories.db_url

    def _whole(self, url: str) -> str:
        """Make a relative SQLite file one in the course's folder, wherever a command is typed."""
        found = re.fullmatch(r"sqlite:///(?!/)(.*)", url)
        if found and not Path(found[1]).is_absolute():
            return f"sqlite:///{(self.root / found[1]).as_posix()}"
        return url

    def gradebook(self):
        """Open the gradebook, an nbgrader one; use it in a ``with`` statement."""
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import SAWarning, SQLAlchemyError

        # Of nbgrader's own making, and nothing that an instructor could act on.
        warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")
        # nbgrader starts the program alembic when it makes a gradebook: it lies beside Python.
        beside = str(Path(sys.executable).parent)
        if beside not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", "")])
        try:
            return Gradebook(self.db_url, self.directories.course_id)
        except (ImportError, SQLAlchemyError) as error:
            # Not "from error": its own text may name the password.
            raise CustLabError(why_closed(self.db_url, error)) from None

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """Give the folder of one step (``source``, ``submitted``, ``autograded`` …)."""
        name = getattr(self.directories, f"{step}_directory")
        return self.root / self.directories.format_path(name, student, assignment)

    def masters(self, assignment: str) -> list[Path]:
        """List the notebooks of an assignment; one without any is none."""
        folder = self.folder("source", ".", assignment)
        notebooks = sorted(folder.glob("*.ipynb"))
        if not notebooks:
            raise CustLabError(
                _("There is no assignment {name}: no notebook lies in {folder}.").format(
                    name=assignment, folder=folder
                )
            )
        return notebooks

    def results(self, assignment: str) -> Path:
        """Give the folder of the grading results, beside the submissions."""
        return self.folder("submitted", ".", ".").parent / "results" / assignment

    def students(self, assignment: str) -> list[str]:
        """List the learners who have handed in something for an assignment."""
        pattern = self.directories.format_path(
            self.directories.submitted_directory,
            "(?P<student>.*)",
            re.escape(assignment),
            escape=True,
        )
        found = []
        for path in self.root.glob(
            str(self.folder("submitted", "*", assignment).relative_to(self.root))
        ):
            if path.is_dir() and (match := re.fullmatch(pattern, str(path))):
                found.append(match["student"])
            elif path.is_dir():
                found.append(self._student_of(path, assignment))
        return sorted(name for name in found if name and not name.startswith("."))

    def _student_of(self, path: Path, assignment: str) -> str:
        parts = self.folder("submitted", "*", assignment).parts
        return path.parts[parts.index("*")] if "*" in parts else ""

    def hidden(self) -> tuple[Path, ...]:
        """List what learners' code must never see."""
        names = ("source", "submitted", "autograded", "feedback")
        folders = [self.root / getattr(self.directories, f"{name}_directory") for name in names]
        # The settings may hold the password of the gradebook.
        folders += [Path(file) for file in self.app.loaded_config_files]
        if self.db_url.startswith("sqlite:///"):
            folders.append(Path(self.db_url.removeprefix("sqlite:///")))
        return tuple(folders)
