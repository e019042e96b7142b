"""Read a CSV file as text, exactly as it stands, and say what is wrong with it as a file."""

from __future__ import annotations

import csv
import io
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd

from custlab.i18n import _

ZIP_MAGIC = b"PK\x03\x04"  # how an Excel workbook begins
OLE_MAGIC = b"\xd0\xcf\x11\xe0"  # how an old Excel workbook begins


class FileProblem(Exception):
    """A file cannot be read as a table; carries rule, problem and remedy."""

    def __init__(self, rule, problem, remedy):
        super().__init__(problem)
        self.finding = {"rule": rule, "problem": problem, "remedy": remedy}


def read_text_table(path):
    """Read a CSV file into text cells.

    Parameters
    ----------
    path : path
        The file. A byte order mark at its start is accepted.

    Returns
    -------
    table : DataFrame
        Text; the index holds row numbers as in a spreadsheet (the first data row is 2).
    ragged : list of (int, int)
        Row number and number of cells of rows that are too short or too long.

    Raises
    ------
    FileProblem
        If the file is missing, empty, not text, in another encoding or not separated by commas.
    """
    text = _decode(Path(path))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise FileProblem(
            "file-empty",
            _("The first row holds no column names."),
            _("Put the column names into the first row."),
        )
    header = [cell.strip() for cell in rows[0]]
    _check_delimiter(header)
    numbers = [number for number, row in enumerate(rows[1:], start=2) if row]
    body = [rows[number - 1] for number in numbers]
    width = len(header)
    pairs = zip(numbers, body, strict=True)
    ragged = [(number, len(row)) for number, row in pairs if len(row) != width]
    body = [(row + [""] * width)[:width] for row in body]
    table = pd.DataFrame(
        np.array(body, dtype=object).reshape(len(body), width),
        columns=header,
        index=pd.Index(numbers, dtype="int64"),
    )
    return table, ragged


def _decode(path):
    """Return the text of a file, or say why it is none."""
    if not path.is_file():
        raise FileProblem(*_missing(path))
    data = path.read_bytes()
    if not data.strip():
        raise FileProblem(
            "file-empty",
            _("The file is empty."),
            _("Export it again; it needs a header row and at least one row of data."),
        )
    if data.startswith((ZIP_MAGIC, OLE_MAGIC)):
        raise FileProblem(
            "not-csv",
            _("The file is an Excel workbook with the name of a CSV file."),
            _('Open it in Excel and save it as "CSV UTF-8 (comma delimited)".'),
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileProblem(
            "encoding",
            _("The file is not in UTF-8 (byte {position}); it looks like {guess}.").format(
                position=error.start, guess=_guess_encoding(data)
            ),
            _('Save it as "CSV UTF-8"; in Excel: Save as, file type CSV UTF-8.'),
        ) from error


def _missing(path):
    others = [p.name for p in path.parent.glob("*.csv")] if path.parent.is_dir() else []
    near = get_close_matches(path.name, others, n=1)
    remedy = (
        _("There is a file {near}: rename it if it is the one.").format(near=near[0])
        if near
        else _("Put the file into the folder {folder}.").format(folder=path.parent.as_posix())
    )
    return "file-missing", _("The file is missing."), remedy


def _guess_encoding(data):
    """Guess what an encoding is that is not UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return _("an unknown encoding")
    return _("GBK/GB18030, as Excel writes on Chinese Windows")


def _check_delimiter(header):
    """Refuse a table whose only column holds other separators."""
    if len(header) > 1:
        return
    names = {";": _("semicolons"), "\t": _("tabs"), "|": _("vertical bars")}
    for sign, name in names.items():
        if header[0].count(sign) >= 1:
            raise FileProblem(
                "delimiter",
                _("The columns are separated by {name}, not by commas.").format(name=name),
                _("Save the file as CSV with commas."),
            )


def as_text(frame):
    """Turn a DataFrame of any dtypes into text cells, with row numbers as in a spreadsheet."""
    columns = {name: _column_as_text(frame[name]) for name in frame.columns}
    text = pd.DataFrame(columns)
    text.index = pd.RangeIndex(2, len(frame) + 2)
    return text


def _column_as_text(column):
    missing = column.isna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        whole = (column.dropna() == column.dropna().dt.normalize()).all()
        text = column.dt.strftime("%Y-%m-%d" if whole else "%Y-%m-%d %H:%M")
    elif pd.api.types.is_bool_dtype(column.dtype):
        text = column.astype("object").map({True: "true", False: "false"})
    elif pd.api.types.is_float_dtype(column.dtype):
        text = column.map(lambda x: f"{x:.0f}" if float(x).is_integer() else repr(float(x)),
                          na_action="ignore")  # fmt: skip
    else:
        text = column.astype("object").map(str, na_action="ignore")
    values = np.array(text, dtype=object)
    values[missing] = ""
    return values
