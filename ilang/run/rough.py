"""What is known of the values of a program that does not run yet, or is not yet so far.

Goes over the graph with what is known by now: values that are computed stand for themselves, of others only sizes are
known (how many candidates, how many bytes), and where nothing is, `math.inf` stands. A size may be loose, never too
small. What things cost by these sizes is for others to say: what they may still cost while they run (`bound.py`), and
before they run (`ilang/estimate`).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ilang.backend.prompt_tokens import A_MESSAGE, A_PROMPT, most_tokens
from ilang.base.candidate import Pool
from ilang.base.value import Asked, Value
from ilang.graph import node as g
from ilang.run import operations
from ilang.run.closure import Always, Closure, Ready, Thunk
from ilang.run.cost import Amount
from ilang.run.world import Bindings
from ilang.stages.pure import PURE, show
from ilang.stages.stage import CannotGive, Most, Sizes
from ilang.stages.table import stage

UNKNOWN: Any = object()


@dataclass(frozen=True, slots=True, eq=False)
class Rough:
    """What is known of a value: itself, or its sizes. `items`: of a list or pool; `size`: bytes of a text, or the
    tokens of a request's prompt; `function`: one that is called is asked by its body. `always`: a function that gives
    the same whatever it is asked of, so that to ask it costs nothing."""

    value: Value = UNKNOWN
    items: Amount = math.inf
    size: Amount = math.inf
    function: Drafted | None = None
    always: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Drafted:
    """A function that does not exist yet: its body, and what is known of what it will have captured."""

    arity: int
    body: g.Graph
    captures: tuple[Rough, ...]


NOTHING_KNOWN = Rough()


class Sketch:
    """A graph that does not run yet: a `Frame` of which only what it is given is known."""

    __slots__ = ("given", "graph")

    def __init__(self, graph: g.Graph, given: Sequence[Thunk | Rough]) -> None:
        self.graph = graph
        self.given = given

    def outcome(self, place: int) -> Ready | Exception | None:
        """Nothing is computed."""
        return None


class Roughs(ABC):
    """What is known of the nodes of frames, each found once. A frame has a `graph`, what it is `given`, and tells the
    `outcome` of a node that is computed."""

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._roughs: dict[tuple[int, int], Rough] = {}
        self._alive: list[object] = []  # frames whose ids stand in the dictionary above

    @abstractmethod
    def _after(self, frame: Any, place: int, node: g.Region, given: Sequence[Rough]) -> Rough:
        """What is known of a region's value."""

    def _inside(self, frame: Any, place: int, body: g.Graph, given: Sequence[Rough]) -> Any:
        """The frame in which a body is looked at, for a node of another."""
        del frame, place
        return Sketch(body, given)

    def _rough(self, frame: Any, place: int) -> Rough:
        stack = [place]
        while stack:
            at = stack[-1]
            if (id(frame), at) in self._roughs:
                stack.pop()
                continue
            pending = [i for i in frame.graph.nodes[at].inputs if (id(frame), i) not in self._roughs]
            done = frame.outcome(at)
            if isinstance(done, Ready):
                self._roughs[id(frame), at] = known(done.value)
            elif pending and done is None:
                stack.extend(pending)
            else:
                self._roughs[id(frame), at] = NOTHING_KNOWN if done is not None else self._value(frame, at)
        self._alive.append(frame)
        return self._roughs[id(frame), place]

    def _thunk(self, thunk: Thunk | Rough) -> Rough:
        if isinstance(thunk, Rough):
            return thunk
        return known(thunk.value) if isinstance(thunk, Ready) else self._rough(thunk.frame, thunk.place)

    def _value(self, frame: Any, place: int) -> Rough:
        """What is known of a node's value, by what is known of its inputs."""
        node = frame.graph.nodes[place]
        given = [self._rough(frame, i) for i in node.inputs]
        match node:
            case g.Input(at):
                return self._thunk(frame.given[at])
            case g.Constant(value):
                return known(value)
            case g.Function(arity, body):
                return Rough(function=Drafted(arity, body, tuple(given)))
            case g.Apply(op):
                return self._applied(frame, place, op, given)
            case g.Draw(name, names):
                return Rough(items=most_of(name, names, given).items)
            case g.Region():
                return self._after(frame, place, node, given)
            case g.Branch(kind):
                return self._chosen(kind, given)
            case g.Budget():
                inner = self._inside(frame, place, node.body, given[len(node.names) :])
                return self._rough(inner, node.body.output)
        return NOTHING_KNOWN

    def _applied(self, frame: Any, place: int, op: g.Op, given: Sequence[Rough]) -> Rough:
        values = [x.value for x in given]
        all_known = all(v is not UNKNOWN for v in values)
        match op:
            case g.ModelOp(key):
                return known(self._bindings.models[key])
            case g.AlwaysOp():
                return Rough(value=Always(values[0])) if all_known else Rough(always=True)
            case g.CallOp():
                function = given[0].function
                if function is None:
                    return NOTHING_KNOWN
                body = self._inside(frame, place, function.body, [*given[1:], *function.captures])
                return self._rough(body, function.body.output)
            case g.StageOp(name, names) if name in PURE:
                if all_known:
                    return tried(lambda: PURE[name](**dict(zip(names, values, strict=True))))
                return NOTHING_KNOWN
            case g.StageOp(name, names):
                return Rough(items=most_of(name, names, given).items)
            case g.PythonOp():
                return NOTHING_KNOWN
        if all_known:
            return tried(lambda: operations.compute(op, values))
        match op:
            case g.ListOp():
                return Rough(items=len(given), size=max((x.size for x in given), default=0))
            case g.TextOp(parts):
                return Rough(size=sum(map(printed, given)) + written(parts))
            case g.RenderOp():
                return Rough(size=rendered(op, given))
            case g.ConvertOp("values" | "candidates"):
                return Rough(items=given[0].items)
        return NOTHING_KNOWN

    def _chosen(self, kind: str, given: Sequence[Rough]) -> Rough:
        if kind == "if":
            condition = given[0].value
            arms = given[1:] if condition is UNKNOWN else [given[1] if condition else given[2]]
        else:
            arms = given if kind == "otherwise" else given[1:]
        if len(arms) == 1:
            return arms[0]
        return Rough(items=max(x.items for x in arms), size=max(x.size for x in arms))


