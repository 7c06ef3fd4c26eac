"""Makes a text of unknown origin safe for a terminal: what would command it is shown instead of sent."""

from __future__ import annotations

import re

_COMMANDS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of writing
    "\u2028\u2029\ud800-\udfff]"  # separators that some terminals break lines at; halves of a character
)
_LAYOUT = re.compile("[\t\n]")
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\x1b": "\\e"}


def visible(text: str) -> str:
    """The text with its control characters written out (`\\e[31m`); tabs and line breaks stay."""
    return _COMMANDS.sub(_written, text)


def visible_line(text: str) -> str:
    """The same on one line: tabs and line breaks are written out too."""
    return _LAYOUT.sub(_written, visible(text))


def _written(found: re.Match[str]) -> str:
    character = found[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
