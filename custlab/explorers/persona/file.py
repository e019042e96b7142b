"""Where the builder saves: never over what somebody else wrote, and never in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from custlab.errors import InputError
from custlab.i18n import _


class PersonaFile:
    """A persona's file, and what this builder knows to be in it.

    Parameters
    ----------
    write : callable
        ``write(persona, path)`` saves.
    read : callable
        ``read(path)`` gives the persona of a file, or raises an ``InputError``.
    """

    def __init__(self, write: Callable, read: Callable):
        self._write, self._read = write, read
        # What was read or written here last, by file: only that may be replaced.
        self._known: dict[Path, bytes] = {}

    def save(self, persona, name: str) -> tuple[Path, str]:
        """Save a persona; where the name is taken by something else, under the next free name.

        Parameters
        ----------
        persona : Persona
            What to save.
        name : str
            The file's name or path.

        Returns
        -------
        tuple of Path and str
            The file written, and a sentence on what happened.

        Raises
        ------
        InputError
            If the name is empty, its folder missing or not writable.
        """
        wanted = _path_of(name)
        try:
            taken = not self._is_ours(wanted)
            path = _next_free(wanted) if taken else wanted
            self._write(persona, path)
            self._known[path] = path.read_bytes()
        except OSError as error:
            raise _unusable(wanted, error) from error
        if not taken:
            return path, _("Saved as {name}.").format(name=path.name)
        return path, _(
            "{wanted} was there already, or was changed elsewhere: it is left as it is, and yours "
            "is saved beside it as {name}."
        ).format(wanted=wanted.name, name=path.name)

    def load(self, name: str):
        """Read a persona.

        Parameters
        ----------
        name : str
            The file's name or path.

        Returns
        -------
        Persona
            What the file holds.

        Raises
        ------
        InputError
            If there is no such file, or it holds no persona of this case.
        """
        path = _path_of(name)
        if not path.is_file():
            raise InputError(
                _("There is no file {path}: check the name, or save first.").format(path=path)
            )
        try:
            content = path.read_bytes()
            persona = self._read(path)
        except OSError as error:
            raise _unusable(path, error) from error
        self._known[path] = content
        return persona

    def exists(self, name: str) -> bool:
        """Tell whether there is a file of this name."""
        return bool(name.strip()) and _path_of(name).is_file()

    def _is_ours(self, path: Path) -> bool:
        return not path.exists() or (
            path.is_file() and path.read_bytes() == self._known.get(path, None)
        )


def _unusable(path: Path, error: OSError) -> InputError:
    return InputError(
        _("{path} cannot be used ({reason}): choose another name or folder.").format(
            path=path, reason=error.strerror or error
        )
    )


def _path_of(name: str) -> Path:
    if not name.strip():
        raise InputError(_("The file needs a name, such as my-persona.json."))
    path = Path(name.strip()).expanduser()
    if path.suffix.lower() != ".json":
        path = path.with_name(f"{path.name}.json")
    if not path.resolve().parent.is_dir():
        raise InputError(
            _("The folder {folder} does not exist: make it first, or choose another.").format(
                folder=path.parent
            )
        )
    return path


def _next_free(path: Path) -> Path:
    number = 2
    while (free := path.with_name(f"{path.stem}-{number}{path.suffix}")).exists():
        number += 1
    return free
