"""Cases: the tables of one firm, loaded from files or made by the simulator."""

from .case import Case
from .load import load_case, make_case

__all__ = ["Case", "load_case", "make_case"]
