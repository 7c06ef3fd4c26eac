"""The one gate through which all calls of a model at its server pass.

How many go at once is learned (`width.py`), within what the server says that it will take (`allowed.py`); a server
that asks to wait is left alone for so long by everybody; one that is down is tried by one call at a time while
the others wait (`breaker.py`); one whose quota is spent is not called again. Those who wait go in the order
of their tickets, so a call that is tried again goes before younger ones. What is drawn never depends on any of it.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from ilang.backend.allowance import Allowance
from ilang.backend.protocol import BackendFault
from ilang.draws.allowed import Allowed
from ilang.draws.breaker import DOWN, PATIENCE, Breaker
from ilang.draws.clock import SYSTEM, Clock
from ilang.draws.width import Width

_INSTANT = 1e-4
"""Seconds that are not waited for: less than the clock's own grain."""

_BASE, _CAP = 0.5, 30.0
"""Seconds to leave a server alone that refuses and does not say for how long: doubled each time, up to the cap."""

LONG = 300.0
"""Seconds: who asks to wait for longer has no rate limit, but a quota that is spent."""

MALFORMED = 20
"""So many replies in a row that are none: the server does nothing else, and each may have to be paid."""


@dataclass(frozen=True, slots=True)
class Try:
    """A call on its way: its number by its start, when that was (s), and in which round of the width.

    `probe`: it tries a server that is down.
    """

    number: int
    started: float
    round: int
    probe: bool


