"""through: a graph and all bodies in it, each rewritten once, the inner ones first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ilang.graph import node as g

One = Callable[[g.Graph, g.Graph], g.Graph]
"""Is given a graph as it was, and the same with the bodies in it rewritten; gives the graph rewritten."""


def through(graph: g.Graph, one: One) -> g.Graph:
    """The graph after `one` on each body and then on itself. A body that several nodes share stays shared; what
    `one` gives back as it was, with bodies that are as they were, is the same object."""
    return _through(graph, one, {})


def _through(graph: g.Graph, one: One, done: dict[int, tuple[g.Graph, g.Graph]]) -> g.Graph:
    known = done.get(id(graph))
    if known is not None:
        return known[1]
    nodes = tuple(_inside(node, one, done) for node in graph.nodes)
    same = all(a is b for a, b in zip(nodes, graph.nodes, strict=True))
    made = one(graph, graph if same else replace(graph, nodes=nodes))
    done[id(graph)] = (graph, made)
    return made


def _inside(node: g.Node, one: One, done: dict[int, tuple[g.Graph, g.Graph]]) -> g.Node:
    match node:
        case g.Function() | g.Budget():
            body = _through(node.body, one, done)
            return node if body is node.body else replace(node, body=body)
        case g.Region():
            body = _through(node.body, one, done)
            until = None if node.until is None else _through(node.until, one, done)
            return node if body is node.body and until is node.until else replace(node, body=body, until=until)
    return node


def ordered(graph: g.Graph, nodes: dict[int, g.Node], output: int) -> g.Graph:
    """The graph of these nodes, by whatever number, numbered anew: in the order of their numbers, but each behind its
    inputs. What the output does not need is left out."""
    needed: set[int] = set()
    stack = [output]
    while stack:
        place = stack.pop()
        if place not in needed:
            needed.add(place)
            stack.extend(nodes[place].inputs)
    place_of: dict[int, int] = {}
    made: list[g.Node] = []
    for number in sorted(needed):
        waiting = [number]
        while waiting:
            at = waiting[-1]
            before = [i for i in nodes[at].inputs if i not in place_of]
            if at not in place_of and before:
                waiting.extend(reversed(before))
                continue
            waiting.pop()
            if at not in place_of:
                node = nodes[at]
                place_of[at] = len(made)
                inputs = tuple(place_of[i] for i in node.inputs)
                made.append(node if inputs == node.inputs else replace(node, inputs=inputs))
    return replace(graph, nodes=tuple(made), output=place_of[output])
