"""`score`: each candidate given a score; the measure is untouched. Not given: none, below any other."""

from __future__ import annotations

from dataclasses import replace

from ilang.base.candidate import Pool
from ilang.stages.frozen import thawed
from ilang.stages.stage import Arguments, Given, Judge, Lost, Stage, Steps, unmade, views


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    live = thawed(pool)
    found = yield Judge(a["f"], views(pool, live))
    scores = {}
    for i, one in zip(live, found, strict=True):
        if isinstance(one, Given):
            scores[i] = one.value
            continue
        yield unmade(one)
        if not isinstance(one, Lost):
            scores[i] = None
    return Pool(tuple(replace(c, score=scores[i]) if i in scores else c for i, c in enumerate(pool.candidates)))


STAGE = Stage("score", apply)
