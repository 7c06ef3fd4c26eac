"""lower(program, entry) -> Graph: from terms with names to operations with data edges.

A name becomes the node that it stands for; a name bound outside a body becomes a capture. Each
pipeline and prompt is lowered once, and its graph shared by all calls.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ilang.base.span import Span
from ilang.base.type import Function, ListOf, Optional, Record, Type, Var
from ilang.check import term as t
from ilang.check.drawing import DRAWING
from ilang.check.program import IncludePart, MessagePart, Program
from ilang.check.term import Symbol, Term
from ilang.check.walk import stage_place
from ilang.graph import node as g


def lower(program: Program, entry: str) -> g.Graph:
    """The graph of a pipeline of the program, by its key."""
    return telling(_Lowering(program).pipeline(entry))


def lower_term(program: Program, term: Term, name: str) -> g.Graph:
    """The graph of a term without free names: one side of an `expect`, the default of a parameter."""
    lowering = _Lowering(program)
    builder = _Builder(lowering, name, ())
    return telling(builder.graph(builder.term(term)))


def telling(graph: g.Graph) -> g.Graph:
    """The graph with what draws must tell, found before any pass: a read that a pass drops has changed requests too."""
    read = {
        node.op.name
        for one in g.all_graphs(graph)
        for node in one.nodes
        if isinstance(node, g.Apply) and isinstance(node.op, g.FieldOp) and node.op.owner == "candidate"
    }
    found = tuple(name for name in ("entropy", "logprob") if name in read)
    return replace(graph, tells=found) if found else graph


class _Lowering:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.done: dict[str, g.Graph] = {}

    def pipeline(self, key: str) -> g.Graph:
        known = f"pipeline {key}"
        if known not in self.done:
            pipeline = self.program.pipelines[key]
            symbols = tuple(p.symbol for p in pipeline.signature.params if p.symbol is not None)
            builder = _Builder(self, pipeline.signature.name, symbols)
            self.done[known] = builder.graph(builder.term(pipeline.body))
        return self.done[known]

    def prompt(self, key: str) -> g.Graph:
        known = f"prompt {key}"
        if known not in self.done:
            prompt = self.program.prompts[key]
            symbols = tuple(p.symbol for p in prompt.signature.params if p.symbol is not None)
            builder = _Builder(self, prompt.signature.name, symbols)
            inputs: list[int] = []
            parts: list[tuple[str, tuple[str | None, ...]]] = []
            reads: int | None = None
            for part in prompt.parts:
                if isinstance(part, IncludePart):
                    if part.reads:
                        reads = len(inputs)
                    parts.append(("include", (None,)))
                    inputs.append(builder.term(part.value))
                    continue
                assert isinstance(part, MessagePart)
                parts.append((part.role, tuple(x if isinstance(x, str) else None for x in part.parts)))
                inputs.extend(builder.term(x) for x in part.parts if not isinstance(x, str))
            reader = prompt.reader
            op = g.RenderOp(
                prompt.signature.name,
                tuple(parts),
                prompt.shape,
                reader.extract if reader else "whole",
                reader.argument if reader else None,
                reader.type if reader else None,
                prompt.schema,
                reads,
            )
            output = builder.add(g.Apply(op, tuple(inputs), prompt.span))
            self.done[known] = builder.graph(output)
        return self.done[known]


@dataclass(slots=True)
class _Builder:
    """One graph in the making."""

    lowering: _Lowering
    name: str
    params: tuple[Symbol, ...]
    parent: _Builder | None = None
    nodes: list[g.Node] = field(default_factory=list)
    names: dict[Symbol, int] = field(default_factory=dict)
    captured: list[tuple[Symbol, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for place, symbol in enumerate(self.params):
            self.names[symbol] = self.add(g.Input(place))

    def add(self, node: g.Node) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def graph(self, output: int) -> g.Graph:
        params = (*(s.name for s in self.params), *(s.name for s, _ in self.captured))
        return g.Graph(self.name, params, tuple(self.nodes), output)

    def look(self, symbol: Symbol) -> int:
        """The node of a name; a capture where it is bound outside."""
        if symbol in self.names:
            return self.names[symbol]
        assert self.parent is not None, f"{symbol} is bound nowhere"
        outside = self.parent.look(symbol)
        place = len(self.params) + len(self.captured)
        self.captured.append((symbol, outside))
        self.names[symbol] = self.add(g.Input(place))
        return self.names[symbol]

    def body(self, name: str, params: tuple[Symbol, ...], term: Term) -> tuple[g.Graph, tuple[int, ...]]:
        """The graph of an inner body, and the nodes here that it captures."""
        inner = _Builder(self.lowering, name, params, self)
        output = inner.term(term)
        return inner.graph(output), tuple(outside for _, outside in inner.captured)

    def terms(self, terms: tuple[Term, ...]) -> tuple[int, ...]:
        return tuple(self.term(x) for x in terms)

    def term(self, x: Term) -> int:
        """The node of a term."""
        span: Span = x.span
        match x:
            case t.Const(value):
                return self.add(g.Constant(value, span=span))
            case t.Local(symbol):
                return self.look(symbol)
            case t.ModelOf(key):
                return self.add(g.Apply(g.ModelOp(key), (), span))
            case t.MakeList(items):
                return self.add(g.Apply(g.ListOp(), self.terms(items), span))
            case t.MakeRecord(names, values, type_):
                return self.add(g.Apply(g.RecordOp(names, type_), self.terms(values), span))
            case t.MakeText(parts):
                holes = tuple(self.term(p) for p in parts if not isinstance(p, str))
                return self.add(g.Apply(g.TextOp(tuple(p if isinstance(p, str) else None for p in parts)), holes, span))
            case t.GetField(owner, value, name, type_):
                return self.add(g.Apply(g.FieldOp(owner, name, may_hold(type_)), (self.term(value),), span))
            case t.CallBuiltin(name, names, arguments):
                inputs = self.terms(arguments)
                place = stage_place(x)  # a problem of a stage is told at its name, not at all that is piped into it
                if name in DRAWING:
                    return self.add(g.Draw(name, names, inputs, place))
                return self.add(g.Apply(g.StageOp(name, names), inputs, place))
            case t.CallPython(key, names, arguments, type_):
                pure = self.lowering.program.python[key].pure
                return self.add(g.Apply(g.PythonOp(key, names, type_, pure), self.terms(arguments), span))
            case t.CallPrompt(key, arguments):
                inputs = self.terms(arguments)
                body = self.lowering.prompt(key)
                return self.add(g.Region("call", body.name, (), body, inputs, span=span))
            case t.CallPipeline(key, arguments, type_):
                inputs = self.terms(arguments)
                body = self.lowering.pipeline(key)
                declared = self.lowering.program.pipelines[key].signature.result
                catches = isinstance(declared, Optional)
                return self.add(g.Region("call", body.name, (), body, inputs, catches=catches, span=span))
            case t.CallFunction(function, arguments, type_):
                return self.add(g.Apply(g.CallOp(may_hold(type_)), self.terms((function, *arguments)), span))
            case t.Lambda(params, term):
                body, captured = self.body("function", params, term)
                return self.add(g.Function(len(params), body, captured, span))
            case t.Constant(value):
                return self.add(g.Apply(g.AlwaysOp(), (self.term(value),), span))
            case t.Choose(condition, then, other):
                return self.add(g.Branch("if", self.terms((condition, then, other)), span))
            case t.Bind(symbol, value, term):
                self.names[symbol] = self.term(value)
                return self.term(term)
            case t.IfSome(symbol, value, term):
                some = self.term(value)
                self.names[symbol] = some
                return self.add(g.Branch("some", (some, self.term(term)), span))
            case t.Otherwise(value, other):
                return self.add(g.Branch("otherwise", self.terms((value, other)), span))
            case t.Repeat():
                return self.repeat(x)
            case t.Focus(pool, condition, top, by, inner, term):
                given = [("pool", pool), ("cond", condition), ("top", top), ("by", by)]
                return self.region("focus", [(n, v) for n, v in given if v is not None], inner, term, span)
            case t.Per(pool, key, inner, term):
                return self.region("per", [("pool", pool), ("key", key)], inner, term, span)
            case t.Scope(names, limits, term):
                inputs = self.terms(limits)
                body, captured = self.body("within", (), term)
                return self.add(g.Budget(names, body, (*inputs, *captured), span))
            case t.Convert(how, value, type_):
                return self.add(g.Apply(g.ConvertOp(how, type_), (self.term(value),), span))
        raise AssertionError(x)

    def region(self, kind: str, given: list[tuple[str, Term]], inner: Symbol, term: Term, span: Span) -> int:
        inputs = tuple(self.term(v) for _, v in given)
        body, captured = self.body(kind, (inner,), term)
        names = tuple(n for n, _ in given)
        return self.add(g.Region(kind, kind, names, body, (*inputs, *captured), span=span))  # type: ignore[arg-type]

    def repeat(self, x: t.Repeat) -> int:
        pool = self.term(x.pool)
        self.names[x.them] = pool  # `max` is told once, of the pool that reaches the stage
        most = self.term(x.max)
        del self.names[x.them]
        body, captured = self.body("repeat", (x.inner,), x.body)
        until: g.Graph | None = None
        until_captured: tuple[int, ...] = ()
        if x.until is not None:
            until, until_captured = self.body("until", (x.them,), x.until)
        return self.add(
            g.Region(
                "repeat",
                "repeat",
                ("pool", "max"),
                body,
                (pool, most, *captured, *until_captured),
                until,
                x.each_one,
                len(until_captured),
                span=x.span,
            )
        )


def may_hold(type_: Type) -> bool:
    """Whether a value of this type may be or hold a function. Of a candidate its marks are left aside."""
    match type_:
        case Function() | Var():
            return True
        case ListOf(item) | Optional(item):
            return may_hold(item)
        case Record(_, fields):
            return any(may_hold(f.type) for f in fields)
    return False
