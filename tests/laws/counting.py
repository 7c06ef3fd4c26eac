"""A check that knows how often it was asked: not pure."""

from __future__ import annotations

asked = 0


def counted(value: float) -> bool:
    """Whether this is the second time at least."""
    global asked
    asked += 1
    return asked > 1
