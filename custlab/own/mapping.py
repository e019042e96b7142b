"""Which column of an export is which column of a case: proposed with reasons, kept as YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pandas as pd
import yaml

from custlab.cases.own import DATES, NEEDED, NUMBERS
from custlab.errors import InputError
from custlab.files import write_atomic
from custlab.i18n import _
from custlab.quality import currencies, read_dates, read_export, read_numbers

RATED = ("need_", "lifestyle_", "sat", "rate_", "recommend", "wallet_share")
MOSTLY = 0.95  # share of cells that must be read so
SETTINGS = {"day_first": (bool,), "decimal": (str,), "time_zone": (str,), "encoding": (str,),
            "separator": (str,), "sheet": (str,)}  # fmt: skip


@dataclass
class Source:
    """How the files of one kind are read.

    Parameters
    ----------
    table : str
        The table of the case that they become, such as "orders".
    columns : dict
        Column of the table -> column of the file.
    settings : dict
        day_first, decimal, time_zone, encoding, separator, sheet, where the file does not tell.
    reasons : dict
        Column of the table -> why it was proposed, with examples of values.
    unused : list of str
        Columns of the file that nobody understood.
    """

    table: str
    columns: dict
    settings: dict = field(default_factory=dict)
    reasons: dict = field(default_factory=dict)
    unused: list = field(default_factory=list)


@dataclass
class Mapping:
    """How a firm's exports become a case.

    Parameters
    ----------
    sources : list of Source
        One for each kind of file; a file belongs to the source whose columns it has.
    kind : str or None
        What the customers are (household, enterprise, government), if no column tells.
    currency : str
        Of all amounts.
    questions : list of str
        What must be decided before the files can be opened.
    """

    sources: list
    kind: str | None = None
    currency: str = ""
    questions: list = field(default_factory=list)

    def save(self, path) -> Path:
        """Write the mapping to a YAML file, with the reasons and questions as comments."""
        lines = [_("# How this firm's exports become a case. Correct it; it is used again.")]
        lines += [_("# To decide: {question}").format(question=one) for one in self.questions]
        lines += [_plain({"kind": self.kind}), _plain({"currency": self.currency}), "sources:"]
        for source in self.sources:
            lines.append(f"- table: {source.table}")
            lines += [f"  {_plain({key: value})}" for key, value in source.settings.items()]
            lines.append("  columns:")
            for column, name in source.columns.items():
                reason = " ".join(source.reasons.get(column, "").split())
                lines.append(f"    {_plain({column: name})}{'  # ' if reason else ''}{reason}")
            if source.unused:
                lines.append(_("# Not used: {names}").format(names=", ".join(source.unused)))
        try:
            return write_atomic(path, "\n".join([*lines, ""]))
        except OSError as error:
            raise InputError(
                _("{file} cannot be written ({why}). Name another place for the mapping.").format(
                    file=path, why=error.strerror
                )
            ) from error


def _plain(pair: dict) -> str:
    return yaml.safe_dump(pair, allow_unicode=True, width=10**6).strip()


def load_mapping(path) -> Mapping:
    """Read a mapping that was kept.

    Parameters
    ----------
    path : path
        The YAML file.

    Returns
    -------
    Mapping

    Raises
    ------
    InputError
        If it is not there, is no YAML, or names what no mapping has.
    """
    path = Path(path)
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        sources = [
            Source(one.pop("table"), one.pop("columns"), one) for one in map(dict, said["sources"])
        ]
    except FileNotFoundError as error:
        raise InputError(
            _("There is no mapping {file}. Make one: custlab own FILE...").format(file=path)
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            _("{file} is no mapping ({why}). Delete it to have one proposed anew.").format(
                file=path.name, why=" ".join(str(error).split())
            )
        ) from error
    for source in sources:
        _check_source(path.name, source)
    return Mapping(sources, said.get("kind"), said.get("currency") or "")


def _check_source(file, source):
    if source.table not in NEEDED or not isinstance(source.columns, dict):
        raise InputError(
            _("{file}: there is no table {given!r}; there are: {tables}.").format(
                file=file, given=source.table, tables=", ".join(NEEDED)
            )
        )
    missing = [column for column in NEEDED[source.table] if not source.columns.get(column)]
    if missing:
        raise InputError(
            _("{file}: say which column of the file is {column} of table {table}.").format(
                file=file, column=missing[0], table=source.table
            )
        )
    source.columns = {column: str(name) for column, name in source.columns.items() if name}
    for key, value in source.settings.items():
        if key not in SETTINGS or not (value is None or isinstance(value, SETTINGS[key])):
            raise InputError(
                _("{file}: {key}: {value!r} is no setting; there are: {settings}.").format(
                    file=file, key=key, value=value, settings=", ".join(SETTINGS)
                )
            )


def propose(*paths, **settings) -> Mapping:
    r"""Propose how exported files become a case, with the reason for each guess.

    Parameters
    ----------
    *paths : path
        CSV files or workbooks.
    **settings
        day_first, decimal, time_zone, encoding, separator or sheet, for all files.

    Returns
    -------
    Mapping
        Its ``questions`` say what cannot be told from the files.

    Raises
    ------
    InputError
        If a file cannot be read, or holds no table that is known.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "sales.csv"
    ...     _n = file.write_text("Kunde;Datum;Betrag\n7;31.05.2024;12,50 €\n8;1.6.2024;9,00 €\n")
    ...     mapping = propose(file)
    >>> mapping.sources[0].columns
    {'customer_id': 'Kunde', 'order_date': 'Datum', 'amount': 'Betrag'}
    >>> mapping.currency
    'EUR'
    """
    mapping, found = Mapping([]), set()
    of_file = {key: settings.get(key) for key in ("encoding", "separator", "sheet")}
    for path in paths:
        export = read_export(path, **of_file)
        source = _source(Path(path).name, export.table)
        source.settings = {key: value for key, value in settings.items() if value is not None}
        mapping.sources.append(source)
        mapping.questions += _open_questions(Path(path).name, export.table, source, settings)
        if source.table == "orders" and source.columns["amount"]:
            found |= set(currencies(export.table[source.columns["amount"]]).dropna())
    tables = [source.table for source in mapping.sources]
    if "orders" not in tables:
        mapping.questions.append(
            _("Which file holds the orders? None has customer, day and amount.")
        )
    if len(found) == 1:
        mapping.currency = found.pop()
    else:
        mapping.questions.append(_("currency: in which currency are the amounts?"))
    if not any("kind" in source.columns for source in mapping.sources):
        mapping.questions.append(_("kind: are your customers household, enterprise or government?"))
    return mapping


def _known_names() -> dict:
    return yaml.safe_load(files("custlab.own").joinpath("columns.yml").read_text("utf-8"))


def _same(name) -> str:
    return re.sub(r"[\W_]+", "", str(name).lower())


def _source(file, table) -> Source:
    """Find the table that a file's columns fit best, and which column is which."""
    by_name = {_same(name): name for name in reversed(list(table.columns))}
    best, most = None, (0, False)
    for target, names in _known_names().items():
        source = _by_names(target, names, by_name, table)
        complete = set(NEEDED[target]) <= set(source.columns)
        fits = (len(source.columns), complete)
        if fits > most and set(NEEDED[target]) & set(source.columns):
            best, most = source, fits
    if best is None:
        raise InputError(
            _("{file}: no column is known ({columns}). Name the customer's column customer_id, the "
              "day order_date and the sum amount.").format(
                file=file, columns=", ".join(map(str, table.columns)))
        )  # fmt: skip
    for column in NEEDED[best.table]:
        if column not in best.columns:
            _by_content(column, best, table)
    best.unused = [str(name) for name in table if name not in best.columns.values()]
    return best


