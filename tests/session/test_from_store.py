"""Rows for which the store has all draws are run at once, on the plain evaluator; nobody can tell but by the time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ilang
from ilang.draws.address import Address
from ilang.draws.memory_store import MemoryStore
from ilang.run import execute
from ilang.session.mapping import Answers
from ilang.session.runner import PAUSE, Runner

PROGRAM = '''
model m = sim("a", accuracy=0.8)
prompt say(q: text) -> number {
  user """{{q}}"""
  answer after("Answer:")
}
pipeline main(q: text, n: int = 3) -> number? { say(q) | sample(m, n=n) | vote | .winner }
pipeline bounded(q: text) -> number? { within(calls=2) { say(q) | sample(m, n=3) | vote | .winner } }
'''
ROWS = [{"q": f"What is {i} + {2 * i}?", "id": f"r{i}"} for i in range(12)]


@pytest.fixture
def concurrently(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many graphs began on the concurrent evaluator."""
    begun = [0]

    class Watched(execute.Concurrent):
        async def run(self, graph: Any, inputs: Any) -> Any:
            begun[0] += 1
            return await super().run(graph, inputs)

    monkeypatch.setattr(execute, "Concurrent", Watched)
    return begun


def plain(found: Answers) -> list[dict[str, Any]]:
    return list(found)


@pytest.mark.parametrize("entry", ["main", "bounded"])
def test_a_warm_run_begins_no_task(entry: str, concurrently: list[int]) -> None:
    program, store = ilang.loads(PROGRAM, entry=entry), MemoryStore()
    first = program.map(ROWS, store=store)
    cold, concurrently[0] = concurrently[0], 0
    second = program.map(ROWS, store=store)
    assert cold == len(ROWS) and concurrently[0] == 0
    assert plain(second) == plain(first) and second.paid.draws == 0


def test_one_run_tells_of_its_draws_once(concurrently: list[int]) -> None:
    program, store = ilang.loads(PROGRAM, entry="main"), MemoryStore()
    heard: list[tuple[str, int]] = []
    first = program.run_with({"q": "What is 1 + 2?"}, store=store, eager=1.0)
    second = program.run_with(
        {"q": "What is 1 + 2?"}, store=store, eager=1.0, on_event=lambda e: heard.append((e.kind, e.index))
    )
    assert heard == [("hit", 0), ("hit", 1), ("hit", 2)] and concurrently[0] == 1
    assert [event.stored for event in second.trace] == [True] * 3
    assert (second.value, second.worth, second.tally) == (first.value, first.worth, first.tally)


def test_what_is_missing_is_paid_and_nothing_else(concurrently: list[int]) -> None:
    """A row of which one draw is gone begins again; it is the only one."""
    program, store = ilang.loads(PROGRAM, entry="main"), MemoryStore()
    first = program.map(ROWS, store=store)
    gone = next(address for address in sorted(store._entries) if address.index == 1)
    del store._entries[Address(*gone)]
    concurrently[0] = 0
    second = program.map(ROWS, store=store)
    assert second.paid.draws == 1 and plain(second) == plain(first)
    assert 1 <= concurrently[0] <= 2  # the row behind it is not tried


def test_cold_rows_are_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = [0]
    found = Runner.from_store

    def watched(self: Runner, *given: Any, **how: Any) -> Any:
        tried[0] += not self._cold
        return found(self, *given, **how)

    monkeypatch.setattr(Runner, "from_store", watched)
    program = ilang.loads(PROGRAM, entry="main")
    rows = [{"q": f"What is {i} + 1?"} for i in range(400)]
    program.map(rows, store=MemoryStore(), n=1)
    assert tried[0] <= 7 + 400 // PAUSE


def test_python_is_waited_for(tmp_path: Path, concurrently: list[int]) -> None:
    """A check in Python runs in a process of its own, so such a row is not for the short way."""
    (tmp_path / "checks.py").write_text("def even(n: float) -> bool:\n    return n % 2 == 0\n")
    (tmp_path / "p.inf").write_text(
        'use python even from "./checks.py"\n'
        + PROGRAM
        + "pipeline checked(q: text) -> number? { say(q) | sample(m, n=3) | verify(even(it)) | best }\n"
    )
    program, store = ilang.load(f"{tmp_path / 'p.inf'}:checked"), MemoryStore()
    first = program.map(ROWS[:4], store=store)
    concurrently[0] = 0
    assert plain(program.map(ROWS[:4], store=store)) == plain(first) and concurrently[0] == 4


def test_a_revision_that_is_not_locked_is_refused_all_the_same(concurrently: list[int]) -> None:
    program, store = ilang.loads(PROGRAM, entry="main"), MemoryStore()
    program.run_with({"q": "What is 1 + 2?"}, store=store)
    refused = program.run_with({"q": "What is 1 + 2?"}, store=store, locked={"sim:a": ["another"]})
    assert refused.error is not None and refused.error.code == "model-changed"
