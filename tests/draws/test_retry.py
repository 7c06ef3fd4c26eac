"""Retries: when, how often, how long; on a clock that only jumps."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilang.backend.protocol import BackendFault
from ilang.draws.clock import Clock
from ilang.draws.retry import Retry
from tests.draws.bench import JumpingClock


def overloaded(retry_after: float | None = None) -> BackendFault:
    """A fault that may pass."""
    return BackendFault("overloaded", "too much", retry=True, retry_after=retry_after)


def tried(retry: Retry, *faults: Exception) -> tuple[object, int]:
    """What comes of a call that fails so, and how often it was tried."""
    left = list(faults)
    tries = 0

    async def attempt() -> str:
        nonlocal tries
        tries += 1
        if left:
            raise left.pop(0)
        return "reply"

    try:
        return asyncio.run(retry.call(attempt)), tries
    except Exception as error:
        return error, tries


def test_waits_grow_and_are_random_from_0_to_the_top() -> None:
    for chance in (0.0, 0.5, 0.999):
        jumping = JumpingClock(chance)
        assert tried(Retry(clock=jumping.clock), *[overloaded() for _ in range(4)]) == ("reply", 5)
        assert jumping.slept == [chance * top for top in (0.5, 1.0, 2.0, 4.0)]


def test_it_gives_up_with_the_last_fault() -> None:
    jumping = JumpingClock()
    faults = [overloaded() for _ in range(9)]
    assert tried(Retry(clock=jumping.clock), *faults) == (faults[4], 5)
    assert tried(Retry(retries=0, clock=jumping.clock), *faults) == (faults[0], 1)
    assert len(jumping.slept) == 4


def test_a_wait_that_the_server_names_is_kept_up_to_a_minute() -> None:
    jumping = JumpingClock(chance=0.5)
    faults = overloaded(7.0), overloaded(3600.0), overloaded(0.0), overloaded(-5.0)
    assert tried(Retry(clock=jumping.clock), *faults) == ("reply", 5)
    assert jumping.slept == [7.25, 60.25, 0.25, 0.25]


@pytest.mark.parametrize("error", [BackendFault("bad-request", "no"), ValueError("a bug"), KeyError("x")])
def test_nothing_else_is_tried_again(error: Exception) -> None:
    jumping = JumpingClock()
    assert tried(Retry(clock=jumping.clock), error) == (error, 1)
    assert jumping.slept == []


@given(st.integers(0, 5000), st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 1e9))
def test_a_wait_is_never_longer_than_the_cap(failed: int, chance: float, retry_after: float | None) -> None:
    if failed > 1000 and retry_after is None:
        failed = 1000
    retry = Retry(clock=Clock(chance=lambda: chance))
    wait = retry.wait(failed, overloaded(retry_after))
    if retry_after is None:
        assert 0 <= wait <= retry.cap
    else:
        assert min(retry_after, retry.longest) <= wait <= retry.longest + retry.base


def test_each_retry_is_told() -> None:
    told: list[tuple[str, float]] = []
    jumping = JumpingClock()
    left = [overloaded(1.0), overloaded(2.0)]

    async def attempt() -> None:
        if left:
            raise left.pop(0)

    retry = Retry(clock=jumping.clock)
    asyncio.run(retry.call(attempt, lambda fault, wait: told.append((fault.kind, wait))))
    assert told == [("overloaded", 1.25), ("overloaded", 2.25)]
