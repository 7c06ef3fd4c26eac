"""The pass `merge_equal`."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from ilang.graph import node as g
from ilang.optimize.bodies import ordered, through
from ilang.optimize.effects import Known
from ilang.stages.pure import PURE

MERGED = frozenset({"python"})
"""What a node may do beside giving a value and still be merged: `effects.py` has the others."""


def merge_equal(graph: g.Graph) -> g.Graph:
    """Equal nodes that give a value and do nothing else become one, in each graph and in each body by itself.

    Before, the same request is filled in twice, and the same pool counted twice:

        0 input question
        1 call solve(~0)
        2 draw sample(1)
        3 call solve(~0)
        4 draw sample(3)
        5 stage vote(2)
        6 stage vote(2)
        7 field winner(5)
        8 field share(6)
        9 list(7, 8, 4)         -> output

    After, both samples are still there, with a number each:

        0 input question
        1 call solve(~0)
        2 draw sample(1)
        3 draw sample(1)
        4 stage vote(2)
        5 field winner(4)
        6 field share(4)
        7 list(5, 6, 3)         -> output

    Equal are nodes of one graph, so of one activation and under one `within`, with equal operations, bodies and
    inputs. Never merged: what draws or takes random numbers, calls Python that is not declared pure, reports what
    could not be done (it would be told once), makes candidates, or calls a function that is not known. One that can
    fail is merged only where it is computed in any case: an error stands at a place that was come to.
    """
    known, forms = Known(), _Forms()
    return through(graph, lambda _, one: _merged(one, known, forms))


def _merged(graph: g.Graph, known: Known, forms: _Forms) -> g.Graph:
    """The graph with equal nodes merged; where that has made others certain, those too."""
    while (made := _merged_once(graph, known, forms)) is not graph:
        graph = made
    return graph


def _merged_once(graph: g.Graph, known: Known, forms: _Forms) -> g.Graph:
    does = known.of(graph)
    certain = _certain(graph)
    to: list[int] = []  # by place: the place of the node that stands for it
    nodes: dict[int, g.Node] = {}
    first: dict[Hashable, int] = {}
    for place, node in enumerate(graph.nodes):
        inputs = tuple(to[i] for i in node.inputs)
        nodes[place] = node if inputs == node.inputs else replace(node, inputs=inputs)
        to.append(place)
        if isinstance(node, g.Input) or not does[place].own <= MERGED:
            continue
        found = first.setdefault(forms.of_node(nodes[place]), place)
        if found == place:
            continue
        if not _can_fail(node) or found in certain:
            to[place] = found
        elif place in certain:  # the same, and its places are those that will be come to
            nodes[found] = nodes[place]
            certain.add(found)
            to[place] = found
    if all(a == b for a, b in enumerate(to)):
        return graph
    return ordered(graph, nodes, to[graph.output])


def _certain(graph: g.Graph) -> set[int]:
    """The places that are computed whenever the output is."""
    found: set[int] = set()
    stack = [graph.output]
    while stack:
        place = stack.pop()
        if place not in found:
            found.add(place)
            stack.extend(g.strict_inputs(graph.nodes[place]))
    return found


def _can_fail(node: g.Node) -> bool:
    """Whether a node's own part may fail, so that its place is told."""
    match node:
        case g.Constant() | g.Apply(g.ListOp() | g.RecordOp() | g.AlwaysOp() | g.ModelOp()):
            return False
        case g.Apply(g.StageOp(name)):
            return name not in PURE or name not in ("==", "!=", "not", "show")
    return True


class _Forms:
    """What tells nodes apart, their places in the program aside: equal for equal ones. Each body has a number."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[int, tuple[g.Graph, int]] = {}

    def of_graph(self, graph: g.Graph) -> int:
        """The same number for equal bodies."""
        known = self._known.get(id(graph))
        if known is None:
            form = (graph.name, len(graph.params), graph.output, tuple(self.of_node(n) for n in graph.nodes))
            known = self._known[id(graph)] = (graph, self._numbers.setdefault(form, len(self._numbers)))
        return known[1]

    def of_node(self, node: g.Node) -> Hashable:
        """Equal for nodes of one graph that are equal."""
        inputs = node.inputs
        match node:
            case g.Input(place):
                return ("input", place)
            case g.Constant(value):
                return ("constant", repr(value))  # 1, 1.0 and true are equal in Python, and no equal constants
            case g.Apply(g.ConvertOp(how)) if how != "checked":
                return ("convert", how, inputs)  # its type is not read, and may be a variable of its own
            case g.Apply(op):
                return (op, inputs)
            case g.Draw(stage, names):
                return ("draw", stage, names, inputs)
            case g.Function(arity, body):
                return ("function", arity, self.of_graph(body), inputs)
            case g.Region(kind, name, names, body):
                until = None if node.until is None else (self.of_graph(node.until), node.until_captures)
                more = (until, node.until_each, node.catches, node.once)
                return (kind, name, names, self.of_graph(body), inputs, more)
            case g.Branch(kind):
                return (kind, inputs)
            case g.Budget(names, body):
                return ("within", names, self.of_graph(body), inputs)
