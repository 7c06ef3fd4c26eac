"""Runs one program on an evaluator and says all that must not depend on which, or on what finishes first."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from unittest import mock

from ilang.base.candidate import Candidate, Mark, Pool, View
from ilang.base.source import Source
from ilang.base.type import Optional
from ilang.base.value import Asked, RecordValue, Tally
from ilang.check.check import check
from ilang.graph.lower import lower
from ilang.graph.node import Graph
from ilang.optimize.demand import demand
from ilang.optimize.invariants import check_graph
from ilang.optimize.optimize import PASSES, Pass, optimize
from ilang.run import concurrent, sequential
from ilang.run.closure import Activation
from ilang.run.execute import Outcome, execute, execute_plainly
from ilang.run.from_store import from_store
from ilang.run.world import Bindings, World
from ilang.run.worth import Worth
from ilang.session.models import bind_models
from ilang.session.python import python_refs
from ilang.syntax.parse import parse
from tests.laws.clockwork import Schedule, run
from tests.laws.oracle import Oracle

HERE = Path(__file__).parent

ALL_DRAWN: tuple[Pass, ...] = tuple(one for one in PASSES if one is not demand)
"""The passes after which all is drawn that takes a number; `demand` has laws of its own."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A checked program, lowered."""

    text: str
    graph: Graph
    bindings: Bindings
    optional: bool

    def optimized(self, passes: Sequence[Pass] = ALL_DRAWN, changed: set[str] | None = None) -> Graph:
        """The graph after the passes, each held to the invariants. `changed` takes the names of those that did
        something."""
        before = self.graph

        def after(name: str, made: Graph) -> None:
            nonlocal before
            check_graph(made, name)
            if changed is not None and made is not before:
                changed.add(name)
            before = made

        return optimize(self.graph, passes, after)


