"""definition(look, offset) and references: where a name is declared, and where it is read."""

from __future__ import annotations

from ilang.base.span import Span
from ilang.editor.look import Look
from ilang.editor.names import name_at, names, same_place


def definition(look: Look, offset: int) -> Span | None:
    """The place that declares the name at an offset; None where there is none in a file."""
    name = name_at(look, offset)
    return name.declared if name is not None else None


def references(look: Look, declared: Span) -> list[Span]:
    """The places of a text whose name means what is declared at a place, that place included."""
    return [n.span for n in names(look) if same_place(n.declared, declared)]
