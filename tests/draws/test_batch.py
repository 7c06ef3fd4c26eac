"""From asks to draws: what is paid, what is shared, what is kept, whatever the order and the delays."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import BackendFault
from ilang.backend.request import Request
from ilang.base.diagnostic import IlangError
from ilang.base.value import Model
from ilang.draws import problem
from ilang.draws.address import Address, provider_seed
from ilang.draws.batch import Draws
from ilang.draws.draw import Ask, Draw
from ilang.draws.entry import Entry
from ilang.draws.event import Event
from ilang.draws.memory_store import MemoryStore
from ilang.draws.meter import Paid
from ilang.draws.store import Store
from tests.draws.bench import (
    MODEL,
    SEEDED,
    VLLM,
    WIDE,
    Bench,
    JumpingClock,
    ask,
    first_quick,
    random_delay,
    turns,
    until,
)


def drawing(bench: Bench, store: Store | None = None, **options: Any) -> Draws:
    """Draws from this bench."""
    return Draws(store or MemoryStore(), find=bench.find, **options)


def once(
    bench: Bench, asks: Sequence[tuple[Ask, int]], store: Store | None = None, **options: Any
) -> tuple[list[Draw | BackendFault], Draws]:
    """A whole run that asks for these at once."""

    async def run() -> tuple[list[Draw | BackendFault], Draws]:
        draws = drawing(bench, store, **options)
        try:
            return await draws.draw_many(asks), draws
        finally:
            await draws.aclose()

    return asyncio.run(run())


def row(count: int, text: str = "2 + 2?") -> list[tuple[Ask, int]]:
    """Draws 0 to count of one request."""
    return [(ask(text), index) for index in range(count)]


def said(found: Sequence[Draw | BackendFault]) -> list[str]:
    """The texts, none of them a fault."""
    assert not any(isinstance(draw, BackendFault) for draw in found), found
    return [draw.text for draw in found if isinstance(draw, Draw)]


def opened(bench: Bench) -> asyncio.Event:
    """The gate of a bench that has one."""
    assert bench.gate is not None
    return bench.gate


# -- the laws of addresses


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), min_size=1, max_size=30),
    st.lists(st.integers(1, 6), min_size=1, max_size=8),
    st.sampled_from([SEEDED, VLLM, replace(VLLM, max_n=2), Capabilities(n=True, seed=True, max_n=3)]),
    st.integers(1, 5),
    st.integers(0, 2**20),
)
def test_a_draw_is_the_same_whatever_the_order(
    wanted: list[tuple[str, int]], sizes: list[int], able: Capabilities, concurrency: int, chance: int
) -> None:
    """Asked in groups at random times by tasks of their own, over one store, then all over again at once."""
    store = MemoryStore()
    bench = Bench(able, random_delay(chance))

    async def run() -> dict[tuple[str, int], set[str]]:
        draws = drawing(bench, store, concurrency=concurrency)
        seen: dict[tuple[str, int], set[str]] = {}
        later = random_delay(chance + 1)

        async def part(group: list[tuple[str, int]]) -> None:
            await asyncio.sleep(later())
            found = await draws.draw_many([(ask(text), index) for text, index in group])
            for pair, text in zip(group, said(found), strict=True):
                seen.setdefault(pair, set()).add(text)

        groups, at = [], 0
        for turn in range(len(wanted)):
            groups.append(wanted[at : at + sizes[turn % len(sizes)]])
            at += len(groups[-1])
        await asyncio.gather(*(part(group) for group in groups))
        await draws.aclose()
        assert draws.hits + draws.misses + draws.shared == len(wanted)
        return seen

    seen = asyncio.run(run())
    assert all(len(answers) == 1 for answers in seen.values())
    assert sum(request.n for request in bench.answered) == len(set(wanted)) == store.info().entries

    again, draws = once(bench, [(ask(text), index) for text, index in wanted], store)
    assert [{text} for text in said(again)] == [seen[pair] for pair in wanted]
    assert draws.paid == Paid()

    if able.child_seeds or not able.n:  # then the model alone decides, store or no store
        fresh, _ = once(Bench(able), [(ask(text), index) for text, index in wanted])
        assert said(fresh) == said(again)


def test_growing_n_pays_for_what_is_new() -> None:
    store, bench = MemoryStore(), Bench()
    first, draws = once(bench, row(8), store)
    assert draws.paid.calls == 8 and len(set(said(first))) == 8
    more, draws = once(bench, row(16), store)
    assert (draws.paid.calls, draws.hits, draws.misses) == (8, 8, 8)
    assert said(more)[:8] == said(first)
    _, draws = once(bench, row(16), store)
    assert draws.paid == Paid() and draws.hits == 16


def test_another_seed_draws_anew() -> None:
    store, bench = MemoryStore(), Bench()
    first, _ = once(bench, row(4), store, seed=0)
    other, draws = once(bench, row(4), store, seed=1)
    assert draws.paid.draws == 4 and not set(said(first)) & set(said(other))


# -- calls


def test_equal_requests_are_one_call() -> None:
    bench = Bench(WIDE)
    _, draws = once(bench, [*row(16), *row(4, "3 + 3?")])
    assert sorted(request.n for request in bench.sent) == [4, 16]
    assert draws.paid == Paid(calls=2, draws=20, input_tokens=20, cached_tokens=8, output_tokens=60)


def test_those_who_come_in_one_turn_go_out_together() -> None:
    bench = Bench(WIDE)

    async def run() -> list[Draw]:
        draws = drawing(bench)
        found = await asyncio.gather(*(draws.draw(ask(), index) for index in (4, 0, 2)))
        await draws.aclose()
        return found

    found = asyncio.run(run())
    assert [request.n for request in bench.sent] == [3]
    assert [draw.text for draw in found] == [f"2 + 2? #1.{j}" for j in range(3)]


def test_equal_requests_of_two_prompts_are_one_request() -> None:
    bench, store = Bench(WIDE), MemoryStore()
    once(bench, [(ask(prompt="solve"), 0), (ask(prompt="check"), 1)], store)
    assert [request.n for request in bench.sent] == [2]
    assert [entry.prompt for _, entry in store.entries()] == ["solve", "check"]


def test_seeds_are_base_plus_index() -> None:
    bench = Bench(SEEDED)
    _, draws = once(bench, row(3))
    key = draws.book.key(ask())
    assert [request.seed for request in bench.sent] == [provider_seed(key, index) for index in range(3)]
    wide = Bench(VLLM)
    found, _ = once(wide, row(3))
    assert [(request.n, request.seed) for request in wide.sent] == [(3, provider_seed(key, 0))]
    assert said(found) == [f"2 + 2? @{provider_seed(key, index)}" for index in range(3)]


def test_no_more_calls_than_allowed_are_in_flight_and_they_go_in_order() -> None:
    bench = Bench(SEEDED, lambda: 0.001)
    once(bench, row(30), concurrency=4)
    assert bench.most_in_flight == 4
    seeds = [request.seed for request in bench.sent]
    assert seeds == sorted(seeds, key=lambda seed: seed or 0)


def test_a_model_is_opened_once_and_only_when_needed() -> None:
    bench, store = Bench(), MemoryStore()
    models = [replace(MODEL, settings=(("temperature", t),)) for t in (0.1, 0.2)]
    base = [(ask(model=model, temperature=t), 0) for model, t in zip(models, (0.1, 0.2), strict=True)]
    far = ask(model=replace(MODEL, settings=(("base_url", "x"),)))
    once(bench, [*base, (far, 0)], store)
    assert len(bench.opened) == 2 == bench.closed
    assert bench.asked.count("identity") == 3
    once(bench, base, store)
    assert len(bench.opened) == 2


def test_those_who_come_while_a_model_is_opened_wait_for_it() -> None:
    async def run() -> None:
        gate = asyncio.Event()

        class Slow(Bench):
            async def open(self, model: Model) -> Any:
                await gate.wait()
                return await super().open(model)

        bench = Slow()
        draws = drawing(bench)
        tasks = []
        for index in range(3):
            tasks.append(asyncio.create_task(draws.draw(ask(), index)))
            await turns()
        tasks.pop(0).cancel()
        await turns()
        gate.set()
        await asyncio.gather(*tasks)
        assert len(bench.opened) == 1 and len(bench.sent) == 2
        await draws.aclose()

    asyncio.run(run())


def test_what_is_kept_with_a_draw() -> None:
    bench, store = Bench(), MemoryStore()
    clock = JumpingClock()
    _, draws = once(bench, row(1), store, clock=clock.clock)
    ((address, entry),) = store.entries()
    assert address == draws.book.address(ask(), 0)
    assert (entry.prompt, entry.label, entry.provider, entry.asked) == ("solve", "solver", "bench", "m-1")
    assert entry.stored == 1_000_000.0 and entry.source == "bench:m-1"
    assert entry.parts == draws.book.parts(ask(), address.key) and len(entry.parts) == 5
    assert entry.draw.model == "m-1-2026" and entry.draw.input_tokens == 10 and entry.draw.output_tokens == 3


def test_one_address_twice_is_drawn_once() -> None:
    bench = Bench()
    found, draws = once(bench, [(ask(), 0), (ask(), 0), (ask(prompt="other"), 0)])
    assert len(bench.sent) == 1 and len(set(said(found))) == 1
    assert (draws.hits, draws.misses, draws.shared) == (0, 1, 2)


def test_many_are_looked_up_without_holding_the_loop() -> None:
    store, bench = MemoryStore(), Bench(WIDE)
    found, _ = once(bench, row(1000), store)
    assert [request.n for request in bench.sent] == [1000]
    again, draws = once(bench, row(1000), store)
    assert again == found and draws.hits == 1000


# -- faults


def fault(kind: Any = "overloaded", retry: bool = False, retry_after: float | None = None) -> BackendFault:
    return BackendFault(kind, "no", retry=retry, retry_after=retry_after)


def test_a_fault_fails_its_own_draws_only_and_is_not_stored() -> None:
    store = MemoryStore()
    refused = fault("bad-request")
    bench = Bench(trouble=lambda request, before: refused if request.messages[0].content == "bad" else None)
    found, draws = once(bench, [(ask("good"), 0), (ask("bad"), 0), (ask("good"), 1)], store)
    assert found[1] is refused and said([found[0], found[2]])
    assert store.info().entries == 2
    assert (draws.paid.calls, draws.paid.faults, draws.paid.draws, draws.paid.input_tokens) == (3, 1, 2, 20)
    with pytest.raises(BackendFault):

        async def run() -> None:
            await drawing(bench).draw(ask("bad"), 0)

        asyncio.run(run())
    bench.trouble = lambda request, before: None
    _, draws = once(bench, [(ask("bad"), 0)], store)
    assert draws.paid.calls == 1  # the next run asks again


def test_faults_that_may_pass_are_retried_and_counted() -> None:
    clock = JumpingClock(chance=0.0)
    bench = Bench(trouble=lambda request, before: fault(retry=True, retry_after=9.0) if before < 3 else None)
    found, draws = once(bench, row(1), clock=clock.clock)
    assert said(found) and clock.slept == [9.0, 9.0, 9.0]
    assert draws.paid == Paid(4, 1, 10, 4, 3, faults=3, retries=3)
    bench = Bench(trouble=lambda request, before: fault(retry=True))
    (left,), draws = once(bench, row(1), clock=clock.clock, retries=2)
    assert isinstance(left, BackendFault) and len(bench.sent) == 3
    assert draws.paid == Paid(calls=3, faults=3, retries=2)


def test_a_call_more_is_made_only_where_it_may_be() -> None:
    """`spare`: what a budget is asked before a try again, and before a call for what a short reply left out."""
    asked: list[tuple[str, int | None]] = []

    def twice(asking: Ask, model: Model, prompt: int | None) -> bool:
        asked.append((model.id, prompt))
        return len(asked) <= 2

    clock = JumpingClock(chance=0.0)
    bench = Bench(trouble=lambda request, before: fault(retry=True))
    (left,), draws = once(bench, row(1), clock=clock.clock, retries=9, spare=twice)
    assert isinstance(left, BackendFault) and "the budget has no room for another try" in left.message
    assert asked == [("m-1", 0)] * 3 and draws.paid.calls == 3
    asked.clear()
    bench = Bench(VLLM, shorten=lambda n: max(1, n // 2))
    found, draws = once(bench, row(8), spare=twice)
    assert [request.n for request in bench.sent] == [8, 4, 2]
    assert asked == [("m-1", 10)] * 3 and [isinstance(one, Draw) for one in found] == [True] * 7 + [False]


def test_within_a_run_a_fault_is_not_remembered_and_a_draw_is_found_again() -> None:
    async def run() -> None:
        bench = Bench(trouble=lambda request, before: fault() if before == 0 else None)
        draws = drawing(bench)
        with pytest.raises(BackendFault):
            await draws.draw(ask(), 0)
        first = await draws.draw(ask(), 0)
        assert await draws.draw(ask(), 0) == first
        assert (draws.misses, draws.hits, draws.shared, len(bench.sent)) == (2, 1, 0, 2)
        await draws.aclose()

    asyncio.run(run())


def test_a_bug_in_a_backend_is_a_fault_of_its_draws() -> None:
    class Broken(Bench):
        def texts(self, request: Request) -> list[str]:
            raise ZeroDivisionError("oh")

    (left,), draws = once(Broken(), row(1))
    assert isinstance(left, BackendFault) and left.kind == "malformed-reply"
    assert "ZeroDivisionError: oh" in left.message and isinstance(left.__cause__, ZeroDivisionError)
    assert draws.paid == Paid(calls=1, faults=1)


def test_a_model_that_cannot_be_opened() -> None:
    class Shut(Bench):
        tries = 0

        async def open(self, model: Model) -> Any:
            self.tries += 1
            raise fault("unreachable", retry=True) if self.tries < 3 else fault("unset-key")

    bench = Shut()
    found, draws = once(bench, row(5), clock=JumpingClock().clock)
    assert [f.kind for f in found if isinstance(f, BackendFault)] == ["unset-key"] * 5
    assert bench.tries == 3 and draws.paid == Paid(retries=2)


def test_a_provider_that_is_not_there() -> None:
    bench = Bench()
    model = Model("bensch", "m")
    (left, good), _ = once(bench, [(ask(model=model), 0), (ask(), 0)])
    assert isinstance(left, BackendFault) and left.kind == "no-such-model" and "`bensch`" in left.message
    assert isinstance(good, Draw)


def test_too_few_choices_are_asked_for_again() -> None:
    bench = Bench(VLLM, shorten=lambda n: max(1, n // 2))
    found, draws = once(bench, row(8))
    key = draws.book.key(ask())
    assert said(found) == [f"2 + 2? @{provider_seed(key, index)}" for index in range(8)]
    assert [request.n for request in bench.sent] == [8, 4, 2, 1]
    assert draws.paid.draws == 8


def test_but_not_for_ever() -> None:
    store = MemoryStore()
    bench = Bench(WIDE, shorten=lambda n: 1 if n == 8 else 0)
    found, draws = once(bench, row(8), store)
    assert isinstance(found[0], Draw) and store.info().entries == 1
    assert {f.kind for f in found[1:] if isinstance(f, BackendFault)} == {"malformed-reply"}
    assert draws.paid.calls == 4


# -- the store


class Recording(MemoryStore):
    """Remembers the sizes of what was put, and can be made to fail or to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.puts: list[int] = []
        self.failing: IlangError | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = False

    def put_many(self, entries: Sequence[tuple[Address, Entry]]) -> list[Entry]:
        self.waiting = True
        assert self.gate.wait(10)
        if self.failing:
            raise self.failing
        self.puts.append(len(entries))
        return super().put_many(entries)