def compiled(text: str, *, name: str = "generated.inf") -> Compiled:
    """Raises IlangError where the program is refused."""
    program = check(parse(Source(name, text, str(HERE / name))))
    assert program.entry is not None
    graph = lower(program, program.entry)
    check_graph(graph)
    bound = bind_models(program, (), {})
    python = python_refs(program.python)
    declared = program.pipelines[program.entry].signature.result
    return Compiled(text, graph, Bindings(bound.models, bound.default, python), isinstance(declared, Optional))


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a run. `activations` counts the draws of each request, activation by activation."""

    status: str
    value: Any
    tally: Any
    error: Any
    worth: Any
    warnings: Any
    reports: Any
    taken: frozenset[tuple[Hashable, int]]
    activations: Counter[Any] = field(repr=False)
    chances: Counter[Any] = field(repr=False)

    def differs(self, other: Seen) -> str:
        """Where two differ, in words; empty where they do not."""
        lines = []
        for f in fields(self):
            mine, theirs = getattr(self, f.name), getattr(other, f.name)
            if mine != theirs:
                if isinstance(mine, frozenset | Counter):
                    mine, theirs = _short(mine, theirs), _short(theirs, mine)
                lines.append(f"{f.name}:\n    {mine}\n    {theirs}")
        return "\n".join(lines)


def _short(one: Any, other: Any) -> str:
    extra = one - other
    return f"{len(one)} in all, only here: {sorted(map(str, extra))[:3]}"


class Unaccounted(AssertionError):
    """Activations and the source of draws do not agree."""


@contextmanager
def recorded() -> Iterator[list[Activation]]:
    """All activations that are begun."""
    begun: list[Activation] = []

    def begin() -> Activation:
        made = Activation()
        begun.append(made)
        return made

    with mock.patch.object(sequential, "Activation", begin), mock.patch.object(concurrent, "Activation", begin):
        yield begun


Runner = Callable[..., Any]


def plainly(program: Compiled, graph: Graph | None = None, **options: Any) -> Seen:
    """The reference: the plain evaluator on the graph as it was lowered. `fewer`: not all that is numbered is drawn."""
    return _seen(program, graph or program.graph, execute_plainly, Schedule("instant", 0), options)


def side_by_side(program: Compiled, graph: Graph, schedule: Schedule, **options: Any) -> Seen:
    """The concurrent evaluator under a schedule. Raises Stuck for a deadlock."""
    return _seen(program, graph, execute, schedule, options)


def from_the_store(program: Compiled, graph: Graph, **options: Any) -> Seen | None:
    """As it runs where the store has all draws: at once. None where it has not, or where Python is to be called."""
    given: list[Outcome | None] = []

    async def runner(graph: Graph, inputs: Sequence[Any], world: World, *, optional: bool) -> Outcome:
        given.append(from_store(graph, inputs, world, optional=optional))
        return given[0] or Outcome("failed", None, Worth())

    try:
        seen = _seen(program, graph, runner, Schedule("instant", 0), options)
    except Unaccounted:
        if given == [None]:
            return None
        raise
    return None if given == [None] else seen


def cancelled(program: Compiled, schedule: Schedule, *, after: int, **options: Any) -> None:
    """Cancels a run after so many draws have been asked for. Raises LeftBehind for what goes on all the same."""

    async def work() -> None:
        oracle = Oracle(**options)
        world = World(oracle, program.bindings)
        world.python.load()
        task = asyncio.ensure_future(execute(program.optimized(), (), world, optional=program.optional))
        while not task.done() and len(oracle.taken) < after:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])

    run(work, schedule)


def _seen(program: Compiled, graph: Graph, runner: Runner, schedule: Schedule, options: dict[str, Any]) -> Seen:
    options = dict(options)
    fewer, eager = options.pop("fewer", False), options.pop("eager", 0.0)
    oracles: list[Oracle] = []

    async def work() -> Outcome:
        oracles.append(Oracle(**options))
        world = World(oracles[0], program.bindings)
        world.eager = eager
        world.python.load()
        outcome: Outcome = await runner(graph, (), world, optional=program.optional)
        return outcome

    with recorded() as begun:
        outcome = run(work, schedule)
    ended = outcome.error is not None and outcome.error.code.startswith(("backend-bad-request", "python-"))
    taken = oracles[0].taken
    expected: Counter[tuple[Hashable, int]] = Counter()
    for activation in begun:
        for key, count in activation.counts.items():
            expected.update((key, index) for index in range(count))
    few = fewer and all(taken[address] <= expected[address] for address in taken)
    if expected != Counter(taken) and not few and not ended:
        raise Unaccounted("what was drawn is not what was numbered")
    reports = outcome.reports
    return Seen(
        outcome.status,
        told(outcome.value),
        told(outcome.tally),
        outcome.error,
        outcome.worth,
        outcome.warnings,
        (reports.counts, reports.whys, reports.texts, Counter(f.message for f in reports.faults)),
        frozenset(taken),
        Counter(frozenset(a.counts.items()) for a in begun if any(a.counts.values())),
        Counter(frozenset(a.stages.items()) for a in begun if a.stages),
    )


def told(value: Any) -> Any:
    """A value without the identities of its candidates, to be compared across runs."""
    match value:
        case tuple() | list():
            return tuple(told(v) for v in value)
        case Mark():
            return "mark"
        case Pool():
            return ("pool", told(value.candidates))
        case View():
            return ("view", told(value.candidate), value.place)
        case Candidate():
            parts = [(f, told(getattr(value, f))) for f in _CANDIDATE]
            return ("candidate", *parts, value.root.text if value.root is not None else None)
        case Tally():
            return ("tally", told(value.groups), value.size, value.moment)
        case RecordValue():
            return ("record", value.name, told(value.fields))
        case Asked():
            return ("asked", value.prompt, value.messages, value.reader, value.schema)
    if hasattr(value, "key") and hasattr(value, "weight"):
        return ("group", told(value.key), told(value.value), value.weight)
    return value


_CANDIDATE = tuple(f.name for f in fields(Candidate) if f.name not in ("identity", "root"))
