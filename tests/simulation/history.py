"""One seed, one history: a program's rows are run, killed, and run again until they are answered, in bad weather.

What must hold: an answer never differs from that of a calm run, one thing after the other; what was durable is never
asked for again; a life that ends by itself has written all that came; within a life nothing is delivered twice; nobody
gets a draw that is not on the disk; nobody waits for ever; in the end the disk holds the whole of what was drawn,
sound, and the next run asks nobody.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ilang.backend.protocol import BackendFault
from ilang.base.diagnostic import IlangError
from ilang.draws.address import Address, provider_seed
from ilang.draws.batch import Draws
from ilang.draws.clock import Clock
from ilang.draws.draw import Ask, Draw
from ilang.draws.meter import Paid
from ilang.run.execute import Outcome, execute, execute_plainly
from ilang.run.stored import StoredDraws
from ilang.run.world import World
from tests.laws.clockwork import KINDS, Schedule
from tests.laws.programs import numbered
from tests.laws.running import Compiled, compiled, told
from tests.simulation.disk import Disk, SimStore
from tests.simulation.loop import Crash, live
from tests.simulation.server import CALM, Server, Weather

MOST = 1500
"""Draws of a program; one that wants more is passed over."""


class Broken(AssertionError):
    """A law does not hold."""


class TooMany(Exception):
    """A program that draws more than a simulation wants to wait for."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a seed: lives lived, calls sent and failed, writes; `passed_over`: the program was not run."""

    lives: int = 0
    calls: int = 0
    faults: int = 0
    draws: int = 0
    full: int = 0
    passed_over: bool = False


class Watched(StoredDraws):
    """Sees that whatever a program is given is on the disk by then."""

    def __init__(self, draws: Draws, disk: Disk, most: int = MOST) -> None:
        super().__init__(draws)
        self.addresses: dict[tuple[Any, int], Address] = {}  # of all that was asked for, by request and seed
        self.broken: list[str] = []
        self._of = draws
        self._disk = disk
        self._left = most

    async def draw_many(self, asks: Sequence[tuple[Ask, int]]) -> list[Draw | BackendFault]:
        self._left -= len(asks)
        if self._left < 0:
            raise TooMany
        for ask, index in asks:
            address = self._of.book.address(ask, index)
            self.addresses[ask.request, provider_seed(address.key, index)] = address
        found = await self._of.draw_many(asks)
        for (ask, index), draw in zip(asks, found, strict=True):
            if isinstance(draw, BackendFault):
                self.broken.append(f"a draw was lost: {draw.kind}: {draw.message}")
                continue
            entry = self._disk.entry(self._of.book.address(ask, index))
            if entry is None or entry.draw != draw:
                self.broken.append("a draw is used that is not on the disk")
        return found

    def called(self, draw: tuple[Any, int], delivered: int) -> None:
        """A call for this draw goes out: it must not be on the disk, nor have been delivered in this life."""
        if delivered:
            self.broken.append("what was delivered is asked for again")
        address = self.addresses.get(draw)
        if address is None:
            self.broken.append("what nobody wants is called for")
        elif self._disk.entry(address) is not None:
            self.broken.append("what is on the disk is asked for again")


def weather_of(chance: random.Random) -> Weather:
    """Fair, showers, or a storm; now and then the server is away for a while."""
    worst = chance.choice((0, 20, 60, 150))
    some = [chance.randrange(worst + 1) for _ in range(7)]
    down = (chance.uniform(0, 40), chance.uniform(1, 200)) if chance.randrange(4) == 0 else (-1.0, 0.0)
    return Weather(*some, limit=chance.choice((10**9, 10**9, 2, 9)), down=down)


def answer(outcome: Outcome) -> tuple[Any, ...]:
    """All of an outcome that a program's user sees."""
    return outcome.status, told(outcome.value), told(outcome.tally), outcome.error, outcome.worth, outcome.warnings


