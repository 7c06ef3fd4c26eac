"""What the tests of draws share: asks, a scripted backend with its provider, and a clock that only jumps."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import BackendFault, SettingKind
from ilang.backend.request import Choice, Reply, Request, Usage
from ilang.base.value import Message, Model
from ilang.draws.clock import Clock
from ilang.draws.draw import Ask
from ilang.draws.source import DrawSource

MODEL = Model("bench", "m-1", (("temperature", 0.8),), "solver")
SEEDED = Capabilities(seed=True)
WIDE = Capabilities(n=True)
VLLM = Capabilities(n=True, seed=True, child_seeds=True)


def ask(text: str = "2 + 2?", model: Model = MODEL, prompt: str = "solve", **settings: object) -> Ask:
    """A request of one user message."""
    request = Request(model.id, (Message("user", text),), **{"temperature": 0.8, "max_tokens": 64, **settings})  # type: ignore[arg-type]
    return Ask(prompt, model, request)


@dataclass
class Bench:
    """A provider that is its own backend. What it says is decided by messages and seed, else by a count.

    `delay` gives the seconds a call takes, and none is answered before `gate`, if there is one, is set; `trouble` a fault for it or None, told how many calls
    came before; `shorten` how many choices of n it gives. `sent` are the requests that came,
    `answered` those that were replied to.
    """

    capabilities_: Capabilities = SEEDED
    delay: Callable[[], float] = lambda: 0.0
    gate: asyncio.Event | None = None
    trouble: Callable[[Request, int], BackendFault | None] = lambda request, before: None
    shorten: Callable[[int], int] = lambda n: n
    name: str = "bench"
    settings: Mapping[str, SettingKind] = field(default_factory=dict)
    sent: list[Request] = field(default_factory=list)
    answered: list[Request] = field(default_factory=list)
    opened: list[Model] = field(default_factory=list)
    closed: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    asked: list[str] = field(default_factory=list)

    def capabilities(self, model: Model) -> Capabilities:
        self.asked.append("capabilities")
        return self.capabilities_

    def identity(self, model: Model) -> str:
        self.asked.append("identity")
        return "bench"

    async def open(self, model: Model) -> _Opened:
        self.opened.append(model)
        return _Opened(self, self.capabilities_)

    def find(self, name: str) -> Bench | None:
        """For `Draws(find=...)`."""
        return self if name == self.name else None

    def texts(self, request: Request) -> list[str]:
        """What the choices of this request say."""
        said = request.messages[-1].content
        if request.seed is None:
            return [f"{said} #{len(self.sent)}.{j}" for j in range(request.n)]
        step = 1 if self.capabilities_.child_seeds else 0
        return [f"{said} @{request.seed + j * step}" for j in range(request.n)]


@dataclass
class _Opened:
    bench: Bench
    capabilities: Capabilities

    async def generate(self, request: Request) -> Reply:
        bench = self.bench
        before = len(bench.sent)
        bench.sent.append(request)
        bench.in_flight += 1
        bench.most_in_flight = max(bench.most_in_flight, bench.in_flight)
        try:
            await asyncio.sleep(bench.delay())
            if bench.gate is not None:
                await bench.gate.wait()
            fault = bench.trouble(request, before)
            if fault is not None:
                raise fault
        finally:
            bench.in_flight -= 1
        choices = tuple(Choice(text, tokens=3) for text in bench.texts(request)[: bench.shorten(request.n)])
        bench.answered.append(request)
        return Reply(choices, Usage(10, 4, 3 * len(choices)), "m-1-2026", "fp")

    async def aclose(self) -> None:
        self.bench.closed += 1


class JumpingClock:
    """A clock on which sleeping takes no time; it keeps what was slept."""

    def __init__(self, chance: float = 0.5) -> None:
        self.time = 1_000_000.0
        self.slept: list[float] = []
        self.clock = Clock(lambda: self.time, self._sleep, lambda: chance, lambda: self.time)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until that is so; fails the test after ten seconds."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)


async def turns() -> None:
    """Let the event loop go round often enough for all that is ready to be sent."""
    for _ in range(10):
        await asyncio.sleep(0)


def first_quick(count: int) -> Callable[[], float]:
    """Delays in seconds: none for so many calls, an hour for the others."""
    calls = itertools.count()
    return lambda: 0.0 if next(calls) < count else 3600.0


def random_delay(seed: int, longest: float = 0.003) -> Callable[[], float]:
    """Delays in seconds, evenly below `longest`."""
    chance = random.Random(seed)
    return lambda: chance.random() * longest


async def texts(source: DrawSource, asked: Ask, indices: range) -> list[str]:
    """The texts of these draws; fails the test where one is a fault."""
    found = await source.draw_many([(asked, index) for index in indices])
    said = []
    for draw in found:
        assert not isinstance(draw, BackendFault), draw
        said.append(draw.text)
    return said
