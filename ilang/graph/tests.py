"""Lowers the `test` blocks of a program: a graph for each `expect`, and one for the list of its sides."""

from __future__ import annotations

from ilang.check.program import Program, Test
from ilang.graph.lower import lower_term
from ilang.graph.node import Graph

LoweredExpect = tuple[Graph, Graph | None, str]


def lower_test(program: Program, test: Test) -> tuple[dict[str, tuple[str, ...]], tuple[LoweredExpect, ...]]:
    """The replies by prompt name, and the expectations."""
    replies: dict[str, tuple[str, ...]] = {}
    for r in test.replies:
        name = program.prompts[r.prompt].signature.name
        replies[name] = (*replies.get(name, ()), *r.texts)
    expects = tuple(
        (
            lower_term(program, e.term, test.name),
            lower_term(program, e.sides, "sides") if e.sides is not None else None,
            e.written,
        )
        for e in test.expects
    )
    return replies, expects
