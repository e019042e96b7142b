"""Make a table of the rows of a file, and say which rows are none of its data, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _

from .cells import tidy
from .reading import FileProblem, is_value, open_rows
from .report import Report
from .totals import is_total, without_totals

LOOKED_AT = 30  # rows among which the header is looked for
HEADER_FILLED = 0.75  # of the cells of the widest row


@dataclass(frozen=True)
class Export:
    """The cells of an exported file as they stand, and what was no row of data.

    Parameters
    ----------
    table : DataFrame
        One row a record, its label the row in the file (the first row is 1); cells as text, or as
        a workbook holds them. Rows named in the report are not in it.
    report : Report
        What was set aside or mended: file, row, problem, remedy.
    encoding, separator : str
        How the file is written; None for a workbook.
    """

    table: pd.DataFrame
    report: Report
    encoding: str | None
    separator: str | None

    def __repr__(self):
        said = _("{n} rows ({encoding}), columns: {names}.").format(
            n=len(self.table),
            encoding=self.encoding or _("Excel"),
            names=", ".join(map(str, self.table.columns)),
        )
        return said if self.report.ok else f"{said}\n{self.report}"


def read_export(path, encoding=None, separator=None, sheet=None) -> Export:
    r"""Read the table in an exported file, CSV or Excel, and say what in it was no row of data.

    The encoding (UTF-8, UTF-16, GB18030) and the separator (comma, semicolon, tab, bar) are told
    from the file. Title lines, blank rows, rows of totals, repeated headers, notes and rows with
    too many or too few cells are set aside and reported; nothing of the file is changed.

    Parameters
    ----------
    path : path
        The file.
    encoding, separator : str, optional
        Where the file does not tell them, such as encoding="cp1252".
    sheet : str, optional
        The sheet of a workbook that holds several.

    Returns
    -------
    Export
        ``table`` and ``report``. Give its columns to `parse_numbers` and `parse_mixed_dates`.

    Raises
    ------
    InputError
        If the file is missing, empty, no table, has an open quote or an encoding that could be
        one of several.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "sales.csv"
    ...     _n = file.write_text("Sales 2024\n\nid;amount;city\n7;12,50;Wuhan\nTotal;12,50;\n")
    ...     export = read_export(file)
    >>> export.table.to_dict("records")
    [{'id': '7', 'amount': '12,50', 'city': 'Wuhan'}]
    >>> export.report.findings[["row", "rule"]].to_numpy().tolist()
    [[1, 'title'], [5, 'total']]
    """
    file = Path(path).name
    try:
        rows, encoding, separator = open_rows(path, encoding, separator, sheet)
        table, findings = to_table(rows)
    except FileProblem as problem:
        raise InputError(told_of(file, problem)) from problem
    findings = [{"file": file, "column": "", "value": "", **finding} for finding in findings]
    return Export(table, Report(findings, {file: len(table)}), encoding, separator)


def told_of(file, problem: FileProblem) -> str:
    """Say in a sentence which file cannot be read, where and why."""
    if "row" in problem.finding:
        said = _("{file}, row {row}: {problem} {remedy}")
    else:
        said = _("{file}: {problem} {remedy}")
    return said.format(file=file, **problem.finding)


def to_table(rows, first_is_header=False):
    """Make a table of numbered rows of cells.

    Parameters
    ----------
    rows : list of (int, list)
        As `open_rows` gives them.
    first_is_header : bool
        Whether the first row holds the column names and every other row is kept, as in a file
        that has a description; rows of another length are then cut or filled up.

    Returns
    -------
    table : DataFrame
        The index holds row numbers.
    findings : list of dict
        rule, row, problem, remedy (and column, value) of what was set aside or mended.
    """
    rows = [(number, cells) for number, cells in rows if cells]
    at = 0 if first_is_header else _header_at(rows)
    if not rows or not _filled(rows[at][1]):
        raise FileProblem(
            "file-empty",
            _("The first row holds no column names."),
            _("Put the column names into the first row."),
        )
    findings = [_title(number, cells) for number, cells in rows[:at] if _filled(cells)]
    header = [str(tidy(cell)) for cell in rows[at][1]]
    if not first_is_header:
        header = _unique(header, rows[at][0], rows[at + 1 :], findings)
    width, kept = len(header), []
    blanks_allowed = _blank_somewhere(rows[at + 1 :], width)
    usual = Counter(len(cells) for _number, cells in rows[at + 1 :]).most_common(1)
    usual = usual[0][0] if usual else width
    for number, cells in rows[at + 1 :]:
        problem = _no_data(cells, header, rows[at][1], blanks_allowed, usual, first_is_header)
        if problem:
            findings.append({"row": number, **problem})
        if not problem or (first_is_header and problem["rule"] != "row-empty"):
            kept.append((number, [*cells, *[""] * width][:width]))
    table = pd.DataFrame(
        np.array([cells for _number, cells in kept], dtype=object).reshape(len(kept), width),
        columns=header,
        index=pd.Index([number for number, _cells in kept], dtype="int64"),
    )
    if not first_is_header:
        table = without_totals(table, findings)
        table = table.drop(columns=[name for name in table if name.startswith("\0")])
    findings += _wide_quotes(table)
    return table, sorted(findings, key=lambda finding: finding["row"])


def _filled(cells) -> int:
    return sum(map(bool, map(str.strip, map(str, cells))))


def _header_at(rows) -> int:
    """Find the row with the column names: the first that is filled in nearly as widely as any."""
    widest = max((_filled(cells) for _number, cells in rows[:LOOKED_AT]), default=0)
    needed = max(1, ceil(HEADER_FILLED * widest))
    at = next((i for i, (_n, cells) in enumerate(rows) if _filled(cells) >= needed), 0)
    if rows:
        names = [cell for cell in rows[at][1] if str(cell).strip()]
        if 2 * sum(map(is_value, names)) > len(names) - (len(names) == 2):
            raise FileProblem(
                "no-header",
                _("This row holds values where the column names should stand: {cells}.").format(
                    cells=", ".join(map(str, names[:5]))
                ),
                _("Add a row with the names of the columns above the data."),
                row=rows[at][0],
            )
    return at


def _title(number, cells) -> dict:
    text = " ".join(str(cell).strip() for cell in cells if str(cell).strip())
    return {
        "rule": "title", "row": number, "value": text,
        "problem": _("A line above the column names is no data and was set aside."),
        "remedy": _("Nothing to do, unless it is the header."),
    }  # fmt: skip


def _unique(header, number, rows, findings) -> list:
    """Give every column a name of its own; columns without name and content get one to drop."""
    names = []
    for i, name in enumerate(header):
        if not name:
            empty = not any(len(cells) > i and str(cells[i]).strip() for _n, cells in rows)
            name = f"\0{i}" if empty else _("column {n}").format(n=i + 1)
        if name in names:
            new = next(
                f"{name} ({n})" for n in range(2, len(header) + 2) if f"{name} ({n})" not in names
            )
            findings.append({
                "rule": "column-twice", "row": number, "column": name,
                "problem": _("There are several columns of this name; one is called {new}.")
                .format(new=new),
                "remedy": _("See which of them is the one you need."),
            })  # fmt: skip
            name = new
        names.append(name)
    return names


def _blank_somewhere(rows, width) -> np.ndarray:
    """Say for each column whether a row of full length leaves it blank."""
    blank = np.zeros(width, dtype=bool)
    if all(len(cells) >= width for _number, cells in rows):
        return blank  # nobody asks
    for _number, cells in rows:
        if len(cells) == width and _filled(cells):
            blank |= [str(cell).strip() == "" for cell in cells]
    return blank


def _no_data(cells, header, header_cells, blanks_allowed, usual, strict) -> dict | None:
    """Say why a row is no row of data; None if it is one."""
    width, filled = len(header), _filled(cells)
    if not filled:
        return {"rule": "row-empty", "problem": _("The row is empty and was left out."),
                "remedy": _("Delete it.")}  # fmt: skip
    if not strict:
        if cells == header_cells and width > 1:
            return {"rule": "header-again", "problem": _("The header stands here again."),
                    "remedy": _("Delete the row; it was left out.")}  # fmt: skip
        if filled == 1 and width > 2 and not is_total(cells):
            return {"rule": "note", "value": " ".join(map(str, cells)).strip(),
                    "problem": _("A row with one filled cell was taken for a note and set aside."),
                    "remedy": _("If it is data, fill in its other cells.")}  # fmt: skip
        if len(cells) == usual and usual > width and not _filled(cells[width:]):
            return None  # every row of this file ends with separators
        if len(cells) < width and (blanks_allowed[len(cells) :].all() or is_total(cells)):
            return None
    if len(cells) != width:
        said = (
            _("The row has {cells} cells, the header {columns}.")
            if strict
            else _("The row has {cells} cells, the header {columns}: it was set aside.")
        )
        return {
            "rule": "row-length",
            "value": " | ".join(map(str, cells))[:80],
            "problem": said.format(cells=len(cells), columns=width),
            "remedy": _("Look for a separator inside a text (put the text in quotes) or a lost "
                        "cell."),
        }  # fmt: skip
    return None


def _wide_quotes(table) -> list:
    """Find cells that seem to have swallowed rows, because a quote closes rows further down."""
    found, width = [], table.shape[1]
    for name, text in table.items() if width > 2 else ():
        wide = text[text.map(lambda cell: isinstance(cell, str) and cell.count("\n") > 1)]
        for row, cell in wide.items():
            lines = cell.splitlines()[1:-1]
            like_rows = max(
                sum(line.count(sign) == width - 1 for line in lines) for sign in ",;\t|"
            )
            if like_rows:
                found.append({
                    "rule": "quote-wide", "row": row, "column": name, "value": cell[:60],
                    "problem": _("The cell spans {n} lines, of which {rows} look like rows.")
                    .format(n=len(lines) + 2, rows=like_rows),
                    "remedy": _("Look for a quote that opens here and closes far below."),
                })  # fmt: skip
    return found
