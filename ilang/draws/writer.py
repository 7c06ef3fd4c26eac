"""Writes to a store in one thread of its own, so that the event loop never waits for a disk.

Whatever is handed over while a commit is under way goes into the next one together. What was
handed over is written even if the event loop ends meanwhile: only the answer is then nobody's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Kept = TypeVar("Kept")
Standing = Sequence[Kept] | Exception
"""What stands at the keys that were to be written, or why nothing was."""


@dataclass(frozen=True, slots=True)
class _Batch(Generic[Key, Kept]):
    entries: Sequence[tuple[Key, Kept]]
    loop: asyncio.AbstractEventLoop
    then: Callable[[Standing[Kept]], None]


class Writer(Generic[Key, Kept]):
    """The only writer of draws, or of results, within this process. Its thread starts with the first write.

    `put_many` writes durably and gives what stands at each key; `close` gives back what its thread holds open.
    """

    def __init__(
        self, put_many: Callable[[Sequence[tuple[Key, Kept]]], Sequence[Kept]], close: Callable[[], None]
    ) -> None:
        self._put_many = put_many
        self._close = close
        self._waiting: deque[_Batch[Key, Kept]] = deque()
        self._thread: ThreadPoolExecutor | None = None
        self._called = False  # the thread has been told to look, and has not looked yet

    def put(self, entries: Sequence[tuple[Key, Kept]], then: Callable[[Standing[Kept]], None]) -> None:
        """Write these in one transaction; `then` is called in the event loop when that is durable."""
        loop = asyncio.get_running_loop()
        self._waiting.append(_Batch(entries, loop, then))
        if not self._called:
            executor, self._called = self._executor(), True
            loop.run_in_executor(executor, self._drain)

    async def aclose(self) -> None:
        """Wait until all is written, and end the thread. A later `put` starts another."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.get_running_loop().run_in_executor(thread, self._finish)
            thread.shutdown(wait=False)

    def _executor(self) -> ThreadPoolExecutor:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="ilang-draws")
        return self._thread

    def _finish(self) -> None:
        self._drain()
        self._close()

    def _drain(self) -> None:
        self._called = False  # before it looks: what is put from now on calls it again
        batches: list[_Batch[Key, Kept]] = []
        while self._waiting:
            batches.append(self._waiting.popleft())
        if not batches:
            return  # an earlier turn took it along
        results: list[Standing[Kept]]
        try:
            standing = self._put_many([pair for batch in batches for pair in batch.entries])
        except Exception as error:  # carried to those who wait for these draws
            results = [error] * len(batches)
        else:
            results = []
            at = 0
            for batch in batches:
                results.append(standing[at : at + len(batch.entries)])
                at += len(batch.entries)
        for loop, answers in groupby(zip(batches, results, strict=True), lambda answer: answer[0].loop):
            try:
                loop.call_soon_threadsafe(_tell, tuple(answers))
            except RuntimeError:
                pass  # the loop is closed: the draws are kept, and nobody waits for them


def _tell(answers: Sequence[tuple[_Batch[Any, Any], Standing[Any]]]) -> None:
    for batch, result in answers:
        batch.then(result)
