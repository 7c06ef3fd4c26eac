"""The pass `demand`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ilang.graph import node as g
from ilang.optimize.drop_unused import drop_unused
from ilang.optimize.effects import Known
from ilang.optimize.judge import is_none, keeps_the_verified
from ilang.stages.pure import PURE
from ilang.stages.stage import Stage
from ilang.stages.table import stage
from ilang.stages.waves import Consumer

REQUEST = "request"


def demand(graph: g.Graph) -> g.Graph:
    """Draws no more than what is read of the candidates needs: a stage that samples is told who reads them.

    Before, all are drawn whatever the first say:

        0 draw sample(request, n=8)
        1 stage vote(0)
        2 field winner(1)              -> output

    After, in waves (`stages/waves.py`), until none that is left could change the winner:

        0 constant Consumer(vote)
        1 draw sample(request, n=8, consumer=0)
        2 stage vote(1)
        3 field winner(2)              -> output

    So too for `verify(...) | best`, where the first that is verified, in draw order, is the best: each is then verified
    as it comes. Nothing is changed where anything else is read: a share or the size of a vote, the candidates
    themselves, a weight, a score; where a `within` stands in the program, for it counts what is drawn; and where a
    check could be the first to read what is drawn elsewhere, for then it matters how often it is asked. All `n` indices
    are taken as before.
    """
    if any(isinstance(node, g.Budget) for one in g.all_graphs(graph) for node in one.nodes):
        return graph
    made = _Demand().of(graph, entry=True)
    return graph if made is graph else drop_unused(made)


class Found(NamedTuple):
    """Candidates that are drawn at the place `sample`, judged with what stands at `check`, if they are, and then given
    to a stage, at the place `judged` (the sample's where they are not judged)."""

    sample: int
    judged: int
    check: int | None
    consumer: Consumer


class _Demand:
    def __init__(self) -> None:
        self._done: dict[int, tuple[g.Graph, g.Graph]] = {}
        self._effects = Known()

    def of(self, graph: g.Graph, *, entry: bool = False) -> g.Graph:
        """The graph with all of its samples told; a body that several nodes share stays shared."""
        known = self._done.get(id(graph))
        if known is not None:
            return known[1]
        nodes = [self._bodies(node) for node in graph.nodes]
        made = graph
        if any(a is not b for a, b in zip(nodes, graph.nodes, strict=True)):
            made = replace(graph, nodes=tuple(nodes))
        found = _Search(made, self._effects, entry=entry).all()
        if found:
            made = _told(made, found)
        self._done[id(graph)] = (graph, made)
        return made

    def _bodies(self, node: g.Node) -> g.Node:
        match node:
            case g.Function():
                body = self.of(node.body)
                return node if body is node.body else replace(node, body=body)
            case g.Region():
                body, until = self.of(node.body), None if node.until is None else self.of(node.until)
                return node if body is node.body and until is node.until else replace(node, body=body, until=until)
        return node


class _Search:
    """What of one graph may be told. `entry`: its inputs are values."""

    def __init__(self, graph: g.Graph, effects: Known, *, entry: bool) -> None:
        self._graph = graph
        self._effects = effects
        self._entry = entry
        self._readers: list[list[g.Node]] = [[] for _ in graph.nodes]
        for node in graph.nodes:
            for i in dict.fromkeys(node.inputs):
                self._readers[i].append(node)

    def all(self) -> list[Found]:
        """Each sample whose consumer may be told."""
        found = (self._found(place) for place in range(len(self._graph.nodes)))
        return [one for one in found if one is not None]

    def _found(self, place: int) -> Found | None:
        """What a consumer at this place may be given less of; None where it is none, or more is read of it."""
        graph = self._graph
        node = graph.nodes[place]
        facts = _facts(node)
        if facts is None or facts.settled is None or not _given_alone(graph, node, "pool"):
            return None
        if facts.settles is not None and not self._read_as(place, facts.settles):
            return None
        pool = judged = _argument(node, "pool")
        check: int | None = None
        asks = False
        if facts.settles is None:  # one that goes by what is verified
            pool = judged = self._passed(pool)
            judge = _facts(graph.nodes[pool])
            if judge is None or judge.judges is None or not _takes(graph.nodes[pool], "pool", judge.judges):
                return None
            check = _argument(graph.nodes[pool], judge.judges)
            pool = _argument(graph.nodes[pool], "pool")
            if not self._alone(judged) or not self._judges_by_itself(pool, check):
                return None
            asks = "draws" in self._effects.call(graph, check)
        source = graph.nodes[pool]
        if not (isinstance(source, g.Draw) and stage(source.stage).waves and REQUEST in source.names):
            return None
        if "consumer" in source.names or not self._alone(pool):
            return None
        return Found(pool, judged, check, Consumer(facts.name, asks=asks))

    def _passed(self, place: int) -> int:
        """Behind a `prune(unless=it.verified)`, which drops none that is verified: what it is given."""
        graph = self._graph
        node = graph.nodes[place]
        if not (isinstance(node, g.Apply) and isinstance(node.op, g.StageOp) and node.op.name == "prune"):
            return place
        if not _takes(node, "pool", "unless"):
            return place
        unless = graph.nodes[_argument(node, "unless")]
        verified = isinstance(unless, g.Function) and keeps_the_verified(unless)
        whole = "keep" not in node.op.names or is_none(graph.nodes[_argument(node, "keep")])
        readers = [one for one in self._readers[place] if not _asks_whether_none(one, place)]
        alone = place != graph.output and len(readers) == 1 and readers[0].inputs.count(place) == 1
        return _argument(node, "pool") if verified and whole and alone else place

    def _alone(self, place: int) -> bool:
        """Whether one node reads this one, once, and nobody else."""
        readers = self._readers[place]
        return place != self._graph.output and len(readers) == 1 and readers[0].inputs.count(place) == 1

    def _read_as(self, place: int, name: str) -> bool:
        """Whether of the value at a place this field is read, and nothing else."""
        return place != self._graph.output and all(
            isinstance(one, g.Apply) and isinstance(one.op, g.FieldOp) and one.op.name == name
            for one in self._readers[place]
        )

    def _judges_by_itself(self, pool: int, check: int) -> bool:
        """Whether a check is a function of a candidate alone, which may be asked less often, and reads nothing that
        nobody has read before."""
        node = self._graph.nodes[check]
        if not isinstance(node, g.Function) or any(_reads_others(one) for one in g.all_graphs(node.body)):
            return False
        if not self._effects.call(self._graph, check).isdisjoint(("impure", "calls")):
            return False
        known = self._known(_there(self._graph, pool), max(node.inputs, default=-1))
        return all(known[i] for i in node.inputs)

    def _known(self, there: frozenset[int], last: int) -> list[bool]:
        """Of each node up to the last whether reading it draws nothing: it is there by then, or reckoned from such."""
        known: list[bool] = []
        for place, node in enumerate(self._graph.nodes[: last + 1]):
            match node:
                case g.Constant():
                    free = True
                case g.Input():
                    free = self._entry
                case g.Apply(op):
                    plain = op.name in PURE if isinstance(op, g.StageOp) else not isinstance(op, g.CallOp | g.PythonOp)
                    free = plain and all(known[i] for i in node.inputs)
                case _:
                    free = False
            known.append(free or place in there)
        return known


def _asks_whether_none(node: g.Node, place: int) -> bool:
    """Whether a node reads of the other only whether it is none, as it is where all were dropped."""
    return isinstance(node, g.Branch) and node.kind == "some" and place not in node.inputs[1:]


def _told(graph: g.Graph, found: Sequence[Found]) -> g.Graph:
    """The graph in which each sample knows its consumer, and judges too."""
    judged = {one.judged: one for one in found}
    gone = {one.sample for one in found if one.sample != one.judged}
    nodes: list[g.Node] = []
    moved: dict[int, int] = {}
    for place, node in enumerate(graph.nodes):
        if place in gone:  # what it reads stands before its judge too, which is the sample from now on
            continue
        one = judged.get(place)
        if one is None:
            new = replace(node, inputs=tuple(moved[i] for i in node.inputs))
        else:
            source = graph.nodes[one.sample]
            assert isinstance(source, g.Draw)
            checks = () if one.check is None else (one.check,)
            inputs = tuple(moved[i] for i in (*source.inputs, *checks))
            nodes.append(g.Constant(one.consumer, span=source.span))
            names = (*source.names, *("check" for _ in checks), "consumer")
            new = replace(source, names=names, inputs=(*inputs, len(nodes) - 1))
        moved[place] = len(nodes)
        nodes.append(new)
    return replace(graph, nodes=tuple(nodes), output=moved[graph.output])


def _facts(node: g.Node) -> Stage | None:
    """The facts of a deterministic stage."""
    if isinstance(node, g.Apply) and isinstance(node.op, g.StageOp) and node.op.name not in PURE:
        return stage(node.op.name)
    return None


def _argument(node: g.Node, name: str) -> int:
    """Where a stage's argument stands."""
    assert isinstance(node, g.Apply) and isinstance(node.op, g.StageOp)
    return node.inputs[node.op.names.index(name)]


def _takes(node: g.Node, *names: str) -> bool:
    return isinstance(node, g.Apply) and isinstance(node.op, g.StageOp) and set(names) <= set(node.op.names)


def _given_alone(graph: g.Graph, node: g.Node, name: str) -> bool:
    """Whether a stage is given this argument, and of the others nothing."""
    assert isinstance(node, g.Apply) and isinstance(node.op, g.StageOp)
    others = [graph.nodes[i] for n, i in zip(node.op.names, node.inputs, strict=True) if n != name]
    return name in node.op.names and all(map(is_none, others))


def _reads_others(graph: g.Graph) -> bool:
    fields = [node.op for node in graph.nodes if isinstance(node, g.Apply) and isinstance(node.op, g.FieldOp)]
    return any(field.name == "others" for field in fields)


def _there(graph: g.Graph, place: int) -> frozenset[int]:
    """The nodes that are computed before a node's own part."""
    found: set[int] = set()
    stack = list(g.strict_inputs(graph.nodes[place]))
    while stack:
        at = stack.pop()
        if at in found:
            continue
        found.add(at)
        node = graph.nodes[at]
        stack += g.strict_inputs(node)
        if isinstance(node, g.Region) and node.kind == "call":
            inner = _there(node.body, node.body.output) | {node.body.output}
            read = [node.body.nodes[i] for i in inner]
            stack += [node.inputs[one.place] for one in read if isinstance(one, g.Input)]
    return frozenset(found)
