"""Where an expression of a generated program stands, and what a generated program is drawn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.laws.vocabulary import Ty

Way = tuple[int, Callable[[], str]]
"""A weight, and how to make an expression."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: the names that it may use.

    `it`: what the pronoun is, where there is one. `live`: an argument around this place mentions its `it`, so that no
    stage inside may have another. `times`: how often the place is computed, at most, roughly. `region`: in the braces of a region.
    """

    names: tuple[tuple[str, Ty], ...] = ()
    it: Ty | None = None
    them: Ty | None = None
    live: bool = False
    times: int = 1
    region: bool = False

    def bind(self, name: str, type_: Ty) -> Place:
        return replace(self, names=(*self.names, (name, type_)))
