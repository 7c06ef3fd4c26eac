"""Makes a program that breaks a law smaller: fewer and lower choices, as long as it still does."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.laws.programs import of_choices


def smaller(number: int, breaks: Callable[[str], bool], rounds: int = 400) -> str:
    """A short program that `breaks` says yes to, from the choices of the one of this number."""
    made: list[int] = []
    source = random.Random(number)

    def recorded(low: int, high: int) -> int:
        made.append(source.randint(low, high) - low)
        return made[-1] + low

    best = of_choices(recorded)
    choices = made
    left = rounds
    size = max(1, len(choices) // 2)
    while size and left > 0:
        at, better = 0, False
        while at < len(choices) and left > 0:
            for shorter in (
                (*choices[:at], *choices[at + size :]),
                (*choices[:at], *[0] * size, *choices[at + size :]),
            ):
                if list(shorter) == choices:
                    continue
                text = of_choices(_replay(shorter))
                if len(text) < len(best):
                    left -= 1
                    if breaks(text):
                        best, choices, better = text, list(shorter), True
                        break
            else:
                at += size
        if not better or size > 8:
            size //= 2
    return best


def _replay(choices: tuple[int, ...]) -> Callable[[int, int], int]:
    given = iter(choices)
    return lambda low, high: low + min(next(given, 0), high - low)