def test_nobody_learns_of_a_draw_before_it_is_durable() -> None:
    async def run() -> None:
        store, bench = Recording(), Bench()
        store.gate.clear()
        draws = drawing(bench, store)
        waiting = asyncio.create_task(draws.draw(ask(), 0))
        await until(lambda: bool(bench.answered))
        await asyncio.sleep(0.02)
        assert not waiting.done()
        another = asyncio.create_task(draws.draw(ask(), 0))  # on its way to the disk: not drawn again
        await turns()
        store.gate.set()
        assert await waiting == await another
        assert len(bench.sent) == 1
        await draws.aclose()

    asyncio.run(run())


def test_replies_that_come_during_a_commit_go_into_one() -> None:
    async def run() -> None:
        store, bench = Recording(), Bench()
        draws = drawing(bench, store)
        store.gate.clear()
        first = asyncio.create_task(draws.draw(ask(), 0))
        await until(lambda: store.waiting)
        others = asyncio.create_task(draws.draw_many(row(20, "other")))
        await until(lambda: len(bench.answered) == 21)
        await turns()
        store.gate.set()
        await first
        await others
        assert store.puts == [1, 20]
        await draws.aclose()

    asyncio.run(run())


def test_the_draw_that_was_stored_first_is_the_one_that_is_given() -> None:
    class Late(MemoryStore):
        """Another process stores index 0 while we draw it."""

        def put_many(self, entries: Sequence[tuple[Address, Entry]]) -> list[Entry]:
            other = [(a, changed(e, draw=changed(e.draw, text="theirs"))) for a, e in entries if a.index == 0]
            super().put_many(other)
            return super().put_many(entries)

    found, draws = once(Bench(), row(2), Late())
    assert said(found)[0] == "theirs" and said(found)[1].startswith("2 + 2?")
    assert draws.paid.draws == 2


