"""What names mean at one place of a program."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ilang.base.span import Span
from ilang.base.type import Type
from ilang.check.term import Symbol


@dataclass(frozen=True, slots=True)
class Bound:
    """A local name: its symbol, its type, and where it was bound."""

    symbol: Symbol
    type: Type
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The locals at a place. Immutable; an inner scope is a changed copy.

    `region`: the place stands in the braces of repeat, focus or per, where `prune` leaves an
    empty pool. `later`: names of `let`s that may stand behind it. `hole`: it stands in `{{ }}`,
    where no model may be called. `loose`: a candidate that did not parse stands for its text where
    text is expected (`refine`, `extend`).
    """

    names: dict[str, Bound] = field(default_factory=dict)
    it: Bound | None = None
    them: Bound | None = None
    region: bool = False
    hole: bool = False
    loose: bool = False
    later: frozenset[str] = frozenset()

    def bind(self, name: str, bound: Bound) -> Scope:
        return replace(self, names={**self.names, name: bound})

    def bind_all(self, bounds: dict[str, Bound]) -> Scope:
        return replace(self, names={**self.names, **bounds})
