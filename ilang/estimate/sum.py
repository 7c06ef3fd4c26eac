"""What some stages come to together: calls, draws, tokens, USD."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ilang.estimate.item import FREE, Item, Usd, calls_of
from ilang.estimate.range import NOTHING, Range, product
from ilang.run.cost import Amount


@dataclass(frozen=True, slots=True)
class Sum:
    """Each low, expected, high. `usd` is None where a price is not known."""

    calls: Range = NOTHING
    draws: Range = NOTHING
    input: Range = NOTHING
    output: Range = NOTHING
    usd: Usd | None = FREE

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.calls + other.calls,
            self.draws + other.draws,
            self.input + other.input,
            self.output + other.output,
            plus(self.usd, other.usd),
        )

    def at_most(self, limit: Limit) -> Sum:
        """The same, cut at what a `within` lets through."""
        usd = self.usd
        if usd is not None and limit.usd < math.inf:
            most = Fraction(limit.usd)
            usd = (min(usd[0], most), min(usd[1], most), min(usd[2], most))
        return Sum(
            self.calls.at_most(limit.calls),
            self.draws,
            self.input.at_most(limit.tokens),
            self.output.at_most(limit.tokens),
            usd,
        )

    def fits(self, limit: Limit) -> bool:
        """Whether a `within` surely refuses nothing of it."""
        dear = self.usd is None or self.usd[2] > limit.usd
        return (
            self.calls.high <= limit.calls
            and self.input.high + self.output.high <= limit.tokens
            and not (dear and limit.usd < math.inf)
        )


def plus(a: Usd | None, b: Usd | None) -> Usd | None:
    return None if a is None or b is None else (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def less(a: Sum, b: Sum) -> Sum:
    """By how much less is expected of the second: `usual` alone is told."""
    usd = None if a.usd is None or b.usd is None else (Fraction(0), max(Fraction(0), a.usd[1] - b.usd[1]), Fraction(0))
    pairs = ((a.calls, b.calls), (a.draws, b.draws), (a.input, b.input), (a.output, b.output))
    calls, draws, input_, output = (Range(0, max(0.0, x.usual - y.usual), 0) for x, y in pairs)
    return Sum(calls, draws, input_, output, usd)


@dataclass(frozen=True, slots=True)
class Limit:
    """What a `within` lets through, each time that it is entered. `clock`: a time ends it, whatever was spent."""

    calls: Amount = math.inf
    tokens: Amount = math.inf
    usd: Fraction | float = math.inf
    clock: bool = False

    def often(self, times: Amount) -> Limit:
        """Entered so often."""
        if times == math.inf:
            return Limit(clock=self.clock)
        return Limit(self.calls * times, self.tokens * times, self.usd * int(times), self.clock)


@dataclass(slots=True)
class Scope:
    """The stages that stand in a `within`, or in none; the scopes inside it."""

    limit: Limit = Limit()
    items: list[Item] = field(default_factory=list)
    inner: list[Scope] = field(default_factory=list)

    def all(self) -> list[Item]:
        """Those of inner scopes too."""
        return [*self.items, *(item for one in self.inner for item in one.all())]

    def wanted(self) -> Sum:
        """The sum without this limit; its `low` does not tell that an address counts once."""
        return sum((one.expected() for one in self.inner), sum((worth(i) for i in self.items), Sum()))

    def expected(self) -> Sum:
        """The sum, as far as the limit lets it through."""
        return self.wanted().at_most(self.limit)

    def payable(self) -> Sum:
        """What is paid at most. A `within` counts by the model asked, so not what others may answer."""
        found = sum((one.payable() for one in self.inner), sum((payable(i) for i in self.items), Sum()))
        return found if any(item.links for item in self.all()) else found.at_most(self.limit)


def worth(item: Item) -> Sum:
    """What one stage is worth."""
    return Sum(item.calls, item.draws, item.input, item.output, item.usd(item.input, item.output))


def payable(item: Item) -> Sum:
    """What is paid for one stage where the store has nothing of it, whichever model answers."""
    calls = replace(item.calls, high=item.calls.high + item.more)
    read = replace(item.input, high=item.input.high + product(item.more, item.size.high))
    return Sum(calls, item.draws, read, item.output, item.paid_usd(read, item.output))


def total(scope: Scope) -> Sum:
    """What all stages are worth together."""
    items = scope.all()
    low = least(items)
    most = scope.expected()
    return Sum(
        raised(most.calls, low.calls.low),
        raised(most.draws, low.draws.low),
        raised(most.input, low.input.low),
        raised(most.output, low.output.low),
        None if most.usd is None or low.usd is None else (low.usd[0], max(most.usd[1], low.usd[0]), most.usd[2]),
    )


def raised(one: Range, low: Amount) -> Range:
    """The same, but for what it is at least."""
    return replace(one, low=low, usual=max(low, one.usual))


def least(items: Sequence[Item]) -> Sum:
    """What these come to at least (its `low` alone counts).

    An address counts once, and two activations may draw the same: what is unknown of one may be what another draws. So
    of the unknown requests those of the one activation count that draws the most; of the known, each address.
    """
    sure = [item for item in items if item.sure]
    mine = Counter[int]()
    for item in sure:
        mine[item.activation] += item.sure
    drawing = [item for item in items if item.draws.high]
    alone = len({item.activation for item in drawing}) <= 1 and all(item.times.high <= 1 for item in drawing)
    if alone:
        costs = [item.usd(item.input, item.output) for item in sure]
        usd = sum((one[0] for one in costs if one is not None), Fraction(0))
        return Sum(
            Range(sum(item.calls.low for item in sure)),
            Range(sum(item.draws.low for item in sure)),
            Range(sum(item.input.low for item in sure)),
            Range(sum(item.output.low for item in sure)),
            (usd, usd, usd),
        )
    draws: dict[object, int] = {}
    of: dict[object, Item] = {}
    counts: dict[tuple[int, object], int] = {}
    for item in sure:
        for known in item.known:
            counts[item.activation, known.key] = counts.get((item.activation, known.key), 0) + known.sure
            draws[known.key] = max(draws.get(known.key, 0), counts[item.activation, known.key])
            of[known.key] = item
    calls = sum(calls_of(n, of[key].at_once) for key, n in draws.items())
    prompts = sum(calls_of(n, of[key].at_once) * of[key].prompt for key, n in draws.items())
    most = max(mine.values(), default=0)
    at_once = [item.at_once for item in sure]
    some = calls_of(most, None if None in at_once else max((n for n in at_once if n is not None), default=1))
    return Sum(Range(max(calls, some)), Range(max(sum(draws.values()), most)), Range(prompts), Range(), FREE)