def known(value: Value) -> Rough:
    """All of a value that is there."""
    if isinstance(value, Pool):
        return Rough(value, items=len(value))
    if isinstance(value, tuple):
        asked = [request_tokens(x) for x in value if isinstance(x, Asked)]
        return Rough(value, items=len(value), size=max(asked, default=math.inf))
    if isinstance(value, Asked):
        return Rough(value, items=1, size=request_tokens(value))
    return Rough(value, items=1)


def request_tokens(asked: Asked) -> int:
    return most_tokens(asked.messages, asked.schema)


def sizes(names: Sequence[str], given: Sequence[Rough]) -> Sizes:
    """What a stage's facts may ask of its arguments."""
    return Sizes(
        {n: x.items for n, x in zip(names, given, strict=True)},
        {n: x.value for n, x in zip(names, given, strict=True) if x.value is not UNKNOWN},
    )


def most_of(name: str, names: Sequence[str], given: Sequence[Rough]) -> Most:
    """The most that a stage does with these arguments."""
    facts, at = stage(name), sizes(names, given)
    if facts.most is not None:
        return facts.most(at)
    return Most(wants=math.inf if facts.draws else 0, items=at.most, asked=at.most)


PLAIN = frozenset(
    """
    pool list more request requests n model temperature top_p max_tokens stop choices max keep top when scheme reset
    prior votes answer
    """.split()
)
"""Parameters of stages that are never functions."""


def may_be_function(name: str, x: Rough) -> bool:
    """Whether an argument is a function, or might be one by all that is known."""
    if x.function is not None or x.always or isinstance(x.value, Closure | Always):
        return True
    return x.value is UNKNOWN and name not in PLAIN


def arity_of(x: Rough) -> int:
    closure = x.function or x.value
    return closure.arity if isinstance(closure, Closure | Drafted) else 1


def tried(compute: Any) -> Rough:
    """A value that is known if it can be computed."""
    try:
        return known(compute())
    except (CannotGive, ArithmeticError, ValueError, TypeError, AttributeError):
        return NOTHING_KNOWN


def printed(x: Rough) -> Amount:
    """The bytes of a value in a hole."""
    if x.value is UNKNOWN:
        return x.size
    try:
        return len(show(x.value).encode("utf-8", "surrogatepass"))
    except (CannotGive, TypeError):
        return math.inf


def written(parts: Sequence[str | None]) -> int:
    return sum(len(p.encode("utf-8", "surrogatepass")) for p in parts if p is not None)


def rendered(op: g.RenderOp, given: Sequence[Rough]) -> Amount:
    """The most tokens of a prompt of which not all holes are known."""
    total: Amount = A_PROMPT + A_MESSAGE * (len(op.parts) + 1) + len((op.schema or "").encode())
    at = 0
    for role, parts in op.parts:
        holes = sum(1 for p in parts if p is None)
        mine = given[at : at + holes]
        total += written(parts) + sum((x.size if role == "include" else printed(x)) for x in mine)
        at += holes
    return total
