"""What is told of generated programs before they run holds, whatever the models answer."""

from __future__ import annotations

import math
import sys
from typing import Any

from ilang.base.diagnostic import IlangError
from ilang.base.value import Model
from ilang.draws.draw import Ask
from ilang.estimate.assumptions import Assumptions
from ilang.estimate.estimate import Estimate, estimate
from ilang.estimate.shelf import Mean, Shelf
from ilang.run.execute import Outcome, execute_plainly
from ilang.run.world import World
from tests.estimate.holding import outside
from tests.laws.clockwork import Schedule, run
from tests.laws.oracle import Oracle, TooMany
from tests.laws.programs import numbered
from tests.laws.running import Compiled, compiled

CUT_SHORT = ("backend-", "python-", "too-many-draws", "model-lacks")
"""Codes of runs that did not come to their end: nothing is sure of them."""


class OracleShelf(Shelf):
    """Knows requests as an oracle does. Has no draw."""

    def __init__(self, oracle: Oracle) -> None:
        super().__init__(None)
        self._oracle = oracle

    def key(self, ask: Ask) -> Any:
        return self._oracle.key(ask)

    def capabilities(self, model: Model) -> Any:
        return self._oracle.capabilities(model)

    def most_prompt_tokens(self, ask: Ask) -> int:
        return self._oracle.most_prompt_tokens(ask)

    def mean(self, prompt: str, model: Model) -> Mean | None:
        return None


def told_and_came(program: Compiled, faults: int) -> tuple[Estimate, Outcome, int]:
    """What is told of a program, what came of it, and how many draws were asked for."""

    async def work() -> tuple[Estimate, Outcome, int]:
        oracle = Oracle(faults=faults, unread=6)
        told = estimate(program.optimized(), (), (), World(OracleShelf(oracle), program.bindings), Assumptions())
        world = World(oracle, program.bindings)
        world.python.load()
        outcome = await execute_plainly(program.optimized(), (), world, optional=program.optional)
        return told, outcome, len(oracle.taken)

    return run(work, Schedule("instant", 0))


def broken(number: int, faults: int = 0) -> tuple[list[str], Estimate] | None:
    """What does not hold of a program; None where it is none. A draw that could not be had is asked for all the same."""
    try:
        program = compiled(numbered(number))
        told, outcome, asked = told_and_came(program, faults)
    except (IlangError, TooMany):
        return None
    found = outside(told.worth, outcome.worth)
    if faults:
        found = [one for one in found if " expected" in one or _above(told, outcome)]
        if asked < told.worth.draws.low:
            found.append(f"draws: {asked} were asked for, at least {told.worth.draws.low} were told")
    if outcome.error is not None and outcome.error.code.startswith(CUT_SHORT):
        found = [one for one in found if _above(told, outcome)]
    return found, told


def _above(told: Estimate, outcome: Outcome) -> bool:
    worth = outcome.worth
    return (
        worth.calls > told.worth.calls.high
        or worth.draws > told.worth.draws.high
        or worth.input_tokens > told.worth.input.high
        or worth.output_tokens > told.worth.output.high
    )


def test_a_run_comes_to_what_was_told() -> None:
    """Of more than half there is a bound, and of most something is sure."""
    bounded = sure = seen = 0
    for number in range(5000, 5250):
        found = broken(number)
        if found is None:
            continue
        assert found[0] == [], (number, numbered(number))
        seen += 1
        bounded += found[1].worth.draws.high < math.inf
        sure += found[1].worth.draws.low > 0
    assert bounded > seen / 2
    assert sure > seen / 2


def test_also_where_draws_cannot_be_had() -> None:
    seen = 0
    for number in range(6000, 6120):
        found = broken(number, faults=12)
        if found is not None:
            seen += 1
            assert found[0] == [], (number, numbered(number))
    assert seen > 100


if __name__ == "__main__":  # python -m tests.estimate.test_laws COUNT FIRST
    count, first = int(sys.argv[1]), int(sys.argv[2])
    results = [(n, broken(n, faults)) for n in range(first, first + count) for faults in (0, 12)]
    wrong = [(n, one[0]) for n, one in results if one is not None and one[0]]
    sys.stdout.write("".join(f"{n}: {why}\n" for n, why in wrong) + f"{len(results)} runs, {len(wrong)} broken\n")
    sys.exit(bool(wrong))
