r"""Write a case to disk: CSV tables, datapackage.json, datasheet, dirty export, CRM samples.

The files are the same byte for byte on every run: UTF-8, "\n", fixed number formats.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from custlab.files import write_atomic

from .crm import make_crm_samples
from .datasheet import make_datasheet
from .dirty import make_dirty
from .run import simulate
from .schema import resources
from .specs import get_spec
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


def package(spec):
    """Describe a case as a Data Package."""
    return {
        "profile": "tabular-data-package",
        "name": f"custlab-{spec.name}",
        "title": spec.title,
        "description": f"{spec.description} Simulated: no real firm, brand or person is in it.",
        "licenses": [
            {
                "name": "CC0-1.0",
                "title": "Creative Commons Zero 1.0",
                "path": "https://creativecommons.org/publicdomain/zero/1.0/",
            }
        ],
        "sources": [{"title": "custlab.simulate", "path": "datasheet.md"}],
        "custlab": {
            "case": spec.name,
            "simulated": True,
            "firm": spec.firm,
            "currency": "CNY",
            "period": [spec.starts_on, "2024-12-31"],
            "as_of": "2024-12-31",
            "brands": list(spec.brands),
            "n_customers": spec.n_customers,
            "seed": spec.seed,
        },
        "resources": resources(spec),
    }


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
    spec = get_spec(name)
    simulation = simulate(name)
    described = resources(spec)
    texts = {r["name"]: to_text(simulation.tables[r["name"]], r["schema"]) for r in described}
    files = {"datapackage.json": json_bytes(package(spec))}
    files |= {r["path"]: csv_bytes(texts[r["name"]]) for r in described}
    files["datasheet.md"] = make_datasheet(spec, simulation.tables).encode("utf-8")
    files |= _dirty_files(spec, texts, described)
    if name == "software":
        samples = make_crm_samples(Streams(spec.seed), texts)
        files |= {f"crm/{file}": csv_bytes(table) for file, table in samples.items()}
    return files


def _dirty_files(spec, texts, described):
    """Make the dirty export with its answer key and a description of the two tables."""
    tables, defects = make_dirty(spec, Streams(spec.seed), texts)
    files = {f"dirty/{name}.csv": csv_bytes(table) for name, table in tables.items()}
    files["dirty/defects.csv"] = csv_bytes(defects)
    description = package(spec) | {"name": f"custlab-{spec.name}-dirty"}
    description["resources"] = [_alone(r, tables) for r in described if r["name"] in tables]
    files["dirty/datapackage.json"] = json_bytes(description)
    return files


def _alone(resource, tables):
    """Leave out foreign keys to tables that are not part of the export."""
    schema = dict(resource["schema"])
    schema["foreignKeys"] = [
        key for key in schema.get("foreignKeys", []) if key["reference"]["resource"] in tables
    ]
    return resource | {"schema": schema}


def write_case(name, folder):
    """Write a shipped case into `folder`/`name` and return the paths written."""
    target = Path(folder) / name
    paths = []
    for relative, content in case_files(name).items():
        path = target / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.append(write_atomic(path, content))
    return paths
