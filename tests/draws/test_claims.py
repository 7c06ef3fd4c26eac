"""Claims: random interleavings of several runs on one store, with owners that die and a clock that jumps."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ilang.base.diagnostic import IlangError
from ilang.draws.address import Address
from ilang.draws.batch import Draws
from ilang.draws.claim_file import FILE, OWNER, ClaimFile
from ilang.draws.claims import LEASE, Claims, Shared
from ilang.draws.disk_store import open_store
from ilang.draws.memory_store import MemoryClaims, MemoryStore
from tests.draws.bench import Bench, ask, texts, until
from tests.draws.store_laws import KEYS

PLACES = [Address(KEYS[0], index) for index in range(3)]
RUNS = 3
some = st.lists(st.sampled_from(PLACES), min_size=1, unique=True)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.integers(0, RUNS - 1), some),
        st.tuples(st.just("release"), st.integers(0, RUNS - 1), some),
        st.tuples(st.just("renew"), st.integers(0, RUNS - 1), st.just([])),
        st.tuples(st.just("close"), st.integers(0, RUNS - 1), st.just([])),
        st.tuples(st.just("die"), st.integers(0, RUNS - 1), st.just([])),
        st.tuples(st.just("wait"), st.sampled_from([1, 25, 59, 61]), st.just([])),
    ),
    max_size=14,
)


@contextmanager
def shared(kind: str) -> Iterator[Shared]:
    if kind == "memory":
        yield MemoryStore()
        return
    with tempfile.TemporaryDirectory() as place:
        store = open_store(Path(place) / "draws")
        yield store
        store.close()


def die(claims: Claims) -> bool:
    """End as a killed process does: nothing is given back, and the kernel takes the lock. Whether that is known at once."""
    if isinstance(claims, MemoryClaims):
        return False
    assert isinstance(claims, ClaimFile)
    if claims._con is not None:
        claims._con.close()
        os.close(claims._lock)
    return True


@pytest.mark.parametrize("kind", ["memory", "disk"])
@given(steps)
@example(  # one that is late loses what another asks for, and nothing else
    [
        ("claim", 0, PLACES[:2]),
        ("wait", 61, []),
        ("claim", 1, PLACES[:1]),
        ("renew", 0, []),
        ("claim", 1, PLACES[:2]),
        ("release", 0, PLACES),
        ("claim", 2, PLACES),
    ]
)
@settings(max_examples=200, deadline=None)
def test_nobody_holds_what_another_holds(kind: str, told: list[tuple[str, int, list[Address]]]) -> None:
    """Against a model of the law: one holder for an address, until it gives it back, dies, or its lease ends."""
    with shared(kind) as store:
        runs = [store.claims() for _ in range(RUNS)]
        held: dict[Address, int] = {}
        leases = [0.0] * RUNS
        names = list(range(RUNS))  # a run that died is followed by another of a new name
        until_of: dict[int, float] = {}
        now = 1000.0
        for word, at, places in told:
            if word == "wait":
                now += at
                continue
            run, name = runs[at], names[at]
            match word:
                case "claim":
                    for place in places:
                        holder = held.get(place)
                        if holder is None or (until_of.get(holder, 0.0) <= now and holder != name):
                            held[place] = name
                    until_of[name] = now + LEASE
                    assert run.claim(places, now) == {place for place in places if held[place] == name}
                case "release":
                    run.release(places)
                    held = {p: n for p, n in held.items() if n != name or p not in places}
                case "renew":
                    run.renew(now)
                    until_of[name] = now + LEASE
                case "close":
                    run.close()
                    held = {p: n for p, n in held.items() if n != name}
                case "die":
                    if die(run):
                        held = {p: n for p, n in held.items() if n != name}
                    runs[at] = store.claims()
                    names[at] = max(names) + 1 + len(leases)
                    leases.append(0.0)
        for run in runs:
            run.close()


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    one, other = store.claims(), store.claims()
    assert one.claim(PLACES, 1.0) == set(PLACES) and other.claim(PLACES, 1.0) == set()
    assert len(list(tmp_path.glob(OWNER + "*"))) == 2 or not other.claim(PLACES, 1.0)
    one.close()
    assert other.claim(PLACES, 1.0) == set(PLACES)
    other.close()
    assert not list(tmp_path.glob(OWNER + "*"))
    with sqlite3.connect(tmp_path / FILE) as con:
        assert con.execute("SELECT (SELECT COUNT(*) FROM Claims) + (SELECT COUNT(*) FROM Owners)").fetchone() == (0,)
    con.close()
    store.close()


def test_a_damaged_file_of_claims_is_begun_anew(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    (tmp_path / FILE).write_bytes(b"this is no database " * 1000)
    claims = store.claims()
    assert claims.claim(PLACES, 1.0) == set(PLACES)
    claims.close()
    store.close()


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    store = open_store(tmp_path, patience=0.05)
    (tmp_path / FILE).mkdir()
    with pytest.raises(IlangError) as caught:
        store.claims().claim(PLACES, 1.0)
    assert caught.value.diagnostics[0].code == "store-read-only"
    store.close()


@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_two_runs_draw_each_address_once(kind: str) -> None:
    with shared(kind) as store:

        async def both() -> None:
            bench, gate = Bench(), asyncio.Event()
            bench.gate = gate
            one, two = (Draws(store, find=bench.find) for _ in range(2))  # type: ignore[arg-type]
            first = asyncio.create_task(texts(one, ask(), range(4)))
            await until(lambda: len(bench.sent) == 4)
            second = asyncio.create_task(texts(two, ask(), range(6)))
            await until(lambda: len(bench.sent) == 6)  # the two that the first does not draw go out at once
            await asyncio.sleep(0.1)
            assert not second.done() and len(bench.sent) == 6
            gate.set()
            assert (await second)[:4] == await first
            assert len(bench.sent) == 6 and (two.hits, two.misses, two.paid.calls) == (4, 2, 2)
            await one.aclose()
            await two.aclose()

        asyncio.run(both())


@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_what_a_run_gives_up_is_drawn_by_the_one_that_waits(kind: str) -> None:
    with shared(kind) as store:

        async def both() -> None:
            stuck, quick = Bench(delay=lambda: 3600.0), Bench()
            one, two = (Draws(store, find=bench.find) for bench in (stuck, quick))  # type: ignore[arg-type]
            first = asyncio.create_task(texts(one, ask(), range(2)))
            await until(lambda: len(stuck.sent) == 2)
            second = asyncio.create_task(texts(two, ask(), range(2)))
            await asyncio.sleep(0.1)
            assert not quick.sent
            first.cancel()
            assert len(await asyncio.wait_for(second, 5)) == 2 and len(quick.sent) == 2
            await one.aclose()
            await two.aclose()

        asyncio.run(both())
