"""What holds of every graph, before and after every pass. A table of rules, each with the words for its breach."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ilang.graph import node as g


class BrokenGraph(Exception):
    """A pass made a graph that is none."""


def check_graph(graph: g.Graph, after: str = "lower") -> None:
    """Raises BrokenGraph with the first rule that the graph (or a body in it) breaks."""
    for one in g.all_graphs(graph):
        for rule in RULES:
            for breach in rule(one):
                raise BrokenGraph(f"after {after}, in `{one.name}`: {breach}")


def inputs_stand_before(graph: g.Graph) -> Iterator[str]:
    """Each node stands behind its inputs."""
    for place, node in enumerate(graph.nodes):
        for i in node.inputs:
            if not 0 <= i < place:
                yield f"node {place} reads {i}"


def output_is_there(graph: g.Graph) -> Iterator[str]:
    """The output is a node."""
    if not 0 <= graph.output < len(graph.nodes):
        yield f"output {graph.output} of {len(graph.nodes)} nodes"


def inputs_are_given(graph: g.Graph) -> Iterator[str]:
    """An Input's place is one of the params, and each is read through one node at most."""
    places = [n.place for n in graph.nodes if isinstance(n, g.Input)]
    for place in places:
        if not 0 <= place < len(graph.params):
            yield f"input {place} of {len(graph.params)} params"
    if len(set(places)) != len(places):
        yield "a param is read through two nodes"


def arguments_match(graph: g.Graph) -> Iterator[str]:
    """A node has one input for each name, and the right number besides."""
    for place, node in enumerate(graph.nodes):
        match node:
            case g.Draw(_, names, inputs) | g.Apply(g.StageOp(_, names) | g.PythonOp(_, names), inputs):
                if len(names) != len(inputs):
                    yield f"node {place} has {len(inputs)} inputs for {len(names)} names"
            case g.Branch(kind, inputs):
                if len(inputs) != (3 if kind == "if" else 2):
                    yield f"the {kind} at {place} has {len(inputs)} inputs"


def bodies_get_their_params(graph: g.Graph) -> Iterator[str]:
    """What a body is given is as many as its params."""
    for place, node in enumerate(graph.nodes):
        match node:
            case g.Function(arity, body, inputs):
                if arity + len(inputs) != len(body.params):
                    yield f"the function at {place} gives {arity} + {len(inputs)} to {len(body.params)} params"
            case g.Budget(names, body, inputs):
                if len(inputs) - len(names) != len(body.params):
                    yield f"the within at {place} gives {len(inputs) - len(names)} to {len(body.params)} params"
            case g.Region("call", body=body, inputs=inputs):
                if len(inputs) != len(body.params):
                    yield f"the call at {place} gives {len(inputs)} to {len(body.params)} params"
            case g.Region(body=body, inputs=inputs, names=names):
                mine = len(inputs) - len(names) - node.until_captures
                if 1 + mine != len(body.params):
                    yield f"the {node.kind} at {place} gives 1 + {mine} to {len(body.params)} params"
                if node.until is not None and 1 + node.until_captures != len(node.until.params):
                    yield f"the until at {place} gives 1 + {node.until_captures} to {len(node.until.params)} params"


RULES: tuple[Callable[[g.Graph], Iterator[str]], ...] = (
    output_is_there,
    inputs_stand_before,
    inputs_are_given,
    arguments_match,
    bodies_get_their_params,
)
