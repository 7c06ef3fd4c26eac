"""What a box tells of itself under a pointer: where it was written, and its nodes as `ilang show` has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ilang.base.span import Span
from ilang.graph.node import Graph
from ilang.report.graph_data import graph_data
from ilang.report.graph_picture import Box
from ilang.report.graph_text import node_text

_SHOWN = 12
"""Nodes that are told of one box."""


def tips(graph: Graph) -> Callable[[Box], str]:
    """A function from a box of the graph's picture to its lines."""
    graphs = graph_data(graph)["graphs"]

    def told(box: Box) -> str:
        lines = [place_text(box.span)] if box.span is not None else []
        for number, place in box.covers[:_SHOWN]:
            body = f"body {number}, " if number else ""
            lines.append(f"{body}{place}: {node_text(graphs[number]['nodes'][place])}")
        if len(box.covers) > _SHOWN:
            lines.append(f"and {len(box.covers) - _SHOWN} more")
        return "\n".join(lines)

    return told


def place_text(span: Span) -> str:
    """`vote.inf:12:5`, without the folder."""
    line, column = span.source.line_column(span.start)
    return f"{Path(span.source.name).name}:{line}:{column}"
