"""What a server says that it will still take: so many calls or tokens, and when it has them all again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Allowance:
    """Of `limit` calls (or tokens) `left` are left; all are there again in `full_in` seconds."""

    what: Literal["calls", "tokens"]
    limit: int
    left: int
    full_in: float
