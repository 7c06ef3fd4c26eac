"""`cluster`: each candidate joins the first group whose first member it matches; sets `it.cluster`, from 1.

At most n(n-1)/2 calls. What it is not given of stands for itself.
"""

from __future__ import annotations

from dataclasses import replace

from ilang.base.candidate import Pool, View
from ilang.stages.stage import Arguments, Given, Judge, Most, Report, Sizes, Stage, Steps


def apply(a: Arguments) -> Steps:
    pool: Pool = a["pool"]
    heads: list[int] = []
    groups: list[int | None] = []
    for i in range(len(pool)):
        found = None
        failed = False
        for number, head in enumerate(heads, 1):
            (one,) = yield Judge(
                a["same"], ((View(pool.candidates[head], pool, head), View(pool.candidates[i], pool, i)),)
            )
            if not isinstance(one, Given):
                yield Report("not-given", one.why)
                failed = True
                break
            if one.value:
                found = number
                break
        if found is None and not failed:
            heads.append(i)
            found = len(heads)
        groups.append(found)
    return Pool(tuple(replace(c, cluster=g) for c, g in zip(pool.candidates, groups, strict=True)))


def most(at: Sizes) -> Most:
    return Most(items=at.most, asked=at.most * at.most if at.most else 0)


STAGE = Stage("cluster", apply, most=most)
