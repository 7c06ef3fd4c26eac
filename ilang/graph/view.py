"""A networkx view of a graph: for order, ancestry and drawing. Made from the value, never the store of truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilang.graph import node as g

if TYPE_CHECKING:
    import networkx


def view(graph: g.Graph) -> networkx.MultiDiGraph:
    """Nodes by place, with `label`; an edge for each input, with `position` and whether it is `lazy`."""
    import networkx

    made = networkx.MultiDiGraph(name=graph.name)
    for place, node in enumerate(graph.nodes):
        made.add_node(place, label=label(node), node=node, output=place == graph.output)
    for place, node in enumerate(graph.nodes):
        strict = len(g.strict_inputs(node))
        for position, source in enumerate(node.inputs):
            made.add_edge(source, place, position=position, lazy=position >= strict)
    return made


def label(node: g.Node) -> str:
    """A few words for a node."""
    match node:
        case g.Input(place):
            return f"input {place}"
        case g.Constant(value):
            text = repr(value)
            return text if len(text) <= 40 else text[:37] + "..."
        case g.Apply(op):
            return op_label(op)
        case g.Draw(stage):
            return f"draw {stage}"
        case g.Function(arity):
            return f"function of {arity}"
        case g.Region(kind, name):
            return f"call {name}" if kind == "call" else kind
        case g.Branch(kind):
            return kind
        case g.Budget(names):
            return f"within {' '.join(names)}"


def op_label(op: g.Op) -> str:
    """A few words for an operation."""
    match op:
        case g.StageOp(name):
            return name
        case g.FieldOp(_, name):
            return f".{name}"
        case g.ListOp():
            return "list"
        case g.RecordOp(_, type_):
            return f"record {type_}"
        case g.TextOp():
            return "text"
        case g.RenderOp(prompt):
            return f"prompt {prompt}"
        case g.PythonOp(key):
            return f"python {key.rsplit(':', 1)[-1]}"
        case g.ConvertOp(how):
            return f"as {how}"
        case g.ModelOp(key):
            return f"model {key}"
        case g.CallOp():
            return "call"
        case g.AlwaysOp():
            return "always"
