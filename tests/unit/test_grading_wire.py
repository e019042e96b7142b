"""Messages between the grader's processes arrive whole, or are refused."""

from __future__ import annotations

import asyncio
import json
import socket
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custlab.grading.talk import wire
from tests.apart import apart

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kernels are forked")
MESSAGES = st.dictionaries(st.text(), st.integers() | st.text() | st.none(), max_size=4)
BUFFERS = st.lists(st.binary(max_size=20_000), max_size=3)


async def heard(content: bytes, **limits) -> tuple[dict, list[bytes]]:
    """Read what stands in a stream that then ends."""
    reader = asyncio.StreamReader()
    reader.feed_data(content)
    reader.feed_eof()
    return await wire.read(reader, **limits)


@given(MESSAGES, BUFFERS)
def test_a_message_arrives_as_it_was_sent_on_both_ways(message, buffers):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(ours, message, buffers)
        assert wire.receive(theirs) == (message, buffers)
    content = wire.packed(json.dumps(message), buffers)
    assert apart(heard(content, most=3)) == (message, buffers)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (wire.LENGTH.pack(5, 0) + b"[1, 2", "not readable JSON"),
        (wire.LENGTH.pack(2, 0) + b"[]", "not a JSON object"),
        (wire.LENGTH.pack(99, 0) + b"{}", "closed"),
        (wire.LENGTH.pack(2, 1) + b"{}", "closed"),
        (wire.LENGTH.pack(2, 2) + b"{}", "larger"),
        (wire.LENGTH.pack(1001, 0) + b"{}", "larger"),
        (wire.LENGTH.pack(2, 1) + b"{}" + wire.SIZE.pack(wire.MAX_TOTAL), "larger"),
    ],
)
def test_what_is_no_message_or_too_large_is_refused(content, told):
    with pytest.raises(wire.WireError, match=told):
        apart(heard(content, largest=1000, most=1))
