"""Save personas as JSON files and load them again, losing nothing on the way.

A file names its format and schema version. Fields that this version does not know are kept and
written back. A file is written whole or not at all.
"""

from __future__ import annotations

import json
from pathlib import Path

from custlab.errors import InputError
from custlab.files import write_atomic
from custlab.i18n import _
from custlab.persona.card_parts import SCHEMA_VERSION
from custlab.persona.codec import FieldError, decode, encode
from custlab.persona.persona import Persona
from custlab.persona.persona_set import PersonaSet

FORMAT = "custlab-persona"
_KINDS = {"persona": Persona, "personas": PersonaSet}


def save_persona(persona: Persona, path, overwrite: bool = False) -> Path:
    """Save a persona as a JSON file.

    Parameters
    ----------
    persona : Persona
        What to save.
    path : str or Path
        The file; one that holds the same persona is replaced.
    overwrite : bool
        Replace also a file that holds another persona or something else.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If the file holds something else, or the folder is missing. Nothing is written then.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = save_persona(Persona("a", "ecommerce", "1", "Maple"), Path(folder) / "a.json")
    ...     load_persona(file).name
    'Maple'
    """
    if not isinstance(persona, Persona):
        raise InputError(_("save_persona saves one persona; for a set use save_personas."))
    return _save(persona, "persona", path, overwrite)


def save_personas(personas: PersonaSet, path, overwrite: bool = False) -> Path:
    """Save a set of personas as one JSON file.

    Parameters
    ----------
    personas : PersonaSet
        What to save.
    path : str or Path
        The file; one that holds personas of the same ids is replaced.
    overwrite : bool
        Replace also a file that holds something else.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        As of :func:`save_persona`.

    Examples
    --------
    >>> import tempfile
    >>> pair = PersonaSet("ecommerce", (Persona("a", "ecommerce", "1", "Maple"),))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = save_personas(pair, Path(folder) / "pair.json")
    ...     [persona.name for persona in load_personas(file)]
    ['Maple']
    """
    if not isinstance(personas, PersonaSet):
        raise InputError(_("save_personas saves a set of personas; for one use save_persona."))
    return _save(personas, "personas", path, overwrite)


def load_persona(path, case=None) -> Persona:
    """Load a persona from a JSON file.

    Parameters
    ----------
    path : str or Path
        The file.
    case : Case or str, optional
        The case at hand; a persona of another one is refused.

    Returns
    -------
    Persona

    Raises
    ------
    InputError
        If the file is missing, broken, newer than this version, holds a set, or belongs to
        another case. The file stays as it is.
    """
    return _load(path, "persona", case)


def load_personas(path, case=None) -> PersonaSet:
    """Load a set of personas from a JSON file.

    Parameters
    ----------
    path : str or Path
        The file.
    case : Case or str, optional
        The case at hand; personas of another one are refused.

    Returns
    -------
    PersonaSet

    Raises
    ------
    InputError
        As of :func:`load_persona`.
    """
    return _load(path, "personas", case)


def _save(thing, kind: str, path, overwrite: bool) -> Path:
    path = Path(path)
    if not path.parent.is_dir():
        raise InputError(
            _("There is no folder {folder}: make it first, or save elsewhere.").format(
                folder=path.parent
            )
        )
    if path.exists() and not overwrite:
        _refuse_other(thing, kind, path)
    content = {"format": FORMAT, "version": SCHEMA_VERSION, "kind": kind, kind: encode(thing)}
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    try:
        return write_atomic(path, text + "\n")
    except OSError as error:
        raise InputError(
            _("{file} could not be written ({why}). Nothing was changed.").format(
                file=path, why=error.strerror or error
            )
        ) from error


def _refuse_other(thing, kind: str, path: Path) -> None:
    """Do not write over what is not an older state of the same persona or set."""
    try:
        old = _load(path, kind, None)
    except InputError as error:
        raise InputError(
            _("{file} exists and was not overwritten: {why} Choose another name for the file, or "
              "give overwrite=True.").format(file=path, why=error)
        ) from error  # fmt: skip
    if _keys(old) != _keys(thing):
        raise InputError(
            _("{file} holds another persona ({old}) and was not overwritten. Choose another name "
              "for the file, or give overwrite=True.").format(
                  file=path, old=", ".join(one.name for one in _all(old)))
        )  # fmt: skip


def _all(thing) -> tuple[Persona, ...]:
    return thing.personas if isinstance(thing, PersonaSet) else (thing,)


def _keys(thing) -> tuple:
    return (thing.case, *sorted(persona.id for persona in _all(thing)))


def _load(path, kind: str, case):
    path = Path(path)
    content = _read(path)
    _check_version(path, content.get("version"))
    if kind not in content:
        _refuse_kind(path, kind, content)
    try:
        thing = decode(_KINDS[kind], content[kind])
    except FieldError as error:
        raise InputError(
            _("{file} is damaged: {why}. Mend that field in a text editor, or draft the persona "
              "again. The file was not changed.").format(file=path, why=error)
        ) from error  # fmt: skip
    for one in (thing, *_all(thing)):
        _check_version(path, one.version)
    _check_case(path, thing, case)
    return thing


def _read(path: Path) -> dict:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise InputError(_("There is no file {file}.").format(file=path)) from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(
            _("{file} cannot be read as JSON ({why}). The file was not changed.").format(
                file=path, why=error
            )
        ) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(
            _("{file} is no persona file: it lacks the line \"format\": \"{name}\".").format(
                file=path, name=FORMAT
            )
        )  # fmt: skip
    return content


def _check_version(path: Path, version) -> None:
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InputError(
            _("{file} does not say which version of the schema it follows (field \"version\").")
            .format(file=path)
        )  # fmt: skip
    if version > SCHEMA_VERSION:
        raise InputError(
            _("{file} was written by a newer CustLab (schema {version}; this one reads up to "
              "{known}). Update CustLab; the file was not changed.").format(
                  file=path, version=version, known=SCHEMA_VERSION)
        )  # fmt: skip


def _refuse_kind(path: Path, kind: str, content: dict) -> None:
    other = {"persona": "personas", "personas": "persona"}[kind]
    if other not in content:
        raise InputError(_("{file} holds no persona.").format(file=path))
    text = (
        _("{file} holds a set of personas: load it with load_personas.")
        if kind == "persona"
        else _("{file} holds one persona: load it with load_persona.")
    )
    raise InputError(text.format(file=path))


def _check_case(path: Path, thing, case) -> None:
    own = {persona.case for persona in _all(thing)} | {thing.case}
    if len(own) > 1:
        raise InputError(
            _("{file} mixes personas of several cases ({cases}): keep one file for each.").format(
                file=path, cases=", ".join(sorted(own))
            )
        )
    name = getattr(case, "name", case)
    if name is not None and thing.case != name:
        raise InputError(
            _("{file} holds a persona of the case {own!r}, not of {other!r}. Load that case: "
              'load_case("{own}").').format(file=path, own=thing.case, other=name)
        )  # fmt: skip
