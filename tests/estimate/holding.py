"""What a run came to, held against what was told before it."""

from __future__ import annotations

from typing import Any

from ilang.estimate.range import Range
from ilang.estimate.sum import Sum


def outside(told: Sum, worth: Any) -> list[str]:
    """In which parts a worth (of `run/worth.py`, or a `Cost`) is not within what was told."""
    found = []
    for name, one, n in (
        ("calls", told.calls, worth.calls),
        ("draws", told.draws, worth.draws),
        ("tokens in", told.input, worth.input_tokens),
        ("tokens out", told.output, worth.output_tokens),
    ):
        if not one.low <= n <= one.high:
            found.append(f"{name}: {n} is not in {one.low}..{one.high}")
        if not one.low <= one.usual <= one.high:
            found.append(f"{name}: {one.usual} is expected, not in {one.low}..{one.high}")
    if told.usd is not None and worth.usd is not None and not told.usd[0] <= worth.usd <= told.usd[2]:
        found.append(f"usd: {worth.usd} is not in {told.usd[0]}..{told.usd[2]}")
    return found


def counts(one: Range) -> tuple[float, float, float]:
    """Low, expected, high."""
    return one.low, one.usual, one.high
