"""How many tokens a prompt can have at most, told before it is sent: a budget admits by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ilang.backend.request import Request
from ilang.base.value import Message

A_MESSAGE = 16
"""What a chat template puts around one message, at most; common ones take 3 to 7."""

A_PROMPT = 64
"""What a chat template puts before the first message and behind the last, at most."""

A_BLOB = 20_000
"""What an image is counted as, at most; of common models the most is 16,384. A file counts its bytes besides."""


@runtime_checkable
class PromptCounter(Protocol):
    """A provider that knows a bound of its own, for example because its tokens are words."""

    def most_prompt_tokens(self, request: Request) -> int:
        """At least as many tokens as the prompt of this request has. Where it is more than `most_prompt_tokens`
        below, that counts."""
        ...


def most_prompt_tokens(request: Request) -> int:
    """A bound for any tokenizer that falls back to bytes: a token is a byte at least.

    A schema counts too, for some backends send it as part of the prompt.
    """
    return most_tokens(request.messages, request.schema)


def most_tokens(messages: Sequence[Message], schema: str | None) -> int:
    """The same of a prompt that is no request yet."""
    texts = [m.content for m in messages] + ([schema] if schema else [])
    written = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    held = sum(A_BLOB + (len(b.data) if b.kind == "file" else 0) for m in messages for b in m.blobs)
    return A_PROMPT + A_MESSAGE * (len(messages) + 1) + written + held
