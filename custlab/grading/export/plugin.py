"""The same table from stock nbgrader."""

from __future__ import annotations

from pathlib import Path

from nbgrader.plugins import ExportPlugin

from custlab.files import write_atomic
from custlab.grading.export.table import as_sheet, marks_table
from custlab.grading.stock.marks import read_marks


class QuestionsExport(ExportPlugin):
    """One column per question, cells quoted, nothing handed in told from zero.

    Use: ``nbgrader export --exporter=custlab.grading.export.plugin.QuestionsExport --to FILE``.
    """

    def export(self, gradebook) -> None:
        """Write the table."""
        wanted = {str(name) for name in self.assignment}
        names = [a.name for a in gradebook.assignments if not wanted or a.name in wanted]
        tables = [marks_table(read_marks(gradebook, name)) for name in names]
        if self.student:
            chosen = {str(name) for name in self.student}
            tables = [table[table["student_id"].isin(chosen)] for table in tables]
        if tables:
            write_atomic(Path(self.to or "grades.csv"), as_sheet(tables).to_bytes())
