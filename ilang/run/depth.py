"""Keeps the stack of an evaluator shallow, however deep a program nests: a deep chain goes on in a task of its own.

A coroutine that awaits another stands on the stack until that is done, and Python allows a thousand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

T = TypeVar("T")

MOST = 40
"""Nodes that stand on one stack; each takes about six calls."""

_depth: ContextVar[int] = ContextVar("depth", default=0)


async def shallow(work: Coroutine[Any, Any, T]) -> T:
    """The work's result, computed one deeper: on this stack, or on a new one where this is deep."""
    depth = _depth.get()
    if depth >= MOST:
        task = spawned(work)
        try:
            return await task
        except asyncio.CancelledError:
            task.cancel()
            raise
    token = _depth.set(depth + 1)
    try:
        return await work
    finally:
        _depth.reset(token)


def spawned(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """The work as a task, with a stack of its own."""
    context = copy_context()
    context.run(_depth.set, 0)
    return asyncio.get_running_loop().create_task(work, context=context)
