"""What the server's models say: every draw a function of (question or prompt, model, number) and nothing else.

Each question has an accuracy of its own for each model. A call without a seed takes the next unused numbers of its
prompt, so no draw comes twice, and n calls of one choice give what one call of n does; choice j of a call with seed s
has number s + j.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache

from benchmarks.peers.questions import gold

MARK = re.compile(r"\[q:(\d+)\]")
BOXED = re.compile(r"boxed\{(-?[\d.,]+)\}")
_WORDS = (
    "so we take the first amount and add what is left of it after each step then "
    "divide by the number of parts to find how many remain in total"
).split()
LENGTH = 60
"""Words before an answer."""


class Speaker:
    """Remembers how many draws of a prompt have been given."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, int], int] = {}

    def texts(self, model: str, prompt: str, seed: int | None, n: int) -> list[str]:
        """The choices of a call."""
        found = MARK.search(prompt)
        number = int(found[1]) if found else None
        judges = model.startswith("judge")
        key = hashed(prompt) if judges or number is None else number
        first = seed
        if first is None:
            first = self._given.get((model, key), 0)
            self._given[model, key] = first + n
        if judges:
            return [_rating(prompt, key, number, i) for i in range(first, first + n)]
        return [_solution(model, key, number, i, seeded=seed is not None) for i in range(first, first + n)]


def answer(model: str, key: int, number: int | None, i: int, *, seeded: bool = False) -> tuple[int, int]:
    """The number that draw i ends with, and its hash."""
    drawn = hashed(model, key, "seeded" if seeded else None, i)
    right = 42 if number is None else gold(number)
    return (right if _unit(drawn) < _accuracy(model, key) else right + (1, 1, 2, 7)[drawn & 3]), drawn


def hashed(*parts: object) -> int:
    """64 bits of a hash of these."""
    return int.from_bytes(hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=8).digest(), "big")


def chance(*parts: object) -> float:
    """From 0 to 1, the same for the same parts."""
    return _unit(hashed(*parts))


def _solution(model: str, key: int, number: int | None, i: int, *, seeded: bool) -> str:
    value, drawn = answer(model, key, number, i, seeded=seeded)
    return f"{_filler(drawn % len(_WORDS))} {drawn & 0xFFFF:x}. The answer is \\boxed{{{value}}}."


def _rating(prompt: str, key: int, number: int | None, i: int) -> str:
    said = BOXED.findall(prompt)
    right = bool(said) and number is not None and said[-1] == str(gold(number))
    luck = chance(key, i)
    return f"Score: {6 + 4 * luck if right else 7 * luck:.1f}"


@cache
def _accuracy(model: str, key: int) -> float:
    weak = 0.30 + 0.65 * chance("acc", key)
    return min(0.99, weak + 0.3) if model.startswith("strong") else weak


@cache
def _filler(first: int) -> str:
    turned = _WORDS[first:] + _WORDS[:first]
    return " ".join((turned * (LENGTH // len(turned) + 1))[:LENGTH])


def _unit(bits: int) -> float:
    return (bits >> 11) / 2.0**53