def test_a_full_store_is_told_and_nothing_more_is_paid() -> None:
    async def run() -> None:
        store, bench = Recording(), Bench(SEEDED, lambda: 0.001)
        store.failing = problem.full("here", "no room")
        draws = drawing(bench, store, concurrency=2)
        with pytest.raises(IlangError) as caught:
            await draws.draw_many(row(50))
        assert caught.value.diagnostics[0].code == "store-full"
        assert len(bench.sent) < 10
        before = len(bench.sent)
        with pytest.raises(IlangError):
            await draws.draw(ask("new"), 0)
        assert len(bench.sent) == before
        await draws.aclose()

    asyncio.run(run())


def test_a_store_that_cannot_be_read_is_told() -> None:
    class Unreadable(MemoryStore):
        times = 0

        def get_many(self, addresses: Sequence[Address]) -> Any:
            self.times += 1
            if self.times == 1:
                raise problem.locked("here", 60)
            return super().get_many(addresses)

    async def run() -> None:
        bench = Bench()
        draws = drawing(bench, Unreadable())
        with pytest.raises(IlangError):
            await draws.draw_many(row(3))
        assert not bench.sent
        assert said(await draws.draw_many(row(3)))
        await draws.aclose()

    asyncio.run(run())


# -- cancelling


def test_what_finished_is_kept_when_the_rest_is_cancelled() -> None:
    class Slow(MemoryStore):
        def put_many(self, entries: Sequence[tuple[Address, Entry]]) -> list[Entry]:
            time.sleep(0.02)
            return super().put_many(entries)

    store = Slow()
    bench = Bench(SEEDED, first_quick(15))

    async def run() -> None:
        draws = drawing(bench, store)
        work = asyncio.create_task(draws.draw_many(row(40)))
        await asyncio.sleep(0.025)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        await draws.aclose()

        assert 0 < store.info().entries == len(bench.answered) < 40 and bench.in_flight == 0

    asyncio.run(run())
    there = store.info().entries
    _, draws = once(Bench(), row(40), store)
    assert draws.paid.calls == 40 - there


