"""A server's reply as it is written on the wire: only the fields that are read, decoded by msgspec.

The SDK would build an object for every part of every choice, which is most of what a call costs.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Alternative(msgspec.Struct):
    """A token that could have stood in a drawn one's place."""

    token: str
    logprob: float


class DrawnToken(msgspec.Struct):
    """A token that was drawn. `logprob` is natural."""

    token: str
    logprob: float
    top_logprobs: list[Alternative] | None = None


class Logprobs(msgspec.Struct):
    """The tokens of a choice, or of one piece of it."""

    content: list[DrawnToken] | None = None


class Message(msgspec.Struct):
    """A text, or in a stream one piece of it. `reasoning` is vLLM's name for `reasoning_content`."""

    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class Choice(msgspec.Struct):
    """One choice. `stop_reason` (vLLM) and `matched_stop` (SGLang) name the stop string that ended it."""

    message: Message
    index: int = 0
    finish_reason: str | None = None
    logprobs: Logprobs | None = None
    stop_reason: str | int | None = None
    matched_stop: str | int | list[int] | None = None


class Piece(msgspec.Struct):
    """What one event of a stream adds to one choice."""

    index: int = 0
    delta: Message = msgspec.field(default_factory=Message)
    finish_reason: str | None = None
    logprobs: Logprobs | None = None
    stop_reason: str | int | None = None
    matched_stop: str | int | list[int] | None = None


class CachedTokens(msgspec.Struct):
    """Of the prompt's tokens, those that came from the provider's cache."""

    cached_tokens: int | None = None


class OutputDetails(msgspec.Struct):
    """Of the tokens of all choices, those that the model thought with."""

    reasoning_tokens: int | None = None


class Usage(msgspec.Struct):
    """Tokens of one call; `completion_tokens` of all its choices (but see `reading`)."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: CachedTokens | None = None
    completion_tokens_details: OutputDetails | None = None


class Reply(msgspec.Struct):
    """A whole reply. `error` stands there where a gateway says 200 and means something else."""

    choices: list[Choice] | None = None
    usage: Usage | None = None
    model: str | None = None
    system_fingerprint: str | None = None
    error: Any = None


class Chunk(msgspec.Struct):
    """One event of a stream."""

    choices: list[Piece] | None = None
    usage: Usage | None = None
    model: str | None = None
    system_fingerprint: str | None = None
    error: Any = None


decode_reply = msgspec.json.Decoder(Reply).decode
decode_chunk = msgspec.json.Decoder(Chunk).decode
