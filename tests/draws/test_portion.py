"""How a reply becomes draws: whose tokens are whose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ilang.backend.request import Choice, Reply, TokenLogprob, Usage
from ilang.draws.portion import assumed_tokens, bill, portions

USAGE = Usage(100, 40, 21)


def reply(*choices: Choice, usage: Usage = USAGE) -> Reply:
    """A reply with these choices."""
    return Reply(choices, usage, "m-1-2026", "fp")


@pytest.mark.parametrize(
    ("choice", "others", "tokens", "assumed"),
    [
        (Choice("four", tokens=5, logprobs=(TokenLogprob("four", -0.1),)), 0, 5, False),
        (Choice("four", logprobs=(TokenLogprob("fo", -0.1), TokenLogprob("ur", -0.1))), 0, 2, False),
        (Choice("four", logprobs=(TokenLogprob("fo", -0.1), TokenLogprob("ur", -0.1))), 3, 2, False),
        (Choice("four"), 0, 21, False),
        (Choice("four, I think"), 1, 4, True),
        (Choice("", thinking="hm"), 1, 1, True),
    ],
)
def test_tokens_of_a_choice(choice: Choice, others: int, tokens: int, assumed: bool) -> None:
    draws = portions(reply(choice, *[Choice("x", tokens=1)] * others), 1 + others)
    assert (draws[0].output_tokens, draws[0].assumed) == (tokens, assumed)


def test_every_draw_has_the_whole_prompt() -> None:
    draws = portions(reply(Choice("a", tokens=1), Choice("b", tokens=2)), 2)
    assert [(d.input_tokens, d.cached_tokens, d.output_tokens) for d in draws] == [(100, 40, 1), (100, 40, 2)]
    assert [(d.text, d.model, d.fingerprint) for d in draws] == [("a", "m-1-2026", "fp"), ("b", "m-1-2026", "fp")]


def test_everything_a_choice_says_is_kept() -> None:
    token = TokenLogprob("a", -0.5, (("b", -1.0),))
    (draw,) = portions(reply(Choice("a", "stop", "END", 1, (token,), "hm")), 1)
    assert (draw.reason, draw.stop_text, draw.logprobs, draw.thinking) == ("stop", "END", (token,), "hm")


def test_more_choices_than_asked_are_left_and_fewer_are_fewer() -> None:
    three = reply(*[Choice(text, tokens=1) for text in "abc"])
    assert [d.text for d in portions(three, 2)] == ["a", "b"]
    assert [d.text for d in portions(three, 5)] == ["a", "b", "c"]
    assert portions(reply(), 2) == ()


def test_the_bill_is_the_usage_or_else_what_the_draws_count() -> None:
    told = reply(Choice("abcd"), Choice("abcdefgh"))
    assert bill(told, portions(told, 2)) == USAGE
    silent = replace(told, usage=Usage(100))
    assert bill(silent, portions(silent, 2)) == Usage(100, 0, 3)


def test_half_characters_are_replaced_so_that_a_draw_can_be_stored() -> None:
    token = TokenLogprob("\ud83d", -0.5, (("\ude00", -1.0), ("é", -2.0)))
    (draw,) = portions(reply(Choice("ok \ud83d\ude00 \ud83d!", logprobs=(token,), thinking="\udc00")), 1)
    assert draw.text == "ok \U0001f600 \ufffd!"  # two halves that belong together are one character
    assert draw.thinking == "\ufffd"
    assert draw.logprobs == (TokenLogprob("\ufffd", -0.5, (("\ufffd", -1.0), ("é", -2.0))),)


def test_the_assumed_count_is_fixed() -> None:
    assert [assumed_tokens(text) for text in ("", "a", "abcd", "abcde", "éé", "ééé")] == [0, 1, 1, 2, 1, 2]