class Limiter:
    """`ceiling` calls at most in flight; `patience` in seconds. Belongs to one event loop; close it with `aclose`."""

    def __init__(self, ceiling: int, clock: Clock = SYSTEM, patience: float = PATIENCE) -> None:
        self.width = Width(ceiling)
        self.breaker = Breaker(patience)
        self.spent: BackendFault | None = None
        self.in_flight = 0
        self._clock = clock
        self._allowed = Allowed()
        self._held = float("-inf")  # until then nobody calls
        self._refused: float | None = None  # since then calls are refused, and none is answered
        self._refusals = 0
        self._malformed = 0
        self._probing = False
        self._tickets = 0
        self._started = 0
        self._waiting: list[tuple[int, asyncio.Future[Try]]] = []
        self._alarm: asyncio.Task[None] | None = None
        self._due = 0.0

    def ticket(self) -> int:
        """A place in the queue, behind all that were given before."""
        self._tickets += 1
        return self._tickets

    async def start(self, ticket: int) -> Try:
        """Wait for one's turn. Raises BackendFault where it will not come; give it back with `end`."""
        if self.spent is not None:
            raise self.spent
        if not self._waiting and self._free() and self._delay() <= 0:
            return self._go()
        future: asyncio.Future[Try] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (ticket, future))
        self._pump()
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self.end(future.result())
            raise

    def reply(self, one: Try, allowances: Iterable[Allowance] = (), tokens: int = 0) -> bool:
        """A reply came. Whether the server had been down."""
        now = self._clock.monotonic()
        self.width.reply(now - one.started, busy=self.in_flight >= self.width.now)
        self._refused, self._refusals, self._malformed = None, 0, 0
        if tokens:
            self._allowed.used(tokens)
        self._allowed.told(allowances, one.number, self._started - one.number, now)
        return self.breaker.answer(one.started)

    def fault(self, one: Try, fault: BackendFault) -> bool:
        """A call failed. Whether the server is down, and its next try put off by that."""
        now = self._clock.monotonic()
        if fault.kind == "quota-spent":
            self._stop(fault)
        if fault.kind == "rate-limited" and fault.retry:
            self.width.refused(one.round, self.in_flight - 1)
        elif fault.kind in ("overloaded", "timeout") and fault.retry:
            self.width.trouble(one.round)
        if fault.retry:
            self._hold(fault, now)
        self._malformed = self._malformed + 1 if fault.kind == "malformed-reply" else 0
        paused = self.breaker.fault(fault, now, one.started)
        if fault.kind not in ("unreachable", "overloaded", "timeout"):
            self.breaker.answer(one.started)
        if self.breaker.given_up is not None:
            self._refuse(self.breaker.given_up)
        return paused

    def waits_out(self, fault: BackendFault) -> bool:
        """Whether this is no failure of the call's own: it goes back into the queue, with all of its tries left."""
        if self.spent is not None or not fault.retry:
            return False
        if fault.kind == "rate-limited":
            now = self._clock.monotonic()
            return self._refused is None or now - self._refused <= self.breaker.patience
        return self.breaker.waited_for

    def may_be_down(self, fault: BackendFault, since: float) -> bool:
        """Whether this looks like a server that has just gone down, which is soon known for certain. `since`: when the
        call began to fail so."""
        return fault.kind in DOWN and self.breaker.suspected(since)

    def answered_since(self, then: float) -> bool:
        """Whether a call that was asked since then was answered."""
        return self.breaker.answered_since(then)

    def down_since(self, then: float) -> bool:
        """Whether the server has been down at any time since then."""
        return self.breaker.down_since(then)

    @property
    def hopeless(self) -> bool:
        """Nothing speaks for trying a call again."""
        return self.spent is not None or self.breaker.given_up is not None or self._malformed >= MALFORMED

    def give_up(self, fault: BackendFault) -> None:
        """A call has used up its tries: if the server never answered, nobody else need wait for it."""
        if not self.breaker.answered and fault.kind == "unreachable":
            self.breaker.give_up(fault)
            self._refuse(fault)

    def wait(self) -> float:
        """Seconds until anybody may call."""
        return max(0.0, self._delay())

    def end(self, one: Try) -> None:
        """This call is over, however it ended."""
        self.in_flight -= 1
        if one.probe:
            self._probing = False
        self._pump()

    async def aclose(self) -> None:
        """Wake nobody any more."""
        alarm, self._alarm = self._alarm, None
        if alarm is not None:
            alarm.cancel()
            await asyncio.gather(alarm, return_exceptions=True)

    # -- who may go

    def _free(self) -> bool:
        return not self._probing if self.breaker.open else self.in_flight < self.width.now

    def _delay(self) -> float:
        now = self._clock.monotonic()
        delay = max(self._held - now, self._allowed.wait(now))
        if self.breaker.open:
            delay = max(delay, self.breaker.next_try - now)
        return delay if delay > _INSTANT else 0.0

    def _go(self) -> Try:
        now = self._clock.monotonic()
        self.in_flight += 1
        self._started += 1
        self._allowed.start(now)
        probe = self._probing = self.breaker.open
        return Try(self._started, now, self.width.round, probe)

    def _pump(self) -> None:
        while self._waiting and self._free():
            if self._waiting[0][1].done():  # it has gone
                heapq.heappop(self._waiting)
                continue
            delay = self._delay()
            if delay > 0:
                self._ring_in(delay)
                return
            heapq.heappop(self._waiting)[1].set_result(self._go())

    def _ring_in(self, delay: float) -> None:
        due = self._clock.monotonic() + delay
        if self._alarm is not None:
            if self._due <= due:
                return
            self._alarm.cancel()
        self._due = due
        self._alarm = asyncio.get_running_loop().create_task(self._ring(delay))

    async def _ring(self, delay: float) -> None:
        await self._clock.sleep(delay)
        self._alarm = None
        self._pump()

    # -- who may not

    def _hold(self, fault: BackendFault, now: float) -> None:
        chance = self._clock.chance()
        if fault.kind == "rate-limited":
            if self._refused is None:
                self._refused = now
            if fault.retry_after is None and self._held <= now:
                self._held = now + chance * min(_CAP, _BASE * 2.0 ** min(self._refusals, 16))
                self._refusals += 1
        if fault.retry_after is None:
            return
        if fault.kind == "rate-limited" and fault.retry_after > LONG:
            self._stop(too_long(fault))
            return
        wait = min(max(0.0, fault.retry_after), LONG)
        self._held = max(self._held, now + wait + chance * min(_BASE, wait / 4))  # not all processes at one moment

    def _stop(self, fault: BackendFault) -> None:
        self.spent = fault
        self._refuse(fault)

    def _refuse(self, fault: BackendFault) -> None:
        waiting, self._waiting = self._waiting, []
        for _, future in waiting:
            if not future.done():
                future.set_exception(fault)
                future.exception()


def too_long(fault: BackendFault) -> BackendFault:
    """A server that asks to wait for longer than anyone waits has no rate limit, but a quota that is spent."""
    minutes = -(-(fault.retry_after or 0.0) // 60)
    hours = f"{minutes / 60:.1f} hours" if minutes >= 120 else f"{minutes:.0f} minutes"
    return BackendFault(
        "quota-spent",
        f"{fault.message}; it takes calls again in {hours}",
        help="give the same command again then: what came is kept; or raise the quota at the provider",
        retry_after=fault.retry_after,
    )
