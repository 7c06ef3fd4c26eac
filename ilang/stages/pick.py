"""`pick`: one, in proportion to weight, by random numbers of the pool's contents. Passes over what did not parse."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from ilang.base.candidate import Pool
from ilang.stages.best import readable
from ilang.stages.stage import Arguments, Chance, NothingLeft, Stage, Steps


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    pool = Pool(tuple(pool.candidates[i] for i in readable(pool)))
    weights = scaled([c.weight for c in pool.candidates])
    if not any(weights):
        raise NothingLeft("pick", "no candidate has a weight")
    number = yield Chance(contents("pick", pool))
    return pool.candidates[place_of(number() * math.fsum(weights), weights)].reading


def contents(stage: str, pool: Pool) -> tuple[object, ...]:
    """What the random numbers of a stage depend on: its name, the texts and weights of its pool."""
    return (stage, *((c.text, c.weight) for c in pool.candidates))


def scaled(weights: Sequence[float]) -> list[float]:
    """The weights times the power of two that brings the largest near 1: exact, and out of the way of overflow."""
    most = max(weights, default=0.0)
    exponent = math.frexp(most)[1] if most > 0 else 0
    return [math.ldexp(w, -exponent) for w in weights]


def place_of(at: float, weights: Sequence[float]) -> int:
    """The place whose part of the line from 0 to the sum of weights holds `at`."""
    return places_of([at], weights)[0]


def places_of(points: Iterable[float], weights: Sequence[float]) -> list[int]:
    """The same of each of several points."""
    ends = list(accumulate(weights))
    last = max(i for i, w in enumerate(weights) if w > 0)
    return [min(bisect_right(ends, at), last) for at in points]


STAGE = Stage("pick", apply, random=True)
