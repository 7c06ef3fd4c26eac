"""Entries come back as they went in, and bytes that were tampered with never come back as something else."""

from __future__ import annotations

import pickle
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilang.backend.request import TokenLogprob
from ilang.draws import entry as entry_module
from ilang.draws.draw import Draw
from ilang.draws.entry import Damaged, Entry, decode, encode

text = st.text(max_size=40)
count = st.integers(0, 2**40)
number = st.floats(allow_nan=False)
tokens = st.builds(TokenLogprob, text, number, st.lists(st.tuples(text, number), max_size=2).map(tuple))
draws = st.builds(
    Draw,
    text,
    st.sampled_from(["end", "stop", "limit", "filter", "refusal"]),
    text,
    count,
    count,
    count,
    st.booleans(),
    st.none() | st.lists(tokens, max_size=3).map(tuple),
    text,
    text,
    text,
)
entries = st.builds(Entry, draws, text, text, text, text, number, st.lists(text, max_size=4).map(tuple))


@given(entries)
def test_round_trip(entry: Entry) -> None:
    assert decode(encode(entry)) == entry


@given(entries, st.data())
def test_one_wrong_bit_is_never_another_entry(entry: Entry, data: st.DataObject) -> None:
    good = encode(entry)
    at = data.draw(st.integers(0, len(good) * 8 - 1))
    bad = bytearray(good)
    bad[at // 8] ^= 1 << at % 8
    try:
        assert decode(bytes(bad)) == entry  # a bit that means nothing to zlib
    except Damaged:
        pass


@given(entries, st.data())
def test_a_part_or_more_than_all_is_damaged(entry: Entry, data: st.DataObject) -> None:
    good = encode(entry)
    with pytest.raises(Damaged):
        decode(good[: data.draw(st.integers(0, len(good) - 1))])
    with pytest.raises(Damaged):
        decode(good + b"x")


@given(st.binary(max_size=50) | st.text(max_size=5) | st.none() | st.integers())
def test_anything_else_is_damaged(data: object) -> None:
    with pytest.raises(Damaged):
        decode(data)


def test_pickles_and_wrong_shapes_are_damaged() -> None:
    for inner in (pickle.dumps({"a": 1}), b"", b"\xc0", b"\x93\x01\x02\x03"):
        with pytest.raises(Damaged):
            decode(b"\x01" + zlib.compress(inner))
    with pytest.raises(Damaged):
        decode(pickle.dumps(1))


def test_a_bomb_does_not_go_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry_module, "LARGEST", 1000)
    with pytest.raises(Damaged, match="too large"):
        decode(b"\x01" + zlib.compress(b"\0" * 10_000_000))
