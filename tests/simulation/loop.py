"""One life of a process in virtual time: what is ready goes in a seeded order, threads too, and it may die at any turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from tests.laws.clockwork import Clockwork, LeftBehind, Schedule, Stuck

T = TypeVar("T")


class Crash(BaseException):
    """The process was killed."""


class Life(Clockwork):
    """The loop of one process. It is killed in turn number `crash`, where that is not None.

    The work of one executor is done in the order in which it was given, each after a delay.
    """

    def __init__(self, schedule: Schedule, crash: int | None) -> None:
        super().__init__(schedule)
        self.crash = crash
        self.turn = 0
        self._work: dict[Any, list[Callable[[], None]]] = {}

    def _run_once(self) -> None:
        self.turn += 1
        if self.crash is not None and self.turn >= self.crash:
            self.crash = None
            raise Crash
        super()._run_once()

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        """The function's result, as a future."""
        if executor is None:
            return super().run_in_executor(executor, func, *args)
        future = self.create_future()
        queue = self._work.setdefault(executor, [])

        def work() -> None:
            try:
                found = func(*args)
            except Crash:
                self.crash = 0
                return
            except Exception as raised:
                if not future.cancelled():
                    future.set_exception(raised)
            else:
                if not future.cancelled():
                    future.set_result(found)
            queue.pop(0)
            if queue:
                self.call_later(self.schedule.delay(), queue[0])

        queue.append(work)
        if len(queue) == 1:
            self.call_later(self.schedule.delay(), work)
        return future


def live(
    work: Callable[[], Coroutine[Any, Any, T]], schedule: Schedule, crash: int | None, died: Callable[[], None]
) -> T:
    """The result of a life. Raises Crash, Stuck where nobody can go on, LeftBehind for what goes on after its end.

    `died` is called at the moment of a crash: what the process still does then must have no effect.
    """
    loop = Life(schedule, crash)
    untold: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: untold.append(context))
    main = loop.create_task(work())
    try:
        result = loop.run_until_complete(main)
    except (Crash, Stuck):
        died()
        _end(loop)
        raise
    except BaseException:
        _end(loop)
        raise
    left = asyncio.all_tasks(loop)
    _end(loop)
    if left or untold:
        raise LeftBehind(f"{[task.get_coro() for task in left]} {untold}")
    return result


def _end(loop: Life) -> None:
    """Lets go of all tasks, so that nothing of this life is told of in the next."""
    loop.set_exception_handler(lambda _, context: None)
    for _ in range(10):
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if not left:
            break
        try:
            loop.run_until_complete(asyncio.wait(left))
        except (Stuck, RuntimeError):
            break
    loop.close()
