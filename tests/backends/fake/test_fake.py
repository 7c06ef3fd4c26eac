"""Scripted replies: which draw gets which, how they end, and what happens when they run out."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilang.backend.protocol import Backend, BackendFault
from ilang.backend.request import Request
from ilang.base.value import Message, Model
from ilang_backends.fake import words
from ilang_backends.fake.backend import FakeBackend
from ilang_backends.fake.provider import PROVIDER


def request(prompt: str = "2 + 2?", **changes: Any) -> Request:
    return replace(Request("writer", (Message("user", prompt),)), **changes)


def say(backend: Backend, *requests: Request) -> list[str]:
    """The texts of these requests, asked one after the other."""

    async def body() -> list[str]:
        return [(await backend.generate(r)).choices[0].text for r in requests]

    return asyncio.run(body())


def opened(**settings: Any) -> Backend:
    return asyncio.run(PROVIDER.open(Model("fake", "writer", tuple(sorted(settings.items())))))


def test_the_kth_reply_goes_to_the_kth_new_draw() -> None:
    assert say(FakeBackend(["a", "b"]), request(seed=5), request(seed=6)) == ["a", "b"]


def test_a_seed_is_remembered() -> None:
    backend = FakeBackend(["a", "b"])
    assert say(backend, request(seed=6), request(seed=5), request(seed=6), request(seed=5)) == ["a", "b", "a", "b"]


def test_without_a_seed_every_call_is_new() -> None:
    assert say(FakeBackend(["a", "b"]), request(), request()) == ["a", "b"]


def test_each_request_begins_at_the_first_reply() -> None:
    backend = FakeBackend(["a", "b"])
    assert say(backend, request("x", seed=1), request("y", seed=1), request("x", seed=2)) == ["a", "a", "b"]


def test_calls_started_in_order_are_bound_in_order() -> None:
    async def body() -> list[str]:
        backend = FakeBackend(["a", "b", "c"], delay=0.001)
        replies = await asyncio.gather(*(backend.generate(request(seed=seed)) for seed in (9, 4, 7)))
        return [reply.choices[0].text for reply in replies]

    assert asyncio.run(body()) == ["a", "b", "c"]


def test_replies_run_out() -> None:
    backend = FakeBackend(["a"])
    assert say(backend, request("How many eggs?", seed=1)) == ["a"]
    with pytest.raises(BackendFault, match=r"draw 2 of this request:\n  user: How many eggs\?") as caught:
        say(backend, request("How many eggs?", seed=2))
    assert caught.value.kind == "exhausted" and not caught.value.retry
    assert caught.value.help == "1 reply is foreseen for it"
    assert say(backend, request("How many eggs?", seed=1)) == ["a"]


def test_a_function_may_reply() -> None:
    backend = FakeBackend(lambda asked, k: f"{asked.messages[-1].content} {k}")
    assert say(backend, request("x", seed=3), request("x", seed=4), request("y", seed=3)) == ["x 0", "x 1", "y 0"]


def test_a_script_replies_by_prompt() -> None:
    backend = FakeBackend((("capital", ("Paris",)), ("*", ("I do not know",))))
    assert say(backend, request("The capital?"), request("The river?")) == ["Paris", "I do not know"]


def test_what_was_asked_is_kept() -> None:
    backend = FakeBackend(["a", "b"])
    say(backend, request("x"), request("y"))
    assert [asked.messages[0].content for asked in backend.asked] == ["x", "y"]


def test_one_text_is_no_list_of_replies() -> None:
    with pytest.raises(TypeError, match="list of texts"):
        FakeBackend("abc")


@pytest.mark.parametrize(
    ("change", "text", "reason", "stop_text"),
    [
        ({}, "one two  three\nfour", "end", ""),
        ({"max_tokens": 4}, "one two  three\nfour", "end", ""),
        ({"max_tokens": 3}, "one two  three", "limit", ""),
        ({"stop": ("three",)}, "one two  ", "stop", "three"),
        ({"stop": ("four", "t")}, "one ", "stop", "t"),
        ({"stop": ("\n",), "max_tokens": 2}, "one two", "limit", ""),
        ({"stop": (" two",), "max_tokens": 2}, "one", "stop", " two"),
        ({"stop": ("five",)}, "one two  three\nfour", "end", ""),
    ],
)
def test_where_a_reply_ends(change: dict[str, Any], text: str, reason: str, stop_text: str) -> None:
    reply = asyncio.run(FakeBackend(["one two  three\nfour"]).generate(request(**change)))
    choice = reply.choices[0]
    assert (choice.text, choice.reason, choice.stop_text) == (text, reason, stop_text)
    assert choice.tokens == reply.usage.output_tokens == len(text.split())


def test_a_word_is_a_token() -> None:
    reply = asyncio.run(FakeBackend(["it is four"]).generate(request("What is it?")))
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (3, 3)


@given(st.text(alphabet="ab \n\t", max_size=30), st.integers(0, 12))
def test_the_first_words_of_a_text(text: str, k: int) -> None:
    cut = words.first(text, k)
    assert text.startswith(cut) and words.count(cut) == min(k, words.count(text))


def test_several_choices_in_a_call_are_refused() -> None:
    with pytest.raises(BackendFault, match="one choice a call"):
        say(FakeBackend(["a", "b"]), request(n=2))


# ---- declarations ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "texts"),
    [('["3", "4"]', ["3", "4"]), ("Answer: 3", ["Answer: 3"]), ('{"ok": true}', ['{"ok": true}']), ("42", ["42"])],
)
def test_the_setting_replies(setting: str, texts: list[str]) -> None:
    assert say(opened(replies=setting), *(request(seed=k) for k in range(len(texts)))) == texts


def test_a_script_file(tmp_path: Path) -> None:
    whole, lines = tmp_path / "script.json", tmp_path / "script.jsonl"
    whole.write_text(json.dumps({"capital": ["Paris", "Lyon"], "*": ["no"]}), encoding="utf-8")
    lines.write_text('{"*": ["no"]}\n\n{"capital": ["Paris"], "river": ["Seine"]}\n', encoding="utf-8")
    asked = (request("The capital?"), request("The river?"))
    assert say(opened(script=str(whole)), *asked) == ["Paris", "no"]
    assert say(opened(script=str(lines)), *asked) == ["Paris", "Seine"]


def test_replies_stand_for_what_a_script_does_not_foresee(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text('{"capital": ["Paris"]}', encoding="utf-8")
    assert say(opened(script=str(path), replies="no"), request("The capital?"), request("?")) == ["Paris", "no"]


@pytest.mark.parametrize("text", ["[1, 2]", '{"a": "b"}', "{", '{"a": [1]}', '{"a": ["b"]}\nx'])
def test_a_bad_script_is_a_fault(text: str, tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BackendFault, match="script") as caught:
        opened(script=str(path))
    assert caught.value.kind == "bad-request"


@pytest.mark.parametrize("delay", [-1, "soon", True, float("inf")])
def test_a_bad_delay_is_a_fault(delay: object) -> None:
    with pytest.raises(BackendFault, match="delay"):
        opened(delay=delay)


def test_an_edited_script_is_another_model(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    model = Model("fake", "writer", (("script", str(path)),))
    identities = [PROVIDER.identity(Model("fake", "writer")), PROVIDER.identity(model)]
    for reply in ("a", "b"):
        path.write_text(json.dumps({"*": [reply]}), encoding="utf-8")
        identities.append(PROVIDER.identity(model))
    assert len(set(identities)) == 4 and identities[0] == "fake"


def test_the_provider_loads_without_anything_heavy() -> None:
    code = (
        "import sys, ilang_backends.fake.provider as p; from ilang.base.value import Model; "
        "p.PROVIDER.capabilities(Model('fake', 'a')); p.PROVIDER.identity(Model('fake', 'a')); "
        "heavy = {'numpy', 'asyncio'} & sys.modules.keys(); sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
