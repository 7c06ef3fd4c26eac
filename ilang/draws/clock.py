"""Time as the draws see it: a clock that tests can replace."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` is in seconds since 1970, `sleep` waits that many seconds, `chance` is in [0, 1).

    `monotonic` is in seconds since some moment, and is not set back when somebody sets the time.

    Nothing that an answer depends on is ever taken from here.
    """

    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    monotonic: Callable[[], float] = time.monotonic


SYSTEM = Clock()
