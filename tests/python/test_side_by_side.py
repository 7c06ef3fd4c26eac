"""Async functions are awaited side by side, slow ones run in worker threads: the event loop stays free."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

import ilang
from ilang.draws.memory_store import MemoryStore

PYTHON = """
import asyncio, time

def slow(x: float) -> float:
    time.sleep(0.3)
    return x

async def slow_async(x: float) -> float:
    await asyncio.sleep(0.3)
    return x

def gives_a_coroutine(x: float):
    return slow_async(x)

def slow_to_read(text: str) -> float:
    time.sleep(0.3)
    return float(len(text))
"""
PROGRAM = '''
use python slow, slow_async, gives_a_coroutine, slow_to_read from "checks.py"
prompt read_slowly(q: text) -> number { user """{{q}}""" answer slow_to_read }
pipeline sync() -> list[number] { [1, 2, 3, 4] | each(slow(it)) }
pipeline awaited() -> list[number] { [1, 2, 3, 4] | each(slow_async(it)) }
pipeline late() -> list[number] { [1, 2, 3, 4] | each(gives_a_coroutine(it)) }
pipeline parsed() -> list[number] { read_slowly("What is 1 + 1?") | sample(n=4) | each(it * 0 + it.number) }
'''


@pytest.mark.parametrize("entry", ["sync", "awaited", "late", "parsed"])
def test_four_take_the_time_of_one_and_a_timer_ticks_on(entry: str, tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text(PYTHON, "utf-8")
    (tmp_path / "program.inf").write_text(PROGRAM, "utf-8")
    program = ilang.load(tmp_path / "program.inf", entry=entry, models="sim(latency=0)")

    async def timed() -> tuple[object, float, float]:
        longest, running = 0.0, True

        async def ticks() -> None:
            nonlocal longest
            while running:
                began = time.monotonic()
                await asyncio.sleep(0.01)
                longest = max(longest, time.monotonic() - began)

        await program.run_with_async({}, store=MemoryStore())  # what is imported once is imported
        timer = asyncio.create_task(ticks())
        began = time.monotonic()
        result = await program.run_with_async({}, store=MemoryStore())
        took = time.monotonic() - began
        running = False
        await timer
        return result.value, took, longest

    value, took, longest = asyncio.run(timed())
    assert value == [1, 2, 3, 4]
    assert 0.3 <= took < 0.9  # one after the other: 1.2
    assert longest < 0.25  # a call in the loop: 0.3 and more
