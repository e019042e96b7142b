"""Read the CSV file of one table with the dtypes that its schema asks for."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from custlab.errors import InputError
from custlab.i18n import _

from .schema import pandas_dtype


def read_table(folder, resource):
    """Read one table of a Data Package.

    Parameters
    ----------
    folder : path
        Folder that holds the file.
    resource : dict
        Its entry in datapackage.json.

    Returns
    -------
    DataFrame

    Raises
    ------
    InputError
        If the file is missing or does not fit its schema; `quality.validate` says where.
    """
    path = Path(folder) / resource["path"]
    fields = resource["schema"]["fields"]
    dates = [f["name"] for f in fields if f["type"] in ("date", "datetime")]
    dtypes = {f["name"]: pandas_dtype(f) for f in fields if f["name"] not in dates}
    try:
        frame = pd.read_csv(
            path,
            dtype=dtypes,
            parse_dates=dates,
            encoding="utf-8",
            keep_default_na=False,
            na_values=resource["schema"].get("missingValues", [""]),
        )
        columns = {f["name"]: pandas_dtype(f) for f in fields}
        return frame[list(columns)].astype(columns)
    except FileNotFoundError as error:
        raise InputError(
            _("The file {file} is missing. Get it again from the course's folder.").format(
                file=path
            )
        ) from error
    except (ValueError, KeyError, TypeError, pd.errors.ParserError) as error:
        raise InputError(
            _(
                "The file {file} does not fit its description in datapackage.json ({why}). "
                'custlab.quality.validate("{folder}") lists every cell that does not fit.'
            ).format(file=path, why=error, folder=Path(folder).as_posix())
        ) from error


def count_rows(path):
    """Count the lines below the header without reading the table (0 if there is no file)."""
    path = Path(path)
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        return max(
            sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1, 0
        )
