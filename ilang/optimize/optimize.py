"""optimize(graph) -> Graph: each pass once, in the order of PASSES.

A pass is a function from a Graph to a Graph of the same meaning; an unchanged graph is returned by
identity. A new pass is its file, a line here, and its pair file in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ilang.graph.node import Graph
from ilang.optimize.cheap_first import cheap_first
from ilang.optimize.check_once import check_once
from ilang.optimize.demand import demand
from ilang.optimize.drop_unused import drop_unused
from ilang.optimize.hoist import hoist
from ilang.optimize.merge_equal import merge_equal

Pass = Callable[[Graph], Graph]

PASSES: tuple[Pass, ...] = (
    drop_unused,  # first: what nobody reads need not be looked at by the others
    merge_equal,
    cheap_first,  # behind the first two: a pool that is read twice cannot be filtered for one of its readers
    demand,
    check_once,
    hoist,  # last: what it takes out is looked at by none of the others
)

EXACT: tuple[Pass, ...] = tuple(one for one in PASSES if one not in (cheap_first, demand))
"""Those after which the same is drawn, and the same reported."""


def optimize(graph: Graph, passes: Sequence[Pass] = PASSES, after: Callable[[str, Graph], None] | None = None) -> Graph:
    """The graph after all passes; `after` is told each pass's name and result."""
    for one in passes:
        graph = one(graph)
        if after is not None:
            after(one.__name__, graph)
    return graph
