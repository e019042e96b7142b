"""What file names say: whose file it is, which notebook, which version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from custlab.errors import CustLabError
from custlab.i18n import _

# "Na Li_123456_assignsubmission_file_" is a folder, or the beginning of a file's name.
MOODLE = re.compile(r"(?P<who>.+)_(?P<number>\d+)_assignsubmission_(?P<part>[a-z]+)_(?P<rest>.*)")
# "lina_LATE_4711_99887766_03-role-types-1.ipynb": name, Canvas id of the learner, of the file.
CANVAS = re.compile(r"(?P<who>[^_/]+)_(?:LATE_)?(?P<user>\d+)_(?P<number>\d+)_(?P<rest>.+)")
VERSION = re.compile(
    r"(?:[ _-]*\((?P<browser>\d{1,3})\)|[-_](?P<lms>\d{1,3})|[ _-]*(?:-? ?copy|副本|kopie)"
    r"[ _-]*\(?(?P<copy>\d{0,3})\)?)$",
    re.IGNORECASE,
)
AROUND = " _-.,;"
GROUPS = ("student_id", "file_id", "first_name", "last_name", "email", "timestamp")


@dataclass(frozen=True)
class Named:
    """What the path of a file says.

    Attributes
    ----------
    who : tuple of str
        What may name the learner, the most telling first.
    rest : str
        The file's path below the learner.
    number : str
        The learner's number in the LMS, if the path has it.
    lms : bool
        Whether the path is in the layout of an LMS.
    counts_versions : bool
        Whether a number at the end of the name was put there by the LMS, at a new attempt.
    timestamp : str
        When it was handed in, if the name says so.
    """

    who: tuple[str, ...]
    rest: str
    number: str = ""
    lms: bool = False
    counts_versions: bool = False
    timestamp: str = ""


def read_pattern(pattern: str) -> re.Pattern | None:
    """Compile an instructor's own pattern, with the named groups of ``nbgrader zip_collect``.

    Parameters
    ----------
    pattern : str
        A regular expression; an empty text stands for none.

    Returns
    -------
    re.Pattern or None
        The pattern.

    Raises
    ------
    CustLabError
        If it is no regular expression, or names no learner.

    Examples
    --------
    >>> read_pattern(r"(?P<student_id>[^_]+)_(?P<file_id>.+)").groups
    2
    """
    if not pattern:
        return None
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise CustLabError(
            _("--pattern is no regular expression: {error}.").format(error=error)
        ) from None
    groups = compiled.groupindex
    named = {"student_id", "email", "last_name"} & set(groups)
    if not named or not set(groups) <= set(GROUPS):
        raise CustLabError(
            _("--pattern needs (?P<student_id>…) and may have: {groups}.").format(
                groups=", ".join(GROUPS)
            )
        )
    return compiled


def read_name(path: str, pattern: re.Pattern | None = None) -> list[Named]:
    """Read a path by the layouts of LMSs and by folders; the most telling reading first.

    Parameters
    ----------
    path : str
        With ``/`` between its parts.
    pattern : re.Pattern, optional
        The instructor's own; it is then the only one.

    Returns
    -------
    list of Named
        Possible readings; empty if a pattern is given and does not fit.

    Examples
    --------
    >>> read_name("Na Li_123_assignsubmission_file_/03-role-types.ipynb")[0].who
    ('Na Li',)
    >>> read_name("lina_LATE_47_99_03-role-types-1.ipynb")[0].who
    ('lina',)
    """
    if pattern is not None:
        return _by_pattern(path, pattern)
    parts = PurePosixPath(path).parts
    found = []
    for number, part in enumerate(parts):
        if match := MOODLE.fullmatch(part):
            inside = "/".join([match["rest"], *parts[number + 1 :]]).strip("/")
            found.append(Named((match["who"],), inside or parts[-1], lms=True))
    if parts and (match := CANVAS.fullmatch(parts[-1])):
        found.append(Named((match["who"],), match["rest"], match["user"], True, True))
    return found + [
        Named((part,), "/".join(parts[number + 1 :]))
        for number, part in enumerate(parts[:-1])
        if not MOODLE.fullmatch(part)
    ]


def _by_pattern(path: str, pattern: re.Pattern) -> list[Named]:
    match = pattern.search(path)
    if not match:
        return []
    told = {name: match.groupdict().get(name) or "" for name in GROUPS}
    full = f"{told['first_name']} {told['last_name']}".strip()
    suffix = PurePosixPath(path).suffix
    rest = told["file_id"] or PurePosixPath(path).name
    rest = rest if rest.endswith(suffix) else rest + suffix
    return [Named((told["student_id"], told["email"], full), rest, timestamp=told["timestamp"])]


def split_version(stem: str, names: set[str]) -> tuple[str, int] | None:
    """Take the version off a file's name.

    Parameters
    ----------
    stem : str
        The name, without its ending.
    names : set of str
        What it may be called.

    Returns
    -------
    tuple of str and int, or None
        The name, and 0 or the number of the version; None if it is called otherwise.

    Examples
    --------
    >>> split_version("03-role-types (2)", {"03-role-types"})
    ('03-role-types', 2)
    >>> split_version("03-role-types-Copy1", {"03-role-types"})
    ('03-role-types', 1)
    """
    stem, number = stem.strip(), 0
    while stem not in names:
        match = VERSION.search(stem)
        if not match or not match.start():
            return None
        told = match["browser"] or match["lms"] or match["copy"] or "1"
        number = max(number, int(told))
        stem = stem[: match.start()].rstrip()
    return stem, number


def ending_of(name: str) -> str:
    """Give the ending of a file's name, ``.answers (1).json`` without its version included.

    Examples
    --------
    >>> ending_of("li.na 03-role-types.ipynb"), ending_of("03-role-types.answers.json")
    ('.ipynb', '.answers.json')
    """
    return ".answers.json" if name.endswith(".answers.json") else PurePosixPath(name).suffix


def beside_notebook(stem: str, names: set[str]) -> list[tuple[str, str]]:
    """Take a flat file's name apart: what may be the learner, and the name without them.

    Parameters
    ----------
    stem : str
        The file's name, without its ending.
    names : set of str
        The assignment's notebooks.

    Returns
    -------
    list of tuple of str and str
        Possible learners, each with the rest of the name.

    Examples
    --------
    >>> beside_notebook("李娜_03-role-types (1)", {"03-role-types"})
    [('李娜', '03-role-types (1)'), ('(1)', '李娜_03-role-types')]
    """
    found = []
    for name in sorted(names, key=len, reverse=True):
        if name not in stem:
            continue
        before, _name, after = stem.partition(name)
        version = VERSION.search(after)
        tail = after[: version.start()] if version else after
        found.append((before, name + after))
        found.append((tail, before + name + after[len(tail) :]))
        found.append((after, before + name))
    stripped = [(side.strip(AROUND), rest.strip(AROUND)) for side, rest in found]
    return list(dict.fromkeys((side, rest) for side, rest in stripped if side))
