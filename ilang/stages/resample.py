"""`resample`: candidates drawn in proportion to weight, all weights then 1; only if ESS / n < `when`.

ESS = (sum w)^2 / sum w^2 (Kong, Liu and Wong, 1994). The schemes are those of Douc, Cappe and
Moulines (2005): multinomial, stratified, systematic, residual; each has E[copies of i] = n w_i.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from ilang.base.candidate import Pool
from ilang.base.ranges import SCHEMES
from ilang.stages.pick import contents, places_of, scaled
from ilang.stages.stage import Arguments, CannotGive, Chance, Most, Sizes, Stage, Steps


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    if a["scheme"] not in SCHEMES:
        raise CannotGive(f"no scheme of resampling is called {a['scheme']}; known: {', '.join(SCHEMES)}")
    weights = scaled([c.weight for c in pool.candidates])
    if not any(weights):
        return pool
    ess = math.fsum(weights) ** 2 / math.fsum(w * w for w in weights)
    if a["when"] is not None and not ess / len(weights) < a["when"]:
        return pool
    n = len(weights) if a["n"] is None else a["n"]
    number = yield Chance(contents("resample", pool))
    places = chosen(a["scheme"], weights, n, number)
    return Pool(tuple(replace(pool.candidates[i], weight=1.0) for i in places))


def chosen(scheme: str, weights: list[float], n: int, number: Callable[[], float]) -> list[int]:
    """n places in proportion to weight, in draw order."""
    total = math.fsum(weights)
    if scheme == "residual":
        exact = [n * w / total for w in weights]
        places = [i for i, x in enumerate(exact) for _ in range(math.floor(x))]
        left = [x - math.floor(x) for x in exact]
        rest = n - len(places)
        if rest and (whole := math.fsum(left)) > 0:
            places += places_of([number() * whole for _ in range(rest)], left)
        return sorted(places)
    if scheme == "multinomial":
        points = [number() for _ in range(n)]
    elif scheme == "stratified":
        points = [(i + number()) / n for i in range(n)]
    else:
        first = number()
        points = [(i + first) / n for i in range(n)]
    return sorted(places_of([u * total for u in points], weights))


def most(at: Sizes) -> Most:
    return Most(items=max(at.most, at.count("n")) if at.values.get("n", 0) is not None else at.most)


STAGE = Stage("resample", apply, most=most, random=True)
