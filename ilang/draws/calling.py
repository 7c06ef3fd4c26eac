"""Calls for what the store does not have, in as few calls as the model allows.

What is missing is formed into calls (`call.py`), each of which passes its model's limiter, is tried again where
that may help, and is divided into draws (`portion.py`), which are handed over to be kept. Where a model cannot
answer, the one that stands in for it is asked. Looks nothing up and stores nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from msgspec.structs import replace as changed

from ilang.backend.capabilities import Capabilities
from ilang.backend.protocol import Backend, BackendFault, Teller
from ilang.backend.request import Reply, Request
from ilang.base.diagnostic import IlangError
from ilang.base.value import Model
from ilang.draws.address_book import AddressBook
from ilang.draws.breaker import DOWN
from ilang.draws.call import companies, request_of
from ilang.draws.draw import Ask, Draw
from ilang.draws.flight import Flight, Flights
from ilang.draws.keeping import Keeping
from ilang.draws.limiter import Limiter
from ilang.draws.meter import Meter, Paid
from ilang.draws.opening import Opened, Openings, unforeseen
from ilang.draws.portion import bill, portions
from ilang.draws.retry import Retry
from ilang.draws.stand_in import PASSED_ON, request_for, stand_in
from ilang.draws.tasks import Tasks

NOT_ALL = BackendFault("malformed-reply", "not all of the choices came")

CUT = BackendFault("cut", "cut where the budget ended", help="raise `--budget`: it is then drawn whole")

_SHORT_REPLIES = 3
"""How often a call may bring too few choices before what it lacks is given up."""

FORGIVEN = 3
"""How often failures of one call are forgiven because its server was away for a moment."""

Spare = Callable[[Ask, Model, int | None], bool]
"""Whether a call may be made beyond those that the draws themselves stand for (one for every `max_n` of a request):
a try again, for what a reply left out, for draws between which others are there. It is given what is asked, of which
model, and the tokens of the prompt, as far as they are paid once more; None: they are, and nobody knows how many."""


class Calling:
    """The calls of one run."""

    def __init__(
        self,
        openings: Openings,
        retry: Retry,
        book: AddressBook,
        meter: Meter,
        flights: Flights,
        keeping: Keeping,
        tasks: Tasks,
        spare: Spare | None = None,
    ) -> None:
        self._openings = openings
        self._retry = retry
        self._book = book
        self._meter = meter
        self._flights = flights
        self._keeping = keeping
        self._tasks = tasks
        self._spare = spare

    def dispatch(self, flights: Sequence[Flight]) -> None:
        """Call for all of these."""
        for group in _grouped(flights, lambda flight: self._openings.key(flight.ask.model)):
            opened = self._openings.ready(group[0].ask.model)
            if opened is None:
                self._tasks.begin(self._answered(group, partial(self._open_and_launch, group)))
            else:
                self._launch(opened, group)

    async def _open_and_launch(self, flights: Sequence[Flight]) -> None:
        opened = await self._openings.open(flights[0].ask.model)
        self._launch(opened, [flight for flight in flights if flight.open])

    def _launch(self, opened: Opened, flights: Sequence[Flight]) -> None:
        for group in _grouped(flights, lambda flight: (flight.address.key, flight.ask.most)):
            by_index = {flight.address.index: flight for flight in group}
            able = opened.backend.capabilities
            formed = companies(group[0].address.key, list(by_index), able)
            reckoned = -(-len(group) // (able.max_n or len(group))) if able.n else len(group)
            for at, company in enumerate(formed):
                together = [by_index[index] for index in company]
                work = partial(self._draw_all, opened, together, extra=at >= reckoned)
                task = self._tasks.begin(self._answered(together, work))
                for flight in together:
                    flight.task, flight.together = task, together

    async def _answered(self, flights: Sequence[Flight], work: Callable[[], Awaitable[None]]) -> None:
        """Does what is to bring these; where a model cannot, others are asked, and however it ends the flights know."""
        try:
            try:
                await work()
            except BackendFault as fault:
                await self._instead(flights, fault)
        except asyncio.CancelledError:
            self._flights.abandon(flights)
            raise
        except Exception as error:
            self._flights.crash(flights, error)

    async def _instead(self, flights: Sequence[Flight], fault: BackendFault) -> None:
        """Asks the models that stand in for one that cannot answer, one after the other; then they fail."""
        other = stand_in(flights[0].ask.model)
        while other is not None and fault.kind in PASSED_ON and any(flight.open for flight in flights):
            for flight in flights:
                if flight.open:
                    flight.sent = False
                    self._flights.tell("fallback", flight, fault=fault)
            try:
                await self._draw_all(await self._openings.open(other), flights, other, why=fault)
                return
            except BackendFault as another:
                fault, other = another, stand_in(other)
        self._flights.fail(flights, fault)

    async def _draw_all(
        self,
        opened: Opened,
        flights: Sequence[Flight],
        other: Model | None = None,
        *,
        extra: bool = False,
        why: BackendFault = NOT_ALL,
    ) -> None:
        """Draw them in one call; in more only where some have gone, fewer came than were asked, or a call failed.

        `other`: the model that is asked in place of the one that the address names, `why` for its fault. `extra`: the
        first call is one that the draws do not stand for.
        """
        limiter, able = opened.limiter, opened.backend.capabilities
        ticket = limiter.ticket()
        tries = self._tries(other or flights[0].ask.model, limiter)
        again = extra or other is not None
        paid_again: int | None = None if extra else 0
        told: set[Flight] = set()
        short = 0
        while any(flight.open for flight in flights):
            if again and self._spare is not None and not self._spare(flights[0].ask, tries.model, paid_again):
                raise BackendFault(why.kind, f"{why.message}; the budget has no room for another try", help=why.help)
            one = await limiter.start(ticket)
            try:
                await self._keeping.room()
                company, request = self._company(flights, able, other)
                if not company:
                    return
                again = True
                for flight in company:
                    flight.sent = True
                begun = [flight for flight in company if flight not in told]
                told.update(begun)
                self._flights.tell_all("start", begun, [None] * len(begun))
                reply = await self._send(opened.backend, request, company, other)
            except BackendFault as fault:
                down, why = limiter.fault(one, fault), fault
                if one.probe and down:
                    ticket = limiter.ticket()  # the next to try whether the server is up is another
                wait = tries.wait(fault)
                for flight in company:
                    self._flights.tell(
                        "pause" if down else "retry", flight, fault=fault, wait=max(wait, limiter.wait())
                    )
                failed = True
            else:
                failed = False
                draws = answered_by(portions(reply, len(company)), other)
                paid = bill(reply, draws)
                if limiter.reply(one, reply.allowances, paid.input_tokens + paid.output_tokens):
                    self._flights.tell("resume", company[0])
                self._meter.billed(tries.model, paid, len(reply.choices))
                paid_again = paid.input_tokens if paid.input_tokens else None
                if company[0].ask.most is not None and draws and draws[0].reason == "limit":
                    self._flights.fail(company, CUT)  # the beginning of a reply is not the reply: it is not kept
                    return
                late = [(flight, draw) for flight, draw in zip(company, draws, strict=False) if not flight.landed]
                self._keeping.keep([flight for flight, _ in late], [draw for _, draw in late])
                if len(draws) < len(company):
                    short += 1
                    if short > _SHORT_REPLIES:
                        raise too_few(tries.model, len(draws), len(company))
            finally:
                limiter.end(one)
            if failed:
                self._meter.retried(tries.model)
                if wait:
                    await self._retry.clock.sleep(wait)

    def _company(
        self, flights: Sequence[Flight], able: Capabilities, other: Model | None
    ) -> tuple[Sequence[Flight], Request]:
        """Those that still want to be drawn and can be in one call, and the request to send for them."""
        waiting = {flight.address.index: flight for flight in flights if flight.open}
        first = next(iter(waiting.values()), flights[0])
        key, asked = first.address.key, first.ask.request
        if not waiting:
            return (), asked
        if other is not None:
            asked = request_for(asked, other, self._book.provider(other), able)
        indices = companies(key, list(waiting), able)[0]
        if first.ask.most is not None:
            asked = replace(asked, max_tokens=first.ask.most)
        return [waiting[index] for index in indices], request_of(asked, key, indices, able)

    async def _send(self, backend: Backend, request: Request, company: Sequence[Flight], other: Model | None) -> Reply:
        """One call; what it costs is counted."""
        model = other or company[0].ask.model

        def told(place: int, one: Reply) -> None:
            """A choice has ended before the others of its call: it is kept at once."""
            if 0 <= place < len(company) and not company[place].landed:
                self._keeping.keep([company[place]], answered_by(portions(one, 1), other))

        if self._keeping.broken is not None:
            raise self._keeping.broken  # what cannot be kept is not paid for
        self._meter.add(model, Paid(calls=1))
        try:
            if request.n > 1 and isinstance(backend, Teller):
                return await backend.generate_telling(request, told)
            return await backend.generate(request)
        except BackendFault:
            self._meter.add(model, Paid(faults=1))
            raise
        except IlangError:
            raise
        except Exception as error:
            self._meter.add(model, Paid(faults=1))
            raise unforeseen(model, error) from error

    def _tries(self, model: Model, limiter: Limiter) -> Tries:
        declared = model.setting("retries")
        retry = self._retry if declared is None else replace(self._retry, retries=max(0, declared))
        return Tries(model, retry, limiter, patient=stand_in(model) is None)


class Tries:
    """Those of one call. `patient`: no other model stands in for this one, so a server that is down is waited for."""

    def __init__(self, model: Model, retry: Retry, limiter: Limiter, *, patient: bool) -> None:
        self.model = model
        self._retry = retry
        self._limiter = limiter
        self._patient = patient
        self._failed = 0
        self._away = 0  # the last failures in a row that may be those of a server that is down
        self._away_since = 0.0  # of the first of them
        self._away_last = 0.0  # and of the last
        self._forgiven = 0

    def wait(self, fault: BackendFault) -> float:
        """Seconds to wait, beside what the limiter asks of all, after a try that ended so. Raises the last fault."""
        limiter, retry = self._limiter, self._retry
        if limiter.spent is not None:
            raise limiter.spent
        if not fault.retry or not retry.retries:
            raise fault
        if self._patient and self._away and limiter.down_since(self._away_since):
            self._failed -= self._away  # what this call met was an outage, which it was not there to hear of
            self._away = 0
        answers = fault.kind not in DOWN or (self._patient and limiter.answered_since(self._away_last))
        if answers and self._away > 1 and self._forgiven < FORGIVEN:
            self._failed -= self._away  # it was away for a moment, and answers again, if badly, or others
            self._forgiven += 1
            self._away = 0
        if fault.kind not in DOWN:
            self._away = 0
        if self._patient and limiter.waits_out(fault):
            self._failed -= self._away  # those just before were the server's too: it was not known yet that it is down
            self._away = 0
            return 0.0
        if fault.kind in DOWN and not self._away:
            self._away_since = retry.clock.monotonic()
        over = self._failed >= retry.retries and not (self._patient and limiter.may_be_down(fault, self._away_since))
        if over or limiter.hopeless:
            limiter.give_up(fault)
            raise fault
        self._failed += 1
        if fault.kind in DOWN:
            self._away += 1
            self._away_last = retry.clock.monotonic()
        return 0.0 if fault.retry_after is not None else retry.wait(self._failed - 1, fault)


def too_few(model: Model, came: int, wanted: int) -> BackendFault:
    """Calls bring fewer choices than they ask for, again and again."""
    return BackendFault(
        "malformed-reply",
        f"`{model.shown}` gave {came} of {wanted} choices",
        help="it was asked again for the others, in vain; a smaller n may help",
    )


def _grouped(flights: Iterable[Flight], key: Callable[[Flight], Hashable]) -> list[list[Flight]]:
    """Flights with equal keys together; groups and flights keep their order."""
    groups: dict[Hashable, list[Flight]] = {}
    last: Flight | None = None
    group: list[Flight] = []
    for flight in flights:  # those of one request come one behind the other: the key is worked out once for them
        if last is None or flight.ask is not last.ask or flight.address.key != last.address.key:
            group = groups.setdefault(key(flight), [])
        group.append(flight)
        last = flight
    return list(groups.values())


def answered_by(draws: tuple[Draw, ...], other: Model | None) -> tuple[Draw, ...]:
    """The draws, with the model that answered in place of the one asked."""
    return draws if other is None else tuple(changed(draw, instead=other.label or other.shown) for draw in draws)
