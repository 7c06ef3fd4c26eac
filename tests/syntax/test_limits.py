"""What is too large or too deep is refused, whatever it is, and what is just small enough can be walked."""

from __future__ import annotations

import copy
import time

import pytest

from ilang.base.source import Source
from ilang.syntax import limits
from ilang.syntax.parse import parse_all
from ilang.syntax.unparse import unparse
from tests.syntax.parsing import codes, module


def _pipeline(value: str) -> str:
    return f"pipeline p(a: text) -> text {{ {value} }}"


def _prompt(text: str) -> str:
    return f'prompt p(a: text) """{text}"""'


def _nested_texts(count: int) -> str:
    text = "a"
    for _ in range(count):
        text = f'"""{{{{{text}}}}}"""'
    return text


SHAPES = {
    "round brackets": lambda n: _pipeline("(" * n + "a" + ")" * n),
    "lists": lambda n: _pipeline("[" * n + "]" * n),
    "records": lambda n: _pipeline("{x=" * n + "a" + "}" * n),
    "calls": lambda n: _pipeline("f(" * n + ")" * n),
    "functions": lambda n: _pipeline("f(x => " * n + "a" + ")" * n),
    "not": lambda n: _pipeline("not " * n + "a"),
    "minus": lambda n: _pipeline("- " * n + "a"),
    "sums": lambda n: _pipeline("a + " * n + "a"),
    "ors": lambda n: _pipeline("a or " * n + "a"),
    "fields": lambda n: _pipeline("a" + ".b" * n),
    "methods": lambda n: _pipeline("a" + ".b()" * n),
    "else if": lambda n: _pipeline("if a { a } else " * n + "{ a }"),
    "ifs": lambda n: _pipeline("if a { " * n + "a" + " } else { a }" * n),
    "conditions": lambda n: _pipeline("if " * n + "a" + " { a } else { a }" * n),
    "withins": lambda n: _pipeline("within(a) { " * n + "a" + " }" * n),
    "regions": lambda n: _pipeline("a | " + "repeat(a) { " * n + "f" + " }" * n),
    "sums of sums": lambda n: _pipeline("(" * n + "a" + " + a + a + a)" * n),
    "types": lambda n: f"pipeline p(a: {'list[' * n}text{']' * n}) -> text builtin",
    "function types": lambda n: f"pipeline p(a: {'() -> ' * n}text) -> text builtin",
    "shapes": lambda n: f"record A {{ {'a: {' * n}{'}' * n} }}",
    "holes": lambda n: _prompt("{{" + "[" * n + "]" * n + "}}"),
    "sums in holes": lambda n: _prompt("{{" + "a + " * n + "a}}"),
    "texts": lambda n: _pipeline(_nested_texts(n)),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [300, 5000])
def test_what_is_too_deep_is_refused(shape: str, count: int) -> None:
    text = SHAPES[shape](count)
    if len(text) > limits.SOURCE_BYTES:
        pytest.skip("too large to be deep")
    found = codes(text + "\nmodel m")
    assert found and set(found) == {"nested-too-deep"}
    assert [d.name for d in parse_all(Source("", text + "\nmodel m"))[0].declarations] == ["m"]  # type: ignore[union-attr]


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_just_not_too_deep_can_be_walked(shape: str) -> None:
    low, high = 1, 200
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if codes(SHAPES[shape](middle)) else (middle, high)
    parsed = module(SHAPES[shape](low))
    assert module(unparse(parsed)) == parsed
    assert repr(parsed) and hash(parsed) and copy.copy(parsed) == parsed
    assert low >= 9


def test_open_brackets_without_an_end() -> None:
    for text in ("(" * 10_000, "[" * 10_000, "{" * 10_000, _pipeline("[{(" * 10_000), _prompt("{{" + "[" * 10_000)):
        assert codes(text)


def test_long_flat_things_are_fine() -> None:
    for text in (
        _pipeline("[" + "1," * 20_000 + "]"),
        _pipeline("f(" + "a," * 20_000 + ")"),
        _pipeline("let a = a " * 5_000 + "a"),
        "model m\n" * 10_000,
        _prompt("{{a}}" * 10_000),
        "# c\n" * 20_000,
        f"enum A {{ {'a, ' * 20_000} }}",
    ):
        assert codes(text) == []


def test_a_pipe_has_an_end() -> None:
    assert codes(_pipeline("a" + " | f" * limits.STAGES)) == []
    for count in (limits.STAGES + 1, 5_000):
        assert codes(_pipeline("a" + " | f" * count)) == ["chain-too-long"]
        assert codes(_pipeline("a | repeat(a) { f" + " | f" * count + " }")) == ["chain-too-long"]


def test_a_source_has_an_end() -> None:
    full = "#" * limits.SOURCE_BYTES
    assert codes(full) == []
    assert codes(full + "#") == ["source-too-large"]
    assert codes("#" + "é" * (limits.SOURCE_BYTES // 2)) == ["source-too-large"]


@pytest.mark.parametrize("character", ["\0", "\x07", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\ud800", "\r"])
def test_control_characters_are_refused_anywhere(character: str) -> None:
    for text in (
        f"model{character} m",
        f'pipeline p() -> text {{ "{character}" }}',
        f'prompt p() """{character}"""',
        f"# {character}",
    ):
        assert codes(text) == ["bad-character"]


def test_no_more_than_a_few_control_characters_are_reported() -> None:
    assert codes("\0" * 1000) == ["bad-character"] * 3


HOSTILE = {
    "open texts": '"""{{',
    "open texts with a blank": '"""{{ ',
    "open hash texts": '#"""{{a}} ',
    "texts that open": 'prompt p() """\nprompt p() ',
    "quotes": '"',
    "many quotes": '""" ',
    "holes": "{{",
    "backslashes": '"\\',
    "errors": "pipeline p( -> x\n",
    "brackets": "([{",
    "errors in holes": 'prompt p() """{{a a}}"""\n',
    "strings in holes": 'prompt p() """{{"}}"""\n',
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_nothing_takes_much_longer_than_it_is_long(shape: str) -> None:
    piece = HOSTILE[shape]
    text = piece * (limits.SOURCE_BYTES // len(piece))
    began = time.process_time()
    _, found = parse_all(Source("", text))
    assert found
    assert time.process_time() - began < 20
