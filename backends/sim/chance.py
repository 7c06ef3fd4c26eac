"""Makes numbers out of names: a hash stands wherever a simulation would ask a random stream.

So nothing depends on the order in which things are asked, nor on the Python version.
"""

from __future__ import annotations

from hashlib import blake2b
from statistics import NormalDist

NORMAL = NormalDist()


def digest(*parts: object) -> str:
    """A short name for these parts, equal for equal parts only."""
    return blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def uniform(*parts: object) -> float:
    """A number in (0, 1) that belongs to these parts."""
    bits = int.from_bytes(blake2b(repr(parts).encode(), digest_size=8).digest()) >> 11
    return (bits + 0.5) / 2**53


def normal(*parts: object) -> float:
    """A standard normal number that belongs to these parts."""
    return NORMAL.inv_cdf(uniform(*parts))


def whole(low: int, high: int, *parts: object) -> int:
    """A whole number from `low` to `high`, both possible, that belongs to these parts."""
    return low + int(uniform(*parts) * (high - low + 1))
