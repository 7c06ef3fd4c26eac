"""The graph of one pipeline: an immutable value.

A node names its inputs by their place in the graph, in order. Some inputs are *lazy*: the arms
of a branch, the arguments of a called pipeline, what a function captures; they are computed when
they are first read, and at most once. A `let` is a node that several others name.

A body (of a function, a region, a called pipeline) is a graph of its own whose `params` are what
it is given, then what it captures. Bodies are closed, so one body may be shared by many calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from ilang.base.noun import noun
from ilang.base.span import Span
from ilang.base.type import Type
from ilang.base.value import Value

Refs = tuple[int, ...]


def _span() -> Span | None:
    return field(default=None, compare=False, repr=False)


# ---- operations of Apply -----------------------------------------------------


@noun
class StageOp:
    """A deterministic stage or pure function of the prelude; `names` are its parameters, one an input."""

    name: str
    names: tuple[str, ...]


@noun
class FieldOp:
    """A field of a candidate, record, tally or message. `holds`: by its type it may be or hold a function."""

    owner: Literal["candidate", "record", "tally", "message", "any"]
    name: str
    holds: bool = False


@noun
class ListOp:
    """A list of the inputs."""


@noun
class RecordOp:
    """A record; `names` are the inputs' fields, `type` says their order."""

    names: tuple[str, ...]
    type: Type


@noun
class TextOp:
    """A text with holes: each None takes the next input, printed."""

    parts: tuple[str | None, ...]


@noun
class RenderOp:
    """A prompt's messages. A part is (role, text with None for holes), or the role `include` with one input.

    `reads` is the place among the inputs of the request whose reader is used, where there is one.
    """

    prompt: str
    parts: tuple[tuple[str, tuple[str | None, ...]], ...]
    shape: Literal["request", "messages", "text"]
    extract: str
    argument: str | None
    type: Type | None
    schema: str | None
    reads: int | None


@noun
class PythonOp:
    """A Python function by key; `names` its parameters, one an input; `type` what must come back.

    `pure`: it is declared so."""

    key: str
    names: tuple[str, ...]
    type: Type
    pure: bool = False


@noun
class ConvertOp:
    """A conversion that the checker wrote out; see check.term.Convert."""

    how: Literal["value", "value_or_text", "values", "candidates", "verdict", "checked"]
    type: Type


@noun
class ModelOp:
    """A declared model, by key: bound when the run starts."""

    key: str


@noun
class CallOp:
    """The first input, a function, called with the others: an activation of its own.

    `holds`: by its type, what it gives may be or hold a function.
    """

    holds: bool = False


@noun
class AlwaysOp:
    """The function that always gives the input. An input that cannot be computed makes each call not given."""


Op = StageOp | FieldOp | ListOp | RecordOp | TextOp | RenderOp | PythonOp | ConvertOp | ModelOp | CallOp | AlwaysOp


# ---- nodes -------------------------------------------------------------------


@noun
class Input:
    """What the graph is given at this place of its `params`."""

    place: int
    inputs: Refs = ()
    span: Span | None = _span()


@noun
class Constant:
    """A value known before the run."""

    value: Value
    inputs: Refs = ()
    span: Span | None = _span()


@noun
class Apply:
    """A deterministic operation."""

    op: Op
    inputs: Refs
    span: Span | None = _span()


@noun
class Draw:
    """A stage that sends requests: it takes the next indices of its activation, in program order."""

    stage: str
    names: tuple[str, ...]
    inputs: Refs
    span: Span | None = _span()


@noun
class Function:
    """A function value: `arity` parameters, then the inputs as captures (lazy). A call is an activation.

    `judges_by`, where it is known: the fields of a candidate on which alone what it gives depends, so that of
    candidates which are equal in them one is judged for all.
    """

    arity: int
    body: Graph
    inputs: Refs
    span: Span | None = _span()
    judges_by: tuple[str, ...] | None = None


@noun
class Region:
    """A part with a body, in the activation in which it stands.

    `call`: the body's params are the inputs (all lazy); with `catches`, nothing-left inside gives
    none; with `once`, it has no inputs and what it gives is kept for all rows of a run.
    `repeat`, `focus`, `per`: the first inputs are arguments by `names`, the others captures (lazy)
    of `body`, whose first param is the pool; `until` is a body of its own on the pool before a
    round, with its own captures behind those of `body`.
    """

    kind: Literal["call", "repeat", "focus", "per"]
    name: str
    names: tuple[str, ...]
    body: Graph
    inputs: Refs
    until: Graph | None = None
    until_each: bool = False
    until_captures: int = 0
    catches: bool = False
    span: Span | None = _span()
    once: bool = False


@noun
class Branch:
    """`if`: condition, then, else. `some`: a value, and what to give where it is some. `otherwise`:
    a value, and what to give for none and for nothing-left. All but the first input are lazy."""

    kind: Literal["if", "some", "otherwise"]
    inputs: Refs
    span: Span | None = _span()


@noun
class Budget:
    """`within`: the limits by `names`, then what its body captures (lazy), which is charged where it is written."""

    names: tuple[str, ...]
    body: Graph
    inputs: Refs
    span: Span | None = _span()


Node = Input | Constant | Apply | Draw | Function | Region | Branch | Budget


@noun
class Graph:
    """Nodes in an order in which each stands behind its inputs; `output` is the node whose value it gives.

    `params` names what the graph is given. Of an entry they are its parameters. `tells`: which of the fields
    `logprob` and `entropy` the program reads of candidates, so that draws must bring them; of an entry only.
    """

    name: str
    params: tuple[str, ...]
    nodes: tuple[Node, ...]
    output: int
    tells: tuple[str, ...] = ()


def strict_inputs(node: Node) -> Refs:
    """The inputs that are computed whenever the node is."""
    match node:
        case Branch():
            return node.inputs[:1]
        case Budget():
            return node.inputs[: len(node.names)]
        case Function():
            return ()
        case Region():
            return node.inputs[: len(node.names)] if node.kind != "call" else ()
    return node.inputs


def all_graphs(graph: Graph) -> Iterator[Graph]:
    """The graph and all bodies in it, each once."""
    seen: set[int] = set()
    stack = [graph]
    while stack:
        one = stack.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            stack.extend(body for node in one.nodes for body in bodies(node))


def bodies(node: Node) -> tuple[Graph, ...]:
    """The graphs inside a node."""
    match node:
        case Function() | Budget():
            return (node.body,)
        case Region():
            return (node.body, node.until) if node.until is not None else (node.body,)
    return ()
