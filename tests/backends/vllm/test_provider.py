"""What is told of vLLM before it can be called."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ilang.backend.protocol import BackendFault
from ilang.base.value import Model
from ilang_backends.openai.provider import PROVIDER as OPENAI
from ilang_backends.vllm.provider import PROVIDER

ID = "Qwen/Qwen3-0.6B"


def model(**settings: Any) -> Model:
    return Model("vllm", ID, tuple(sorted(settings.items())))


def test_the_engine_in_process() -> None:
    told = PROVIDER.capabilities(model())
    assert (told.n, told.max_n, told.seed, told.child_seeds, told.logprobs, told.top_logprobs) == (
        True, None, True, True, True, 20,
    )  # fmt: skip
    assert (told.continuation, told.score, told.schema, told.cancel, told.stop_reason) == (True,) * 5
    assert not told.priced


@pytest.mark.parametrize(("dtype", "exact"), [("float32", True), ("bfloat16", False)])
def test_only_float32_draws_the_same_in_any_batch(dtype: str, exact: bool) -> None:
    assert PROVIDER.capabilities(model(dtype=dtype)).exact_seed is exact


def test_a_server_may_cost_money() -> None:
    assert PROVIDER.capabilities(model(base_url="http://node:8000/v1")).priced


@pytest.mark.parametrize(
    ("settings", "identity"),
    [
        ({}, f"vllm:{ID}"),
        ({"dtype": "float32"}, f"vllm:{ID}:float32"),
        ({"dtype": "float32", "revision": "c1899de"}, f"vllm:{ID}@c1899de:float32"),
        ({"base_url": "http://node:8000/v1"}, "node:8000"),
        ({"base_url": "http://node:8000/v1", "provider": "lab"}, "lab"),
    ],
)
def test_identity(settings: dict[str, Any], identity: str) -> None:
    assert PROVIDER.identity(model(**settings)) == identity


def test_opening_says_what_works_now() -> None:
    with pytest.raises(BackendFault) as caught:
        asyncio.run(PROVIDER.open(model(base_url="http://node:8000/v1")))
    assert (caught.value.kind, caught.value.retry) == ("unsupported", False)
    assert "later version" in caught.value.message
    assert 'openai("Qwen/Qwen3-0.6B", base_url="http://node:8000/v1"' in caught.value.help


def test_the_way_that_works_now_has_the_settings_that_are_named() -> None:
    assert {"base_url", "continuation", "child_seeds", "stop_reason"} <= set(OPENAI.settings)
