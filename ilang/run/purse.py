"""`--budget`: what a whole run may pay, over all of its rows.

It admits as a `within` does, in the order of rows and program (`ledger.py`), and counts what is paid: a draw that the
store had before the run costs nothing. A draw is reckoned at list price, its prompt once for each call that its stage
makes for what is missing, and a call more for each try: never less than the bill, and the same at any concurrency.
Once it has refused a draw it admits none that costs anything.

With `any_order` a draw is admitted as soon as it fits, whatever stands before it. With `cut` the first draw that does
not fit is asked for all the same, with as many tokens as there is room for: if it ends within them it is as any other,
else its beginning is paid for and thrown away.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from ilang.backend.prices import Prices
from ilang.base.diagnostic import Diagnostic
from ilang.draws.draw import Draw
from ilang.draws.stand_in import with_stand_ins
from ilang.run.budget import Budget, Clock, Limits, Tab, Wanted, no_price, opens_call
from ilang.run.cost import Cost
from ilang.run.ledger import Ledger
from ilang.run.turn import NOTHING, Row, Turn

if TYPE_CHECKING:
    from ilang.run.world import Draws


LEAST = 16
"""Tokens below which no reply is begun: some servers take no smaller limit, and no answer is had with fewer."""


@dataclass(eq=False, slots=True)
class Purse(Budget):
    """The budget of a run. `sent`: the addresses that this run has paid for, or is paying for."""

    any_order: bool = False
    cut: bool = False
    written: str = "--budget"
    sent: set[tuple[Hashable, int]] = field(default_factory=set)
    ledger: Ledger = field(default_factory=Ledger)
    _rows: Row = field(default_factory=Row)

    def row(self) -> Turn:
        """The turn of the next row. It is `ended` when the row is done."""
        return self._rows.add(self.turn)

    def tab(self, turn: Turn, place: tuple[int, ...]) -> Tab:
        return PurseTab(self, turn, place)

    def refuses(self, more: Cost) -> bool:
        """Closed as it may be, what costs nothing is not refused."""
        return more != Cost() and (self.closed or not self.has_room(more))

    def waits(self) -> bool:
        return not self.any_order

    def shortened(self, tab: Tab, wanted: Wanted) -> Wanted | None:
        if not self.cut or self.closed:
            return None
        fits, over = LEAST - 1, max(one.longest for one in (wanted, *wanted.instead)) + 1
        while over - fits > 1:  # so many tokens have room, so many have none
            most = (fits + over) // 2
            (cost,) = tab.worst([at_most(wanted, most)])
            fits, over = (fits, most) if self.refuses(cost) else (most, over)
        return at_most(wanted, fits) if fits >= LEAST else None

    def words(self) -> str:
        return f"`{self.written}` has no room for more"

    def uncounted(self, model: str) -> Diagnostic:
        return no_price(self.written, model)

    def marked(self, draws: Draws, wanted: Sequence[Wanted]) -> list[Wanted]:
        """The draws that a stage wants, with what matters here: which of them are there, and who may answer."""
        by_key: dict[Hashable, list[int]] = {}
        for one in wanted:
            by_key.setdefault(one.key, []).append(one.index)
        there = {(key, index) for key, indices in by_key.items() for index in draws.stored(key, indices)} - self.sent
        return [replace(one, stored=one.address in there, instead=_instead(draws, one)) for one in wanted]

    def spare_call(self, prompt: int, prices: Prices | None) -> bool:
        """Whether a call may be made that nobody reckoned with, and it is counted: a try again, for what a short reply
        left out, for draws between which others were there. `prompt`: its tokens, where they are paid again."""
        more = Cost(1, prompt, None if prices is None else prices.at(prompt).of(prompt, 0))
        if self.closed or not self.has_room(more):
            return False
        self.counted += more
        return True


@dataclass(eq=False, slots=True)
class PurseTab(Tab):
    """One stage's draws, as they are paid for. Those that are held together go out together: each of these rounds, of
    so many draws, makes calls of its own, whenever it is settled."""

    _rounds: list[int] = field(default_factory=list)

    def worst(self, wanted: Sequence[Wanted]) -> list[Cost]:
        purse = self.budget
        assert isinstance(purse, Purse)
        self.priced(wanted)
        held = {one.address for one, _ in self.held}
        new: list[Wanted] = []
        for one in wanted:
            if not one.stored and one.address not in purse.seen and one.address not in held:
                held.add(one.address)
                new.append(one)
        opening = openings(new)
        paid = {one.address for one in new}
        found = []
        for one in wanted:
            found.append(dearest(one, opens=one.address in opening) if one.address in paid else Cost())
            paid.discard(one.address)
        return found

    def priced(self, wanted: Sequence[Wanted]) -> None:
        Tab.priced(self, [one for some in wanted for one in (some, *some.instead)])

    def hold(self, wanted: Sequence[Wanted], worst: Sequence[Cost]) -> None:
        purse = self.budget
        assert isinstance(purse, Purse)
        purse.sent.update(one.address for one, cost in zip(wanted, worst, strict=True) if cost != Cost())
        Tab.hold(self, wanted, worst)
        self._rounds.append(len(wanted))

    def passes(self, wanted: Sequence[Wanted]) -> bool:
        return not self.budget.waits() or not any(cost != Cost() for cost in self.worst(wanted))

    def settle(self) -> None:
        while self._rounds and self._rounds[0] <= len(self.came):
            self._settle_round(self._rounds.pop(0))
        if not self.held and self in self.budget.tabs:
            self.budget.tabs.remove(self)

    def _settle_round(self, size: int) -> None:
        budget = self.budget
        now = list(zip(self.held[:size], self.came[:size], strict=True))
        new = [one for (one, worst), _ in now if worst != Cost() and one.address not in budget.seen]
        opening = openings(new)
        for (one, worst), draw in now:
            budget.counted -= worst
            if worst == Cost() or one.address in budget.seen:
                continue
            opens = one.address in opening
            if draw is None:
                budget.counted += Cost(int(opens)) if one.ask.most is None else worst
                continue
            actual = answering(one, draw).actual(draw, opens=opens)
            budget.counted += actual if one.ask.most is None else actual.least(worst)  # longer: it came from elsewhere
            budget.seen.add(one.address)
        del self.held[:size], self.came[:size]


def openings(wanted: Sequence[Wanted]) -> set[tuple[Hashable, int]]:
    """Those of draws that go out together that open a call: of each request every `max_n`-th."""
    found: set[tuple[Hashable, int]] = set()
    ahead: dict[Hashable, int] = {}
    for one in wanted:
        before = ahead.get(one.key, 0)
        if opens_call(one.able, before):
            found.add(one.address)
        ahead[one.key] = before + 1
    return found


def dearest(wanted: Wanted, *, opens: bool) -> Cost:
    """The most that a draw costs, whichever of the models that stand in for each other answers."""
    found = wanted.worst(opens=opens)
    for other in wanted.instead:
        more = other.worst(opens=opens)
        usd = None if found.usd is None or more.usd is None else max(found.usd, more.usd)
        found = Cost(found.calls, max(found.tokens, more.tokens), usd)
    return found


def at_most(wanted: Wanted, most: int) -> Wanted:
    """The draw, of which no more than so many tokens are taken."""
    others = tuple(at_most(one, most) for one in wanted.instead)
    return replace(wanted, ask=replace(wanted.ask, most=most), instead=others)


def answering(wanted: Wanted, draw: Draw) -> Wanted:
    """The draw as wanted of the model that answered."""
    by = (one for one in wanted.instead if draw.instead in (one.ask.model.label, one.ask.model.shown))
    return next(by, wanted) if draw.instead else wanted


def _instead(draws: Draws, wanted: Wanted) -> tuple[Wanted, ...]:
    found: list[Wanted] = []
    for other in with_stand_ins(wanted.ask.model)[1:]:
        ask = replace(wanted.ask, model=other)
        able, most = draws.capabilities(other), draws.most_prompt_tokens(ask)
        found.append(replace(wanted, ask=ask, able=able, most_prompt=most))
    return tuple(found)


def purse_of(
    limits: Mapping[str, int | float], *, any_order: bool = False, cut: bool = False, clock: Clock = time.monotonic
) -> Purse:
    """The purse of `--budget usd=2.50,calls=100`: limits by name (usd, tokens, calls, seconds), from now on."""
    usd, seconds = limits.get("usd"), limits.get("seconds")
    allowed = Limits(
        None if usd is None else Fraction(str(usd)),
        _whole(limits.get("tokens")),
        _whole(limits.get("calls")),
        None if seconds is None else clock() + seconds,
    )
    written = ",".join(f"{name}={value}" for name, value in limits.items())
    return Purse(
        allowed, None, None, clock, Turn(None, NOTHING), (), any_order=any_order, cut=cut, written=f"--budget {written}"
    )


def _whole(limit: float | None) -> int | None:
    return None if limit is None else int(limit)
