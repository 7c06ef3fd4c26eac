"""Program order among things that run side by side.

Every part of a running program has a Turn: its place in program order, and what it may still number.
A stage that samples takes its indices when all turns before it that may send the same request have
*released*: either they have taken theirs, or they will not. So indices are those of the plain
evaluator whatever finishes first, and a stage waits for numbers only, never for replies.

Under a budget it matters too what earlier parts may still cost. So a turn that has *ended* (all its draws have come)
says so, and one that has not says how much it can cost `at_most`, and how much of that was admitted (`ledger.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence

from ilang.run.channel import Channel, conflict
from ilang.run.cost import NO_COST, UNBOUNDED, Cost

Reach = frozenset[tuple[int, Channel]]
"""What a part may still number: (activation, channel) pairs."""

NOTHING: Reach = frozenset()

DONE_KEPT = 1000
"""So many turns that are done may stay in a row to which more are added."""


class Row:
    """Turns one behind the other."""

    __slots__ = ("_first", "_first_open", "_gone", "turns")

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self._gone = 0  # so many at the beginning are done, and dropped
        self._first = 0  # all before it have released
        self._first_open = 0  # all before it have ended

    def add(self, parent: Turn | None) -> Turn:
        """One more, behind all others, that numbers nothing itself. Those that are done are not kept."""
        gone = min(self._first, self._first_open) - self._gone
        if gone > DONE_KEPT:
            del self.turns[:gone]
            self._gone += gone
        turn = Turn(parent, NOTHING, self, self._gone + len(self.turns))
        self.turns.append(turn)
        return turn

    def open_before(self, rank: int) -> Iterator[Turn]:
        """Those of the first `rank` that have not released."""
        turns, gone = self.turns, self._gone
        while self._first - gone < len(turns) and turns[self._first - gone].released:
            self._first += 1
        for k in range(self._first, rank):
            if not turns[k - gone].released:
                yield turns[k - gone]

    def unended_before(self, rank: int) -> Iterator[Turn]:
        """Those of the first `rank` that have not ended."""
        turns, gone = self.turns, self._gone
        while self._first_open - gone < len(turns) and turns[self._first_open - gone].ended:
            self._first_open += 1
        for k in range(self._first_open, rank):
            if not turns[k - gone].ended:
                yield turns[k - gone]


class Turn:
    """A place in program order: inside its parent, behind the first `rank` of its `row`."""

    __slots__ = (
        "_inside",
        "_open",
        "_waiters",
        "admitted",
        "at_most",
        "capped",
        "counted",
        "ended",
        "parent",
        "rank",
        "reach",
        "released",
        "row",
        "serial",
    )

    def __init__(self, parent: Turn | None, reach: Reach, row: Row | None = None, rank: int = 0) -> None:
        self.parent = parent
        self.reach = reach
        self.row = row
        self.rank = rank
        self.released = not reach
        self.ended = False
        self.at_most = UNBOUNDED
        self.capped = UNBOUNDED
        self.admitted = NO_COST
        self.counted = NO_COST
        self.serial = 0 if parent is None else parent.next_inside()
        self._inside = 0
        self._open = 0
        self._waiters: list[asyncio.Future[None]] = []

    def split(self, reaches: Sequence[Reach]) -> list[Turn]:
        """A turn for each part, in order. This turn releases when all of them have."""
        turns = self.in_a_row(reaches)
        self._open = sum(1 for t in turns if not t.released)
        if not self._open:
            self.release()
        return turns

    def narrow(self, reach: Reach) -> None:
        """No more than this is numbered here from now on."""
        self.reach = reach
        if not reach:
            self.release()

    def in_a_row(self, reaches: Iterable[Reach]) -> list[Turn]:
        """Turns inside this one, one behind the other, whose ends are not this one's."""
        row = Row()
        for rank, reach in enumerate(reaches):
            row.turns.append(Turn(self, reach, row, rank))
        return row.turns

    def next_inside(self) -> int:
        """The number of what begins next inside this turn: parts that begin one after the other count up."""
        self._inside += 1
        return self._inside

    def place(self) -> tuple[int, ...]:
        """Where the next thing in this turn stands: what comes earlier in program order has a smaller one."""
        found = [self.next_inside()]
        turn: Turn | None = self
        while turn is not None:
            found.append(turn.serial)
            turn = turn.parent
        return tuple(reversed(found))

    def unended(self, until: Turn | None) -> Iterator[Turn]:
        """The turns before this one that have not ended, as far as they stand inside `until`."""
        turn: Turn | None = self
        while turn is not None and turn is not until:
            if turn.row is not None and turn.rank:
                yield from turn.row.unended_before(turn.rank)
            turn = turn.parent

    def bounded(self, at_most: Cost, capped: Cost) -> None:
        """So much this part comes to at most: the worst of all its draws together, and what they come to once they have
        settled (`capped`), which a `within` may hold lower."""
        self.at_most = at_most
        self.capped = capped
        self.ended = self.ended or at_most.nothing

    def admit(self, cost: Cost) -> None:
        """So much, at its worst, of what may come in this turn has been admitted."""
        turn: Turn | None = self
        while turn is not None:
            turn.admitted += cost
            turn.counted += cost
            turn = turn.parent

    def settle(self, worst: Cost, actual: Cost) -> None:
        """What was admitted at its worst has come to this."""
        less = worst - actual
        turn: Turn | None = self
        while turn is not None:
            turn.counted -= less
            turn = turn.parent

    def to_come(self) -> Cost:
        """So much may still be admitted in this turn, or come of what is held."""
        return self.at_most.left(self.admitted).least(self.capped.left(self.counted))

    def inner(self, reach: Reach) -> Turn:
        """A turn inside this one whose end is not this one's: for the rounds of a loop."""
        return Turn(self, reach)

    def release(self) -> None:
        """Nothing more will be numbered here."""
        if self.released:
            return
        self.released = True
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()
        parent = self.parent
        if parent is not None and parent._open:
            parent._open -= 1
            if not parent._open:
                parent.release()

    def blocker(self, need: Reach) -> Turn | None:
        """A turn before this one that may still number what is needed."""
        turn: Turn | None = self
        while turn is not None:
            if turn.row is not None and turn.rank:
                for earlier in turn.row.open_before(turn.rank):
                    if overlap(earlier.reach, need):
                        return earlier
            turn = turn.parent
        return None

    def told(self) -> asyncio.Future[None]:
        """Done when this turn has released."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        return waiter

    async def wait(self, need: Reach) -> None:
        """Until no turn before this one may number what is needed."""
        while need and (earlier := self.blocker(need)) is not None:
            await earlier.told()


def overlap(one: Reach, other: Reach) -> bool:
    """Whether two parts may send the same request in the same activation."""
    return any(a == b and conflict(c, d) for a, c in one for b, d in other)
