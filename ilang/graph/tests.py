"""Lowers the `test` blocks of a program: a graph for each `expect`, and for each of its sides."""

from __future__ import annotations

from ilang.check.program import Program, Test
from ilang.graph.lower import lower_term
from ilang.graph.node import Graph

LoweredExpect = tuple[Graph, tuple[Graph, Graph] | None, str]


def lower_test(program: Program, test: Test) -> tuple[dict[str, tuple[str, ...]], tuple[LoweredExpect, ...]]:
    """The replies by prompt name, and the expectations."""
    replies: dict[str, tuple[str, ...]] = {}
    for r in test.replies:
        name = program.prompts[r.prompt].signature.name
        replies[name] = (*replies.get(name, ()), *r.texts)
    expects = tuple(
        (
            lower_term(program, e.term, test.name),
            (lower_term(program, e.sides[0], "left"), lower_term(program, e.sides[1], "right")) if e.sides else None,
            e.written,
        )
        for e in test.expects
    )
    return replies, expects
