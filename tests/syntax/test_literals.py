"""Strings and numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilang.syntax.escape import read_number, read_string, write_string
from ilang.syntax.module import Literal
from tests.syntax.parsing import codes, expression, problems


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r'""', ""),
        (r'"a\n\t\r\"\\\/b"', 'a\n\t\r"\\/b'),
        (r'"\u00e9\u20ac"', "é€"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\\n"', "\\n"),
        ('"# {{x}}"', "# {{x}}"),
        ('"é"', "é"),
    ],
)
def test_strings(literal: str, value: str) -> None:
    assert expression(literal) == Literal(value, expression(literal).span)


@pytest.mark.parametrize("escape", [r"\x41", r"\u12", r"\ud83d", r"\ude00\ud83d", r"\a", r"\'", r"\0"])
def test_other_escapes_are_refused(escape: str) -> None:
    text = f'pipeline p(q: text) -> text {{ "a {escape} b" }}'
    assert set(codes(text)) == {"bad-escape"}
    place = problems(text)[0].span
    assert place and place.start == text.index("\\") and place.text() in escape


def test_every_bad_escape_is_reported() -> None:
    assert codes('pipeline p(q: text) -> text { f("\\a", "\\b \\n \\c") }') == ["bad-escape"] * 3


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_written_string_is_read_back(value: str) -> None:
    assert read_string(write_string(value)) == (value, ())


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("0", 0),
        ("007", 7),
        ("1_000_000", 1000000),
        ("9" * 400, int("9" * 400)),
        ("0.5", 0.5),
        ("1_0.25", 10.25),
        ("1e3", 1000.0),
        ("2.5E-1", 0.25),
        ("1e308", 1e308),
        ("1e-999", 0.0),
        ("9" * 401, None),
        ("1e309", None),
        ("1e99999999", None),
        ("0." + "1" * 400, None),
    ],
)
def test_numbers(spelling: str, value: int | float | None) -> None:
    read = read_number(spelling)
    assert read == value and type(read) is type(value)
    if value is None:
        assert codes(f"pipeline p(q: text) -> int {{ {spelling} }}") == ["number-too-large"]
    else:
        assert expression(spelling) == Literal(value, expression(spelling).span)


def test_only_the_digits_of_ascii_make_numbers() -> None:
    assert codes("pipeline p(q: text) -> int { ٣ }") == ["bad-character"]
