"""Which tallies may feed a graph's result: found by going back from the output through fields, branches and calls."""

from __future__ import annotations

from ilang.graph import node as g


def feeding(graph: g.Graph) -> frozenset[tuple[int, int]]:
    """(graph's id, place) of each node whose tally the result is a field of, or is itself."""
    found: set[tuple[int, int]] = set()
    seen: set[tuple[int, int]] = set()
    _back(graph, graph.output, (), found, seen)
    return frozenset(found)


_Callers = tuple[tuple[g.Graph, g.Refs], ...]


def _back(
    graph: g.Graph, place: int, callers: _Callers, found: set[tuple[int, int]], seen: set[tuple[int, int]]
) -> None:
    at = (id(graph), place)
    if at in seen:
        return
    seen.add(at)
    node = graph.nodes[place]
    match node:
        case g.Apply(g.StageOp("vote")) | g.Draw("tally"):
            found.add(at)
        case g.Apply(g.FieldOp("tally") | g.ConvertOp() | g.StageOp("share_of")):
            _back(graph, node.inputs[0], callers, found, seen)
        case g.Branch("if", inputs):
            for arm in inputs[1:]:
                _back(graph, arm, callers, found, seen)
        case g.Branch(_, inputs):
            for arm in inputs:
                _back(graph, arm, callers, found, seen)
        case g.Budget(_, inputs):
            _back(graph, inputs[-1], callers, found, seen)
        case g.Region("call", body=body, inputs=inputs):
            _back(body, body.output, (*callers, (graph, inputs)), found, seen)
        case g.Input(k) if callers:
            outer, inputs = callers[-1]
            _back(outer, inputs[k], callers[:-1], found, seen)
