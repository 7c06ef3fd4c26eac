"""A graph at which an estimate looks: the entry, or a body of a call, a function, a region, for one of its readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ilang.base.noun import made_often
from ilang.estimate.likely import Likely
from ilang.estimate.range import ONCE, Range
from ilang.graph.node import Graph
from ilang.run.closure import Ready
from ilang.run.rough import Drafted, Rough


@made_often
class Elsewhere:
    """A node of another part, read there when it is read here."""

    part: Part
    place: int


@dataclass(eq=False, slots=True)
class Part:
    """What is known and guessed of what the graph is `given`; `lazy` where that is a node of an outer part, computed
    when it is first read here.

    `activation`: parts with the same number their draws together. `times`: so often does it begin; `rounds`: so often
    is the part computed in each. `way`: names from the entry to here. `order`: its place in the order of the program.
    """

    graph: Graph
    given: Sequence[Rough]
    likely: Sequence[Likely]
    lazy: Sequence[Elsewhere | None]
    activation: int
    way: tuple[str, ...]
    order: tuple[int, ...]
    times: Range = ONCE
    rounds: Range = ONCE
    needed: dict[int, Range] = field(default_factory=dict)
    """How often each node is computed each time: `low` 1 where it surely is, `usual` the share of times."""

    def outcome(self, place: int) -> Ready | Exception | None:
        """Nothing is computed."""
        return None

    def need(self, place: int, low: float, usual: float) -> None:
        """A reader needs a node: surely where `low` is 1, in this share of the times."""
        before = self.needed.get(place)
        if before is not None:
            low, usual = max(low, before.low), max(usual, before.usual)
        self.needed[place] = Range(low, usual, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Made(Drafted):
    """A function that does not exist yet, with what is guessed of what it captures."""

    likely: tuple[Likely, ...] = ()
    name: str = ""
