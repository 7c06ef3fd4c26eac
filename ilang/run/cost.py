"""Calls, tokens and USD: of a draw, of all that a budget has counted, or the most that a part may come to."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from ilang.base.noun import made_often

Amount = int | float
"""A whole number, or `math.inf` where nothing bounds it."""


@made_often
class Cost:
    """Exact. `usd` is None where no price is known; a bound that is not known is `math.inf`."""

    calls: Amount = 0
    tokens: Amount = 0
    usd: Fraction | float | None = Fraction(0)

    def __add__(self, other: Cost) -> Cost:
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Cost(self.calls + other.calls, self.tokens + other.tokens, usd)

    def __sub__(self, other: Cost) -> Cost:
        usd = None if self.usd is None or other.usd is None else self.usd - other.usd
        return Cost(self.calls - other.calls, self.tokens - other.tokens, usd)

    def times(self, k: Amount) -> Cost:
        """So often; nothing stays nothing however often."""
        usd = None if self.usd is None else times(self.usd, k)
        return Cost(times(self.calls, k), times(self.tokens, k), usd)

    def least(self, other: Cost) -> Cost:
        """The smaller of both, each part apart; where one has no price, the other's."""
        a, b = self.usd, other.usd
        usd = b if a is None else a if b is None else min(a, b)
        return Cost(min(self.calls, other.calls), min(self.tokens, other.tokens), usd)

    def left(self, taken: Cost) -> Cost:
        """What of this bound is still to come when so much of it has been taken; never below nothing."""
        usd = None if self.usd is None or taken.usd is None else max(Fraction(0), self.usd - taken.usd)
        return Cost(max(0, self.calls - taken.calls), max(0, self.tokens - taken.tokens), usd)

    @property
    def nothing(self) -> bool:
        """Whether this is no cost at all."""
        return not self.calls and not self.tokens and self.usd is not None and not self.usd


NO_COST = Cost()
UNBOUNDED = Cost(math.inf, math.inf, math.inf)


def times(one: Any, k: Amount) -> Any:
    """So often; nothing stays nothing however often."""
    return one * k if one and k else type(one)(0)
