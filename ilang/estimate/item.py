"""One stage of one part, and what its draws come to: what an estimate is made of."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ilang.backend.prices import Prices
from ilang.base.noun import noun
from ilang.base.span import Span
from ilang.base.value import Model
from ilang.draws.draw import Ask, Draw
from ilang.estimate.range import NOTHING, Range
from ilang.run.cost import Amount

Usd = tuple[Fraction, Fraction, Fraction | float]
"""Low, expected and high."""

FREE: Usd = (Fraction(0), Fraction(0), Fraction(0))


@noun
class Site:
    """A stage as people see it: where it stands, and the names on the way to it from the entry."""

    stage: str
    way: tuple[str, ...]
    span: Span | None
    prompt: str = ""

    @property
    def name(self) -> str:
        """`ask rate`, where the prompt is known."""
        return f"{self.stage} {self.prompt}" if self.prompt else self.stage


@dataclass(frozen=True, slots=True)
class Known:
    """Draws whose request is known before the run: `n` of it in one stage of an activation, the first of them `first`.

    `sure`: so many of them, from the first on, are drawn where the stage runs. `stored`: those that the store has, by
    index. They go out in `rounds`, alike. `shifted`: an earlier stage may not draw, so that they are those before.
    """

    ask: Ask
    key: Hashable
    n: int
    first: int
    stored: dict[int, Draw]
    sure: int
    rounds: int = 1
    shifted: bool = False

    def calls(self, at_once: int | None) -> Amount:
        """Calls that these draws are at most: those of each round come in calls of their own."""
        return self.rounds * calls_of(self.n // self.rounds, at_once)


@dataclass(slots=True)
class Item:
    """What one stage of one part comes to, all its evaluations together.

    `sure`: draws that it surely asks for, each time that the run comes to its end; `prompt`: tokens that their prompts
    have at least; `at_once`: draws that one call brings at most, None without a limit. `times`: how often its
    activation begins. `known`: where its requests are known, and `share` the
    part of them that is expected to be drawn. `usd` is None where a price is not known. What is expected rests on
    `assumed` (how often) and `spoken` (how many tokens), names of assumptions; `measured`: by what the store has, in
    words; `cut_off`: what was not looked up in it. `unbounded`: why there is no bound, in words.

    Where a model has others that stand in for it: `links`, so many behind it at most, `more`, the calls that they take
    at most, `widest`, the draws that one call of any brings, and `dear`, what all of them cost.
    """

    site: Site
    activation: int
    order: tuple[int, ...]
    models: Sequence[Model]
    at_once: int | None
    times: Range
    calls: Range = NOTHING
    draws: Range = NOTHING
    input: Range = NOTHING
    output: Range = NOTHING
    sure: int = 0
    prompt: int = 0
    prices: tuple[Prices, ...] | None = ()
    size: Range = NOTHING
    limit: Amount = math.inf
    share: float = 1.0
    waves: bool = False
    known: tuple[Known, ...] = ()
    assumed: frozenset[str] = frozenset()
    spoken: frozenset[str] = frozenset()
    measured: str = ""
    cut_off: str = ""
    unbounded: str = ""
    links: int = 0
    more: Amount = 0
    widest: int | None = None
    dear: tuple[Prices, ...] | None = ()

    def paid_usd(self, input_: Range, output: Range) -> Usd | None:
        """What is paid for so many tokens, whichever model answers: `low` and expected are those of the one asked."""
        asked = self.usd(input_, output)
        if not self.links or asked is None or not self.draws.high:
            return asked
        if self.dear is None:
            return None
        found = [cost(p.at(self.size.high), input_.high, output.high) for p in self.dear]
        return min(asked[0], *(cost(p, input_.low, output.low) for p in self.dear)), asked[1], max(asked[2], *found)

    def dearer_by(self, input_: Range, output: Range) -> Any:
        """By how much more is expected to be paid for so many tokens where the dearest of the models answers."""
        if not self.links or not self.prices or not self.dear:
            return Fraction(0)
        asked, *others = (cost(p.at(self.size.usual), input_.usual, output.usual) for p in (self.prices[0], *self.dear))
        return max(asked, *others) - asked

    def usd(self, input_: Range, output: Range) -> Usd | None:
        """What so many tokens cost; None where a price is not known."""
        if self.prices is None:
            return None if self.draws.high else FREE
        if not self.prices:
            return FREE
        found = [p.at(self.size.high) for p in self.prices]
        low = [p.at(self.size.low) for p in self.prices]
        return (
            min(cost(p, input_.low, output.low) for p in low),
            cost(self.prices[0].at(self.size.usual), input_.usual, output.usual),
            max(cost(p, input_.high, output.high) for p in found),
        )


def cost(prices: Prices, prompt: Amount, output: Amount) -> Any:
    """What these tokens cost."""
    total: Any = Fraction(0)
    for price, tokens in ((prices.input, prompt), (prices.output, output)):
        if price and tokens:
            total += math.inf if tokens == math.inf else price * Fraction(tokens)
    return total


def calls_of(n: Amount, at_once: int | None) -> Amount:
    """Calls that so many draws of one request are; `at_once` None: one, however many."""
    if not n:
        return 0
    if at_once is None:
        return 1
    return n if n == math.inf else -(-n // at_once)
