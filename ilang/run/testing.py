"""Runs the `test` blocks of a program: each `expect` on the plain evaluator, then again on the concurrent one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ilang.backend import registry
from ilang.base.diagnostic import Diagnostic
from ilang.base.value import Model, Value
from ilang.graph.node import Graph
from ilang.run.concurrent import Concurrent
from ilang.run.execute import unsupported
from ilang.run.failure import RunFailed
from ilang.run.python_module import PythonRef
from ilang.run.script import Script
from ilang.run.sequential import Sequential
from ilang.run.world import Bindings, World
from ilang.stages.pure import show
from ilang.stages.stage import CannotGive, NothingLeft, Unsupported


@dataclass(frozen=True, slots=True)
class TestCase:
    """A test, lowered: the replies by prompt name, and for each `expect` its graph and that of its sides."""

    name: str
    replies: Mapping[str, Sequence[str]]
    expects: tuple[tuple[Graph, Graph | None, str], ...]


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """Whether a test passed; else what failed, what both sides were, and the draws."""

    name: str
    passed: bool
    failed: str = ""
    sides: tuple[str, str] | None = None
    error: Diagnostic | None = None
    draws: tuple[str, ...] = ()
    unused: tuple[tuple[str, int, int], ...] = ()  # prompts with replies that nobody drew: how many, of how many


def fake_bindings(models: Mapping[str, tuple[str, Model | None]], python: Mapping[str, PythonRef]) -> Bindings:
    """Every model of a test is `fake`, told apart by its name. `models`: by key, the name and what was declared."""
    made = {key: fake_model(name, declared) for key, (name, declared) in models.items()}
    return Bindings(made, fake_model("default", None), python)


def fake_model(name: str, declared: Model | None) -> Model:
    """A model of a test: what its declaration says of sampling and of prices holds, the rest is its backend's."""
    kept = {*registry.SAMPLING, "prices"}
    settings = () if declared is None else tuple((n, v) for n, v in declared.settings if n in kept)
    return Model("fake", name, settings, name)


async def run_test(case: TestCase, bindings: Bindings) -> TestOutcome:
    """One test."""
    script = Script(case.replies)
    for graph, sides, written in case.expects:
        draws: tuple[str, ...] = ()
        try:
            value = await _value(Sequential(World(script, bindings)), graph)
            again = await _value(Concurrent(World(script, bindings)), graph)
        except RunFailed as failed:
            return TestOutcome(case.name, False, written, error=failed.diagnostic, draws=_draws(script))
        if value is True and again is True:
            continue
        draws = _draws(script)
        shown: tuple[str, str] | None = None
        if sides is not None:
            shown = await _shown(script, bindings, sides)
        if value is True:
            why = Diagnostic("evaluators-differ", "the concurrent evaluator says otherwise than the plain one")
            return TestOutcome(case.name, False, written, shown, why, draws)
        return TestOutcome(case.name, False, written, shown, None, draws)
    return TestOutcome(case.name, True, unused=script.unused())


async def _value(evaluator: Sequential | Concurrent, graph: Graph) -> Value:
    try:
        return await evaluator.run(graph, ())
    except Unsupported as missing:
        raise RunFailed(unsupported(missing)) from None
    except (NothingLeft, CannotGive) as problem:
        raise RunFailed(Diagnostic("nothing-left", f"there is no value to compare: {problem}")) from None


async def _shown(script: Script, bindings: Bindings, graph: Graph) -> tuple[str, str] | None:
    """Both sides, computed as the expectation was; None where one of them has no value."""
    try:
        left, right = await _value(Sequential(World(script, bindings)), graph)
    except RunFailed:
        return None
    return show(left), show(right)


def _draws(script: Script) -> tuple[str, ...]:
    return tuple(f"{prompt}[{index}]: {text}" for prompt, index, text in script.log)


def run_tests(cases: Sequence[TestCase], bindings: Bindings) -> list[TestOutcome]:
    """All tests of a program, in order."""

    async def all_of_them() -> list[TestOutcome]:
        return [await run_test(case, bindings) for case in cases]

    return asyncio.run(all_of_them())
