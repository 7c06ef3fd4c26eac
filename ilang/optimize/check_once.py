"""The pass `check_once`."""

from __future__ import annotations

from dataclasses import replace

from ilang.graph import node as g
from ilang.optimize.bodies import through
from ilang.optimize.effects import Known
from ilang.optimize.looks_at import looks_at

DONE_ONCE = frozenset({"python", "impure"})
"""What a judged function may do. Python that is not declared pure too: a run asks it once for equal arguments."""


def check_once(graph: g.Graph) -> g.Graph:
    """Of equal candidates one is judged, and its judgement is that of all of them.

    A function of a candidate is a function: what it gives for equal ones is equal. Before:

        0 input q
        1 draw sample(...)
        2 function of 1                  # runs(it): Python
        3 stage verify(pool=1, check=2)  -> output

    After, the function says what its judgement depends on:

        2 function of 1, judges by value

    and where 16 candidates have 3 different values it is called 3 times. The pool keeps its 16 candidates, and each
    of them its verdict, so votes, weights and what is reported are as before.

    Told of functions that call Python and read nothing but fields of their candidate: not its number, not the others.
    One that is reckoned at once takes less time than to find out which are equal. One that draws is left as it is:
    equal ones send the same request and share its draws, one by one, so nothing is paid twice, and a draw counts
    where it would have been sent first; what it reports, it reports of each.
    """
    known = Known()
    return through(graph, lambda _, one: _told(one, known))


def _told(graph: g.Graph, known: Known) -> g.Graph:
    nodes = tuple(_judges(graph, place, node, known) for place, node in enumerate(graph.nodes))
    same = all(a is b for a, b in zip(nodes, graph.nodes, strict=True))
    return graph if same else replace(graph, nodes=nodes)


def _judges(graph: g.Graph, place: int, node: g.Node, known: Known) -> g.Node:
    if not isinstance(node, g.Function) or node.judges_by is not None:
        return node
    does = known.body(node.body).all
    if "python" not in does or not does <= DONE_ONCE:
        return node
    fields = looks_at(node)
    return node if not fields else replace(node, judges_by=tuple(sorted(fields)))
