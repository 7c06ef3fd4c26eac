"""`merge_equal`: equal nodes that only give a value become one."""

from __future__ import annotations

from pathlib import Path

from ilang.graph import node as g
from ilang.optimize.merge_equal import merge_equal
from tests.laws.running import plainly
from tests.optimize.seen import both, counted, made, program


def test_what_gives_a_value_is_done_once(tmp_path: Path) -> None:
    one = program(
        tmp_path,
        "pipeline main() -> list[number] { let s = guess(1) | sample(n=4)\n"
        "[s | vote | .winner, s | vote | .share, square(2), square(2), looked_at(1), looked_at(1)] }\n"
        "pipeline looked_at(x: number) -> number { if looked(x) { 1 } else { 0 } }",
    )
    graph = made(merge_equal, one)
    assert counted(one.graph, "vote") == 2 and counted(graph, "vote") == 1
    assert counted(one.graph, "square") == 2 and counted(graph, "square") == 1
    assert counted(graph, "looked_at") == 2  # its Python is not declared pure
    before, after = both(merge_equal, one)
    assert before.differs(after) == ""


def test_what_draws_is_not(tmp_path: Path) -> None:
    one = program(
        tmp_path, "pipeline main() -> list[number] { [guess(1) | ask, guess(1) | ask, guess(1) | sample | pick] }"
    )
    graph = made(merge_equal, one)
    assert counted(graph, "ask") == 2 and counted(graph, "guess") == 1
    assert len(plainly(one, graph).taken) == 3


def test_chances_are_not(tmp_path: Path) -> None:
    one = program(
        tmp_path, "pipeline main() -> list[number] { let s = guess(1) | sample(n=5)\n [s | pick, s | pick, s | pick] }"
    )
    assert counted(made(merge_equal, one), "pick") == 3
    both(merge_equal, one)


def test_each_activation_has_its_own(tmp_path: Path) -> None:
    """Equal requests in a function and around it are two nodes, and number apart."""
    one = program(
        tmp_path,
        "pipeline main() -> list[number] { [guess(1) | ask, [1, 2] | each(x => guess(1) | ask) | sum, guess(1) | ask] }",
    )
    graph = made(merge_equal, one)
    assert counted(graph, "guess") == 2
    before, after = both(merge_equal, one)
    assert before.activations == after.activations


def test_one_and_true_are_two_constants() -> None:
    graph = g.Graph("main", (), (g.Constant(1), g.Constant(True), g.Constant(1.0), g.Apply(g.ListOp(), (0, 1, 2))), 3)
    assert merge_equal(graph) is graph
