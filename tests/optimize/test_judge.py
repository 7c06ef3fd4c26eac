"""What a judge is taken for."""

from __future__ import annotations

from ilang.graph import node as g
from ilang.optimize.judge import keeps_the_verified


def verified_of(place: int) -> g.Function:
    """`it => X.verified` of its own candidate (0) or of one that it captured (1)."""
    nodes = (g.Input(place), g.Apply(g.FieldOp("candidate", "verified"), (0,)))
    return g.Function(1, g.Graph("function", ("it", "other"), nodes, 1), (0,))


def test_it_keeps_the_verified_where_it_asks_of_its_own_candidate() -> None:
    assert keeps_the_verified(verified_of(0))
    assert not keeps_the_verified(verified_of(1))
