"""A bound that is told before a program runs is never less than what the program comes to."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

from ilang.backend.prompt_tokens import most_tokens
from ilang.base.diagnostic import IlangError
from ilang.draws.draw import Ask
from ilang.run.bound import Bound, Sketch
from ilang.run.cost import Cost
from ilang.run.execute import execute_plainly
from ilang.run.world import World
from tests.laws.clockwork import Schedule, run
from tests.laws.oracle import Oracle, TooMany
from tests.laws.programs import numbered
from tests.laws.running import Compiled, compiled

HEAD = """
model default = sim("one")
model single = sim("single")
prompt guess(x: number) -> number \"\"\"Reply with the number only. {{x}}\"\"\"
pipeline graded(x: number) -> number { guess(x) | sample(n=3) | score(guess(it) | ask) | best }
pipeline rated(f: (number) -> number, n: int) -> list[number] { guess(1) | sample(n=n) | each(f(it)) }
"""


class Wary(Oracle):
    """Counts each draw at its worst: a call of its own, all bytes of its prompt, all that it may answer."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.calls = 0
        self.tokens = 0

    def most_prompt_tokens(self, ask: Ask) -> int:
        return most_tokens(ask.request.messages, ask.request.schema)

    async def _one(self, ask: Ask, index: int) -> Any:
        if (self.key(ask), index) not in self.taken:
            able = self.capabilities(ask.model)
            opens = not able.n or index % (able.max_n or 1) == 0
            self.calls += opens
            self.tokens += self.most_prompt_tokens(ask) * opens + (ask.request.max_tokens or able.max_tokens)
        return await super()._one(ask, index)


def bound_and_actual(program: Compiled) -> tuple[Cost, Cost]:
    async def work() -> tuple[Cost, Cost]:
        oracle = Wary(faults=0, unread=6)
        world = World(oracle, program.bindings)
        world.python.load()
        told = Bound(world).of(Sketch(program.graph, ()), program.graph.output)
        outcome = await execute_plainly(program.graph, (), world, optional=program.optional)
        worth = outcome.worth
        return told, Cost(worth.calls, max(oracle.tokens, worth.input_tokens + worth.output_tokens))

    return run(work, Schedule("instant", 0))


def test_never_too_small() -> None:
    """On generated programs. Of many a bound is known."""
    known = 0
    for number in range(5000, 5250):
        try:
            program = compiled(numbered(number))
            told, actual = bound_and_actual(program)
        except (IlangError, TooMany):
            continue
        assert told.calls >= actual.calls, program.text
        assert told.tokens >= actual.tokens, program.text
        known += told.calls != math.inf
    assert known > 40


@pytest.mark.parametrize(
    ("calls", "body"),
    [
        (0, "[1, 2]"),
        (1, "[guess(1) | ask]"),
        (2, "guess(1) | sample(n=6) | each(it)"),
        (4, "guess(1) | sample(single, n=4) | each(it)"),
        (8, "[graded(1), graded(2)]"),
        (5, "let x = guess(1) | ask [1, 2] | each(x + (guess(it) | ask) + (guess(it + 1) | ask))"),
        (9, "guess(1) | sample(n=2) | repeat(max=4) { refine(guess(it)) } | each(it)"),
        (3, "rated(x => guess(x) | ask, 2)"),
        (3, "within(calls=3) { guess(1) | sample(single, n=9) | each(it) }"),
        (math.inf, "guess(1) | sample(n=2) | repeat(max=40) { add(guess(2) | sample) | refine(guess(it)) } | each(it)"),
    ],
)
def test_what_is_told(calls: float, body: str) -> None:
    told, actual = bound_and_actual(compiled(f"{HEAD}\npipeline main() -> list[number] {{ {body} }}"))
    assert told.calls == calls
    assert actual.calls <= calls


def test_tokens_are_bounded_where_the_prompt_is_known() -> None:
    """So many bytes of the prompt, what a template may put around it, and what two draws may answer."""
    body = "guess(12) | sample(n=2) | each(it)"
    told, _ = bound_and_actual(compiled(f"{HEAD}\npipeline main() -> list[number] {{ {body} }}"))
    prompt = len(b"Reply with the number only. 12")
    assert told.tokens == prompt + 64 + 2 * 16 + 2 * 9


def test_asyncio_is_not_needed() -> None:
    """A bound is told without an event loop."""
    program = compiled(f"{HEAD}\npipeline main() -> list[number] {{ [guess(1) | ask] }}")
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    assert Bound(World(Oracle(), program.bindings)).of(Sketch(program.graph, ()), program.graph.output).calls == 1
