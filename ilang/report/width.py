"""How wide a text is on a terminal, in columns."""

from __future__ import annotations

import unicodedata


def width(character: str) -> int:
    """0 for a mark that sits on the character before it, 2 for a wide one (East Asian, emoji), else 1."""
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def columns(text: str) -> int:
    """The width of a text without line breaks and control characters."""
    return len(text) if text.isascii() else sum(map(width, text))


def clip(text: str, most: int) -> str:
    """The text, its end left out (`...`) where it is wider than `most` columns."""
    if columns(text) <= most:
        return text
    kept, taken = [], 0
    for character in text:
        taken += width(character)
        if taken > most - 3:
            break
        kept.append(character)
    return "".join(kept) + "..."[: max(most, 0)]


def pad(text: str, to: int) -> str:
    """The text with spaces behind it, up to `to` columns."""
    return text + " " * (to - columns(text))


def pad_left(text: str, to: int) -> str:
    """The text with spaces in front of it, up to `to` columns."""
    return " " * (to - columns(text)) + text
