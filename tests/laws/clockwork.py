"""An event loop whose clock is ours: waiting costs nothing, and what can never go on is told at once.

Time jumps to the next timer when nothing is ready. Where nothing is ready and no timer is set, a real
loop would wait for ever: that is a deadlock, raised as `Stuck`. Work for threads runs in the loop, after a delay.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Stuck(Exception):
    """Nothing can go on any more."""


class Schedule:
    """How long things take in one run. The same seed gives the same run."""

    def __init__(self, kind: str, seed: int) -> None:
        self.kind = kind
        self.seed = seed
        self._random = random.Random(f"{kind} {seed}")
        self._asked = 0

    def delay(self) -> float:
        """How long the next thing takes."""
        self._asked += 1
        match self.kind:
            case "instant":
                return 0.0
            case "reversed":  # who asks later has it earlier
                return 1000.0 / self._asked
            case "slow-first":
                return 100.0 if self._random.random() < 0.15 else 0.0
        return self._random.choice((0.0, 0.0, self._random.random(), 10 * self._random.random()))

    def shuffle(self, ready: deque[Any]) -> None:
        """Another order of what is ready at the same moment, where the kind wants that."""
        if self.kind == "shuffled" and len(ready) > 1:
            order = list(ready)
            self._random.shuffle(order)
            ready.clear()
            ready.extend(order)


KINDS = ("random", "reversed", "slow-first", "shuffled", "instant")


class Clockwork(asyncio.SelectorEventLoop):
    """The loop of one run."""

    def __init__(self, schedule: Schedule, turns: int = 2_000_000) -> None:
        super().__init__()
        self.schedule = schedule
        self._now = 0.0
        self._turns = turns

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled  # type: ignore[attr-defined]
        if not ready:
            while scheduled and scheduled[0]._cancelled:
                scheduled.pop(0) if len(scheduled) == 1 else self._drop_first(scheduled)
            if not scheduled and not self._stopping:  # type: ignore[attr-defined]
                raise Stuck
            if scheduled:
                self._now = max(self._now, scheduled[0]._when)
        self.schedule.shuffle(ready)
        self._turns -= 1
        if self._turns < 0:
            raise Stuck("it goes on for ever")
        super()._run_once()  # type: ignore[misc]

    @staticmethod
    def _drop_first(scheduled: list[Any]) -> None:
        import heapq

        heapq.heappop(scheduled)._scheduled = False

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        """The function's result after a delay, as a future."""
        future = self.create_future()

        def work() -> None:
            if future.cancelled():
                return
            try:
                future.set_result(func(*args))
            except Exception as raised:
                future.set_exception(raised)

        self.call_later(self.schedule.delay(), work)
        return future


def delay() -> float:
    """How long the next thing takes in the running loop; nothing in a loop of another kind."""
    loop = asyncio.get_running_loop()
    return loop.schedule.delay() if isinstance(loop, Clockwork) else 0.0


class LeftBehind(AssertionError):
    """A run ended, and something of it goes on, or failed and nobody was told."""


def run(work: Callable[[], Coroutine[Any, Any, T]], schedule: Schedule) -> T:
    """The result of a coroutine under a schedule. Raises Stuck for a deadlock, LeftBehind for what it did not end."""
    loop = Clockwork(schedule)
    untold: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: untold.append(context))
    stuck = True
    try:
        result = loop.run_until_complete(work())
        stuck = False
        left = asyncio.all_tasks(loop)
    except Stuck:
        raise
    except BaseException:
        stuck = False
        raise
    finally:
        if not stuck:
            loop.run_until_complete(loop.shutdown_asyncgens())
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.close()
    if left or untold:
        raise LeftBehind(f"{[t.get_coro() for t in left]} {untold}")
    return result
