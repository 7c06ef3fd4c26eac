"""What a program is worth: what it would have cost without the store. Computed from the draws by the program alone.

Output is counted for each draw; the prompt and a call once for each `max_n` equal requests of one
stage, once for each draw where the model has no `n`. An address counts once: with the stage that
drew most of its request, so the sum is the same in whatever order the stages ran.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ilang.backend.capabilities import Capabilities
from ilang.backend.prices import FREE, Prices
from ilang.base.noun import made_often
from ilang.draws.draw import Draw

Counted = tuple[Hashable, int, Draw, Capabilities, Prices | None]
"""A draw with its request's key, its index, what its model can do and what it costs."""


@made_often
class Worth:
    """Calls, draws, tokens and USD at list price, None where a model's price is not known."""

    calls: int = 0
    draws: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: Fraction | None = Fraction(0)

    def __add__(self, other: Worth) -> Worth:
        if not self.draws and not self.calls and self.usd is not None:
            return other
        return Worth(
            self.calls + other.calls,
            self.draws + other.draws,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            None if self.usd is None or other.usd is None else self.usd + other.usd,
        )


@dataclass(slots=True)
class Spent:
    """The stages that sent requests: for each request of one, what it drew."""

    stages: dict[Hashable, list[list[Counted]]] = field(default_factory=dict)

    def add(self, drawn: Iterable[Counted]) -> None:
        """The draws of one stage."""
        of_this: dict[Hashable, list[Counted]] = {}
        for one in drawn:
            of_this.setdefault(one[0], []).append(one)
        for key, group in of_this.items():
            self.stages.setdefault(key, []).append(group)

    def worth(self, seen: set[tuple[Hashable, int]] | None = None) -> Worth:
        """The sum over all stages. The addresses counted join `seen`; those in it count no more."""
        seen = set() if seen is None else seen
        total = Worth()
        for groups in self.stages.values():
            for group in sorted(groups, key=lambda g: (-len(g), [one[1] for one in g])):
                total += worth_of(group, seen)
        return total


def worth_of(group: Sequence[Counted], seen: set[tuple[Hashable, int]]) -> Worth:
    """The worth of one stage's draws of one request."""
    new = []
    for key, index, draw, able, prices in group:
        if (key, index) not in seen:
            seen.add((key, index))
            new.append((draw, able, prices))
    if not new:
        return Worth()
    first, able, prices = new[0]
    a_call = (able.max_n or len(new)) if able.n else 1
    calls = -(-len(new) // a_call)
    prompt, output = calls * first.input_tokens, sum(draw.output_tokens for draw, _, _ in new)
    return Worth(calls, len(new), prompt, output, _usd(prices, first, prompt, output))


def _usd(prices: Prices | None, first: Draw, prompt: int, output: int) -> Fraction | None:
    if prices is None:
        return None
    return FREE_OF_CHARGE if prices is FREE else prices.at(first.input_tokens).of(prompt, output)


FREE_OF_CHARGE = Fraction(0)
