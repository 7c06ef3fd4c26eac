"""The game of 24: whether the goal can still be reached from the numbers that are left."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import permutations

NUMBER = r"(-?\d{1,9}(?:/\d{1,9})?)"
STEP = re.compile(rf"{NUMBER} *([-+*/]) *{NUMBER} *= *{NUMBER}")
LEFT = re.compile(r"\(left: ([^)]*)\)")
GOAL = 24
MOST = 4
"""More numbers than the game has are not searched: that would take too long."""


def value_of(text: str) -> float:
    """1 where the goal is still within reach, 0 where it is not or a step is wrong, 0.5 where no numbers are told.

    A line is a step such as `13 - 9 = 4 (left: 4 4 10)`.
    """
    try:
        right = all(Fraction(c) in _results(Fraction(a), sign, Fraction(b)) for a, sign, b, c in STEP.findall(text))
        told = [[_number(word) for word in left.split()] for left in LEFT.findall(text)]
    except (ValueError, ZeroDivisionError):
        return 0.0
    if not right or (told and len(told[-1]) > MOST):
        return 0.0
    return float(_reaches(told[-1])) if told else 0.5


def _number(word: str) -> Fraction:
    """Fraction alone would take `1e999999999` too, and not come back."""
    if not re.fullmatch(NUMBER, word):
        raise ValueError(word)
    return Fraction(word)


def _reaches(numbers: list[Fraction]) -> bool:
    if len(numbers) < 2:
        return numbers == [GOAL]
    return any(
        _reaches([*rest, result])
        for a, b, *rest in permutations(numbers)
        for sign in "+-*/"
        for result in _results(a, sign, b)
    )


def _results(a: Fraction, sign: str, b: Fraction) -> list[Fraction]:
    """The result as a list of one; empty where there is none."""
    if sign == "/":
        return [a / b] if b else []
    return [{"+": a + b, "-": a - b, "*": a * b}[sign]]
