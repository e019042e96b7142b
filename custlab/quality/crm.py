"""Read exports of Zoho CRM and Fxiaoke by their column names into the tables of a case.

No complete official sample of either export was found, so columns are recognised by name, missing
and extra ones are tolerated, and what was not recognised is said. Names, e-mail addresses and
telephone numbers are left out unless asked for: the course does not need them.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _

from .crm_columns import FXIAOKE, NOT_NEEDED, PERSONAL, ZOHO
from .reading import FileProblem, read_text_table

STAGES = {"closed won": "won", "closed lost": "lost", "closed-lost to competition": "lost"}


class CrmImport:
    """Tables read from a CRM export, and how each column was understood.

    Attributes
    ----------
    tables : dict of DataFrame
        customers, people, deals, orders: those that the files gave.
    columns : DataFrame
        file, column, became (table.column, "left out: personal", "known, not needed" or "not
        recognised").
    missing : DataFrame
        file, column: wanted, but not in the file.
    """

    def __init__(self, system, tables, columns, missing):
        self.system = system
        self.tables = tables
        self.columns = pd.DataFrame(columns, columns=["file", "column", "became"])
        self.missing = pd.DataFrame(missing, columns=["file", "column"])

    @property
    def not_recognised(self):
        """The columns that nobody understood."""
        return self.columns[self.columns["became"] == _("not recognised")]

    def _lines(self):
        yield _("{system} export: {tables}.").format(
            system=self.system,
            tables=", ".join(
                _("{table} ({n} rows)").format(table=name, n=len(table))
                for name, table in self.tables.items()
            ),
        )
        unknown = self.not_recognised.groupby("file", sort=False)["column"].agg(", ".join)
        for file, names in unknown.items():
            yield _("{file}: not recognised: {columns}.").format(file=file, columns=names)
        absent = self.missing.groupby("file", sort=False)["column"].agg(", ".join)
        for file, names in absent.items():
            yield _("{file}: not there, left empty: {columns}.").format(file=file, columns=names)

    def __repr__(self):
        return "\n".join(self._lines())

    def _repr_html_(self):
        first, *rest = (escape(line) for line in self._lines())
        items = "".join(f"<li>{line}</li>" for line in rest)
        return f"<p><strong>{first}</strong></p><ul>{items}</ul>"


def read_zoho(accounts=None, contacts=None, deals=None, leads=None, keep_personal=False):
    """Read CSV exports of Zoho CRM.

    Parameters
    ----------
    accounts, contacts, deals, leads : path or DataFrame, optional
        The exported files; at least one.
    keep_personal : bool
        Keep names, e-mail addresses and telephone numbers (then you need a reason in law).

    Returns
    -------
    CrmImport

    Raises
    ------
    InputError
        If no file is given, or one cannot be read or holds no known column.

    Examples
    --------
    >>> deals = pd.DataFrame({"Deal Id": ["zcrm_1"], "Account Name.id": ["zcrm_9"],
    ...                       "Stage": ["Closed Won"], "Amount": ["1200"], "Mood": ["good"]})
    >>> read = read_zoho(deals=deals)
    >>> read.tables["deals"].loc[0, "stage"]
    'won'
    >>> read.not_recognised["column"].tolist()
    ['Mood']
    """
    files = {"accounts": accounts, "contacts": contacts, "deals": deals, "leads": leads}
    return _read("Zoho CRM", files, ZOHO, keep_personal)


def read_fxiaoke(accounts=None, contacts=None, orders=None, keep_personal=False):
    """Read exports of Fxiaoke (纷享销客) with API field names.

    Parameters
    ----------
    accounts, contacts, orders : path or DataFrame, optional
        AccountObj, ContactObj and SalesOrderObj; at least one. Custom fields end in ``__c``.
    keep_personal : bool
        Keep names, e-mail addresses and telephone numbers (then you need a reason in law).

    Returns
    -------
    CrmImport

    Raises
    ------
    InputError
        If no file is given, or one cannot be read or holds no known column.

    Examples
    --------
    >>> orders = pd.DataFrame({"name": ["20240531-1"], "account_id": ["5f3a"],
    ...                        "order_time": ["1717084800000"], "order_amount": ["99.5"]})
    >>> table = read_fxiaoke(orders=orders).tables["orders"]
    >>> table["order_date"].dt.strftime("%Y-%m-%d").tolist(), table["amount"].tolist()
    (['2024-05-31'], [99.5])
    """
    files = {"accounts": accounts, "contacts": contacts, "orders": orders}
    return _read("Fxiaoke", files, FXIAOKE, keep_personal)


def _read(system, files, known, keep_personal):
    given = {name: source for name, source in files.items() if source is not None}
    if not given:
        raise InputError(
            _("Give at least one of: {files}.").format(files=", ".join(f"{f}=..." for f in files))
        )
    tables, columns, missing = {}, [], []
    for name, source in given.items():
        label = Path(source).name if isinstance(source, str | Path) else name
        frame = _open(label, source)
        made, seen, absent = _translate(label, frame, known[name], keep_personal)
        columns += seen
        missing += absent
        for target, table in made.items():
            both = [tables[target], table] if target in tables else [table]
            tables[target] = pd.concat(both, ignore_index=True)
    return CrmImport(system, tables, columns, missing)


def _open(label, source):
    """Return an export as a DataFrame of text."""
    if isinstance(source, pd.DataFrame):
        return source.astype("string").fillna("").astype("object")
    try:
        frame, _ragged = read_text_table(source)
    except FileProblem as problem:
        raise InputError(
            _("{file}: {problem} {remedy}").format(
                file=label,
                problem=problem.finding["problem"],
                remedy=problem.finding["remedy"],
            )
        ) from problem
    return frame.reset_index(drop=True)


def plain(name):
    """Write a column name without what differs between exports: case, blanks, underscores.

    Examples
    --------
    >>> plain("Account_Name.id") == plain("Account Name.Id")
    True
    """
    return re.sub(r"[\s_]+", "", str(name)).lower()


def _translate(label, frame, targets, keep_personal):
    """Map the columns of one file to tables.

    Parameters
    ----------
    targets : dict
        Target table -> {target column: (names in the export, first match wins)}.
    """
    by_plain = {plain(column): column for column in reversed(list(frame.columns))}
    became, made, missing = {}, {}, []
    for target, wanted in targets.items():
        table = pd.DataFrame(index=frame.index)
        for column, names in wanted.items():
            found = next((by_plain[plain(n)] for n in names if plain(n) in by_plain), None)
            if found is None:
                missing.append({"file": label, "column": names[0]})
                table[column] = pd.Series(pd.NA, index=frame.index, dtype="object")
            else:
                became.setdefault(found, f"{target}.{column}")
                table[column] = frame[found]
        made[target] = table
    if not became:
        raise InputError(
            _(
                "{file} has no column that such an export has ({wanted}). Is it the right file?"
            ).format(
                file=label, wanted=", ".join(n[0] for t in targets.values() for n in t.values())
            )
        )
    columns = []
    for column in frame.columns:
        personal = plain(column) in PERSONAL
        if column not in became and personal and keep_personal:
            became[column] = f"{next(iter(made))}.{_snake(column)}"
            made[next(iter(made))][_snake(column)] = frame[column]
        if personal:
            word = _("left out: personal")
        elif plain(column) in NOT_NEEDED:
            word = _("known, not needed")
        else:
            word = _("not recognised")
        columns.append({"file": label, "column": column, "became": became.get(column, word)})
    return {t: _typed(t, frame_) for t, frame_ in made.items()}, columns, missing


def _snake(column):
    return re.sub(r"\W+", "_", str(column)).strip("_").lower()


def _typed(target, table):
    """Give the mapped columns their types; empty text becomes missing."""
    table = table.astype("string")
    table = table.mask(table == "")
    for column in [c for c in table if c.endswith(("_on", "_since", "_date"))]:
        table[column] = _dates(table[column])
    for column in [c for c in ("amount", "discount") if c in table]:
        table[column] = _numbers(table[column])
    if "employees" in table:
        table["employees"] = _numbers(table["employees"]).round().astype("Int64")
    if "place" in table:
        table = _split_place(table)
    if target == "deals":
        lower = table["stage"].str.lower()
        table["stage"] = lower.map(STAGES).fillna("open").where(lower.notna()).astype("string")
        table["closed_on"] = table["closed_on"].where(table["stage"] != "open")
    if target == "customers":
        table["kind"] = _kind(table)
    return table


def _dates(column):
    """Read dates as text or as milliseconds since 1970 (then China's calendar day)."""
    stamp = pd.to_numeric(column.where(column.str.fullmatch(r"\d{12,13}")), errors="coerce")
    moment = pd.to_datetime(stamp.astype("Int64"), unit="ms", utc=True)
    china = moment.dt.tz_convert("Asia/Shanghai").dt.tz_localize(None).dt.normalize()
    from .clean import parse_mixed_dates

    written = parse_mixed_dates(column.str.replace(r"[ T]\d{1,2}:.*$", "", regex=True))
    return written.fillna(china.astype("datetime64[us]"))


def _numbers(column):
    from .clean import parse_numbers

    return parse_numbers(column)


def _split_place(table):
    """Split "province/city" (or, without a stroke, "province city") into two columns."""
    place = table["place"]
    place = place.where(place.str.contains("/"), place.str.replace(" ", "/", n=1))
    parts = place.str.extract(r"^([^/]+)/?(.*)$")
    table["province"] = parts[0]
    table["city"] = parts[1].mask(parts[1] == "")
    return table.drop(columns="place")


def _kind(table):
    """Say whether a customer is a household, an enterprise or a government body."""
    words = table["kind"].str.lower().fillna("")
    public = words.str.contains("government|public|政府|事业")
    person = words.str.contains("household|person|individual|个人|家庭")
    kind = pd.Series("enterprise", index=table.index, dtype="string")
    return kind.mask(public, "government").mask(person, "household")
