"""Check data against their datapackage.json: every finding says where, what, and what to do.

pandera checks the values. Its own reader of Frictionless schemas cannot be used here (0.35): it
turns optional whole numbers into int64, so that a correct file with a missing age is refused,
it leaves dates as text, so that 30 February passes, and it ignores foreign keys. So the types
are read, and keys and files checked, by the small functions below.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from custlab.cases.case import Case
from custlab.errors import InputError
from custlab.i18n import _

from .layout import to_table
from .reading import FileProblem, as_text, open_rows
from .report import Report
from .values import check_column


def validate(data, like=None):
    """Check files or tables against their description.

    Parameters
    ----------
    data : path, Case, or dict of DataFrame
        A folder with CSV files, one CSV file, a case, or tables by name.
    like : str, optional
        Name of the case whose description applies, where `data` brings none of its own. Only the
        tables that are there are checked then.

    Returns
    -------
    Report

    Raises
    ------
    InputError
        If the folder is missing or has no description.

    Examples
    --------
    >>> import pandas as pd
    >>> products = pd.DataFrame({"item": ["order_handling"], "cost": [-1.0], "unit": ["one"],
    ...                          "description": ["Packing"]})
    >>> validate({"costs": products}, like="appliances")
    1 finding in 1 file, 1 rows checked.
    - costs, column cost, row 2: '-1' is below the smallest allowed value 0. Correct the value, or
      leave the cell empty if it is not known.
    """
    package, sources = _sources(data, like)
    return _Check(package, sources).run()


def _sources(data, like):
    """Find the description, and per table where to read it."""
    if isinstance(data, Case):
        return data.package, {name: data.tables[name] for name in data.tables}
    if isinstance(data, Mapping):
        package = _package_of(like)
        known = [r["name"] for r in package["resources"]]
        for name in data:
            if name not in known:
                raise InputError(
                    _("There is no table '{name}' in the description; it knows: {known}.").format(
                        name=name, known=", ".join(known)
                    )
                )
        return package, dict(data)
    path = Path(data)
    if path.is_file():
        return _package_of(like), {_resource_for(path, _package_of(like)): path}
    if not path.is_dir():
        raise InputError(
            _("There is no folder or file {path}. Check the spelling and where you are.").format(
                path=path
            )
        )
    if (path / "datapackage.json").is_file() and like is None:
        package = _read_package(path / "datapackage.json")
        return package, {r["name"]: path / r["path"] for r in package["resources"]}
    package = _package_of(like)
    files = {r["name"]: path / r["path"] for r in package["resources"]}
    there = {name: file for name, file in files.items() if file.is_file()}
    if not there:
        raise InputError(
            _("The folder {folder} holds none of the files {files}.").format(
                folder=path, files=", ".join(file.name for file in files.values())
            )
        )
    return package, there


def _package_of(like):
    if like is None:
        raise InputError(
            _(
                "These data bring no datapackage.json. Name the case whose description applies, "
                'for example: validate(data, like="appliances")'
            )
        )
    from custlab.cases import load_case

    return load_case(like).package


def _read_package(path):
    try:
        package = json.loads(path.read_text(encoding="utf-8-sig"))
        [(r["name"], r["path"], r["schema"]["fields"]) for r in package["resources"]]
    except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(
            _("{file} is not a Data Package description ({why}).").format(file=path, why=error)
        ) from error
    return package


def _resource_for(path, package):
    names = [r["name"] for r in package["resources"]]
    if path.stem in names:
        return path.stem
    raise InputError(
        _("{file} is not the name of a table. Name it after one of: {names}.").format(
            file=path.name, names=", ".join(f"{name}.csv" for name in names)
        )
    )


class _Check:
    """One run of `validate`: collects findings table by table, then checks the keys."""

    def __init__(self, package, sources):
        self.resources = {r["name"]: r for r in package["resources"]}
        self.sources = sources
        self.findings = []
        self.tables = {}
        self.checked = {}

    def run(self):
        for name, source in self.sources.items():
            file = Path(source).name if isinstance(source, str | Path) else name
            self.checked[file] = 0
            table = self._read(file, source)
            if table is None or not self._check_header(file, name, table):
                continue
            self.checked[file] = len(table)
            self.tables[name] = (file, table)
            for field in self.resources[name]["schema"]["fields"]:
                if field["name"] in table:
                    self.findings += check_column(file, table[field["name"]], field)
            self._check_primary_key(file, table, self.resources[name]["schema"])
        for name in self.tables:
            self._check_foreign_keys(name)
        return Report(self.findings, self.checked)

    def add(self, file, rule, problem, remedy, column="", row=None, value=""):
        self.findings.append(
            {"file": file, "column": column, "row": row, "value": value, "rule": rule,
             "problem": problem, "remedy": remedy}
        )  # fmt: skip

    def _read(self, file, source):
        if isinstance(source, pd.DataFrame):
            return as_text(source)
        try:
            rows, encoding, separator = open_rows(source)
            if encoding is None:
                raise FileProblem(
                    "not-csv",
                    _("The file is an Excel workbook with the name of a CSV file."),
                    _('Open it in Excel and save it as "CSV UTF-8 (comma delimited)".'),
                )
            table, findings = to_table(rows, first_is_header=True)
        except FileProblem as problem:
            self.add(file, **problem.finding)
            return None
        if encoding != "utf-8":
            self.add(
                file,
                "encoding",
                _("The file is not in UTF-8, but in {encoding}.").format(encoding=encoding),
                _('Save it as "CSV UTF-8"; in Excel: Save as, file type CSV UTF-8.'),
            )
        if separator != ",":
            self.add(
                file,
                "delimiter",
                _("The columns are not separated by commas, but by {sign!r}.").format(
                    sign=separator
                ),
                _("Save the file as CSV with commas."),
            )
        for finding in findings:
            self.add(file, **finding)
        return table

    def _check_header(self, file, name, table):
        """Compare column names; return whether the table is worth reading further."""
        wanted = [f["name"] for f in self.resources[name]["schema"]["fields"]]
        there = list(table.columns)
        missing = [c for c in wanted if c not in there]
        other = self._better_match(name, there)
        if len(missing) > len(wanted) / 2 and other:
            self.add(
                file,
                "wrong-file",
                _("The columns are those of the table '{other}', not of '{name}'.").format(
                    other=other, name=name
                ),
                _("Put the right file here; this one belongs under the name {other}.csv.").format(
                    other=other
                ),
            )
            return False
        for column in missing:
            self._report_missing(file, column, [c for c in there if c not in wanted])
        for column in sorted({c for c in there if there.count(c) > 1}):
            self.add(
                file,
                "column-twice",
                _("There are several columns of this name."),
                _("Keep one of them and delete the others."),
                column=column,
            )
        return len(set(there)) == len(there) and len(missing) < len(wanted)

    def _better_match(self, name, there):
        """Name another table whose columns fit better, if any."""
        fit = {
            other: len({f["name"] for f in r["schema"]["fields"]} & set(there))
            for other, r in self.resources.items()
        }
        best = max(fit, key=fit.get)
        return best if best != name and fit[best] > fit[name] else None

    def _report_missing(self, file, column, extra):
        same = {c.strip().lower().replace(" ", "_"): c for c in extra}
        near = [same[n] for n in get_close_matches(column, list(same), n=1, cutoff=0.75)]
        remedy = (
            _("There is a column '{near}': rename it if it is the one.").format(near=near[0])
            if near
            else _("Add the column; leave its cells empty if nothing is known.")
        )
        self.add(file, "column-missing", _("The column is missing."), remedy, column=column)

    def _check_primary_key(self, file, table, schema):
        key = schema.get("primaryKey", [])
        key = [key] if isinstance(key, str) else list(key)
        if not key or not set(key) <= set(table.columns):
            return
        values = table[key]
        values = values[(values != "").all(axis=1)]
        repeated = values[values.duplicated(keep=False)]
        first_row = {}
        for row, value in zip(repeated.index, repeated.itertuples(index=False), strict=True):
            if value not in first_row:
                first_row[value] = row
                continue
            self.add(
                file,
                "key-repeated",
                _("The key '{value}' stands in row {first} already.").format(
                    value=", ".join(value), first=first_row[value]
                ),
                _("Delete one of the rows if they are the same; else give this one its own key."),
                column=", ".join(key),
                row=row,
                value=", ".join(value),
            )

    def _check_foreign_keys(self, name):
        file, table = self.tables[name]
        for foreign in self.resources[name]["schema"].get("foreignKeys", []):
            column, target = foreign["fields"], foreign["reference"]["resource"]
            there = self.tables.get(target)
            if column not in table or there is None:
                continue
            known = there[1].get(foreign["reference"]["fields"], pd.Series(dtype=object))
            broken = table[column][~table[column].isin(set(known)) & (table[column] != "")]
            for row, value in broken.items():
                self.add(
                    file,
                    "key-broken",
                    _("'{value}' does not stand in {target}.").format(value=value, target=there[0]),
                    _("Correct the key, add the missing row to {target}, or set this row aside.")
                    .format(target=there[0]),
                    column=column,
                    row=row,
                    value=value,
                )  # fmt: skip
