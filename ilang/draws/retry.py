"""Tries a call again after a fault that may pass: exponential backoff with full jitter.

Before try k + 1 it waits a random time below min(cap, base * 2**k) seconds; where the server said
how long to wait, that long (at most `longest` seconds) and then a random time below `base`, so that
those who wait together do not come back together. Only a BackendFault with `retry` is tried again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from ilang.backend.protocol import BackendFault
from ilang.draws.clock import SYSTEM, Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how patiently; times in seconds."""

    retries: int = 4
    base: float = 0.5
    cap: float = 30.0
    longest: float = 60.0
    clock: Clock = SYSTEM

    def wait(self, failed: int, fault: BackendFault) -> float:
        """Seconds to wait after the try number `failed` (from 0) ended in this fault."""
        if fault.retry_after is not None:
            return min(max(fault.retry_after, 0.0), self.longest) + self.clock.chance() * self.base
        return self.clock.chance() * min(self.cap, self.base * 2.0**failed)

    async def call(
        self,
        attempt: Callable[[], Awaitable[T]],
        on_retry: Callable[[BackendFault, float], None] | None = None,
    ) -> T:
        """What `attempt()` gives, tried at most 1 + `retries` times. Raises the last BackendFault.

        `on_retry` is told the fault and the wait (seconds) before each further try.
        """
        failed = 0
        while True:
            try:
                return await attempt()
            except BackendFault as fault:
                if not fault.retry or failed >= self.retries:
                    raise
                wait = self.wait(failed, fault)
                if on_retry is not None:
                    on_retry(fault, wait)
            failed += 1
            await self.clock.sleep(wait)
