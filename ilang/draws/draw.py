"""A draw: one reply of a model at its address, as it is stored and as a program reads it."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from ilang.backend.request import Request, StopReason, TokenLogprob
from ilang.base.value import Model


@dataclass(frozen=True, slots=True)
class Ask:
    """What a stage wants drawn: one request (n = 1, no seed) to one model, for one prompt.

    `prompt` is the prompt's name, for reports and for scripted tests; it is no part of an address, nor is `most`: so
    many tokens may come, fewer than the request allows, because a budget pays for no more. One that they cut is none.
    """

    prompt: str
    model: Model
    request: Request
    most: int | None = None


class Draw(msgspec.Struct, frozen=True, gc=False):
    """One reply, kept for ever.

    `input_tokens` are those of its prompt, whole, also where several draws shared one call;
    `output_tokens` its own; `assumed` where the backend did not tell them for this choice
    and they were counted from its text. `thinking_tokens` are those of the output that it thought with.
    `model` and `fingerprint` say what answered; `instead` names the model that did so in place of the one asked.
    """

    text: str
    reason: StopReason
    stop_text: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    assumed: bool = False
    logprobs: tuple[TokenLogprob, ...] | None = None
    thinking: str = ""
    model: str = ""
    fingerprint: str = ""
    thinking_tokens: int = 0
    instead: str = ""
