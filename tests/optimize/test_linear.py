"""What a pass takes grows as the graph: CPU time of 10, 100 and 1,000 nodes, in one run."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from ilang.base.type import Var
from ilang.graph import node as g
from ilang.optimize.optimize import PASSES, Pass

SIZES = (10, 100, 1000)

ROOM = 3.0
"""A thousand nodes may take so many times as long as ten times a hundred: clocks are coarse, and others run too."""


def chain(nodes: int) -> g.Graph:
    """Judges and filters one behind the other: what `cheap_first` goes down."""
    asks = g.Graph(
        "function",
        ("it",),
        (g.Input(0), g.Apply(g.FieldOp("candidate", "tokens"), (0,)), g.Draw("ask", ("request",), (1,))),
        2,
    )
    short = g.Graph(
        "function",
        ("it",),
        (
            g.Input(0),
            g.Apply(g.FieldOp("candidate", "tokens"), (0,)),
            g.Constant(9),
            g.Apply(g.StageOp("<", ("left", "right")), (1, 2)),
        ),
        3,
    )
    made: list[g.Node] = [g.Input(0), g.Constant(None)]
    pool = 0
    while len(made) < nodes:
        made.append(g.Function(1, asks, ()))
        made.append(g.Apply(g.StageOp("score", ("pool", "f")), (pool, len(made) - 1)))
        made.append(g.Function(1, short, ()))
        made.append(g.Apply(g.StageOp("prune", ("pool", "unless", "keep", "by")), (len(made) - 2, len(made) - 1, 1, 1)))
        pool = len(made) - 1
    return g.Graph("main", ("pool",), tuple(made), pool)


def side_by_side(nodes: int) -> g.Graph:
    """Bodies of their own, constants, Python declared pure: what the others look for; a third is read by nobody."""
    made: list[g.Node] = [g.Input(0)]
    read: list[int] = []
    while len(made) < nodes - 1:
        k = len(made)
        body = g.Graph(
            "function",
            ("it",),
            (
                g.Input(0),
                g.Apply(g.ConvertOp("value", Var("T", k)), (0,)),
                g.Apply(g.PythonOp("p.py:f", ("x",), Var("T"), True), (1,)),
            ),
            2,
        )
        made.append(g.Constant(k // 20))
        made.append(g.Apply(g.PythonOp("p.py:f", ("x",), Var("T"), True), (k,)))
        made.append(g.Function(1, body, ()))
        made.append(g.Apply(g.StageOp("count", ("pool", "f")), (0, k + 2)))
        made.append(g.Apply(g.StageOp("+", ("left", "right")), (k + 1, k + 3)))
        if k % 3:
            read.append(k + 4)
    return g.Graph("main", ("pool",), (*made, g.Apply(g.ListOp(), tuple(read))), len(made))


def seconds(one: Pass, graph: g.Graph) -> float:
    """CPU seconds of a pass on a graph, the least of several."""
    found = []
    times = max(1, 1000 // len(graph.nodes))
    for _ in range(7):
        before = time.process_time()
        for _ in range(times):
            one(graph)
        found.append((time.process_time() - before) / times)
    return min(found)


@pytest.mark.parametrize("shape", [chain, side_by_side], ids=lambda s: s.__name__)
@pytest.mark.parametrize("one", PASSES, ids=lambda p: p.__name__)
def test_a_pass_is_linear(one: Pass, shape: Callable[[int], g.Graph]) -> None:
    graphs = [shape(size) for size in SIZES]
    took = [seconds(one, graph) for graph in graphs]
    told = ", ".join(f"{len(gr.nodes)} nodes {s * 1e6:.0f} us" for gr, s in zip(graphs, took, strict=True))
    print(f"{one.__name__}, {shape.__name__}: {told}")
    assert took[2] < ROOM * (len(graphs[2].nodes) / len(graphs[1].nodes)) * took[1], told
