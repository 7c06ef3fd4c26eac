"""The draws of a run: from the store where they are kept, else from the model, in as few calls as it allows.

What arrives in one turn of the event loop is looked up together. An address that is already being
drawn is waited for, not drawn again. What is missing is formed into calls (`call.py`), each of which
passes its model's gate, is retried, and is divided into draws (`portion.py`). The writer makes them
durable, and only then does anybody learn of them. The first draw stored at an address stands: if
another process was quicker, its draw is the one given.

A call that nobody waits for any more is cancelled; a reply that has come is always kept. Knows no
programs, prices or budgets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ilang.backend.protocol import Backend, BackendFault, Teller
from ilang.backend.registry import find as installed
from ilang.backend.request import Reply, Request
from ilang.base.diagnostic import IlangError
from ilang.base.value import Model
from ilang.draws.address import Address
from ilang.draws.address_book import AddressBook, Find
from ilang.draws.call import companies, request_of
from ilang.draws.clock import SYSTEM, Clock
from ilang.draws.draw import Ask, Draw
from ilang.draws.entry import Entry
from ilang.draws.event import Event, EventKind
from ilang.draws.meter import Meter, Paid
from ilang.draws.opening import OpenBackend, Opened, Openings, unforeseen
from ilang.draws.portion import bill, portions
from ilang.draws.retry import Retry
from ilang.draws.stand_in import PASSED_ON, request_for, stand_in
from ilang.draws.store import Store
from ilang.draws.writer import Standing, Writer

_AT_ONCE = 256
"""Addresses looked up before the event loop has its turn again: a few milliseconds."""

_SHORT_REPLIES = 3
"""How often a call may bring too few choices before what it lacks is given up."""

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Flight:
    """One address on its way: `sent` while a call for it is out, `landed` once its reply has come.

    `task` draws it together with others of its request (itself among them).
    """

    address: Address
    ask: Ask
    future: asyncio.Future[Draw | BackendFault]
    waiters: int = 1
    sent: bool = False
    landed: bool = False
    task: asyncio.Task[None] | None = None
    together: Sequence[_Flight] = ()

    @property
    def open(self) -> bool:
        """Somebody waits, and nothing has come yet."""
        return not self.landed and not self.future.done()


class Draws:
    """A `DrawSource` over a store and the backends. Belongs to one event loop; close it with `aclose`.

    `seed` is the run's seed; `find` gives providers by name; `open_backend` opens a model (left
    out: its provider does); `concurrency` calls of one model are in flight at most; a call is
    tried again up to `retries` times. `on_event` is told what happens, within the event loop: it
    should be quick. The store is the caller's to close.
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
    ) -> None:
        self.book = AddressBook(seed, find)
        self.meter = Meter()
        self.hits = 0  # found in the store
        self.misses = 0  # not found there
        self.shared = 0  # asked for while they were on their way
        self._store = store
        self._writer: Writer[Address, Entry] = Writer(store.put_many, store.close)
        self._clock = clock
        self._retry = Retry(retries, clock=clock)
        self._openings = Openings(open_backend or self._open, concurrency, self._retry, self._retried)
        self._on_event = on_event
        self._flights: dict[Address, _Flight] = {}
        self._arrived: list[_Flight] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._broken: Exception | None = None

    @property
    def paid(self) -> Paid:
        """What this run has paid so far; `meter` has it model by model."""
        return self.meter.total

    async def draw(self, ask: Ask, index: int) -> Draw:
        """One draw. Raises BackendFault where it cannot be had, IlangError where the store fails."""
        (outcome,) = await self.draw_many([(ask, index)])
        if isinstance(outcome, BackendFault):
            raise outcome
        return outcome

    async def draw_many(self, asks: Sequence[tuple[Ask, int]]) -> list[Draw | BackendFault]:
        """A draw, or the fault that stood in its way, for each. Raises IlangError where the store fails."""
        places = [self._place(ask, index) for ask, index in asks]
        flights = [
            place if isinstance(place, BackendFault) else self._join(place, ask)
            for place, (ask, _) in zip(places, asks, strict=True)
        ]
        flying = [flight for flight in flights if isinstance(flight, _Flight)]
        waiting = {flight.future for flight in flying if not flight.future.done()}
        if waiting:
            try:
                await asyncio.wait(waiting)
            except asyncio.CancelledError:
                for flight in flying:
                    self._leave(flight)
                raise
        return [flight if isinstance(flight, BackendFault) else flight.future.result() for flight in flights]

    async def aclose(self) -> None:
        """Cancel the calls in flight, make durable all that has come, close the backends. May be called twice."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._writer.aclose()
        for flight in list(self._flights.values()):
            self._forget(flight)
        await self._openings.aclose()

    def _place(self, ask: Ask, index: int) -> Address | BackendFault:
        try:
            return self.book.address(ask, index)
        except BackendFault as fault:
            return fault

    def _join(self, address: Address, ask: Ask) -> _Flight:
        flight = self._flights.get(address)
        if flight is not None:
            flight.waiters += 1
            self.shared += 1
            return flight
        loop = asyncio.get_running_loop()
        flight = self._flights[address] = _Flight(address, ask, loop.create_future())
        if not self._arrived:
            loop.call_soon(self._turn)
        self._arrived.append(flight)
        return flight

    def _leave(self, flight: _Flight) -> None:
        """One who waited has gone. What is not sent is dropped; a call is cancelled when it is for nobody."""
        flight.waiters -= 1
        if flight.waiters or not flight.open:
            return
        if not flight.sent:
            self._forget(flight)
        elif flight.task is not None and not any(other.open and other.waiters for other in flight.together):
            self._abandon(flight.together)  # at once: who asks for them from now on must not meet them
            flight.task.cancel()

    # -- looking up

    def _turn(self) -> None:
        arrived, self._arrived = self._arrived, []
        if len(arrived) > _AT_ONCE:
            self._begin(self._look_up_slowly(arrived))
        else:
            self._dispatch(self._look_up(arrived))

    async def _look_up_slowly(self, flights: Sequence[_Flight]) -> None:
        missing: list[_Flight] = []
        for at in range(0, len(flights), _AT_ONCE):
            missing += self._look_up(flights[at : at + _AT_ONCE])
            await asyncio.sleep(0)
        self._dispatch(missing)

    def _look_up(self, flights: Sequence[_Flight]) -> list[_Flight]:
        """Resolve what the store has; returns the rest."""
        wanted = [flight for flight in flights if flight.open]
        try:
            found = self._store.get_many([flight.address for flight in wanted])
        except Exception as error:
            self._crash(wanted, error)
            return []
        missing = []
        for flight in wanted:
            entry = found.get(flight.address)
            if entry is None:
                missing.append(flight)
            else:
                self._tell("hit", flight, draw=entry.draw)
                self._settle(flight, entry.draw)
        self.hits += len(wanted) - len(missing)
        self.misses += len(missing)
        return missing

    # -- calling

    def _dispatch(self, flights: Sequence[_Flight]) -> None:
        for group in _grouped(flights, lambda flight: self._openings.key(flight.ask.model)):
            opened = self._openings.ready(group[0].ask.model)
            if opened is None:
                self._begin(self._open_and_launch(group))
            else:
                self._launch(opened, group)

    async def _open_and_launch(self, flights: Sequence[_Flight]) -> None:
        try:
            opened = await self._openings.open(flights[0].ask.model)
        except BackendFault as fault:
            await self._instead(flights, fault)
        except asyncio.CancelledError:
            self._abandon(flights)
            raise
        except Exception as error:
            self._crash(flights, error)
        else:
            self._launch(opened, [flight for flight in flights if flight.open])

    def _launch(self, opened: Opened, flights: Sequence[_Flight]) -> None:
        for group in _grouped(flights, lambda flight: flight.address.key):
            by_index = {flight.address.index: flight for flight in group}
            for company in companies(group[0].address.key, list(by_index), opened.backend.capabilities):
                together = [by_index[index] for index in company]
                task = self._begin(self._pass_gate(opened, together))
                for flight in together:
                    flight.task, flight.together = task, together

    async def _pass_gate(self, opened: Opened, flights: Sequence[_Flight]) -> None:
        try:
            async with opened.gate:
                await self._draw_all(opened.backend, flights)
        except BackendFault as fault:
            await self._instead(flights, fault)
        except asyncio.CancelledError:
            self._abandon(flights)
            raise
        except Exception as error:
            self._crash(flights, error)

    async def _instead(self, flights: Sequence[_Flight], fault: BackendFault) -> None:
        """Asks the models that stand in for one that cannot answer, one after the other; then they fail."""
        other = stand_in(flights[0].ask.model)
        while other is not None and fault.kind in PASSED_ON and any(flight.open for flight in flights):
            for flight in flights:
                if flight.open:
                    flight.sent = False
                    self._tell("fallback", flight, fault=fault)
            try:
                opened = await self._openings.open(other)
                async with opened.gate:
                    await self._draw_all(opened.backend, flights, other)
                return
            except BackendFault as another:
                fault, other = another, stand_in(other)
            except asyncio.CancelledError:
                self._abandon(flights)
                raise
            except Exception as error:
                self._crash(flights, error)
                return
        self._fail(flights, fault)

    async def _draw_all(self, backend: Backend, flights: Sequence[_Flight], other: Model | None = None) -> None:
        """Draw them in one call; in more only where some have gone, or fewer came than were asked.

        `other`: the model that is asked in place of the one that the address names.
        """
        short = 0
        able = backend.capabilities
        while waiting := {flight.address.index: flight for flight in flights if flight.open}:
            first = next(iter(waiting.values()))
            model, key = other or first.ask.model, first.address.key
            asked = first.ask.request
            if other is not None:
                asked = request_for(asked, other, self.book.provider(other), able)
            indices = companies(key, list(waiting), able)[0]
            company = [waiting[index] for index in indices]
            for flight in company:
                flight.sent = True
                self._tell("start", flight)
            reply = await self._send(backend, request_of(asked, key, indices, able), company, other)
            draws = answered_by(portions(reply, len(company)), other)
            self.meter.billed(model, bill(reply, draws), len(reply.choices))
            late = [(flight, draw) for flight, draw in zip(company, draws, strict=False) if not flight.landed]
            self._keep([flight for flight, _ in late], [draw for _, draw in late])
            if len(draws) < len(company):
                short += 1
                for flight in company:
                    flight.sent = False
                if short > _SHORT_REPLIES:
                    raise BackendFault(
                        "malformed-reply",
                        f"`{model.shown}` gave {len(draws)} of {len(company)} choices",
                        help="it was asked again for the others, in vain; a smaller n may help",
                    )

    async def _send(
        self, backend: Backend, request: Request, company: Sequence[_Flight], other: Model | None
    ) -> Reply:
        model = other or company[0].ask.model

        def told(place: int, one: Reply) -> None:
            """A choice has ended before the others of its call: it is kept at once."""
            if 0 <= place < len(company) and not company[place].landed:
                self._keep([company[place]], answered_by(portions(one, 1), other))

        async def attempt() -> Reply:
            if self._broken is not None:
                raise self._broken  # what cannot be kept is not paid for
            self.meter.add(model, Paid(calls=1))
            try:
                if request.n > 1 and isinstance(backend, Teller):
                    return await backend.generate_telling(request, told)
                return await backend.generate(request)
            except BackendFault:
                self.meter.add(model, Paid(faults=1))
                raise
            except IlangError:
                raise
            except Exception as error:
                self.meter.add(model, Paid(faults=1))
                raise unforeseen(model, error) from error

        def again(fault: BackendFault, wait: float) -> None:
            self._retried(model)
            for flight in company:
                self._tell("retry", flight, fault=fault, wait=wait)

        declared = model.setting("retries")
        retry = self._retry if declared is None else replace(self._retry, retries=max(0, declared))
        return await retry.call(attempt, again)

    def _keep(self, flights: Sequence[_Flight], draws: Sequence[Draw]) -> None:
        """Hand what came to the writer; from here on it is kept whatever happens to those who wait."""
        if not flights:
            return
        now = self._clock.now()
        entries = []
        for flight, draw in zip(flights, draws, strict=True):
            flight.landed = True
            ask = flight.ask
            entry = Entry(
                draw,
                prompt=ask.prompt,
                label=ask.model.label,
                provider=self.book.identity(ask.model),
                asked=ask.request.model,
                stored=now,
                parts=self.book.parts(ask, flight.address.key),
            )
            entries.append((flight.address, entry))
        self._writer.put(entries, lambda standing: self._kept(flights, standing))

    def _kept(self, flights: Sequence[_Flight], standing: Standing[Entry]) -> None:
        if isinstance(standing, Exception):
            self._broken = standing
            self._crash(flights, standing)
            return
        for flight, entry in zip(flights, standing, strict=True):
            self._tell("finish", flight, draw=entry.draw)
            self._settle(flight, entry.draw)

    # -- ends of a flight

    def _settle(self, flight: _Flight, outcome: Draw | BackendFault) -> None:
        self._drop(flight)
        if not flight.future.done():
            flight.future.set_result(outcome)

    def _fail(self, flights: Iterable[_Flight], fault: BackendFault) -> None:
        for flight in flights:
            if flight.open:
                self._tell("fail", flight, fault=fault)
                self._settle(flight, fault)

    def _crash(self, flights: Iterable[_Flight], error: Exception) -> None:
        for flight in flights:
            self._drop(flight)
            if not flight.future.done():
                flight.future.set_exception(error)
                flight.future.exception()  # has been seen, even if nobody waits for it

    def _abandon(self, flights: Iterable[_Flight]) -> None:
        for flight in flights:
            if flight.open:
                self._forget(flight)

    def _forget(self, flight: _Flight) -> None:
        self._drop(flight)
        flight.future.cancel()

    def _drop(self, flight: _Flight) -> None:
        if self._flights.get(flight.address) is flight:
            del self._flights[flight.address]

    # -- small things

    async def _open(self, model: Model) -> Backend:
        return await self.book.provider(model).open(model)

    def _retried(self, model: Model) -> None:
        self.meter.add(model, Paid(retries=1))

    def _begin(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _tell(
        self,
        kind: EventKind,
        flight: _Flight,
        *,
        draw: Draw | None = None,
        fault: BackendFault | None = None,
        wait: float = 0.0,
    ) -> None:
        if self._on_event is None:
            return
        try:
            self._on_event(Event(kind, flight.ask, flight.address.index, draw, fault, wait))
        except Exception:  # who watches (a closed pipe, say) must not keep those who wait from their draws
            self._on_event = None


def _grouped(items: Iterable[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    """Items with equal keys together; groups and items keep their order."""
    groups: dict[Hashable, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())


def answered_by(draws: tuple[Draw, ...], other: Model | None) -> tuple[Draw, ...]:
    """The draws, with the model that answered in place of the one asked."""
    return draws if other is None else tuple(replace(draw, instead=other.label or other.shown) for draw in draws)
