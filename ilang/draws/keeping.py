"""Keeps what came: hands draws to the writer, and lets those who wait have them once they are durable.

From the moment a draw is handed over it is kept, whatever happens to those who wait. The first draw stored at
an address stands: if another process was quicker, its draw is the one given.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ilang.draws.address import Address
from ilang.draws.address_book import AddressBook
from ilang.draws.clock import Clock
from ilang.draws.draw import Ask, Draw
from ilang.draws.entry import Entry
from ilang.draws.flight import Flight, Flights
from ilang.draws.store import Store
from ilang.draws.writer import Standing, Writer

MOST_PENDING = 24
"""Draws that have come and are not durable, beyond which no call begins."""


class Keeping:
    """`broken` is the error of a store that could not keep something; nothing more is to be paid for then."""

    def __init__(self, store: Store, flights: Flights, book: AddressBook, clock: Clock) -> None:
        self.broken: Exception | None = None
        self._pending = 0  # draws that have come and are not durable yet
        self._waiting: list[asyncio.Future[None]] = []
        self._writer: Writer[Address, Entry] = Writer(store.put_many, store.close)
        self._flights = flights
        self._book = book
        self._clock = clock

    def keep(self, flights: Sequence[Flight], draws: Sequence[Draw]) -> None:
        """These came for these: they have landed."""
        if not flights:
            return
        self._pending += len(flights)
        now = self._clock.now()
        entries = []
        asked: Ask | None = None
        provider = ""
        parts: tuple[str, ...] = ()
        for flight, draw in zip(flights, draws, strict=True):
            flight.landed = True
            ask = flight.ask
            if ask is not asked:  # the draws of a call are of one request, most often of one ask
                asked = ask
                provider, parts = self._book.identity(ask.model), self._book.parts(ask, flight.address.key)
            entry = Entry(draw, ask.prompt, ask.model.label, provider, ask.request.model, now, parts)
            entries.append((flight.address, entry))
        self._writer.put(entries, lambda standing: self._kept(flights, standing))

    async def room(self) -> None:
        """Until few draws have come that are not durable: what a full disk takes is bounded, however slow it is."""
        while self._pending > MOST_PENDING and self.broken is None:
            told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(told)
            await told

    async def aclose(self) -> None:
        """Wait until all is durable that was handed over."""
        await self._writer.aclose()

    def _kept(self, flights: Sequence[Flight], standing: Standing[Entry]) -> None:
        self._pending -= len(flights)
        waiting, self._waiting = self._waiting, []
        for told in waiting:
            if not told.done():
                told.set_result(None)
        if isinstance(standing, Exception):
            self.broken = standing
            self._flights.crash(flights, standing)
            return
        self._flights.tell_all("finish", flights, [entry.draw for entry in standing])
        for flight, entry in zip(flights, standing, strict=True):
            self._flights.settle(flight, entry.draw)
