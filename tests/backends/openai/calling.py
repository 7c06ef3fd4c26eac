"""The one way in which these tests call the backend: open, generate, close, in a loop of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from ilang.backend.protocol import Backend, BackendFault
from ilang.backend.request import Reply, Request
from ilang.base.value import Message, Model
from ilang_backends.openai.provider import PROVIDER
from tests.backends.openai.scripted_server import Answer, ScriptedServer, scripted

T = TypeVar("T")


def model(id: str = "m", **settings: Any) -> Model:
    return Model("openai", id, tuple(sorted(settings.items())))


def ask(text: str = "hi", **fields: Any) -> Request:
    prefill = fields.pop("prefill", None)
    messages = (Message("user", text),) + (() if prefill is None else (Message("assistant", prefill),))
    return Request(**{"model": "m", "messages": messages, **fields})


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Runs the work; a test that hangs for half a minute has failed."""

    async def limited() -> T:
        return await asyncio.wait_for(work(), 30)

    return asyncio.run(limited())


def calling(url: str, request: Request, **settings: Any) -> Reply:
    """What the server at `url` gives."""

    async def work() -> Reply:
        return await called(await PROVIDER.open(model(request.model, base_url=url, **settings)), request)

    return run(work)


async def called(backend: Backend, request: Request) -> Reply:
    try:
        return await backend.generate(request)
    finally:
        await backend.aclose()


def scripted_reply(
    answer: Answer, request: Request | None = None, *, id: str = "m", **settings: Any
) -> tuple[Reply, ScriptedServer]:
    """What is read of the answer, and the server that gave it and saw the request."""

    async def work() -> tuple[Reply, ScriptedServer]:
        async with scripted(answer) as server:
            backend = await PROVIDER.open(model(id, base_url=server.url, **settings))
            got = await called(backend, request or ask())
            assert server.complaints == []
            return got, server

    return run(work)


def scripted_fault(answer: Answer, request: Request | None = None, **settings: Any) -> BackendFault:
    """The fault that the answer becomes."""
    with pytest.raises(BackendFault) as caught:
        scripted_reply(answer, request, **settings)
    return caught.value
