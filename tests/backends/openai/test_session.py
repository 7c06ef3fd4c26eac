"""A whole reply comes over the session below the SDK's client, where nothing stands between."""

from __future__ import annotations

from typing import Any

import pytest

from ilang_backends.openai.provider import PROVIDER
from ilang_backends.openai.session import session_of
from tests.backends.openai.calling import ask, model, run
from tests.backends.openai.scripted_server import Answer, reply, scripted


def test_the_installed_sdk_has_a_session_and_calls_go_over_it() -> None:
    async def work() -> tuple[Any, int]:
        async with scripted(Answer(reply("x"))) as server:
            backend: Any = await PROVIDER.open(model(base_url=server.url))
            try:
                assert session_of(backend._client._http, backend._client._url) is None  # before the first call
                for _ in range(3):
                    await backend.generate(ask())
                headers = [tuple(sorted(one.headers)) for one in server.asked]
                assert len(set(headers[1:])) == 1 and set(headers[0]) <= set(headers[1])
                return backend._client._session, server.connections
            finally:
                await backend.aclose()

    session, connections = run(work)
    assert session is not None and connections == 1


def test_through_a_proxy_calls_go_the_long_way(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> Any:
        async with scripted(Answer(reply("x"))) as proxy:
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
            backend: Any = await PROVIDER.open(model(base_url="http://no-such-host.invalid/v1"))
            try:
                for _ in range(2):
                    await backend.generate(ask())
                assert len(proxy.asked) == 2
                return backend._client._session
            finally:
                await backend.aclose()

    assert run(work) is None
