"""`weigh`: each weight multiplied by f >= 0; with `reset` set to it."""

from __future__ import annotations

import math
from dataclasses import replace

from ilang.base.candidate import Pool
from ilang.stages.stage import Arguments, Given, Judge, Lost, Report, Stage, Steps, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    found = yield Judge(a["f"], views(pool))
    weights = []
    for c, one in zip(pool.candidates, found, strict=True):
        if not isinstance(one, Given):
            yield Report("missing" if isinstance(one, Lost) else "not-given", one.why)
            weights.append(c.weight)
        elif one.value is None or math.isnan(one.value) or one.value < 0:
            yield Report("not-given", f"a weight must be at least 0, not {one.value}")
            weights.append(c.weight)
        else:
            weights.append(one.value if a["reset"] else c.weight * one.value)
    return Pool(tuple(replace(c, weight=w) for c, w in zip(pool.candidates, weights, strict=True)))


STAGE = Stage("weigh", apply)
