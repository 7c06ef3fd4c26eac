"""Program order among things that run side by side.

Every part of a running program has a Turn: its place in program order, and what it may still number.
A stage that samples takes its indices when all turns before it that may send the same request have
*released*: either they have taken theirs, or they will not. So indices are those of the plain
evaluator whatever finishes first, and a stage waits for numbers only, never for replies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from ilang.run.channel import Channel, conflict

Reach = frozenset[tuple[int, Channel]]
"""What a part may still number: (activation, channel) pairs."""

NOTHING: Reach = frozenset()


class Turn:
    """A place in program order. `index`: among those of its parent; of `siblings` the first `rank` precede it."""

    __slots__ = ("_open", "_waiters", "index", "parent", "rank", "reach", "released", "siblings")

    def __init__(
        self, parent: Turn | None, index: int, reach: Reach, siblings: Sequence[Turn] = (), rank: int = 0
    ) -> None:
        self.parent = parent
        self.index = index
        self.reach = reach
        self.siblings = siblings
        self.rank = rank
        self.released = not reach
        self._open = 0
        self._waiters: list[asyncio.Future[None]] = []

    def place(self) -> tuple[int, ...]:
        """Where this stands in program order, comparable with any other of the run."""
        found = []
        turn: Turn | None = self
        while turn is not None:
            found.append(turn.index)
            turn = turn.parent
        return tuple(reversed(found))

    def split(self, reaches: Sequence[Reach]) -> list[Turn]:
        """A turn for each part, in order. This turn releases when all of them have."""
        turns = self.row(reaches, 0)
        self._open = sum(1 for t in turns if not t.released)
        if not self._open:
            self.release()
        return turns

    def row(self, reaches: Iterable[Reach], first: int) -> list[Turn]:
        """Turns inside this one, one behind the other, whose ends are not this one's; `first` is its index."""
        turns: list[Turn] = []
        for rank, reach in enumerate(reaches):
            turns.append(Turn(self, first + rank, reach, turns, rank))
        return turns

    def inner(self, index: int, reach: Reach) -> Turn:
        """A turn inside this one whose end is not this one's: for the rounds of a loop."""
        return Turn(self, index, reach)

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

    async def wait(self, need: Reach) -> None:
        """Until no turn before this one may number what is needed."""
        turn: Turn | None = self
        while turn is not None:
            for rank in range(turn.rank):
                earlier = turn.siblings[rank]
                while not earlier.released and overlap(earlier.reach, need):
                    waiter = asyncio.get_running_loop().create_future()
                    earlier._waiters.append(waiter)
                    await waiter
            turn = turn.parent


def overlap(one: Reach, other: Reach) -> bool:
    """Whether two parts may send the same request in the same activation."""
    return any(a == b and conflict(c, d) for a, c in one for b, d in other)
