"""What is told of Anthropic's models before they can be called."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ilang.backend.protocol import BackendFault
from ilang.base.value import Model
from ilang_backends.anthropic.provider import PROVIDER


def model(id: str = "claude-sonnet-5", **settings: Any) -> Model:
    return Model("anthropic", id, tuple(sorted(settings.items())))


@pytest.mark.parametrize("id", ["claude-opus-4-8", "claude-sonnet-5-5", "claude-not-known-yet"])
def test_a_current_model(id: str) -> None:
    told = PROVIDER.capabilities(model(id))
    assert (told.n, told.max_n, told.seed, told.logprobs, told.continuation, told.score) == (
        False, 1, False, False, False, False,
    )  # fmt: skip
    assert (told.stop, told.stop_reason, told.schema, told.thinking, told.prompt_cache, told.images) == (True,) * 6
    assert (told.temperature, told.top_p, told.cancel) == (False,) * 3


@pytest.mark.parametrize("id", ["claude-sonnet-4-5", "claude-haiku-4-5-20251001", "claude-opus-4-20250514"])
def test_an_older_one_takes_a_temperature(id: str) -> None:
    told = PROVIDER.capabilities(model(id))
    assert (told.temperature, told.thinking, told.max_tokens) == (True, True, 16384)


def test_the_oldest_do_not_think() -> None:
    told = PROVIDER.capabilities(model("claude-3-5-haiku-20241022"))
    assert (told.thinking, told.max_tokens) == (False, 2048)
    assert PROVIDER.capabilities(model("claude-3-7-sonnet-20250219")).thinking


def test_what_a_program_declares_stands() -> None:
    told = PROVIDER.capabilities(model(stream=True, prompt_cache=False, context=9))
    assert (told.cancel, told.prompt_cache, told.context) == (True, False, 9)


@pytest.mark.parametrize(
    ("settings", "identity"),
    [
        ({}, "anthropic"),
        ({"base_url": "http://me:secret@node:8000"}, "node:8000"),
        ({"base_url": "http://node:8000", "provider": "anthropic"}, "anthropic"),
    ],
)
def test_identity(settings: dict[str, Any], identity: str) -> None:
    assert PROVIDER.identity(model(**settings)) == identity


def test_opening_says_what_works_now() -> None:
    with pytest.raises(BackendFault) as caught:
        asyncio.run(PROVIDER.open(model()))
    assert (caught.value.kind, caught.value.retry) == ("unsupported", False)
    assert "later version" in caught.value.message
    assert "openai(" in caught.value.help
