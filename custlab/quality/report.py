"""What a check found: findings as a table, readable in a terminal and in a notebook."""

from __future__ import annotations

from html import escape

import pandas as pd

from custlab.cases.show import table_html
from custlab.i18n import _, ngettext

COLUMNS = ["file", "column", "row", "value", "rule", "problem", "remedy"]
SHOWN = 12


class Report:
    """Findings of `validate`.

    Attributes
    ----------
    findings : DataFrame
        file, column, row (as in a spreadsheet: the header is row 1), value, rule, problem, remedy.
    checked : dict
        File -> number of rows checked.
    ok : bool
        Whether nothing was found.
    """

    def __init__(self, findings, checked):
        frame = pd.DataFrame(findings, columns=COLUMNS)
        frame["row"] = frame["row"].astype("Int64")
        self.findings = frame
        self.checked = dict(checked)

    @property
    def ok(self):
        """Whether nothing was found."""
        return self.findings.empty

    def __len__(self):
        return len(self.findings)

    def __bool__(self):
        return True

    @property
    def summary(self):
        """One row per file, column and rule: how often, first row, an example, what to do."""
        groups = self.findings.groupby(["file", "column", "rule"], sort=False, dropna=False)
        return groups.agg(
            times=("rule", "size"),
            first_row=("row", "first"),
            problem=("problem", "first"),
            remedy=("remedy", "first"),
        ).reset_index()

    def _headline(self):
        rows = sum(self.checked.values())
        files = ngettext("{n} file", "{n} files", len(self.checked)).format(n=len(self.checked))
        if self.ok:
            return _("All in order: {files}, {rows} rows checked.").format(files=files, rows=rows)
        found = ngettext("{n} finding", "{n} findings", len(self)).format(n=len(self))
        return _("{found} in {files}, {rows} rows checked.").format(
            found=found, files=files, rows=rows
        )

    def __repr__(self):
        lines = [self._headline()]
        lines += [f"- {_place(g)}: {g.problem} {g.remedy}" for g in self._shown().itertuples()]
        return "\n".join([*lines, *self._rest()])

    def _repr_html_(self):
        headline = f"<p><strong>{escape(self._headline())}</strong></p>"
        if self.ok:
            return headline
        rest = "".join(f"<p>{escape(line)}</p>" for line in self._rest())
        return headline + table_html(self._shown().drop(columns="rule")) + rest

    def _shown(self):
        """Return what is printed: one line for findings of the same sort in one column."""
        return self.summary.head(SHOWN)

    def _rest(self):
        """Say what is not printed."""
        if self.ok:
            return
        more = len(self.summary) - SHOWN
        if more > 0:
            yield _("... and {n} more sorts of findings.").format(n=more)
        if len(self) > len(self.summary):
            yield _("Every single one, with file, column and row: .findings")


def _place(group):
    """Say where findings are: file, column, row, and how many there are."""
    parts = [group.file]
    if group.column:
        parts.append(_("column {column}").format(column=group.column))
    if not pd.isna(group.first_row):
        parts.append(_("row {row}").format(row=group.first_row))
    if group.times > 1:
        parts.append(_("{n} times").format(n=group.times))
    return ", ".join(parts)
