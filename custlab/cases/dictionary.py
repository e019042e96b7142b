"""The data dictionary of a case, made from its datapackage.json."""

from .show import ReadableFrame


def make_dictionary(package):
    """List every column of every table with type, unit, allowed values and meaning.

    Parameters
    ----------
    package : dict
        Content of a datapackage.json.

    Returns
    -------
    ReadableFrame
        A DataFrame: table, column, type, unit, values, required, key, description.
    """
    rows = [
        _row(resource, field)
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
    ]
    return ReadableFrame(rows)


def _row(resource, field):
    schema = resource["schema"]
    return {
        "table": resource["name"],
        "column": field["name"],
        "type": field["type"],
        "unit": field.get("unit", ""),
        "values": _values(field.get("constraints", {})),
        "required": bool(field.get("constraints", {}).get("required", False)),
        "key": _key(schema, field["name"]),
        "description": field["description"],
    }


def _values(constraints):
    """Say in words which values are allowed."""
    if "enum" in constraints:
        return ", ".join(constraints["enum"])
    low, high = constraints.get("minimum"), constraints.get("maximum")
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f">= {low}" if low is not None else (f"<= {high}" if high is not None else "")


def _key(schema, column):
    """Say whether a column is the primary key or points to another table."""
    primary = schema.get("primaryKey", [])
    if column in ([primary] if isinstance(primary, str) else primary):
        mark = "primary"
    else:
        mark = ""
    for foreign in schema.get("foreignKeys", []):
        if foreign["fields"] == column:
            target = f"to {foreign['reference']['resource']}"
            mark = f"{mark}, {target}" if mark else target
    return mark
