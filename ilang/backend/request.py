"""What is sent to a model and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ilang.backend.allowance import Allowance
from ilang.base.noun import made_often
from ilang.base.value import Message

StopReason = Literal["end", "stop", "limit", "filter", "refusal"]
"""Why a text ended: the model ended it; a stop string; `max_tokens`; the provider's filter; a refusal."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a model, n choices wide. What is None or empty is not sent.

    `messages` ends with an assistant message where the model is to continue that text (a
    prefill); it is then continued exactly from its last character. `seed` is the seed of the
    first choice; choice j of a call of n has seed + j where the backend has `child_seeds`.
    `schema` is a JSON Schema (canonical JSON text) that the backend enforces where it can.
    `top_logprobs` asks for that many alternatives a token, `logprobs` for the drawn ones.
    `extra` holds further settings that change the output (`reasoning_effort`), sorted by name.
    """

    model: str
    messages: tuple[Message, ...]
    n: int = 1
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    logprobs: bool = False
    top_logprobs: int = 0
    schema: str | None = None
    extra: tuple[tuple[str, object], ...] = ()


@made_often
class TokenLogprob:
    """One token of a choice, its natural-log probability, and the likeliest tokens in its place."""

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


@made_often
class Choice:
    """One text that a model gave.

    `text` never repeats a prefill; a stop string that ended it is *not* in `text` but in
    `stop_text`. `tokens` is this choice's own output count, None where the backend tells only a sum;
    `thinking_tokens` are those of them that it thought with, None where that is not told.
    """

    text: str
    reason: StopReason = "end"
    stop_text: str = ""
    tokens: int | None = None
    logprobs: tuple[TokenLogprob, ...] | None = None
    thinking: str = ""
    thinking_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as billed for one call: input (cached ones included), of these cached, and output in all."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one Request: its choices in order, the bill, and which model answered.

    `allowances`: what the server says that it will still take, where it does.
    """

    choices: tuple[Choice, ...]
    usage: Usage
    model: str = ""
    fingerprint: str = ""
    allowances: tuple[Allowance, ...] = ()
