"""`weigh`: each weight multiplied by f >= 0; with `reset` set to it."""

from __future__ import annotations

from dataclasses import replace

from ilang.base.candidate import Pool
from ilang.stages.stage import Arguments, Given, Judge, Report, Stage, Steps, unmade, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    found = yield Judge(a["f"], views(pool))
    weights = []
    for c, one in zip(pool.candidates, found, strict=True):
        if not isinstance(one, Given):
            yield unmade(one)
            weights.append(c.weight)
            continue
        weight = product(1.0 if a["reset"] else c.weight, one.value)
        if weight is None:
            yield Report("not-given", f"a weight must be a number from 0 up, and not too large: {one.value}")
        weights.append(c.weight if weight is None else weight)
    return Pool(tuple(replace(c, weight=w) for c, w in zip(pool.candidates, weights, strict=True)))


MOST = 1e290
"""A larger weight is none: so many candidates as fit in memory can still be added up."""


def product(weight: float, factor: float | None) -> float | None:
    """The weight multiplied; None where that is no weight."""
    if factor is None or not factor >= 0:
        return None
    try:
        found = weight * factor
    except OverflowError:
        return None
    return found if found <= MOST else None


STAGE = Stage("weigh", apply)
