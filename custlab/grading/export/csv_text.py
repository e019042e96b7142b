"""CSV as text: reading whatever a spreadsheet program wrote, writing it back the same way."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from dataclasses import dataclass, field
from itertools import islice

from custlab.errors import CustLabError
from custlab.i18n import _

# A spreadsheet program takes a text that begins so for a formula, and runs it; Japanese and
# Chinese ones take the wide signs too.
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARKS_OF_ENCODING = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
DELIMITERS = ",;\t"
FIRST_ROWS = 20


@dataclass
class Sheet:
    """A sheet as rows of texts, and how it was written.

    Attributes
    ----------
    rows : list of list of str
        All rows, the header among them.
    encoding, delimiter, newline : str
        How it was written.
    quoted : bool
        Whether every cell stood in quotation marks.
    """

    rows: list[list[str]] = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"
    quoted: bool = False

    def place(self, known: tuple[str, ...]) -> int | None:
        """Find the first of these headers, in small letters; None if none of them is there."""
        header = [cell.strip().casefold() for cell in self.rows[0]]
        return next((header.index(name) for name in known if name in header), None)

    def at(self, row: int, place: int) -> str:
        """Give what stands in a cell; rows may be short."""
        cells = self.rows[row]
        return cells[place].strip() if place < len(cells) else ""

    def told(self, row: int, known: tuple[str, ...]) -> str:
        """Give what stands in a row below the first of these headers; "-" stands for nothing."""
        place = self.place(known)
        cell = "" if place is None else self.at(row, place)
        return "" if cell == "-" else cell

    def to_bytes(self) -> bytes:
        """Write the sheet as it was written before.

        Returns
        -------
        bytes
            The file's content.
        """
        text = io.StringIO()
        # Python 3.11 does not quote a carriage return by itself.
        bare_returns = any("\r" in cell for row in self.rows for cell in row)
        writer = csv.writer(
            text,
            delimiter=self.delimiter,
            lineterminator=self.newline,
            quoting=csv.QUOTE_ALL if self.quoted or bare_returns else csv.QUOTE_MINIMAL,
        )
        writer.writerows(self.rows)
        return text.getvalue().encode(self.encoding)


def read_sheet(content: bytes, name: str) -> Sheet:
    r"""Read a CSV file, whatever program wrote it.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name, for messages.

    Returns
    -------
    Sheet
        Its rows.

    Raises
    ------
    CustLabError
        If it is no CSV file.

    Examples
    --------
    >>> sheet = read_sheet("姓名;分数\r\n李娜;\r\n".encode("gb18030"), "a.csv")
    >>> sheet.rows, sheet.encoding, sheet.delimiter
    ([['姓名', '分数'], ['李娜', '']], 'gb18030', ';')
    """
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CustLabError(
            _("{name} is a workbook, not a CSV file: export it as CSV.").format(name=name)
        )
    text, encoding = _decoded(content, name)
    first = text.partition("\n")[0]
    delimiter = _delimiter(text)
    try:
        rows = list(_reader(text, delimiter))
    except csv.Error as error:
        raise CustLabError(
            _("{name} cannot be read as CSV ({error}).").format(name=name, error=error)
        ) from None
    rows = [row for row in rows if row]
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise CustLabError(_("{name} is empty.").format(name=name))
    newline = "\r\n" if "\r\n" in text else "\n"
    head = first.rstrip("\r")
    quoted = len(rows[0]) > 1 and head.count('"') >= 2 * len(rows[0]) and head.startswith('"')
    return Sheet(rows, encoding, delimiter, newline, quoted)


def _reader(text: str, delimiter: str):
    # Without newline="" a line break inside a cell would be changed.
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _delimiter(text: str) -> str:
    """Find the delimiter: it gives the first rows the same number of cells, and the most.

    Counting it would not do: names of assignments hold commas, and a comma may be decimal.
    """
    found = {}
    for delimiter in DELIMITERS:
        try:
            lengths = [len(row) for row in islice(_reader(text, delimiter), FIRST_ROWS) if row]
        except csv.Error:
            continue
        even = len(set(lengths)) == 1
        found[delimiter] = (even and lengths[0] > 1, lengths[0] if lengths else 0)
    return max(found, key=found.get, default=DELIMITERS[0])


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    for mark, encoding in MARKS_OF_ENCODING:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), encoding
    for encoding in ("utf-8", "gb18030" if _in_pairs(content) else "cp1252", "latin-1"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise CustLabError(_("{name} is not text.").format(name=name))


def _in_pairs(content: bytes) -> bool:
    """Tell Chinese text, whose bytes above 127 come in pairs, from a Western alphabet."""
    runs = re.findall(rb"[\x80-\xff]+", content)
    return sum(len(run) % 2 == 0 for run in runs) > len(runs) / 2


def guarded(value) -> str:
    """Make a cell that no spreadsheet program takes for a formula.

    Parameters
    ----------
    value : object
        Text, a number, or nothing.

    Returns
    -------
    str
        A text that could be a formula gets an apostrophe in front; numbers stay as they are,
        and what is missing is empty.

    Examples
    --------
    >>> guarded("=1+1"), guarded(-2.5), guarded(None), guarded(3.0)
    ("'=1+1", '-2.5', '', '3')
    >>> guarded("＝1+1"), guarded(" =1+1")
    ("'＝1+1", "' =1+1")
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return number(value)
    text = str(value)
    seen = text.lstrip("".join(sign for sign in text if not sign.isprintable() or sign.isspace()))
    first = unicodedata.normalize("NFKC", seen[:1])
    return f"'{text}" if text.startswith(RISKY) or first.startswith(RISKY) else text


def number(value: float, decimal: str = ".") -> str:
    """Write a number without needless zeros.

    Examples
    --------
    >>> number(2.0), number(1.25, decimal=",")
    ('2', '1,25')
    """
    return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", decimal)
