"""The law of the evaluators, for one program: whatever finishes first, and optimised or not, the same comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ilang.graph.node import Graph
from tests.laws.clockwork import KINDS, Schedule, Stuck
from tests.laws.oracle import TooMany
from tests.laws.running import Compiled, Seen, from_the_store, plainly, side_by_side

LIMITS = (64, 1, 3)
SAVING = frozenset({"cheap_first"})
"""Passes that leave draws out: of what was not drawn nothing is reported either. Of all others all is the same."""
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


def spares(expected: Seen, found: Seen) -> str:
    """Where an optimised run gives another answer, draws or costs more, or reports what was not reported; in words."""
    lines = [
        f"{name}:\n    {getattr(expected, name)}\n    {getattr(found, name)}"
        for name in ("status", "value", "tally")
        if getattr(expected, name) != getattr(found, name)
    ]
    if more := found.taken - expected.taken:
        lines.append(f"drawn besides: {sorted(map(str, more))[:3]}")
    for name in ("calls", "draws", "input_tokens", "output_tokens", "usd"):
        mine, theirs = getattr(expected.worth, name), getattr(found.worth, name)
        if theirs is not None and mine is not None and theirs > mine:
            lines.append(f"{name}: {theirs} for {mine}")
    counts, whys, texts, faults = expected.reports
    counts_found, whys_found, texts_found, faults_found = found.reports
    lines += [f"reported: {n} {what}" for what, n in counts_found.items() if n > counts.get(what, 0)]
    for what, some in whys_found.items():
        lines += [f"reported: {n} {what} ({why})" for why, n in some.items() if n > whys.get(what, {}).get(why, 0)]
        if not texts_found.get(what, set()) <= texts.get(what, set()):
            lines.append(f"an example of {what}")
    if faults_found - faults:
        lines.append(f"faults: {faults_found - faults}")
    return "\n".join(lines)


def hold(
    program: Compiled,
    expected: Seen,
    *,
    count: int = 3,
    seed: int = 0,
    graph: Graph | None = None,
    saves: bool = False,
    **options: Any,
) -> None:
    """Raises Differs with where and how. `graph` stands for the optimised one; `saves`: it may leave draws out."""
    changed: set[str] = set()
    optimized = graph if graph is not None else program.optimized(changed=changed)
    asked = expected
    if saves or changed & SAVING:
        asked = plainly(program, optimized, **options)
        if differing := spares(expected, asked):
            raise Differs(f"optimised, one thing after the other: {differing}\n{program.text}")
    for name, one, like in (("optimised", optimized, asked), ("as lowered", program.graph, expected)):
        if name == "as lowered" and one is optimized:
            continue
        for schedule, limit in schedules(count, seed):
            where = f"{name}, {schedule.kind} {schedule.seed}, at most {limit} at once"
            try:
                found = side_by_side(program, one, schedule, concurrency=limit, **options)
            except Stuck as stuck:
                raise Differs(f"{where}: stuck {stuck}\n{program.text}") from None
            if differing := like.differs(found):
                raise Differs(f"{where}: {differing}\n{program.text}")
        found_there = from_the_store(program, one, **options)
        if found_there is not None and (differing := like.differs(found_there)):
            raise Differs(f"{name}, from the store: {differing}\n{program.text}")
