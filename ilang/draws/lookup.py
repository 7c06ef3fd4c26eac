"""Looks up in the store what has been asked for: all that arrives in one turn of the event loop together.

What the store has ends its flight there; the rest, unless another run is drawing it (`sharing.py`), goes on to be
called for. Knows no backend.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from ilang.draws.claims import Shared
from ilang.draws.clock import Clock
from ilang.draws.draw import Draw
from ilang.draws.flight import Flight, Flights
from ilang.draws.sharing import Sharing
from ilang.draws.store import Store
from ilang.draws.tasks import Tasks

_AT_ONCE = 256
"""Addresses looked up before the event loop has its turn again: a few milliseconds."""


class Lookup:
    """`hits` were found in the store, `misses` were not. What is missing is given to `dispatch`."""

    def __init__(
        self,
        store: Store,
        flights: Flights,
        tasks: Tasks,
        clock: Clock,
        dispatch: Callable[[Sequence[Flight]], None],
        *,
        claiming: bool = True,
    ) -> None:
        self.hits = 0
        self.misses = 0
        self._store = store
        self._flights = flights
        self._tasks = tasks
        self._dispatch = dispatch
        self._arrived: list[Flight] = []
        claims = store.claims() if claiming and isinstance(store, Shared) else None
        self._sharing = Sharing(claims, flights, clock, lambda ours: dispatch(self._look_again(ours)))

    def add(self, flight: Flight) -> None:
        """Look this one up at the end of this turn of the loop."""
        if not self._arrived:
            asyncio.get_running_loop().call_soon(self._turn)
        self._arrived.append(flight)

    def close(self) -> None:
        """Give back what was claimed."""
        self._sharing.close()

    def _turn(self) -> None:
        arrived, self._arrived = self._arrived, []
        if len(arrived) > _AT_ONCE:
            self._tasks.begin(self._look_up_slowly(arrived))
        else:
            self._dispatch(self._ours(arrived))

    async def _look_up_slowly(self, flights: Sequence[Flight]) -> None:
        missing: list[Flight] = []
        for at in range(0, len(flights), _AT_ONCE):
            missing += self._ours(flights[at : at + _AT_ONCE])
            await asyncio.sleep(0)
        self._dispatch(missing)

    def _ours(self, flights: Sequence[Flight]) -> list[Flight]:
        """Those that the store has not, and that this run is to draw."""
        return self._look_again(self._sharing.claim(self._look_up(flights)))

    def _look_again(self, flights: Sequence[Flight]) -> list[Flight]:
        """Whoever held these until they were claimed may have stored them after they were looked up."""
        before = self.misses
        missing = self._look_up(flights)
        self.misses = before - (len(flights) - len(missing))
        return missing

    def _look_up(self, flights: Sequence[Flight]) -> list[Flight]:
        """Resolve what the store has; returns the rest."""
        wanted = [flight for flight in flights if flight.open]
        if not wanted:
            return []
        try:
            found = self._store.get_many([flight.address for flight in wanted])
        except Exception as error:
            self._flights.crash(wanted, error)
            return []
        missing = []
        there: list[Flight] = []
        draws: list[Draw] = []
        for flight in wanted:
            entry = found.get(flight.address)
            if entry is None:
                missing.append(flight)
            else:
                there.append(flight)
                draws.append(entry.draw)
                self._flights.settle(flight, entry.draw)
        self._flights.tell_all("hit", there, draws)
        self.hits += len(wanted) - len(missing)
        self.misses += len(missing)
        return missing
