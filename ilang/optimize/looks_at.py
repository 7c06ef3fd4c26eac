"""looks_at: which fields of its candidate a function reads, where that is all it knows of it."""

from __future__ import annotations

from ilang.graph import node as g

PLACED = frozenset({"number", "others"})
"""Fields that say where in its pool a candidate stands, and beside whom."""

RELATED = frozenset({"parent", "path", "root"})
"""Fields that give candidates."""


def looks_at(function: g.Function) -> frozenset[str] | None:
    """The fields that a function of one candidate may read of it. None where it hands it on, takes another number of
    arguments, or reads what depends on more than the candidate: its place, the pool, those it came from."""
    if function.arity != 1:
        return None
    body = function.body
    it = next((place for place, n in enumerate(body.nodes) if isinstance(n, g.Input) and n.place == 0), None)
    if it is None:
        return frozenset()
    if body.output == it:
        return None
    found: set[str] = set()
    for node in body.nodes:
        if it not in node.inputs:
            continue
        match node:
            case g.Apply(g.FieldOp("candidate", name)):
                found.add(name)
            case g.Apply(g.ConvertOp("value")):
                found.add("value")
            case g.Apply(g.ConvertOp("value_or_text")):
                found |= {"value", "text"}
            case _:
                return None
    return None if found & (PLACED | RELATED) else frozenset(found)
