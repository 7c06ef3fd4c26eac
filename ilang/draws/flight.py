"""Draws on their way: who waits for which address, and how the wait ends.

An address that is being drawn already is waited for, not drawn again. A flight ends once: with its draw, with
the fault that stood in its way, with the error of a store, or with nobody who waits for it any more. Knows no
store and no backend.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ilang.backend.protocol import BackendFault
from ilang.draws.address import Address
from ilang.draws.draw import Ask, Draw
from ilang.draws.event import Event, EventKind

Outcome = Draw | BackendFault

Found = Sequence[tuple[int, Draw | None]]
"""Draws of one request, each with its index; None where it is only on its way."""

OnTogether = Callable[[EventKind, Ask, str, Found], None]
"""Is told what happened (`hit`, `start`, `finish`) to several draws of a request, the request's key, and which."""


def one_by_one(on_event: Callable[[Event], None]) -> OnTogether:
    """Tells of each draw what is told of several."""

    def told(kind: EventKind, ask: Ask, key: str, found: Found) -> None:
        for index, draw in found:
            on_event(Event(kind, ask, index, draw, key=key))

    return told


@dataclass(eq=False, slots=True)
class Flight:
    """One address on its way: `sent` while a call for it is out, `landed` once its reply has come.

    `claimed` while no other run may draw it; `task` draws it together with others of its request (itself among them).
    """

    address: Address
    ask: Ask
    future: asyncio.Future[Outcome]
    waiters: int = 1
    sent: bool = False
    landed: bool = False
    claimed: bool = False
    task: asyncio.Task[None] | None = None
    together: Sequence[Flight] = ()

    @property
    def open(self) -> bool:
        """Somebody waits, and nothing has come yet."""
        return not self.landed and not self.future.done()


class Flights:
    """All that is on its way, at most one flight for an address.

    `on_event` is told what becomes of each, `on_claim_end` of the end of each that was claimed. `on_together` is told
    of those of one request that were in the store, are called for, or have come, together; left out, `on_event` is
    told of each.
    """

    def __init__(self, on_event: Callable[[Event], None] | None, on_together: OnTogether | None = None) -> None:
        self.on_claim_end: Callable[[Flight], None] = lambda flight: None
        self._on_event = on_event
        self._on_together = on_together
        self._flying: dict[Address, Flight] = {}

    def join(self, address: Address, ask: Ask) -> tuple[Flight, bool]:
        """The flight to this address, and whether it begins with this one who waits."""
        flight = self._flying.get(address)
        if flight is not None:
            flight.waiters += 1
            return flight, False
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        flight = self._flying[address] = Flight(address, ask, future)
        return flight, True

    def leave(self, flight: Flight) -> None:
        """One who waited has gone. What is not sent is dropped; a call is cancelled when it is for nobody."""
        flight.waiters -= 1
        if flight.waiters or not flight.open:
            return
        if not flight.sent:
            self.forget(flight)
        elif flight.task is not None and not any(other.open and other.waiters for other in flight.together):
            task = flight.task
            self.abandon(flight.together)  # at once: who asks for them from now on must not meet them
            task.cancel()

    def settle(self, flight: Flight, outcome: Outcome) -> None:
        """This came of it."""
        self._drop(flight)
        if not flight.future.done():
            flight.future.set_result(outcome)

    def fail(self, flights: Iterable[Flight], fault: BackendFault) -> None:
        """Those that are still open cannot be had."""
        for flight in flights:
            if flight.open:
                self.tell("fail", flight, fault=fault)
                self.settle(flight, fault)

    def crash(self, flights: Iterable[Flight], error: Exception) -> None:
        """What is no fault of theirs ends them: raised to all who wait."""
        for flight in flights:
            self._drop(flight)
            if not flight.future.done():
                flight.future.set_exception(error)
                flight.future.exception()  # has been seen, even if nobody waits for it

    def abandon(self, flights: Iterable[Flight]) -> None:
        """Forget those of which nothing has come."""
        for flight in flights:
            if flight.open:
                self.forget(flight)

    def forget(self, flight: Flight) -> None:
        """Nobody is to meet it any more."""
        self._drop(flight)
        flight.future.cancel()

    def forget_all(self) -> None:
        """Nothing is on its way any more."""
        for flight in list(self._flying.values()):
            self.forget(flight)

    def claimed(self, address: Address) -> bool:
        """Whether a flight to this address is under way that holds it."""
        flight = self._flying.get(address)
        return flight is not None and flight.claimed

    def tell(
        self,
        kind: EventKind,
        flight: Flight,
        *,
        draw: Draw | None = None,
        fault: BackendFault | None = None,
        wait: float = 0.0,
    ) -> None:
        """Tell whoever watches what has happened to a flight; `wait` is in seconds."""
        if self._on_event is None:
            return
        try:
            self._on_event(Event(kind, flight.ask, flight.address.index, draw, fault, wait, flight.address.key))
        except Exception:  # who watches (a closed pipe, say) must not keep those who wait from their draws
            self._on_event = None

    def tell_all(self, kind: EventKind, flights: Sequence[Flight], draws: Sequence[Draw | None]) -> None:
        """Tell whoever watches that this has happened to all of these: together where they are of one request."""
        first = at = 0
        while at < len(flights):
            ask, key = flights[first].ask, flights[first].address.key
            while at < len(flights) and flights[at].ask is ask and flights[at].address.key == key:
                at += 1
            found = [(flights[k].address.index, draws[k]) for k in range(first, at)]
            self.tell_together(kind, ask, key, found)
            first = at

    def tell_together(self, kind: EventKind, ask: Ask, key: str, found: Found) -> None:
        """Tell whoever watches that this has happened to these draws of a request."""
        try:
            if self._on_together is not None:
                self._on_together(kind, ask, key, found)
            elif self._on_event is not None:
                one_by_one(self._on_event)(kind, ask, key, found)
        except Exception:  # as in `tell`
            self._on_together = self._on_event = None

    def _drop(self, flight: Flight) -> None:
        if self._flying.get(flight.address) is flight:
            del self._flying[flight.address]
        flight.task, flight.together = None, ()  # they know each other: nothing would be given back until looked for
        if flight.claimed:
            flight.claimed = False
            self.on_claim_end(flight)
