"""What is sent, what is read of the answer, and what becomes of the connection."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ilang.backend.protocol import BackendFault
from ilang.backend.request import Choice, Reply, Request, TokenLogprob, Usage
from ilang_backends.openai.provider import PROVIDER
from tests.backends.openai.calling import ask, called, model, run, scripted_fault, scripted_reply
from tests.backends.openai.scripted_server import DONE, Answer, chunk, reply, scripted, usage_chunk


def sent(request: Request, id: str = "m", texts: int = 1, **settings: Any) -> Any:
    """The body that goes out for the request."""
    _, server = scripted_reply(Answer(reply(*["x"] * texts)), request, id=id, **settings)
    return server.asked[0].body


def test_a_bare_request_sends_model_and_messages_alone() -> None:
    assert sent(ask()) == {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


def test_everything_that_is_asked_is_sent() -> None:
    request = ask(
        n=3, temperature=0.0, top_p=0.9, max_tokens=5, stop=("a", "b"), seed=0, logprobs=True, top_logprobs=2,
        extra=(("reasoning_effort", "low"),),
    )  # fmt: skip
    body = sent(request, texts=3)
    del body["model"], body["messages"]
    assert body == {
        "n": 3, "temperature": 0.0, "top_p": 0.9, "max_tokens": 5, "stop": ["a", "b"], "seed": 0,
        "logprobs": True, "top_logprobs": 2, "reasoning_effort": "low",
    }  # fmt: skip


def test_openai_is_sent_its_own_name_of_the_limit() -> None:
    assert sent(ask(max_tokens=5), provider="openai", api_key_env="PATH")["max_completion_tokens"] == 5


def test_a_schema_is_sent_where_the_server_enforces_it() -> None:
    request = ask(schema='{"type":"array","items":{"type":"number"}}')
    assert sent(request)["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": {"type": "array", "items": {"type": "number"}}, "strict": True},
    }
    assert "response_format" not in sent(request, schema=False)


def test_vllm_is_told_to_go_on() -> None:
    body = sent(ask(prefill="1, 2,"), continuation="vllm")
    assert body["messages"][-1] == {"role": "assistant", "content": "1, 2,"}
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)


def test_a_server_that_would_answer_anew_is_not_asked_to_go_on() -> None:
    assert scripted_fault(Answer(reply("x")), ask(prefill="1, 2,")).kind == "unsupported"


def test_the_reply_is_read() -> None:
    got, _ = scripted_reply(Answer(reply("one", "two")), ask(n=2))
    assert got == Reply(choices=(Choice("one"), Choice("two")), usage=Usage(7, 0, 10), model="served", fingerprint="fp")


def test_a_single_choice_has_the_tokens_of_the_bill() -> None:
    got, _ = scripted_reply(Answer(reply("one")))
    assert got.choices[0].tokens == 5


def test_choices_stand_in_the_order_of_their_numbers() -> None:
    answer = reply("one", "two", "three")
    answer["choices"].reverse()
    got, _ = scripted_reply(Answer(answer), ask(n=3))
    assert [choice.text for choice in got.choices] == ["one", "two", "three"]


def logprobs(*tokens: str) -> dict[str, Any]:
    other = [{"token": token, "logprob": -0.1 * i, "bytes": None} for i, token in enumerate("abcdef")]
    return {"content": [{"token": token, "logprob": -1.5, "bytes": None, "top_logprobs": other} for token in tokens]}


def test_log_probabilities_count_each_choice() -> None:
    answer = reply("a b", "c")
    answer["choices"][0]["logprobs"] = logprobs("a", " b")
    answer["choices"][1]["logprobs"] = logprobs("c")
    got, _ = scripted_reply(Answer(answer), ask(n=2, top_logprobs=2))
    assert [choice.tokens for choice in got.choices] == [2, 1]
    assert got.choices[1].logprobs == (TokenLogprob("c", -1.5, (("a", 0.0), ("b", -0.1))),)


def test_alternatives_that_nobody_asked_for_are_left_out() -> None:
    answer = reply("c")
    answer["choices"][0]["logprobs"] = logprobs("c")
    got, _ = scripted_reply(Answer(answer), ask(logprobs=True))
    assert got.choices[0].logprobs == (TokenLogprob("c", -1.5),)


def test_a_bill_below_the_tokens_that_came_is_raised_to_them() -> None:
    answer = reply("a", "b", usage={"prompt_tokens": 7, "completion_tokens": 1})
    for choice in answer["choices"]:
        choice["logprobs"] = logprobs("a", "b", "c")
    got, _ = scripted_reply(Answer(answer), ask(n=2, logprobs=True))
    assert got.usage.output_tokens == 6


def test_cached_tokens_are_told() -> None:
    usage = {"prompt_tokens": 7, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}}
    got, _ = scripted_reply(Answer(reply("x", usage=usage)))
    assert got.usage == Usage(7, 4, 5)


def test_without_a_usage_a_choice_has_no_count() -> None:
    got, _ = scripted_reply(Answer(reply("x", usage=None)))
    assert (got.choices[0].tokens, got.usage) == (None, Usage())


@pytest.mark.parametrize(
    ("finish", "reason"),
    [("stop", "end"), ("length", "limit"), ("content_filter", "filter"), (None, "end"), ("tool_calls", "end")],
)
def test_why_a_text_ended(finish: str | None, reason: str) -> None:
    answer = reply("x")
    answer["choices"][0]["finish_reason"] = finish
    got, _ = scripted_reply(Answer(answer))
    assert got.choices[0].reason == reason


@pytest.mark.parametrize("name", ["stop_reason", "matched_stop"])
def test_a_server_that_names_the_stop_string_is_believed(name: str) -> None:
    answer = reply("x")
    answer["choices"][0][name] = "END"
    got, _ = scripted_reply(Answer(answer), ask(stop=("END",)))
    assert (got.choices[0].reason, got.choices[0].stop_text) == ("stop", "END")


def test_a_stop_at_a_token_is_the_models_own_end() -> None:
    answer = reply("x")
    answer["choices"][0]["stop_reason"] = 151645
    got, _ = scripted_reply(Answer(answer), ask(stop=("END",)))
    assert (got.choices[0].reason, got.choices[0].stop_text) == ("end", "")


def test_a_refusal_is_a_reply() -> None:
    answer = reply("x")
    answer["choices"][0]["message"] = {"role": "assistant", "content": None, "refusal": "I will not."}
    got, _ = scripted_reply(Answer(answer))
    assert (got.choices[0].text, got.choices[0].reason) == ("I will not.", "refusal")


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_thinking_is_kept_apart(name: str) -> None:
    answer = reply("x")
    answer["choices"][0]["message"][name] = "hm"
    got, _ = scripted_reply(Answer(answer))
    assert (got.choices[0].text, got.choices[0].thinking) == ("x", "hm")


STREAM = (
    chunk(0, ""), chunk(1, ""), chunk(0, "on"), chunk(1, "tw"), b": ping\n\n", chunk(0, "e\u2028"), chunk(1, "o"),
    chunk(0, end="stop"), chunk(1, end="length"),
)  # fmt: skip


def test_a_stream_gives_the_reply_that_comes_at_once() -> None:
    whole = reply("one\u2028", "two")
    whole["choices"][1]["finish_reason"] = "length"
    at_once, _ = scripted_reply(Answer(whole), ask(n=2))
    streamed, server = scripted_reply(Answer(events=(*STREAM, usage_chunk(7, 10), DONE)), ask(n=2), stream=True)
    assert streamed == at_once
    assert server.asked[0].body["stream_options"] == {"include_usage": True}


def test_a_streams_counts_so_far_are_not_added_up() -> None:
    counted = tuple(chunk(0, text, usage=None) for text in "ab")
    running = usage_chunk(7, 2).replace(b'"choices": []', b'"choices": [{"index": 0, "delta": {"content": "c"}}]')
    events = (*counted, running, chunk(0, end="stop"), usage_chunk(7, 3), DONE)
    got, _ = scripted_reply(Answer(events=events), stream=True)
    assert (got.choices[0].text, got.usage) == ("abc", Usage(7, 0, 3))


def test_a_server_that_counts_every_choice_of_a_stream_is_believed() -> None:
    events = (
        chunk(0, "a"), chunk(1, "b"), chunk(1, end="stop"), usage_chunk(7, 4), chunk(0, end="stop"), usage_chunk(7, 2),
        DONE,
    )  # fmt: skip
    got, _ = scripted_reply(Answer(events=events), ask(n=2), continuation="llamacpp")
    assert [choice.tokens for choice in got.choices] == [2, 4]
    assert got.usage == Usage(7, 0, 6)


def test_streamed_log_probabilities_are_put_together() -> None:
    pieces = (chunk(0, text, logprobs=logprobs(text)) for text in "ab")
    events = (*pieces, chunk(0, end="stop"), DONE)
    got, _ = scripted_reply(Answer(events=events), ask(logprobs=True), stream=True)
    assert got.choices[0].logprobs == (TokenLogprob("a", -1.5), TokenLogprob("b", -1.5))


def test_a_server_that_does_not_stream_is_read_as_it_answers() -> None:
    got, _ = scripted_reply(Answer(reply("x")), stream=True)
    assert got.choices[0].text == "x"


@pytest.mark.parametrize("stream", [False, True])
def test_cancelling_closes_the_connection(stream: bool) -> None:
    async def work() -> None:
        slow = Answer(reply("x"), after=20) if not stream else Answer(events=(chunk(0, "a"),) * 999, pause=0.02)
        async with scripted(slow) as server:
            backend = await PROVIDER.open(model(base_url=server.url, stream=stream))
            task = asyncio.create_task(backend.generate(ask()))
            while not server.asked:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(server.gone.wait(), 2)
            await backend.aclose()

    run(work)


def test_calls_in_turn_share_a_connection() -> None:
    async def work() -> None:
        async with scripted(Answer(reply("x"))) as server:
            backend = await PROVIDER.open(model(base_url=server.url))
            for _ in range(5):
                await backend.generate(ask())
            await backend.aclose()
            await backend.aclose()
            assert (server.connections, len(server.asked)) == (1, 5)

    run(work)


def test_the_loop_stays_free_while_a_model_is_opened() -> None:
    async def work() -> float:
        worst, asleep = 0.0, asyncio.get_running_loop().time()
        opening = asyncio.create_task(PROVIDER.open(model(base_url="http://127.0.0.1:9/v1")))
        while not opening.done():
            await asyncio.sleep(0.005)
            now = asyncio.get_running_loop().time()
            worst, asleep = max(worst, now - asleep), now
        await (await opening).aclose()
        return worst

    assert run(work) < 0.3


def test_only_a_named_key_goes_to_a_server_that_a_program_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-openai-alone")
    monkeypatch.setenv("NODE_KEY", "node-key-1")
    _, server = scripted_reply(Answer(reply("x")))
    assert server.asked[0].headers["authorization"] == "Bearer no-key-needed"
    _, server = scripted_reply(Answer(reply("x")), api_key_env="NODE_KEY")
    assert server.asked[0].headers["authorization"] == "Bearer node-key-1"


AMBIENT = {
    "OPENAI_ORG_ID": "org-1",
    "OPENAI_PROJECT_ID": "proj-1",
    "OPENAI_ADMIN_KEY": "sk-admin",
    "OPENAI_CUSTOM_HEADERS": "X-Team: blue\nAuthorization: Bearer sk-ambient",
}


def test_what_is_meant_for_openai_does_not_go_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AMBIENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NODE_KEY", "node-key-1")
    declared: dict[str, dict[str, Any]] = {"no-key-needed": {}, "node-key-1": {"api_key_env": "NODE_KEY"}}
    for key, settings in declared.items():
        _, server = scripted_reply(Answer(reply("x")), **settings)
        headers = server.asked[0].headers
        assert headers["authorization"] == f"Bearer {key}"
        assert not {"x-team", "openai-organization", "openai-project"} & set(headers)


def test_the_environment_may_name_server_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> str:
        async with scripted(Answer(reply("x"))) as server:
            monkeypatch.setenv("OPENAI_BASE_URL", server.url)
            monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-gateway")
            await called(await PROVIDER.open(model()), ask())
            assert PROVIDER.identity(model()) == f"127.0.0.1:{server.port}"
            return server.asked[0].headers["authorization"]

    assert run(work) == "Bearer sk-of-the-gateway"


def test_a_key_that_is_not_set_is_named_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(BackendFault) as caught:
        run(lambda: PROVIDER.open(model("gpt-4.1-mini")))
    assert caught.value.kind == "unset-key"
    assert "OPENAI_API_KEY" in caught.value.message