def history(seed: int) -> Told:
    """Lives through the history of a seed. Raises Broken, Stuck or LeftBehind."""
    chance = random.Random(f"simulation {seed}")
    try:
        program = compiled(numbered(seed))
    except IlangError:
        return Told(passed_over=True)
    try:
        expected = _calm(program)
    except TooMany:
        return Told(passed_over=True)
    rows = chance.randrange(1, 4)
    disk, server = Disk(), Server(weather_of(chance), random.Random(chance.random()))
    kind = KINDS[seed % len(KINDS)]
    lives = full = 0
    while True:
        lives += 1
        last = lives > 6  # by then the weather clears, so that every history ends
        if last:
            server.weather = CALM
        store = SimStore(
            disk,
            random.Random(chance.random()),
            *((0, 0) if last else (chance.choice((0, 0, 20)), chance.choice((0, 0, 30)))),
        )
        crash = None if last or chance.randrange(3) == 0 else int(10 ** chance.uniform(0.5, 3.5))
        life = _Life(program, rows, disk, server, store, chance)
        server.new_life()
        try:
            outcomes = _lived(life, Schedule(kind, chance.randrange(10**6)), crash)
        except Crash:
            continue
        except IlangError as error:
            if error.diagnostics[0].code != "store-full":
                raise
            full += 1
            continue
        break
    for outcome in outcomes:
        if answer(outcome) != expected:
            raise Broken(f"{answer(outcome)}\nand not\n{expected}")
    if any(disk.entry(address) is None for address in disk.bytes):
        raise Broken("the disk is not clean")
    _again(program, rows, disk, server, expected, kind)
    return Told(lives, server.calls, server.faults, len(disk.bytes), full)


class _Life:
    """One process: the rows of a program side by side, some started and given up."""

    def __init__(
        self, program: Compiled, rows: int, disk: Disk, server: Server, store: SimStore, chance: random.Random
    ) -> None:
        self.program = program
        self.rows = rows
        self.disk = disk
        self.server = server
        self.store = store
        self.chance = random.Random(chance.random())
        self.concurrency = chance.choice((1, 4, 64))
        self.paid = Paid()
        self.before = disk.sound
        self.source: Watched | None = None
        server.on_call = self._called

    def died(self) -> None:
        self.store.dead = True

    def _called(self, draw: tuple[Any, int]) -> None:
        if not self.store.dead and self.source is not None:
            self.source.called(draw, self.server.delivered[draw])

    async def work(self) -> list[Outcome]:
        loop = asyncio.get_running_loop()
        clock = Clock(loop.time, asyncio.sleep, self.chance.random, loop.time)
        draws = Draws(self.store, find=self.server.find, concurrency=self.concurrency, clock=clock)
        source = self.source = Watched(draws, self.disk, MOST * 8)
        given_up = [asyncio.create_task(self._row(source)) for _ in range(self.chance.randrange(3))]
        rows = [asyncio.create_task(self._row(source)) for _ in range(self.rows)]
        try:
            for task in given_up:
                await asyncio.sleep(self.chance.random() * 3)
                task.cancel()
            await asyncio.gather(*given_up, return_exceptions=True)
            return list(await asyncio.gather(*rows))
        finally:
            for task in rows:
                task.cancel()
            await asyncio.gather(*rows, return_exceptions=True)
            await draws.aclose()
            self.paid = draws.paid
            came = sum(self.server.delivered.values())
            if not self.store.dead and not self.store.was_full and self.disk.sound - self.before != came:
                raise Broken(f"{came} draws came, and {self.disk.sound - self.before} are on the disk more than before")

    async def _row(self, source: Watched) -> Outcome:
        world = World(source, self.program.bindings)
        world.python.load()
        return await execute(self.program.optimized(), (), world, optional=self.program.optional)


def _lived(life: _Life, schedule: Schedule, crash: int | None) -> list[Outcome]:
    """What a life gave. Raises Broken for what it did on the way, however it ended."""
    try:
        return live(life.work, schedule, crash, life.died)
    finally:
        if life.source is not None and life.source.broken:
            raise Broken(life.source.broken[0])


def _calm(program: Compiled) -> tuple[Any, ...]:
    """The reference: one thing after the other, on the graph as it was lowered, and nothing ever fails."""
    disk, server = Disk(), Server(CALM, random.Random(0))

    async def work() -> Outcome:
        store = SimStore(disk, random.Random(0), 0, 0)
        loop = asyncio.get_running_loop()
        draws = Draws(
            store, find=server.find, concurrency=1, clock=Clock(loop.time, asyncio.sleep, lambda: 0.5, loop.time)
        )
        world = World(Watched(draws, disk), program.bindings)
        world.python.load()
        try:
            return await execute_plainly(program.graph, (), world, optional=program.optional)
        finally:
            await draws.aclose()

    return answer(live(work, Schedule("instant", 0), None, lambda: None))


def _again(program: Compiled, rows: int, disk: Disk, server: Server, expected: tuple[Any, ...], kind: str) -> None:
    """One more run, from what is there: free, and the same."""
    before, server.weather = server.calls, CALM
    life = _Life(program, rows, disk, server, SimStore(disk, random.Random(0), 0, 0), random.Random(0))
    server.new_life()
    outcomes = _lived(life, Schedule(kind, 1), None)
    if server.calls != before or life.paid != Paid():
        raise Broken("what is finished is paid again by the next run")
    if any(answer(outcome) != expected for outcome in outcomes):
        raise Broken("the next run says otherwise")
