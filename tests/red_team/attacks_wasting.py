"""Submissions that try to use up what the grader itself reads, keeps or shares with others."""

import json

import nbformat
from nbformat.v4 import new_code_cell

from tests.red_team.attack import NOTHING, Attack, cell, without
from tests.red_team.course import TOTALS

FRAMES = """
from custlab.grading.talk import wire
totals = None
connection = get_ipython().kernel.session.connection
text = '{"number": %d, "kind": "clear_output", "content": {}}' % (NUMBER)
frames = wire.packed(text) * 1000
while True:
    connection.sendall(frames)
"""
ALL_CORES = """
import os
totals = None
for number in range(30):
    if os.fork() == 0:
        break
while True:
    pass
"""
KEYRING = f"""{TOTALS}
import ctypes
libc = ctypes.CDLL(None)
for number in (248, 217):
    if libc.syscall(number, b"user", b"note", b"to others", 9, -4) > 0:
        print("GOT a key into the keyring of the user")
for number in (425, 425 | 0x40000000):
    if libc.syscall(number, 8, ctypes.create_string_buffer(512)) > 0:
        print("GOT an io_uring")
"""


def in_pieces(notebook):
    """Cut one answer into two thousand cells that all claim to be it."""
    place = notebook.cells.index(cell(notebook, "totals"))
    pieces = [new_code_cell(f"x{n} = {n}", id=f"piece-{n}") for n in range(1900)]
    for piece in pieces:
        piece.metadata = cell(notebook, "totals").metadata
    notebook.cells[place:place] = pieces


def floods_everywhere(notebook):
    """Add cells that each put out as much as one cell may."""
    notebook.cells += [new_code_cell("print('x' * 2_000_000)") for _number in range(40)]


def nested_zeros(notebook) -> str:
    """Put 16 MB of lists of zeros into an answer of the receipt."""
    entry = {"kind": "choose_one", "at": "2026-01-02T00:00:00.000000Z", "value": "ZEROS"}
    answers = {"format": "custlab-answers", "version": 2, "sheet": "01-demo"}
    answers["answers"] = {"who-decides": entry}
    data = {"application/vnd.custlab.answers+json": answers}
    shown = nbformat.v4.new_output("display_data", data)
    cell(notebook, "receipt").outputs = [shown]
    text = json.dumps(notebook)
    return text.replace('"ZEROS"', "[" + ",".join(["[" * 20 + "0" + "]" * 20] * 380_000) + "]")


def sparse_time(_root, folder):
    """Say when it was handed in, in one and a half gigabytes."""
    with (folder / "timestamp.txt").open("wb") as file:
        file.write(b"2026-01-01 09:00:00 UTC\n")
        file.truncate(1_500_000_000)


WASTING = [
    Attack(
        "forged-frames",
        "messages that are no output are counted as well",
        without("test-totals"),
        {"totals": FRAMES.replace("NUMBER", "-1")},
    ),
    Attack(
        "many-frames",
        "messages that show nothing are counted as well",
        without("test-totals"),
        {"totals": FRAMES.replace("NUMBER", "get_ipython().kernel.session.request")},
    ),
    Attack(
        "all-cores",
        "loops in thirty processes cost their author, nobody else",
        without("test-totals"),
        {"totals": ALL_CORES},
    ),
    Attack("keyring", "keyrings and io_uring are refused", cells={"totals": KEYRING}),
    Attack("pieces", "an answer in 1,900 pieces is put together at once", edit=in_pieces),
    Attack("floods-everywhere", "the outputs of all cells have a limit", edit=floods_everywhere),
    Attack(
        "nested-zeros",
        "a notebook that would fill the memory gets 0 and is looked at",
        NOTHING,
        raw=nested_zeros,
        review=("test-totals",),
        said=("too many parts",),
    ),
    Attack("sparse-time", "only the beginning is read", prepare=sparse_time),
    Attack(
        "half-character",
        "an error that no file can hold is written with a question mark",
        without("test-totals"),
        {"totals": 'raise ValueError("\\ud800")'},
    ),
    Attack("long-names", "file names as long as can be are kept", files={"x" * 250: b"1"}),
    Attack(
        "file-for-folder",
        "a folder where the answers belong is set aside",
        without("test-who-decides"),
        answers=None,
        files={"01-demo.answers.json/a": b"1"},
        said=("stands where a file of the assignment belongs",),
    ),
]