def test_also_without_closing() -> None:
    """As when the loop just ends: what was handed to the writer is written by its thread."""
    store, bench = Recording(), Bench()

    async def run() -> None:
        store.gate.clear()
        draws = drawing(bench, store)
        work = asyncio.create_task(draws.draw_many(row(3)))
        await until(lambda: len(bench.answered) == 3)
        work.cancel()

    asyncio.run(run())
    store.gate.set()
    for _ in range(200):
        if store.info().entries == 3:
            break
        threading.Event().wait(0.01)
    assert store.info().entries == 3


def test_one_who_leaves_does_not_take_it_from_the_others() -> None:
    async def run() -> None:
        bench = Bench(gate=asyncio.Event())
        draws = drawing(bench)
        stays, leaves = (asyncio.create_task(draws.draw(ask(), 0)) for _ in range(2))
        await until(lambda: bench.in_flight == 1)
        leaves.cancel()
        await turns()
        opened(bench).set()
        assert isinstance(await stays, Draw)
        assert leaves.cancelled() and len(bench.sent) == 1 == len(bench.answered)
        await draws.aclose()

    asyncio.run(run())


def test_a_call_for_nobody_is_cancelled_and_can_be_asked_for_anew() -> None:
    async def run() -> None:
        bench = Bench(VLLM, gate=asyncio.Event())
        draws = drawing(bench)
        one, two = (asyncio.create_task(draws.draw(ask(), index)) for index in range(2))
        await until(lambda: bench.in_flight == 1)
        one.cancel()
        await turns()
        assert bench.in_flight == 1  # two still wants its half
        two.cancel()
        anew = asyncio.create_task(draws.draw(ask(), 0))
        await until(lambda: len(bench.sent) == 2 and bench.in_flight == 1)
        opened(bench).set()
        assert isinstance(await anew, Draw)
        assert len(bench.sent) == 2 and len(bench.answered) == 1 and bench.in_flight == 0
        await draws.aclose()

    asyncio.run(run())


