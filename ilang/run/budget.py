"""A `within` at work: what it admits, and what it has counted.

It counts worth, never what is paid, so a warm store changes no answer. A draw is admitted when its worst case
fits what is left after all draws before it; after the first that does not, nothing more is. An address counts once.

`Tab` is what one stage's draws come to under one budget: first held at their worst, then settled at what they were.
Held draws of later stages may stand beside them: who decides when that changes nothing is the `Ledger`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from ilang.backend.capabilities import Capabilities
from ilang.backend.prices import Prices, prices_of
from ilang.base.diagnostic import Diagnostic
from ilang.base.noun import made_often
from ilang.base.span import Span
from ilang.base.value import Value
from ilang.draws.draw import Ask, Draw
from ilang.run.cost import Cost
from ilang.run.failure import RunFailed
from ilang.stages.stage import CannotGive

if TYPE_CHECKING:
    from ilang.run.turn import Turn

Clock = Callable[[], float]


@made_often
class Wanted:
    """One draw that a stage wants: its address, who is asked, and the most tokens that its prompt can have.

    Where a purse stands around it: whether the store had it before this run (`stored`), and the same of each model
    that may answer `instead`.
    """

    key: Hashable
    index: int
    ask: Ask
    able: Capabilities
    most_prompt: int
    stored: bool = False
    instead: tuple[Wanted, ...] = ()

    @property
    def address(self) -> tuple[Hashable, int]:
        return self.key, self.index

    @property
    def prices(self) -> Prices | None:
        return prices_of(self.ask.model, self.able)

    @property
    def longest(self) -> int:
        """The tokens that a reply to its request may have."""
        return self.ask.request.max_tokens or self.able.max_tokens

    def worst(self, *, opens: bool) -> Cost:
        """The most that it can count. `opens`: a call is made for it; its prompt and the call count with it."""
        most = self.longest if self.ask.most is None else min(self.longest, self.ask.most)
        return self._cost(self.most_prompt, most, opens)

    def actual(self, draw: Draw, *, opens: bool) -> Cost:
        """What it counts, now that it has come."""
        return self._cost(draw.input_tokens, draw.output_tokens, opens)

    def _cost(self, prompt: int, output: int, opens: bool) -> Cost:  # noqa: FBT001
        prices = self.prices
        usd = None if prices is None else prices.at(prompt).of(prompt if opens else 0, output)
        return Cost(int(opens), (prompt if opens else 0) + output, usd)


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
    """One `within`, entered once. `outer` is the one in which it stands; `turn` the part of the run that it spans;
    `place` is where it was entered, in program order.

    `counted` is what has settled and what is held at its worst; `tabs` are those that hold something.
    """

    limits: Limits
    outer: Budget | None = None
    span: Span | None = None
    clock: Clock = time.monotonic
    turn: Turn | None = None
    place: tuple[int, ...] = ()
    counted: Cost = field(default_factory=Cost)
    closed: bool = False
    seen: set[tuple[Hashable, int]] = field(default_factory=set)
    tabs: list[Tab] = field(default_factory=list)

    def has_room(self, more: Cost) -> bool:
        """Whether so much more fits here."""
        if self.limits.until is not None and self.clock() >= self.limits.until:
            return False
        return self.limits.hold(self.counted + more)

    def refuses(self, more: Cost) -> bool:
        """Whether what costs so much more is not admitted."""
        return self.closed or not self.has_room(more)

    def waits(self) -> bool:
        """Whether what stands before a part in program order is counted before it is admitted."""
        return True

    def shortened(self, tab: Tab, wanted: Wanted) -> Wanted | None:
        """The draw with as many tokens as there is room for, where it may be cut there; None where it may not."""
        return None

    def tab(self, turn: Turn, place: tuple[int, ...]) -> Tab:
        """An empty tab for the stage at this place."""
        return Tab(self, turn, place)

    def words(self) -> str:
        """Why a draw was not made."""
        limits = self.limits
        names = [
            name
            for name, limit in (("usd", limits.usd), ("tokens", limits.tokens), ("calls", limits.calls))
            if limit is not None
        ] + (["seconds"] if limits.until is not None else [])
        return f"`within({', '.join(names)})` has no room for more"

    def uncounted(self, model: str) -> Diagnostic:
        """A `usd` budget around a model whose price nobody told."""
        return no_price("within(usd=...)", model)


@dataclass(eq=False, slots=True)
class Tab:
    """One stage's draws under one budget. `place` is the stage's in program order, `turn` the part it belongs to."""

    budget: Budget
    turn: Turn
    place: tuple[int, ...]
    held: list[tuple[Wanted, Cost]] = field(default_factory=list)
    came: list[Draw | None] = field(default_factory=list)
    """What came of the first of those that are held; None for one that could not be had."""
    _new: dict[Hashable, int] = field(default_factory=dict)
    """Draws of a request that the budget has counted for this stage."""

    def worst(self, wanted: Sequence[Wanted]) -> list[Cost]:
        """The most that each of these draws can count, behind those that are held. Raises RunFailed without a price."""
        found = []
        held = {one.address for one, _ in self.held}
        ahead: dict[Hashable, int] = {}
        for one, cost in self.held:
            if cost != Cost():
                ahead[one.key] = ahead.get(one.key, 0) + 1
        self.priced(wanted)
        for one in wanted:
            if one.address in self.budget.seen or one.address in held:
                found.append(Cost())
                continue
            held.add(one.address)
            before = ahead.get(one.key, 0)
            found.append(one.worst(opens=opens_call(one.able, self._new.get(one.key, 0) + before)))
            ahead[one.key] = before + 1
        return found

    def priced(self, wanted: Sequence[Wanted]) -> None:
        """Raises RunFailed for USD that cannot be counted."""
        if self.budget.limits.usd is None:
            return
        for one in wanted:
            if one.prices is None:
                raise RunFailed(self.budget.uncounted(one.ask.model.label or one.ask.model.shown))

    def hold(self, wanted: Sequence[Wanted], worst: Sequence[Cost]) -> None:
        """Takes these draws, counted at their worst."""
        if not self.held:
            self.budget.tabs.append(self)
        for one, cost in zip(wanted, worst, strict=True):
            self.budget.counted += cost
            self.held.append((one, cost))

    def settle(self) -> None:
        """Counts what came of the draws that are held, in order, in place of their worst."""
        budget = self.budget
        for (one, worst), draw in zip(self.held, self.came, strict=False):
            actual = Cost()
            if draw is not None and one.address not in budget.seen:
                new = self._new.get(one.key, 0)
                actual = one.actual(draw, opens=opens_call(one.able, new))
                budget.seen.add(one.address)
                self._new[one.key] = new + 1
            budget.counted += actual - worst
            if budget.outer is None:
                self.turn.settle(worst, actual)
        del self.held[: len(self.came)]
        self.came.clear()
        if not self.held:
            budget.tabs.remove(self)

    def passes(self, wanted: Sequence[Wanted]) -> bool:
        """Whether these draws need not wait for what stands before them."""
        return False


def tabs_of(budget: Budget | None, turn: Turn) -> tuple[Tab, ...]:
    """A stage's tabs under a budget and those in which it stands, the innermost first."""
    found = []
    place = turn.place() if budget is not None else ()
    while budget is not None:
        found.append(budget.tab(turn, place))
        budget = budget.outer
    return tuple(found)


