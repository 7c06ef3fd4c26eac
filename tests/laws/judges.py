"""The Python functions of generated programs. Each is a function of its arguments; how long it takes is the schedule's."""

from __future__ import annotations

import asyncio

from tests.laws.clockwork import delay


async def weight_of(x: float) -> float:
    """At least 0; raises where x is 3."""
    await asyncio.sleep(delay())
    if x == 3:
        raise ValueError("three is too much")
    return abs(x) / 2


async def passes(x: float) -> dict[str, object]:
    """A verdict, with feedback where it fails."""
    await asyncio.sleep(delay())
    return {"ok": x % 2 == 0, "feedback": "" if x % 2 == 0 else f"{x} is odd"}


def size_of(x: str) -> int:
    """A slow one, for a thread."""
    return len(x) % 5


def likes(x: str) -> bool:
    """Whether it has an a or an e."""
    return "e" in x or "a" in x


def half(text: str) -> float:
    """A reply read by Python; raises where it is no even number."""
    number = int(text)
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number / 2


def remarks(x: float) -> dict[str, object]:
    """A verdict that has something to say of all."""
    return {"ok": x != 2, "feedback": f"{x} was looked at"}
