"""How these tests talk to the model: each function runs an event loop of its own."""

from __future__ import annotations

import asyncio
from typing import Any

from ilang.backend.request import Reply, Request
from ilang.base.value import Message, Model
from ilang_backends.embedded.backend import EmbeddedBackend
from ilang_backends.embedded.provider import PROVIDER

JOKE = "Tell me a joke about a cat."


def opened(**settings: int) -> EmbeddedBackend:
    """The embedded model with these settings."""
    backend = asyncio.run(PROVIDER.open(Model("embedded", "", tuple(sorted(settings.items())))))
    assert isinstance(backend, EmbeddedBackend)
    return backend


def request(user: str = JOKE, prefill: str | None = None, **changes: Any) -> Request:
    """A request of 16 tokens at temperature 0.8 with seed 5."""
    messages: tuple[Message, ...] = (Message("user", user),)
    if prefill is not None:
        messages += (Message("assistant", prefill),)
    settings: dict[str, Any] = {"temperature": 0.8, "seed": 5, "max_tokens": 16, "messages": messages}
    return Request("smollm2", **(settings | changes))


def ask(backend: EmbeddedBackend, *requests: Request) -> list[Reply]:
    """The replies to requests sent at the same time."""

    async def all_at_once() -> list[Reply]:
        return list(await asyncio.gather(*(backend.generate(one) for one in requests)))

    return asyncio.run(all_at_once())


def texts(backend: EmbeddedBackend, *requests: Request) -> list[str]:
    """The texts of all choices of requests sent at the same time, in order."""
    return [choice.text for reply in ask(backend, *requests) for choice in reply.choices]
