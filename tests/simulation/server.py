"""A server in virtual time, whose replies are a function of request and seed, and whose failures are a matter of chance.

It counts what was delivered, draw by draw. Failures that use up a call's tries hit it at most three times
in a row, so that every call can succeed in the end; being asked to wait, and the server being down, have no such limit.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ilang.backend.allowance import Allowance
from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import BackendFault, SettingKind
from ilang.backend.request import Choice, Reply, Request, Usage
from ilang.base.value import Model
from ilang.draws.draw import Ask
from tests.laws.oracle import ABLE, Luck, told, wanted

SEEDED = replace(ABLE, seed=True, child_seeds=True)


@dataclass(frozen=True, slots=True)
class Weather:
    """Chances, of 1000 calls: dropped before and after they were answered, 500s, no JSON, 429s, time-outs, short replies.

    `limit`: more calls than that at once are refused. `down`: from when for how long it answers nobody (seconds).
    """

    before: int = 0
    after: int = 0
    broken: int = 0
    malformed: int = 0
    refused: int = 0
    late: int = 0
    short: int = 0
    limit: int = 10**9
    down: tuple[float, float] = (-1.0, 0.0)


CALM = Weather()
Draw_ = tuple[Request, int]


class Server:
    """It outlives the processes that call it. `provider` is one that finds it."""

    name = "server"
    settings: Mapping[str, SettingKind] = {}

    def __init__(self, weather: Weather, chance: random.Random) -> None:
        self.weather = weather
        self.calls = 0
        self.faults = 0
        self.delivered: Counter[Draw_] = Counter()  # in this life
        self.on_call: Callable[[Draw_], None] = lambda draw: None
        self._chance = chance
        self._failed: Counter[Draw_] = Counter()
        self._in_flight = 0
        self._answered: set[str] = set()  # models, in this life

    def find(self, name: str) -> Any:
        return self

    def capabilities(self, model: Model) -> Capabilities:
        return replace(SEEDED, n=False, max_n=None) if model.id == "single" else SEEDED

    def identity(self, model: Model) -> str:
        return str(model.setting("provider") or model.provider)

    async def open(self, model: Model) -> Any:
        await self._pause()
        return _Opened(self, self.capabilities(model))

    def new_life(self) -> None:
        """The process that called is gone, and with it its calls."""
        self.delivered.clear()
        self._in_flight = 0
        self._answered.clear()  # a model that never answered in a run is right to fail it soon

    async def generate(self, request: Request) -> Reply:
        draws = [(replace(request, n=1, seed=None), (request.seed or 0) + j) for j in range(request.n)]
        self.calls += 1
        for draw in draws:
            self.on_call(draw)
        self._in_flight += 1
        try:
            await self._pause()
            self._trouble(draws[0])
            await self._pause()
            reply = self._reply(request, draws)
            if self._fails(draws[0], self.weather.after):
                raise BackendFault("unreachable", "cut", retry=True)
        except BackendFault:
            self.faults += 1
            raise
        finally:
            self._in_flight -= 1
        self._answered.add(request.model)
        for draw in draws[: len(reply.choices)]:
            self.delivered[draw] += 1
            self._failed[draw] = 0
        return reply

    async def _pause(self) -> None:
        loop: Any = asyncio.get_running_loop()
        await asyncio.sleep(loop.schedule.delay())

    def _trouble(self, first: Draw_) -> None:
        weather, now = self.weather, asyncio.get_running_loop().time()
        if first[0].model in self._answered and 0 <= now - weather.down[0] < weather.down[1]:
            raise BackendFault("unreachable", "down", retry=True)
        if self._in_flight > weather.limit or self._chance.randrange(1000) < weather.refused:
            after = self._chance.choice((None, 0.0, 1.0, 7.5))
            raise BackendFault("rate-limited", "slow down", retry=True, retry_after=after)
        for share, kind in (
            (weather.before, "unreachable"),
            (weather.broken, "overloaded"),
            (weather.malformed, "malformed-reply"),
            (weather.late, "timeout"),
        ):
            if self._fails(first, share):
                kind_: Any = kind
                raise BackendFault(kind_, kind, retry=True)

    def _fails(self, draw: Draw_, share: int) -> bool:
        if draw[0].model not in self._answered or self._failed[draw] >= 3 or self._chance.randrange(1000) >= share:
            return False
        self._failed[draw] += 1
        return True

    def _reply(self, request: Request, draws: list[Draw_]) -> Reply:
        choices = []
        for one, seed in draws:
            luck = Luck(repr((one, seed)))
            ask = Ask("", Model("sim", request.model), one)
            text = wanted(ask, luck, 25)
            tokens = 1 + luck.below(min(6, request.max_tokens or 6))
            logprobs = told(ask, luck, tokens)
            choices.append(Choice(text, tokens=tokens, logprobs=logprobs))
        if len(choices) > 1 and self._chance.randrange(1000) < self.weather.short and not self._failed[draws[0]]:
            choices = choices[:1]
        prompt = sum(len(message.content.split()) for message in request.messages)
        spent = sum(choice.tokens or 0 for choice in choices)
        left = self._chance.randrange(1, 20)
        allowances = (Allowance("calls", 20, left, (20 - left) / 10),) if self.weather.refused else ()
        return Reply(tuple(choices), Usage(prompt, 0, spent), request.model, allowances=allowances)


@dataclass
class _Opened:
    server: Server
    capabilities: Capabilities

    async def generate(self, request: Request) -> Reply:
        return await self.server.generate(request)

    async def aclose(self) -> None:
        pass
