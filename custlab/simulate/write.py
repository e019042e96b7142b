r"""Write a case to disk: CSV tables, datapackage.json, datasheet, dirty export, CRM samples.

The files are the same byte for byte on every run: UTF-8, "\n", fixed number formats.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from custlab.files import write_atomic
from custlab.templates import render

from .crm import make_crm_samples
from .describe import describe_case
from .dirty import make_dirty
from .firm import load_firm
from .run import simulate
from .streams import Streams


def to_text(frame, schema):
    """Format every cell as it stands in the file.

    Parameters
    ----------
    frame : DataFrame
        A table with the dtypes of its schema.
    schema : dict
        Its Data Package schema.

    Returns
    -------
    DataFrame
        The same table as text; missing values are None.
    """
    return pd.DataFrame({f["name"]: _column_text(frame[f["name"]], f) for f in schema["fields"]})


def _column_text(column, field):
    missing = column.isna()
    if field["type"] == "date":
        text = column.dt.strftime("%Y-%m-%d")
    elif field["type"] == "datetime":
        text = column.dt.strftime("%Y-%m-%d %H:%M")
    elif field["type"] == "boolean":
        text = pd.Series(np.where(column.fillna(False).astype(bool), "true", "false"))
    elif field["type"] == "number":
        text = column.map("{:.2f}".format)
    else:
        text = column.astype("object").map(str)
    text = pd.Series(text.to_numpy(dtype=object))
    return text.mask(missing.to_numpy(), None)


def csv_bytes(text):
    """Return a table of text as the bytes of a CSV file."""
    return text.to_csv(index=False, lineterminator="\n").encode("utf-8")


def json_bytes(content):
    """Return indented JSON as bytes."""
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def case_files(name):
    """Make all files of a shipped case.

    Returns
    -------
    dict
        Path relative to the case's folder -> bytes.
    """
    firm, tables, package = load_firm(name), simulate(name).tables, describe_case(name)
    texts = {r["name"]: to_text(tables[r["name"]], r["schema"]) for r in package["resources"]}
    datasheet = render("simulate/datasheet.md.jinja", firm=firm, tables=tables) + "\n"
    files = {"datapackage.json": json_bytes(package), "datasheet.md": datasheet.encode("utf-8")}
    files |= {f"{name}.csv": csv_bytes(text) for name, text in texts.items()}
    dirty, defects = make_dirty(firm, Streams(firm.seed)("dirty"), texts)
    files |= {f"dirty/{name}.csv": csv_bytes(table) for name, table in dirty.items()}
    files["dirty/defects.csv"] = csv_bytes(defects)
    files["dirty/datapackage.json"] = json_bytes(_dirty_package(package, dirty))
    if firm.plans:
        samples = make_crm_samples(Streams(firm.seed)("crm"), texts)
        files |= {f"crm/{name}.csv": csv_bytes(table) for name, table in samples.items()}
    return files


def _dirty_package(package, dirty):
    """Describe the dirty tables, without foreign keys to tables that are not part of the export."""
    resources = []
    for resource in (r for r in package["resources"] if r["name"] in dirty):
        keys = resource["schema"].get("foreignKeys", [])
        keys = [key for key in keys if key["reference"]["resource"] in dirty]
        resources.append(resource | {"schema": resource["schema"] | {"foreignKeys": keys}})
    return package | {"name": f"{package['name']}-dirty", "resources": resources}


def write_case(name, folder):
    """Write a shipped case into `folder`/`name` and return the paths written."""
    paths = []
    for relative, content in case_files(name).items():
        path = Path(folder) / name / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.append(write_atomic(path, content))
    return paths
