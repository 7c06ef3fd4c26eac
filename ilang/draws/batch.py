"""From asks to draws: what is kept, what is shared, what is paid, whatever the order and the delays.

An ask goes one way: it joins the flights (`flight.py`), is looked up in the store (`lookup.py`), claimed
(`sharing.py`), called for (`calling.py`), kept (`keeping.py`), and only once it is durable does anybody learn of it.

A call that nobody waits for any more is cancelled; a reply that has come is always kept. Knows no
programs, prices or budgets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from ilang.backend.protocol import Backend, BackendFault
from ilang.backend.registry import find as installed
from ilang.base.value import Model
from ilang.draws.address import Address
from ilang.draws.address_book import AddressBook, Find
from ilang.draws.calling import Calling, Spare
from ilang.draws.clock import SYSTEM, Clock
from ilang.draws.draw import Ask, Draw
from ilang.draws.event import Event
from ilang.draws.flight import Flight, Flights, OnTogether
from ilang.draws.keeping import Keeping
from ilang.draws.lookup import Lookup
from ilang.draws.meter import Meter, Paid
from ilang.draws.opening import OpenBackend, Openings
from ilang.draws.retry import Retry
from ilang.draws.store import Store
from ilang.draws.tasks import Tasks


class Draws:
    """A `DrawSource` over a store and the backends. Belongs to one event loop; close it with `aclose`.

    `seed` is the run's seed; `find` gives providers by name; `open_backend` opens a model (left
    out: its provider does); `concurrency` calls of one model are in flight at most, fewer while its
    server takes no more (`limiter.py`); a call that fails is tried again up to
    `retries` times. `on_event` is told what happens, within the event loop: it should be quick; `on_together`
    in its stead of draws of one request that were in the store, are called for, or have come. `spare` is asked
    whether a call beyond the first for some draws may be made. `offline`: no model is asked, and what the store does
    not have is `missing`. The store is the caller's to close.
    """

    def __init__(
        self,
        store: Store,
        *,
        seed: int = 0,
        find: Find = installed,
        open_backend: OpenBackend | None = None,
        concurrency: int = 64,
        retries: int = 4,
        clock: Clock = SYSTEM,
        on_event: Callable[[Event], None] | None = None,
        on_together: OnTogether | None = None,
        spare: Spare | None = None,
        offline: bool = False,
    ) -> None:
        self.book = AddressBook(seed, find)
        self.meter = Meter()
        self.shared = 0  # asked for while they were on their way
        retry = Retry(retries, clock=clock)
        self._store = store
        self._tasks = Tasks()
        self._flights = Flights(on_event, on_together)
        self._keeping = Keeping(store, self._flights, self.book, clock)
        self._openings = Openings(open_backend or self._open, concurrency, retry, self.meter.retried, clock)
        self._calling = Calling(
            self._openings, retry, self.book, self.meter, self._flights, self._keeping, self._tasks, spare
        )
        self.missing: dict[Address, Ask] = {}  # of a run that asks no model
        dispatch = self._lack if offline else self._calling.dispatch
        self._lookup = Lookup(store, self._flights, self._tasks, clock, dispatch, claiming=not offline)

    @property
    def paid(self) -> Paid:
        """What this run has paid so far; `meter` has it model by model."""
        return self.meter.total

    @property
    def hits(self) -> int:
        """Draws that were found in the store."""
        return self._lookup.hits

    @property
    def misses(self) -> int:
        """Draws that were not found there."""
        return self._lookup.misses

    async def draw(self, ask: Ask, index: int) -> Draw:
        """One draw. Raises BackendFault where it cannot be had, IlangError where the store fails."""
        (outcome,) = await self.draw_many([(ask, index)])
        if isinstance(outcome, BackendFault):
            raise outcome
        return outcome

    async def draw_many(
        self, asks: Sequence[tuple[Ask, int]], book: AddressBook | None = None
    ) -> list[Draw | BackendFault]:
        """A draw, or the fault that stood in its way, for each. Raises IlangError where the store fails.

        `book`: addresses under another seed than the run's.
        """
        places = [_place(book or self.book, ask, index) for ask, index in asks]
        flights = [
            place if isinstance(place, BackendFault) else self._join(place, ask)
            for place, (ask, _) in zip(places, asks, strict=True)
        ]
        flying = [flight for flight in flights if isinstance(flight, Flight)]
        try:
            for flight in flying:
                if not flight.future.done():  # most that begin together end together: one wait is for all of them
                    await asyncio.wait((flight.future,))
        except asyncio.CancelledError:
            for flight in flying:
                self._flights.leave(flight)
            raise
        return [flight if isinstance(flight, BackendFault) else flight.future.result() for flight in flights]

    def known(self, ask: Ask, indices: Sequence[int], book: AddressBook | None = None) -> list[Draw] | None:
        """These draws of a request, where the store has them all; nobody is told, and nothing is counted."""
        key = (book or self.book).key(ask)
        addresses = [Address(key, index) for index in indices]
        found = self._store.get_many(addresses)
        return [found[address].draw for address in addresses] if len(found) == len(addresses) else None

    def taken(self, ask: Ask, indices: Sequence[int], draws: Sequence[Draw], book: AddressBook | None = None) -> None:
        """These, which were `known`, are used: as if they had been asked for and found."""
        self._lookup.hits += len(draws)
        key = (book or self.book).key(ask)
        self._flights.tell_together("hit", ask, key, list(zip(indices, draws, strict=True)))

    def stored(self, addresses: Sequence[Address]) -> set[int]:
        """The indices of those of these addresses, of one request, that the store has."""
        return {address.index for address in self._store.get_many(addresses)}

    async def aclose(self) -> None:
        """Cancel the calls in flight, make durable all that has come, close the backends. May be called twice."""
        await self._tasks.aclose()
        await self._keeping.aclose()
        self._flights.forget_all()
        self._lookup.close()
        await self._openings.aclose()

    def _lack(self, flights: Sequence[Flight]) -> None:
        """These are not in the store, and may not be drawn."""
        for flight in flights:
            self.missing[flight.address] = flight.ask
            self._flights.fail([flight], lacking(flight.ask))

    def _join(self, address: Address, ask: Ask) -> Flight:
        flight, new = self._flights.join(address, ask)
        if new:
            self._lookup.add(flight)
        else:
            self.shared += 1
        return flight

    async def _open(self, model: Model) -> Backend:
        return await self.book.provider(model).open(model)


def _place(book: AddressBook, ask: Ask, index: int) -> Address | BackendFault:
    try:
        return book.address(ask, index)
    except BackendFault as fault:
        return fault


def lacking(ask: Ask) -> BackendFault:
    """A draw that is not in the store, where no model may be asked."""
    return BackendFault(
        "not-stored",
        f"draws of `{ask.prompt}` are not in the store, and offline no model is asked",
        help="run it once without --offline, or import them: `ilang cache import FILE`",
    )
