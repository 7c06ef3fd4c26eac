"""How many calls of a model may be in flight: learned, up to a ceiling.

It starts at 16. Until the first trouble every reply adds one, so that the width doubles with each round; from then
on a whole round adds one. A call that was refused (429), overloaded the server or took too long
halves it, once a round: what was sent before the last cut says nothing new. Where replies take three times as
long as the quickest round did, more calls only wait in a queue at the server: each round then takes one away.

A server that refuses (429) has room for those in flight that it did not refuse: that many is the *room*. The width
doubles back to it, and stays there for some rounds before it tries more, because a refusal costs everybody the wait.
Nothing that an answer depends on is decided here.
"""

from __future__ import annotations

START = 16
SLOW = 3.0
"""So many times the latency of the best round is too long."""

STAY = 16
"""Rounds at the room that a server has shown, before one call more is tried."""

_SMOOTH = 0.1


class Width:
    """`now` is how many; a call tells in which `round` it was sent."""

    def __init__(self, ceiling: int) -> None:
        self.ceiling = ceiling
        self.round = 0
        self._width = float(min(START, ceiling))
        self._learned = False
        self._room = 0  # 0: not known
        self._stay = 0.0  # rounds for which the width has stood at the room
        self._latency = 0.0
        self._best = float("inf")
        self._replies = 0

    @property
    def now(self) -> int:
        """Calls that may be in flight; at least 1."""
        return max(1, int(self._width))

    def reply(self, seconds: float, *, busy: bool) -> None:
        """A call brought a reply after so long. `busy`: all that was allowed was in flight, so more may be tried."""
        self._replies += 1
        self._latency += (seconds - self._latency) * (_SMOOTH if self._replies > 1 else 1.0)
        if self._replies >= START:
            self._best = min(self._best, self._latency)
        if self._latency > SLOW * self._best:
            self._learned = True
            self._width = max(float(min(START, self.ceiling)), self._width - 1.0 / self._width)
        elif busy:
            self._width = min(float(self.ceiling), self._width + self._step())

    def _step(self) -> float:
        """What a reply adds."""
        if not self._learned:
            return 1.0
        if self._width < self._room:
            return min(1.0, self._room - self._width)
        if self._room and self._stay < STAY:
            self._stay += 1.0 / self._width
            return 0.0
        return 1.0 / self._width

    def refused(self, sent_in: int, others: int) -> None:
        """A call was refused while so many others were in flight. Of several that are sent together and refused, the
        last tells how many the server took."""
        cut = sent_in != self.round  # for one that was sent with it
        self._room = min(self._room, others) if cut and self._room else others
        self._stay = 0.0
        self.trouble(sent_in)

    def trouble(self, sent_in: int) -> None:
        """A call that was sent in that round says that it was too many."""
        if sent_in != self.round:
            return
        self.round += 1
        self._learned = True
        self._width = max(1.0, self._width / 2)
