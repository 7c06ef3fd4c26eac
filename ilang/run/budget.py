"""A `within` at work: what it admits, and what it has counted.

It counts worth, never what is paid, so a warm store changes no answer. A draw is admitted when its worst case
fits what is left after all draws before it; after the first that does not, nothing more is. An address counts once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ilang.backend.capabilities import Capabilities
from ilang.backend.prices import Prices, prices_of
from ilang.base.diagnostic import Diagnostic
from ilang.base.span import Span
from ilang.base.value import Value
from ilang.draws.draw import Ask, Draw
from ilang.run.failure import RunFailed
from ilang.stages.stage import CannotGive

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Cost:
    """Calls, tokens and USD; of a draw, or of all that a budget has counted. `usd` is None where no price is known."""

    calls: int = 0
    tokens: int = 0
    usd: Fraction | None = Fraction(0)

    def __add__(self, other: Cost) -> Cost:
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Cost(self.calls + other.calls, self.tokens + other.tokens, usd)

    def __sub__(self, other: Cost) -> Cost:
        usd = None if self.usd is None or other.usd is None else self.usd - other.usd
        return Cost(self.calls - other.calls, self.tokens - other.tokens, usd)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One draw that a stage wants: its address, who is asked, and the most tokens that its prompt can have."""

    key: Hashable
    index: int
    ask: Ask
    able: Capabilities
    most_prompt: int

    @property
    def address(self) -> tuple[Hashable, int]:
        return self.key, self.index

    @property
    def prices(self) -> Prices | None:
        return prices_of(self.ask.model, self.able)

    def worst(self, *, opens: bool) -> Cost:
        """The most that it can count. `opens`: a call is made for it; its prompt and the call count with it."""
        return self._cost(self.most_prompt if opens else 0, self.ask.request.max_tokens or self.able.max_tokens, opens)

    def actual(self, draw: Draw, *, opens: bool) -> Cost:
        """What it counts, now that it has come."""
        return self._cost(draw.input_tokens if opens else 0, draw.output_tokens, opens)

    def _cost(self, prompt: int, output: int, opens: bool) -> Cost:  # noqa: FBT001
        prices = self.prices
        return Cost(int(opens), prompt + output, None if prices is None else prices.of(prompt, output))


@dataclass(frozen=True, slots=True)
class Limits:
    """What a `within` allows; None where it names no such limit. `seconds` is a clock's reading at which it ends."""

    usd: Fraction | None = None
    tokens: int | None = None
    calls: int | None = None
    until: float | None = None

    def hold(self, cost: Cost) -> bool:
        """Whether so much is allowed."""
        if self.usd is not None and (cost.usd is None or cost.usd > self.usd):
            return False
        if self.tokens is not None and cost.tokens > self.tokens:
            return False
        return self.calls is None or cost.calls <= self.calls


def limits(given: Mapping[str, Value], now: float) -> Limits:
    """The limits of a `within` by their names. A negative one allows nothing. Raises CannotGive for no number."""
    for name, value in given.items():
        if value is None or math.isnan(value):
            raise CannotGive(f"`within({name}=...)` needs a number")
    usd, seconds = given.get("usd"), given.get("seconds")
    return Limits(
        None if usd is None or usd == math.inf else Fraction(usd).limit_denominator(10**12),
        given.get("tokens"),
        given.get("calls"),
        None if seconds is None else now + seconds,
    )


@dataclass(eq=False, slots=True)
class Budget:
    """One `within`, entered once. `outer` is the one in which it stands."""

    limits: Limits
    outer: Budget | None = None
    span: Span | None = None
    clock: Clock = time.monotonic
    counted: Cost = field(default_factory=Cost)
    closed: bool = False
    seen: set[tuple[Hashable, int]] = field(default_factory=set)

    def has_room(self, worst: Cost) -> bool:
        """Whether so much more fits here."""
        if self.limits.until is not None and self.clock() >= self.limits.until:
            return False
        return self.limits.hold(self.counted + worst)


@dataclass(slots=True)
class Sending:
    """One stage's draws under the budgets in which it stands, the innermost first.

    `reserve` takes draws in program order, counted at their worst; `settle` says what came of those that were
    taken. Draws may be taken before earlier ones have settled, as long as all of them fit at their worst: so what is
    admitted is the same one by one and many at once.
    """

    budgets: tuple[Budget, ...]
    _held: list[tuple[Wanted, dict[int, Cost]]] = field(default_factory=list)
    _new: dict[tuple[int, Hashable], int] = field(default_factory=dict)  # draws of a request that a budget counted
    _ahead: dict[tuple[int, Hashable], int] = field(default_factory=dict)  # and those that are not settled yet

    @property
    def waits(self) -> bool:
        """Whether a draw is not settled yet."""
        return bool(self._held)

    def reserve(self, wanted: Wanted) -> Budget | None:
        """Takes a draw; else gives the budget that has no room for it, now. Raises RunFailed without a price."""
        costs: dict[int, Cost] = {}
        for k, budget in enumerate(self.budgets):
            if budget.closed:
                return budget
            if budget.limits.usd is not None and wanted.prices is None:
                raise RunFailed(no_price(wanted))
            if wanted.address in budget.seen or any(wanted.address == held.address for held, _ in self._held):
                costs[k] = Cost()
                continue
            at = (k, wanted.key)
            opens = opens_call(wanted.able, self._new.get(at, 0) + self._ahead.get(at, 0))
            costs[k] = wanted.worst(opens=opens)
            if not budget.has_room(costs[k]):
                return budget
        for k, cost in costs.items():
            self.budgets[k].counted += cost
            if cost != Cost():
                self._ahead[k, wanted.key] = self._ahead.get((k, wanted.key), 0) + 1
        self._held.append((wanted, costs))
        return None

    def settle(self, came: list[Draw | None]) -> None:
        """What came of the draws that were taken since the last time, in order; None for one that could not be had."""
        for (wanted, costs), draw in zip(self._held, came, strict=True):
            for k, worst in costs.items():
                budget, at = self.budgets[k], (k, wanted.key)
                budget.counted -= worst
                if draw is None or wanted.address in budget.seen:
                    continue
                new = self._new.get(at, 0)
                budget.counted += wanted.actual(draw, opens=opens_call(wanted.able, new))
                budget.seen.add(wanted.address)
                self._new[at] = new + 1
        self._held.clear()
        self._ahead.clear()


def opens_call(able: Capabilities, before: int) -> bool:
    """Whether a draw of a request opens a call, `before` of the same stage having come before it."""
    return not able.n or before % (able.max_n or before + 1) == 0


def chain(budget: Budget | None) -> tuple[Budget, ...]:
    """A budget and those in which it stands, the innermost first."""
    found = []
    while budget is not None:
        found.append(budget)
        budget = budget.outer
    return tuple(found)


def no_price(wanted: Wanted) -> Diagnostic:
    """A `usd` budget around a model whose price nobody told."""
    model = wanted.ask.model
    return Diagnostic(
        "no-price",
        f"`within(usd=...)` cannot count what {model.label or model.shown} costs: its price is not known",
        help='declare it, in USD for a million tokens: `prices="0.10 in, 0.40 out"`; or limit `calls` or `tokens`',
    )


def refusal(budget: Budget) -> str:
    """Why a draw was not made."""
    limits = budget.limits
    names = [
        name
        for name, limit in (("usd", limits.usd), ("tokens", limits.tokens), ("calls", limits.calls))
        if limit is not None
    ] + (["seconds"] if limits.until is not None else [])
    return f"`within({', '.join(names)})` has no room for more"
