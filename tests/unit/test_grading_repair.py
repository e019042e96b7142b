"""A submission is put back onto its master, whatever an editor or a learner did to it."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custlab.grading.read.master import Master, MasterCell
from custlab.grading.read.notebooks import Cell, Unreadable, read_cells
from custlab.grading.read.repair import repair


def cell(name: str, role: str, kind: str = "code", hidden: str = "") -> MasterCell:
    known = {
        "grade": role in ("test", "manual"),
        "solution": role in ("solution", "manual"),
        "locked": role in ("test", "locked"),
        "grade_id": name,
    }
    given_out = f"# {name}"
    return MasterCell(
        name, "" if role == "plain" else name, kind, role, given_out + hidden, given_out, 1.0,
        {} if role == "plain" else {"nbgrader": known},
    )  # fmt: skip


MASTER = Master(
    "01",
    "01",
    (
        cell("title", "plain", "markdown"),
        cell("imports", "plain"),
        cell("setup", "locked"),
        cell("one", "solution"),
        cell("test-one", "test", hidden="\nassert one"),
        cell("two", "solution"),
        cell("test-two", "test", hidden="\nassert two"),
        cell("explain", "manual", "markdown"),
    ),
    {},
    {},
    (),
    {},
)
SOURCES = {c.id: c for c in MASTER.cells}


def handed_out() -> list[Cell]:
    return [Cell(c.kind, c.released, c.id, c.grade_id) for c in MASTER.cells]


changes = st.lists(
    st.tuples(
        st.sampled_from(["delete", "copy", "move", "edit", "retype", "no id", "skip", "add"]),
        st.integers(0, 30),
        st.integers(0, 30),
    ),
    max_size=12,
)


@given(changes)
@settings(max_examples=300, deadline=None)
def test_every_marked_cell_is_there_once_in_order_with_the_masters_test(steps):
    cells = handed_out()
    for what, first, second in steps:
        if not cells:
            break
        part = cells[first % len(cells)]
        if what == "delete":
            cells.remove(part)
        elif what == "copy":
            copied = Cell(part.kind, part.source, "", part.grade_id)
            cells.insert(second % (len(cells) + 1), copied)
        elif what == "move":
            cells.remove(part)
            cells.insert(second % (len(cells) + 1), part)
        elif what == "edit":
            part.source = f"mine_{second} = {second}"
        elif what == "retype":
            part.kind = "markdown" if part.kind == "code" else "code"
        elif what == "no id":
            part.id = part.grade_id = ""
        elif what == "skip":
            part.skipped = True
        else:
            cells.insert(second % (len(cells) + 1), Cell("code", f"x_{second} = 1", "own"))
    done = repair(cells, MASTER)
    known = [c.master.id for c in done.cells if c.master and c.master.role != "plain"]
    assert known == [c.id for c in MASTER.cells if c.role != "plain"]
    for work in done.cells:
        if work.master and not work.master.learners and work.master.role != "plain":
            assert work.source == work.master.source
            assert work.kind == work.master.kind
            assert not work.skipped
    ids = [c.id for c in done.cells]
    assert len(ids) == len(set(ids))


def test_nothing_is_said_of_a_notebook_that_is_as_it_was_handed_out():
    done = repair(handed_out(), MASTER)
    assert done.remarks == []
    assert [c.id for c in done.cells] == [c.id for c in MASTER.cells]


def test_cells_without_ids_and_names_are_found_by_what_stands_around_them():
    cells = [Cell(c.kind, c.source) for c in handed_out()]
    cells[3].source = "one = 1"
    cells[5].source = "two = 2"
    done = repair(cells, MASTER)
    assert {c.id: c.source for c in done.cells if c.id in ("one", "two")} == {
        "one": "one = 1",
        "two": "two = 2",
    }
    assert done.remarks == []


def test_the_parts_of_a_written_answer_are_joined_for_the_person_who_marks_it():
    cells = handed_out()
    cells[7].source = "First."
    cells.append(Cell("markdown", "Second.", "", "explain"))
    done = repair(cells, MASTER)
    assert next(c.source for c in done.cells if c.id == "explain") == "First.\n\nSecond."


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"[]", b"{}", b'{"cells": {}}', b'{"worksheets": [3]}', b"[" * 100_000],
)
def test_what_is_no_notebook_is_told_in_a_sentence(content):
    with pytest.raises(Unreadable):
        read_cells(content)


@given(st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=5))
@settings(max_examples=100, deadline=None)
def test_nonsense_in_a_cell_is_never_an_error(nonsense):
    fields = ("cell_type", "source", "id", "metadata", "outputs")
    content = json.dumps({"cells": [dict.fromkeys(fields, nonsense), nonsense]}).encode()
    for found in read_cells(content):
        assert isinstance(found.source, str)
        assert found.kind in ("code", "markdown", "raw")


@pytest.mark.parametrize("source", ["x{n} = {n}", "def f(:  # {n}", "import math # {n}\n" * 20])
def test_an_answer_in_two_thousand_pieces_is_put_together_at_once(source):
    pieces = [Cell("code", source.replace("{n}", str(n)), id="one") for n in range(1990)]
    began = time.monotonic()
    done = repair(pieces, MASTER)
    assert time.monotonic() - began < 3
    text = "\n".join(work.source for work in done.cells)
    assert all(piece.source in text for piece in (pieces[0], pieces[-1]))
