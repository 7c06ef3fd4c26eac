"""The quantile of a Beta distribution: from a place among all questions to a probability.

A quantile, not a sampler, so that a higher mean makes *every* question easier.
"""

from __future__ import annotations

import math


def cdf(x: float, a: float, b: float) -> float:
    """P(X <= x) for X ~ Beta(a, b): the regularised incomplete beta function I_x(a, b), DLMF 8.17.

    Its continued fraction (8.17.22) converges fast below the mean; above it, I_x(a, b) = 1 - I_{1-x}(b, a).
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - cdf(1.0 - x, b, a)
    front = a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(front) / a / _fraction(x, a, b)


def quantile(u: float, a: float, b: float) -> float:
    """The x with P(X <= x) = u, to about 1e-12: halving, since `cdf` rises."""
    low, high = 0.0, 1.0
    for _ in range(44):
        middle = (low + high) / 2.0
        if cdf(middle, a, b) < u:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d1/(1 + d2/(1 + ...)), from the front, as a running ratio of numerators and of denominators."""
    value, over, under = 1.0, 1.0, 0.0
    for k in range(1, 400):
        m = k // 2
        if k % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        over = _nonzero(1.0 + d / over)
        under = 1.0 / _nonzero(1.0 + d * under)
        change = over * under
        value *= change
        if abs(change - 1.0) < 1e-14:
            break
    return value


def _nonzero(x: float) -> float:
    return x if abs(x) > 1e-300 else 1e-300
