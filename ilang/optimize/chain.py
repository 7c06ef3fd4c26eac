"""Chains: stages one behind the other, each of which alone reads the pool that the one before it gives."""

from __future__ import annotations

from ilang.graph import node as g

FARTHEST = 64
"""So many stages are looked at behind one, so that a long chain costs no more than it is long."""


class Chains:
    """The chains of one graph."""

    def __init__(self, graph: g.Graph) -> None:
        self._graph = graph
        self._readers: dict[int, list[int]] = {}
        for place, node in enumerate(graph.nodes):
            for i in node.inputs:
                self._readers.setdefault(i, []).append(place)

    def below(self, place: int) -> list[int]:
        """The stages that a stage's pool comes through, the nearest first, as long as nothing else reads what they
        give; but branches may see whether it is none that themselves give none where this stage does."""
        nodes = self._graph.nodes
        found: list[int] = []
        links: set[int] = set()  # branches that hand a pool on along the chain
        reader = place
        while len(found) < FARTHEST:
            pool = given(nodes[reader], "pool")
            at, passing = pool, nodes[pool]
            if isinstance(passing, g.Branch) and passing.kind == "some":
                at = passing.inputs[1]
                if stage_of(nodes[at]) is None or self._readers[at] != [pool] or at == self._graph.output:
                    break
                if given(nodes[at], "pool") != passing.inputs[0]:
                    break
            elif stage_of(passing) is None:
                break
            if pool == self._graph.output or not all(
                one == reader or self._sees_none(one, pool, place, links) for one in self._readers[pool]
            ):
                break
            if at != pool:
                links.add(pool)
            found.append(at)
            reader = at
        return found

    def _sees_none(self, branch: int, pool: int, place: int, links: set[int]) -> bool:
        """Whether a node is a branch that sees no more of a pool than whether it is none, to give none then."""
        node = self._graph.nodes[branch]
        if not isinstance(node, g.Branch) or node.kind != "some" or node.inputs[0] != pool or node.inputs[1] == pool:
            return False
        return branch in links or self._gives_none(node.inputs[1], place)

    def _gives_none(self, at: int, place: int) -> bool:
        """Whether a node gives none wherever the stage at a place does."""
        while at != place:
            node = self._graph.nodes[at]
            if not isinstance(node, g.Branch) or node.kind != "some":
                return False
            at = node.inputs[0]
        return True


def stage_of(node: g.Node) -> str | None:
    """The name of a stage that is given a pool and asks no model itself; None of any other node."""
    if isinstance(node, g.Apply) and isinstance(node.op, g.StageOp) and "pool" in node.op.names:
        return node.op.name
    return None


def given(node: g.Node, name: str) -> int:
    """The place of what a stage is given for a parameter. Raises ValueError where it is given none."""
    assert isinstance(node, g.Apply) and isinstance(node.op, g.StageOp)
    return node.inputs[node.op.names.index(name)]
