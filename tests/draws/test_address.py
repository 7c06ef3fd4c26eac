"""Addresses are a public promise: if a golden value here changes, users pay again for every draw they have."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilang.backend.request import Request
from ilang.base.value import Message, Model
from ilang.draws.address import (
    INDICES,
    SEEDS,
    Address,
    base_seed,
    content,
    differing,
    parts,
    provider_seed,
    request_key,
)
from ilang.draws.draw import Ask
from tests.draws.bench import ask

PLAIN = Ask(
    "solve", Model("openai", "gpt-5-mini"), Request("gpt-5-mini", (Message("user", "2 + 2?"),), max_tokens=2048)
)
FULL = Ask(
    "solve",
    Model("node:8000", "qwen", label="solver"),
    Request(
        "qwen",
        (Message("system", "Be brief.\n"), Message("user", 'Grüße, "Zoë" \U0001f600'), Message("assistant", "So ")),
        n=8,
        temperature=1.0,
        top_p=0.95,
        max_tokens=512,
        stop=("\n\n", "END"),
        seed=7,
        logprobs=True,
        top_logprobs=5,
        schema='{"type":"object"}',
        extra=(("reasoning_effort", "low"), ("top_k", 40)),
    ),
)

GOLDEN_CONTENT = (
    b'{"messages":[["system","Be brief.\\n"],["user","Gr\\u00fc\\u00dfe, \\"Zo\\u00eb\\" \\ud83d\\ude00"],'
    b'["assistant","So "]],"model":"qwen","provider":"node:8000","run_seed":3,"schema":"{\\"type\\":\\"object\\"}",'
    b'"settings":{"extra":{"reasoning_effort":"low","top_k":40},"logprobs":true,"max_tokens":512,'
    b'"stop":["\\n\\n","END"],"temperature":1,"top_logprobs":5,"top_p":0.95},"version":"ilang-draw/1"}'
)
GOLDEN = [
    (PLAIN, "openai", 0, "58bb9021e011f6b20e17e5b5194101e994124a8724caa4358158b2038d787fa5", 1135081579),
    (PLAIN, "openai", 1, "4c229f2f01993a73185fe86b18ee2a61ee656f9f73969c5b4ed8377ce1247316", 789216715),
    (FULL, "node:8000", 3, "04f152cf4b6496e296124be98d735989e28ae4a18300ece78b3cb350818980a3", 1225990569),
]


def test_golden_content() -> None:
    assert content(FULL, "node:8000", 3) == GOLDEN_CONTENT


@pytest.mark.parametrize(("asked", "identity", "seed", "key", "base"), GOLDEN)
def test_golden_addresses(asked: Ask, identity: str, seed: int, key: str, base: int) -> None:
    assert request_key(asked, identity, seed) == key
    assert base_seed(key) == base


OTHER: dict[str, Any] = {
    "n": 5,
    "seed": 5,
    "model": "another",
    "messages": (Message("system", "2 + 2?"),),
    "temperature": 0.7,
    "top_p": 0.9,
    "max_tokens": 65,
    "stop": ("x",),
    "logprobs": True,
    "top_logprobs": 1,
    "schema": "{}",
    "extra": (("effort", "low"),),
}


@pytest.mark.parametrize("field", [f.name for f in fields(Request)])
def test_every_field_that_is_sent_takes_part(field: str) -> None:
    """A field that Request gains later fails here until it is decided about."""
    one = ask()
    other = replace(one, request=replace(one.request, **{field: OTHER[field]}))
    same = request_key(one, "p", 0) == request_key(other, "p", 0)
    assert same == (field in ("n", "seed"))


def test_seed_and_identity_take_part_but_names_do_not() -> None:
    one = ask()
    assert request_key(one, "p", 0) != request_key(one, "p", 1)
    assert request_key(one, "p", 0) != request_key(one, "q", 0)
    assert request_key(one, "p", 0) == request_key(replace(one, prompt="other"), "p", 0)
    assert request_key(one, "p", 0) == request_key(replace(one, model=replace(one.model, label="other")), "p", 0)


def test_equal_numbers_are_one_and_the_same() -> None:
    assert content(ask(temperature=1), "p", 0) == content(ask(temperature=1.0), "p", 0)
    assert content(ask(temperature=0), "p", 0) == content(ask(temperature=-0.0), "p", 0)
    assert content(ask(extra=(("k", (1, 2.0)),)), "p", 0) == content(ask(extra=(("k", (1.0, 2)),)), "p", 0)


def test_what_differs_stays_different() -> None:
    keys = {
        content(asked, "p", 0)
        for asked in (
            ask(temperature=0),  # zero is sent, none is not
            ask(temperature=None),
            ask(extra=(("k", True),)),
            ask(extra=(("k", 1),)),
            ask(extra=(("k", "1"),)),
            ask(extra=(("k", None),)),
            ask("Zoe\u0308"),  # no Unicode normalisation: the model sees other tokens
            ask("Zo\u00eb"),
            ask("Zo\ud800"),  # half a character can be asked too
        )
    }
    assert len(keys) == 9


def test_what_is_no_setting_is_refused() -> None:
    with pytest.raises(TypeError, match="a setting cannot be a object"):
        content(ask(extra=(("k", object()),)), "p", 0)
    with pytest.raises(ValueError, match="finite"):
        content(ask(temperature=float("nan")), "p", 0)


@given(st.text(alphabet="0123456789abcdef", min_size=64, max_size=64), st.integers(0, INDICES - 1))
def test_provider_seeds_follow_one_another_below_2_to_the_31(key: str, index: int) -> None:
    assert provider_seed(key, index) == base_seed(key) + index < SEEDS


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text()), max_size=3), st.lists(st.text(), max_size=3))
def test_messages_cannot_run_together(pairs: list[tuple[str, str]], tail: list[str]) -> None:
    messages = tuple(Message(role, text) for role, text in pairs)
    joined = (*messages, *(Message("user", text) for text in tail))
    one = replace(PLAIN, request=replace(PLAIN.request, messages=messages))
    other = replace(PLAIN, request=replace(PLAIN.request, messages=joined))
    assert (content(one, "p", 0) == content(other, "p", 0)) == (not tail)


def test_parts_say_what_differs() -> None:
    old = parts(FULL, "p", 0)
    edited = replace(FULL.request, messages=(FULL.request.messages[0], Message("user", "Hi"), FULL.request.messages[2]))
    assert differing(old, old) == ()
    assert differing(old, parts(replace(FULL, request=edited), "p", 0)) == ("message 2",)
    assert differing(old, parts(FULL, "q", 1)) == ("model", "seed")
    assert differing(old, parts(replace(FULL, request=replace(FULL.request, schema=None)), "p", 0)) == ("schema",)
    assert differing(old, parts(replace(FULL, request=replace(FULL.request, top_p=0.5)), "p", 0)) == ("settings",)
    fewer = replace(FULL, request=replace(FULL.request, messages=FULL.request.messages[:2]))
    assert differing(old, parts(fewer, "p", 0)) == ("message 3",)


def test_an_address_is_a_tuple() -> None:
    assert Address("ab", 3) == ("ab", 3)
