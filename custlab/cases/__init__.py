"""Cases: the tables of one firm, loaded from files or made by the simulator."""

from .case import Case
from .load import case_folder, load_case, make_case
from .names import CASE_NAMES, check_case_name
from .own import own_case

__all__ = [
    "CASE_NAMES",
    "Case",
    "case_folder",
    "check_case_name",
    "load_case",
    "make_case",
    "own_case",
]
