"""Check the cells of one column against its field in datapackage.json."""

from __future__ import annotations

import re
from difflib import get_close_matches

import pandas as pd

from custlab.i18n import _

INTEGER = re.compile(r"[+-]?\d+")
OTHER_DATE = re.compile(r"\d{1,4}[./年-]\d{1,2}[./月-]\d{1,4}日?|\d{8}")


def check_column(file, text, field):
    """Check one column.

    Parameters
    ----------
    file : str
        Name to report.
    text : Series of str
        Cells as they stand; the index holds row numbers.
    field : dict
        The column's entry in the schema.

    Returns
    -------
    list of dict
        Findings, in the order of the rows.
    """
    constraints = field.get("constraints", {})
    filled = text[text != ""]
    found = []
    if constraints.get("required"):
        found += [(row, "", "missing") for row in text.index[text == ""]]
    values = parse(filled, field)
    bad = values.isna()
    found += [(row, cell, "type") for row, cell in filled[bad].items()]
    found += _broken_constraints(values[~bad], filled[~bad], field, constraints)
    return [_finding(file, field, *item) for item in sorted(found, key=lambda item: item[0])]


def parse(text, field):
    """Turn text into values of the field's type; what cannot be read becomes missing."""
    kind = field["type"]
    if kind == "integer":
        whole = text.where(text.map(lambda cell: bool(INTEGER.fullmatch(cell))))
        return pd.to_numeric(whole, errors="coerce")
    if kind == "number":
        # Words that Python would take for numbers (nan, inf) are none here.
        return pd.to_numeric(text.where(~text.str.contains("[a-df-z]", case=False)), "coerce")
    if kind == "boolean":
        return text.map(
            dict.fromkeys(field.get("trueValues", ["true"]), True)
            | dict.fromkeys(field.get("falseValues", ["false"]), False)
        )
    if kind in ("date", "datetime"):
        form = field.get("format", "%Y-%m-%d")
        dates = pd.to_datetime(text, format=form, errors="coerce")
        # Python reads 2024-1-5 for %Y-%m-%d; the file format asks for 2024-01-05.
        return dates.where(dates.dt.strftime(form) == text)
    return text


def _broken_constraints(values, text, field, constraints):
    """List (row, cell, rule) for every constraint that a readable value breaks, by pandera."""
    import pandera.pandas as pa

    checks, rules = [], []
    if "enum" in constraints:
        checks.append(pa.Check.isin([str(x) for x in constraints["enum"]]))
        rules.append("category")
    if "pattern" in constraints:
        checks.append(pa.Check(lambda s: s.str.fullmatch(constraints["pattern"])))
        rules.append("pattern")
    for name, check in (("minimum", pa.Check.ge), ("maximum", pa.Check.le)):
        if name in constraints:
            limit = constraints[name]
            limit = pd.Timestamp(limit) if field["type"] in ("date", "datetime") else limit
            checks.append(check(limit))
            rules.append(name)
    if not checks or values.empty:
        return []
    schema = pa.SeriesSchema(checks=checks)
    try:
        schema.validate(values, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        return [
            (row, text[row], rules[int(number)])
            for row, number in zip(cases["index"], cases["check_number"], strict=True)
        ]
    return []


def _finding(file, field, row, value, rule):
    problem, remedy = _words(field, value, rule)
    return {
        "file": file, "column": field["name"], "row": row, "value": value, "rule": rule,
        "problem": problem, "remedy": remedy,
    }  # fmt: skip


def _words(field, value, rule):
    """Say what is wrong with a cell and what to do."""
    constraints = field.get("constraints", {})
    if rule == "missing":
        return _("The cell is empty, but a value is required."), _(
            "Fill it in, or delete the row if it means nothing without it."
        )
    if rule == "type":
        return _type_words(field, value)
    if rule == "category":
        allowed = [str(x) for x in constraints["enum"]]
        near = get_close_matches(value.strip().lower(), allowed, n=1, cutoff=0.6)
        remedy = (
            _("Did you mean '{near}'?").format(near=near[0])
            if near
            else _("Use one of: {allowed}.").format(allowed=", ".join(allowed))
        )
        return _("'{value}' is not an allowed value.").format(value=value), remedy
    if rule == "pattern":
        return (
            _("'{value}' does not have the form of such a key.").format(value=value),
            _("The form is {pattern}: look for spaces, small letters or lost digits.").format(
                pattern=constraints["pattern"]
            ),
        )
    template = {
        "minimum": _("'{value}' is below the smallest allowed value {limit}."),
        "maximum": _("'{value}' is above the largest allowed value {limit}."),
    }[rule]
    return template.format(value=value, limit=constraints[rule]), _(
        "Correct the value, or leave the cell empty if it is not known."
    )


def _type_words(field, value):
    """Say what a cell should have been."""
    kind = field["type"]
    if kind in ("date", "datetime"):
        form = {"date": _("YYYY-MM-DD, as 2024-05-31"),
                "datetime": _("YYYY-MM-DD HH:MM, as 2024-05-31 18:05")}[kind]  # fmt: skip
        if OTHER_DATE.fullmatch(value) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            problem = _("'{value}' is a date in another form.")
        else:
            problem = _("'{value}' is not a date that exists.")
        return problem.format(value=value), _("Write dates as {form}.").format(form=form)
    words = {
        "integer": (_("'{value}' is not a whole number."),
                    _("Write digits only: no letters, commas, units or decimals.")),
        "number": (_("'{value}' is not a number."),
                   _("Write digits and a decimal point only: no commas, signs of money or units.")),
        "boolean": (_("'{value}' is neither true nor false."), _("Write true or false.")),
    }  # fmt: skip
    problem, remedy = words[kind]
    return problem.format(value=value), remedy
