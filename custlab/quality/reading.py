"""Open a file of any make as rows of cells: encoding, separator, quotes, sheets of a workbook."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd

from custlab.i18n import _

ZIP_MAGIC = b"PK\x03\x04"  # how an Excel workbook begins
WEB_PAGE = re.compile(r"\s*<(!doctype|html|table|\?xml)", re.IGNORECASE)
NO_TEXT = re.compile(rb"[\x01-\x08\x0e-\x19]")  # signs of a picture or program
LOOKED_AT = 200  # rows by which the separator is told
COMMON_CHINESE = 0.6  # share of common characters from which bytes are taken for Chinese


class FileProblem(Exception):
    """A file cannot be read as a table; carries rule, problem and remedy, and a row if known."""

    def __init__(self, rule, problem, remedy, **place):
        super().__init__(f"{problem} {remedy}")
        self.finding = {"rule": rule, "problem": problem, "remedy": remedy, **place}


def open_rows(path, encoding=None, separator=None, sheet=None):
    """Open a CSV file or an Excel workbook as rows of cells.

    Parameters
    ----------
    path : path
        The file.
    encoding, separator : str, optional
        For CSV; by default as the file itself tells.
    sheet : str, optional
        For workbooks with several sheets.

    Returns
    -------
    rows : list of (int, list)
        Row number as in a spreadsheet, and its cells: text, or what a workbook holds.
    encoding, separator : str
        As found; None for workbooks.

    Raises
    ------
    FileProblem
        If the file is missing, empty, no table, or can be understood in two ways.
    """
    path = Path(path)
    if not path.is_file():
        raise FileProblem(*_missing(path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileProblem(
            "not-readable",
            _("The file cannot be opened ({why}).").format(why=error.strerror),
            _("Close it in other programs, and see whether you may read it."),
        ) from error
    if not data.strip():
        raise FileProblem(
            "file-empty",
            _("The file is empty."),
            _("Export it again; it needs a header row and at least one row of data."),
        )
    if data.startswith(ZIP_MAGIC):
        return _workbook(data, sheet), None, None
    text, encoding = _decode(data, encoding)
    text = text.rstrip("\x1a\0")  # how some old programs end a file
    if WEB_PAGE.match(text):
        raise FileProblem(
            "not-csv",
            _("The file is a web page or XML, whatever its name says."),
            _('Open it in Excel and save it as "CSV UTF-8 (comma delimited)".'),
        )
    told = re.match(r"sep=(.)\r?\n", text)  # Excel's own line for the separator
    separator = separator or (told[1] if told else _separator(text))
    rows = [row for row in _split(text, separator) if not (told and row[0] == 1)]
    return rows, encoding, separator


def _missing(path):
    others = [p.name for p in path.parent.glob("*.csv")] if path.parent.is_dir() else []
    near = get_close_matches(path.name, others, n=1)
    remedy = (
        _("There is a file {near}: rename it if it is the one.").format(near=near[0])
        if near
        else _("Put the file into the folder {folder}.").format(folder=path.parent.as_posix())
    )
    return "file-missing", _("The file is missing."), remedy


def _decode(data, encoding):
    """Return the text of a file and its encoding, or say why it is none."""
    if encoding is not None:
        try:
            return data.decode(encoding).removeprefix("\ufeff"), encoding
        except (UnicodeDecodeError, LookupError) as error:
            raise FileProblem(
                "encoding",
                _("The file is not in {encoding} ({why}).").format(encoding=encoding, why=error),
                _("Leave encoding out, or give the one in which the program exports."),
            ) from error
    candidate = "utf-8-sig"
    zeros = [data[:2000:2].count(0), data[1:2000:2].count(0)]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidate = "utf-16"
    elif max(zeros) > len(data[:2000]) / 8:  # every second byte of Latin letters is 0
        candidate = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    try:
        return data.decode(candidate), candidate.removesuffix("-sig")
    except UnicodeDecodeError:
        pass
    if b"\0" in data or NO_TEXT.search(data):
        raise FileProblem(
            "not-csv",
            _("The file is no text: an old Excel workbook, a picture or another program's file."),
            _('Open it in the program that wrote it and save it as "CSV UTF-8".'),
        )
    return _decode_old(data)


def _decode_old(data):
    """Take bytes that are not Unicode for Chinese if they are mostly common characters."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    signs = [sign.encode("gb18030") for sign in text if sign > "\x7f"]
    common = [sign for sign in signs if len(sign) == 2 and sign[0] < 0xD8 and min(sign) > 0xA0]
    if signs and len(common) >= COMMON_CHINESE * len(signs):
        return text, "gb18030"
    row = next(line for line in data.splitlines() if not line.isascii())
    shown = {name: row.decode(name, "replace").strip()[:40] for name in ("cp1252", "gb18030")}
    raise FileProblem(
        "encoding",
        _("The file is not in UTF-8, and its letters can be read in several ways ({ways}).").format(
            ways=", ".join(f"{name}: {text}" for name, text in shown.items())
        ),
        _('Save it as "CSV UTF-8", or say which is right, for example encoding="cp1252".'),
        row=1 + data.splitlines().index(row),
    )


