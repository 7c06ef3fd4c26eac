"""Every code that an error or a warning can have, with what it means. One entry a code, in the files beside this one.

    = code
    # what it means, where the message alone does not say it
    - a wrong program, line by line
    + a right one

What is said of the wrong program is not written down: it is what the compiler says now.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

AREAS = ("syntax", "check", "models", "run", "store", "command")
"""The files, in the order in which a program meets them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One code. `wrong` and `right` are programs; empty where it takes more than a program to meet it."""

    code: str
    area: str
    meaning: str = ""
    wrong: str = ""
    right: str = ""


@cache
def entries() -> dict[str, Entry]:
    """All codes, in the order of the files."""
    found: dict[str, Entry] = {}
    for area in AREAS:
        text = files("ilang.help").joinpath(f"{area}.txt").read_text("utf-8")
        for block in text.split("\n= ")[0:] if text.startswith("= ") else []:
            entry = _entry(area, block.removeprefix("= "))
            found[entry.code] = entry
    return found


def _entry(area: str, block: str) -> Entry:
    code, *lines = block.rstrip("\n").split("\n")

    def part(sign: str) -> str:
        return "\n".join(line[2:] for line in lines if line[:1] == sign)

    return Entry(code.strip(), area, part("#"), _program(part("-")), _program(part("+")))


def _program(text: str) -> str:
    return text + "\n" if text else ""
