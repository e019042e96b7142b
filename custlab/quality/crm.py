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

from custlab.checks import check_choice
from custlab.errors import InputError
from custlab.i18n import _

from .crm_columns import FXIAOKE, NOT_NEEDED, PERSONAL, STAGES, ZOHO
from .dates import read_dates
from .keys import check_keys
from .layout import read_export
from .numbers import read_numbers
from .reading import column_as_text
from .report import Report


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
    report : Report
        Rows that were set aside and cells that could not be read: file, column, row, and why.
    """

    def __init__(self, system, tables, columns, missing, report):
        self.system = system
        self.tables = tables
        self.report = report
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
        if not self.report.ok:
            yield from repr(self.report).splitlines()

    def __repr__(self):
        return "\n".join(self._lines())

    def _repr_html_(self):
        first, *rest = (escape(line) for line in self._lines())
        items = "".join(f"<li>{line}</li>" for line in rest)
        return f"<p><strong>{first}</strong></p><ul>{items}</ul>"


def read_zoho(
    accounts=None, contacts=None, deals=None, leads=None, keep_personal=False, *,
    day_first=None, decimal=None, time_zone=None, stages=None,
):  # fmt: skip
    """Read exports of Zoho CRM, CSV or Excel.

    Parameters
    ----------
    accounts, contacts, deals, leads : path or DataFrame, optional
        The exported files; at least one.
    keep_personal : bool
        Keep names, e-mail addresses and telephone numbers (then you need a reason in law).
    day_first, time_zone
        How dates are written, as in `parse_mixed_dates`; asked for where a file does not tell.
    decimal
        How numbers are written, as in `parse_numbers`.
    stages : dict, optional
        Stage of a deal -> "won", "lost" or "open", for stages of your own making.

    Returns
    -------
    CrmImport

    Raises
    ------
    InputError
        If no file is given, or one cannot be read or holds no known column, if keys were cut
        short by a spreadsheet, or if dates or numbers can be read in two ways.

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
    for stage in (stages or {}).values():
        check_choice("stages", stage, ("won", "lost", "open"))
    how = {"day_first": day_first, "decimal": decimal, "time_zone": time_zone, "stages": stages}
    return _read("Zoho CRM", files, ZOHO, keep_personal, how)


def read_fxiaoke(
    accounts=None, contacts=None, orders=None, keep_personal=False, *,
    day_first=None, decimal=None, time_zone="Asia/Shanghai",
):  # fmt: skip
    """Read exports of Fxiaoke (纷享销客) with API field names, CSV or Excel.

    Parameters
    ----------
    accounts, contacts, orders : path or DataFrame, optional
        AccountObj, ContactObj and SalesOrderObj; at least one. Custom fields end in ``__c``.
    keep_personal : bool
        Keep names, e-mail addresses and telephone numbers (then you need a reason in law).
    day_first, time_zone
        How dates are written, as in `parse_mixed_dates`; milliseconds since 1970 become days in
        the time zone.
    decimal
        How numbers are written, as in `parse_numbers`.

    Returns
    -------
    CrmImport

    Raises
    ------
    InputError
        As `read_zoho`.

    Examples
    --------
    >>> orders = pd.DataFrame({"name": ["20240531-1"], "account_id": ["5f3a"],
    ...                        "order_time": ["1717084800000"], "order_amount": ["99.5"]})
    >>> table = read_fxiaoke(orders=orders).tables["orders"]
    >>> table["order_date"].dt.strftime("%Y-%m-%d").tolist(), table["amount"].tolist()
    (['2024-05-31'], [99.5])
    """
    files = {"accounts": accounts, "contacts": contacts, "orders": orders}
    how = {"day_first": day_first, "decimal": decimal, "time_zone": time_zone, "stages": None}
    return _read("Fxiaoke", files, FXIAOKE, keep_personal, how)


