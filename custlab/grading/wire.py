"""Messages between the grader's processes: a length, a JSON header, then raw buffers.

JSON and raw bytes only. Nothing that arrives can name code to run, which is why pickle is not
used: one side of such a connection may be a learner's kernel.
"""

from __future__ import annotations

import json
import socket
import struct

LENGTH = struct.Struct("!II")  # bytes of the JSON header, number of buffers
SIZE = struct.Struct("!Q")
MAX_HEADER = 64 * 1024 * 1024
MAX_TOTAL = 256 * 1024 * 1024
MAX_BUFFERS = 100_000


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
    header = json.dumps(message, separators=(",", ":")).encode()
    parts = [LENGTH.pack(len(header), len(buffers)), header]
    for buffer in buffers:
        parts += [SIZE.pack(len(buffer)), buffer]
    connection.sendall(b"".join(parts))


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
    header_size, count = LENGTH.unpack(_exactly(connection, LENGTH.size))
    if header_size > MAX_HEADER or count > MAX_BUFFERS:
        raise WireError("The message is larger than allowed.")
    try:
        message = json.loads(_exactly(connection, header_size))
    except (ValueError, RecursionError) as error:
        raise WireError("The message is not readable JSON.") from error
    if not isinstance(message, dict):
        raise WireError("The message is not a JSON object.")
    buffers, total = [], header_size
    for _number in range(count):
        (size,) = SIZE.unpack(_exactly(connection, SIZE.size))
        total += size
        if total > MAX_TOTAL:
            raise WireError("The message is larger than allowed.")
        buffers.append(_exactly(connection, size))
    return message, buffers


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
