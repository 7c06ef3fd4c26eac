"""What the gate learns: widths, holds, allowances, a server that is down, a quota that is spent."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from ilang.backend.allowance import Allowance
from ilang.backend.protocol import BackendFault
from ilang.backend.request import Choice, Reply, Request, Usage
from ilang.draws.allowed import Allowed
from ilang.draws.batch import Draws
from ilang.draws.breaker import Breaker
from ilang.draws.clock import Clock
from ilang.draws.draw import Draw
from ilang.draws.event import Event
from ilang.draws.limiter import Limiter
from ilang.draws.memory_store import MemoryStore
from ilang.draws.width import START, STAY, Width
from tests.draws.bench import MODEL, SEEDED, Bench, ask
from tests.laws.clockwork import Clockwork, Schedule, run


def fault(kind: Any = "rate-limited", retry_after: float | None = None, retry: bool = True) -> BackendFault:
    return BackendFault(kind, "no", retry=retry, retry_after=retry_after)


# -- width


def test_the_width_doubles_until_the_first_trouble_and_then_grows_by_one_a_round() -> None:
    width = Width(256)
    assert width.now == START
    for _ in range(START):
        width.reply(1.0, busy=True)
    assert width.now == 2 * START
    width.trouble(width.round)
    assert width.now == START
    for _ in range(START + 1):
        width.reply(1.0, busy=True)
    assert width.now == START + 1


def test_a_round_is_halved_once_and_never_to_nothing() -> None:
    width = Width(64)
    sent_in = width.round
    for _ in range(10):
        width.trouble(sent_in)
    assert width.now == START // 2
    for _ in range(10):
        width.trouble(width.round)
    assert width.now == 1


def test_the_width_stays_below_its_ceiling_and_grows_only_where_it_is_used() -> None:
    assert Width(3).now == 3
    width = Width(20)
    for _ in range(99):
        width.reply(1.0, busy=False)
    assert width.now == START
    for _ in range(99):
        width.reply(1.0, busy=True)
    assert width.now == 20


def test_a_queue_at_the_server_is_not_made_longer() -> None:
    width = Width(1000)
    for _ in range(100):
        width.reply(0.1, busy=True)
    before = width.now
    for _ in range(100):
        width.reply(1.0, busy=True)
    assert width.now < before + 5
    for _ in range(before * 100):
        width.reply(1.0, busy=True)
    assert width.now == START


def test_a_server_that_refuses_has_room_for_those_that_it_took() -> None:
    width = Width(64)
    for _ in range(8):
        width.reply(1.0, busy=True)
    assert width.now == 24
    sent_in = width.round
    for others in (23, 22, 21, 20):  # four of 24 are refused, one after the other
        width.refused(sent_in, others)
    assert width.now == 12
    for _ in range(8):
        width.reply(1.0, busy=True)
    assert width.now == 20  # doubled, as far as there was room
    for _ in range(20 * (STAY - 1)):
        width.reply(1.0, busy=True)
    assert width.now == 20
    for _ in range(20 * 3):
        width.reply(1.0, busy=True)
    assert width.now > 20  # the server may have more by now


# -- allowances


def test_a_bucket_fills_up_evenly_and_empties_with_each_call() -> None:
    allowed = Allowed()
    assert allowed.wait(0.0) == 0.0
    allowed.told((Allowance("calls", 60, 2, 58.0),), call=1, since=0, now=0.0)  # one a second comes back
    allowed.start(0.0)
    allowed.start(0.0)
    assert allowed.wait(0.0) == pytest.approx(1.0)
    assert allowed.wait(1.0) == 0.0


def test_calls_that_the_server_had_not_seen_are_taken_off_and_older_news_is_passed_over() -> None:
    allowed = Allowed()
    allowed.told((Allowance("calls", 10, 3, 7.0),), call=5, since=3, now=0.0)
    assert allowed.wait(0.0) == pytest.approx(1.0)
    allowed.told((Allowance("calls", 10, 9, 1.0),), call=4, since=4, now=0.0)
    assert allowed.wait(0.0) == pytest.approx(1.0)
    allowed.told((Allowance("calls", 10, 9, 1.0),), call=6, since=0, now=0.0)
    assert allowed.wait(0.0) == 0.0


def test_tokens_are_counted_by_what_a_call_takes() -> None:
    allowed = Allowed()
    allowed.used(100)
    allowed.told((Allowance("tokens", 1000, 50, 9.5),), call=1, since=0, now=0.0)
    assert allowed.wait(0.0) == pytest.approx(0.5)


# -- breaker


def test_five_in_a_row_open_it_and_any_answer_closes_it() -> None:
    breaker = Breaker()
    breaker.answer(0.0)
    for _ in range(4):
        assert not breaker.fault(fault("unreachable"), 0.0)
    breaker.answer(0.0)
    for _ in range(4):
        assert not breaker.fault(fault("unreachable"), 0.0)
    assert breaker.fault(fault("unreachable"), 0.0) and breaker.open
    assert breaker.answer(0.0) and not breaker.open


def test_an_answer_to_who_asked_before_says_nothing_of_a_server_that_may_be_leaving() -> None:
    """Found by the simulation (seed 108228)."""
    breaker = Breaker()
    breaker.answer(0.0)
    for _ in range(4):
        breaker.fault(fault("unreachable"), 10.0)
    assert breaker.answer(5.0) is False  # it finishes what it had begun
    breaker.fault(fault("unreachable"), 20.0)
    assert breaker.suspected(10.0)
    breaker.answer(15.0)  # asked since, and answered
    breaker.fault(fault("unreachable"), 21.0)
    assert not breaker.suspected(10.0)


def test_a_try_that_hung_gives_nobody_up() -> None:
    """Found by the simulation (seed 407497): what matters is when it was begun, and how often it was tried."""
    breaker = Breaker(patience=100.0)
    breaker.answer(0.0)
    for _ in range(5):
        breaker.fault(fault("unreachable"), 0.0)
    assert breaker.fault(fault("timeout"), 250.0, asked=50.0) and breaker.given_up is None
    assert breaker.fault(fault("timeout"), 450.0, asked=251.0) and breaker.given_up is None
    breaker.fault(fault("timeout"), 700.0, asked=452.0)
    assert breaker.given_up is not None  # nobody waits for ever


def test_its_tries_are_further_and_further_apart_until_it_gives_up() -> None:
    breaker = Breaker(patience=100.0)
    breaker.answer(0.0)
    now, waits = 0.0, []
    for _ in range(4):
        breaker.fault(fault("unreachable"), now)
    while breaker.given_up is None:
        if breaker.fault(fault("unreachable"), now):
            waits.append(breaker.next_try - now)
            now = breaker.next_try
        assert now < 1000
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


# -- a whole run, on a clock of its own


@dataclass
class Served:
    """A server in virtual time: `limit` calls at once, else 429; down in `down` (from, to); tells `allowance`."""

    limit: int = 10**9
    down: tuple[float, float] = (-1.0, -1.0)
    latency: float = 1.0
    retry_after: float | None = None
    per_second: float = 0.0
    level: float = 10.0
    seen: list[float] = field(default_factory=list)
    refused: int = 0
    in_flight: int = 0
    most: int = 0

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def generate(self, request: Request) -> Reply:
        told: tuple[Allowance, ...] = ()
        at = self.now
        if self.per_second:
            last = self.seen[-1] if self.seen else 0.0
            self.level = min(10.0, self.level + (at - last) * self.per_second)
            if self.level < 1.0 - 1e-6:
                self.refused += 1
                raise fault(retry_after=1.0)
            self.level -= 1.0
            left = int(self.level)
            told = (Allowance("calls", 10, left, (10 - self.level) / self.per_second),)
        self.seen.append(at)
        if self.down[0] <= at < self.down[1]:
            raise fault("unreachable")
        if self.in_flight >= self.limit:
            self.refused += 1
            raise fault(retry_after=self.retry_after)
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            await asyncio.sleep(self.latency)
        finally:
            self.in_flight -= 1
        return Reply(
            (Choice(f"{request.messages[0].content} {request.seed}", tokens=3),), Usage(10, 0, 3), allowances=told
        )


def drawn(served: Served, count: int, **options: Any) -> tuple[list[Draw | BackendFault], Draws, float, list[Event]]:
    """So many draws of one model, the run, how long it took (s), and what was told."""
    bench, events = Bench(SEEDED), []

    class Opened:
        capabilities = SEEDED
        generate = staticmethod(served.generate)

        async def aclose(self) -> None:
            pass

    async def opened(model: Any) -> Any:
        return Opened()

    async def work() -> tuple[list[Draw | BackendFault], Draws, float, list[Event]]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Clockwork)
        chance = random.Random(7)
        clock = Clock(loop.time, asyncio.sleep, chance.random, loop.time)
        model = options.pop("model", MODEL)
        draws = Draws(
            MemoryStore(), find=bench.find, open_backend=opened, clock=clock, on_event=events.append, **options
        )
        asked = ask(model=model)
        found = await draws.draw_many([(asked, index) for index in range(count)])
        took = loop.time()
        await draws.aclose()
        return found, draws, took, events

    return run(work, Schedule("instant", 0))


def test_a_server_with_a_limit_is_learned_and_no_draw_is_lost() -> None:
    served = Served(limit=8)
    found, draws, took, _ = drawn(served, 400)
    assert all(isinstance(draw, Draw) for draw in found)
    assert served.refused < 80 and draws.paid.draws == 400
    assert took < 400 / 8 * 4  # at least a quarter of what the server could do


def test_a_refusal_costs_one_wait_and_then_the_server_is_full() -> None:
    served = Served(limit=16, retry_after=1.0, latency=0.05)
    _, _, took, _ = drawn(served, 200)
    assert served.refused <= 16 and served.most == 16  # the doubled round; never again
    assert took < 200 / 16 * 0.05 + 1.25 + 0.3


def test_an_ample_server_is_used_to_the_ceiling() -> None:
    served = Served()
    _, _, took, _ = drawn(served, 1000, concurrency=64)
    assert served.most == 64 and took < 1000 / 64 + 4


def test_a_wait_that_the_server_names_is_kept_by_all_calls() -> None:
    served = Served(limit=4, retry_after=20.0)
    drawn(served, 60)
    pauses = [b - a for a, b in zip(served.seen, served.seen[1:], strict=False) if b - a > 1.5]
    assert pauses and all(20.0 <= pause < 21.5 for pause in pauses)


def test_what_the_headers_say_is_left_is_not_gone_over() -> None:
    served = Served(per_second=2.0)
    found, _, took, _ = drawn(served, 100)
    assert all(isinstance(draw, Draw) for draw in found)
    assert served.refused <= 6  # the first calls know of nothing yet
    assert took < 100 / 2 * 1.3


def test_a_run_pauses_while_its_server_is_down_and_loses_nothing() -> None:
    served = Served(down=(10.0, 130.0))
    found, draws, took, events = drawn(served, 600)
    assert all(isinstance(draw, Draw) for draw in found)
    assert 130 < took < 175
    during = [at for at in served.seen if 15 < at < 130]
    assert 4 <= len(during) <= 12  # one call at a time tries it
    kinds = [event.kind for event in events]
    assert "pause" in kinds and kinds.index("resume") > kinds.index("pause") and "fail" not in kinds
    assert draws.paid.faults < 80


def test_a_server_that_stays_down_is_given_up_once() -> None:
    served = Served(down=(10.0, 1e9))
    found, _, took, _ = drawn(served, 2000, model=replace(MODEL, settings=(("patience", 60.0),)))
    lost = [draw for draw in found if isinstance(draw, BackendFault)]
    assert 0 < len(lost) < 2000 and {one.kind for one in lost} == {"unreachable"}
    assert 70 < took < 140
    assert len([at for at in served.seen if at > 15]) < 12


def test_a_server_that_never_answered_fails_soon() -> None:
    served = Served(down=(0.0, 1e9))
    found, draws, took, _ = drawn(served, 500)
    assert all(isinstance(draw, BackendFault) for draw in found)
    assert took < 20 and draws.paid.calls <= START * 5


@pytest.mark.parametrize("first", [0, 1])
def test_requests_that_always_fail_do_not_keep_a_server_from_being_found_up(first: int) -> None:
    class Poisoned(Served):
        async def generate(self, request: Request) -> Reply:
            assert request.seed is not None
            number = seeds.setdefault(request.seed, len(seeds))
            if first <= number < first + 8:
                raise fault("overloaded")
            return await Served.generate(self, request)

    seeds: dict[int, int] = {}
    found, draws, took, _ = drawn(Poisoned(), 600)
    lost = [draw for draw in found if isinstance(draw, BackendFault)]
    assert len(lost) <= 8 and draws.paid.calls < 600 + 8 * 30 and took < 600


def test_a_long_wait_is_a_spent_quota_and_nobody_calls_again() -> None:
    served = Served(limit=3, retry_after=6 * 3600.0)
    found, _, took, _ = drawn(served, 100)
    lost = [draw for draw in found if isinstance(draw, BackendFault)]
    assert {one.kind for one in lost} == {"quota-spent"} and len(found) - len(lost) == 3
    assert "6.0 hours" in lost[0].message
    assert took < 2 and len(served.seen) <= START


def test_a_refusal_uses_up_no_try_but_where_none_are_wanted() -> None:
    class Refusing(Served):
        async def generate(self, request: Request) -> Reply:
            self.seen.append(self.now)
            if len(self.seen) <= 9:
                raise fault(retry_after=1.0)
            self.latency = 0.0
            return await super().generate(request)

    found, draws, _, _ = drawn(Refusing(), 1)
    assert isinstance(found[0], Draw) and draws.paid.calls == 10
    found, _, _, _ = drawn(Refusing(), 1, retries=0)
    assert isinstance(found[0], BackendFault)


def test_a_server_that_only_sends_rubbish_is_not_asked_four_times_more_by_each() -> None:
    class Rubbish(Served):
        async def generate(self, request: Request) -> Reply:
            self.seen.append(self.now)
            raise fault("malformed-reply")

    served = Rubbish()
    drawn(served, 200)
    assert len(served.seen) < 200 + 60


def test_a_turn_that_is_cancelled_is_given_back() -> None:
    async def work() -> None:
        limiter = Limiter(1)
        first = await limiter.start(limiter.ticket())
        waiting = [asyncio.create_task(limiter.start(limiter.ticket())) for _ in range(3)]
        await asyncio.sleep(0)
        limiter.end(first)  # the turn of the first of them
        waiting[0].cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert waiting[1].done() and limiter.in_flight == 1
        waiting[2].cancel()
        await limiter.aclose()

    run(work, Schedule("instant", 0))
