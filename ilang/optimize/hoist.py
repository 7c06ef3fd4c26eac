"""The pass `hoist`."""

from __future__ import annotations

from dataclasses import replace

from ilang.base.value import Value
from ilang.graph import node as g
from ilang.optimize.bodies import ordered, through
from ilang.optimize.effects import Effects, Known
from ilang.stages.pure import PURE
from ilang.stages.stage import CannotGive, NothingLeft

DONE_ONCE: Effects = frozenset({"python", "reports"})
"""What may be done once for all rows: Python that is declared pure; what is reported is reported for each row."""


def hoist(graph: g.Graph) -> g.Graph:
    """What no row changes is done once for all rows of a run, where it is first read.

    Before, the list is made, Python asked and the examples are filled in for every row, and in a function for every
    candidate of it:

        0 input question
        1 constant 1
        2 constant 2
        3 list(1, 2)
        4 python examples(3)            # declared pure
        5 call shown(~4)                # a prompt
        6 call solve(~5, ~0)
        7 draw ask(6)                   -> output

    After, the list is a constant, and what needs more than that is a body that is kept for the run:

        0 input question
        1 call once()                   # body: 0 constant [1, 2]; 1 python examples(0); 2 call shown(~1)
        2 call solve(~1, ~0)
        3 draw ask(2)                   -> output

    Left as they are: what draws or takes random numbers (equal rows share their draws through the store, and each row
    counts them), Python that is not declared pure, what opens a `within`, makes candidates or gives a function. It is
    as lazy as before: what no row reads is never done. Where it fails, it fails so in each row.
    """
    known = Known()
    return through(graph, lambda _, one: _hoisted(_folded(one), known))


def _folded(graph: g.Graph) -> g.Graph:
    """The graph in which lists of constants, and pure functions of them, are constants."""
    nodes: list[g.Node] = []
    for node in graph.nodes:
        value = _value(nodes, node)
        nodes.append(node if value is None else g.Constant(value[0], span=node.span))
    if all(a is b for a, b in zip(nodes, graph.nodes, strict=True)):
        return graph
    return ordered(graph, dict(enumerate(nodes)), graph.output)


def _value(nodes: list[g.Node], node: g.Node) -> tuple[Value] | None:
    """What a node is sure to give; None where it takes more than constants to say."""
    if not isinstance(node, g.Apply) or not node.inputs:
        return None
    values = [one.value for i in node.inputs if isinstance(one := nodes[i], g.Constant)]
    if len(values) < len(node.inputs):
        return None
    match node.op:
        case g.ListOp():
            return (tuple(values),)
        case g.StageOp(name, names) if name in PURE:
            try:
                return (PURE[name](**dict(zip(names, values, strict=True))),)
            except (CannotGive, NothingLeft):
                return None  # it fails where it is read
    return None


def _hoisted(graph: g.Graph, known: Known) -> g.Graph:
    """The graph in which what depends on none of its params, and takes some work, is kept for the run."""
    kept = _kept(graph, known)
    if not kept:
        return graph
    nodes: dict[int, g.Node] = {}
    for place, node in enumerate(graph.nodes):
        nodes[place] = node
        if place in kept:
            body = replace(ordered(graph, nodes, place), name="once", params=(), tells=())
            nodes[place] = g.Region("call", "once", (), body, (), span=node.span, once=True)
    return ordered(graph, nodes, graph.output)


def _kept(graph: g.Graph, known: Known) -> set[int]:
    """The places of what is to be kept: read by what is not the same for all rows, or by several."""
    does = known.of(graph)
    closed: list[bool] = []
    work: list[bool] = []  # whether it takes more than a few steps
    for place, node in enumerate(graph.nodes):
        same = does[place].all <= DONE_ONCE and not does[place].reads and all(closed[i] for i in node.inputs)
        closed.append(same and _may_be_kept(graph, node))
        work.append(_takes_work(node) or any(work[i] for i in node.inputs))
    readers: dict[int, list[int]] = {}
    for place, node in enumerate(graph.nodes):
        for i in node.inputs:
            readers.setdefault(i, []).append(place)
    found = set()
    for place, node in enumerate(graph.nodes):
        if not closed[place] or not work[place] or _is_function(node) or (isinstance(node, g.Region) and node.once):
            continue
        of = readers.get(place, [])
        if place == graph.output:
            if not graph.params:
                continue  # it is the same for whoever calls it: who does keeps it
            found.add(place)
        elif len(of) > 1 or any(not closed[i] for i in of):
            found.add(place)
    return found


def _may_be_kept(graph: g.Graph, node: g.Node) -> bool:
    """Whether a node's value may outlive its row: it holds no function."""
    match node:
        case g.Draw() | g.Budget() | g.Input() | g.Apply(g.CallOp()):
            return False
        case g.Function() | g.Constant() | g.Apply(g.ModelOp()):
            return True
        case g.Region():
            if node.kind != "call":
                return False
        case g.Apply(g.StageOp(name)) if name not in PURE:
            return True  # its functions are called
    return not any(_is_function(graph.nodes[i]) for i in node.inputs)


def _is_function(node: g.Node) -> bool:
    return isinstance(node, g.Function) or (isinstance(node, g.Apply) and isinstance(node.op, g.AlwaysOp))


def _takes_work(node: g.Node) -> bool:
    """Whether a node calls a prompt, a pipeline, Python, or a stage."""
    match node:
        case g.Region():
            return not node.once
        case g.Apply(g.PythonOp()):
            return True
        case g.Apply(g.StageOp(name)):
            return name not in PURE
    return False
