"""The law of the evaluators, for one program: whatever finishes first, and optimised or not, the same comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ilang.graph.node import Graph
from tests.laws.clockwork import KINDS, Schedule, Stuck
from tests.laws.oracle import TooMany
from tests.laws.running import Compiled, Seen, from_the_store, plainly, side_by_side

LIMITS = (64, 1, 3)
OPTIONS: tuple[dict[str, Any], ...] = ({}, {"faults": 0, "unread": 0}, {"faults": 12, "unread": 6})
"""How often draws cannot be had and replies not be read."""


class Differs(AssertionError):
    """Two runs of one program that should be the same are not."""


def schedules(count: int, seed: int) -> Iterator[tuple[Schedule, int]]:
    """So many schedules, with a limit of what is under way at once."""
    for k in range(count):
        yield Schedule(KINDS[(seed + k) % len(KINDS)], seed + k), LIMITS[(seed + k) // len(KINDS) % len(LIMITS)]


def reference(program: Compiled, **options: Any) -> Seen | None:
    """What the plain evaluator makes of it; None where it draws more than a test waits for."""
    try:
        return plainly(program, **options)
    except TooMany:
        return None


def hold(
    program: Compiled, expected: Seen, *, count: int = 3, seed: int = 0, graph: Graph | None = None, **options: Any
) -> None:
    """Raises Differs with where and how. `graph` stands for the optimised one."""
    optimized = graph if graph is not None else program.optimized()
    for name, one in (("optimised", optimized), ("as lowered", program.graph)):
        if name == "as lowered" and one is optimized:
            continue
        for schedule, limit in schedules(count, seed):
            where = f"{name}, {schedule.kind} {schedule.seed}, at most {limit} at once"
            try:
                found = side_by_side(program, one, schedule, concurrency=limit, **options)
            except Stuck as stuck:
                raise Differs(f"{where}: stuck {stuck}\n{program.text}") from None
            if differing := expected.differs(found):
                raise Differs(f"{where}: {differing}\n{program.text}")
        found_there = from_the_store(program, one, **options)
        if found_there is not None and (differing := expected.differs(found_there)):
            raise Differs(f"{name}, from the store: {differing}\n{program.text}")
