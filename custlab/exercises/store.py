"""Where answers are kept: a file beside the notebook, and the receipt inside it."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from custlab.errors import InputError
from custlab.exercises import answers as formats
from custlab.exercises.answers import (
    Answer,
    Answers,
    DamagedAnswersError,
    NewerAnswersError,
    UnreadableAnswersError,
)
from custlab.exercises.notebook import (
    notebook_folder,
    notebooks_of,
    receipts_beside,
    shown_to_visitors,
)
from custlab.files import write_atomic
from custlab.i18n import _


def answers_path(sheet: str, folder: Path | None = None) -> Path:
    """Give the path of a sheet's answers file.

    Raises
    ------
    InputError
        If the sheet's name could lead out of the folder.

    Examples
    --------
    >>> answers_path("03-role-types").name
    '03-role-types.answers.json'
    """
    if not isinstance(sheet, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", sheet):
        raise InputError(
            _(
                "A sheet is named after its notebook, with letters, digits and hyphens, "
                "for example “03-role-types”; not “{name}”."
            ).format(name=str(sheet)[:60])
        )
    return Path(folder or notebook_folder(sheet)) / f"{sheet}.answers.json"


def read_answers(sheet: str, folder: Path | None = None) -> Answers:
    """Read what was answered, for marking: from the file or else the receipt; changes nothing.

    Parameters
    ----------
    sheet : str
        The sheet's name.
    folder : Path, optional
        The notebook's folder.

    Returns
    -------
    dict of str to Answer
        By question; empty if nothing can be read.
    """
    path = answers_path(sheet, folder)
    try:
        return _read_file(path)
    except (OSError, UnreadableAnswersError):
        return receipts_beside(sheet, path.parent)


def _read_file(path: Path) -> Answers:
    with path.open("rb") as file:
        return dict(_parsed(file.read(formats.MAX_BYTES + 1)))


@lru_cache(maxsize=1)  # marking asks for the same file once for each question
def _parsed(content: bytes) -> Answers:
    return formats.from_bytes(content)


class Store:
    """The saved answers of one sheet.

    Parameters
    ----------
    sheet : str
        The sheet's name, for example ``03-role-types``.
    folder : Path, optional
        The notebook's folder; by default the one in which the kernel started.

    Attributes
    ----------
    answers : dict of str to Answer
        What is known, by question.
    notices : list of str
        Sentences that the learner should read.
    writable : bool
        Whether the last attempt to save was successful.
    """

    def __init__(self, sheet: str, folder: Path | None = None) -> None:
        self.sheet = sheet
        self.path = answers_path(sheet, folder)
        self.answers: Answers = {}
        self.notices: list[str] = []
        self.writable = True
        self._blocked = False
        with self._lock():
            on_disk = self._read_or_set_aside()
        self.answers = formats.merge(on_disk, receipts_beside(sheet, self.path.parent))
        if not self.answers and folder is None:
            self._tell_where_answers_may_be()

    def reload(self) -> list[str]:
        """Read again what is saved, in case another copy of the notebook has answered.

        Returns
        -------
        list of str
            The questions whose answers have changed since they were last read.
        """
        with self._lock():
            before = self.answers
            self.answers = formats.merge(before, self._read_or_set_aside())
        return [name for name in self.answers if self.answers[name] != before.get(name)]

    def put(self, name: str, kind: str, value: Any, tries: int = 0, hints: int = 0) -> list[str]:
        """Save one answer, and learn what another open copy of the notebook has saved.

        Returns
        -------
        list of str
            The other questions whose answers have changed since they were last read.
        """
        value = formats.tidy(value)

        def answered(known: Answer | None, unseen: bool) -> Answer:
            kept = known.earlier if known else []
            answer = Answer(kind, value, tries=tries, hints=hints, earlier=kept)
            if known and unseen:
                answer = formats.replacing(answer, known)
                if len(answer.earlier) > len(kept):
                    self._tell_replaced()
            return answer

        return self._change(name, answered)

    def note(self, name: str, tries: int, hints: int, share: float | None = None) -> list[str]:
        """Save how often an answer was checked, what share was right, how many hints were seen.

        Returns
        -------
        list of str
            The questions whose answers another open copy has changed.
        """

        def noted(known: Answer | None, unseen: bool) -> Answer:
            known = known or Answer(kind="", value=None)
            last = known.share if share is None else share
            return replace(known, tries=tries, hints=hints, share=last)

        return self._change(name, noted)

    def _change(self, name: str, make: Callable[[Answer | None, bool], Answer]) -> list[str]:
        """Read what is saved, change one answer, save: all while no other kernel can."""
        with self._lock():
            before = self.answers
            self.answers = formats.merge(before, self._read_or_set_aside())
            known = self.answers.get(name)
            changed = [other for other in self.answers if self.answers[other] != before.get(other)]
            answer = make(known, known != before.get(name))
            at = formats.now(after=known.at if known else formats.LONG_AGO)
            self.answers[name] = replace(answer, at=at)
            self._write()
        return [other for other in changed if other != name]

    def _tell_where_answers_may_be(self) -> None:
        """Warn before an empty receipt takes the place of a full one that cannot be found."""
        if os.environ.get("NBGRADER_EXECUTION"):
            return
        if shown_to_visitors():
            self.notices.append(_("Your answers are kept until you close this page."))
            return
        notebooks = notebooks_of(self.sheet, self.path.parent)
        if len(notebooks) == 1 or any(path.name.startswith(self.sheet) for path in notebooks):
            return  # a notebook without answers
        why = (
            _("In {folder} several notebooks belong to “{sheet}”: {names}.")
            if notebooks
            else _("In {folder} there is no notebook of “{sheet}”.")
        )
        names = ", ".join(path.name for path in notebooks)
        self.notices += [
            why.format(folder=self.path.parent, sheet=self.sheet, names=names),
            _(
                "If you have answered questions in this notebook before, close it without saving: "
                "your answers in it stay. To see them, name the notebook {sheet}.ipynb and open "
                'it again, or say in its first cell where it lies: Sheet("{sheet}", folder="…").'
            ).format(sheet=self.sheet),
        ]

    def _tell_replaced(self) -> None:
        self.notices.append(
            _(
                "Another open copy of this notebook had answered the same question. Your answer "
                "here is newer and stands; the other one is kept in {file}."
            ).format(file=self.path.name)
        )

    def _read_or_set_aside(self) -> Answers:
        self._blocked = False
        try:
            return _read_file(self.path)
        except FileNotFoundError:
            return {}
        except DamagedAnswersError:
            self._set_aside("damaged")
        except NewerAnswersError:
            self._set_aside("newer")
        except OSError as fault:
            self._blocked = True
            self._tell_once(
                _("{file} cannot be read ({reason}).").format(
                    file=self.path.name, reason=fault.strerror
                )
            )
        return {}

    def _set_aside(self, why: str) -> None:
        """Rename a file that cannot be used, so that nothing ever overwrites it."""
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        aside = self.path.with_name(f"{self.path.name}.{why}-{stamp}")
        try:
            os.replace(self.path, aside)
        except OSError:
            self._blocked = True
            aside = self.path
        told = {
            "damaged": _(
                "The saved answers could not be read. The file is kept as {file}; the answers in "
                "the notebook itself are used, and new ones are saved in a new file."
            ),
            "newer": _(
                "The saved answers were written by a newer version of the course kit. The file "
                "is kept as {file}; update the kit to use it. New answers are saved in a new file."
            ),
        }[why]
        self._tell_once(told.format(file=aside.name))

    def _write(self) -> None:
        try:
            if self._blocked:
                raise PermissionError
            write_atomic(self.path, formats.to_text(self.sheet, self.answers))
            self.writable = True
        except OSError:
            self.writable = False
            self._tell_once(
                _(
                    "Your answers cannot be saved in this folder (it is read-only or full). They "
                    "are kept in the receipt inside the notebook: run its last cell and save the "
                    "notebook somewhere else."
                )
            )

    def _tell_once(self, notice: str) -> None:
        if notice not in self.notices:
            self.notices.append(notice)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Keep other kernels on this machine from saving at the same moment."""
        from filelock import FileLock, Timeout

        # Sixteen locks for all notebooks of a person: such files cannot be removed safely, and two
        # notebooks that share one wait for milliseconds.
        digit = hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[0]
        owner = os.getuid() if hasattr(os, "getuid") else ""
        name = f"custlab-{owner}-{digit}.lock"
        lock = FileLock(Path(tempfile.gettempdir()) / name, timeout=2)
        try:
            lock.acquire()
        except (OSError, Timeout):  # better to save without a lock than not at all
            yield
            return
        try:
            yield
        finally:
            lock.release()
