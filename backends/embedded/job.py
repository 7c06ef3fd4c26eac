"""One request on its way through the engine, and how its answer gets back to the loop that asks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from ilang.backend.protocol import Scored
from ilang.backend.request import Choice, Request


@dataclass(frozen=True, slots=True)
class Written:
    """What the engine did for a drawing job: its choices and token counts."""

    choices: tuple[Choice, ...]
    prompt: int
    cached: int


Outcome = Written | Scored


@dataclass(eq=False, slots=True)
class Job:
    """A request to draw from, or (`continuation` given) a text to score after it.

    Made in a running event loop; the engine's thread calls `deliver`. `given_up` is set by the
    loop's side and looked at between steps.
    """

    request: Request
    continuation: str | None = None
    told: Callable[[int, Written], None] | None = None
    given_up: bool = False
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    future: asyncio.Future[Outcome] = field(init=False)

    def __post_init__(self) -> None:
        self.future = self.loop.create_future()

    def deliver(self, outcome: Outcome | Exception) -> None:
        """Settle the future, from any thread. A loop that is gone is no error."""
        try:
            self.loop.call_soon_threadsafe(self._settle, outcome)
        except RuntimeError:
            self.given_up = True

    def tell(self, place: int, written: Written) -> None:
        """Tell the loop of a choice that has ended, from any thread."""
        if self.told is None:
            return
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._tell, place, written)

    def _tell(self, place: int, written: Written) -> None:
        if self.told is not None and not self.given_up:
            self.told(place, written)

    def _settle(self, outcome: Outcome | Exception) -> None:
        if self.future.done():
            return
        if isinstance(outcome, Exception):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)
