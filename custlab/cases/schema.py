"""What the types of a Data Package schema are in pandas."""

from __future__ import annotations

import pandas as pd


def pandas_dtype(entry):
    """Translate the type of a field into a pandas dtype.

    Parameters
    ----------
    entry : dict
        A field of a Data Package schema.

    Returns
    -------
    str or CategoricalDtype
        What ``DataFrame.astype`` takes.

    Examples
    --------
    >>> pandas_dtype({"name": "age", "type": "integer"})
    'Int64'
    """
    constraints = entry.get("constraints", {})
    if "enum" in constraints:
        return pd.CategoricalDtype(constraints["enum"], entry.get("categoriesOrdered", False))
    required = constraints.get("required", False)
    return {
        "string": "string",
        "integer": "int64" if required else "Int64",
        "number": "float64",
        "boolean": "bool" if required else "boolean",
        "date": "datetime64[us]",
        "datetime": "datetime64[us]",
    }[entry["type"]]


def conform(frame, schema):
    """Give a table the columns, order and dtypes of its schema.

    Parameters
    ----------
    frame : DataFrame
        A table with at least the schema's columns.
    schema : dict
        Its Data Package schema.

    Returns
    -------
    DataFrame
        The schema's columns, numbered anew.

    Examples
    --------
    >>> schema = {"fields": [{"name": "age", "type": "integer"}]}
    >>> conform(pd.DataFrame({"age": [30.0], "note": ["x"]}), schema).dtypes.to_dict()
    {'age': Int64Dtype()}
    """
    columns = {f["name"]: pandas_dtype(f) for f in schema["fields"]}
    frame = frame[list(columns)].reset_index(drop=True)
    return frame.astype(columns)
