"""What the provider tells without a network: capabilities, identity, settings, and that it is cheap to load."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from ilang.backend.protocol import BackendFault
from ilang_backends.openai.provider import PROVIDER
from tests.backends.openai.calling import model, run

NODE = "http://node:8000/v1"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.mark.parametrize("id", ["gpt-4.1-mini", "gpt-4o", "gpt-4o-2024-08-06", "chatgpt-4o-latest", "not-known-yet"])
def test_chat_models(id: str) -> None:
    told = PROVIDER.capabilities(model(id))
    assert (told.n, told.max_n, told.temperature, told.stop, told.seed) == (True, 128, True, True, True)
    assert (told.logprobs, told.top_logprobs, told.schema, told.images) == (True, 20, True, True)
    assert (told.child_seeds, told.exact_seed, told.continuation, told.stop_reason, told.cancel) == (False,) * 5
    assert told.max_tokens == 2048


@pytest.mark.parametrize("id", ["o1", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "gpt-5-mini", "gpt-5.2", "gpt-6-luna"])
def test_models_that_think(id: str) -> None:
    told = PROVIDER.capabilities(model(id))
    assert (told.temperature, told.top_p, told.stop, told.logprobs) == (False,) * 4
    assert (told.thinking, told.max_tokens, told.n, told.schema) == (True, 16384, True, True)


def test_the_longest_start_of_an_id_decides() -> None:
    assert PROVIDER.capabilities(model("gpt-5-chat-latest")).temperature
    assert not PROVIDER.capabilities(model("gpt-4")).schema
    assert PROVIDER.capabilities(model("gpt-4.1")).context == 1_047_576


def test_a_server_of_somebody_else() -> None:
    told = PROVIDER.capabilities(model("gpt-5", base_url=NODE))
    assert (told.n, told.max_n, told.seed, told.logprobs, told.schema, told.temperature) == (
        True, 128, True, True, True, True,
    )  # fmt: skip
    assert (told.child_seeds, told.stop_reason, told.continuation, told.cancel) == (False,) * 4


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"n": False}, {"n": False, "max_n": 1}),
        ({"max_n": 4}, {"max_n": 4}),
        ({"child_seeds": True}, {"child_seeds": True}),
        ({"child_seeds": True, "n": False}, {"child_seeds": False}),
        ({"child_seeds": True, "seed": False}, {"child_seeds": False, "seed": False}),
        ({"schema": False}, {"schema": False}),
        ({"logprobs": False}, {"logprobs": False, "top_logprobs": 0}),
        ({"stop_reason": True}, {"stop_reason": True}),
        ({"context": 4096}, {"context": 4096}),
        ({"stream": True}, {"cancel": True}),
        ({"continuation": "vllm"}, {"continuation": True, "cancel": False}),
        ({"continuation": "llamacpp"}, {"continuation": True, "cancel": True}),
        ({"continuation": "none"}, {"continuation": False}),
    ],
)
def test_what_a_program_declares_stands(declared: dict[str, Any], told: dict[str, Any]) -> None:
    found = PROVIDER.capabilities(model(base_url=NODE, **declared))
    assert {name: getattr(found, name) for name in told} == told


@pytest.mark.parametrize(
    ("settings", "identity"),
    [
        ({}, "openai"),
        ({"base_url": "https://api.openai.com/v1"}, "openai"),
        ({"base_url": "https://eu.api.openai.com/v1/"}, "openai"),
        ({"base_url": "https://api.openai.com.evil.example/v1"}, "api.openai.com.evil.example:443"),
        ({"base_url": NODE}, "node:8000"),
        ({"base_url": "https://node/v1"}, "node:443"),
        ({"base_url": "http://[::1]:8000/v1"}, "[::1]:8000"),
        ({"base_url": NODE, "provider": "lab"}, "lab"),
        ({"base_url": NODE, "provider": "openai"}, "openai"),
    ],
)
def test_identity(settings: dict[str, Any], identity: str) -> None:
    assert PROVIDER.identity(model(**settings)) == identity


def test_a_way_to_openai_has_openais_models_and_needs_its_own_key() -> None:
    gateway = model("o3", base_url=NODE, provider="openai")
    assert PROVIDER.capabilities(gateway).thinking
    assert not PROVIDER.capabilities(model("o3", base_url=NODE, provider="openai", continuation="vllm")).continuation


def test_only_what_changes_a_text_is_sent() -> None:
    assert [name for name, kind in PROVIDER.settings.items() if kind.sent] == ["reasoning_effort"]


@pytest.mark.parametrize("kind", [kind for kind in PROVIDER.settings.values()])
def test_every_setting_has_a_type_and_a_line_of_help(kind: Any) -> None:
    assert kind.type in ("text", "int", "number", "bool")
    assert kind.doc


def test_a_declared_key_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_KEY", "  ")
    with pytest.raises(BackendFault) as caught:
        run(lambda: PROVIDER.open(model(base_url=NODE, api_key_env="NODE_KEY")))
    assert (caught.value.kind, "NODE_KEY" in caught.value.message) == ("unset-key", True)


def test_loading_it_imports_no_sdk() -> None:
    code = (
        "import sys; from ilang_backends.openai.provider import PROVIDER; from ilang.base.value import Model;"
        "PROVIDER.capabilities(Model('openai', 'gpt-4o')); PROVIDER.identity(Model('openai', 'gpt-4o'));"
        "assert not {'openai', 'aiohttp', 'msgspec', 'pydantic', 'asyncio', 'ssl'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
