"""A choice that ends before the others of its call is kept at once: a call cut short loses only what had not ended."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import Told
from ilang.backend.request import Choice, Reply, Request, Usage
from ilang.base.value import Message, Model
from ilang.draws.batch import Draws
from ilang.draws.draw import Ask
from ilang.draws.memory_store import MemoryStore


class Slow:
    """Tells its first choices, then waits for leave to end the call."""

    def __init__(self, ended: int) -> None:
        self.capabilities = Capabilities(n=True, seed=True, child_seeds=True, priced=False)
        self.ended = ended
        self.leave = asyncio.Event()
        self.calls: list[int] = []

    async def generate(self, request: Request) -> Reply:
        raise AssertionError("a call of several is told")

    async def generate_telling(self, request: Request, told: Told) -> Reply:
        self.calls.append(request.n)
        choices = tuple(Choice(f"{request.seed + j if request.seed else j}", tokens=1) for j in range(request.n))
        for j in range(self.ended):
            told(j, Reply(choices[j : j + 1], Usage(5, 0, 1), "m"))
        await self.leave.wait()
        return Reply(choices, Usage(5, 0, request.n), "m")

    async def aclose(self) -> None:
        return None


class Provider:
    name = "slow"
    settings: ClassVar[dict[str, object]] = {}

    def capabilities(self, model: Model) -> Capabilities:
        return Capabilities(n=True, seed=True, child_seeds=True, priced=False)

    def identity(self, model: Model) -> str:
        return "slow"


ASK = Ask("p", Model("slow", "m"), Request("m", (Message("user", "q"),)))


def test_what_ended_is_kept_when_the_call_is_cut() -> None:
    async def run() -> None:
        store, backend = MemoryStore(), Slow(ended=3)

        async def opened(model: Model) -> Slow:
            return backend

        draws = Draws(store, find=lambda name: Provider(), open_backend=opened)  # type: ignore[arg-type,return-value]
        task = asyncio.create_task(draws.draw_many([(ASK, i) for i in range(8)]))
        while store.info().entries < 3:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await draws.aclose()
        assert store.info().entries == 3

        again = Slow(ended=0)
        again.leave.set()

        async def reopened(model: Model) -> Slow:
            return again

        draws = Draws(store, find=lambda name: Provider(), open_backend=reopened)  # type: ignore[arg-type,return-value]
        found = await draws.draw_many([(ASK, i) for i in range(8)])
        await draws.aclose()
        assert again.calls == [5] and len(found) == 8 and draws.paid.draws == 5
        assert len({getattr(d, "text", d) for d in found}) == 8

    asyncio.run(run())
