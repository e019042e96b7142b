"""Open exported files by their mapping as a case, with a report on every row."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from custlab.cases import Case, own_case
from custlab.cases.own import DATES, NUMBERS
from custlab.errors import InputError
from custlab.i18n import _
from custlab.quality import (
    Report,
    check_keys,
    currencies,
    pseudonymise,
    read_dates,
    read_export,
    read_numbers,
)

from .mapping import RATED, Mapping, load_mapping

YES = {"true", "yes", "y", "1", "ja", "oui", "sí", "是", "refunded", "returned", "retoure"}
NO = {"false", "no", "n", "0", "nein", "non", "", "否", "paid"}


@dataclass(frozen=True)
class OpenedCase:
    """A case made of exported files, and what was done to make it.

    Parameters
    ----------
    case : Case
        The case, for every part of the library.
    report : Report
        Each row set aside and each cell not read: file, column, row, value, why.
    """

    case: Case
    report: Report

    def __repr__(self):
        return f"{self.case}\n{self.report}"


def open_own(paths, mapping, *, secret=None, keep_keys=False, as_of=None) -> OpenedCase:
    r"""Open a firm's exported files as a case.

    Nothing is sent anywhere, and no file is changed. Keys of customers and people become
    pseudonyms.

    Parameters
    ----------
    paths : path or list of path
        The files; each belongs to the source of the mapping whose columns it has.
    mapping : Mapping or path
        As `propose` made it, or the file in which it was kept.
    secret : str, optional
        Gives the same pseudonyms each time; by default they are new at each opening.
    keep_keys : bool
        Keep the keys as they are (then you need a reason in law).
    as_of : date, optional
        The last day that the files cover; by default the day of the last order.

    Returns
    -------
    OpenedCase
        ``case`` and ``report``.

    Raises
    ------
    InputError
        Naming file, column and row, and what to do.

    Examples
    --------
    >>> import tempfile
    >>> from custlab.own import Source
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "sales.csv"
    ...     _n = file.write_text("Kunde;Datum;Betrag\n7;31.05.2024;12,50\n8;1.6.2024;9,00\n")
    ...     mapping = Mapping([Source("orders", {"customer_id": "Kunde", "order_date": "Datum",
    ...                                          "amount": "Betrag"})], kind="household")
    ...     opened = open_own(file, mapping)
    >>> opened.case.orders["amount"].tolist()
    [12.5, 9.0]
    """
    mapping = mapping if isinstance(mapping, Mapping) else load_mapping(mapping)
    paths = [paths] if isinstance(paths, str | Path) else list(paths)
    parts, findings, checked = {}, [], {}
    for path in paths:
        source, export = _source_of(path, mapping)
        file = Path(path).name
        findings += export.report.findings.to_dict("records")
        checked[file] = len(export.table)
        parts.setdefault(source.table, []).append(_typed(file, export.table, source, findings))
    if "orders" not in parts:
        raise InputError(_("None of the files holds orders: add the one that does."))
    tables = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    if not keep_keys:
        tables = pseudonymise(tables, secret or secrets.token_hex(16))
    facts = {"kind": mapping.kind, "currency": mapping.currency, "as_of": as_of}
    return OpenedCase(own_case(**tables, **facts), Report(findings, checked))


def _source_of(path, mapping):
    """Find the source whose columns a file has, and read the file."""
    missing = {}
    for source in mapping.sources:
        options = {key: source.settings.get(key) for key in ("encoding", "separator", "sheet")}
        export = read_export(path, **options)
        lacking = [name for name in source.columns.values() if name not in export.table]
        if not lacking:
            return source, export
        missing[source.table] = lacking
    raise InputError(
        _("{file} does not have the columns of the mapping: {missing}. It has: {found}. Correct "
          "the mapping, or have a new one proposed.").format(
            file=Path(path).name,
            missing="; ".join(f"{table}: {', '.join(names)}" for table, names in missing.items()),
            found=", ".join(map(str, export.table.columns)))
    )  # fmt: skip


def _typed(file, table, source, findings) -> pd.DataFrame:
    """Read the mapped columns as dates, numbers, marks and keys."""
    made = {}
    for column, name in source.columns.items():
        cells = table[name].rename(f"{file}: {name}")
        if column in DATES:
            read = read_dates(
                cells, source.settings.get("day_first"), source.settings.get("time_zone")
            )
            made[column] = read.values if column == "timestamp" else read.values.dt.normalize()
        elif column in NUMBERS or column.startswith(RATED):
            read = read_numbers(cells, source.settings.get("decimal"))
            made[column] = read.values
        else:
            text = cells.astype("string").str.strip()
            made[column] = _flags(text) if column == "returned" else text.mask(text == "")
            if column.endswith("_id"):
                check_keys(text, f"{file}: {name}")
            continue
        if column == "amount":
            _refuse_several(currencies(cells), f"{file}: {name}")
        findings += read.findings(file, name)
    if "currency" in made:
        _refuse_several(made.pop("currency"), f"{file}: {source.columns['currency']}")
    return pd.DataFrame(made)


def _refuse_several(codes, name):
    counts = codes.value_counts()
    if len(counts) > 1:
        raise InputError(
            _("{column} holds several currencies ({counts}). Convert the amounts, or export one "
              "currency at a time.").format(
                column=name, counts=", ".join(f"{code}: {n}" for code, n in counts.items()))
        )  # fmt: skip


def _flags(text) -> pd.Series:
    """Read marks of yes and no in several languages; other words are left to be refused."""
    words = text.fillna("").str.lower()
    known = words.map(dict.fromkeys(YES, True) | dict.fromkeys(NO, False))
    return known.where(known.notna(), text)