Worst = Sequence[Sequence[Cost]]
"""Of each tab, the most that each draw can count."""


def worst_of(tabs: Sequence[Tab], wanted: Sequence[Wanted]) -> Worst:
    """The most that these draws can count, behind those that are held. Raises RunFailed without a price."""
    return [tab.worst(wanted) for tab in tabs]


def fitting(tabs: Sequence[Tab], worst: Worst) -> tuple[int, Budget | None]:
    """How many of these draws fit under all of the budgets now; where not all do, which has no room for the next."""
    more = [Cost() for _ in tabs]
    for at in range(len(worst[0]) if worst else 0):
        for k, tab in enumerate(tabs):
            more[k] += worst[k][at]
            if tab.budget.refuses(more[k]):
                return at, tab.budget
    return len(worst[0]) if worst else 0, None


def closed_of(tabs: Sequence[Tab]) -> Budget | None:
    """The innermost of the budgets that admits nothing more, whatever it costs: it is the one that refuses."""
    return next((tab.budget for tab in tabs if tab.budget.closed and tab.budget.refuses(Cost())), None)


def shortened(tabs: Sequence[Tab], wanted: Wanted, full: Budget) -> Wanted | None:
    """The draw for which a budget has no room, cut to what it has; None where it is not to be cut, or what is left is
    too little."""
    return next((full.shortened(tab, wanted) for tab in tabs if tab.budget is full), None)


def hold(tabs: Sequence[Tab], wanted: Sequence[Wanted], worst: Worst) -> None:
    """Takes these draws under all of the budgets; `worst` may go on behind them."""
    for tab, costs in zip(tabs, worst, strict=True):
        tab.hold(wanted, costs[: len(wanted)])


def opens_call(able: Capabilities, before: int) -> bool:
    """Whether a draw of a request opens a call, `before` of the same stage having come before it."""
    return not able.n or before % (able.max_n or before + 1) == 0


def no_price(budget: str, model: str) -> Diagnostic:
    """A budget in USD around a model whose price nobody told."""
    return Diagnostic(
        "no-price",
        f"`{budget}` cannot count what {model} costs: its price is not known",
        help='declare it, in USD for a million tokens: `prices="0.10 in, 0.40 out"`; or limit `calls` or `tokens`',
    )