def _separator(text):
    """Find the sign that separates cells: with it most rows are as wide as the header.

    A blank stands for columns in line, in which all rows have the same number of words.
    """
    head = "".join(text.splitlines(keepends=True)[:LOOKED_AT])
    best, found = 0, ","
    for sign in ",;\t|":
        rows = [row for row in csv.reader(io.StringIO(head, newline=""), delimiter=sign) if row]
        width, times = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
        header = next((row for row in rows if len(row) == width), [])
        if width > 1 and not any(is_value(cell) for cell in header) and times > best:
            best, found = times, sign
    widths = {len(line.split()) for line in head.splitlines() if line.strip()}
    return " " if best == 0 and len(widths) == 1 and widths != {1} else found


def is_value(cell) -> bool:
    """Say whether a cell holds digits and no word, so that it is no column name."""
    text = str(cell)
    return any(sign.isdigit() for sign in text) and not any(sign.isalpha() for sign in text)


def _split(text, separator):
    """Split text into rows of cells; a quote that stands open is refused where it opens."""
    if separator == " ":  # columns in line, as printed: any number of blanks
        return [(n, line.split()) for n, line in enumerate(text.splitlines(), start=1)]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows, number, line, wrapped = [], 0, 0, '="' in text
    try:
        for number, cells in enumerate(reader, start=1):
            rows.append((number, [_unwrapped(cell) for cell in cells] if wrapped else cells))
            line = reader.line_num
    except csv.Error as error:
        start = text.splitlines()[line][:60] if line < len(text.splitlines()) else ""
        raise FileProblem(
            "quote-open",
            _("A quote opens in this row and does not close where a cell ends: {text!r}.").format(
                text=start
            ),
            _("Close the quote or delete it, and export or save the file again."),
            row=number + 1,
            value=start,
        ) from error
    return rows


def _unwrapped(cell) -> str:
    """Take off ="...", which keeps Excel from changing a key."""
    found = re.fullmatch(r'="(.*)"', cell)
    return found[1] if found else cell


def _workbook(data, sheet):
    """Read the cells of a workbook's sheet: text, numbers and dates as Excel holds them."""
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and the like, which are not read
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets = {one.title: list(one.values) for one in book.worksheets}
    except Exception as error:  # whatever a damaged archive brings about
        raise FileProblem(
            "not-csv",
            _("The file is a workbook that cannot be opened ({why}).").format(why=error),
            _('Open it in Excel and save it as "CSV UTF-8 (comma delimited)".'),
        ) from error
    filled = {
        title: [(n, row) for n, row in enumerate(rows, start=1) if any(c is not None for c in row)]
        for title, rows in sheets.items()
    }
    filled = {title: rows for title, rows in filled.items() if rows}
    if sheet is None and len(filled) == 1:
        sheet = next(iter(filled))
    if sheet not in filled:
        raise FileProblem(
            "sheet",
            _("The workbook has {n} sheets with data: {names}.").format(
                n=len(filled), names=", ".join(filled)
            ),
            _("Say which one, for example sheet={name!r}.").format(name=next(iter(filled), "")),
        )
    return [(n, ["" if cell is None else cell for cell in row]) for n, row in filled[sheet]]


def as_text(frame):
    """Turn a DataFrame of any dtypes into text cells, with row numbers as in a spreadsheet."""
    text = pd.DataFrame({name: column_as_text(frame[name]) for name in frame.columns})
    text.index = pd.RangeIndex(2, len(frame) + 2)
    return text


def column_as_text(column):
    """Turn the cells of a column into text: whole numbers without a point, dates in ISO form."""
    missing = column.isna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        whole = (column.dropna() == column.dropna().dt.normalize()).all()
        text = column.dt.strftime("%Y-%m-%d" if whole else "%Y-%m-%d %H:%M")
    elif pd.api.types.is_bool_dtype(column.dtype):
        text = column.astype("object").map({True: "true", False: "false"})
    else:
        text = column.astype("object").map(_cell_as_text, na_action="ignore")
    values = np.array(text, dtype=object)
    values[missing] = ""
    return values


def _cell_as_text(cell):
    if isinstance(cell, float) and cell.is_integer():
        return f"{cell:.0f}"
    return repr(float(cell)) if isinstance(cell, float) else str(cell)
