"""What happens to a draw, told while it happens: for progress bars and traces."""

from __future__ import annotations

from typing import Literal

from ilang.backend.protocol import BackendFault
from ilang.base.noun import made_often
from ilang.draws.draw import Ask, Draw

EventKind = Literal[
    "hit",  # it was in the store; `draw`
    "wait",  # another run draws it at this moment
    "start",  # a call for it goes out
    "retry",  # that call failed and goes out again after `wait` seconds; `fault`
    "pause",  # its server is down: it is tried again in `wait` seconds, and all others wait; `fault`
    "resume",  # that server answers again
    "fallback",  # another model is asked in its place; `fault` says why
    "finish",  # it came and is stored; `draw`
    "fail",  # it could not be had; `fault`
]


@made_often
class Event:
    """One thing that happened to draw `index` of `ask`; `key` is that of the request."""

    kind: EventKind
    ask: Ask
    index: int
    draw: Draw | None = None
    fault: BackendFault | None = None
    wait: float = 0.0
    key: str = ""
