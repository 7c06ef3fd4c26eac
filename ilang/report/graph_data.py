"""A graph as JSON data. No absolute path and no object's identity is in it, so equal programs give equal data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ilang.base.value import Asked, Model, RecordValue, Value
from ilang.graph import node as g
from ilang.report.json_text import value_text
from ilang.report.model_text import model_text
from ilang.session.result import to_data


def graph_data(graph: g.Graph) -> dict[str, Any]:
    """`{"graphs": [...]}`: the entry's graph first, then each body once, where a reader first meets it.

    A graph is `{"number", "name", "params", "output", "nodes"}`; a node `{"op", ..., "inputs": [{"node",
    "name", "lazy"}], "bodies": [numbers], "line", "column"}`.
    """
    found = numbered(graph)
    numbers = {id(one): number for number, one in enumerate(found)}
    return {"graphs": [_graph(one, numbers) for one in found]}


def numbered(graph: g.Graph) -> list[g.Graph]:
    """The graph and all bodies in it, each once, where a reader first meets it; a body's number is its place here."""
    seen: set[int] = set()
    found: list[g.Graph] = []
    waiting = [graph]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            found.append(one)
            waiting += [body for node in reversed(one.nodes) for body in reversed(g.bodies(node))]
    return found


def size(graph: g.Graph) -> int:
    """How many nodes it has, bodies and all, each body once."""
    return sum(len(one["nodes"]) for one in graph_data(graph)["graphs"])


def _graph(graph: g.Graph, numbers: dict[int, int]) -> dict[str, Any]:
    return {
        "number": numbers[id(graph)],
        "name": graph.name,
        "params": list(graph.params),
        "output": graph.output,
        "nodes": [_node(graph, node, numbers) for node in graph.nodes],
    }


def _node(graph: g.Graph, node: g.Node, numbers: dict[int, int]) -> dict[str, Any]:
    strict = len(g.strict_inputs(node))
    names = input_names(node)
    inputs = [
        {"node": place, "name": names[i] if i < len(names) else "", "lazy": i >= strict}
        for i, place in enumerate(node.inputs)
    ]
    made = {**_what(graph, node), "inputs": inputs, "bodies": [numbers[id(body)] for body in g.bodies(node)]}
    if node.span is not None:
        made["line"], made["column"] = node.span.source.line_column(node.span.start)
    return made


def input_names(node: g.Node) -> tuple[str, ...]:
    """What the inputs are to the node: parameters, captures, arms. Short where some have no name."""
    match node:
        case g.Draw(_, names) | g.Apply(g.StageOp(_, names) | g.RecordOp(names) | g.PythonOp(_, names)):
            return names
        case g.Region("call", body=body):
            return body.params
        case g.Region(names=names, body=body):
            more = node.until.params[1:] if node.until is not None else ()
            return (*names, *body.params[1:], *more)
        case g.Function(arity, body):
            return body.params[arity:]
        case g.Branch("if"):
            return ("condition", "then", "else")
        case g.Branch("some"):
            return ("value", "then")
        case g.Branch():
            return ("value", "other")
        case g.Budget(names, body):
            return (*names, *body.params)
    return ()


def _what(graph: g.Graph, node: g.Node) -> dict[str, Any]:
    match node:
        case g.Input(place):
            return {"op": "input", "name": graph.params[place]}
        case g.Constant(value):
            return {"op": "constant", "value": constant_data(value)}
        case g.Draw(stage):
            return {"op": "draw", "name": stage}
        case g.Function(arity):
            judges = {} if node.judges_by is None else {"judges_by": list(node.judges_by)}
            return {"op": "function", "arity": arity, **judges}
        case g.Region(kind, name):
            told: dict[str, Any] = {"op": kind, "name": name} if kind == "call" else {"op": kind}
            if node.catches:
                told["catches"] = "nothing-left"
            if node.once:
                told["kept"] = "for all rows"
            if node.until is not None and node.until_each:
                told["until"] = "each candidate"
            return told
        case g.Branch(kind):
            return {"op": kind}
        case g.Budget():
            return {"op": "within"}
        case g.Apply(op):
            return _operation(op)


def _operation(op: g.Op) -> dict[str, Any]:
    match op:
        case g.StageOp(name):
            return {"op": "stage", "name": name}
        case g.FieldOp(owner, name):
            return {"op": "field", "name": name, "owner": owner}
        case g.ListOp():
            return {"op": "list"}
        case g.RecordOp(_, type_):
            return {"op": "record", "type": str(type_)}
        case g.TextOp(parts):
            return {"op": "text", "parts": list(parts)}
        case g.RenderOp():
            made: dict[str, Any] = {"op": "render", "name": op.prompt, "gives": op.shape}
            made["messages"] = [{"role": role, "parts": list(parts)} for role, parts in op.parts]
            if op.shape == "request":
                made["answer"] = answer_text(op.extract, op.argument)
                made["type"] = str(op.type)
            return made
        case g.PythonOp(key, _, type_):
            return {"op": "python", "name": key_name(key), "type": str(type_)}
        case g.ConvertOp(how, type_):
            return {"op": "convert", "to": how, "type": str(type_)}
        case g.ModelOp(key):
            return {"op": "model", "name": key_name(key)}
        case g.CallOp():
            return {"op": "call-function"}
        case g.AlwaysOp():
            return {"op": "always"}


def answer_text(extract: str, argument: str | None) -> str:
    """How replies are read: `after "Answer:"`, `json`, `python checks.py:parse`."""
    if argument is None:
        return extract
    return f"{extract} {key_name(argument) if extract == 'python' else value_text(argument)}"


def key_name(key: str) -> str:
    """A key of a program without the folder of its module: `voting.inf:votes`."""
    module, colon, name = key.rpartition(":")
    return f"{Path(module).name}{colon}{name}"


def constant_data(value: Value) -> Any:
    """A constant as JSON data."""
    match value:
        case Model():
            return model_text(value)
        case Asked(prompt):
            return f"request of {prompt}"
        case tuple():
            return [constant_data(item) for item in value]
        case RecordValue(_, pairs):
            return {name: constant_data(item) for name, item in pairs}
    return to_data(value)
