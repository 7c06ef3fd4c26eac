"""Against a real server: what is asked of it is what it does, and what it says is what is read."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import Any

import pytest

from ilang.backend.protocol import BackendFault
from ilang.backend.request import Reply, Request
from ilang_backends.openai.provider import PROVIDER
from tests.backends.openai.calling import ask, calling, model, run

pytestmark = pytest.mark.weights

COUNT = "Count from one to ten in digits."
BEGUN = "1, 2, 3, "


def drawn(url: str, request: Request, **settings: Any) -> Reply:
    return calling(url, request, continuation="llamacpp", **settings)


@pytest.mark.parametrize("stream", [False, True])
def test_one_choice(llama_url: str, stream: bool) -> None:
    got = drawn(llama_url, ask(COUNT, temperature=0.0, max_tokens=6), stream=stream)
    choice = got.choices[0]
    assert choice.text
    assert (choice.reason, choice.tokens) == ("limit", 6)
    assert got.usage.output_tokens == 6
    assert got.usage.input_tokens > 10


def test_a_stream_gives_the_text_that_comes_at_once(llama_url: str) -> None:
    request = ask(COUNT, seed=3, temperature=0.8, max_tokens=24)
    at_once = drawn(llama_url, request)
    streamed = drawn(llama_url, request, stream=True)
    assert at_once.choices == streamed.choices
    assert at_once.usage.output_tokens == streamed.usage.output_tokens


def test_choice_j_of_a_wide_call_has_seed_plus_j(llama_url: str) -> None:
    wide = drawn(llama_url, ask("Say hi.", n=3, seed=5, temperature=0.8, max_tokens=8))
    narrow = [drawn(llama_url, ask("Say hi.", seed=5 + j, temperature=0.8, max_tokens=8)) for j in range(3)]
    assert [choice.text for choice in wide.choices] == [got.choices[0].text for got in narrow]
    assert len({choice.text for choice in wide.choices}) > 1


def test_every_choice_of_a_wide_call_is_counted(llama_url: str) -> None:
    got = drawn(llama_url, ask(COUNT, n=3, temperature=1.0, seed=1, max_tokens=5))
    counts = [choice.tokens for choice in got.choices]
    assert counts == [5, 5, 5]
    assert got.usage.output_tokens == 15


def test_at_once_a_wide_call_is_counted_by_its_log_probabilities(llama_url: str) -> None:
    got = calling(llama_url, ask(COUNT, n=3, temperature=1.0, seed=1, max_tokens=5, top_logprobs=1))
    assert [choice.tokens for choice in got.choices] == [5, 5, 5]
    assert got.usage.output_tokens == 15


@pytest.mark.parametrize("stream", [False, True])
def test_log_probabilities(llama_url: str, stream: bool) -> None:
    got = drawn(llama_url, ask(COUNT, temperature=0.0, max_tokens=4, top_logprobs=3), stream=stream)
    choice = got.choices[0]
    assert choice.logprobs is not None
    assert "".join(token.token for token in choice.logprobs) == choice.text
    for token in choice.logprobs:
        assert token.logprob <= 0
        assert len(token.top) == 3
        assert token.top[0] == (token.token, token.logprob)  # at temperature 0 the likeliest is drawn


def test_drawn_log_probabilities_alone(llama_url: str) -> None:
    choice = drawn(llama_url, ask(COUNT, temperature=0.0, max_tokens=4, logprobs=True)).choices[0]
    assert choice.logprobs is not None
    assert [token.top for token in choice.logprobs] == [()] * 4


@pytest.mark.parametrize("stream", [False, True])
def test_a_prefill_is_continued_and_not_repeated(llama_url: str, stream: bool) -> None:
    got = drawn(llama_url, ask(COUNT, prefill=BEGUN, temperature=0.0, max_tokens=8), stream=stream)
    assert got.choices[0].text.startswith("4, 5, 6")


def test_a_prefill_is_continued_n_ways(llama_url: str) -> None:
    got = drawn(llama_url, ask(COUNT, prefill=BEGUN, n=3, temperature=0.2, seed=1, max_tokens=8))
    assert [choice.text[:4] for choice in got.choices] == ["4, 5"] * 3


@pytest.mark.parametrize("stream", [False, True])
def test_a_stop_string_ends_the_text_and_is_not_in_it(llama_url: str, stream: bool) -> None:
    request = ask(COUNT, prefill=BEGUN, temperature=0.0, max_tokens=30, stop=("6",))
    choice = drawn(llama_url, request, stream=stream).choices[0]
    assert choice.text == "4, 5, "
    assert choice.reason == "end"  # this server does not tell: see `stop_reason`


@pytest.mark.parametrize("stream", [False, True])
def test_a_schema_is_enforced(llama_url: str, stream: bool) -> None:
    schema = json.dumps(
        {
            "type": "object",
            "properties": {"city": {"enum": ["Paris", "Rome"]}, "sure": {"type": "boolean"}},
            "required": ["city", "sure"],
        }
    )
    request = ask("The capital of France?", schema=schema, temperature=1.5, seed=2, max_tokens=60)
    choice = drawn(llama_url, request, stream=stream).choices[0]
    answer = json.loads(choice.text)
    assert answer["city"] in ("Paris", "Rome")
    assert isinstance(answer["sure"], bool)


def test_a_list_may_be_the_root_of_a_schema(llama_url: str) -> None:
    schema = '{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}'
    choice = drawn(llama_url, ask("Two numbers.", schema=schema, temperature=0.0, max_tokens=40)).choices[0]
    assert [type(number) for number in json.loads(choice.text)] == [int, int]


@pytest.mark.parametrize("stream", [False, True])
def test_cancelling_frees_the_server(llama_url: str, stream: bool) -> None:
    async def busy() -> int:
        slots = await asyncio.to_thread(_get, llama_url.removesuffix("/v1") + "/slots")
        return sum(slot["is_processing"] for slot in slots)

    async def until(working: bool) -> None:
        while bool(await busy()) != working:
            await asyncio.sleep(0.05)

    async def work() -> None:
        backend = await PROVIDER.open(model(base_url=llama_url, continuation="llamacpp", stream=stream))
        request = ask("Write a long story.", temperature=1.0, seed=1, max_tokens=1800)
        task = asyncio.create_task(backend.generate(request))
        await asyncio.wait_for(until(True), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(until(False), 5)
        await backend.aclose()

    run(work)


def test_a_prompt_that_does_not_fit(llama_url: str) -> None:
    with pytest.raises(BackendFault) as caught:
        drawn(llama_url, ask("word " * 4000, max_tokens=4))
    assert caught.value.kind == "context-overflow"


def test_a_wrong_path_is_told(llama_url: str) -> None:
    with pytest.raises(BackendFault) as caught:
        drawn(llama_url.removesuffix("/v1") + "/v7", ask())
    assert (caught.value.kind, "base_url" in caught.value.help) == ("bad-request", True)


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)
