"""What each node of a graph may number, itself and all that is computed for it, known before the run.

A summary is relative to the graph: channels of its own activation, and the places of what it is
given that it may read. A function's body has an activation of its own, so what it draws is not
among them; what it captures is, where it is captured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ilang.base.value import Model
from ilang.graph import node as g
from ilang.run.channel import Channel, Shape, shape_of
from ilang.run.world import asked_id
from ilang.stages.pure import PURE
from ilang.stages.table import stage


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one node: the channels that its own part numbers, all that computing it may number, and
    which of the graph's inputs it may read. `shared`: more than one may be the first to read it.
    `holds`: its value may be or hold a function that captured something, or does so where one of the
    graph's inputs at the places of `through` does. `plain`: it is reckoned from the graph's inputs alone; no model is
    asked, no function called, nothing waited for."""

    own: frozenset[Channel]
    channels: frozenset[Channel]
    reads: frozenset[int]
    shared: bool
    holds: bool
    through: frozenset[int]
    plain: bool


SPENDING = Channel(("spending", ""), None)
"""What functions that are called draw."""

_Holds = tuple[bool, frozenset[int]]
_VALUES = frozenset({"pool", "more", "list", "left", "right"})
"""Parameters of stages whose values go on into what the stage gives."""


class Sites:
    """The summaries of graphs, each made once. `marked`: a candidate may have a function as a mark. `spending`: under a
    budget it matters too who calls functions first, for they may draw, if in activations of their own."""

    def __init__(self, models: Mapping[str, Model], default: Model, *, spending: bool = False) -> None:
        self.spending = spending
        self._models = models
        self._default = default
        self._known: dict[int, tuple[g.Graph, tuple[Summary, ...]]] = {}
        self._limited: dict[int, bool] = {}
        self.marked = False

    def of(self, graph: g.Graph) -> tuple[Summary, ...]:
        """The summaries of a graph's nodes, by place."""
        known = self._known.get(id(graph))
        if known is None:
            known = self._known[id(graph)] = (graph, self._summarise(graph))
        return known[1]

    def limited(self, graph: g.Graph) -> bool:
        """Whether a `within` stands in a graph or in a body in it."""
        known = self._limited.get(id(graph))
        if known is None:
            known = self._limited[id(graph)] = has_budget(graph)
            self.of(graph)  # holds it, so that its id stays its own
        return known

    def _summarise(self, graph: g.Graph) -> tuple[Summary, ...]:
        readers = [0] * len(graph.nodes)
        for node in graph.nodes:
            again = isinstance(node, g.Function) or (isinstance(node, g.Region) and node.kind != "call")
            strict = len(g.strict_inputs(node))
            for position, i in enumerate(node.inputs):
                readers[i] += 2 if again and position >= strict else 1
        made: list[Summary] = []
        for place, node in enumerate(graph.nodes):
            own = self._own(graph, node)
            channels, reads = set(own), set[int]()
            for i in node.inputs:
                channels |= made[i].channels
                reads |= made[i].reads
            if self.spending and calls_functions(node):
                channels.add(SPENDING)
            if isinstance(node, g.Input):
                reads.add(node.place)
            for body in g.bodies(node):
                inner = self.of(body)[body.output]
                if not isinstance(node, g.Function):
                    channels |= inner.channels
            holds, through = self._holds(graph, made, node)
            plain = _plain(node) and (isinstance(node, g.Function) or all(made[i].plain for i in node.inputs))
            made.append(Summary(own, frozenset(channels), frozenset(reads), readers[place] > 1, holds, through, plain))
        return tuple(made)

    def _holds(self, graph: g.Graph, made: Sequence[Summary], node: g.Node) -> _Holds:
        """Whether a node's value may hold a function, going by those before it."""
        inputs = node.inputs
        match node:
            case g.Input(place):
                return False, frozenset({place})
            case g.Function():
                return True, frozenset()
            case g.Branch(kind):
                return _together(made, inputs if kind == "otherwise" else inputs[1:])
            case g.Budget(names, body):
                return self._inside(body, made, inputs[len(names) :])
            case g.Region("call", body=body):
                return self._inside(body, made, inputs)
            case g.Region():
                captured = inputs[len(node.names) : len(inputs) - node.until_captures]
                return self._inside(node.body, made, (inputs[0], *captured), inputs[:1])
            case g.Apply(g.ListOp() | g.RecordOp() | g.AlwaysOp() | g.ConvertOp() | g.FieldOp(holds=True)):
                return _together(made, inputs)
            case g.Apply(g.CallOp(holds=True)):
                return self._called(graph, made, inputs[0], inputs[1:])
            case g.Apply(g.StageOp(name, names)) | g.Draw(name, names):
                values = [i for n, i in zip(names, inputs, strict=True) if n in _VALUES]
                if name in PURE or not stage(name).gives_results:
                    return _together(made, values)
                found = [_together(made, values)]
                found += [self._called(graph, made, i, tuple(values[:1])) for i in inputs if i not in values]
                self.marked = self.marked or (name == "mark" and any(holds or through for holds, through in found[1:]))
                return _either(found)
        return False, frozenset()

    def _inside(self, body: g.Graph, made: Sequence[Summary], given: g.Refs, more: g.Refs = ()) -> _Holds:
        """Whether what a body gives may hold a function, or one of `more`; `given` are its params."""
        inner = self.of(body)[body.output]
        through = tuple(given[i] for i in inner.through)
        holds, outer = _together(made, (*through, *more))
        return inner.holds or holds, outer

    def _called(self, graph: g.Graph, made: Sequence[Summary], function: int, arguments: g.Refs) -> _Holds:
        """Whether what a function gives may hold a function, where it is called with arguments like these."""
        node = graph.nodes[function]
        match node:
            case g.Constant():
                return False, frozenset()
            case g.Apply(g.AlwaysOp()):
                return _together(made, node.inputs)
            case g.Function(arity, body):
                inner = self.of(body)[body.output]
                if inner.holds or (not arguments and any(i < arity for i in inner.through)):
                    return True, frozenset()
                given = (*(arguments[min(i, len(arguments) - 1)] for i in range(arity) if arguments), *node.inputs)
                shift = 0 if arguments else arity
                return _together(made, tuple(given[i - shift] for i in inner.through))
        return True, frozenset()

    def _own(self, graph: g.Graph, node: g.Node) -> frozenset[Channel]:
        if isinstance(node, g.Apply) and isinstance(node.op, g.StageOp) and node.op.name not in PURE:
            return frozenset({Channel(("chance", node.op.name), None)}) if stage(node.op.name).random else frozenset()
        if not isinstance(node, g.Draw):
            return frozenset()
        given = dict(zip(node.names, node.inputs, strict=True))
        request = given.get("next", given.get("request", given.get("requests")))
        shape = self._shape(graph, request) if request is not None else None
        facts = stage(node.stage)
        model = self._model(graph, given.get("model"), follows=facts.follows)
        chance = frozenset({Channel(("chance", node.stage), None)}) if facts.random else frozenset()
        if facts.chooses:
            without = graph.nodes[given["choices"]] if "choices" in given else None
            if not facts.random or not (isinstance(without, g.Constant) and without.value is None):
                return chance | {Channel(model, None)}
            chance = frozenset()
        return chance | {Channel(model, shape)}

    def _model(self, graph: g.Graph, place: int | None, *, follows: bool) -> tuple[str, str] | None:
        node = graph.nodes[place] if place is not None else g.Constant(None)
        match node:
            case g.Constant(None):
                return None if follows else name(self._default)
            case g.Apply(g.ModelOp(key)):
                return name(self._models[key])
        return None

    def _shape(self, graph: g.Graph, place: int) -> Shape | None:
        match graph.nodes[place]:
            case g.Region("call", body=body):
                return self._shape(body, body.output)
            case g.Function(body=body):
                return self._shape(body, body.output)
            case g.Apply(g.RenderOp() as op):
                return shape_of(op)
        return None


