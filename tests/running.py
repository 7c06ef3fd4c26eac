"""The one helper that runs programs on scripted replies: `test` blocks of a file, or one entry.

Everything runs twice, on the plain evaluator over the graph as lowered and on the concurrent one, and
both must agree.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ilang.backend.protocol import BackendFault
from ilang.base.type import Optional
from ilang.check.check import check
from ilang.check.program import Program
from ilang.draws.draw import Ask, Draw
from ilang.graph.lower import lower, lower_term
from ilang.graph.node import Graph
from ilang.graph.tests import lower_test
from ilang.optimize.optimize import optimize
from ilang.run.concurrent import Concurrent
from ilang.run.execute import Outcome, execute, execute_plainly
from ilang.run.script import Script
from ilang.run.sequential import Sequential
from ilang.run.testing import TestCase, TestOutcome, fake_bindings, run_tests
from ilang.run.world import Bindings, World
from ilang.session.arguments import from_data
from ilang.session.python import python_refs
from ilang.syntax.parse import parse
from ilang.syntax.read import read_source


class Recording(Script):
    """A script that remembers each new draw's request, in the order in which they were numbered."""

    def __init__(self, replies: Mapping[str, Sequence[str]]) -> None:
        super().__init__(replies)
        self.asked: list[Ask] = []

    def _draw(self, ask: Ask, index: int) -> Draw:
        known = len(self.known)
        draw = super()._draw(ask, index)
        if len(self.known) > known:
            self.asked.append(ask)
        return draw

    def messages(self, prompt: str) -> list[list[str]]:
        """The messages of each draw of a prompt."""
        return [[m.content for m in a.request.messages] for a in self.asked if a.prompt == prompt]

    def models(self, prompt: str) -> list[str]:
        """Which model each draw of a prompt was asked of."""
        return [a.model.label for a in self.asked if a.prompt == prompt]


@cache
def program(path: Path) -> Program:
    """The checked program of a file."""
    return check(parse(read_source(str(path))))


def names(path: Path) -> list[str]:
    """The names of a file's tests."""
    return [t.name for t in program(path).tests]


def run_one(path: Path, name: str, change: Callable[[Graph], Graph] = lambda graph: graph) -> TestOutcome:
    """The outcome of a test by its name; `change` is applied to its graphs."""
    checked = program(path)
    (test,) = [t for t in checked.tests if t.name == name]
    replies, expects = lower_test(checked, test)
    expects = tuple((change(graph), sides, written) for graph, sides, written in expects)
    (outcome,) = run_tests([TestCase(test.name, replies, expects)], bindings(checked))
    return outcome


def run_entry(path: Path, entry: str, replies: Mapping[str, Sequence[str]], **given: Any) -> tuple[Outcome, Recording]:
    """A pipeline of a file, run with these arguments."""
    checked = program(path)
    pipeline = checked.pipelines[entry]
    graph = lower(checked, entry)
    script = Recording(replies)

    async def once(run: Callable[..., Any], graph: Graph) -> Outcome:
        world = World(script, bindings(checked))
        inputs = []
        for p in pipeline.signature.params:
            if p.name in given:
                inputs.append(from_data(p.name, given[p.name], p.type))
            else:
                assert p.default is not None, f"{entry} needs {p.name}"
                inputs.append(await Sequential(world).run(lower_term(checked, p.default, p.name), ()))
        outcome: Outcome = await run(graph, inputs, world, optional=isinstance(pipeline.signature.result, Optional))
        return outcome

    plain = asyncio.run(once(execute_plainly, graph))
    other = asyncio.run(once(execute, optimize(graph)))
    assert (plain.status, plain.value, plain.worth) == (other.status, other.value, other.worth)
    return plain, script


class Slow(Script):
    """A script whose draws come after a random number of turns of the event loop, once it has a `chance`."""

    chance: random.Random | None = None

    async def draw_many(self, asks: Sequence[tuple[Ask, int]]) -> list[Draw | BackendFault]:
        if self.chance is not None:
            for _ in range(self.chance.choice((0, 0, 1, 2, 3, 5, 9, 30))):
                await asyncio.sleep(0)
        return await super().draw_many(asks)


def run_delayed(path: Path, seed: int) -> list[str]:
    """Runs all tests of a file, the concurrent evaluator's draws arriving in a random order; gives those that failed."""
    checked = program(path)
    failed: list[str] = []

    async def all_of_them() -> None:
        for test in checked.tests:
            replies, expects = lower_test(checked, test)
            script = Slow(replies)
            for graph, _, written in expects:
                script.chance = None
                plain = await Sequential(World(script, bindings(checked))).run(graph, ())
                script.chance = random.Random(seed)
                other = await Concurrent(World(script, bindings(checked))).run(optimize(graph), ())
                if plain is not True or other is not True:
                    failed.append(f"{test.name}: {written}: {plain}, {other}")

    asyncio.run(all_of_them())
    return failed


def bindings(checked: Program) -> Bindings:
    """Every model of a test is `fake`, told apart by its name."""
    python = python_refs(checked.python)
    return fake_bindings({key: (d.name, d.model) for key, d in checked.models.items()}, python)


def told(outcome: TestOutcome) -> str:
    """What there is to say of a test that failed."""
    lines = [outcome.name, f"  expect {outcome.failed}"]
    if outcome.sides:
        lines += [f"  left:  {outcome.sides[0]}", f"  right: {outcome.sides[1]}"]
    if outcome.error:
        lines += [f"  {outcome.error.code}: {outcome.error.message}", *(f"  {n}" for n in outcome.error.notes)]
    return "\n".join([*lines, *(f"  drawn: {d}" for d in outcome.draws)])
