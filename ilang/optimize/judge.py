"""Judge: a stage that judges each candidate by itself, as `cheap_first` sees it."""

from __future__ import annotations

from dataclasses import dataclass

from ilang.graph import node as g
from ilang.optimize.chain import given, stage_of
from ilang.optimize.effects import Known
from ilang.optimize.looks_at import looks_at
from ilang.optimize.settled import Settled

FOUND = frozenset({"verified", "feedback"})
"""What `verify` writes."""

WRITES = {"verify": FOUND, "score": frozenset({"score"}), "weigh": frozenset({"weight"}), "prune": frozenset[str]()}
"""What a stage changes of a candidate. Of `mark` the names of its arguments are told."""

FUNCTIONS = {"verify": ("check",), "score": ("f",), "weigh": ("f",), "prune": ("unless",)}
"""The arguments of a stage that are functions; those of `mark` are all but its pool."""


@dataclass(frozen=True, slots=True)
class Judge:
    """`cost`: 0 reckoned at once, 1 asks Python, 2 asks a model. `reads` and `writes`: fields of the candidate.
    `drops`: it is a filter. `each`: whether one candidate goes or stays is nothing to another. `pure`: it asks no
    Python that is not declared pure."""

    stage: str
    cost: int
    reads: frozenset[str]
    writes: frozenset[str]
    functions: tuple[g.Function, ...]
    drops: bool
    each: bool
    pure: bool


def judge_at(graph: g.Graph, place: int, known: Known, settled: Settled) -> Judge | None:
    """The stage at a place, where it is one and all is known of its functions; None else."""
    node = graph.nodes[place]
    stage = stage_of(node)
    if stage is None or (stage not in WRITES and stage != "mark"):
        return None
    assert isinstance(node, g.Apply) and isinstance(node.op, g.StageOp)
    names = FUNCTIONS.get(stage) or tuple(n for n in node.op.names if n != "pool")
    if not set(names) <= set(node.op.names):
        return None
    functions: list[g.Function] = []
    cost, reads, pure = 0, frozenset[str](), True
    for name in names:
        function = graph.nodes[given(node, name)]
        if stage == "prune" and is_none(function):  # it lets all pass
            continue
        if not isinstance(function, g.Function) or not all(settled.calm(graph, i) for i in function.inputs):
            return None
        does, fields = known.body(function.body).all, looks_at(function)
        if fields is None or does & {"calls", "budget"}:
            return None
        functions.append(function)
        reads |= fields
        pure = pure and "impure" not in does
        cost = max(cost, 2 if "draws" in does else 1 if "python" in does else 0)
    each = True
    if stage == "prune":
        if "by" in node.op.names and not is_none(graph.nodes[given(node, "by")]):
            return None
        each = "keep" not in node.op.names or is_none(graph.nodes[given(node, "keep")])
    writes = WRITES.get(stage, frozenset(names))
    return Judge(stage, cost, reads, writes, tuple(functions), stage == "prune" and bool(functions), each, pure)


def is_none(node: g.Node) -> bool:
    """Whether a node is the constant none."""
    return isinstance(node, g.Constant) and node.value is None


def keeps_the_verified(function: g.Function) -> bool:
    """Whether a function is `it.verified`."""
    node = function.body.nodes[function.body.output]
    if not isinstance(node, g.Apply) or node.op != g.FieldOp("candidate", "verified", False):
        return False
    return function.body.nodes[node.inputs[0]] == g.Input(0)  # of its own candidate, not of one that it captured
