"""Writes what small nodes compute as a person would write it: `it.score >= floor`, `(a, b) => a == b`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from ilang.base.value import Value
from ilang.check.prelude import prelude
from ilang.check.term import Const
from ilang.graph import node as g
from ilang.report.escape import visible_line
from ilang.report.graph_data import constant_data, key_name
from ilang.report.json_text import value_text
from ilang.report.width import clip
from ilang.stages.pure import PURE

Leaf = Callable[[int], str | None]
"""The text for a node that is not written out; None for one that is."""

SMALL = 24
"""Nodes that a function may have, bodies and all, to be written as a text and not drawn."""

_DEEP = 12
"""How deep a text goes into what a node is computed from."""

_LONG = 60
"""Columns of a constant."""

_ASKED = ("any", "count", "share_of")
"""Stages that give no pool and ask no model by themselves: they are read as parts of a condition."""

_PIPES = (*_ASKED, "each")
"""What is written with a pipe."""

_BINDS = {"or": 1, "and": 2, "not": 3, "in": 4, "not in": 4} | dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 4)
_BINDS |= {"+": 5, "-": 5, "*": 6, "/": 6, "negate": 7}


def is_word(node: g.Node) -> bool:
    """Whether a node is part of an expression rather than a step of its own."""
    match node:
        case g.Constant():
            return True
        case g.Apply(g.StageOp(name)):
            return name in PURE or name in _ASKED
        case g.Apply(op):
            return not isinstance(op, g.RenderOp | g.PythonOp | g.CallOp)
    return False


def is_small(body: g.Graph, most: int = SMALL) -> bool:
    """Whether a body draws nothing and changes no pool, and is so small that its text can stand for it."""
    return _counted(body, most) <= most


def _counted(body: g.Graph, most: int) -> int:
    """How many nodes it has, prompts left aside; more than `most` where it holds a step."""
    count = 0
    for node in body.nodes:
        match node:
            case g.Region("call", body=inner) if is_prompt(inner):
                count += 1
            case g.Region("call", body=inner) | g.Function(body=inner):
                count += 1 + _counted(inner, most - count)
            case g.Input() | g.Branch() | g.Apply(g.PythonOp() | g.CallOp() | g.StageOp("each")):
                count += 1
            case _ if is_word(node):
                count += 0 if isinstance(node, g.Constant) else 1
            case _:
                return most + 1
        if count > most:
            return count
    return count


def is_prompt(body: g.Graph) -> bool:
    """Whether a body is that of a prompt."""
    last = body.nodes[body.output]
    return isinstance(last, g.Apply) and isinstance(last.op, g.RenderOp)


def body_words(body: g.Graph) -> str:
    """What a small body gives; its parameters by their names."""
    return words(body, body.output, _params(body))


def function_words(node: g.Function, depth: int = _DEEP) -> str:
    """`it.score`, or `(a, b) => a == b` where it is not a function of `it` alone."""
    body = node.body
    said = _words(body, body.output, _params(body), depth)[0]
    params = body.params[: node.arity]
    if params == ("it",):
        return said
    return f"{params[0] if len(params) == 1 else '(' + ', '.join(params) + ')'} => {said}"


def _params(body: g.Graph) -> Leaf:
    def leaf(place: int) -> str | None:
        node = body.nodes[place]
        return body.params[node.place] if isinstance(node, g.Input) else None

    return leaf


def words(graph: g.Graph, place: int, leaf: Leaf) -> str:
    """The text of a node."""
    return _words(graph, place, leaf, _DEEP)[0]


def _words(graph: g.Graph, place: int, leaf: Leaf, depth: int) -> tuple[str, int]:
    """The text, and how strongly its parts hold together (9: as one word)."""
    known = leaf(place)
    if known is not None:
        return known, 9
    if depth <= 0:
        return "...", 9
    node = graph.nodes[place]

    def of(i: int, least: int = 0) -> str:
        text, binds = _words(graph, node.inputs[i], leaf, depth - 1)
        return text if binds >= least else f"({text})"

    match node:
        case g.Constant(value):
            return constant_words(value), 9
        case g.Function():
            return function_words(node, depth - 1), 0
        case g.Branch():
            return _branch(graph, node, of)
        case g.Region("call", name):
            return f"{name}({', '.join(of(i) for i in range(len(node.inputs)))})", 9
        case g.Apply(op):
            return _applied(graph, node, op, of)
    return str(node), 9  # no other node is written as a text


def _branch(graph: g.Graph, node: g.Branch, of: Callable[..., str]) -> tuple[str, int]:
    match node.kind:
        case "some":
            return of(1), 9
        case "otherwise":
            return f"{of(0, 1)} | otherwise({of(1)})", 0
    if _is_always(graph, node.inputs[2], value=False):
        return f"{of(0, 2)} and {of(1, 2)}", 2
    if _is_always(graph, node.inputs[1], value=True):
        return f"{of(0, 1)} or {of(2, 1)}", 1
    return f"if {of(0)} {{ {of(1)} }} else {{ {of(2)} }}", 0


def is_condition(graph: g.Graph, node: g.Node) -> bool:
    """Whether a branch is an `and` or an `or`."""
    if not isinstance(node, g.Branch) or node.kind != "if":
        return False
    return _is_always(graph, node.inputs[2], value=False) or _is_always(graph, node.inputs[1], value=True)


def _is_always(graph: g.Graph, place: int, *, value: bool) -> bool:
    """Whether a node is the constant true or false; 1 and 0 are others."""
    node = graph.nodes[place]
    return isinstance(node, g.Constant) and node.value is value


def _applied(graph: g.Graph, node: g.Apply, op: g.Op, of: Callable[..., str]) -> tuple[str, int]:
    every = range(len(node.inputs))
    match op:
        case g.FieldOp(_, name):
            return f"{of(0, 8)}.{name}", 9
        case g.ListOp():
            return f"[{', '.join(map(of, every))}]", 9
        case g.RecordOp(names):
            return "{ " + ", ".join(f"{name} = {of(i)}" for i, name in enumerate(names)) + " }", 9
        case g.TextOp(parts):
            holes = iter(every)
            said = "".join(f"{{{{{of(next(holes))}}}}}" if part is None else part for part in parts)
            return f'"{clip(visible_line(said), _LONG)}"', 9
        case g.ConvertOp() | g.AlwaysOp():
            return of(0), 9
        case g.ModelOp(key):
            return key_name(key), 9
        case g.PythonOp(key):
            return f"{key.rsplit(':', 1)[-1]}({', '.join(map(of, every))})", 9
        case g.RenderOp(prompt):
            return f"{prompt}({', '.join(map(of, every))})", 9
        case g.CallOp():
            return f"{of(0, 8)}({', '.join(of(i) for i in every[1:])})", 9
        case g.StageOp(name):
            pass
    if name in _BINDS:
        strength = _BINDS[name]
        if len(node.inputs) == 2:
            return f"{of(0, strength)} {name} {of(1, strength + 1)}", strength
        return f"{'-' if name == 'negate' else name + ' '}{of(0, strength)}", strength
    given = [i for i in every if not is_default(name, op.names[i], graph.nodes[node.inputs[i]])]
    if name in _PIPES:
        return f"{of(0, 8)} | {name}({', '.join(of(i) for i in given if i)})", 0
    return f"{name}({', '.join(of(i) for i in given)})", 9


def constant_words(value: Value) -> str:
    """A constant on one line."""
    return "none" if value is None else clip(visible_line(value_text(constant_data(value))), _LONG)


def is_default(stage: str, name: str, node: g.Node) -> bool:
    """Whether an argument is what it is where it is left out, or what the checker put there for itself."""
    return isinstance(node, g.Constant) and (
        node.value is None or name == "none_if_empty" or any(node.value == x for x in _defaults(stage, name))
    )


@cache
def _defaults(stage: str, name: str) -> Sequence[Value]:
    return [
        p.default.value
        for signature in prelude().get(stage, ())
        for p in signature.params
        if p.name == name and isinstance(p.default, Const)
    ]
