"""What reading numbers and reading dates share: one reading a column, and cells left unread."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _, ngettext

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
BLANKS = dict.fromkeys((0xA0, 0x2007, 0x2009, 0x202F, 0x3000), " ")
SIGNS = {"−": "-", "–": "-", "—": "-", "￥": "¥", "￡": "£", "￦": "₩", "。": "."}
TIDY = FULL_WIDTH | BLANKS | {ord(one): other for one, other in SIGNS.items()}
SHOWN = 3


class UnreadCells(UserWarning):
    """Cells of a column were left empty, or may not mean what they seem to."""


@dataclass(frozen=True)
class ReadColumn:
    """A column as it was read, and what could not be.

    Parameters
    ----------
    values : Series
        The values; missing where a cell is blank or could not be read.
    unread : DataFrame
        One row a cell that is not blank and could not be read: ``row`` (its label), ``text``,
        ``why``.
    notes : tuple of str
        Sentences on the column as a whole, such as that it holds two currencies.
    """

    values: pd.Series
    unread: pd.DataFrame
    notes: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """Say what could not be read, and what else there is to know."""
        said = [_left_empty(self.values, self.unread)] if len(self.unread) else []
        return [*said, *self.notes]

    def findings(self, file: str, column: str) -> list[dict]:
        """List what could not be read, and the notes, in the form of a `Report`."""
        unread = [
            (cell.row, cell.text, "unread",
             _("{text!r} could not be read ({why}) and is left empty.").format(
                 text=cell.text, why=cell.why),
             _("Correct the cell in the file, or count it among the missing ones."))
            for cell in self.unread.itertuples()
        ]  # fmt: skip
        notes = [(None, "", "column", note, "") for note in self.notes]
        keys = ("row", "value", "rule", "problem", "remedy")
        return [
            {"file": file, "column": column} | dict(zip(keys, found, strict=True))
            for found in unread + notes
        ]

    def warned(self) -> pd.Series:
        """Give the values, and warn of what could not be read."""
        for sentence in self.sentences():
            warnings.warn(sentence, UnreadCells, stacklevel=3)
        return self.values


def _left_empty(values, unread) -> str:
    cells = [
        _("row {row} {text!r} ({why})").format(row=cell.row, text=cell.text, why=cell.why)
        for cell in unread.head(SHOWN).itertuples()
    ]
    said = ngettext(
        "Column {column!r}: {n} of {total} cells could not be read and is left empty: {cells}.",
        "Column {column!r}: {n} of {total} cells could not be read and are left empty: {cells}.",
        len(unread),
    )
    more = [] if len(unread) <= SHOWN else ["…"]
    cells = "; ".join([*cells, *more])
    return said.format(column=name_of(values), n=len(unread), total=len(values), cells=cells)


def as_column(column) -> pd.Series:
    """Take a Series, or any sequence of cells, as a Series."""
    if isinstance(column, str) or not hasattr(column, "__iter__"):
        raise InputError(
            _("A column (Series or list) is needed, but this is {given!r}.").format(given=column)
        )
    return column if isinstance(column, pd.Series) else pd.Series(list(column), dtype=object)


def read_cells(column: pd.Series, readings, asked: dict, wanted=None, defaults=None) -> ReadColumn:
    """Read a column under the one convention that all its cells fit.

    A cell with one reading is read so. A cell that fits several follows the other cells written
    in its way; where these do not decide, the column is refused.

    Parameters
    ----------
    column : Series
        The cells.
    readings : callable
        Cell -> (way of writing, {convention: value}); where it cannot be read, (why not, {}).
    asked : dict
        Convention -> how a caller asks for it, for messages.
    wanted : str, optional
        The convention that the caller asked for.
    defaults : dict, optional
        Way of writing -> convention to take where the cells do not decide.

    Raises
    ------
    InputError
        If cells fit several readings that differ.
    """
    codes, cells = pd.factorize(column.astype(object))
    texts = [tidy(cell) for cell in cells]
    read = [readings(text) if text != "" else ("", {}) for text in texts]
    alive = {}
    for way, fits in read:
        if fits:
            alive[way] = alive.get(way, set(fits)) & set(fits)
    values, why, open_ = [], [], {}
    for i, (text, (way, fits)) in enumerate(zip(texts, read, strict=True)):
        if wanted:
            kept = {wanted: fits[wanted]} if wanted in fits else {}
        else:
            kept = _allowed(fits, alive.get(way, ()), (defaults or {}).get(way))
        values.append(next(iter(kept.values()), None))
        why.append(None if kept or text == "" else _reason(way, fits, asked.get(wanted)))
        if len(set(kept.values())) > 1:
            open_[i] = kept
    if open_:
        _refuse(column, cells, codes, open_, asked)
    found = pd.Series([*values, None], dtype=object).take(codes).set_axis(column.index)
    reason = np.array([*why, None], dtype=object)[codes]
    lost = reason != None  # noqa: E711
    unread = pd.DataFrame(
        {"row": column.index[lost], "text": column[lost].astype(str), "why": reason[lost]}
    )
    return ReadColumn(found.rename(column.name), unread.reset_index(drop=True))


def tidy(cell):
    """Write full-width signs, odd blanks and dashes in the usual way; numbers stay as they are."""
    return cell.translate(TIDY).strip() if isinstance(cell, str) else cell


def name_of(column) -> str:
    """Name a column in a message."""
    return _("without a name") if column.name is None else column.name


def _shown(value) -> str:
    return str(value).removesuffix(" 00:00:00").removesuffix(".0")


def _reason(way, fits, asked) -> str:
    if fits:
        return _("does not fit {asked}").format(asked=asked)
    return way or _("not understood")


def _allowed(fits: dict, alive, default) -> dict:
    """Keep the readings of a cell that all other cells allow."""
    if len(set(fits.values())) < 2:
        return fits
    kept = {convention: value for convention, value in fits.items() if convention in alive}
    return {default: kept[default]} if default in kept else kept or fits


def _refuse(column, cells, codes, open_, asked):
    """Say which cell can be read in which ways."""
    first, readings = next(iter(open_.items()))
    raise InputError(
        _(
            "Column {column!r}: {n} of {total} cells fit more than one reading, and the other "
            "cells do not decide which. {text!r} (row {row}) may be {readings}. Say which is meant."
        ).format(
            column=name_of(column),
            n=int(np.isin(codes, list(open_)).sum()),
            total=len(column),
            text=cells[first],
            row=column.index[(codes == first).argmax()],
            readings=_(" or ").join(
                f"{_shown(value)} ({asked[convention]})" for convention, value in readings.items()
            ),
        )
    )
