"""formatting(text): the least change that makes a text the formatted one."""

from __future__ import annotations

from ilang.base.diagnostic import IlangError
from ilang.base.noun import noun


@noun
class Replacement:
    """The characters from `start` to `end` written anew as `text`."""

    start: int
    end: int
    text: str


def formatting(text: str) -> Replacement | None:
    """None where the text stands as it should, or is wrong and cannot be formatted. Line ends stay what they are."""
    from ilang.syntax.format import formatted  # only where it is asked for

    crlf = "\r\n" in text
    try:
        made = formatted(text.replace("\r\n", "\n"))
    except IlangError:
        return None
    if crlf:
        made = made.replace("\n", "\r\n")
    if made == text:
        return None
    start = _common(text, made)
    end = _common(text[start:][::-1], made[start:][::-1])
    return Replacement(start, len(text) - end, made[start : len(made) - end])


def _common(a: str, b: str) -> int:
    """How many characters two texts begin with alike; a carriage return is not parted from its line feed."""
    most = min(len(a), len(b))
    same = next((i for i in range(most) if a[i] != b[i]), most)
    while same and (a[same - 1 : same] in ("\r", "\n")):
        same -= 1
    return same
