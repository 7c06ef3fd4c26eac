"""Every program of the repository, on models that cost nothing: what it comes to is within what was told before."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ilang.cli.assignment import given_values, read_assignments
from ilang.draws.memory_store import MemoryStore
from ilang.estimate.assumptions import Assumptions
from ilang.estimate.estimate import estimate
from ilang.estimate.shelf import Shelf
from ilang.graph.tests import lower_test
from ilang.optimize.optimize import optimize
from ilang.run.execute import execute_plainly
from ilang.run.script import Script
from ilang.run.world import World
from ilang.session.estimating import Estimating
from ilang.session.program import LoadedProgram, load
from tests.estimate.holding import outside
from tests.programs.header import PROGRAMS, ROOT, Header, header
from tests.running import bindings, names, program

COMMANDS = [one for one in map(header, PROGRAMS) if not one.remote]


def loaded(one: Header) -> tuple[LoadedProgram, dict[str, Any]]:
    """The program and the arguments of a first comment; `sim` stands in for the embedded model."""
    words = iter(one.words[3:])
    models = ["sim(mean_tokens=40)"] if one.embedded else []
    given = []
    for word in words:
        if word == "--model":
            models.append(next(words))
        else:
            given.append(word)
    return load(ROOT / "programs" / one.name, models=models), given_values(read_assignments(given))


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in COMMANDS])
def test_the_command_of_the_first_comment(one: Header, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the run and after it, when the store has its draws: then as many are known to be paid for as were known
    before."""
    monkeypatch.chdir(ROOT)
    store = MemoryStore()
    loaded_, given = loaded(one)
    before = Estimating(loaded_, store=store).one(given, texts=True)
    result = loaded_.run_with(given, texts=True, store=store)
    after = Estimating(loaded_, store=store).one(given, texts=True)
    worth = _exact(result.worth)
    assert outside(before.worth, worth) == []
    assert outside(after.worth, worth) == []
    assert outside(before.paid, _exact(result.paid)) == []
    assert (before.stored, after.known) == (0, before.known)
    assert after.stored >= min(before.known, before.worth.draws.low)
    assert result.paid.draws <= before.paid.draws.high
    assert after.paid.draws.high <= before.paid.draws.high


class _Exact:
    def __init__(self, cost: Any) -> None:
        self.calls, self.draws = cost.calls, cost.draws
        self.input_tokens, self.output_tokens = cost.input_tokens, cost.output_tokens
        self.usd = None if cost.usd is None else Fraction(cost.usd)


def _exact(cost: Any) -> _Exact:
    return _Exact(cost)


FILES = sorted(
    {
        *(ROOT / "programs").glob("*.inf"),
        *(ROOT / "stdlib").glob("*.inf"),
        *(ROOT / "tests" / "examples").glob("*.inf"),
        *(ROOT / "tests" / "examples" / "tests").glob("*.inf"),
        *(ROOT / "tests" / "language").glob("*.inf"),
        *(ROOT / "tests" / "stdlib").glob("*.inf"),
    }
)
TESTED = [pytest.param(file, id=str(file.relative_to(ROOT))) for file in FILES if names(file)]


class ScriptShelf(Shelf):
    """Knows requests as a script does."""

    def __init__(self, script: Script) -> None:
        super().__init__(None)
        self._script = script

    def key(self, ask: Any) -> Any:
        return self._script.key(ask)

    def capabilities(self, model: Any) -> Any:
        return self._script.capabilities(model)

    def most_prompt_tokens(self, ask: Any) -> int:
        return self._script.most_prompt_tokens(ask)

    def mean(self, prompt: str, model: Any) -> None:
        return None


@pytest.mark.parametrize("file", TESTED)
def test_blocks(file: Path) -> None:
    """Each `expect` of each `test`, with the replies that are written there."""
    checked = program(file)
    for test in checked.tests:
        replies, expects = lower_test(checked, test)
        script = Script(replies)
        for graph, _, written in expects:

            async def work(graph: Any = graph, script: Script = script) -> tuple[Any, Any]:
                bound = bindings(checked)
                planned = optimize(graph)
                told = estimate(planned, (), (), World(ScriptShelf(script), bound), Assumptions())
                world = World(script, bound)
                world.python.load()
                return told, await execute_plainly(planned, (), world, optional=True)

            told, outcome = asyncio.run(work())
            assert outside(told.worth, outcome.worth) == [], (test.name, written)


def test_all_are_there() -> None:
    assert len(COMMANDS) > 30
    assert len(TESTED) > 50
