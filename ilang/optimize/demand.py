"""The pass `demand`."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ilang.graph import node as g
from ilang.optimize.drop_unused import drop_unused
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


class _Demand:
    def __init__(self) -> None:
        self._done: dict[tuple[int, bool], tuple[g.Graph, g.Graph]] = {}

    def of(self, graph: g.Graph, *, entry: bool = False) -> g.Graph:
        """The graph with all of its samples told; a body that several nodes share stays shared."""
        known = self._done.get((id(graph), entry))
        if known is not None:
            return known[1]
        nodes = [self._bodies(node) for node in graph.nodes]
        made = graph
        if any(a is not b for a, b in zip(nodes, graph.nodes, strict=True)):
            made = replace(graph, nodes=tuple(nodes))
        for place in range(len(made.nodes)):
            found = _found(made, place, entry=entry)
            if found is not None:
                name = made.nodes[place].op.name  # type: ignore[union-attr]
                made = _told(made, found, Consumer(name))
                return self._again(graph, made, entry=entry)
        self._done[id(graph), entry] = (graph, made)
        return made

    def _again(self, graph: g.Graph, made: g.Graph, *, entry: bool) -> g.Graph:
        """Until there is none left: places have changed."""
        last = self.of(made, entry=entry)
        self._done[id(graph), entry] = (graph, last)
        return last

    def _bodies(self, node: g.Node) -> g.Node:
        match node:
            case g.Function():
                body = self.of(node.body)
                return node if body is node.body else replace(node, body=body)
            case g.Region():
                body, until = self.of(node.body), None if node.until is None else self.of(node.until)
                return node if body is node.body and until is node.until else replace(node, body=body, until=until)
        return node


def _found(graph: g.Graph, place: int, *, entry: bool) -> Found | None:
    """What a consumer at this place may be given less of; None where it is none, or more is read of it."""
    node = graph.nodes[place]
    facts = _facts(node)
    if facts is None or facts.settled is None or not _given_alone(graph, node, "pool"):
        return None
    if facts.settles is not None and not _read_as(graph, place, facts.settles):
        return None
    pool = _argument(node, "pool")
    if facts.settles is None:
        pool = _passed(graph, pool)
    judged, check = pool, None
    judge = _facts(graph.nodes[pool])
    if facts.settles is None:  # one that goes by what is verified
        if judge is None or judge.judges is None or not _takes(graph.nodes[pool], "pool", judge.judges):
            return None
        check = _argument(graph.nodes[pool], judge.judges)
        pool = _argument(graph.nodes[pool], "pool")
        if not _alone(graph, judged) or not _judges_by_itself(graph, pool, check, entry=entry):
            return None
    source = graph.nodes[pool]
    tellable = isinstance(source, g.Draw) and stage(source.stage).waves and REQUEST in source.names
    if not tellable or "consumer" in source.names or not _alone(graph, pool):  # type: ignore[union-attr]
        return None
    return Found(pool, judged, check)


def _passed(graph: g.Graph, place: int) -> int:
    """Behind a `prune(unless=it.verified)`, which drops none that is verified: what it is given."""
    node = graph.nodes[place]
    if not (isinstance(node, g.Apply) and isinstance(node.op, g.StageOp) and node.op.name == "prune"):
        return place
    if not {"pool", "unless"} <= set(node.op.names):
        return place
    unless = graph.nodes[_argument(node, "unless")]
    reads = isinstance(unless, g.Function) and unless.body.nodes[unless.body.output]
    plain = isinstance(reads, g.Apply) and reads.op == g.FieldOp("candidate", "verified")
    keep = graph.nodes[_argument(node, "keep")] if "keep" in node.op.names else g.Constant(None)
    whole = isinstance(keep, g.Constant) and keep.value is None
    readers = [one for one in _readers(graph, place) if not _asks_whether_none(one, place)]
    alone = place != graph.output and len(readers) == 1 and readers[0].inputs.count(place) == 1
    return _argument(node, "pool") if plain and whole and alone else place


def _asks_whether_none(node: g.Node, place: int) -> bool:
    """Whether a node reads of the other only whether it is none, as it is where all were dropped."""
    return isinstance(node, g.Branch) and node.kind == "some" and place not in node.inputs[1:]


def _told(graph: g.Graph, found: Found, consumer: Consumer) -> g.Graph:
    """The graph in which the sample knows its consumer, and judges too."""
    nodes: list[g.Node] = []
    moved: dict[int, int] = {}

    def put(place: int) -> int:
        """The new place of a node, behind all that it reads."""
        stack = [place]
        while stack:
            at = stack[-1]
            node = graph.nodes[at]
            pending = [i for i in inputs_of(at, node) if i not in moved]
            if at in moved:
                stack.pop()
            elif pending:
                stack += reversed(pending)
            else:
                moved[at] = len(nodes)
                nodes.append(new(at, node))
                stack.pop()
        return moved[place]

    def inputs_of(at: int, node: g.Node) -> g.Refs:
        if at == found.judged:
            check = () if found.check is None else (found.check,)
            return (*graph.nodes[found.sample].inputs, *check)
        return node.inputs

    def new(at: int, node: g.Node) -> g.Node:
        inputs = tuple(moved[i] for i in inputs_of(at, node))
        if at != found.judged:
            return replace(node, inputs=inputs)
        source = graph.nodes[found.sample]
        assert isinstance(source, g.Draw)
        nodes.append(g.Constant(consumer, span=source.span))
        moved[at] = len(nodes)
        names = (*source.names, *(() if found.check is None else ("check",)), "consumer")
        return replace(source, names=names, inputs=(*inputs, len(nodes) - 1))

    for place in range(len(graph.nodes)):
        if place != found.sample or found.sample == found.judged:
            put(place)
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
    return name in node.op.names and all(isinstance(one, g.Constant) and one.value is None for one in others)


def _readers(graph: g.Graph, place: int) -> list[g.Node]:
    return [node for node in graph.nodes if place in node.inputs]


def _alone(graph: g.Graph, place: int) -> bool:
    """Whether one node reads this one, once, and nobody else."""
    readers = _readers(graph, place)
    return place != graph.output and len(readers) == 1 and readers[0].inputs.count(place) == 1


def _read_as(graph: g.Graph, place: int, name: str) -> bool:
    """Whether of the value at a place this field is read, and nothing else."""
    readers = _readers(graph, place)
    return place != graph.output and all(
        isinstance(one, g.Apply) and isinstance(one.op, g.FieldOp) and one.op.name == name for one in readers
    )


def _judges_by_itself(graph: g.Graph, pool: int, check: int, *, entry: bool) -> bool:
    """Whether a check is a function of a candidate alone that reads nothing which nobody has read before."""
    node = graph.nodes[check]
    if not isinstance(node, g.Function) or any(_reads_others(one) for one in g.all_graphs(node.body)):
        return False
    there = _there(graph, pool)
    return all(_known(graph, i, there, entry=entry) for i in node.inputs)


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


def _known(graph: g.Graph, place: int, there: frozenset[int], *, entry: bool) -> bool:
    """Whether reading a node draws nothing: it is computed by then, or reckoned from what is."""
    if place in there:
        return True
    node = graph.nodes[place]
    match node:
        case g.Constant():
            return True
        case g.Input():
            return entry
        case g.Apply(op):
            plain = not isinstance(op, g.CallOp | g.PythonOp) and not (
                isinstance(op, g.StageOp) and op.name not in PURE
            )
            return plain and all(_known(graph, i, there, entry=entry) for i in node.inputs)
    return False
