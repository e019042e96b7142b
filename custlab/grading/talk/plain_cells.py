"""Cells of plain Python reach the compiler as they are.

IPython takes each cell apart, twice, to find magics in it, and compiles it, twice, to find out
whether it awaits something. What is plain Python holds no magics, and Python's own parser sees
that in a fraction of the time; what awaits has one of two words in it.
"""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache

from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.inputtransformer2 import TransformerManager

FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

AWAITING = ("await", "async")


@lru_cache(maxsize=1)  # it is asked more than once about the same cell
def is_plain(source: str) -> bool:
    r"""Tell whether a cell is Python that IPython's transformations would leave as it is.

    (A single line it may still take for a command, but that is decided after these.)

    Examples
    --------
    >>> is_plain("import pandas as pd\npd.DataFrame()")
    True
    >>> is_plain("import pandas as pd\n%matplotlib inline")
    False
    """
    lines = source.splitlines()
    if not lines or not source[0].strip():
        return False  # IPython takes away empty lines at the beginning
    if "In [" in source or (lines[1:] and lines[1].lstrip().startswith("...")):
        return False  # and what may be copied prompts
    with warnings.catch_warnings():  # Python gives them again when it compiles the cell
        warnings.simplefilter("ignore")
        try:
            compile(source, "<cell>", "exec", FLAGS)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return False
    return True


def may_await(source: str) -> bool:
    """Tell whether a cell can have an ``await``, ``async for`` or ``async with`` at its top.

    Examples
    --------
    >>> may_await("total = 3"), may_await("await total")
    (False, True)
    """
    return any(word in source for word in AWAITING)


class PlainFirst(TransformerManager):
    """IPython's transformations, for cells that need any."""

    def __init__(self):
        super().__init__()
        self._usual = len(self.cleanup_transforms)

    def transform_cell(self, cell: str) -> str:
        """Give a cell as Python."""
        untouched = len(self.cleanup_transforms) == self._usual
        if untouched and is_plain(cell):
            return cell if cell.endswith("\n") else cell + "\n"
        return super().transform_cell(cell)


class PlainShell(ZMQInteractiveShell):
    """A kernel's shell that looks for awaiting code only where there can be some."""

    def should_run_async(self, raw_cell: str, *, transformed_cell=None, **options) -> bool:
        """Tell whether a cell must run in the event loop."""
        if transformed_cell is not None and not may_await(transformed_cell):
            return False
        return super().should_run_async(raw_cell, transformed_cell=transformed_cell, **options)
