"""A result: what a `@ilang.pure` Python function gave for some arguments, as it is kept beside the draws.

Its key is the SHA-256 of all that it depends on, which whoever asks works out. The bytes are a format mark of
their own, then zlib over a MessagePack array in the order of `Result`. The value is JSON text: nothing here can
run code, and nothing is unpickled.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from ilang.draws.entry import LARGEST, Damaged

_MARK = b"\x02"
KEY_BYTES = 32
"""A result's key has 32 bytes, a draw's 36: so one table holds both."""

TAG = "python:"
"""What stands before a function's name among the names of models."""


class Result(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """`function` as people know it, `checks.py:passes`; `json` its value; `stored` in seconds since 1970."""

    function: str
    json: str
    stored: float

    @property
    def source(self) -> str:
        """Its name where models have theirs: `python:checks.py:passes`."""
        return TAG + self.function


@runtime_checkable
class KeepsResults(Protocol):
    """A store that keeps results too, as durably as draws. Both methods raise IlangError as a store's do."""

    def get_results(self, keys: Sequence[bytes]) -> Mapping[bytes, Result]:
        """The results with these keys; those missing, or damaged, are left out."""
        ...

    def put_results(self, results: Sequence[tuple[bytes, Result]]) -> list[Result]:
        """Keep them all, durable when this returns; what stands at each key: the first one that was put there."""
        ...

    def close(self) -> None:
        """Give back what the calling thread holds open."""
        ...


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Result)


def encode_result(result: Result) -> bytes:
    """The bytes to keep."""
    return _MARK + zlib.compress(_encoder.encode(result))


def decode_result(data: object) -> Result:
    """The result that these bytes are. Raises Damaged for anything that `encode_result` did not make."""
    if not isinstance(data, bytes) or data[:1] != _MARK:
        raise Damaged("not a result")
    unpacker = zlib.decompressobj()
    try:
        packed = unpacker.decompress(data[1:], LARGEST)
        if not unpacker.eof or unpacker.unused_data:
            raise Damaged("cut short, too long or too large")
        return _decoder.decode(packed)
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Damaged(str(error)) from error
