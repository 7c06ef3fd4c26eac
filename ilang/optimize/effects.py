"""What computing a node does beside giving a value: what a pass must know before it moves, merges or leaves one out.

Found from the leaves up, each body once. What is not known for certain counts as done: a function that comes from
elsewhere (`calls`) may do anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ilang.graph import node as g
from ilang.stages.pure import PURE

Effect = Literal["draws", "chance", "python", "impure", "reports", "makes", "calls", "budget"]
Effects = frozenset[Effect]
"""`draws` indices of requests; takes numbers of `chance`; asks `python`, `impure`: some that is not declared pure;
`reports` what could not be done; `makes` candidates or copies of them, which are equal to themselves alone; `calls` a
function that it does not know; opens a `budget`."""

NONE: Effects = frozenset()

RANDOM = frozenset({"pick", "resample", "shuffle"})
"""The stages that take random numbers, `extend` and `sample` aside: those draw as well."""

SILENT: dict[str, tuple[str, ...]] = {
    "prune": ("unless", "by"),
    "dedupe": ("by",),
    "vote": ("by",),
    "worst": ("by",),
    "share_of": (),
}
"""Stages that report nothing and make no candidates, where these arguments are none."""


VALUES = frozenset(
    {"answer", "keep", "list", "max", "model", "more", "n", "pool", "prior", "request", "reset", "top", "votes"}
)
"""Parameters of stages that take no function."""


@dataclass(frozen=True, slots=True)
class Does:
    """Of one node: what its `own` part does once its inputs are there, what `all` that computing it may compute does,
    and which of the graph's params that may read."""

    own: Effects
    all: Effects
    reads: frozenset[int]


class Known:
    """What the nodes of graphs do, each graph looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[g.Graph, tuple[Does, ...]]] = {}

    def of(self, graph: g.Graph) -> tuple[Does, ...]:
        """By place."""
        found = self._known.get(id(graph))
        if found is None:
            found = self._known[id(graph)] = (graph, self._found(graph))
        return found[1]

    def body(self, graph: g.Graph) -> Does:
        """What computing the output of a graph does."""
        return self.of(graph)[graph.output]

    def call(self, graph: g.Graph, function: int) -> Effects:
        """What calling the function that a node gives does, what it captured computed or not."""
        node = graph.nodes[function]
        match node:
            case g.Constant(None) | g.Apply(g.AlwaysOp()):
                return NONE
            case g.Function():
                made = self.of(graph)
                return self.body(node.body).all.union(*(made[i].all for i in node.inputs))
        return frozenset({"calls"})

    def _found(self, graph: g.Graph) -> tuple[Does, ...]:
        made: list[Does] = []
        for node in graph.nodes:
            own = self._own(graph, made, node)
            reads = frozenset[int]().union(*(made[i].reads for i in node.inputs))
            if isinstance(node, g.Input):
                reads |= {node.place}
            every = own if isinstance(node, g.Function) else own.union(*(made[i].all for i in node.inputs))
            made.append(Does(own, every, reads))
        return tuple(made)

    def _own(self, graph: g.Graph, made: Sequence[Does], node: g.Node) -> Effects:
        match node:
            case g.Draw(_, names, inputs):
                functions = {n: i for n, i in zip(names, inputs, strict=True) if n in ("next", "check")}
                drawn: Effects = frozenset({"draws", "chance", "reports", "makes"})
                return drawn | self._asked(graph, made, tuple(functions), tuple(functions.values()))
            case g.Region("call", body=body):
                return self.body(body).all
            case g.Region():
                inside: Effects = self.body(node.body).all | {"reports", "makes"}
                if node.until is not None:
                    inside |= self.body(node.until).all
                    if node.until_each:
                        inside |= self.call(node.until, node.until.output)
                return inside | self._asked(graph, made, node.names, node.inputs)
            case g.Budget(body=body):
                return self.body(body).all | {"budget"}
            case g.Apply(g.PythonOp(pure=pure)):
                return frozenset({"python"} if pure else {"python", "impure"})
            case g.Apply(g.CallOp(), inputs):
                return self._asked(graph, made, ("function",), inputs[:1])
            case g.Apply(g.StageOp(name, names), inputs) if name not in PURE:
                return self._stage(graph, made, name, names, inputs)
        return NONE

    def _stage(
        self, graph: g.Graph, made: Sequence[Does], name: str, names: Sequence[str], inputs: Sequence[int]
    ) -> Effects:
        if name in RANDOM:
            return frozenset({"chance", "reports", "makes"})
        given = dict(zip(names, inputs, strict=True))
        if name in SILENT and all(p not in given or _is_none(graph.nodes[given[p]]) for p in SILENT[name]):
            return NONE
        asked = self._asked(graph, made, names, inputs)
        more: Effects = frozenset({"makes"} if name in ("start", "append", "undo", "add") else ())
        return asked | more | {"reports"}

    def _asked(self, graph: g.Graph, made: Sequence[Does], names: Sequence[str], inputs: Sequence[int]) -> Effects:
        """What calling those of these inputs does that are functions, or may be."""
        found: set[Effect] = set()
        for name, i in zip(names, inputs, strict=False):
            if name in VALUES:
                continue
            match graph.nodes[i]:
                case g.Function(body=body, inputs=captured):
                    found |= self.body(body).all.union(*(made[k].all for k in captured))
                case g.Constant() | g.Apply(g.AlwaysOp() | g.ModelOp() | g.ListOp() | g.TextOp()):
                    pass
                case g.Apply(g.StageOp(stage)) if stage in PURE and stage not in ("first", "last"):
                    pass
                case _:
                    found.add("calls")
        return frozenset(found)


def _is_none(node: g.Node) -> bool:
    return isinstance(node, g.Constant) and node.value is None
