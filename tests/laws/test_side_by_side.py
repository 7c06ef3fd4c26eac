"""How long programs take where every reply takes 1: a stage waits for the replies that it needs, and for the numbers of others."""

from __future__ import annotations

import asyncio

import pytest

from ilang.run.execute import execute
from ilang.run.world import World
from tests.laws.clockwork import Schedule, run
from tests.laws.oracle import Oracle
from tests.laws.running import compiled

HEAD = """
model default = sim("one")
prompt guess(x: number) -> number \"\"\"Reply with the number only. {{x}}\"\"\"
pipeline graded(x: number) -> number { guess(x) | sample(n=3) | score(guess(it) | ask) | best }
pipeline judged(f: (number) -> number, r: request[number]) -> number { r | sample(n=3) | mark(k=f(it)) | best(it.k) }
"""


class Even(Schedule):
    """Everything takes 1."""

    def __init__(self) -> None:
        super().__init__("even", 0)

    def delay(self) -> float:
        return 1.0


def took(body: str) -> float:
    program = compiled(f"{HEAD}\npipeline main() -> list[number] {{ {body} }}")

    async def work() -> float:
        world = World(Oracle(faults=0, unread=0), program.bindings)
        await execute(program.optimized(), (), world, optional=False)
        return asyncio.get_running_loop().time()

    return run(work, Even())


@pytest.mark.parametrize(
    ("time", "body"),
    [
        (1, "[guess(1) | ask, guess(1) | ask, guess(1) | sample(n=3) | vote | .winner]"),
        (
            1,
            "let a = guess(1) | sample(n=3) | vote | .winner let b = guess(1) | sample(n=3) | vote | .winner [b, a, b]",
        ),
        (2, "[graded(1), graded(1), graded(2)]"),
        (2, "let x = guess(9) | ask [1, 2, 3] | each(guess(it + x) | ask)"),
        (2, "let a = judged(y => y + (guess(y) | ask), guess(1)) let b = judged(y => y, guess(1)) [a, b]"),
        (3, "[1, 2, 3] | each(x => guess(x) | sample | refine(guess(it)) | refine(guess(it)) | best)"),
        (3, "[guess(1) | sample | refine(guess(it)) | best, guess(1) | sample | refine(guess(it)) | best]"),
    ],
)
def test_the_longest_chain_of_replies_counts(time: float, body: str) -> None:
    """The last: a `refine` may send any `guess`, so the second sample is numbered when the first refine is."""
    assert took(body) == time


@pytest.mark.parametrize(
    ("time", "body"),
    [
        (2, "within(calls=100) { [graded(1), graded(1), graded(2)] }"),
        (
            3,
            "within(calls=100) { [1, 2, 3] | each(x => guess(x) | sample | refine(guess(it)) | refine(guess(it)) | best) }",
        ),
        (1, "[1, 2, 3] | each(x => within(calls=1) { guess(x) | ask })"),
        (1, "within(tokens=2000) { [guess(1) | ask, guess(2) | ask, guess(1) | sample(n=8) | vote | .winner] }"),
        # calls bound each item by three: the third begins when the first has settled, the fourth behind the second
        (
            6,
            "within(calls=8) { [1, 2, 3, 4] | each(x => guess(x) | sample | refine(guess(it)) | refine(guess(it)) | best) }",
        ),
        # no bound of the tokens is known: one item after the other
        (6, "within(tokens=90) { [1, 2, 3] | each(x => guess(x) | sample | refine(guess(it)) | best) }"),
    ],
)
def test_a_budget_holds_up_only_what_might_not_fit(time: float, body: str) -> None:
    assert took(body) == time
