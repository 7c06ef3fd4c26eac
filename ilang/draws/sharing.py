"""Shares draws with the other runs on a store: claims what is missing, and waits for what others have claimed.

What another run draws at this moment is asked for again, at first soon and then less often, until it is there or that
run has lost it; then it is this run's to draw. Claims are given back as flights end (see `claims.py` for the law). All
this is done within the event loop: a claim waits for no disk. Knows no backend.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from ilang.base.diagnostic import IlangError
from ilang.draws.address import Address
from ilang.draws.claims import LEASE, Claims
from ilang.draws.clock import Clock
from ilang.draws.flight import Flight, Flights

_FIRST_PAUSE, _LAST_PAUSE = 0.02, 0.5
"""Seconds between looks at what another run is drawing: from the first to the last, each half as long again."""


class Sharing:
    """The claims of one run; without claims all is this run's.

    `then` gets what others had claimed, when it has become this run's.
    """

    def __init__(
        self, claims: Claims | None, flights: Flights, clock: Clock, then: Callable[[Sequence[Flight]], None]
    ) -> None:
        self._claims = claims
        self._flights = flights
        self._clock = clock
        self._then = then
        self._elsewhere: list[Flight] = []  # being drawn by other runs
        self._ended: list[Address] = []  # to be given back at the next turn of the loop
        self._pause = _FIRST_PAUSE
        self._asking: asyncio.TimerHandle | None = None
        self._renewing: asyncio.TimerHandle | None = None
        flights.on_claim_end = self._end

    def claim(self, flights: Sequence[Flight]) -> list[Flight]:
        """Those that are this run's to draw, if the store does not have them by now."""
        ours = self._claim(flights)
        others = [flight for flight in flights if flight.open and not flight.claimed]
        if self._claims is not None and others:
            for flight in others:
                self._flights.tell("wait", flight)
            self._elsewhere += others
            self._ask_later()
        return ours

    def close(self) -> None:
        """Give all back, and wait for nothing more."""
        for timer in (self._asking, self._renewing):
            if timer is not None:
                timer.cancel()
        self._asking = self._renewing = None
        self._elsewhere, self._ended = [], []
        if self._claims is not None:
            self._claims.close()

    def _claim(self, flights: Sequence[Flight]) -> list[Flight]:
        wanted = [flight for flight in flights if flight.open]
        if self._claims is None or not wanted:
            return wanted
        try:
            mine = self._claims.claim([flight.address for flight in wanted], self._clock.now())
        except Exception as error:
            self._flights.crash(wanted, error)
            return []
        if self._renewing is None:
            self._renewing = asyncio.get_running_loop().call_later(LEASE / 3, self._renew)
        ours = [flight for flight in wanted if flight.address in mine]
        for flight in ours:
            flight.claimed = True
        return ours

    def _ask_later(self) -> None:
        if self._elsewhere and self._asking is None:
            self._asking = asyncio.get_running_loop().call_later(self._pause, self._ask_again)
            self._pause = min(self._pause * 1.5, _LAST_PAUSE)

    def _ask_again(self) -> None:
        self._asking = None
        ours = self._claim(self._elsewhere)
        self._elsewhere = [flight for flight in self._elsewhere if flight.open and not flight.claimed]
        if ours:
            self._pause = _FIRST_PAUSE
        self._ask_later()
        self._then(ours)

    def _end(self, flight: Flight) -> None:
        """A flight that held its address has ended."""
        if not self._ended:
            asyncio.get_running_loop().call_soon(self._give_back)
        self._ended.append(flight.address)

    def _give_back(self) -> None:
        ended, self._ended = self._ended, []
        try:
            if self._claims is not None:  # but not what has been asked for anew and claimed meanwhile
                self._claims.release([address for address in ended if not self._flights.claimed(address)])
        except IlangError:
            pass  # they go with this run's lease

    def _renew(self) -> None:
        self._renewing = asyncio.get_running_loop().call_later(LEASE / 3, self._renew)
        try:
            if self._claims is not None:
                self._claims.renew(self._clock.now())
        except IlangError:
            pass  # where the store has failed, whoever keeps a draw will hear of it
