"""Collects the calls of a `@ilang.batched` function that are ready at the same time, and makes one call of them.

The judgements of a stage start together and arrive within a few turns of the event loop of each other, some
later where their arguments take longer. So a batch goes when no call has come for `QUIET` turns, or when it is full.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

MOST = "__ilang_batch_most__"
"""The attribute of a marked function that holds its `max`, or None."""

QUIET = 12
"""Turns of the event loop without a new call after which a batch goes. A turn with nothing to do takes microseconds."""

Given = dict[str, Any]
CallAll = Callable[[Sequence[Given]], Awaitable[Sequence[Any]]]


class Batch:
    """The calls of one function, with the same parameters given, that wait to go together.

    `call_all` takes the arguments of each, in the order in which they came, and gives their results in that order. A
    result that is an exception is raised for its call; what `call_all` raises, for all of them.
    """

    def __init__(self, call_all: CallAll, most: int | None) -> None:
        self._call_all = call_all
        self._most = most
        self._waiting: list[tuple[Given, asyncio.Future[Any]]] = []
        self._ticking = False
        self._quiet = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def call(self, given: Given) -> Any:
        """The result of one call."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.append((given, future))
        self._quiet = 0
        if self._most is not None and len(self._waiting) >= self._most:
            self._go()
        elif not self._ticking:
            self._ticking = True
            loop.call_soon(self._tick, loop)
        return await future

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._quiet += 1
        if self._waiting and self._quiet <= QUIET:
            loop.call_soon(self._tick, loop)
            return
        self._ticking = False
        self._go()

    def _go(self) -> None:
        calls = [(given, future) for given, future in self._waiting if not future.done()]  # a cancelled one is done
        self._waiting = []
        if calls:
            task = asyncio.get_running_loop().create_task(self._run(calls))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, calls: Sequence[tuple[Given, asyncio.Future[Any]]]) -> None:
        try:
            results = await self._call_all([given for given, _ in calls])
        except asyncio.CancelledError:
            for _, future in calls:
                future.cancel()
            raise
        except Exception as failure:
            for _, future in calls:
                if not future.done():
                    future.set_exception(failure)
        else:
            for (_, future), result in zip(calls, results, strict=True):
                if future.done():
                    continue
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)
