"""`within` in a real run: what it counts, what the run says when it closes, and that a warm store changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import ilang
from ilang.draws.memory_store import MemoryStore
from tests.cli.calling import process

PROGRAM = """
model m = sim("m", accuracy=0.6, prices="1 in, 2 out")
prompt solve(q: text) -> number {
  user \"\"\"{{q}} Finish with "Answer: <number>".\"\"\"
  answer after("Answer:")
}
pipeline votes(q: text, usd: number) -> number? {
  within(usd=usd) { solve(q) | sample(m, n=40) | vote | .winner }
}
pipeline sure(q: text, calls: int) -> number {
  within(calls=calls) { solve(q) | sample(m, n=4) | vote | .winner }
}
pipeline timed(q: text, seconds: number) -> int {
  within(seconds=seconds) {
    solve(q) | sample(m) | repeat(max=20) { add(solve(q) | sample(m)) } | count(true)
  }
}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "p.inf"
    path.write_text(PROGRAM, "utf-8")
    return path


def run(file: Path, entry: str, store: MemoryStore | None = None, *, plainly: bool = False, **given: Any) -> Any:
    program = ilang.load(f"{file}:{entry}")
    kept = store if store is not None else MemoryStore()
    return asyncio.run(program.run_with_async(given, store=kept, plainly=plainly))


def test_the_worth_stays_within_and_is_told(file: Path) -> None:
    whole = run(file, "votes", q="What is 2 + 3?", usd=1.0)
    assert whole.status == "answered" and whole.worth.draws == 40
    # two calls of 32 and 8 draws at most; the prompt counts with each
    assert whole.worth.usd == pytest.approx((whole.worth.input_tokens + 2 * whole.worth.output_tokens) / 1e6)
    assert whole.paid.usd == whole.worth.usd
    half = run(file, "votes", q="What is 2 + 3?", usd=whole.worth.usd / 2)
    assert half.status == "budget" and 0 < half.worth.draws < 40
    assert half.worth.usd <= whole.worth.usd / 2
    assert any("refused by a budget" in w for w in half.warnings)


def test_a_warm_store_changes_nothing_but_what_is_paid(file: Path) -> None:
    store = MemoryStore()
    for usd in (0.0, 0.003, 0.006, 0.0125, 0.02):
        cold = run(file, "votes", q="What is 2 + 3?", usd=usd)
        first = run(file, "votes", store, q="What is 2 + 3?", usd=usd)
        again = run(file, "votes", store, q="What is 2 + 3?", usd=usd)
        told = [(r.status, r.value, r.tally, r.worth.draws, r.worth.usd) for r in (cold, first, again)]
        assert told[0] == told[1] == told[2]
        assert again.paid.calls == 0


def test_the_plain_evaluator_admits_the_same(file: Path) -> None:
    for usd in (0.001, 0.004, 0.008, 0.0125):
        plain, other = (run(file, "votes", plainly=plainly, q="What is 2 + 3?", usd=usd) for plainly in (True, False))
        assert (plain.status, plain.value, plain.worth.draws, plain.worth.usd) == (
            other.status, other.value, other.worth.draws, other.worth.usd,
        )  # fmt: skip
        assert other.paid.calls <= plain.paid.calls


def test_none_where_nothing_was_drawn_and_a_failure_where_that_cannot_be(file: Path) -> None:
    nothing = run(file, "votes", q="What is 2 + 3?", usd=0.0)
    assert (nothing.status, nothing.value) == ("budget", None)
    failed = run(file, "sure", q="What is 2 + 3?", calls=0)
    assert failed.status == "failed" and failed.error.code == "budget-spent"
    assert "`within(calls)`" in failed.error.message and failed.error.help


def test_the_command_ends_with_3_and_the_best_so_far(file: Path, tmp_path: Path) -> None:
    store = ("--store", str(tmp_path / "draws"))
    told = process("run", f"{file}:votes", "q=What is 2 + 3?", "usd=0.006", "--json", *store)
    assert told.code == 3
    assert told.json["status"] == "budget" and isinstance(told.json["value"], int)
    assert process("run", f"{file}:sure", "q=1 + 1", "calls=0", *store).code == 1


def test_a_model_without_a_price_is_refused_when_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "p.inf"
    unpriced = 'openai("x", base_url="http://127.0.0.1:9/v1")'
    path.write_text(PROGRAM.replace('sim("m", accuracy=0.6, prices="1 in, 2 out")', unpriced), "utf-8")
    result = run(path, "votes", q="1 + 1", usd=1.0)
    assert result.status == "failed" and result.error.code == "no-price"
    assert "m" in result.error.message and "prices=" in result.error.help
    assert result.paid.calls == 0


@dataclass
class Clock:
    """A clock that goes on by a second at each look."""

    now: float = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def test_seconds_are_a_clock(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ilang.run import world

    monkeypatch.setattr(world.time, "monotonic", Clock())
    short = run(file, "timed", q="1 + 1", seconds=1e9)
    assert (short.status, short.value) == ("answered", 21)
    some = run(file, "timed", q="1 + 1", seconds=15)
    assert some.status == "budget" and 0 < some.value < 21
    assert run(file, "timed", q="1 + 1", seconds=0).value == 0