def _by_names(target, names, by_name, table) -> Source:
    """Map the columns of a table whose names are usual."""
    source = Source(target, {})
    for column, usual in names.items():
        fit = [by_name[_same(one)] for one in [column, *usual] if _same(one) in by_name]
        fit = [name for name in dict.fromkeys(fit) if name not in source.columns.values()]
        if fit:
            source.columns[column] = fit[0]
            said = [_("the name is usual"), *_examples(column, table[fit[0]])]
            if fit[1:]:
                said.append(_("it could also be {names}").format(names=", ".join(fit[1:])))
            source.reasons[column] = "; ".join(said)
    if target == "survey":
        rated = [name for name in table if str(name).startswith(RATED)]
        source.columns |= {name: name for name in rated}
    return source


def _by_content(column, source, table) -> None:
    """Propose the only column that can be read as what is missing."""
    read = {True: read_dates, False: read_numbers}[column in DATES]
    if column not in DATES and column not in NUMBERS:
        return
    fit = [
        name
        for name in table
        if name not in source.columns.values() and _mostly_read(table[name], read)
    ]
    if len(fit) == 1:
        source.columns[column] = fit[0]
        said = [_("the only column that can be read so"), *_examples(column, table[fit[0]])]
        source.reasons[column] = "; ".join(said)


def _mostly_read(cells, read) -> bool:
    filled = cells[cells.astype(str).str.strip() != ""]
    try:
        return len(filled) > 0 and read(filled).values.notna().mean() > MOSTLY
    except InputError:
        return True  # it can be read in two ways


def _examples(column, cells) -> list:
    """Show two values; keys of people are not shown."""
    if column.endswith("_id"):
        return []
    shown = pd.unique(cells[cells.astype(str).str.strip() != ""].astype(str))[:2]
    return [_("such as {values}").format(values=" | ".join(shown))]


def _open_questions(file, table, source, settings) -> list:
    """Say which columns are missing, and which can be read in two ways."""
    said = []
    for column in NEEDED[source.table]:
        if column not in source.columns:
            source.columns[column] = None
            said.append(
                _("{file}: which column is {column} of table {table}?").format(
                    file=file, column=column, table=source.table
                )
            )
    for column, name in source.columns.items():
        if name is None:
            continue
        try:
            if column in DATES:
                read_dates(table[name], settings.get("day_first"), settings.get("time_zone"))
            elif column in NUMBERS:
                read_numbers(table[name], settings.get("decimal"))
        except InputError as asked:
            source.settings.setdefault("day_first" if column in DATES else "decimal", None)
            said.append(f"{file}: {asked}")
    return said
