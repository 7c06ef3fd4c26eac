"""given: a graph some of whose arguments are known before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ilang.base.value import Value
from ilang.graph import node as g


def given(graph: g.Graph, values: Mapping[int, Value]) -> g.Graph:
    """The graph in which the params at these places are constants. It is called with all of them as before."""
    nodes = tuple(
        g.Constant(values[node.place], span=node.span) if isinstance(node, g.Input) and node.place in values else node
        for node in graph.nodes
    )
    return replace(graph, nodes=nodes) if values else graph