def _read(system, files, known, keep_personal, how):
    given = {name: source for name, source in files.items() if source is not None}
    if not given:
        raise InputError(
            _("Give at least one of: {files}.").format(files=", ".join(f"{f}=..." for f in files))
        )
    tables, columns, missing, findings, checked = {}, [], [], [], {}
    for name, source in given.items():
        if isinstance(source, pd.DataFrame):
            label, frame = name, source.astype(object).set_axis(range(2, len(source) + 2))
        else:
            export = read_export(source)
            label, frame = Path(source).name, export.table
            findings += export.report.findings.to_dict("records")
        checked[label] = len(frame)
        made, seen, absent = _translate(label, frame, known[name], keep_personal)
        columns += seen
        missing += absent
        for target, table in made.items():
            table = _typed(label, target, table, how, findings).reset_index(drop=True)
            both = [tables[target], table] if target in tables else [table]
            tables[target] = pd.concat(both, ignore_index=True)
    return CrmImport(system, tables, columns, missing, Report(findings, checked))


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
    return made, columns, missing


def _snake(column):
    return re.sub(r"\W+", "_", str(column)).strip("_").lower()


def _typed(label, target, table, how, findings):
    """Give the mapped columns their types, and note in ``findings`` what could not be read."""
    made = {}
    for column in table:
        cells = table[column].rename(f"{label}: {column}")
        if column.endswith(("_on", "_since", "_date")):
            read = read_dates(cells, how["day_first"], how["time_zone"])
            made[column] = read.values.dt.normalize()
        elif column in ("amount", "discount", "employees"):
            read = read_numbers(cells, how["decimal"])
            made[column] = read.values
        else:
            text = pd.Series(column_as_text(cells), cells.index, dtype="string").str.strip()
            made[column] = text.mask(text == "")
            continue
        findings += read.findings(label, column)
    table = pd.DataFrame(made)
    for column in (name for name in table if name.endswith("_id")):
        check_keys(table[column], f"{label}: {column}")
        if column in ("customer_id", next(iter(table))):
            findings += [_keyless(label, column, row) for row in table.index[table[column].isna()]]
    if "employees" in table:
        table["employees"] = table["employees"].round().astype("Int64")
    if "place" in table:
        table = _split_place(table)
    if target == "deals":
        stage = _stages(table["stage"], how["stages"])
        unknown = table["stage"].notna() & stage.isna()
        findings += [_strange_stage(label, *cell) for cell in table.loc[unknown, "stage"].items()]
        table["stage"] = stage
        table["closed_on"] = table["closed_on"].where(stage.fillna("") != "open")
    if target == "customers":
        table["kind"] = _kind(table)
    return table


def _finding(file, column, row, value, rule, problem, remedy):
    return {"file": file, "column": column, "row": row, "value": value, "rule": rule,
            "problem": problem, "remedy": remedy}  # fmt: skip


def _keyless(file, column, row):
    return _finding(
        file, column, row, "", "missing",
        _("The row names no {column}.").format(column=column),
        _("Find out whose it is, or leave it out of what is counted by customer."),
    )  # fmt: skip


def _strange_stage(file, row, stage):
    return _finding(
        file, "stage", row, stage, "stage",
        _("It is not known whether stage {stage!r} is won, lost or open; it is left empty.").format(
            stage=stage),
        _('Say so: stages={{{stage!r}: "open"}}.').format(stage=stage),
    )  # fmt: skip


def _stages(column, own):
    """Say of each stage whether the deal is won, lost or open; missing where that is not known."""
    words = column.str.lower().str.replace(r"[\W_]+", " ", regex=True).str.strip()
    found = pd.Series(pd.NA, index=column.index, dtype="string")
    for outcome, pattern in STAGES.items():  # lost before won: 未成交 holds 成交
        found = found.mask(found.isna() & words.str.contains(pattern).fillna(False), outcome)
    return column.map(own or {}).astype("string").fillna(found)


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
