"""Settled: of each graph in a program, which of its params number nothing when they are first read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ilang.graph import node as g
from ilang.optimize.effects import Effects, Known

NUMBERED: Effects = frozenset({"draws", "chance", "calls", "budget"})
"""What takes a number where it is first read, or may."""


class Settled:
    """Begins at the entry, whose arguments are values, and goes down to all that is called: a param is settled where it
    is in all places that give it."""

    def __init__(self, entry: g.Graph, known: Known) -> None:
        self._known = known
        self._open: dict[int, set[int]] = {}  # by graph: params that may number something
        waiting = deque(g.all_graphs(entry))
        self.graphs = tuple(waiting)
        while waiting:
            graph = waiting.popleft()
            for body, given in _given(graph):
                more = {k for k, place in given if not self.calm(graph, place)} - self._open.setdefault(id(body), set())
                if more:
                    self._open[id(body)] |= more
                    waiting.append(body)

    def calm(self, graph: g.Graph, place: int) -> bool:
        """Whether reading a node for the first time numbers nothing outside of functions that it calls."""
        does = self._known.of(graph)[place]
        return not does.all & NUMBERED and not does.reads & self._open.get(id(graph), set())


def _given(graph: g.Graph) -> Iterator[tuple[g.Graph, list[tuple[int, int]]]]:
    """The bodies in a graph, each with (its param, the place of the node that it stands for) of what is read lazily."""
    for node in graph.nodes:
        match node:
            case g.Function(arity, body, inputs):
                yield body, list(enumerate(inputs, arity))
            case g.Budget(names, body, inputs):
                yield body, list(enumerate(inputs[len(names) :]))
            case g.Region("call", body=body, inputs=inputs):
                yield body, list(enumerate(inputs))
            case g.Region(body=body, inputs=inputs, names=names):
                split = len(inputs) - node.until_captures
                yield body, list(enumerate(inputs[len(names) : split], 1))
                if node.until is not None:
                    yield node.until, list(enumerate(inputs[split:], 1))
