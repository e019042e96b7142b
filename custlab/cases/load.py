"""Load a shipped case, or make another cohort of it."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from functools import lru_cache, partial
from pathlib import Path

from custlab.checks import check_whole
from custlab.errors import CustLabError, InputError
from custlab.files import datasets_dir
from custlab.i18n import _

from .case import Case
from .names import check_case_name
from .read import count_rows, read_table


def load_case(name):
    """Load one of the three shipped cases.

    Parameters
    ----------
    name : str
        "appliances", "ecommerce" or "software".

    Returns
    -------
    Case
        Each table is read from its file when it is first used; every call gives fresh tables.

    Raises
    ------
    InputError
        If there is no such case, or its files are missing or damaged.

    Examples
    --------
    >>> case = load_case("appliances")
    >>> case.customers["kind"].cat.categories.tolist()
    ['household', 'enterprise', 'government']
    """
    return open_folder(case_folder(name))


def case_folder(name):
    """Give the folder with the files of a shipped case.

    Where the library is installed without the course or its data, as on a JupyterHub, the
    simulator writes the same files into a folder that lasts as long as this process.

    Parameters
    ----------
    name : str
        "appliances", "ecommerce" or "software".

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If there is no such case.
    CustLabError
        If the environment variable ``CUSTLAB_HOME`` names a folder without a course.

    Examples
    --------
    >>> (case_folder("software") / "orders.csv").is_file()
    True
    """
    check_case_name(name)
    try:
        folder = datasets_dir() / name
    except CustLabError:
        if os.environ.get("CUSTLAB_HOME"):
            raise
        return _written(name)
    return folder if folder.is_dir() else _written(name)


@lru_cache
def _written(name):
    from custlab.simulate.write import write_case

    folder = Path(tempfile.mkdtemp(prefix="custlab-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_case(name, folder)
    return folder / name


def open_folder(folder):
    """Open a folder that holds a datapackage.json and its CSV files as a `Case`.

    Parameters
    ----------
    folder : path
        The folder.

    Returns
    -------
    Case
    """
    folder = Path(folder)
    path = folder / "datapackage.json"
    if not path.is_file():
        raise InputError(
            _(
                "No file datapackage.json in {folder}. Get the course's folder datasets/ again "
                "(git checkout datasets, or python -m custlab.simulate)."
            ).format(folder=folder)
        )
    try:
        package = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(
            _("{file} cannot be read as JSON ({why}). Get it again from the course.").format(
                file=path, why=error
            )
        ) from error
    makers = {r["name"]: partial(read_table, folder, r) for r in package["resources"]}
    sizes = {r["name"]: count_rows(folder / r["path"]) for r in package["resources"]}
    return Case(package, makers, sizes)


def make_case(name, n_customers=None, seed=None):
    """Make another cohort of a case with the simulator.

    Parameters
    ----------
    name : str
        "appliances", "ecommerce" or "software".
    n_customers : int, optional
        Number of customers, from 30 to 100,000; as shipped by default.
    seed : int, optional
        Seed; the shipped one by default. The same seed gives the same data.

    Returns
    -------
    Case

    Raises
    ------
    InputError
        If there is no such case or a number makes no sense.

    Examples
    --------
    >>> len(make_case("ecommerce", n_customers=100, seed=7).customers)
    100
    """
    from custlab.simulate import describe_case, simulate

    check_case_name(name)
    if n_customers is not None:
        check_whole("n_customers", n_customers, 30, 100_000)
    if seed is not None:
        check_whole("seed", seed, 0, 2**32 - 1)
    tables = simulate(name, n_customers, seed).tables
    makers = {table: frame.copy for table, frame in tables.items()}
    sizes = {table: len(frame) for table, frame in tables.items()}
    return Case(describe_case(name, n_customers, seed), makers, sizes)
