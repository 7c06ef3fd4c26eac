"""A stream means the same however the network cuts it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilang_backends.openai.events import payloads

WHOLE = (
    b'data: {"a": "1"}\n\n: ping\n\ndata:{"b": "\xe2\x80\xa8\xc2\x85"}\r\n\r\n'
    b"event: x\ndata: 2\ndata: 3\n\ndata: [DONE]\n\n"
)
MEANT = [b'{"a": "1"}', b'{"b": "\xe2\x80\xa8\xc2\x85"}', b"2\n3", b"[DONE]"]


def cut(blocks: list[bytes]) -> list[bytes]:
    async def stream() -> AsyncIterator[bytes]:
        for block in blocks:
            yield block

    async def work() -> list[bytes]:
        return [payload async for payload in payloads(stream())]

    return asyncio.run(work())


@given(st.lists(st.integers(0, len(WHOLE)), max_size=8))
def test_cuts_change_nothing(places: list[int]) -> None:
    edges = [0, *sorted(places), len(WHOLE)]
    assert cut([WHOLE[start:end] for start, end in pairwise(edges)]) == MEANT


@pytest.mark.parametrize("tail", [b"data: 1", b"data: 1\n", b"data: 1\n\n"])
def test_the_last_event_needs_no_empty_line(tail: bytes) -> None:
    assert cut([tail]) == [b"1"]


def test_nothing_is_nothing() -> None:
    assert cut([]) == cut([b"\n\n: only a comment\n\n"]) == []
