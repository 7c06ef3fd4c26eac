"""What the program tells of the nodes of a graph: their types, and the names of its lets.

A graph has neither. A node keeps the place where it was written, through all passes, and by that it
is found again among the checked terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ilang.base.noun import noun
from ilang.base.span import Span
from ilang.base.type import Function, Type
from ilang.check import term as t
from ilang.check.program import Program
from ilang.check.walk import all_terms, prompt_terms, stage_place
from ilang.graph import node as g
from ilang.report.graph_data import numbered

Place = tuple[int, int]
"""A node: the number of its graph (as `graph_data` has it), and its place there."""

_Key = tuple[str, int, int, int]
"""A kind of operation, and the source, start and end of where it is written."""


@noun
class Told:
    """The types of nodes, and the lets that stand for them. What is not known is left out."""

    types: Mapping[Place, Type]
    lets: Mapping[Place, str]


def told_of(graph: g.Graph, program: Program, entry: str) -> Told:
    """What the program tells of the graph of its pipeline `entry`, before or after passes."""
    terms: dict[_Key, t.Term] = {}
    names: dict[_Key, str] = {}
    for term in _terms(program):
        key = _term_key(term)
        if key is not None:
            terms.setdefault(key, term)
        if isinstance(term, t.Bind) and term.span.text().startswith("let"):
            value = _term_key(_value(term.value))
            if value is not None:
                names.setdefault(value, term.symbol.name)
    graphs = numbered(graph)
    numbers = {id(one): number for number, one in enumerate(graphs)}
    types: dict[Place, Type] = {}
    lets: dict[Place, str] = {}
    params: dict[int, Sequence[Type | None]] = {0: _declared(program.pipelines[entry].signature.params)}
    for number, one in enumerate(graphs):
        for place, node in enumerate(one.nodes):
            key = _node_key(node)
            written = terms.get(key) if key is not None else None
            found = written.type if written is not None else None
            if isinstance(node, g.Input):
                given = params[number]
                found = given[node.place] if node.place < len(given) else None
            if found is not None:
                types[number, place] = found
            if key in names:
                lets[number, place] = names[key]
            inputs = [types.get((number, i)) for i in node.inputs]
            for body, types_in in zip(g.bodies(node), _given(node, written, inputs, program), strict=True):
                params.setdefault(numbers[id(body)], types_in)
    return Told(types, lets)


def _given(
    node: g.Node, written: t.Term | None, inputs: Sequence[Type | None], program: Program
) -> tuple[Sequence[Type | None], ...]:
    """The types of what each body of a node is given."""
    match node, written:
        case g.Region("call"), t.CallPipeline(key):
            return (_declared(program.pipelines[key].signature.params),)
        case g.Region("call"), t.CallPrompt(key):
            return (_declared(program.prompts[key].signature.params),)
        case g.Region("call"), _:
            return (inputs,)
        case g.Region(names=names), _:
            split = len(inputs) - node.until_captures
            body = (inputs[0], *inputs[len(names) : split])
            return (body, (inputs[0], *inputs[split:]))[: len(g.bodies(node))]
        case g.Budget(names), _:
            return (inputs[len(names) :],)
        case g.Function(arity), t.Lambda(_, _, Function(params)):
            return ((*params[:arity], *inputs),)
        case g.Function(arity), _:
            return ((*[None] * arity, *inputs),)
    return ()


def _declared(params: Sequence[object]) -> list[Type | None]:
    return [getattr(p, "type", None) for p in params if getattr(p, "symbol", None) is not None]


def _terms(program: Program) -> Iterator[t.Term]:
    for pipeline in program.pipelines.values():
        yield from all_terms(pipeline.body)
    for prompt in program.prompts.values():
        for term in prompt_terms(prompt):
            yield from all_terms(term)


def _value(term: t.Term) -> t.Term:
    """The term whose node a let stands for."""
    while isinstance(term, t.Bind):
        term = term.body
    return term


def _at(kind: str, span: Span) -> _Key:
    return kind, id(span.source), span.start, span.end


def _term_key(term: t.Term) -> _Key | None:
    match term:
        case t.CallBuiltin(name):
            return _at(f"stage {name}", stage_place(term))
        case t.GetField(_, _, name):
            return _at(f"field {name}", term.span)
        case t.Convert(how):
            return _at(f"convert {how}", term.span)
        case t.Local() | t.Bind():
            return None
    return _at(_KINDS[type(term)], term.span)


_KINDS: dict[type, str] = {
    t.Const: "constant",
    t.ModelOf: "model",
    t.MakeList: "list",
    t.MakeRecord: "record",
    t.MakeText: "text",
    t.CallPython: "python",
    t.CallPrompt: "call",
    t.CallPipeline: "call",
    t.CallFunction: "call-function",
    t.Lambda: "function",
    t.Constant: "always",
    t.Choose: "if",
    t.IfSome: "some",
    t.Otherwise: "otherwise",
    t.Repeat: "repeat",
    t.Focus: "focus",
    t.Per: "per",
    t.Scope: "within",
}


def _node_key(node: g.Node) -> _Key | None:
    if node.span is None:
        return None
    match node:
        case g.Input():
            return None
        case g.Constant():
            kind = "constant"
        case g.Draw(stage):
            kind = f"stage {stage}"
        case g.Function():
            kind = "function"
        case g.Budget():
            kind = "within"
        case g.Region(kind) | g.Branch(kind):
            pass
        case g.Apply(op):
            kind = _op_kind(op)
    return _at(kind, node.span)


def _op_kind(op: g.Op) -> str:
    match op:
        case g.StageOp(name):
            return f"stage {name}"
        case g.FieldOp(_, name):
            return f"field {name}"
        case g.ListOp():
            return "list"
        case g.RecordOp():
            return "record"
        case g.TextOp():
            return "text"
        case g.RenderOp():
            return "prompt"
        case g.PythonOp():
            return "python"
        case g.ConvertOp(how):
            return f"convert {how}"
        case g.ModelOp():
            return "model"
        case g.CallOp():
            return "call-function"
        case g.AlwaysOp():
            return "always"
