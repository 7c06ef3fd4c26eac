"""A right answer: how it is said, and whether somebody said it. Knows no question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

SAID = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*/\s*\d+)?")


@dataclass(frozen=True, slots=True)
class Gold:
    """The right answer to a question: `words`, and its number where it is one."""

    words: str
    number: Fraction | None = None

    def said(self, off: int = 0) -> str:
        """The answer of a solution that is `off` by so much: right where it is 0."""
        if self.number is not None:
            return show(self.number + off)
        return self.words if off == 0 else f"not {self.words} ({off:+d})"

    def agrees(self, answer: str) -> bool:
        """Whether this is what an answer says: as numbers where it is one, else in the same words."""
        if self.number is not None:
            told = read(answer)
            return told is not None and abs(told - self.number) <= abs(self.number) * Fraction(1, 10**9)
        return _plain(answer) == _plain(self.words)


def gold(words: str) -> Gold:
    """The answer written so: `42`, `1,000`, `1/2`, `0.5`, `Paris`."""
    words = words.strip()
    match = SAID.fullmatch(words)
    return Gold(words, read(words) if match else None)


def read(answer: str) -> Fraction | None:
    """The number that an answer tells: after its last `=`, the first that stands there."""
    match = SAID.search(answer.rpartition("=")[2].replace("\u2212", "-"))
    if match is None:
        return None
    over, _, under = match.group().replace(",", "").replace(" ", "").partition("/")
    return Fraction(over) / int(under) if under and int(under) else Fraction(over)


def show(number: Fraction) -> str:
    """As people write it: whole, else with decimals where they end soon, else as a fraction."""
    if number.denominator == 1:
        return str(number.numerator)
    for places in range(1, 7):
        if (number * 10**places).denominator == 1:
            digits = f"{abs(number.numerator) * 10**places // number.denominator:0{places + 1}d}"
            return ("-" if number < 0 else "") + digits[:-places] + "." + digits[-places:]
    return f"{number.numerator}/{number.denominator}"


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".").strip("\"'*` ")
