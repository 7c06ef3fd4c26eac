"""Draws with the real model: exact in any company, and a prompt is computed once."""

from __future__ import annotations

import asyncio
import json
import math
from dataclasses import replace
from typing import Any

import pytest

from ilang.backend.protocol import Scored
from ilang_backends.embedded.backend import EmbeddedBackend
from tests.backends.embedded.asking import ask, opened, request, texts

pytestmark = pytest.mark.weights

SHOTS = "".join(
    f"Question: What is {n} + {n}? Answer: {2 * n}. That was easy, now the next one.\n" for n in range(2, 5)
)


def test_it_knows_the_capital_of_france(backend: EmbeddedBackend) -> None:
    (reply,) = ask(backend, request("What is the capital of France?", temperature=0.0))
    assert "Paris" in reply.choices[0].text
    assert reply.choices[0].reason == "end"
    assert reply.choices[0].tokens == reply.usage.output_tokens
    assert reply.model == "smollm2-135m-instruct"


def test_a_draw_is_the_same_alone_and_in_company(backend: EmbeddedBackend) -> None:
    """Child j of a call has seed + j, whatever else runs: 8 of 8 draws alone, together, and among others."""
    alone = [texts(backend, request(seed=40 + j, max_tokens=8))[0] for j in range(8)]
    assert texts(backend, request(seed=40, n=8, max_tokens=8)) == alone
    others = [request("Say something " * (1 + 5 * j), seed=j, n=1 + j, max_tokens=8) for j in range(3)]
    mixed = ask(
        backend, others[0], request(seed=40, n=5, max_tokens=8), *others[1:], request(seed=45, n=3, max_tokens=8)
    )
    assert [c.text for reply in (mixed[1], mixed[-1]) for c in reply.choices] == alone
    assert len(set(alone)) > 4, "the draws differ from each other"


def test_a_draw_does_not_depend_on_slots_threads_or_room(backend: EmbeddedBackend) -> None:
    """Beyond 256 positions too, where llama.cpp's kernels change their ways."""
    asked = request(SHOTS * 3 + "What is 5 + 6? " * 6, n=2, max_tokens=8)
    first, second = texts(backend, asked)
    other = opened(threads=2, sequences=3)
    assert texts(other, replace(asked, n=1)) == [first], "one alone"
    growing = request("Hi", max_tokens=600, stop=(" ", "\n", "!"))  # asks for more room, and needs little
    assert texts(other, growing, asked)[1:] == [first, second]
    asyncio.run(other.aclose())


def test_more_choices_than_slots(backend: EmbeddedBackend) -> None:
    small = opened(threads=1, sequences=2)
    (reply,) = ask(small, request(n=5, max_tokens=4))
    asyncio.run(small.aclose())
    assert [c.text for c in reply.choices] == texts(backend, request(n=5, max_tokens=4))
    assert reply.usage.output_tokens == sum(c.tokens or 0 for c in reply.choices)


def test_a_prompt_is_computed_once() -> None:
    fresh = opened(threads=1, sequences=4)
    (reply,) = ask(fresh, request(SHOTS, n=4, max_tokens=3))
    prompt = reply.usage.input_tokens
    assert prompt > 60
    assert reply.usage.cached_tokens == 0
    assert fresh.computed <= prompt + 4 * 2, "the last token drawn is never computed"

    before = fresh.computed
    (again,) = ask(fresh, request(SHOTS, seed=99, max_tokens=1))
    assert again.usage.cached_tokens == prompt - 1
    assert fresh.computed - before == 1
    asyncio.run(fresh.aclose())


def test_rows_with_a_common_beginning_compute_it_once() -> None:
    """Four prompts that share their examples, sent at once: the examples are read once, not four times."""
    fresh = opened(threads=1, sequences=4)
    replies = ask(fresh, *(request(SHOTS + f"Question: What is {n} + 1?", max_tokens=1) for n in range(4)))
    longest = max(reply.usage.input_tokens for reply in replies)
    asyncio.run(fresh.aclose())
    assert fresh.computed < longest + 4 * 16
    assert sorted(reply.usage.cached_tokens > 60 for reply in replies) == [False, True, True, True]


def test_log_probabilities_are_natural_and_untempered(backend: EmbeddedBackend) -> None:
    asked = request(temperature=0.0, logprobs=True, top_logprobs=3, max_tokens=8)
    (choice,) = ask(backend, asked)[0].choices
    assert choice.logprobs is not None
    assert len(choice.logprobs) == choice.tokens
    assert "".join(token.token for token in choice.logprobs) == choice.text
    for token in choice.logprobs:
        assert token.top[0] == (token.token, token.logprob), "greedy takes the likeliest"
        assert len(token.top) == 3
        assert sum(math.exp(logprob) for _, logprob in token.top) <= 1
    hot = ask(backend, request(temperature=2.0, seed=1, logprobs=True, max_tokens=1))[0].choices[0]
    assert hot.logprobs is not None
    (cold,) = score(backend, hot.text).tokens[:1]
    assert hot.logprobs[0].logprob == cold.logprob


def score(backend: EmbeddedBackend, text: str, **changes: Any) -> Scored:
    """The log-probabilities of a text after the usual request."""
    return asyncio.run(backend.score(request(**changes), text))


def test_a_drawn_text_scores_as_it_was_drawn(backend: EmbeddedBackend) -> None:
    (choice,) = ask(backend, request(temperature=0.0, logprobs=True, max_tokens=12))[0].choices
    assert score(backend, choice.text).tokens == choice.logprobs
    assert score(backend, "").tokens == ()


def test_a_likely_text_scores_higher(backend: EmbeddedBackend) -> None:
    def total(text: str) -> float:
        return sum(token.logprob for token in score(backend, text, user="What is the capital of France?").tokens)

    assert total("The capital of France is Paris.") > total("The capital of France is Bonn.")


def test_a_small_nucleus_is_greedy(backend: EmbeddedBackend) -> None:
    greedy = texts(backend, request(temperature=0.0))
    assert texts(backend, request(temperature=1.0, top_p=1e-6)) == greedy


def test_a_schema_is_kept(backend: EmbeddedBackend) -> None:
    schema = (
        '{"additionalProperties":false,"properties":{"kind":{"enum":["cat","dog"],"type":"string"},'
        '"name":{"type":"string"}},"required":["kind","name"],"type":"object"}'
    )
    for text in texts(backend, request("Invent a pet, as JSON.", schema=schema, n=2, max_tokens=60)):
        assert json.loads(text)["kind"] in ("cat", "dog")
