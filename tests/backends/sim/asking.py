"""Asks a simulated model, in tests: one call, its choices."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ilang.backend.request import Choice, Request
from ilang.base.value import Message, Model
from ilang_backends.sim.provider import PROVIDER

SOLVE = 'Solve the problem step by step.\nFinish with a line that reads "Answer: <number>".\n\n{}'


def sim(id: str = "small", **settings: Any) -> Model:
    """A declaration: `sim("small", accuracy=0.6)`."""
    return Model("sim", id, tuple(sorted(settings.items())))


def request(prompt: str, prefill: str | None = None, **changes: Any) -> Request:
    """One user message, perhaps a prefill; seed 0 unless told."""
    messages = (Message("user", prompt),) + ((Message("assistant", prefill),) if prefill is not None else ())
    return replace(Request("small", messages, seed=0), **changes)


def ask(model: Model, *requests: Request) -> list[tuple[Choice, ...]]:
    """The choices of each request, asked one after the other."""

    async def body() -> list[tuple[Choice, ...]]:
        backend = await PROVIDER.open(model)
        return [(await backend.generate(r)).choices for r in requests]

    return asyncio.run(body())


def one(model: Model, asked: Request) -> Choice:
    return ask(model, asked)[0][0]


def sums(count: int) -> list[tuple[str, int]]:
    """So many questions, with their answers."""
    return [(f"What is {q} * 3 + {q % 7 + 1}?", q * 3 + q % 7 + 1) for q in range(count)]


def answer(text: str) -> int | None:
    """The number after the last `Answer:`, or None."""
    said = text.rpartition("Answer:")[2].strip()
    return int(said) if said.lstrip("-").isdigit() else None


def mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
