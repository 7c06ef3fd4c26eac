"""The pass `drop_unused`."""

from __future__ import annotations

from dataclasses import replace

from ilang.graph import node as g


def drop_unused(graph: g.Graph) -> g.Graph:
    """Removes what no output needs: nodes, and captures that a body does not read.

    Before, `unused` is computed by nobody but still stands there:

        0 input 0
        1 draw sample (0)      # let unused = ...
        2 draw sample (0)
        3 vote (2)             -> output

    After:

        0 input 0
        1 draw sample (0)
        2 vote (1)             -> output

    A node that is read, lazily too, is never removed, so no draw changes its number. The
    parameters of a graph stay, read or not: they are what it is called with.
    """
    return _drop(graph, {})


def _drop(graph: g.Graph, done: dict[int, tuple[g.Graph, g.Graph]]) -> g.Graph:
    """The graph without what it does not need; a body that several nodes share stays shared."""
    known = done.get(id(graph))
    if known is not None:
        return known[1]
    nodes = tuple(_bodies(node, done) for node in graph.nodes)
    needed: set[int] = set()
    stack = [graph.output]
    while stack:
        place = stack.pop()
        if place not in needed:
            needed.add(place)
            stack.extend(nodes[place].inputs)
    if len(needed) == len(nodes) and all(a is b for a, b in zip(nodes, graph.nodes, strict=True)):
        done[id(graph)] = (graph, graph)
        return graph
    order = sorted(needed)
    place_of = {old: new for new, old in enumerate(order)}
    kept = tuple(replace(nodes[i], inputs=tuple(place_of[x] for x in nodes[i].inputs)) for i in order)
    made = replace(graph, nodes=kept, output=place_of[graph.output])
    done[id(graph)] = (graph, made)
    return made


def _bodies(node: g.Node, done: dict[int, tuple[g.Graph, g.Graph]]) -> g.Node:
    """The node with its bodies done, and without the captures that they do not read."""
    match node:
        case g.Function():
            body = _drop(node.body, done)
            body, kept = _unread(body, node.arity, len(node.inputs))
            if body is node.body:
                return node
            return replace(node, body=body, inputs=tuple(node.inputs[i] for i in kept))
        case g.Budget():
            first = len(node.names)
            body, kept = _unread(_drop(node.body, done), 0, len(node.inputs) - first)
            if body is node.body:
                return node
            return replace(node, body=body, inputs=(*node.inputs[:first], *(node.inputs[first + i] for i in kept)))
        case g.Region("call"):
            body = _drop(node.body, done)
            return node if body is node.body else replace(node, body=body)
        case g.Region():
            first = len(node.names)
            split = len(node.inputs) - node.until_captures
            mine, until_mine = node.inputs[first:split], node.inputs[split:]
            body, kept = _unread(_drop(node.body, done), 1, len(mine))
            until, until_kept = node.until, list(range(len(until_mine)))
            if until is not None:
                until, until_kept = _unread(_drop(until, done), 1, len(until_mine))
            if body is node.body and until is node.until:
                return node
            inputs = (
                *node.inputs[:first],
                *(mine[i] for i in kept),
                *(until_mine[i] for i in until_kept),
            )
            return replace(node, body=body, until=until, inputs=inputs, until_captures=len(until_kept))
    return node


def _unread(body: g.Graph, params: int, captures: int) -> tuple[g.Graph, list[int]]:
    """The body without the captures that it does not read, and which of them it keeps."""
    read = {n.place for n in body.nodes if isinstance(n, g.Input)}
    kept = [i for i in range(captures) if params + i in read]
    if len(kept) == captures:
        return body, kept
    place_of = {params + old: params + new for new, old in enumerate(kept)}
    nodes = tuple(replace(n, place=place_of.get(n.place, n.place)) if isinstance(n, g.Input) else n for n in body.nodes)
    names = (*body.params[:params], *(body.params[params + i] for i in kept))
    return replace(body, nodes=nodes, params=names), kept
