"""The plain table: one row per learner and assignment, one column per question."""

from __future__ import annotations

import pandas as pd

from custlab.grading.export.csv_text import Sheet, guarded
from custlab.grading.stock.marks import Marks

FIXED = [
    "assignment",
    "student_id",
    "first_name",
    "last_name",
    "email",
    "handed_in",
    "timestamp",
    "raw",
    "late_penalty",
    "score",
    "max_score",
    "waiting",
    "blank",
]


def marks_table(marks: Marks, blank: dict[str, set[int]] | None = None) -> pd.DataFrame:
    """Lay the marks of an assignment out as a table.

    Parameters
    ----------
    marks : Marks
        The marks.
    blank : dict of str to set of int, optional
        Which questions each learner left blank.

    Returns
    -------
    DataFrame
        The columns of ``FIXED``, then one per question. A cell is empty where there is no mark:
        nothing was handed in, the question was left blank (``blank`` names it), or a person has
        still to mark it (``waiting`` names it). A 0 is an answer that earned nothing.
    """
    names = column_names(marks)
    waiting = marks.scores.isna()
    table = marks.learners.reset_index(names="student_id").assign(assignment=marks.assignment)
    handed_in = table["handed_in"].to_numpy()
    left = [
        sorted((blank or {}).get(student, set()) & set(_zero(marks, student)))
        for student in table["student_id"]
    ]
    table["waiting"] = [
        "; ".join(names[n] for n in marks.scores.columns[row]) if there else ""
        for row, there in zip(waiting.to_numpy(), handed_in, strict=True)
    ]
    table["blank"] = ["; ".join(names[number] for number in row) for row in left]
    table["timestamp"] = table["timestamp"].astype("string").fillna("")
    table["late_penalty"] = table["late_penalty"].fillna(0.0).where(table["handed_in"])
    scores = marks.scores.copy()
    for student, row in zip(table["student_id"], left, strict=True):
        scores.loc[student, row] = float("nan")
    scores.columns = names
    return pd.concat([table[FIXED], scores.reset_index(drop=True)], axis="columns")


def _zero(marks: Marks, student: str) -> list[int]:
    row = marks.scores.loc[student]
    return list(row.index[row == 0])


def column_names(marks: Marks) -> list[str]:
    """Name the questions' columns: by cell, with the notebook where two cells share a name."""
    questions = marks.questions
    twice = questions["cell"].duplicated(keep=False)
    both = questions["notebook"] + "/" + questions["cell"]
    return list(questions["cell"].where(~twice, both))


def as_sheet(tables: list[pd.DataFrame], excel: bool = False) -> Sheet:
    """Join tables of several assignments into one sheet.

    Parameters
    ----------
    tables : list of DataFrame
        From `marks_table`.
    excel : bool
        Whether to begin with a byte order mark: Excel then reads it as UTF-8.

    Returns
    -------
    Sheet
        Every cell properly quoted, none of them a formula.
    """
    whole = pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
    header = [guarded(str(name)) for name in whole.columns]
    rows = [
        [guarded(None if pd.isna(value) else value) for value in row]
        for row in whole.astype(object).itertuples(index=False, name=None)
    ]
    encoding = "utf-8-sig" if excel else "utf-8"
    return Sheet([header, *rows], encoding, newline="\r\n" if excel else "\n")
