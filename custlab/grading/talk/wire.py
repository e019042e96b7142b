"""Messages between the grader's processes: a length, a JSON header, then raw buffers.

JSON and raw bytes only. Nothing that arrives can name code to run, which is why pickle is not
used: one side of such a connection may be a learner's kernel.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Generator

LENGTH = struct.Struct("!II")  # bytes of the JSON header, number of buffers
SIZE = struct.Struct("!Q")
MAX_HEADER = 64 * 1024 * 1024
MAX_TOTAL = 256 * 1024 * 1024
MAX_BUFFERS = 100_000
PIECE = 1 << 16
TOO_LARGE = "The message is larger than allowed."


class WireError(Exception):
    """The other side sent something unreadable, too much, or nothing."""


def send(connection: socket.socket, message: dict, buffers: list[bytes] = ()) -> None:
    """Send one message.

    Parameters
    ----------
    connection : socket.socket
        A connected stream socket.
    message : dict
        Anything JSON can hold.
    buffers : list of bytes, optional
        Raw bytes that go with it.
    """
    connection.sendall(packed(json.dumps(message, separators=(",", ":")), buffers))


def packed(message: str, buffers: list[bytes] = ()) -> bytes:
    """Give the bytes of one message, whose JSON is written already."""
    header = message.encode()
    parts = [LENGTH.pack(len(header), len(buffers)), header]
    for buffer in buffers:
        parts += [SIZE.pack(len(buffer)), buffer]
    return b"".join(parts)


async def read(reader, largest: int = MAX_HEADER, most: int = 0) -> tuple[dict, list[bytes]]:
    """Read one message from an asyncio stream.

    Parameters
    ----------
    reader : asyncio.StreamReader
        Where it comes from.
    largest : int
        Bytes that its JSON may have.
    most : int
        How many buffers it may have.

    Returns
    -------
    tuple of dict and list of bytes
        The message and its buffers.

    Raises
    ------
    WireError
        As `receive` does.
    """
    wanted = _pieces(largest, most)
    size = next(wanted)
    try:
        while True:
            size = wanted.send(await reader.readexactly(size))
    except StopIteration as whole:
        return whole.value
    except (EOFError, OSError) as error:
        raise WireError("The connection was closed.") from error


async def read_or_skip(reader, largest: int, most: int) -> tuple[dict | None, int]:
    """Read one message without buffers from an asyncio stream, or pass over a large one.

    Parameters
    ----------
    reader : asyncio.StreamReader
        Where it comes from.
    largest : int
        Bytes of JSON that are looked into.
    most : int
        Bytes of JSON that are passed over.

    Returns
    -------
    tuple of dict or None, and int
        The message, None if it was passed over; and its size.

    Raises
    ------
    WireError
        As `receive` does.
    """
    try:
        size, count = LENGTH.unpack(await reader.readexactly(LENGTH.size))
        if size > most or count:
            raise WireError(TOO_LARGE)
        if size <= largest:
            return _message(await reader.readexactly(size)), size
        left = size
        while left:
            left -= len(await reader.readexactly(min(left, PIECE)))
        return None, size
    except (EOFError, OSError) as error:
        raise WireError("The connection was closed.") from error


def _pieces(largest: int, most: int) -> Generator[int, bytes, tuple[dict, list[bytes]]]:
    """Say how many bytes of a message come next, take them, and give the whole at the end."""
    header_size, count = LENGTH.unpack((yield LENGTH.size))
    if header_size > largest or count > most:
        raise WireError(TOO_LARGE)
    message = _message((yield header_size))
    buffers, total = [], header_size
    for _number in range(count):
        (size,) = SIZE.unpack((yield SIZE.size))
        total += size
        if total > MAX_TOTAL:
            raise WireError(TOO_LARGE)
        buffers.append((yield size))
    return message, buffers


def _message(header: bytes) -> dict:
    try:
        message = json.loads(header)
    except (ValueError, RecursionError) as error:
        raise WireError("The message is not readable JSON.") from error
    if not isinstance(message, dict):
        raise WireError("The message is not a JSON object.")
    return message


def receive(connection: socket.socket) -> tuple[dict, list[bytes]]:
    """Receive one message.

    Parameters
    ----------
    connection : socket.socket
        A connected stream socket.

    Returns
    -------
    tuple of dict and list of bytes
        The message and its buffers.

    Raises
    ------
    WireError
        If the connection ends, or the message is unreadable or larger than allowed.
    """
    wanted = _pieces(MAX_HEADER, MAX_BUFFERS)
    size = next(wanted)
    try:
        while True:
            size = wanted.send(_exactly(connection, size))
    except StopIteration as whole:
        return whole.value


def _exactly(connection: socket.socket, size: int) -> bytes:
    chunks, left = [], size
    while left:
        try:
            chunk = connection.recv(min(left, 1 << 20))
        except OSError as error:
            raise WireError(f"The connection failed: {error}") from error
        if not chunk:
            raise WireError("The connection was closed.")
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)
