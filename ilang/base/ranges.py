"""Which numbers settings and counts may be, wherever they come from: written down, computed, or given at a run."""

from __future__ import annotations

POOL = 100_000
"""Candidates of a pool, and draws of one stage."""

TEXT = 16_000_000
"""Characters of one text."""

DIGITS = 4000
"""Digits of a whole number: Python prints no more than 4,300."""

EAGER = 0.5
"""Of draws that go out in waves (`stages/waves.py`) the part of those left that goes out at once, at least."""

NESTED = 100
"""Lists in lists, and records in records, of a value from outside."""

ITEMS = 1_000_000
"""Elements of one list."""

RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0, 100),
    "top_p": (0, 1),
    "max_tokens": (1, 10_000_000),
    "top_logprobs": (0, 20),
    "retries": (0, 1000),
    "patience": (0, 1_000_000),
    "timeout": (0, 1_000_000),
    "n": (0, POOL),
    "keep": (0, 1_000_000_000),
    "top": (0, 1_000_000_000),
    "max": (0, 1_000_000),
    "calls": (0, 1_000_000_000),
    "tokens": (0, 1_000_000_000_000),
    "usd": (0, 1_000_000_000),
    "seconds": (0, 1_000_000_000),
}
"""The least and the most, both allowed."""

SCHEMES = ("multinomial", "systematic", "stratified", "residual")
"""Ways of resampling."""


def outside(name: str, value: object) -> tuple[float, float] | None:
    """The range of a setting, where a value is not in it."""
    if name not in RANGES or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    low, high = RANGES[name]
    return None if low <= value <= high else (low, high)
