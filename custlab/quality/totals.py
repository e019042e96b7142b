"""Find rows of totals among the rows of a file."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _

from .cells import tidy
from .numbers import read_numbers

MOSTLY = 0.95  # share of rows from which a column counts as always filled in
TOTALS = re.compile(
    r"((grand|sub)[ -]?)?totals?( general| result)?|sum|summe|(gesamt|zwischen)(summe)?|somme|"
    r"totale|итого|合计|总计|小计|总合计"
)


def is_total(cells) -> bool:
    """Say whether a row begins with a word for a total."""
    first = str(tidy(next(filter(str.strip, map(str, cells)), "")))
    if first[-1:].isdigit():  # most keys; no word for a total ends so
        return False
    return TOTALS.fullmatch(_word(first)) is not None


def _word(text) -> str:
    """Take a colon or a count off a word: "Total (48):"."""
    return re.sub(r"\s*(\(\d+\))?\s*:?$", "", text.lower())


def _may_be_a_name(cells) -> bool:
    """Say whether a row may be of somebody called Total; nobody is called Subtotal."""
    first = next(filter(str.strip, map(str, cells)))
    return _word(str(tidy(first))) in ("total", "totale", "sum", "summe", "somme")


def without_totals(table, findings) -> pd.DataFrame:
    """Set rows aside that begin with a word for total and leave blank what all others fill in."""
    named = np.array([is_total(cells) for cells in table.to_numpy()], dtype=bool)
    if not named.any():
        return table
    others = table[~named]
    always = (others.astype(str).apply(lambda c: c.str.strip()) != "").mean() >= MOSTLY
    dropped = []
    for row in table.index[named]:
        cells = table.loc[row]
        holes = (cells[always[always].index].astype(str).str.strip() == "").any()
        rule = "total"
        if holes or not _may_be_a_name(cells) or _adds_up(others, cells):
            dropped.append(row)
            said = _("A row of totals was set aside."), _("Nothing to do: totals are computed.")
        else:
            rule = "total-kept"
            said = (
                _("The row begins like a row of totals, but is filled in like the others: kept."),
                _("Delete it if it is one."),
            )
        findings.append({"rule": rule, "row": row, "value": str(cells.iloc[0]),
                         "problem": said[0], "remedy": said[1]})  # fmt: skip
    return table.drop(index=dropped)


def _adds_up(others, cells) -> bool:
    """Say whether a cell of a row is the sum of its column."""
    for name in others:
        try:
            read = read_numbers([*others[name], cells[name]]).values
        except InputError:
            continue
        total, above = read.iloc[-1], read.iloc[:-1]
        if total and above.notna().any() and np.isclose(above.sum(), total, rtol=1e-6):
            return True
    return False
