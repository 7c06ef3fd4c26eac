r"""Read a string literal and a number as they are spelled, and write a string literal. Knows no grammar.

The escapes are JSON's: `\n \t \r \" \\ \/ \uXXXX`, two of the last for a character beyond U+FFFF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ilang.syntax import limits

_ESCAPE = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(.)")
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "/": "/"}
_WRITTEN = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


class BadEscape(NamedTuple):
    """An escape that means nothing: its spelling, and the character of the literal at which it begins."""

    spelling: str
    start: int


def read_string(literal: str) -> tuple[str, tuple[BadEscape, ...]]:
    """The string that a literal, with its quotes, stands for; a bad escape stands for itself."""
    bad: list[BadEscape] = []
    parts: list[str] = []
    at = 1
    for start, end, value in _escapes(literal):
        parts.append(literal[at:start])
        if value is None:
            bad.append(BadEscape(literal[start:end], start))
            value = literal[start:end]
        parts.append(value)
        at = end
    parts.append(literal[at:-1])
    return "".join(parts), tuple(bad)


def write_string(value: str) -> str:
    """The literal, with its quotes, of a string: `read_string(write_string(s)) == (s, ())`."""
    return '"' + "".join(_WRITTEN.get(c) or (c if c.isprintable() else _hex(c)) for c in value) + '"'


def read_number(spelling: str) -> int | float | None:
    """The number that is spelled; None if it has too many characters, or is too large for a double."""
    digits = spelling.replace("_", "")
    if len(digits) > limits.NUMBER_CHARACTERS:
        return None
    if digits.isdecimal():
        return int(digits)
    value = float(digits)
    return None if value == float("inf") else value


def _escapes(literal: str) -> Iterator[tuple[int, int, str | None]]:
    for found in _ESCAPE.finditer(literal, 1, len(literal) - 1):
        high, low, code, plain = found.groups()
        value: str | None
        if high:
            value = chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
        elif code:
            value = None if 0xD800 <= int(code, 16) <= 0xDFFF else chr(int(code, 16))
        else:
            value = _PLAIN.get(plain)
        yield found.start(), found.end(), value


def _hex(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
