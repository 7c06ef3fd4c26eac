"""Chooses for a generated program: by weight, as long as there is fuel, and no more draws than a test waits for.

Each choice has its simplest way first, so that a program that breaks a law shrinks to a short one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.laws.place import Place, Way
from tests.laws.vocabulary import BOOL, KIND, LIBRARY, NUMBER, PAIR, TEXT, Callee, Ty


@dataclass(eq=False)
class Maker:
    """Makes one program."""

    integer: Callable[[int, int], int]  # one from low to high
    most: int  # of fuel, for one let or result
    fuel: int = 0
    draws: int = 300
    pipelines: list[Callee] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    _number: int = 0
    spent: int = 0

    # ---- choosing ----------------------------------------------------------------

    def number(self, low: int, high: int) -> int:
        return self.integer(low, high)

    def one(self, items: Sequence[Any]) -> Any:
        return items[self.number(0, len(items) - 1)] if len(items) > 1 else items[0]

    def way(self, simple: Sequence[Way], more: Sequence[Way] = ()) -> str:
        """One of the ways by weight; where the fuel is spent, one of the simple ones."""
        self.fuel -= 1
        ways = [*simple, *more] if self.fuel > 0 else list(simple)
        at = self.number(0, sum(w for w, _ in ways) - 1)
        for weight, make in ways:
            if at < weight:
                return make()
            at -= weight
        raise AssertionError

    def part(self, make: Callable[[], str], share: int = 2) -> str:
        """What is made with a part of the fuel, so that something is left for what stands beside it."""
        kept = self.fuel - self.fuel // share
        self.fuel //= share
        made = make()
        self.fuel += kept
        return made

    def name(self, letter: str) -> str:
        self._number += 1
        return f"{letter}{self._number}"

    def may_draw(self, place: Place, n: int = 1) -> bool:
        return self.fuel > 0 and self.spent + place.times * n <= self.draws

    def pay(self, place: Place, n: int = 1) -> None:
        self.spent += place.times * n

    def named(self, place: Place, type_: Ty) -> list[str]:
        """Names of a type that are in scope, the nearest first."""
        return [n for n, t in reversed(place.names) if t == type_]

    def callees(self, place: Place, result: Ty) -> list[Callee]:
        return [c for c in (*self.pipelines, *LIBRARY) if c.result == result and self.may_draw(place, max(1, c.cost))]

    def any_value(self) -> Ty:
        found: Ty = self.one((NUMBER, NUMBER, TEXT, BOOL, KIND, PAIR))
        return found

    def literal(self, t: Ty) -> str:
        match t.name:
            case "number":
                return str(self.one((1, 1, 1, 2, 0, 3)))
            case "text":
                return str(self.one(('"oak"', '"oak"', '""', '"elm"')))
            case "bool":
                return str(self.one(("true", "false")))
            case "Kind":
                return "Kind." + str(self.one(("red", "red", "green", "blue")))
        return f"pair({self.number(0, 1)}, 1)"

    # ---- what others make ----------------------------------------------------------

    def expr(self, t: Ty, p: Place) -> str:
        """An expression of a type."""
        raise NotImplementedError

    def of_candidate(self, t: Ty, result: Ty, p: Place) -> str:
        """An argument where a function of a candidate is expected."""
        raise NotImplementedError

    def stage(self, t: Ty, p: Place) -> str:
        """A stage from a pool to a pool of the same type."""
        raise NotImplementedError

    def drawn(self, t: Ty, p: Place) -> list[Way]:
        """Ways to a value that a model gives."""
        raise NotImplementedError
