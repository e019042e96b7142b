"""What a check found: findings as a table, readable in a terminal and in a notebook."""

from __future__ import annotations

from html import escape

import pandas as pd

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
        """One row per file, column and rule: how often, first row, what to do."""
        groups = self.findings.groupby(["file", "column", "rule"], sort=False, dropna=False)
        return groups.agg(
            times=("rule", "size"), first_row=("row", "min"), remedy=("remedy", "first")
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
        for finding in self.findings.head(SHOWN).itertuples():
            lines.append(f"- {_place(finding)}: {finding.problem} {finding.remedy}")
        if len(self) > SHOWN:
            lines.append(
                _("... and {n} more: see .findings and .summary").format(n=len(self) - SHOWN)
            )
        return "\n".join(lines)

    def _repr_html_(self):
        headline = f"<p><strong>{escape(self._headline())}</strong></p>"
        if self.ok:
            return headline
        shown = self.findings.head(SHOWN).drop(columns="rule")
        table = shown.to_html(index=False, na_rep="", border=0, justify="left")
        more = len(self) - SHOWN
        rest = _("... and {n} more: see .findings and .summary").format(n=more)
        return headline + table + (f"<p>{escape(rest)}</p>" if more > 0 else "")


def _place(finding):
    """Say where a finding is: file, column, row."""
    parts = [finding.file]
    if finding.column:
        parts.append(_("column {column}").format(column=finding.column))
    if not pd.isna(finding.row):
        parts.append(_("row {row}").format(row=finding.row))
    return ", ".join(parts)
