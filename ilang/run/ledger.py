"""Decides what budgets admit while many things run side by side, as if they ran one after the other.

A stage's draws are admitted, all of them, as soon as they fit at their worst behind everything that stands before them
in program order: what has settled, what is held at its worst, and what earlier parts that have not ended may still come
to (`Turn.at_most`). A stage that does not fit so waits. When nothing before it is open any more, it gets what fits,
draw by draw; if that is none, the budget closes, and nothing more is admitted there.

What was held is settled in program order too, whatever comes first: so an address that two stages share counts with
the one that stands first. Hence what is admitted is what the plain evaluator admits, and no limit is ever passed: if a
bound were too small, a stage would be refused, not let through.
"""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ilang.backend.protocol import BackendFault
from ilang.draws.draw import Draw
from ilang.run.budget import Budget, Tab, Wanted, closed_of, fitting, hold, shortened, worst_of
from ilang.run.cost import Cost
from ilang.run.failure import RunFailed
from ilang.run.turn import Turn

MANY = 64
"""Earlier parts that are added up; behind more a stage waits, so that a decision takes bounded time."""


@dataclass(frozen=True, slots=True)
class Room:
    """So many of a stage's draws are admitted; where none is, `full` has no room for the first. `cut`: the first is,
    with fewer tokens than it wants."""

    admitted: int
    full: Budget | None = None
    cut: Wanted | None = None


@dataclass(eq=False, slots=True)
class _Waiting:
    """A stage that wants draws."""

    tabs: Sequence[Tab]
    wanted: Sequence[Wanted]
    room: asyncio.Future[Room]

    @property
    def place(self) -> tuple[int, ...]:
        return self.tabs[0].place


class Ledger:
    """The budgets of a run and who waits for them. Belongs to one event loop."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._held: dict[int, Budget] = {}  # budgets of which something is not settled
        self._stirred = False

    async def room(self, tabs: Sequence[Tab], wanted: Sequence[Wanted]) -> Room:
        """Waits until it is decided how many of these draws are admitted, and holds them. Raises RunFailed."""
        waiting = _Waiting(tabs, wanted, asyncio.get_running_loop().create_future())
        insort(self._waiting, waiting, key=lambda one: one.place)
        self.stir()
        try:
            return await waiting.room
        finally:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
                self.stir()

    def ended(self, turn: Turn) -> None:
        """All draws of this part have come, or will not."""
        if not turn.ended:
            turn.ended = True
            self.stir()

    def came(self, tabs: Sequence[Tab], found: Sequence[Draw | BackendFault | None]) -> None:
        """What came of the draws that a stage holds."""
        for tab in tabs:
            tab.came += [one if isinstance(one, Draw) else None for one in found]
        self.stir()

    def stir(self) -> None:
        """Something has changed: look again who can go on, once in a turn of the event loop."""
        if not self._stirred and (self._waiting or self._held):
            self._stirred = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._stirred = False
        for budget in list(self._held.values()):
            self._settle(budget)
        full: set[int] = set()  # budgets in which one waits: those behind it wait too
        for waiting in list(self._waiting):
            if any(id(tab.budget) in full and not tab.passes(waiting.wanted) for tab in waiting.tabs):
                continue
            try:
                answer: Room | Budget | RunFailed = self._decided(waiting)
            except RunFailed as failed:
                answer = failed
            if isinstance(answer, Budget):
                full.add(id(answer))
                continue
            self._waiting.remove(waiting)
            if waiting.room.done():
                continue
            if isinstance(answer, RunFailed):
                waiting.room.set_exception(answer)
            else:
                waiting.room.set_result(answer)

    def _settle(self, budget: Budget) -> None:
        """Settles what has come, as far as nothing that stands before it is open."""
        for tab in sorted(budget.tabs, key=lambda one: one.place):
            if not budget.waits():
                tab.settle()
                continue
            if not tab.came or any(tab.turn.unended(budget.turn)):
                return
            tab.settle()
            if tab.held:
                return
        if not budget.tabs:
            self._held.pop(id(budget), None)

    def _decided(self, waiting: _Waiting) -> Room | Budget:
        """How much room there is, and it is held; or the budget that has to be waited for."""
        tabs, wanted = waiting.tabs, waiting.wanted
        closed = closed_of(tabs)
        if closed is not None:
            return Room(0, closed)
        worst = worst_of(tabs, wanted)
        all_fit = True
        for tab, costs in zip(tabs, worst, strict=True):
            budget = tab.budget
            if budget.closed:
                all_fit = all_fit and not budget.refuses(sum(costs, Cost()))
                continue
            passes = tab.passes(wanted)
            before = [] if passes else list(islice(tab.turn.unended(budget.turn), MANY + 1))
            if len(before) <= MANY:
                to_come = sum((turn.to_come() for turn in before), Cost())
                if not budget.refuses(sum(costs, to_come)):
                    continue
            if before or any(passes or other.place <= waiting.place for other in budget.tabs):
                return budget
            all_fit = False  # but all before it is settled: it gets what fits
        count, full = (len(wanted), None) if all_fit else fitting(tabs, worst)
        cut = None if count or full is None or not wanted else shortened(tabs, wanted[0], full)
        if cut is not None:
            wanted, count, full = [cut], 1, None
            worst = worst_of(tabs, wanted)
        if count:
            hold(tabs, wanted[:count], worst)
            tabs[0].turn.admit(sum(worst[-1][:count], Cost()))
            self._held.update((id(tab.budget), tab.budget) for tab in tabs)
        return Room(count, full, cut)
