"""Opens models when the first draw has to be paid, each once, and closes them all.

Models that differ only in sampling settings share one opened backend, and with it one limit on
the calls in flight. A run whose draws are all in the store opens nothing and imports no SDK.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from ilang.backend.protocol import Backend, BackendFault
from ilang.backend.registry import CONNECTING
from ilang.base.diagnostic import IlangError
from ilang.base.value import Model
from ilang.draws.breaker import PATIENCE
from ilang.draws.clock import SYSTEM, Clock
from ilang.draws.limiter import Limiter
from ilang.draws.retry import Retry

OpenBackend = Callable[[Model], Awaitable[Backend]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A backend, and the limiter through which all of its calls go."""

    backend: Backend
    limiter: Limiter


class Openings:
    """The backends of one run. `on_retry` is told of each try that is made again."""

    def __init__(
        self,
        open_backend: OpenBackend,
        concurrency: int,
        retry: Retry,
        on_retry: Callable[[Model], None],
        clock: Clock = SYSTEM,
    ) -> None:
        self._open_backend = open_backend
        self._concurrency = concurrency
        self._retry = retry
        self._on_retry = on_retry
        self._clock = clock
        self._ready: dict[Hashable, Opened] = {}
        self._under_way: dict[Hashable, asyncio.Task[Opened]] = {}

    @staticmethod
    def key(model: Model) -> Hashable:
        """What models must have in common to share a backend."""
        return model.provider, model.id, tuple(s for s in model.settings if s[0] not in CONNECTING)

    def ready(self, model: Model) -> Opened | None:
        """The backend, if it is open."""
        return self._ready.get(self.key(model))

    async def open(self, model: Model) -> Opened:
        """The backend, opened if need be. Raises BackendFault; a later call then tries anew."""
        key = self.key(model)
        if key in self._ready:
            return self._ready[key]
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._open(model, key))
            task.add_done_callback(lambda done: self._opened(key, done))
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Stop what is being opened and close what is open."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        ready, self._ready = self._ready, {}
        await asyncio.gather(*(opened.limiter.aclose() for opened in ready.values()))
        await asyncio.gather(*(opened.backend.aclose() for opened in ready.values()))

    async def _open(self, model: Model, key: Hashable) -> Opened:
        async def attempt() -> Backend:
            try:
                return await self._open_backend(model)
            except (BackendFault, IlangError):
                raise
            except Exception as error:
                raise unforeseen(model, error) from error

        backend = await self._retry.call(attempt, lambda fault, wait: self._on_retry(model))
        opened = self._ready[key] = Opened(backend, Limiter(self._concurrency, self._clock, _patience(model)))
        return opened

    def _opened(self, key: Hashable, task: asyncio.Task[Opened]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()  # has been seen, even if all who waited have gone


def _patience(model: Model) -> float:
    """Seconds that a run waits for this model's server when it is down."""
    declared = model.setting("patience")
    return PATIENCE if declared is None else max(0.0, float(declared))


def unforeseen(model: Model, error: Exception) -> BackendFault:
    """The fault for an exception that a backend should not have let through."""
    return BackendFault(
        "malformed-reply",
        f"the backend of `{model.shown}` failed: {type(error).__name__}: {error}",
        help="this is a fault of the backend; please report it with this line",
    )
