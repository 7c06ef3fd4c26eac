"""A number that is not known yet: at least, as expected, at most."""

from __future__ import annotations

import math

from ilang.base.noun import made_often
from ilang.run.cost import Amount


@made_often
class Range:
    """`low` and `high` hold whatever comes; `usual` is what is expected between them. `high` is `math.inf` where
    nothing bounds it."""

    low: Amount = 0
    usual: float = 0
    high: Amount = 0

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.usual + other.usual, self.high + other.high)

    def times(self, other: Range) -> Range:
        """The product; nothing stays nothing however often."""
        return Range(product(self.low, other.low), product(self.usual, other.usual), product(self.high, other.high))

    def at_most(self, high: Amount) -> Range:
        """The same, cut at a limit."""
        return Range(min(self.low, high), min(self.usual, high), min(self.high, high))

    def or_(self, other: Range) -> Range:
        """One of both, it is not known which."""
        return Range(min(self.low, other.low), max(self.usual, other.usual), max(self.high, other.high))


def exactly(n: Amount) -> Range:
    """A number that is known."""
    return Range(n, n, n)


def product(a: Amount, b: Amount) -> Amount:
    return a * b if a and b else 0


NOTHING = Range()
ONCE = exactly(1)
ANY = Range(0, 0, math.inf)
