"""How a text ends: stop strings, limits, the model's own end, and a text that is gone on from."""

from __future__ import annotations

import pytest

from ilang_backends.embedded.backend import EmbeddedBackend
from ilang_backends.embedded.draft import Draft
from tests.backends.embedded.asking import ask, request, texts

COUNT = "Count from one to ten in words, one on each line."


@pytest.mark.weights
def test_a_stop_string_over_several_tokens(backend: EmbeddedBackend) -> None:
    (free,) = ask(backend, request(COUNT, temperature=0.0, max_tokens=24))[0].choices
    at = len(free.text) // 2
    stop = free.text[at : at + 7]
    (stopped,) = ask(backend, request(COUNT, temperature=0.0, max_tokens=24, stop=(stop, "never")))[0].choices
    assert stopped.text == free.text[: free.text.index(stop)]
    assert (stopped.reason, stopped.stop_text) == ("stop", stop)
    assert stopped.tokens is not None and free.tokens is not None and 0 < stopped.tokens < free.tokens


@pytest.mark.weights
def test_a_limit_is_told_from_an_end(backend: EmbeddedBackend) -> None:
    (cut,) = ask(backend, request(temperature=0.0, max_tokens=2))[0].choices
    assert (cut.reason, cut.tokens) == ("limit", 2)
    (whole,) = ask(backend, request("What is the capital of France?", temperature=0.0, max_tokens=40))[0].choices
    assert whole.reason == "end"


@pytest.mark.weights
@pytest.mark.parametrize("prefill", ["The capital of France is", "The capital of France is ", "My answer:\n\n"])
def test_a_prefill_is_continued_from_its_last_character(backend: EmbeddedBackend, prefill: str) -> None:
    (text,) = texts(backend, request("What is the capital of France?", prefill, temperature=0.0))
    assert not text.startswith(prefill)
    assert text.startswith(" ") == (not prefill[-1].isspace()), "its white space is neither lost nor doubled"


@pytest.mark.weights
def test_an_empty_prefill_is_none(backend: EmbeddedBackend) -> None:
    assert texts(backend, request(prefill="")) == texts(backend, request())


def test_a_character_spread_over_tokens() -> None:
    draft = Draft()
    for byte in "naïve 🦙".encode():
        draft.add(bytes([byte]))
    assert draft.text == "naïve 🦙"


def test_a_character_cut_short_is_left_out() -> None:
    draft = Draft()
    draft.add("a🦙".encode()[:-1])
    assert draft.text == "a"


def test_the_earliest_stop_string_counts() -> None:
    draft = Draft(("later", "soon"))
    assert draft.add(b"as soon as later")
    assert (draft.text, draft.stop_text) == ("as ", "soon")


def test_an_empty_stop_string_stops_nothing() -> None:
    assert not Draft(("",)).add(b"text")
