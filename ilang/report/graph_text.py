"""Shows a graph: its nodes by number with their inputs, bodies below the node that has them."""

from __future__ import annotations

from typing import Any

from ilang.base.noun import noun
from ilang.graph.node import Graph
from ilang.report.escape import visible_line
from ilang.report.graph_data import graph_data
from ilang.report.json_text import value_text
from ilang.report.width import clip

_WORDS = 70
"""Columns that the words of a constant or a text may take."""


def graph_text(graph: Graph) -> str:
    """Nodes stand behind their inputs. `~3`: read only when it is needed; `>`: the node whose value is given.

    graph main(question, n)
        0 input question
        1 input n
        2 call solve(question=~0)
          body 1: solve(question)
              0 input question
            > 1 render solve(0) ...
        3 draw sample(request=2, n=1, ...)
      > 4 stage vote(pool=3)

    A body that several nodes share stands once, at the first of them.
    """
    return "\n".join(line.text for line in graph_lines(graph))


@noun
class GraphLine:
    """A line of the text. `place` says of which node it tells: the number of its graph and its place there.

    Of a heading it is None, and `number` the graph that it stands above.
    """

    text: str
    number: int
    place: int | None = None


def graph_lines(graph: Graph) -> list[GraphLine]:
    """The lines of the text, each with what it tells of."""
    graphs = graph_data(graph)["graphs"]
    first = graphs[0]
    lines = [GraphLine(f"graph {first['name']}({', '.join(first['params'])})", 0)]
    _nodes(first, graphs, 1, {0}, lines)
    return lines


def _nodes(
    one: dict[str, Any], graphs: list[dict[str, Any]], depth: int, shown: set[int], lines: list[GraphLine]
) -> None:
    wide = len(str(len(one["nodes"]) - 1))
    for place, node in enumerate(one["nodes"]):
        mark = ">" if place == one["output"] else " "
        lines.append(GraphLine(f"{'  ' * depth}{mark} {place:>{wide}} {node_text(node)}", one["number"], place))
        for number in node["bodies"]:
            body = graphs[number]
            inner = "  " * depth + " " * (wide + 3)
            if number in shown:
                lines.append(GraphLine(f"{inner}body {number}, above", number))
                continue
            shown.add(number)
            lines.append(GraphLine(f"{inner}{body_heading(body)}", number))
            _nodes(body, graphs, depth + 2 + wide // 2, shown, lines)


def body_heading(body: dict[str, Any]) -> str:
    """`body 1: solve(question)`."""
    return f"body {body['number']}: {body['name']}({', '.join(body['params'])})"


def node_text(node: dict[str, Any]) -> str:
    """`draw sample(request=2, n=1)`."""
    words = [node["op"]]
    if "name" in node:
        words.append(node["name"])
    elif node["op"] == "constant":
        words.append("none" if node["value"] is None else clip(visible_line(value_text(node["value"])), _WORDS))
    elif node["op"] in ("record", "convert"):
        words.append(" ".join(str(node[k]) for k in ("to", "type") if k in node))
    elif node["op"] == "function":
        words.append(f"of {node['arity']}")
    elif node["op"] == "text":
        words.append(clip(visible_line(value_text("".join("{{}}" if p is None else p for p in node["parts"]))), _WORDS))
    inputs = ", ".join(_input(i) for i in node["inputs"])
    head = " ".join(words) + (f"({inputs})" if inputs else "")
    return " ".join([head, *_more(node)])


def _more(node: dict[str, Any]) -> list[str]:
    told = []
    if node["op"] == "render":
        roles = ", ".join(m["role"] for m in node["messages"])
        told.append(f"[{roles}]")
        if "answer" in node:
            told.append(clip(f"answer {visible_line(node['answer'])}", _WORDS) + f" -> {node['type']}")
    if node["op"] == "python":
        told.append(f"-> {node['type']}")
    if "catches" in node:
        told.append("gives none for nothing-left")
    if "kept" in node:
        told.append(f"kept {node['kept']}")
    if "judges_by" in node:
        told.append(f"judges by {', '.join(node['judges_by'])}")
    if "until" in node:
        told.append(f"until, asked of {node['until']}")
    return told


def _input(one: dict[str, Any]) -> str:
    place = f"{'~' if one['lazy'] else ''}{one['node']}"
    return f"{one['name']}={place}" if one["name"] else place
