"""An entry: a draw with what is known about it, and the bytes that it is kept as.

The bytes are one format mark, then zlib (whose checksum finds a flipped bit) over a MessagePack
array in the order of `_Kept`. A short one is not made shorter: that would cost more than all else that is done to
keep a draw. A later version may add fields at the end; old entries then have their defaults. Nothing here can run code:
no pickle, no class name, no file.
"""

from __future__ import annotations

import zlib

import msgspec

from ilang.backend.request import StopReason, TokenLogprob
from ilang.draws.draw import Draw

_MARK = b"\x01"
LARGEST = 2**28
"""Bytes that an entry may have unpacked; one that claims more is damaged (or a trap)."""


_SHORT = 1000
"""Bytes up to which an entry is stored as it is; a longer one becomes about half as long."""
_STORED, _USUAL = 0, 6
"""zlib's levels. Both are read alike."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A draw as it is kept.

    `prompt` is the prompt's name and `label` the model's, in the program that paid for it;
    `provider` the provider's identity, `asked` the model id asked (`draw.model` answered);
    `stored` seconds since 1970; `parts` the hashes of the request's parts (`address.parts`).
    """

    draw: Draw
    prompt: str = ""
    label: str = ""
    provider: str = ""
    asked: str = ""
    stored: float = 0.0
    parts: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The model asked, in one word: `openai:gpt-5-mini`."""
        return f"{self.provider}:{self.asked}" if self.asked else self.provider


class Damaged(ValueError):
    """Bytes that are no entry."""


class _Kept(msgspec.Struct, array_like=True, frozen=True, gc=False):
    text: str
    reason: StopReason
    stop_text: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    assumed: bool
    model: str
    fingerprint: str
    thinking: str
    logprobs: tuple[tuple[str, float, tuple[tuple[str, float], ...]], ...] | None
    prompt: str
    label: str
    provider: str
    asked: str
    stored: float
    parts: tuple[str, ...]
    thinking_tokens: int = 0
    instead: str = ""


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Kept)


def encode(entry: Entry) -> bytes:
    """The bytes to keep."""
    packed = _encoder.encode(_kept(entry))
    return _MARK + zlib.compress(packed, _STORED if len(packed) <= _SHORT else _USUAL)


def to_data(entry: Entry) -> bytes:
    """The same as JSON, an array in that order, to be carried elsewhere."""
    return msgspec.json.encode(_kept(entry))


def from_data(data: bytes) -> Entry:
    """The entry that such JSON is. Raises Damaged."""
    try:
        return _entry(msgspec.json.decode(data, type=_Kept))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Damaged(str(error)) from error


def _kept(entry: Entry) -> _Kept:
    draw = entry.draw
    return _Kept(
        draw.text,
        draw.reason,
        draw.stop_text,
        draw.input_tokens,
        draw.cached_tokens,
        draw.output_tokens,
        draw.assumed,
        draw.model,
        draw.fingerprint,
        draw.thinking,
        None if draw.logprobs is None else tuple((t.token, t.logprob, t.top) for t in draw.logprobs),
        entry.prompt,
        entry.label,
        entry.provider,
        entry.asked,
        entry.stored,
        entry.parts,
        draw.thinking_tokens,
        draw.instead,
    )


def decode(data: object) -> Entry:
    """The entry that these bytes are. Raises Damaged for anything that `encode` did not make."""
    if not isinstance(data, bytes) or data[:1] != _MARK:
        raise Damaged("not an entry")
    unpacker = zlib.decompressobj()
    try:
        packed = unpacker.decompress(data[1:], LARGEST)
        if not unpacker.eof or unpacker.unused_data:
            raise Damaged("cut short, too long or too large")
        kept = _decoder.decode(packed)
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Damaged(str(error)) from error
    return _entry(kept)


def _entry(kept: _Kept) -> Entry:
    draw = Draw(
        kept.text,
        kept.reason,
        kept.stop_text,
        kept.input_tokens,
        kept.cached_tokens,
        kept.output_tokens,
        kept.assumed,
        None if kept.logprobs is None else tuple(TokenLogprob(*token) for token in kept.logprobs),
        kept.thinking,
        kept.model,
        kept.fingerprint,
        kept.thinking_tokens,
        kept.instead,
    )
    return Entry(draw, kept.prompt, kept.label, kept.provider, kept.asked, kept.stored, kept.parts)