def test_those_who_leave_the_queue_are_not_drawn_and_spoil_nothing() -> None:
    async def run() -> None:
        bench = Bench(VLLM, gate=asyncio.Event())
        draws = drawing(bench, concurrency=1)
        first = asyncio.create_task(draws.draw(ask("first"), 0))
        await until(lambda: bench.in_flight == 1)
        tasks = [asyncio.create_task(draws.draw(ask(), index)) for index in range(4)]
        await turns()
        tasks[1].cancel()  # leaves a hole, so that 0 and 2..3 need a call each
        await turns()
        gate = opened(bench)
        bench.gate = asyncio.Event()
        gate.set()
        await first
        await until(lambda: len(bench.sent) == 2)
        tasks[0].cancel()  # its call is for nobody now; the others of its turn are not lost
        await turns()
        opened(bench).set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert [task.cancelled() for task in tasks] == [True, True, False, False]
        assert [request.n for request in bench.sent] == [1, 1, 2]
        key = draws.book.key(ask())
        assert (await tasks[2]).text == f"2 + 2? @{provider_seed(key, 2)}"
        await draws.aclose()

    asyncio.run(run())


def test_one_who_leaves_the_queue_does_not_take_it_from_the_others() -> None:
    async def run() -> None:
        bench = Bench(gate=asyncio.Event())
        draws = drawing(bench, concurrency=1)
        first = asyncio.create_task(draws.draw(ask("first"), 0))
        await until(lambda: bench.in_flight == 1)
        stays, leaves = (asyncio.create_task(draws.draw(ask(), 0)) for _ in range(2))
        await turns()
        leaves.cancel()
        await turns()
        opened(bench).set()
        await asyncio.gather(first, stays)
        assert draws.paid.draws == 2
        await draws.aclose()

    asyncio.run(run())


