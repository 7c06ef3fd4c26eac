"""How long a solution gets. Knows the law of lengths of `methods.md` 6.1, and no words.

The whole length of a solution (tokens) is log-normal with standard deviation `length_sigma` of its
logarithm; right ones have mean `mean_tokens`, wrong ones 1.6 times as much ("wander", the 16 to 10 of 6.1)
or as little ("skip"). Each problem shifts both by exp(N(0, 0.15^2)). The steps are fixed, so a solution is
never shorter than they are.
"""

from __future__ import annotations

import math
from functools import lru_cache

from ilang_backends.sim.chance import NORMAL, normal
from ilang_backends.sim.settings import Nature

RATIO = 1.6
SHIFT = 0.15


def stops_here(nature: Nature, question: str, *, right: bool, length: int, grain: int, before: bool) -> float:
    """P(the text ends with `length` tokens | it did not end `grain` tokens earlier).

    `grain` is what one more remark takes; `before` tells whether there was an earlier chance to end. A
    length is rounded to the nearest that can be had, so this is the hazard of the rounded law.
    """
    if nature.mean_tokens <= 0.0:
        return 1.0
    longer = 1.0 if right else RATIO if nature.wrong == "wander" else 1.0 / RATIO
    sigma = nature.length_sigma
    centre = math.log(nature.mean_tokens * longer) - (sigma**2 + SHIFT**2) / 2.0 + _shift(nature.who, question)
    beyond = 1.0 - _below(length - grain / 2.0, centre, sigma) if before else 1.0
    if beyond <= 1e-12:
        return 1.0
    return min(1.0, max(0.0, 1.0 - (1.0 - _below(length + grain / 2.0, centre, sigma)) / beyond))


@lru_cache(maxsize=4096)
def _shift(who: tuple[str, int], question: str) -> float:
    return SHIFT * normal("length", who, question)


def _below(tokens: float, centre: float, sigma: float) -> float:
    return NORMAL.cdf((math.log(tokens) - centre) / sigma) if tokens > 0.0 else 0.0
