"""total: whether a function of a candidate is sure to give something, whatever the candidate is."""

from __future__ import annotations

from typing import Literal

from ilang.graph import node as g

Kind = Literal["number", "text", "truth"]

_FIELDS: dict[str, Kind] = {
    "feedback": "text",
    "finished": "truth",
    "last": "text",
    "lines": "number",
    "parsed": "truth",
    "round": "number",
    "text": "text",
    "thinking": "text",
    "tokens": "number",
    "verified": "truth",
    "weight": "number",
}
"""Fields that every candidate has."""


def total(function: g.Function) -> bool:
    """Whether a function gives a bool of every candidate: it compares, and joins, what every candidate has."""
    kinds = _kinds(function)
    return kinds[function.body.output] == "truth"


def gives_no_feedback(function: g.Function) -> bool:
    """Whether what a check gives is a bool or a number, which say nothing, wherever it gives anything."""
    body = function.body
    node = body.nodes[body.output]
    if not isinstance(node, g.Apply) or not isinstance(node.op, g.ConvertOp) or node.op.how != "verdict":
        return False
    return _says_nothing(body, node.inputs[0])


def _says_nothing(body: g.Graph, place: int) -> bool:
    match body.nodes[place]:
        case g.Constant(value):
            return isinstance(value, bool | int | float)
        case g.Apply(g.StageOp("not" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in")):
            return True
        case g.Apply(g.FieldOp("candidate", name)):
            return _FIELDS.get(name) in ("number", "truth")
        case g.Branch("if", (_, then, other)):
            return _says_nothing(body, then) and _says_nothing(body, other)
    return False


def _kinds(function: g.Function) -> list[Kind | None]:
    """By place: what a node of the body gives of any candidate; None where it may give nothing, or something else."""
    found: list[Kind | None] = []
    for node in function.body.nodes:
        found.append(_kind(function.body, node, [found[i] for i in node.inputs]))
    return found


def _kind(body: g.Graph, node: g.Node, inputs: list[Kind | None]) -> Kind | None:
    match node:
        case g.Constant(value):
            if isinstance(value, bool):
                return "truth"
            return "number" if isinstance(value, int | float) else "text" if isinstance(value, str) else None
        case g.Apply(g.FieldOp("candidate", name), (of,)):
            candidate = body.nodes[of]
            return _FIELDS.get(name) if isinstance(candidate, g.Input) and candidate.place == 0 else None
        case g.Apply(g.StageOp("==" | "!=")):
            return "truth" if None not in inputs else None
        case g.Apply(g.StageOp("<" | "<=" | ">" | ">=")):
            return "truth" if inputs in (["number", "number"], ["text", "text"]) else None
        case g.Apply(g.StageOp("in" | "not in")):
            return "truth" if inputs == ["text", "text"] else None
        case g.Apply(g.StageOp("not")):
            return "truth" if inputs == ["truth"] else None
        case g.Apply(g.StageOp("length")):
            return "number" if inputs == ["text"] else None
        case g.Apply(g.StageOp("lower" | "upper" | "trim")):
            return "text" if inputs == ["text"] else None
        case g.Branch("if"):
            return inputs[1] if inputs[0] == "truth" and inputs[1] == inputs[2] else None
    return None
