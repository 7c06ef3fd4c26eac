"""Colours, or none. What is printed in colour says the same without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ColorChoice = Literal["auto", "always", "never"]

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}


@dataclass(frozen=True, slots=True)
class Style:
    """Paints where `color` is on, else gives texts back as they are."""

    color: bool = False

    def paint(self, text: str, *looks: str) -> str:
        """The text in these looks: bold, dim, red, green, yellow, blue, cyan."""
        if not self.color or not text:
            return text
        return f"\x1b[{';'.join(_CODES[look] for look in looks)}m{text}\x1b[0m"


PLAIN = Style()


def style_for(choice: ColorChoice, environment: Mapping[str, str], *, terminal: bool) -> Style:
    """The flag decides, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal that can."""
    if choice != "auto":
        return Style(choice == "always")
    if environment.get("NO_COLOR"):
        return PLAIN
    forced = environment.get("FORCE_COLOR")
    if forced:
        return Style(forced != "0")
    return Style(terminal and environment.get("TERM") != "dumb")
