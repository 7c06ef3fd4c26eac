"""What a pass changed in a graph: the nodes that are gone, the new ones, and those that read others now.

Passes number nodes anew, so places say nothing. Nodes are matched in their order, by what they do and the names of
their inputs; of two that match it is then asked whether they read nodes that match too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from ilang.base.noun import noun
from ilang.graph.node import Graph
from ilang.report.graph_data import graph_data
from ilang.report.graph_text import body_heading, graph_lines, node_text

_Node = tuple[int, int]


@noun
class Change:
    """One node, before or after. `sign` is `-` or `+`, `body` the number of its graph, `heading` that graph's."""

    sign: str
    body: int
    place: int
    heading: str
    text: str


def changes(before: Graph, after: Graph) -> tuple[Change, ...]:
    """What is there only before (`-`) or only after (`+`), in the order of the text of the graph."""
    old, new = _Side(before), _Side(after)
    matcher = SequenceMatcher(None, old.words, new.words, autojunk=False)
    to: dict[_Node, _Node] = {}
    for _, a, b, c, d in matcher.get_opcodes():
        if b - a == d - c:  # as many as there were: each stands for one, and its readers read the same
            to |= zip(old.order[a:b], new.order[c:d], strict=True)
            continue
        of_one_kind = SequenceMatcher(None, old.kinds[a:b], new.kinds[c:d], autojunk=False)
        for i, j, count in of_one_kind.get_matching_blocks():
            to |= zip(old.order[a + i : a + i + count], new.order[c + j : c + j + count], strict=True)
    found: list[Change] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            found += [old.change("-", node) for node in old.order[a:b]]
            found += [new.change("+", node) for node in new.order[c:d]]
            continue
        for one, other in zip(old.order[a:b], new.order[c:d], strict=True):
            if old.reads(one, to) != new.reads(other):
                found += [old.change("-", one), new.change("+", other)]
    return tuple(found)


def changes_text(found: Sequence[Change]) -> list[str]:
    """The changes as lines, below a heading for each graph."""
    lines: list[str] = []
    heading = ""
    for one in found:
        if one.heading != heading:
            heading = one.heading
            lines.append(f"  in {heading}")
        lines.append(f"    {one.sign} {one.place} {one.text}")
    return lines


def changes_data(found: Sequence[Change]) -> list[dict[str, Any]]:
    """The changes as JSON data."""
    return [
        {"change": "removed" if x.sign == "-" else "added", "graph": x.body, "node": x.place, "text": x.text}
        for x in found
    ]


class _Side:
    """A graph with its nodes in the order of its text."""

    def __init__(self, graph: Graph) -> None:
        self.graphs = graph_data(graph)["graphs"]
        self.order = [(line.number, line.place) for line in graph_lines(graph) if line.place is not None]
        self.words = [self._words(node) for node in self.order]
        self.kinds = [node_text({**self._node(node), "inputs": []}) for node in self.order]

    def _node(self, node: _Node) -> dict[str, Any]:
        found: dict[str, Any] = self.graphs[node[0]]["nodes"][node[1]]
        return found

    def _words(self, node: _Node) -> str:
        """A node without the places of its inputs, and whether its graph gives it."""
        said = self._node(node)
        inputs = [{**one, "node": ""} for one in said["inputs"]]
        gives = self.graphs[node[0]]["output"] == node[1]
        return f"{'>' if gives else ''}{node_text({**said, 'inputs': inputs})}"

    def reads(self, node: _Node, to: Mapping[_Node, _Node] | None = None) -> list[_Node | None]:
        """The nodes that it reads; with `to`, what they are on the other side."""
        places = [(node[0], one["node"]) for one in self._node(node)["inputs"]]
        return [place if to is None else to.get(place) for place in places]

    def change(self, sign: str, node: _Node) -> Change:
        body = self.graphs[node[0]]
        heading = body_heading(body) if node[0] else f"graph {body['name']}({', '.join(body['params'])})"
        return Change(sign, node[0], node[1], heading, node_text(self._node(node)))
