"""Cells of plain Python reach the compiler as they are.

IPython takes each cell apart, twice, to find magics in it. What is plain Python holds none, and
Python's own parser sees that in a fraction of the time.
"""

from __future__ import annotations

import ast
import warnings

from IPython.core.inputtransformer2 import TransformerManager

FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def is_plain(source: str) -> bool:
    r"""Tell whether a cell is Python that IPython would leave as it is.

    A single line is never sure to be: IPython may know its first word as a command.

    Examples
    --------
    >>> is_plain("import pandas as pd\npd.DataFrame()")
    True
    >>> is_plain("import pandas as pd\n%matplotlib inline")
    False
    """
    if len(source.splitlines()) < 2 or not source[0].strip() or "In [" in source:
        return False  # IPython takes away empty lines at the beginning, and copied prompts
    with warnings.catch_warnings():  # Python gives them again when it compiles the cell
        warnings.simplefilter("ignore")
        try:
            compile(source, "<cell>", "exec", FLAGS)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return False
    return True


class PlainFirst(TransformerManager):
    """IPython's transformations, for cells that need any."""

    def transform_cell(self, cell: str) -> str:
        """Give a cell as Python."""
        untouched = len(self.cleanup_transforms) == len(TransformerManager().cleanup_transforms)
        if untouched and is_plain(cell):
            return cell if cell.endswith("\n") else cell + "\n"
        return super().transform_cell(cell)