def has_budget(graph: g.Graph) -> bool:
    """Whether a `within` stands in a graph or in a body in it."""
    return any(isinstance(node, g.Budget) for one in g.all_graphs(graph) for node in one.nodes)


def _plain(node: g.Node) -> bool:
    """Whether a node's own part is reckoned at once."""
    match node:
        case g.Apply(g.StageOp(name)):
            return name in PURE
        case g.Apply(op):
            return not isinstance(op, g.CallOp | g.PythonOp)
    return isinstance(node, g.Input | g.Constant | g.Function | g.Branch)


def calls_functions(node: g.Node) -> bool:
    """Whether a node's own part may call functions that it is given."""
    match node:
        case g.Apply(g.StageOp(name)):
            return name not in PURE
        case g.Apply(op):
            return isinstance(op, g.CallOp)
    return isinstance(node, g.Draw | g.Region)


def _together(made: Sequence[Summary], places: Sequence[int]) -> _Holds:
    return _either([(made[i].holds, made[i].through) for i in places])


def _either(found: Sequence[_Holds]) -> _Holds:
    return any(holds for holds, _ in found), frozenset().union(*(through for _, through in found))


def name(model: Model) -> tuple[str, str]:
    """What tells two models apart for certain: the provider (empty where another name may stand for it) and the id."""
    elsewhere = model.setting("base_url") is not None or model.setting("provider") is not None
    return ("" if elsewhere else model.provider, asked_id(model))
