"""What file names say: whose file it is, which notebook, which version."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from custlab.errors import CustLabError
from custlab.grading.collect.roster import Person
from custlab.i18n import _

# "Na Li_123456_assignsubmission_file_" is a folder, or the beginning of a file's name. From
# Moodle 4.1 on folders end without the last sign.
MOODLE = re.compile(
    r"(?P<who>.+)_(?P<number>\d+)_assignsubmission_(?P<part>[a-z]+)(?:_(?P<rest>.*))?"
)
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
    lms : str
        Whose layout it is, "moodle" or "canvas"; empty if no LMS made the path.
    counts_versions : bool
        Whether a number at the end of the name was put there by the LMS, at a new attempt.
    timestamp : str
        When it was handed in, if the name says so.
    level : int
        Which part of the path says it, counted from the outermost.
    person : Person
        All of it that says who the learner is.
    file : int
        The number that the LMS gave the file: a later one is larger.
    """

    who: tuple[str, ...]
    rest: str
    number: str = ""
    lms: str = ""
    counts_versions: bool = False
    timestamp: str = ""
    level: int = 0
    person: Person = field(default_factory=Person)
    file: int = 0


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


def read_name(path: str, pattern: re.Pattern | None = None, zipped: int = 0) -> list[Named]:
    """Read a path by the layouts of LMSs and by folders, the outermost part first.

    Parameters
    ----------
    path : str
        With ``/`` between its parts.
    pattern : re.Pattern, optional
        The instructor's own; it is then the only one.
    zipped : int
        How many parts lead to a zip file that a learner made: what is inside names nobody.

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
    for level, part in enumerate(parts[: zipped or len(parts)]):
        below, last = "/".join(parts[zipped or level + 1 :]), level + 1 == (zipped or len(parts))
        if match := MOODLE.fullmatch(part):
            rest = below if zipped else "/".join([match["rest"] or "", below]).strip("/")
            # Its number stands for the learner in this one assignment only.
            who, number, person = match["who"], match["number"], Person(names=(match["who"],))
            found.append(Named((who,), rest or part, number, "moodle", False, "", level, person))
        elif last and (match := CANVAS.fullmatch(part)):
            rest = below if zipped else match["rest"]
            who, number, file = match["who"], match["user"], int(match["number"][:30])
            # Canvas makes letters of a name; what has other signs may be an id in a like layout.
            texts = () if who.isalpha() else (who,)
            person = Person(names=(who,), texts=texts, number=number)
            found.append(Named((who,), rest, number, "canvas", not zipped, "", level, person, file))
        elif zipped or not last:
            found.append(Named((part,), below, level=level, person=Person(texts=(part,))))
    return found


def answer_path(path: str, zipped: int, name: str) -> str:
    """Say under which path an LMS takes a file back for whoever handed one in.

    Parameters
    ----------
    path : str
        The path of a file that the LMS gave.
    zipped : int
        How many of its parts lead to a zip file that the learner made; 0 without one.
    name : str
        What the file to give back is called.

    Returns
    -------
    str
        A path in the same layout; empty if no LMS made the path.

    Examples
    --------
    >>> answer_path("Na Li_123_assignsubmission_file/03.ipynb", 0, "03.html")
    'Na Li_123_assignsubmission_file/03.html'
    >>> answer_path("lina_LATE_47_99_03-1.ipynb", 0, "03.html")
    'lina_LATE_47_99_03.html'
    """
    named = next((one for one in read_name(path, zipped=zipped) if one.lms), None)
    if named is None:
        return ""
    part = PurePosixPath(path).parts[named.level]
    match = (MOODLE if named.lms == "moodle" else CANVAS).fullmatch(part)
    return part[: match.start("rest")] + name if match["rest"] else f"{part}/{name}"


def _by_pattern(path: str, pattern: re.Pattern) -> list[Named]:
    match = pattern.search(path)
    if not match:
        return []
    told = {name: match.groupdict().get(name) or "" for name in GROUPS}
    full = f"{told['first_name']} {told['last_name']}".strip()
    suffix = PurePosixPath(path).suffix
    rest = told["file_id"] or PurePosixPath(path).name
    rest = rest if rest.endswith(suffix) else rest + suffix
    known, mails = filter(None, (told["student_id"],)), filter(None, (told["email"],))
    if full:
        person = Person(names=(full,), ids=tuple(known), mails=tuple(mails))
    else:
        person = Person(texts=tuple(known), mails=tuple(mails))
    who = tuple(filter(None, (told["student_id"], told["email"], full)))
    return [Named(who, rest, timestamp=told["timestamp"], person=person)]


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
    >>> ending_of("03-role-types.ipynb.txt")
    '.ipynb.txt'
    """
    match = re.search(r"\.(answers\.json|ipynb)(\.(json|txt))?$", name, re.IGNORECASE)
    return match[0] if match else PurePosixPath(name).suffix


def notebook_stem(name: str) -> str:
    """Take the ending off a notebook's name, also one that a browser or an LMS put behind it.

    Parameters
    ----------
    name : str
        A file's name.

    Returns
    -------
    str
        The name without its ending; empty if no notebook can be called so.

    Examples
    --------
    >>> notebook_stem("a.ipynb"), notebook_stem("a.ipynb.txt"), notebook_stem("a.ipynb-1.json")
    ('a', 'a', 'a-1')
    >>> notebook_stem("a.csv")
    ''
    """
    match = re.fullmatch(r"(.+?)(\.ipynb)?([^.]*)\.(ipynb|json|txt)", name, re.IGNORECASE)
    return match[1] + match[3] if match else ""


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
