"""Values as plain data: what may pass between a learner's kernel and the examiner.

A value becomes a tree of JSON and a list of raw buffers, and is built anew from that on the
other side: nothing arrives that could run code, and no object of the learner's making can answer
for itself whether it is right. What is not data (a function, a figure) passes as a handle; see
``witness`` for what can be done with those.
"""

from __future__ import annotations

import datetime as dt
import decimal
import fractions
import pathlib
from collections.abc import Callable

from custlab.grading.talk import codec_arrays, codec_models

MAX_DEPTH = 60
MAX_ITEMS = 2_000_000
TOO_LARGE = "The value is too large or nested too deep to be checked."
EXACT = 2**53  # integers that every JSON reader keeps exact

SEQUENCES = {kind.__name__: kind for kind in (list, tuple, set, frozenset)}
TEXTS = {  # small values that have an exact text form: how to write it, how to read it
    dt.datetime: (dt.datetime.isoformat, dt.datetime.fromisoformat),
    dt.date: (dt.date.isoformat, dt.date.fromisoformat),
    dt.time: (dt.time.isoformat, dt.time.fromisoformat),
    dt.timedelta: (
        lambda value: value // dt.timedelta(microseconds=1),
        lambda n: dt.timedelta(microseconds=n),
    ),
    decimal.Decimal: (str, decimal.Decimal),
    fractions.Fraction: (str, fractions.Fraction),
    complex: (
        lambda value: [repr(value.real), repr(value.imag)],
        lambda v: complex(*map(float, v)),
    ),
    float: (repr, float),  # only inf and nan: JSON has no names for them
    int: (hex, lambda text: int(text, 16)),  # only large ones
    range: (lambda value: [value.start, value.stop, value.step], lambda v: range(*v)),
    pathlib.PosixPath: (str, pathlib.Path),
    pathlib.WindowsPath: (str, pathlib.Path),
}
READERS = {kind.__name__: read for kind, (_write, read) in TEXTS.items()}


class Unsendable(TypeError):
    """A value that cannot be passed on as plain data."""


class Encoder:
    """Turns values into a JSON tree and buffers.

    Parameters
    ----------
    handle : callable, optional
        Takes a value that is not data and gives the node that stands for it.
    """

    def __init__(self, handle: Callable | None = None):
        self.buffers: list[bytes] = []
        self.handle = handle
        self.items = 0

    def buffer(self, content: bytes) -> int:
        """Add raw bytes and give their number."""
        self.buffers.append(content)
        return len(self.buffers) - 1

    def count(self, items: int) -> None:
        """Note that so many more values are passed on, up to the limit."""
        self.items += items
        if self.items > MAX_ITEMS:
            raise Unsendable(TOO_LARGE)

    def encode(self, value, depth: int = 0):
        """Give the node for a value.

        Raises
        ------
        Unsendable
            If the value is nested too deep, too large, or no data and there is no handle for it.
        """
        self.count(1)
        if depth > MAX_DEPTH:
            raise Unsendable(TOO_LARGE)
        kind = type(value)
        if value is None or kind in (bool, str):
            return value
        if (kind is int and -EXACT < value < EXACT) or (kind is float and value - value == 0):
            return value
        if kind in SEQUENCES.values():
            return {"t": kind.__name__, "v": [self.encode(item, depth + 1) for item in value]}
        if kind is dict:
            pairs = [[self.encode(part, depth + 1) for part in pair] for pair in value.items()]
            return {"t": "dict", "v": pairs}
        if kind in (bytes, bytearray):
            return {"t": "bytes", "b": self.buffer(bytes(value))}
        if kind in TEXTS:
            return {"t": kind.__name__, "v": TEXTS[kind][0](value)}
        for encode in (codec_arrays.encode, codec_models.encode):
            if (node := encode(self, value, depth)) is not None:
                return node
        return self._other(value, depth)

    def _other(self, value, depth: int):
        """Pass a subclass of a plain type on as its base, anything else as a handle."""
        for base in (int, float, str, dict, *SEQUENCES.values()):
            if isinstance(value, base):
                return self.encode(base(value), depth + 1)
        if self.handle is None:
            raise Unsendable(f"A {type(value).__name__} cannot be passed on as plain data.")
        return self.handle(value)


class Decoder:
    """Builds values from a JSON tree and buffers.

    Parameters
    ----------
    buffers : list of bytes
        What the tree refers to.
    handle : callable, optional
        Takes a node that stands for something that is not data and gives a stand-in.
    """

    def __init__(self, buffers: list[bytes], handle: Callable | None = None):
        self.buffers = buffers
        self.handle = handle

    def decode(self, node):
        """Build the value of a node.

        Raises
        ------
        ValueError
            If the node is not one that the encoder makes.
        """
        if node is None or isinstance(node, (bool, int, float, str)):
            return node
        kind = node.get("t") if isinstance(node, dict) else None
        if not isinstance(kind, str):
            raise ValueError("Not a value.")
        if kind in SEQUENCES:
            return SEQUENCES[kind](self.decode(item) for item in node["v"])
        if kind == "dict":
            return {self.decode(key): self.decode(value) for key, value in node["v"]}
        if kind == "bytes":
            return self.buffers[node["b"]]
        if kind in READERS:
            return READERS[kind](node["v"])
        for decoders in (codec_arrays.DECODERS, codec_models.DECODERS):
            if kind in decoders:
                return decoders[kind](self, node)
        if self.handle is not None and kind in ("function", "object"):
            return self.handle(node)
        raise ValueError(f"Not a value: {kind[:40]!r}.")
