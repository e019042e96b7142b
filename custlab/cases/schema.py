"""The tables of a case column by column, and what their types are in pandas."""

from __future__ import annotations

import tomllib

import pandas as pd

from custlab.templates import render


def describe_tables(firm) -> list[dict]:
    """Describe the tables of a firm as Data Package resources; ``tables.toml.jinja`` lists them.

    Parameters
    ----------
    firm : Firm
        What the columns depend on: its prefix, segments, products, brands, campaigns, contracts.

    Returns
    -------
    list of dict
        One resource per table, the source of datapackage.json and of the dtypes.

    Examples
    --------
    >>> from custlab.simulate.firm import load_firm
    >>> [table["name"] for table in describe_tables(load_firm("ecommerce"))][:3]
    ['customers', 'people', 'interactions']
    """
    tables = tomllib.loads(render("cases/tables.toml.jinja", firm=firm))
    return [_resource(name, table) for name, table in tables.items()]


def _resource(name, table):
    """Put one table into the form of the Data Package standard."""
    schema = {"fields": table["fields"], "missingValues": [""]}
    if "primaryKey" in table:
        schema["primaryKey"] = table["primaryKey"]
    if "foreignKeys" in table:
        schema["foreignKeys"] = [
            {"fields": column, "reference": {"resource": target, "fields": column}}
            for column, target in table["foreignKeys"].items()
        ]
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "description": table["description"],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "schema": schema,
    }


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
