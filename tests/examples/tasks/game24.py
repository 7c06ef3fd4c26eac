"""The game of 24: how good a position is (Tree of Thoughts, Yao et al., 2023, asks a model; four numbers can be searched)."""

import re
from fractions import Fraction

STEP = re.compile(r"(-?\d+(?:/\d+)?)\s*([-+*/])\s*(-?\d+(?:/\d+)?)\s*=\s*(-?\d+(?:/\d+)?)")
LEFT = re.compile(r"\(left: ([^)]*)\)")


def value_of(text: str) -> float:
    """1 where 24 can still be reached from the numbers left, 0 where not or where a step is wrong, 0.5 where none are told.

    A line is a step such as `13 - 9 = 4 (left: 4 4 10)`.
    """
    for a, sign, b, result in STEP.findall(text):
        if Fraction(result) not in _results(Fraction(a), sign, Fraction(b)):
            return 0.0
    told = LEFT.findall(text)
    if not told:
        return 0.5
    return 1.0 if reaches([Fraction(x) for x in told[-1].split()]) else 0.0


def reaches(numbers: list[Fraction], goal: int = 24) -> bool:
    """Whether the four operations make the goal of all the numbers."""
    if len(numbers) < 2:
        return numbers == [goal]
    for i, a in enumerate(numbers):
        for j, b in enumerate(numbers):
            if i != j:
                rest = [x for k, x in enumerate(numbers) if k not in (i, j)]
                if any(reaches([*rest, x], goal) for sign in "+-*/" for x in _results(a, sign, b)):
                    return True
    return False


def _results(a: Fraction, sign: str, b: Fraction) -> list[Fraction]:
    match sign:
        case "+":
            return [a + b]
        case "-":
            return [a - b]
        case "*":
            return [a * b]
    return [a / b] if b else []
