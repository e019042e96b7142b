"""What IPython would leave as it is, and only that, goes straight to Python's parser."""

import warnings
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from custlab.grading.talk.plain_cells import PlainFirst, is_plain

ROOT = Path(__file__).parent.parent.parent
PIECES = [
    "x = 1", "%time x", "!ls", "x = !ls", "files = %who", "df?", "?df", ">>> x = 1", "In [1]: x",
    "", "    x", "if x:", "    pass", "await f()", "'''", '"a?"', "# done?", "%%html", "/f x",
    ",f a b", ";f a", "x = (1\\", "x = (5", "%3)", "\\", "\tx", "... x", "   ...: x", "$",
    "é = 'ü'", "\x0c", "...", "....real", "ls", "f()", "a - b", "x = {", "   ...: 5}",
]  # fmt: skip


def cells():
    """Give the code cells of every notebook that the course has."""
    for folder in ("notebooks", "solutions"):
        for path in sorted((ROOT / folder).rglob("*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            yield from (cell.source for cell in notebook.cells if cell.cell_type == "code")


def by_ipython(source: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return TransformerManager().transform_cell(source)


def test_the_courses_own_cells_come_out_as_ipython_gives_them():
    sources = list(cells())
    assert [PlainFirst().transform_cell(one) for one in sources] == list(map(by_ipython, sources))
    assert sum(map(is_plain, sources)) > len(sources) / 2


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("\n".join))
def test_any_cell_comes_out_as_ipython_gives_it(source):
    try:
        wanted = by_ipython(source)
    except SyntaxError:
        with pytest.raises(SyntaxError):
            PlainFirst().transform_cell(source)
        return
    assert PlainFirst().transform_cell(source) == wanted


def test_a_transformation_of_somebodys_own_is_applied():
    manager = PlainFirst()
    manager.cleanup_transforms.append(lambda lines: [line.upper() for line in lines])
    assert manager.transform_cell("a = 1\nb = 2\n") == "A = 1\nB = 2\n"
