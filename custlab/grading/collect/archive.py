"""Reading a folder or a zip file, as it comes from an LMS, without trusting anything in it."""

from __future__ import annotations

import io
import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from custlab.errors import CustLabError
from custlab.grading.collect.disk import JUNK, JUNK_FILES, read_file, too_large, walk
from custlab.grading.read.intake import MAX_NOTEBOOK
from custlab.i18n import _

MAX_ENTRIES = 50_000
MAX_ALL = 4_000_000_000
MAX_RATIO = 200  # a notebook packs to a tenth of its size; what packs to a 200th is a bomb
SMALL = 1_000_000
# What reading an entry of somebody's zip file, or a file on a disk, may fail with.
READING_ERRORS = (
    CustLabError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError
)  # fmt: skip


@dataclass
class Found:
    """One file that could be a learner's.

    Attributes
    ----------
    path : str
        Where it lies in the folder or zip file, with ``/`` between its parts.
    time : float
        When it, or the learner's zip file with it, was last changed, seconds since 1970; 0 if
        that is not known.
    read : callable
        Gives its content.
    zipped : int
        How many parts of the path stand for a zip file that somebody handed in. What is inside
        is whoever's the zip file is, whatever the other parts say.
    packed : float
        When it was changed before it was put into that zip file, by the word of who made it.
    """

    path: str
    time: float
    read: Callable[[], bytes] = field(repr=False)
    zipped: int = 0
    packed: float = 0.0


@dataclass
class Contents:
    """The files found, and those that are not used, with the reason."""

    files: list[Found] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


class _Refused(Exception):
    """A file that is not used; says why."""


def read_contents(source: Path) -> Contents:
    """List the files of a folder or a zip file; zip files inside it are looked into once.

    Parameters
    ----------
    source : Path
        The folder or the zip file.

    Returns
    -------
    Contents
        Its files. Nothing is unpacked or written.

    Raises
    ------
    CustLabError
        If it is neither, or if it would unpack to more than a class can hand in.
    """
    source = Path(source)
    if source.is_dir():
        found = contents_of_folder(source)
    elif source.is_file() and zipfile.is_zipfile(source):
        found = _contents_of_zip(source, source.name)
    elif source.suffix == ".ipynb" and source.is_file():
        found = Contents([_on_disk(source.parent, source.name, source.stat().st_mtime)])
    else:
        raise CustLabError(
            _("{path} is neither a folder nor a zip file that can be read.").format(path=source)
        )
    return Contents([*_unpacked_once(found)], found.refused)


def contents_of_folder(root: Path, below: str = "") -> Contents:
    """List the files of a folder, as `read_contents` does; zip files stay closed.

    Parameters
    ----------
    root : Path
        A folder that is trusted.
    below : str
        A folder in it that is not.

    Returns
    -------
    Contents
        The files, with their paths from ``root``.
    """
    found = Contents()
    for count, (name, known) in enumerate(walk(root, below)):
        if count == MAX_ENTRIES:
            text = _("the last of {n} files that were looked at; the rest was left out")
            found.refused.append((name, text.format(n=count)))
            break
        if known is None:
            found.refused.append((name, _("cannot be read")))
        elif not stat.S_ISREG(known.st_mode):
            found.refused.append((name, _("a link, not a file")))
        elif known.st_size > MAX_NOTEBOOK:
            found.refused.append((name, too_large(MAX_NOTEBOOK)))
        else:
            found.files.append(_on_disk(root, name, known.st_mtime))
    return found


def _on_disk(root: Path, name: str, time: float) -> Found:
    return Found(name, time, lambda: read_file(root, name, MAX_NOTEBOOK))


def _add(found: Contents, file: Found) -> None:
    parts = PurePosixPath(file.path).parts
    if not JUNK.intersection(parts) and parts[-1] not in JUNK_FILES:
        found.files.append(file)


def _contents_of_zip(source, name: str) -> Contents:
    """List a zip file's entries; refuse what would lead out of it or blow up."""
    found = Contents()
    archive = zipfile.ZipFile(source)
    entries = archive.infolist()
    whole = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or whole > MAX_ALL:
        raise CustLabError(
            _(
                "{name} would unpack to {n} files of {size:.0f} MB together, more than a class "
                "hands in. Nothing was unpacked."
            ).format(name=name, n=len(entries), size=whole / 1e6)
        )
    for entry in entries:
        if entry.is_dir():
            continue
        shown = entry_name(entry)
        try:
            _check(entry, shown)
        except _Refused as reason:
            found.refused.append((shown, str(reason)))
            continue
        _add(found, Found(shown, _time(entry), _entry_reader(archive, entry)))
    return found


def entry_name(entry: zipfile.ZipInfo) -> str:
    """Give an entry's name; old zip programs wrote UTF-8 or GBK without saying so.

    Parameters
    ----------
    entry : zipfile.ZipInfo
        The entry.

    Returns
    -------
    str
        Its name, with ``/`` between the parts.
    """
    name = entry.filename
    if not entry.flag_bits & 0x800:
        raw = name.encode("cp437", "surrogateescape")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _check(entry: zipfile.ZipInfo, name: str) -> None:
    parts = name.split("/")
    outside = name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name)
    if outside or any(ord(sign) < 32 for sign in name):
        raise _Refused(_("its name leads out of the zip file"))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _Refused(_("a link, not a file"))
    if entry.flag_bits & 0x1:
        raise _Refused(_("protected by a password"))
    if entry.file_size > MAX_NOTEBOOK:
        raise _Refused(too_large(MAX_NOTEBOOK))
    if entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise _Refused(_("unpacks to far more than it holds, as a zip bomb does"))


def _time(entry: zipfile.ZipInfo) -> float:
    try:
        return datetime(*entry.date_time).timestamp() if entry.date_time[0] > 1980 else 0.0
    except (ValueError, OverflowError):
        return 0.0


def _entry_reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        # The size in the list of contents may be a lie: stop reading where it would be too much.
        with archive.open(entry) as stream:
            content = stream.read(MAX_NOTEBOOK + 1)
        if len(content) > MAX_NOTEBOOK:
            text = _("{name} is {why}.")
            raise CustLabError(text.format(name=entry_name(entry), why=too_large(MAX_NOTEBOOK)))
        return content

    return read


def _unpacked_once(found: Contents) -> Iterator[Found]:
    """Put the contents of zip files in the place of the zip files; deeper ones stay closed."""
    for file in found.files:
        if not file.path.lower().endswith(".zip"):
            yield file
            continue
        try:
            inner = _contents_of_zip(io.BytesIO(file.read()), file.path)
        except READING_ERRORS as error:
            found.refused.append((file.path, str(error).rstrip(".")))
            continue
        found.refused += [(f"{file.path}/{name}", reason) for name, reason in inner.refused]
        folder = file.path[: -len(".zip")]
        for part in inner.files:
            if part.path.lower().endswith(".zip"):
                found.refused.append((f"{file.path}/{part.path}", _("a zip file in a zip file")))
            else:
                path, zipped = f"{folder}/{part.path}", len(PurePosixPath(folder).parts)
                yield replace(part, path=path, time=file.time, zipped=zipped, packed=part.time)