def test_closing_twice_and_closing_what_was_never_used() -> None:
    async def run() -> None:
        bench = Bench()
        draws = drawing(bench)
        await draws.aclose()
        await draws.draw(ask(), 0)
        await draws.aclose()
        await draws.aclose()
        assert bench.closed == 1

    asyncio.run(run())


# -- what is told


def test_events() -> None:
    events: list[Event] = []
    store = MemoryStore()
    clock = JumpingClock(chance=0.0)
    bench = Bench(trouble=lambda request, before: fault(retry=True, retry_after=2.0) if before == 0 else None)
    once(bench, row(1), store, on_event=events.append, clock=clock.clock)
    once(bench, row(1), store, on_event=events.append)
    bench.trouble = lambda request, before: fault("bad-request")
    once(bench, [(ask(), 1)], store, on_event=events.append)
    kinds = [(event.kind, event.index) for event in events]
    assert kinds == [("start", 0), ("retry", 0), ("finish", 0), ("hit", 0), ("start", 1), ("fail", 1)]
    assert events[1].wait == 2.0 and events[1].fault is not None
    assert events[2].draw == events[3].draw and events[2].draw is not None


def test_the_bill_is_kept_by_model() -> None:
    bench = Bench()
    other = replace(MODEL, id="m-2")
    _, draws = once(bench, [*row(2), (ask(model=other), 0)])
    assert draws.meter.by_model == {MODEL: Paid(2, 2, 20, 8, 6), other: Paid(1, 1, 10, 4, 3)}
    assert draws.paid == Paid(3, 3, 30, 12, 9)


def test_a_reply_with_more_than_asked_is_billed_whole() -> None:
    class Generous(Bench):
        def texts(self, request: Request) -> list[str]:
            return ["a", "b", "c"]

    found, draws = once(Generous(shorten=lambda n: 3), row(1))
    assert said(found) == ["a"] and draws.paid.draws == 3 and draws.paid.output_tokens == 9
