"""`hoist`: what no row changes, done once for all rows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import ilang
from ilang.draws.memory_store import MemoryStore
from ilang.graph import node as g
from ilang.optimize.hoist import hoist
from ilang.run.once import Once
from ilang.run.sequential import Sequential
from ilang.run.world import World
from tests.laws.clockwork import Schedule
from tests.laws.oracle import Oracle
from tests.laws.running import side_by_side
from tests.optimize.seen import HEAD, PYTHON, asked, both, counted, made, program

ROWS = [{"x": i} for i in range(12)]
SHOTS = "pipeline main(x: number) -> number { with_shots(shown([1, 2, 3] | each(square(it))), x) | ask }"


def loaded(folder: Path, main: str) -> ilang.LoadedProgram:
    (folder / "own.py").write_text(PYTHON)
    (folder / "program.inf").write_text(HEAD + main)
    return ilang.load(folder / "program.inf")


def test_rows_share_what_none_changes(tmp_path: Path) -> None:
    one = loaded(tmp_path, SHOTS)
    with asked() as calls:
        plain = one.map(ROWS, store=MemoryStore(), passes=())
    assert calls == {"square": 36}
    with asked() as calls:
        kept = one.map(ROWS, store=MemoryStore())
    assert calls == {"square": 3}
    assert kept.rows == plain.rows


def test_arguments_of_all_rows_are_constants(tmp_path: Path) -> None:
    """What a command gives for all rows, no row changes."""
    one = loaded(
        tmp_path,
        "pipeline main(x: number, xs: list[number]) -> number { with_shots(shown(xs | each(square(it))), x) | ask }",
    )
    with asked() as calls:
        plain = one.map(ROWS, store=MemoryStore(), passes=(), xs=[1, 2])
    assert calls == {"square": 24}
    with asked() as calls:
        kept = one.map(ROWS, store=MemoryStore(), xs=[1, 2])
    assert calls == {"square": 2} and kept.rows == plain.rows
    with asked() as calls:
        other = one.map(ROWS, store=MemoryStore(), xs=[3])
    assert calls == {"square": 1} and other.values != kept.values
    rows = [{**row, "xs": [row["x"]]} for row in ROWS]
    with asked() as calls:
        one.map(rows, store=MemoryStore())
    assert calls == {"square": 12}


def test_an_argument_that_does_not_fit_is_told_of_each_row(tmp_path: Path) -> None:
    one = loaded(tmp_path, "pipeline main(x: number, n: int) -> number { x + n * 2 }")
    kept, plain = (one.map(ROWS[:3], store=MemoryStore(), n="two", **more) for more in ({}, {"passes": ()}))
    assert kept.rows == plain.rows and [row["status"] for row in kept.rows] == ["failed"] * 3


def test_candidates_share_it_too(tmp_path: Path) -> None:
    one = program(
        tmp_path,
        "pipeline main() -> int { guess(1) | sample(n=8) | verify(c => c.value in ([1, 2] | each(square(it)))) | count(it.verified) }",
    )
    with asked() as calls:
        both(hoist, one)
    assert calls == {"square": 16 + 2}


def test_lists_and_what_is_reckoned_of_them_are_constants(tmp_path: Path) -> None:
    one = program(
        tmp_path, 'pipeline main(x: number) -> number { sum([1, 2, 3]) + x + length(["a", "b"] | join(" ")) }'
    )
    values = [node.value for node in made(hoist, one).nodes if isinstance(node, g.Constant)]
    assert values == [6, 3]


def test_what_fails_fails_where_it_is_read(tmp_path: Path) -> None:
    one = loaded(tmp_path, "pipeline main(x: number) -> number { if x > 10 { x + picky(1) } else { x + 1 / 1 } }")
    found = one.map(ROWS, store=MemoryStore())
    assert found.values[:11] == [i + 1 for i in range(11)]
    assert found[11]["status"] == "abstained" or found[11]["error"] is not None
    assert found.rows == one.map(ROWS, store=MemoryStore(), passes=()).rows
    with asked() as calls:
        one.map(ROWS[:5], store=MemoryStore())
    assert calls == {}


def test_reports_are_told_of_each_row(tmp_path: Path) -> None:
    one = program(tmp_path, "pipeline main(x: number) -> number { x + sum([0, 1, 2] | each(6 / it)) }")
    graph = hoist(one.graph)

    async def work() -> list[Any]:
        once = Once()
        worlds = [World(Oracle(), one.bindings, once=once) for _ in range(3)]
        for world in worlds:
            await Sequential(world).run(graph, (1,))
        return [world.reports for world in worlds]

    reports = asyncio.run(work())
    assert [r.counts for r in reports] == [{"not-given": 1}] * 3 and len({id(r) for r in reports}) == 3


@pytest.mark.parametrize(
    "main",
    [
        "pipeline main(x: number) -> number { (guess(1) | ask) + x }",
        "pipeline main(x: number) -> number { (if looked(1) { 1 } else { 2 }) + x }",
        "pipeline main(x: number) -> number { x + ([plus, plus] | each(f => f(x)) | sum) } pipeline plus(x: number) -> number { x + 1 }",
    ],
)
def test_left_alone(main: str, tmp_path: Path) -> None:
    """What draws, Python that is not declared pure, functions."""
    graph = hoist(program(tmp_path, main).graph)
    assert not any(isinstance(n, g.Region) and n.once and counted(n.body, "guess") == 0 for n in graph.nodes)
    assert counted(graph, "ask") == ("ask" in main) and counted(graph, "looked") == ("looked" in main)
    for node in graph.nodes:
        if isinstance(node, g.Region) and node.once:
            assert counted(node.body, "ask") == counted(node.body, "looked") == 0


def test_whoever_waits_goes_on_where_the_first_is_cancelled(tmp_path: Path) -> None:
    """The row that began it is ended: another begins it anew."""
    one = program(tmp_path, "pipeline main() -> list[number] { [square(2), square(3)] }")
    body = one.graph
    calls: list[int] = []

    class Slow(Sequential):
        async def of_body(self, body: g.Graph) -> Any:
            calls.append(len(calls))
            await asyncio.sleep(0.01 if len(calls) > 1 else 60)
            return await super().of_body(body)

    async def work() -> Any:
        once = Once()
        worlds = [World(Oracle(), one.bindings, once=once) for _ in range(3)]
        first, *others = [asyncio.ensure_future(once.value(body, world, Slow)) for world in worlds]
        await asyncio.sleep(0)
        first.cancel()
        return await asyncio.gather(*others), await asyncio.gather(first, return_exceptions=True)

    found, ended = asyncio.run(work())
    assert found == [(4, 9), (4, 9)] and isinstance(ended[0], asyncio.CancelledError) and len(calls) == 2


def test_side_by_side(tmp_path: Path) -> None:
    one = program(tmp_path, SHOTS.replace("x: number", "").replace(", x)", ", 4)"))
    expected, _ = both(hoist, one)
    for seed in range(4):
        assert expected.differs(side_by_side(one, hoist(one.graph), Schedule("shuffled", seed))) == ""
