"""Tells whether a server is down, and how to wait for it.

Five calls in a row that nobody answered (or only with a failure of the server's own) open the breaker. While it is
open one call at a time is let through to try, after 1, 2, 4 ... 30 seconds; the others wait and none of their
tries is used up. Any answer closes it. What has been down longer than `patience`, and was tried often enough, is given
up.

A server that has never answered in this run is most likely a wrong address: it is given up as soon as one call has used
up its tries, a second apart. What is given up is tried once by each later call, and not again. One that did answer is
not given up by a call whose tries are over while it may just have gone down: that call goes on until somebody is
answered who asked after its failures began, or the breaker opens. (One who asked before says nothing: a server that is
leaving may still finish what it has begun.)
"""

from __future__ import annotations

import math

from ilang.backend.protocol import BackendFault, FaultKind

DOWN: frozenset[FaultKind] = frozenset({"unreachable", "overloaded", "timeout"})
ENOUGH = 5
FIRST = 1.0
LONGEST = 30.0
FEWEST = 8
HOPELESS = 4
"""So often it is tried at least, however long each try hangs; but no longer than so many times the patience."""
PATIENCE = 300.0
"""Seconds that a run waits for a server that went down."""


class Breaker:
    """Of one model at one server. Times are in seconds, of one clock."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience
        self.answered = False
        self.given_up: BackendFault | None = None
        self._in_a_row = 0
        self._since = 0.0  # of the first of those
        self._tries = 0
        self.next_try = 0.0
        self._heard = -math.inf  # when the last call was asked that was answered
        self._went_down = -math.inf  # when it was last found to be down

    @property
    def open(self) -> bool:
        """The server is down: one call at a time tries it."""
        return self.given_up is None and self._in_a_row >= ENOUGH

    @property
    def waited_for(self) -> bool:
        """It is down, and no call's tries are used up by that."""
        return self.open and self.answered

    def suspected(self, since: float) -> bool:
        """It answered once, and lately nobody, or nobody who asked since then: it may be down."""
        return self.given_up is None and self.answered and (self._in_a_row > 1 or self._heard <= since)

    def answered_since(self, then: float) -> bool:
        """Whether it answered a call that was asked since then."""
        return self._heard >= then

    def down_since(self, then: float) -> bool:
        """Whether it has been down at any time since then, be it up again by now."""
        return self._went_down >= then

    def answer(self, asked: float) -> bool:
        """It answered a call that was asked then, be it with a refusal; whether it had been down."""
        was = self.waited_for
        self._heard = max(self._heard, asked)
        self.answered = True
        self.given_up = None
        self._in_a_row = self._tries = 0
        return was

    def fault(self, fault: BackendFault, now: float, asked: float | None = None) -> bool:
        """A call failed so; whether the server is down and the next try is put off by that. `asked`: when it began,
        left out: just now. One that began while the server was still waited for, and hung, gives nobody up."""
        if fault.kind not in DOWN or not fault.retry:
            return False
        if not self._in_a_row:
            self._since = now
        self._in_a_row += 1
        if self.waited_for:
            self._went_down = now
        if not self.open or now < self.next_try:
            return False  # one of many that fell together
        away = (now if asked is None else asked) - self._since
        if self.answered and away > self.patience and (self._tries >= FEWEST or away > HOPELESS * self.patience):
            self.give_up(fault)
            return False
        self.next_try = now + (min(LONGEST, FIRST * 2.0**self._tries) if self.answered else FIRST)
        self._tries += 1
        return self.answered

    def give_up(self, fault: BackendFault) -> None:
        """Nobody waits for it any more; an answer to a later call takes that back."""
        self.given_up = fault
